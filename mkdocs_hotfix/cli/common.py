"""What several commands share: options, the choice of the policy, colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Judged, Report
    from mkdocs_hotfix.policy import Policy

DOCS = Path("docs")
POLICY = "policy.yml"
_F = TypeVar("_F", bound=Callable[..., Any])

as_of_option = click.option(
    "--as-of",
    metavar="TIME",
    help="What counts as now, as 2026-11-23T03:40:00Z.  [default: SOURCE_DATE_EPOCH, else the clock]",
)


def policy_option(what: str) -> Callable[[_F], _F]:
    """Make the option `--policy` with its sentence of help; the command gets it as `policy_file`."""
    return click.option("--policy", "policy_file", type=click.Path(path_type=Path), help=what)


def find_policy(file: Path | None, paths: tuple[Path, ...]) -> Policy:
    """Choose the policy: the one named, else the one to which the paths belong, else `docs/policy.yml`, else the built-in.

    Raises:
        SetupError: The file is not there or can not be used, or the paths belong to different policies.
    """
    from mkdocs_hotfix import policyfile  # noqa: PLC0415 - `--help` starts without it

    if file is not None:
        return policyfile.load(file)
    near = {found.resolve(): found for path in paths if (found := _nearest(path))}
    if len(near) > 1:
        names = " and ".join(display(one) for one in near.values())
        raise SetupError(
            f"The paths belong to different policies ({names}). Check them one by one, or say which with --policy."
        )
    return policyfile.load(next(iter(near.values()), None) or policyfile.default(DOCS))


def _nearest(path: Path) -> Path | None:
    """Find the policy beside a records folder: a gate that falls back to another policy could say yes too easily."""
    for folder in (path, *Path(os.path.abspath(path)).parents[:3]):
        if (folder / POLICY).is_file():
            return folder / POLICY
    return None


def record_named(report: Report, name: str) -> Judged:
    """Find a record by its id.

    Raises:
        click.UsageError: There is none.
    """
    from mkdocs_hotfix.wording import guess  # noqa: PLC0415 - `--help` starts without it

    found = next((one for one in report.judged if name in (one.name, one.file.stem)), None)
    if found is None:
        meant = guess(name, [one.name for one in report.judged])
        where = display(report.policy.records)
        advice = f"Did you mean {meant}?" if meant else "`hotfix list` shows them all."
        raise click.UsageError(f"There is no record {visible(name)} in {where}. {visible(advice)}")
    return found


def use_colour() -> bool:
    """Tell whether to write colour to standard output: `--color` first, then the environment, then the terminal."""
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    return wants_colour(os.environ, terminal=sys.stdout.isatty())


def wants_colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Tell whether to use colour: `NO_COLOR` and `FORCE_COLOR` (no-color.org, force-color.org), else on a terminal."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (terminal and environment.get("TERM") != "dumb")
