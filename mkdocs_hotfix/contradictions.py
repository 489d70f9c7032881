"""What a policy's schema can not see: names that lead nowhere, and asking for what nobody can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mkdocs_hotfix.findings import Pointer, Problem
from mkdocs_hotfix.policy import PRODUCTION_LIKE, Policy, known_needs
from mkdocs_hotfix.wording import guess, one_of


def contradictions(policy: Policy) -> Iterator[Problem]:
    """Find names that lead nowhere; the schema can not see them."""
    data = policy.data

    def unknown(place: Pointer, what: str, name: str, known: Mapping[str, Any] | list[str]) -> Problem:
        meant = guess(name, known)
        advice = f"Did you mean `{meant}`?" if meant else f"Known: {one_of(known, 40)}."
        return Problem(f"`{name}` is no {what}", pointer=place, help=(advice,), on="value")

    lifecycle = {one.id for one in policy.lifecycle()}
    for key in set(data.get("exits", {})) & lifecycle:
        yield Problem(f"`{key}` is a status and an exit", pointer=("exits", key), help=("Rename one of them.",))
    for key, one in data.get("exits", {}).items():
        if one["from"] not in lifecycle:
            yield unknown(("exits", key, "from"), "status of the lifecycle", one["from"], sorted(lifecycle))
    for key, kind in policy.kinds.items():
        if kind.environment and not policy.accepted(kind):
            place: Pointer = ("evidence", key, "environment")
            if kind.environment == PRODUCTION_LIKE:
                yield Problem(
                    "No environment is `production_like: true`",
                    pointer=place,
                    help=("Mark one under `environments`.",),
                    on="value",
                )
            else:
                yield unknown(place, "environment", kind.environment, policy.environments)
    needs = known_needs(policy)
    for at, need in _needs(data):
        if need not in needs:
            yield unknown(at, "field or kind of evidence", need, needs)
    for index, role in enumerate(policy.exception_roles or ()):
        if role not in policy.approver_roles:
            yield unknown(
                ("triage", "exception", "approvers", index),
                "role of the approvals",
                role,
                policy.approver_roles,
            )
    for index, one in enumerate(policy.requirements):
        for key, values in one.when.items():
            known = {
                "status": policy.statuses,
                "severity": policy.severities,
                "service": policy.services,
                "decision": {"hotfix": 1, "defer": 1},
            }[key]
            for value in values:
                if value not in known and (key != "service" or known):
                    yield unknown(("requirements", index, "when", key), key, value, known)
    for index, kind_id in enumerate(policy.sigstore.required if policy.sigstore else ()):
        if kind_id not in policy.kinds:
            yield unknown(("sigstore", "required", index), "kind of evidence", kind_id, policy.kinds)
    people = {name for members in policy.approver_roles.values() for name in members}
    if policy.approvals_at_least > len(people):
        yield Problem(
            f"`at_least` asks for {policy.approvals_at_least} approvals, and the roles name {len(people)} people",
            pointer=("approvals", "at_least"),
            on="value",
        )
    if ".." in Path(data["records"]).parts:
        yield Problem(
            "`records` leads out of the docs folder",
            pointer=("records",),
            help=("Name a folder beside or below the policy.",),
            on="value",
        )


def _needs(data: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    for table in ("statuses", "exits"):
        for key, one in data.get(table, {}).items():
            for index, need in enumerate(one.get("needs", ())):
                yield (table, key, "needs", index), need
    for index, one in enumerate(data.get("requirements", ())):
        for position, need in enumerate(one["needs"]):
            yield ("requirements", index, "needs", position), need
    for index, need in enumerate(data["approvals"].get("not_by", ())):
        yield ("approvals", "not_by", index), need
    for index, chain in enumerate(data.get("order", ())):
        for position, need in enumerate(chain):
            yield ("order", index, position), need
