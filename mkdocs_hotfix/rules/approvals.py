"""APP: who said yes, and what else a status needs."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs_hotfix.findings import Problem, dotted
from mkdocs_hotfix.obligations import owed, step_back
from mkdocs_hotfix.policy import pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record


@judges_record("APP601", makes="missing")
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
    for obligation in owed(record, policy):
        if obligation.need != "approvals":
            continue
        people, wanted = (
            len({one.by.casefold().strip() for one in record.approvals}),
            policy.approvals_at_least,
        )
        if people < wanted:
            back = step_back(policy, obligation, record.status)
            yield Problem(
                f"{wanted} approval{'s' if wanted > 1 else ''} needed, {people or 'none'} given",
                pointer=("approvals",),
                near=("status",),
                help=(
                    f"Add `approvals: [{{by: …, role: {next(iter(policy.approver_roles))}, at: …}}]`; roles: {', '.join(policy.approver_roles)}.",
                    *(
                        (f"Not approved yet? Set `status: {back}` and publish the record while it is open.",)
                        if back
                        else ()
                    ),
                ),
                label=f"`{record.status}` needs {wanted}",
            )


@judges_record("APP602", makes="failed")
def self_approval(record: Record, context: Context) -> Iterator[Problem]:
    """Somebody approved their own work.

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
    for need in context.policy.approvals_not_by:
        own = record.value(pointer(need))
        for index, approval in enumerate(record.approvals):
            if isinstance(own, str) and approval.by.casefold().strip() == own.casefold().strip():
                yield Problem(
                    f"`{approval.by}` is `{need}` and can not approve",
                    pointer=("approvals", index, "by"),
                    help=("Let somebody else of the role approve (four eyes).",),
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
    for index, approval in enumerate(record.approvals):
        people = context.policy.approver_roles[approval.role]
        if approval.by not in people:
            yield Problem(
                f"`{approval.by}` is not a {approval.role}",
                pointer=("approvals", index, "by"),
                help=(
                    f"The policy lists: {', '.join(people)}. Ask one of them, or add the person to the policy in a change of its own.",
                ),
                label="not in this role",
                on="value",
            )


@judges_record("APP605", makes="missing")
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
    for obligation in owed(record, context.policy):
        here = obligation.pointer
        if obligation.kind or obligation.need == "approvals" or record.carries(here):
            continue
        name = dotted(here)
        if obligation.because:
            message = f"`{name}` is missing"
        else:
            title = context.policy.statuses[obligation.since].title
            message = f"`{name}` is missing, which “{title}” needs"
        back = step_back(context.policy, obligation, record.status)
        yield Problem(
            message,
            pointer=here,
            near=("status",),
            help=(
                f"Add `{here[-1]}: …`" + (f" under `{here[0]}`." if len(here) > 1 else "."),
                *((obligation.because,) if obligation.because else ()),
                *((f"Not known yet? Set `status: {back}` and publish the record while it is open.",) if back else ()),
            ),
            label=f"`{name if len(here) == 1 else here[-1]}` is missing",
        )
