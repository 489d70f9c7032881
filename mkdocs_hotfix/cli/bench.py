"""What the commands that change a record share: the options, the record on the bench, and the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mkdocs_hotfix.cli.asking import Questions
from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option
from mkdocs_hotfix.cli.words import RECORD
from mkdocs_hotfix.findings import Pointer, shorten, visible

if TYPE_CHECKING:
    from mkdocs_hotfix.filing import Desk, Refused, Sheet
    from mkdocs_hotfix.findings import Finding
    from mkdocs_hotfix.gate import Judged
    from mkdocs_hotfix.origin import Origin

_F = TypeVar("_F", bound=Callable[..., Any])

FROM_GIT = (
    "The commit was taken from git: the last one at HEAD that changed the code. If another one is meant, name it: `{}`."
)

_MISSING = ("missing-evidence", "missing-requirement", "missing-approval", "evidence-overdue")

by_option = click.option("--by", metavar="WHO", help="Who did it.  [default: HOTFIX_BY, else git's user.name]")
at_option = click.option("--at", metavar="TIME", help="When, as 2026-04-14T03:20:00Z.  [default: now]")
url_option = click.option("--url", metavar="URL", help="Where it can be seen.")
replace_option = click.option("--replace", is_flag=True, help="Put this in the place of what is there.")
advance_option = click.option("--advance", is_flag=True, help="Then move the status as far as the gate allows.")


def changes_a_record(command: _F) -> _F:
    """Give a command the record as its first argument, and the options that all such commands have."""
    for option in (as_of_option, policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")):
        command = option(command)
    return click.argument("record", metavar="ID", type=RECORD)(command)


class Bench:
    """A record on the bench, with the policy, the time and git; and the questions that a command has."""

    def __init__(self, policy_file: Path | None, as_of: str | None, record: str | None = None) -> None:
        """Open it.

        Raises:
            SetupError: There is no such record, policy or time.
        """
        from mkdocs_hotfix import filing, gate  # noqa: PLC0415 - `--help` starts without them

        near = (Path(record),) if record and Path(record).is_file() else ()
        self.policy = find_policy(policy_file, near)
        self.desk: Desk = filing.Desk(self.policy, gate.now(as_of))
        self.questions = Questions()
        self.from_git = ""
        """What to say of a commit that nobody has typed, should it be another one."""
        if record:
            self.sheet: Sheet = filing.take(self.policy, record)

    @cached_property
    def origin(self) -> Origin:
        """What git knows."""
        from mkdocs_hotfix.origin import Origin  # noqa: PLC0415 - as above

        return Origin(self.policy)

    def who(self, given: str | None, question: str = "") -> str:
        """Tell who did something: as given, else the user; with a question, the user is asked all the same."""
        known = "" if given else self.origin.person
        if known and not question:
            return known
        return self.questions.text(given, "--by", question or "Who", known)

    def when(self, given: str | None, option: str = "--at") -> str:
        """Tell when something was done: as given, else now.

        Raises:
            click.UsageError: It is no time with its zone.
        """
        from mkdocs_hotfix import times  # noqa: PLC0415 - as above
        from mkdocs_hotfix.spelling import full_time  # noqa: PLC0415

        if given is None:
            return times.rfc3339(self.desk.as_of)
        text, has_zone = full_time(given.strip())
        try:
            if has_zone:
                times.read(text)
                return text
        except (ValueError, OverflowError):
            pass
        raise click.UsageError(
            f"{option}: `{shorten(visible(given))}` is no time with its zone. Write it as `2026-04-14T03:20:00Z`, in UTC."
        )

    def put(self, pointer: Pointer, value: Any, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the record's data with one value set where such a value usually stands."""
        from mkdocs_hotfix import editing, filing  # noqa: PLC0415 - as above

        return editing.put(self.sheet.data if data is None else data, pointer, value, filing.orders(self.policy))

    def free(self, *pointer: str, replace: bool, has: str = "") -> None:
        """See that nothing is there yet.

        Raises:
            click.UsageError: Something is, and nobody said that it is to be replaced.
        """
        here: Any = self.sheet.data
        for part in pointer:
            here = here.get(part) if isinstance(here, dict) else None
        if here and not replace:
            raise click.UsageError(
                f"{self.sheet.id} has `{'.'.join(pointer)}` already{visible(has)}. To put this in its place, say --replace."
            )

    def finish(self, wanted: Mapping[str, Any], said: str, *, status: str = "", advance: bool = False) -> int:
        """Write the change and say so, or say why not.

        Args:
            wanted: The data that the record shall hold.
            said: What was done, to stand behind the file's name.
            status: The status that this brings with it.
            advance: Whether the status goes on as far as it can.

        Returns:
            The exit code.
        """
        from mkdocs_hotfix import filing  # noqa: PLC0415 - as above

        try:
            if advance:
                further = filing.furthest(self.desk, self.sheet, {**wanted, "status": status} if status else wanted)
                status = further or status
            judged = filing.settle(self.desk, self.sheet, wanted, status=status)
        except filing.Refused as refused:
            return self.refuse(refused, status)
        moved = f"; now `{status}`" if status and status != self.sheet.status else ""
        click.echo(visible(f"{self.sheet.path}: {said}{moved}"))
        self.hint(judged)
        return 0

    def refuse(self, refused: Refused, status: str = "") -> int:
        """Say what the gate has against a change; nothing was written."""
        title = self.policy.statuses[status].title if status in self.policy.statuses else ""
        what = f"can not be “{title}” yet" if title else "stays as it is, since the gate would close over this"
        click.echo(visible(f"{self.sheet.id} {what}:"))
        for one in sorted(refused.findings, key=lambda found: self._turn(found, status)):
            where = "" if one.path == refused.path else f"{one.path}: "
            click.echo(visible(f"  {where}{one.message} [{one.code} {one.slug}]"))
            for line in self._ways_out(one, status):
                click.echo(visible(f"    {line}"))
        click.echo("Nothing was changed.")
        return 1

    def hint(self, judged: Judged) -> None:
        """Tell the next step."""
        from mkdocs_hotfix import agenda  # noqa: PLC0415 - as above
        from mkdocs_hotfix.gate import Report  # noqa: PLC0415

        report = Report(self.policy, self.desk.as_of, (judged,))
        steps = agenda.agenda(report, [judged])
        if steps:
            commands = [fill(step.command, self.origin, str(self.sheet.data.get("service", ""))) for step in steps]
            click.echo(visible(f"next: {_together(commands)}{because(_together(commands), self.origin)}"))

    def _turn(self, finding: Finding, status: str) -> float:
        """Tell when a finding's turn comes: first what is wrong, then what is missing, in the order of the process."""
        if not status or finding.slug not in _MISSING:
            return -1
        if finding.pointer == ("deployed",):
            return math.inf  # it happens after what allows it
        needs = [need for one in self.policy.reached(status) for need in one.needs]
        need = ".".join(str(part) for part in finding.pointer[:2])
        return needs.index(need) if need in needs else len(needs)

    def _ways_out(self, finding: Finding, status: str) -> list[str]:
        """Tell the command that ends a finding, else what the rule advises."""
        from mkdocs_hotfix import agenda  # noqa: PLC0415 - as above

        if status and finding.slug in _MISSING:
            return [agenda.settles(self.sheet.id, self.policy, ".".join(str(part) for part in finding.pointer[:2]))]
        if finding.slug == "broken-chain" and "`includes`" in "".join(finding.help[:1]):
            return [f"hotfix set {self.sheet.id} release.includes", *finding.help[1:]]
        if finding.slug == "other-commit" and self.from_git:
            return [*finding.help, self.from_git]
        return [
            one for one in finding.help if not one.startswith(("Not done yet?", "Not known yet?", "Not approved yet?"))
        ]


def fill(command: str, origin: Origin, service: str) -> str:
    """Leave a value to be typed where a command names a field alone and git can not tell it."""
    words = command.split(" ")
    return " ".join(f"{word}=…" if origin.untold(word) and not origin.told(word, service) else word for word in words)


def because(command: str, origin: Origin) -> str:
    """Say behind a command, as a shell's remark, why it has a gap where git might have known the value."""
    fields = [word.removesuffix("=…") for word in command.split(" ") if word.endswith("=…")]
    why = dict.fromkeys(origin.untold(field) for field in fields if origin.untold(field))
    return f"  # {' '.join(why)}" if why else ""


def cut(text: str) -> str:
    """Shorten a text for the line that says what was done."""
    return shorten(text, 60)


def _together(commands: list[str]) -> str:
    """Return the first command; what the same command can set besides is set with it."""
    first = commands[0]
    start = " ".join(first.split(" ", 3)[:3]) + " "
    if not start.startswith("hotfix set "):
        return first
    return start + " ".join(one.removeprefix(start) for one in commands if one.startswith(start))
