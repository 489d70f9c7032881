"""What is to be done next: overdue, due, and what the next status needs, each with the command that settles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mkdocs_hotfix import judging, sla
from mkdocs_hotfix.findings import Level
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.judging import Draft
from mkdocs_hotfix.policy import Policy, Status, pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.verdicts import Verdict, verdicts

Urgency = Literal["now", "due", "next"]
_URGENCIES: tuple[Urgency, ...] = ("now", "due", "next")
_DEFERRED = "deferred"
_AUDIENCE = "audience"
_EVENT = "deployed"
_TITLES = {"triage": "Triage", "approvals": "Approval", "deployed": "Deployment", "review": "Review"}
_OPTIONS = {"affected": "--affected", "test_scope": "--test-scope"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        judged: The record.
        what: What is to be done or had, as people name it.
        why: A word or two: `missing`, `failed`; empty where the deadline or the next status says it all.
        urgency: `now` for what closes the gate or is late, `due` for what has time left, `next` for the rest.
        command: What to type.
        deadline: When it has to be done.
        status: The next status, for what that needs.
    """

    judged: Judged
    what: str
    why: str
    urgency: Urgency
    command: str
    deadline: datetime | None = None
    status: str = ""


def agenda(report: Report, judged: Sequence[Judged]) -> list[Step]:
    """List what is to be done in these records, the most urgent first; nothing for those that have ended well."""
    ranks = {severity: rank for rank, severity in enumerate(report.policy.severities)}
    order: list[tuple[tuple[object, ...], Step]] = []
    for one in judged:
        rank = ranks.get(one.record.severity, len(ranks)) if one.record else -1
        for index, step in enumerate(_steps(one, report)):
            late = (step.deadline is None, step.deadline or report.as_of)
            order.append(((_URGENCIES.index(step.urgency), late, rank, one.name, index), step))
    return [step for _, step in sorted(order, key=lambda pair: pair[0])]


def is_open(judged: Judged, policy: Policy) -> bool:
    """Tell whether a record is under way: it can not be read, or has neither reached the last status nor an exit."""
    return judged.record is None or not policy.has_ended(judged.record.status)


def next_status(record: Record, policy: Policy) -> Status | None:
    """Tell the status after this one; where the decision is to wait, that is the exit of what waits."""
    line = policy.lifecycle()
    if policy.statuses[record.status].branches_from:
        return None
    if record.triage and record.triage.decision == "defer" and _DEFERRED in policy.statuses:
        return policy.statuses[_DEFERRED]
    index = [one.id for one in line].index(record.status)
    return line[index + 1] if index + 1 < len(line) else None


def ahead(judged: Judged, status: Status, report: Report) -> tuple[tuple[Verdict, ...], int]:
    """Judge a record as if it claimed another status.

    Returns:
        The verdicts, and how many problems there would be that belong to none of them.
    """
    assert judged.record is not None  # noqa: S101 - asked of records only
    draft = Draft(judged.file, judged.path, judged.source, judged.record.claiming(status.id))
    context = Context(report.policy, report.as_of)
    judging.judge(draft, context)
    judging.waive(draft, context)
    assert draft.record is not None  # noqa: S101 - set above
    found = tuple(verdicts(draft.record, report.policy, report.as_of, draft.problems, draft.waived))
    told = {id(problem) for one in found for problem in one.problems}
    return found, sum(rule.level is Level.ERROR and id(problem) not in told for rule, problem in draft.problems)


def _steps(judged: Judged, report: Report) -> Iterator[Step]:
    one, policy = judged.record, report.policy
    if one is None:
        yield Step(judged, "The record can not be read", "", "now", f"hotfix check {judged.path}")
        return
    told = {id(problem) for verdict in judged.verdicts if verdict.is_open for problem in verdict.problems}
    named = {problem.pointer for verdict in judged.verdicts for problem in verdict.problems if id(problem) in told}
    rest = [found for found in judged.findings if found.level is Level.ERROR and found.pointer not in named]
    for verdict in judged.verdicts:
        if verdict.is_open and not _is_known(verdict, judged):
            yield Step(judged, _title(verdict), verdict.state, "now", command(one, policy, verdict), verdict.deadline)
    if rest:
        fix = " --fix" if all(found.fix for found in rest) else ""
        other = "other " if named else ""
        things = f"1 {other}thing is" if len(rest) == 1 else f"{len(rest)} {other}things are"
        yield Step(
            judged,
            f"{things} wrong in the record",
            "",
            "now",
            f"hotfix check{fix} {judged.path}",
        )
    for verdict in judged.verdicts:
        if verdict.state == "due":
            yield Step(judged, _title(verdict), "", "due", command(one, policy, verdict), verdict.deadline)
    status = next_status(one, policy)
    if status is not None:
        yield from _towards(judged, one, status, report)


