"""`hotfix next`: what is to be done now, and the command that settles it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.cli.bench import because, fill
from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option, record_named, use_colour
from mkdocs_hotfix.cli.words import ID
from mkdocs_hotfix.findings import shorten, visible

if TYPE_CHECKING:
    from datetime import datetime

    from mkdocs_hotfix.agenda import Step
    from mkdocs_hotfix.gate import Judged, Report
    from mkdocs_hotfix.origin import Origin

_RED, _BOLD, _GREY, _OFF = "\x1b[31;1m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


@click.command("next")
@click.argument("record", metavar="[ID]", type=ID, required=False)
@policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")
@as_of_option
def next_(record: str | None, policy_file: Path | None, as_of: str | None) -> int:
    """Tell what is due now, and the command that settles it.

    The most urgent first: what is late or closes the gate, what has time left,
    then what the next status needs. Without an ID, of all open hotfixes; those
    under embargo are among them.

    \b
    Examples:
      hotfix next
      hotfix next HF-2026-0019
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import agenda, gate  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.origin import Origin  # noqa: PLC0415

    policy = find_policy(policy_file, ())
    report = gate.check(policy, gate.now(as_of))
    chosen = [record_named(report, record)] if record else list(report.judged)
    steps = agenda.agenda(report, chosen)
    out = _Writer(report, Origin(policy), colour=use_colour())
    if record:
        sys.stdout.write(out.head(chosen[0]))
    sys.stdout.write("".join(out.step(step, named=not record) for step in steps) or out.nothing(chosen))
    return 0


class _Writer:
    def __init__(self, report: Report, origin: Origin, *, colour: bool) -> None:
        self.report, self.origin = report, origin
        self.colour = colour

    def paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if self.colour and text else text

    def head(self, judged: Judged) -> str:
        """Say which record it is."""
        one, policy = judged.record, self.report.policy
        if one is None:
            return f"{self.paint(_BOLD, visible(judged.name))}\n\n"
        severity = policy.severities.get(one.severity)
        facts = [severity.title] if severity else []
        facts.append(policy.statuses[one.status].title)
        if one.is_embargoed(self.report.as_of):
            facts.append("under embargo")
        return f"{self.paint(_BOLD, one.id)}  {shorten(one.title, 100)} ({', '.join(facts)})\n\n"

    def step(self, step: Step, *, named: bool) -> str:
        """Write when and what, and under it the command, alone on its line for those who copy it."""
        what = shorten(step.what, 100) + (f" ({step.why})" if step.why not in ("", "overdue") else "")
        if named:
            one = step.judged.record
            secret = " (under embargo)" if one and one.is_embargoed(self.report.as_of) else ""
            what = f"{self.paint(_BOLD, visible(step.judged.name))}{secret}  {what}"
        word = _when(step, self.report.as_of)
        when = self.paint(_RED if step.urgency == "now" else _GREY, word) + " " * (_WIDE - len(word))
        record = step.judged.record
        command = fill(step.command, self.origin, record.service if record else "")
        why = self.paint(_GREY, because(command, self.origin))
        return f"{when}{what}\n{' ' * _WIDE}{self.paint(_GREY, '$')} {visible(command)}{why}\n"

    def nothing(self, chosen: list[Judged]) -> str:
        """Say that nobody has to do anything."""
        number = len(chosen)
        counted = f"{number:,} records" if number != 1 else "1 record"
        return f"Nothing is to be done. {counted} looked at.\n" if number else "There is no record yet: `hotfix new`.\n"


_WIDE = 20


def _when(step: Step, as_of: datetime) -> str:
    from mkdocs_hotfix.times import spell  # noqa: PLC0415 - as above

    if step.deadline is None:
        return "now" if step.urgency == "now" else f"for {step.status}" if step.status else ""
    left = step.deadline - as_of
    return f"{spell(left)} left" if step.urgency == "due" else f"{spell(left)} late"
