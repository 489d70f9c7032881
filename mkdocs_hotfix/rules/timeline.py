"""TIM: the order of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mkdocs_hotfix import sla
from mkdocs_hotfix.findings import Level, Pointer, Problem, dotted
from mkdocs_hotfix.policy import pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.times import read, rfc3339, spell

CLOCKS_DIFFER = timedelta(minutes=5)


@judges_record("TIM401", makes="stale")
def out_of_order(record: Record, context: Context) -> Iterator[Problem]:
    """Something happened before what has to come first.

    Reported, triaged, fix verified, regression test, approval, deployed, verified in production, smoke test, stakeholders
    told: each at the same time as the one before it or later. A policy with an `order` of its own replaces this one. Mostly it
    is a wrong day, or a local time written with `Z`.

    Wrong:

    ```yaml
    deployed: {at: 2026-04-13T03:20:00Z, by: checkout-oncall}
    ```

    Right:

    ```yaml
    deployed: {at: 2026-04-14T03:20:00Z, by: checkout-oncall}
    ```
    """
    told: set[Pointer] = set()
    ended = bool(context.policy.statuses[record.status].branches_from)
    for chain in context.policy.order:
        latest: tuple[Pointer, datetime] | None = None
        for need in chain:
            if need == "rollback" and record.taken_back is None and not ended:
                continue  # what was deployed again came after it
            before = latest
            for place, at in record.moments(pointer(need)):
                if before and at < before[1] and place not in told:
                    told.add(place)
                    early, late = _event(place), _event(before[0])
                    yield Problem(
                        f"`{early}` is before `{late}`",
                        pointer=place,
                        help=(f"Check day and zone: `{late}` is {rfc3339(before[1])}.",),
                        label=f"{spell(before[1] - at)} too early",
                        on="value",
                    )
                elif place not in told and (latest is None or at > latest[1] or (latest is before and at == latest[1])):
                    latest = (place, at)


@judges_record("TIM402", makes="failed")
def in_the_future(record: Record, context: Context) -> Iterator[Problem]:
    """Something is recorded as done that has not happened yet.

    Times are compared with the clock, or with `--as-of` and `SOURCE_DATE_EPOCH` where they are given; five minutes are
    allowed, since clocks differ. Mostly it is a local time written with `Z`, or the wrong year.

    Wrong:

    ```yaml
    reported: {at: 2999-04-14T01:04:00Z, by: support-lead}
    status: triaged
    triage: {at: 2999-04-14T01:12:00Z, by: checkout-oncall, answers: {significant: {answer: true, because: "310 failed orders an hour."}, majority: {answer: true, because: "64 % of orders."}, workaround: {answer: false, because: "The page offers none."}}, decision: hotfix}
    ```

    Right:

    ```yaml
    reported: {at: 2026-04-14T01:04:00Z, by: support-lead}
    ```
    """
    latest = context.as_of + CLOCKS_DIFFER
    if not any(_may_be_late(text, latest) for text in record.texts.get("at", ())):
        return
    for place, at in record.times():
        if at > latest:
            yield Problem(
                f"`{dotted(place)}` lies in the future",
                pointer=place,
                help=(
                    f"Check year, day and zone: now is {rfc3339(context.as_of)}.",
                    "Record what has happened, not what is planned.",
                ),
                label=f"in {spell(at - context.as_of)}",
                on="value",
            )


@judges_record("TIM403", level=Level.WARNING)
def sla_missed(record: Record, context: Context) -> Iterator[Problem]:
    """The triage or the restoration took longer than the policy promises for the severity.

    The past can not be mended, so this is a warning unless the policy says otherwise; the review says what will be different.
    The clock of the triage runs from the report to the decision, that of the restoration from the report to the proof in
    production. While a clock runs, it is missed from the moment on at which the promise ends.

    Wrong:

    ```yaml
    reported: {at: 2026-04-12T01:04:00Z, by: support-lead}
    ```

    Right:

    ```yaml
    reported: {at: 2026-04-14T01:04:00Z, by: support-lead}
    ```
    """
    for what, clock, place in (
        ("Triage", sla.triage(record, context.policy, context.as_of), ("triage", "at")),
        ("Restoring service", sla.restore(record, context.policy, context.as_of), ("severity",)),
    ):
        if clock and clock.state == "missed":
            yield Problem(
                f"{what} took {spell(clock.taken)}, and {spell(clock.promised)} are promised"
                if clock.ended
                else f"{what} takes {spell(clock.taken)} so far, and {spell(clock.promised)} are promised",
                pointer=place,
                near=("reported", "at"),
                help=(
                    "Say in the review why, and what will be different."
                    if clock.ended
                    else f"Not decided yet: `hotfix triage {record.id}`."
                    if place == ("triage", "at")
                    else f"Not restored yet: `hotfix next {record.id}` tells what to do.",
                ),
                label=f"{spell(clock.taken - clock.promised)} late",
                on="value",
            )


@judges_record("TIM405")
def status_behind(record: Record, context: Context) -> Iterator[Problem]:
    """The record tells of a deployment or a rollback, and its status does not.

    What a record owes follows from its status. One that was deployed and calls itself `fixing`, or `withdrawn`, would owe no
    test and no approval; one that was rolled back and calls itself `closed` would be taken for a fix in production.

    Wrong:

    ```yaml
    status: fixing
    deployed: {at: 2026-04-14T03:20:00Z, by: checkout-oncall}
    ```

    Right:

    ```yaml
    status: closed
    deployed: {at: 2026-04-14T03:20:00Z, by: checkout-oncall}
    ```
    """
    policy, deployed = context.policy, record.deployed
    deploying = next((one.id for one in policy.lifecycle() if "deployed" in one.needs), "")
    if not deploying or deployed is None:
        return
    claims_it = deploying in [one.id for one in policy.reached(record.status)]
    if not claims_it and record.taken_back is None:
        yield Problem(
            f"The record says that it was deployed, and its status is `{record.status}`",
            pointer=("status",),
            help=(
                f"Write `status: {deploying}`.",
                "Was it taken back? Add `rollback: {at: …, by: …, because: …}`. Was it never deployed? Delete `deployed`.",
            ),
            label="and yet `deployed`",
            on="value",
        )
    elif claims_it and record.taken_back and not policy.statuses[record.status].branches_from:
        exits = [one.id for one in policy.exits() if "rollback" in one.needs]
        yield Problem(
            f"The record says that it was rolled back, and its status is `{record.status}`",
            pointer=("status",),
            help=(
                *(f"Write `status: {one}`." for one in exits[:1]),
                "Was it deployed again? Write when, and by whom, in `deployed`; the `rollback` stays.",
            ),
            label="and yet `rollback`",
            on="value",
        )


def _may_be_late(text: str, latest: datetime) -> bool:
    try:
        return read(text) > latest
    except (ValueError, OverflowError):  # below `extra`, which is not looked at, anything may stand
        return True


def _event(place: Pointer) -> str:
    return dotted(place).removesuffix(".at")