def _is_known(verdict: Verdict, judged: Judged) -> bool:
    places = {finding.pointer for finding in judged.known}
    return bool(verdict.problems) and all(problem.pointer in places for problem in verdict.problems)


def _towards(judged: Judged, one: Record, status: Status, report: Report) -> Iterator[Step]:
    """List what the next status needs; where that is all there, the step into it."""
    policy = report.policy
    found, others = ahead(judged, status, report)
    known = {verdict.need for verdict in judged.verdicts if verdict.is_open or verdict.state == "due"}
    lacking = [verdict for verdict in found if verdict.is_open and verdict.need not in known]
    lacking.sort(key=lambda verdict: verdict.need == _EVENT)  # it happens after what allows it
    restore = sla.restore(one, policy, report.as_of)
    triage = sla.triage(one, policy, report.as_of)
    for verdict in lacking:
        clock = triage if verdict.need == "triage" else restore
        deadline = clock.due if clock and not clock.ended else None
        yield Step(
            judged,
            _title(verdict),
            "",
            _urgency(deadline, report.as_of),
            command(one, policy, verdict),
            deadline,
            status.id,
        )
    if not judged.errors and not any(verdict.is_open for verdict in found):
        deadline = restore.due if restore and not restore.ended else None
        what = f"Set the status to `{status.id}`" if not others else f"See what `{status.id}` needs besides"
        yield Step(
            judged,
            what,
            "",
            _urgency(deadline, report.as_of),
            f"hotfix advance {one.id} {status.id}",
            deadline,
            status.id,
        )


def _urgency(deadline: datetime | None, as_of: datetime) -> Urgency:
    return "next" if deadline is None else "due" if as_of < deadline else "now"


def _title(verdict: Verdict) -> str:
    return _TITLES.get(verdict.need, verdict.title)


def command(record: Record, policy: Policy, verdict: Verdict) -> str:
    """Tell the command that settles a need."""
    return settles(record.id, policy, verdict.need)


_VERBS = {
    "triage": "triage",
    "approvals": "approve",
    "deployed": "deploy",
    "rollback": "rollback",
    "withdrawn": "withdraw",
    "review": "review",
}
_GIT_KNOWS = ("release.base", "release.branch", "release.commit", "release.version", "release.includes")


def settles(name: str, policy: Policy, need: str) -> str:
    """Tell the command that gives a record what the policy needs: `evidence.smoke-test`, `work.owner`."""
    if need.startswith("evidence."):
        kind = policy.kinds[need.removeprefix("evidence.")]
        if _AUDIENCE in kind.needs:
            return f"hotfix communicate {name}"
        parts = [f"hotfix attach {name} {kind.id}"]
        places = policy.accepted(kind)
        parts += [f"--environment {places[0]}"] if kind.environment and places else []
        parts += ["--report FILE"] if kind.report else ["--result passed"] if kind.is_test else []
        parts += [f"{option} …" for part, option in _OPTIONS.items() if part in kind.needs]
        return " ".join(parts)
    if need in _VERBS:
        return f"hotfix {_VERBS[need]} {name}"
    if need in _GIT_KNOWS:
        return f"hotfix set {name} {need}"
    sample = policy.shape.sample(pointer(need))
    if sample.startswith("[{"):
        return f"hotfix set {name} {need}+='{sample[2:-2]}'"
    if sample.startswith("["):
        return f"hotfix set {name} {need}+=…"
    return f"hotfix set {name} {need}=" + (f"'{sample[1:-1]}'" if sample.startswith("{") else "…")
