"""TRI: the three questions and the decision."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.obligations import own, same_person
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record


@judges_record("TRI201")
def missing_answer(record: Record, context: Context) -> Iterator[Problem]:
    """A question of the triage has no answer.

    The decision rests on all of the policy's questions. One that nobody answered was not asked.

    Wrong:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: true, because: "64 % of orders use a saved card."}
      decision: hotfix
    ```

    Right:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: true, because: "64 % of orders use a saved card."}
        workaround: {answer: false, because: "The error page offers no other card."}
      decision: hotfix
    ```
    """
    if record.triage is None:
        return
    for question in context.policy.questions.values():
        if question.id not in record.triage.answers:
            yield Problem(
                f"“{question.ask}” has no answer",
                pointer=("triage", "answers", question.id),
                help=(f"Add `{question.id}: {{answer: true, because: …}}` (or `false`) under `answers`.",),
                label=f"`{question.id}` is missing",
            )


@judges_record("TRI202")
def decision_contradicts_answers(record: Record, context: Context) -> Iterator[Problem]:
    """The decision is not the one that the answers give, or the status does not follow the decision.

    It is a hotfix if every answer speaks for one; else it can wait, unless a named approver decides otherwise
    (`triage.exception`, where the policy allows it). Work that was deferred is in the status `deferred`, not on its way to
    production; and what was found to be a hotfix is not deferred.

    Wrong:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: false, because: "3 % of orders use a saved card."}
        workaround: {answer: false, because: "The error page offers no other card."}
      decision: hotfix
    ```

    Right:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: true, because: "64 % of orders use a saved card."}
        workaround: {answer: false, because: "The error page offers no other card."}
      decision: hotfix
    ```
    """
    triage, policy = record.triage, context.policy
    if triage is None:
        return
    verdict = policy.verdict({key: one.answer for key, one in triage.answers.items()})
    if verdict == "hotfix" and triage.decision == "defer":
        yield Problem(
            "All answers speak for a hotfix, and the decision is to wait",
            pointer=("triage", "decision"),
            help=("Write `decision: hotfix`, or correct the answer that is not so.",),
            label="the answers say `hotfix`",
            on="value",
        )
    elif (
        verdict == "defer"
        and triage.decision == "hotfix"
        and (triage.exception is None or policy.exception_roles is None)
    ):
        against = [
            f"`{key}` is {str(one.answer).lower()}"
            for key, one in triage.answers.items()
            if one.answer is not policy.questions[key].hotfix_if
        ]
        allowed = policy.exception_roles
        yield Problem(
            f"The answers say that it can wait ({', '.join(against)}), and the decision is `hotfix`",
            pointer=("triage", "decision"),
            help=(
                "Write `decision: defer` and plan it with the other work, or correct the answer that is not so.",
                *(
                    (
                        f"It can not wait all the same? Let a {' or '.join(allowed)} decide: add `exception: {{because: …, by: …, role: {allowed[0]}, at: …}}`.",
                    )
                    if allowed
                    else ()
                ),
            ),
            label="the answers say `defer`",
            on="value",
        )
    deferring = {one.id for one in policy.exits() if one.id == "deferred"}
    if triage.decision == "hotfix" and record.status in deferring:
        yield Problem(
            f"The decision is `hotfix`, and the status is `{record.status}`",
            pointer=("status",),
            help=("Write `decision: defer`, or take the status back to `triaged` and fix it.",),
            label="the decision is `hotfix`",
            on="value",
        )
    elif (
        triage.decision == "defer"
        and verdict != "hotfix"
        and {status.id for status in policy.reached(record.status)} - _before_work(context) - deferring - {"withdrawn"}
    ):
        yield Problem(
            f"The decision is to wait, and the status is `{record.status}`",
            pointer=("status",),
            help=(
                "Set `status: deferred`, or decide for a hotfix, with an approved exception if the answers speak against it.",
            ),
            label="the decision is `defer`",
            on="value",
        )


def _before_work(context: Context) -> set[str]:
    """Statuses up to the one that needs the triage: deciding to wait is still possible there."""
    lifecycle = context.policy.lifecycle()
    for index, status in enumerate(lifecycle):
        if "triage" in status.needs:
            return {one.id for one in lifecycle[: index + 1]}
    return {lifecycle[0].id}


@judges_record("TRI203")
def exception_not_approved(record: Record, context: Context) -> Iterator[Problem]:
    """An exception was not allowed by somebody who may.

    The policy names the roles that can decide to fix now although the answers say that it can wait. The person is one of
    those that the policy lists for the role, neither the one who made the triage nor one whose approval does not count
    (`not_by`): nobody allows their own exception.

    Wrong:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: false, because: "3 % of orders use a saved card."}
        workaround: {answer: false, because: "The error page offers no other card."}
      decision: hotfix
      exception: {because: "A legal duty.", by: checkout-lead, role: service-owner, at: 2026-04-14T01:20:00Z}
    ```

    Right:

    ```yaml
    triage:
      at: 2026-04-14T01:12:00Z
      by: checkout-oncall
      answers:
        significant: {answer: true, because: "310 failed orders an hour."}
        majority: {answer: false, because: "3 % of orders use a saved card."}
        workaround: {answer: false, because: "The error page offers no other card."}
      decision: hotfix
      exception: {because: "A legal duty.", by: release-manager, role: release-manager, at: 2026-04-14T01:20:00Z}
    ```
    """
    exception = record.triage.exception if record.triage else None
    roles = context.policy.exception_roles
    if record.triage is None or exception is None or roles is None:
        return
    here = ("triage", "exception")
    if exception.role not in roles:
        yield Problem(
            f"A `{exception.role}` can not allow an exception",
            pointer=(*here, "role"),
            help=(f"Ask a {' or '.join(roles)}.",),
            label="not this role",
            on="value",
        )
    elif exception.by not in context.policy.approver_roles[exception.role]:
        yield Problem(
            f"`{exception.by}` is not a {exception.role}",
            pointer=(*here, "by"),
            help=(_listed(exception.by, context.policy.approver_roles[exception.role]),),
            label="not in this role",
            on="value",
        )
    else:
        theirs = ["made the triage"] if same_person(exception.by, record.triage.by) else []
        theirs += [f"is `{need}`" for need in own(record, context.policy, exception.by)]
        if theirs:
            yield Problem(
                f"`{exception.by}` {' and '.join(theirs)} and allowed the exception",
                pointer=(*here, "by"),
                help=("Let somebody else allow it (four eyes).",),
                label="the same person",
                on="value",
            )


def _listed(name: str, people: tuple[str, ...]) -> str:
    spelt = next((one for one in people if one.casefold() == name.casefold()), "")
    return f"Write `{spelt}`, as the policy does." if spelt else f"The policy lists: {', '.join(people)}."
