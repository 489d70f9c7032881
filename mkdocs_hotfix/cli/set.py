"""`hotfix set`: any field of a record, typed as the schema wants it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mkdocs_hotfix.cli.bench import FROM_GIT, Bench, advance_option, by_option, changes_a_record, cut

if TYPE_CHECKING:
    from mkdocs_hotfix.assign import Assignment


@click.command("set")
@changes_a_record
@click.argument("fields", metavar="[FIELD[=VALUE]]...", nargs=-1)
@click.option("--unset", metavar="FIELD", multiple=True, help="Take this field out.")
@by_option
@advance_option
def set_(
    record: str,
    fields: tuple[str, ...],
    unset: tuple[str, ...],
    by: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    advance: bool,
) -> int:
    """Set fields of a record, and leave all else as it is.

    FIELD=VALUE sets a field, FIELD+=VALUE adds to a list. A value with parts is
    written as in a record, with or without its braces. A FIELD alone is filled
    with what git or the other records know: release.branch, release.base,
    release.commit, release.version, release.includes, work.owner, and every
    `at` with now.

    \b
    Examples:
      hotfix set HF-2026-0019 work.owner=checkout-oncall work.sprint=2026-24
      hotfix set HF-2026-0019 release.base=4.12.2 release.branch release.commit
      hotfix set HF-2026-0019 release.merge_back+='branch: main, commit: 41c07ab'
      hotfix set HF-2026-0019 work.hours=14 --advance
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import assign  # noqa: PLC0415 - `--help` starts without it

    bench = Bench(policy_file, as_of, record)
    if not fields and not unset:
        raise click.UsageError("Name at least one field: `hotfix set ID FIELD=VALUE`.")
    wanted = dict(bench.sheet.data)
    said: list[str] = []
    for text in fields:
        one = assign.read(text, bench.policy)
        value = _known(bench, one, wanted, by) if one.value is None else one.value
        if value is None:
            continue
        place = one.place
        if one.adds:
            there = _at(wanted, place)
            place = (*place, len(there) if isinstance(there, list) else 0)
        if not _reachable(wanted, place):
            raise click.UsageError(
                f"{one.name}: There is nothing yet to which it could belong. Add the whole entry: `{one.place[0]}+=…`."
            )
        wanted = bench.put(place, value, wanted)
        said.append(f"{one.name}{'+' if one.adds else ''}={cut(_shown(value))}")
    bench.questions.done()
    for text in unset:
        place = assign.place_of(text, bench.policy)
        if place[0] in ("id", "title", "status"):
            raise click.UsageError(f"--unset {text}: Every record has that.")
        if _at(wanted, place) is None:
            raise click.UsageError(f"--unset {text}: {bench.sheet.id} has no `{text}`.")
        wanted = bench.put(place, None, wanted)
        said.append(f"without {text}")
    return bench.finish(wanted, ", ".join(said), advance=advance)


def _known(bench: Bench, one: Assignment, data: dict[str, Any], by: str | None) -> Any:
    """Fill a field with what is known; else ask for it, or say that it is missing."""
    from mkdocs_hotfix import assign, filing  # noqa: PLC0415 - as above
    from mkdocs_hotfix.origin import UNTOLD  # noqa: PLC0415

    service = str(data.get("service", ""))
    origin = bench.origin
    found: Any = ""
    if one.name in UNTOLD:
        found = origin.told(one.name, service)
        if one.name == "release.commit":
            bench.from_git = FROM_GIT.format("release.commit=…")
    elif one.name == "release.includes":
        found = filing.carried(bench.desk, bench.sheet, data)
    elif one.place[-1] == "at":
        found = bench.when(None)
    elif one.place[-1] in ("by", "owner"):
        found = by or origin.person
    if found or isinstance(found, list):
        return found
    answer = bench.questions.text(None, f"{one.name}=…", one.name, why=origin.untold(one.name))
    return assign.read(f"{one.name}={answer}", bench.policy).value if answer else None


def _at(data: Any, place: tuple[str | int, ...]) -> Any:
    for part in place:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _reachable(data: Any, place: tuple[str | int, ...]) -> bool:
    """Tell whether a place is in a list only where that has, or just lacks, the item; and in no text."""
    for depth, part in enumerate(place):
        here = _at(data, place[:depth])
        if isinstance(part, int):
            length = len(here) if isinstance(here, list) else 0
            if part > length or (part == length and depth < len(place) - 1):
                return False
        elif here is not None and not isinstance(here, dict):
            return False
    return True


def _shown(value: Any) -> str:
    from mkdocs_hotfix import emit  # noqa: PLC0415 - as above

    return emit.on_one_line(value) if isinstance(value, dict | list) else str(value)
