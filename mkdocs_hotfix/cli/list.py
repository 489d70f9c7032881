"""`hotfix list`: the records as a table, for people and for other programs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option
from mkdocs_hotfix.cli.words import KIND, SERVICE, SEVERITY, STATUS
from mkdocs_hotfix.findings import shorten, visible, width

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Judged, Report
    from mkdocs_hotfix.policy import Policy

_NARROW, _TITLE = 80, 20


@click.command("list")
@click.option("--status", "statuses", type=STATUS, multiple=True, help="Only these statuses; may be given again.")
@click.option("--severity", "severities", type=SEVERITY, multiple=True, help="Only these severities.")
@click.option("--service", "services", type=SERVICE, multiple=True, help="Only these services.")
@click.option("--sla", type=click.Choice(["met", "missed", "running"]), help="Only where the time to restore is so.")
@click.option(
    "--missing", "kinds", type=KIND, multiple=True, help="Only where this evidence is missing, failed or still owed."
)
@click.option("--open", "only_open", is_flag=True, help="Only hotfixes under way.")
@click.option("--attention", is_flag=True, help="Only records that close the gate.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")
@as_of_option
def list_(
    statuses: tuple[str, ...],
    severities: tuple[str, ...],
    services: tuple[str, ...],
    sla: str | None,
    kinds: tuple[str, ...],
    style: str,
    policy_file: Path | None,
    as_of: str | None,
    *,
    only_open: bool,
    attention: bool,
) -> int:
    """List hotfixes, the newest first.

    All filters have to hold; of one that is given twice, one of the two. Records
    under embargo are listed, too, and marked: send the list to nobody who may not
    know of them.

    \b
    Examples:
      hotfix list --open
      hotfix list --severity critical --sla missed
      hotfix list --missing smoke-test
      hotfix list --format csv > hotfixes.csv
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import agenda, exports, gate  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix import sla as clocks  # noqa: PLC0415

    policy = find_policy(policy_file, ())
    _known(policy, "status", statuses, policy.statuses)
    _known(policy, "severity", severities, policy.severities)
    _known(policy, "missing", kinds, policy.kinds)
    if policy.services:
        _known(policy, "service", services, policy.services)
    report = gate.check(policy, gate.now(as_of))

    def fits(judged: Judged) -> bool:
        one = judged.record
        if one is None:  # nobody can tell what it says: it is shown rather than lost
            return not (statuses or severities or services or sla or kinds)
        clock = clocks.restore(one, policy, report.as_of) if sla else None
        return (
            (not statuses or one.status in statuses)
            and (not severities or one.severity in severities)
            and (not services or one.service in services)
            and (not sla or (clock is not None and clock.state == sla))
            and (not kinds or any(_lacks(judged, kind) for kind in kinds))
            and (not only_open or agenda.is_open(judged, policy))
            and (not attention or judged.errors > 0)
        )

    chosen = tuple(sorted(filter(fits, report.judged), key=lambda one: one.name, reverse=True))
    unread = sum(one.record is None for one in report.judged)
    if style == "json":
        sys.stdout.write(exports.hotfixes_json(report, lambda one: one.path, chosen))
    elif style == "csv":
        sys.stdout.write(exports.hotfixes_csv(report, lambda one: one.path, chosen))
    else:
        sys.stdout.write(_table(chosen, report))
    if unread:
        files = "1 file" if unread == 1 else f"{unread:,} files"
        click.echo(f"{files} can not be read: see `hotfix check`.", err=True)
    return 0


def _known(policy: Policy, option: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a name that the policy does not have: an empty list would say that there is nothing.

    Raises:
        click.UsageError: It has not.
    """
    from mkdocs_hotfix.wording import guess, one_of  # noqa: PLC0415 - as above

    for name in names:
        if name not in known:
            meant = guess(name, known)
            advice = f"Did you mean `{meant}`?" if meant else f"There are {one_of(known)}."
            raise click.UsageError(f"--{option}: `{shorten(name)}` is not in the policy {policy.file}. {advice}")


def _lacks(judged: Judged, kind: str) -> bool:
    return any(one.need == f"evidence.{kind}" and (one.is_open or one.state == "due") for one in judged.verdicts)


_HEAD = ("ID", "Severity", "Status", "SLA", "Evidence", "Title")


def _table(chosen: Iterable[Judged], report: Report) -> str:
    """Write a row each; on a terminal titles are cut so that a row stays one line."""
    rows = [_HEAD, *(tuple(_row(one, report)) for one in chosen)]
    wide = [max(width(row[index]) for row in rows) for index in range(len(_HEAD) - 1)]
    room = 0
    if sys.stdout.isatty():
        room = max(shutil.get_terminal_size((_NARROW, 24)).columns - sum(wide) - 2 * len(wide), _TITLE)
    lines = []
    for row in rows:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row[:-1], wide, strict=True)]
        lines.append("  ".join([*cells, shorten(row[-1], room) if room else row[-1]]).rstrip())
    number = len(rows) - 1
    return "\n".join(lines) + f"\n\n{number:,} record{'' if number == 1 else 's'}\n"


def _row(judged: Judged, report: Report) -> Iterator[str]:
    from mkdocs_hotfix import sla  # noqa: PLC0415 - as above

    one, policy = judged.record, report.policy
    yield visible(judged.name)
    if one is None:
        yield from ("-", "can not be read", "-", "-", visible(judged.path))
        return
    clock = sla.restore(one, policy, report.as_of)
    needed = [verdict for verdict in judged.evidence if verdict.state != "not-applicable"]
    yield visible(one.severity) or "-"
    yield one.status
    yield clock.state if clock else "-"
    yield f"{sum(verdict.state == 'met' for verdict in needed)}/{len(needed)}" + (" !" if judged.errors else "")
    yield ("(under embargo) " if one.is_embargoed(report.as_of) else "") + visible(one.title)
