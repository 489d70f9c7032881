"""APP: who said yes, and what else a status needs."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs_hotfix.findings import Problem, dotted
from mkdocs_hotfix.obligations import open_still, owed, own
from mkdocs_hotfix.policy import pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record


@judges_record("APP601", makes="missing", waivable=True)
def missing_approval(record: Record, context: Context) -> Iterator[Problem]:
    """Too few people have approved the deployment.

    The policy says how many different people must approve, and from which roles. Two approvals of one person are one.

    Wrong:

    ```yaml
    approvals: []
    ```

    Right:

    ```yaml
    approvals: [{by: release-manager, role: release-manager, at: 2026-04-14T03:05:00Z}]
    ```
    """
    policy = context.policy
    for obligation in owed(record, policy, context.as_of):
        if obligation.need != "approvals":
            continue
        people, wanted = (
            len({one.by.casefold().strip() for one in record.approvals}),
            policy.approvals_at_least,
        )
        if people < wanted:
            roles = policy.approver_roles
            one = f"{{by: …, role: {next(iter(roles))}, at: …}}"
            given = record.approvals
            yield Problem(
                f"{wanted} approval{'s' if wanted > 1 else ''} needed, {people or 'none'} given",
                pointer=("approvals",),
                near=("status",),
                help=(
                    (f"Add to `approvals`: `{one}`" if given else f"Add `approvals: [{one}]`")
                    + f"; roles: {', '.join(roles)}.",
                    *(("One person counts once.",) if len(given) > people else ()),
                    *open_still(record, policy, context.as_of, obligation, "Not approved yet?"),
                ),
                label=f"`{record.status}` needs {wanted}",
            )


@judges_record("APP602", makes="failed")
def self_approval(record: Record, context: Context) -> Iterator[Problem]:
    """Somebody approved, or waived, a requirement of their own work.

    The policy says whose approval does not count (`not_by`), the owner of the work first of all. Four eyes see more than two,
    at three in the morning in particular.

    Wrong:

    ```yaml
    work: {owner: release-manager, sprint: "2026-08", hours: 14}
    ```

    Right:

    ```yaml
    work: {owner: checkout-oncall, sprint: "2026-08", hours: 14}
    ```
    """
    for place, by, _ in _signatures(record):
        for need in own(record, context.policy, by):
            yield Problem(
                f"`{by}` is `{need}` and can not {'waive' if place[0] == 'waivers' else 'approve'}",
                pointer=(*place, "by"),
                help=("Let somebody else of the role do it (four eyes).",),
                label=f"is `{need}`",
                on="value",
            )


@judges_record("APP603", makes="failed")
def unknown_approver(record: Record, context: Context) -> Iterator[Problem]:
    """Somebody approved in a role that the policy does not give them.

    The policy lists the people of each role, spelt as records spell them.

    Wrong:

    ```yaml
    approvals: [{by: night-shift, role: release-manager, at: 2026-04-14T03:05:00Z}]
    ```

    Right:

    ```yaml
    approvals: [{by: release-manager, role: release-manager, at: 2026-04-14T03:05:00Z}]
    ```
    """
    for place, by, role in _signatures(record):
        people = context.policy.approver_roles[role]
        if by not in people:
            spelt = next((name for name in people if name.casefold() == by.casefold()), "")
            yield Problem(
                f"`{by}` is not a {role}",
                pointer=(*place, "by"),
                help=(
                    f"Write `{spelt}`, as the policy does."
                    if spelt
                    else f"The policy lists: {', '.join(people)}. Ask one of them, or add the person to the policy in a change of its own.",
                ),
                label="not in this role",
                on="value",
            )


def _signatures(record: Record) -> Iterator[tuple[tuple[str, int], str, str]]:
    """List who approved and who waived: place, person, role."""
    for index, approval in enumerate(record.approvals):
        yield ("approvals", index), approval.by, approval.role
    for index, waiver in enumerate(record.waivers):
        yield ("waivers", index), waiver.by, waiver.role


@judges_record("APP604", fixed=True)
def waiver_expired(record: Record, context: Context) -> Iterator[Problem]:
    """A waiver has run out, and what it left out is still not there.

    A waiver is a loan: it names the requirement, the reason, who allowed it in which role, and until when. A day counts to its
    end, in UTC. What is waived is shown as waived everywhere, never as met.

    Wrong:

    ```yaml
    review: {at: 2026-04-16T09:00:00Z, root_cause: The vault client has no contract test.}
    status: triaged
    evidence: {}
    waivers: [{requirement: evidence.smoke-test, because: The suite was being rebuilt., by: release-manager, role: release-manager, at: 2026-04-14T04:00:00Z, expires: 2026-04-20}]
    ```

    Right:

    ```yaml
    status: triaged
    evidence: {}
    waivers: [{requirement: evidence.smoke-test, because: The suite was being rebuilt., by: release-manager, role: release-manager, at: 2026-04-14T04:00:00Z, expires: 2998-04-20}]
    ```
    """
    for index, waiver in enumerate(record.waivers):
        place = pointer(waiver.requirement)
        settled = record.carries(place) and record.value((*place, "result")) != "failed"
        if context.as_of >= waiver.ends and not settled:
            yield Problem(
                f"The waiver of `{waiver.requirement}` has run out",
                pointer=("waivers", index, "expires"),
                help=(
                    f"Add `{waiver.requirement}` now.",
                    f"It still can not be had? A {' or '.join(context.policy.approver_roles)} may waive it anew.",
                ),
                label="over",
                on="value",
            )


@judges_record("APP605", makes="missing", waivable=True)
def missing_requirement(record: Record, context: Context) -> Iterator[Problem]:
    """A field is missing that the record's status needs, or that the policy asks for on some condition.

    Evidence and approvals have rules of their own; this one is for all other needs: the owner, the plan to roll back, the
    hours, the review of a critical hotfix.

    Wrong:

    ```yaml
    work: {owner: checkout-oncall, sprint: "2026-08"}
    ```

    Right:

    ```yaml
    work: {owner: checkout-oncall, sprint: "2026-08", hours: 14}
    ```
    """
    for obligation in owed(record, context.policy, context.as_of):
        here = obligation.pointer
        if obligation.kind or obligation.need == "approvals" or record.carries(here):
            continue
        name = dotted(here)
        if obligation.because:
            message = f"`{name}` is missing"
        else:
            title = context.policy.statuses[obligation.since].title
            message = f"`{name}` is missing, which “{title}” needs"
        line = f"{here[-1]}: {context.policy.shape.sample(here)}"
        yield Problem(
            message,
            pointer=here,
            near=("status",),
            help=(
                f"Add `{line}`" + (f" under `{here[0]}`." if len(here) > 1 else "."),
                *((obligation.because,) if obligation.because else ()),
                *open_still(record, context.policy, context.as_of, obligation, "Not known yet?"),
            ),
            label=f"`{here[-1]}` is missing",
        )
