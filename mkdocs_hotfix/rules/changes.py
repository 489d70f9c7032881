"""REC, TIM, EVD: what may become of a record over time. These rules look at what `--changed-since` compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from mkdocs_hotfix import times
from mkdocs_hotfix.findings import Level, Pointer, Problem, Span, dotted, shorten
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Change, Context, judges_history
from mkdocs_hotfix.times import later, rfc3339

_CLOCKS_DIFFER = timedelta(minutes=5)
_DEPLOYED = "deployed"
_SETTLED = ("severity", "reported", "triage", "release", "evidence", "approvals", "deployed")


@judges_history("REC111")
def record_deleted(change: Change, _context: Context) -> Iterator[Problem]:
    """A record was deleted.

    What was once filed stays: readers, metrics and other records refer to it, and nobody can learn from what is gone. A record
    that was filed by mistake is withdrawn, and says why. A record may be renamed, renumbered or moved. Told with
    `--changed-since` only.

    Wrong: `git rm docs/hotfixes/HF-2026-0001.md`

    Right: `status: withdrawn` with `withdrawn: {at: 2026-04-14T02:00:00Z, by: support-lead, because: "The same as HF-2026-0002."}`
    """
    if change.after is None:
        yield Problem(
            "The record was deleted",
            help=(
                "Put it back, set `status: withdrawn` and add `withdrawn: {at: …, by: …, because: …}`.",
                "Was it renamed? Keep its `id`, or its `title` and `reported`.",
            ),
            label="gone",
            span=Span(1, 1, 1, 1),
        )


@judges_history("REC112", with_policy=True, level=Level.WARNING)
def policy_changed_too(_change: Change, context: Context) -> Iterator[Problem]:
    """The policy changes together with the record.

    Who is judged does not write the law. With `--policy-from` a record is judged by the policy of the branch that it goes to, so
    the change of the policy does not count yet. Once it is merged it does, for all records. So it deserves a look of its own.

    Wrong: one change that takes `evidence.smoke-test` out of the policy, and files a hotfix without one.

    Right: a change of the policy, looked at by its owner, and another one with the record.
    """
    if context.policy.taken and context.policy.taken.touched:
        files = ", ".join(f"`{shorten(one)}`" for one in context.policy.taken.touched)
        yield Problem(
            f"This record changes together with what it is judged by ({files})",
            pointer=("status",),
            help=(
                f"It is judged by the policy of {context.policy.taken.revision}. Change the policy alone, and have its owner look.",
            ),
            label="the policy changes, too",
        )


@judges_history("TIM404")
def status_went_back(change: Change, context: Context) -> Iterator[Problem]:
    """A status went back without a rollback.

    Until the deployment a status may go back: that is how a record is published while evidence is missing. From then on the
    package is in production. Who claims less than `deployed` again, defers or withdraws, says that it was taken back: with
    `rollback: {at, by, because}`, not earlier than the deployment. A closed record that is opened again without leaving
    production, or a withdrawn one that is taken up again, carries a new entry under `amendments` with `what: status`. A
    `rollback` that was recorded stays. Told with `--changed-since` only.

    Wrong: from `status: deployed` to `status: fixing`.

    Right: `status: rolled-back` with `rollback: {at: 2026-04-14T04:00:00Z, by: checkout-oncall, because: "Payments failed."}`; from
    there on to `status: fixing`, with the `rollback` kept.
    """
    before, after, policy = change.before, change.after, context.policy
    if before is None or after is None:
        return
    if before.rollback and not after.rollback:
        yield Problem(
            "The rollback that was recorded is gone",
            pointer=("rollback",),
            near=("status",),
            help=(f"Put it back: `rollback: {{at: {rfc3339(before.rollback.at)}, by: …, because: …}}`.",),
            label="without `rollback`",
        )
        return
    was, now = ([one.id for one in policy.reached(record.status)] for record in (before, after))
    if all(one in now for one in was):
        return
    place: Pointer = ("status",)
    marks = {one.id for one in policy.lifecycle() if _DEPLOYED in one.needs}
    in_production = before.deployed is not None or bool(marks.intersection(was))
    rolled_back = after.rollback and not (before.deployed and after.rollback.at < before.deployed.at)
    stays = bool(marks.intersection(now)) if marks else after.deployed is not None
    left = policy.statuses[before.status]
    if in_production and not rolled_back and not stays:
        yield Problem(
            f"The status went back from `{before.status}` to `{after.status}` without a rollback",
            pointer=place,
            help=(
                f"Was it taken back? Add `rollback: {{at: …, by: …, because: …}}`{_exit(policy)}.",
                f"Still in production? Write `status: {before.status}`, and waive what can not be had.",
            ),
            label=f"was `{before.status}`",
            on="value",
        )
    elif ((in_production and not rolled_back) or "withdrawn" in left.needs) and not _amended(before, after, place):
        yield Problem(
            f"The status went back from `{before.status}` to `{after.status}`, and nothing says why",
            pointer=place,
            help=(_amendment("status"),),
            label=f"was `{before.status}`",
            on="value",
        )


@judges_history("EVD313")
def edited_after_closing(change: Change, context: Context) -> Iterator[Problem]:
    """What a closed record proves was edited, and nothing says so.

    Others have relied on it. An edit is possible, and not in silence: a new entry under `amendments` names the field, and says
    who changed it and why. That holds for severity, report, triage, release, evidence, approvals and deployment, and for the
    files of the test reports. Entries that are there stay as they are. Title, summary, text, links, work, review and waivers may
    change freely. Closed is the last status of the lifecycle. Told with `--changed-since` only.

    Wrong: in a closed record, `smoke-test: {result: failed, …}` becomes `smoke-test: {result: passed, …}`.

    Right: besides, `amendments: [{at: 2026-04-20T08:00:00Z, by: test-lead, what: evidence.smoke-test, because: "Filed with the wrong result."}]`
    """
    before, after = change.before, change.after
    if before is None or after is None or before.status != context.policy.lifecycle()[-1].id:
        return
    for index, entry in enumerate(before.data.get("amendments", ())):
        if entry not in after.data.get("amendments", ()):
            yield Problem(
                f"The amendment of `{entry['what']}` from {rfc3339(times.read(entry['at']))} is gone or was edited",
                pointer=("amendments", index),
                near=("status",),
                help=("Put it back as it was, and add another one.",),
                label="not as it was",
            )
    for place in _edited(before, after, change.reports):
        if not _amended(before, after, place):
            name = (
                f"`{dotted(place)}`" if before.value(place) != after.value(place) else f"A report of `{dotted(place)}`"
            )
            yield Problem(
                f"{name} was edited after the record was closed",
                pointer=place,
                near=("status",),
                help=("Put it back as it was; or say what was changed, and why:", _amendment(dotted(place))),
                label="not as it was closed",
            )


def _edited(before: Record, after: Record, reports: Iterable[str]) -> Iterator[Pointer]:
    """Name the settled places that differ, at the depth at which an amendment can name them; none inside another.

    What could not be read when the record was closed may be mended.
    """
    changed: list[Pointer] = []
    for field in _SETTLED:
        was, now = before.data.get(field), after.data.get(field)
        if was == now:
            continue
        if field in ("evidence", "release") and was and (now or after.is_unclear((field,))):
            now = now or {}
            changed += [(field, key) for key in {**was, **now} if was.get(key) != now.get(key)]
        else:
            changed.append((field,))
    if ("evidence",) not in changed:
        changed += [("evidence", kind) for kind in sorted(reports)]
    return (place for place in dict.fromkeys(changed) if not any(place[: len(part)] == part for part in before.unclear))


def _amended(before: Record, after: Record, place: Pointer) -> bool:
    """Tell whether a new amendment names a place, from after all that the record told before."""
    latest = max((at for _, at in before.times()), default=None)
    old = before.data.get("amendments", ())
    names = {dotted(place[:length]) for length in range(1, len(place) + 1)}
    return any(
        entry not in old
        and entry["what"] in names
        and (latest is None or later(times.read(entry["at"]), _CLOCKS_DIFFER) >= latest)
        for entry in after.data.get("amendments", ())
    )


def _amendment(what: str) -> str:
    return f"Add `amendments: [{{at: …, by: …, what: {what}, because: …}}]`"


def _exit(policy: Policy) -> str:
    """Name the exit that says that a package was taken back."""
    names = [one.id for one in policy.exits() if "rollback" in one.needs]
    return f" and write `status: {names[0]}`" if names else ""
