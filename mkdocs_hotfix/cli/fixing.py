"""What `hotfix check` does with `--fix` and `--diff`."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.findings import SetupError, visible

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Report
    from mkdocs_hotfix.mending import Mended


def fix(report: Report) -> bool:
    """Mend each file in its place, and say where.

    Returns:
        Whether any file has changed, so that the records are to be judged anew.

    Raises:
        SetupError: A file can not be written, or has changed meanwhile; it is as it was. Others may be mended.
    """
    from mkdocs_hotfix import writing  # noqa: PLC0415 - few runs write

    mended, troubles = [], []
    for one in _mended(report):
        try:
            writing.replace(one.file, one.before, one.after)
            mended.append(one)
        except SetupError as error:
            troubles.append(str(error))
    if mended:
        click.echo(f"Mended {_places(mended)}.", err=True)
    if troubles:
        raise SetupError("\n".join(troubles))
    return bool(mended)


def show(report: Report) -> int:
    """Write what `fix` would change as one unified diff, as `patch` and `git apply` read it, and change nothing.

    Returns:
        1 if there is anything, else 0.
    """
    mended = _mended(report)
    for one in mended:
        sys.stdout.writelines(_diff(one))
    sys.stdout.flush()
    if mended:
        click.echo(f"{_places(mended)} can be mended: say --fix without --diff.", err=True)
    names = {(one.path, *one.pointer[:-1], one.fix) for one in report.findings if one.fix}
    left = sum(not one.fix and (one.path, *one.pointer) not in names for one in report.findings)
    if left:
        click.echo(
            f"{left:,} {'finding needs' if left == 1 else 'findings need'} a person: see `hotfix check`.", err=True
        )
    return int(bool(mended))


def _mended(report: Report) -> list[Mended]:
    from mkdocs_hotfix import mending  # noqa: PLC0415 - `--help` starts without it

    found = (mending.mend(judged, report.policy) for judged in report.judged)
    return [one for one in found if one is not None]


def _places(mended: list[Mended]) -> str:
    places, files = sum(one.places for one in mended), len(mended)
    return f"{places:,} place{'' if places == 1 else 's'} in {files:,} file{'' if files == 1 else 's'}"


def _diff(one: Mended) -> list[str]:
    # Only LF ends a line here: CR belongs to its line, as `patch` sees it.
    before, after = (_lines(raw.decode("utf-8")) for raw in (one.before, one.after))
    name = visible(one.path)
    made = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in made]


def _lines(text: str) -> list[str]:
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])
