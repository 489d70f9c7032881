"""What a record must carry to claim what it claims, as data."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mkdocs_hotfix import published, source
from mkdocs_hotfix.findings import Pointer, dotted
from mkdocs_hotfix.schema import Shape

BUILT_IN = "(built-in policy)"
PRODUCTION_LIKE = "production_like"
_DEEPEST = 2  # `work.owner`


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad it can be, and the times promised."""

    id: str
    title: str
    means: str
    triage: timedelta | None
    restore: timedelta | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the triage."""

    id: str
    ask: str
    hint: str
    hotfix_if: bool


@dataclass(frozen=True, slots=True)
class Environment:
    """Where evidence comes from."""

    id: str
    title: str
    means: str
    production_like: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence.

    Attributes:
        environment: Id of the environment it must come from, `production_like`, or nothing.
        report: Whether a test runner's report must be named.
        needs: Fields of the evidence that it must carry besides `at` and `by`.
        due: How long after the deployment it may be owed.
    """

    id: str
    title: str
    means: str
    environment: str
    report: bool
    needs: tuple[str, ...]
    due: timedelta | None

    @property
    def is_test(self) -> bool:
        """Whether it stands or falls with a result; a text that carries what it `needs` does not."""
        return bool(self.environment or self.report or not self.needs)


@dataclass(frozen=True, slots=True)
class Status:
    """A status of the lifecycle, or an exit (then `branches_from` names where it branches off)."""

    id: str
    title: str
    needs: tuple[str, ...]
    branches_from: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """An obligation beyond a status: when all of `when` hold, `needs` must be there."""

    when: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Sigstore:
    """Whose signatures on reports count.

    Attributes:
        trust_root: The file with the trusted root.
        identities: Who may sign, each with the issuer that vouches for them.
        required: Kinds of evidence whose reports must be signed.
    """

    trust_root: Path
    identities: tuple[tuple[str, str], ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a policy was taken from that is not the one of the working tree.

    Attributes:
        revision: What it is called, safe to show.
        fork: The commit where the checked-out work left it.
        files: What the files of the policy hold there: itself, and those that it names.
        touched: Which of them the work since then has changed, as people see them.
    """

    revision: str
    fork: str
    files: Mapping[Path, bytes] = field(default_factory=dict, repr=False)
    touched: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Policy:
    """The policy, checked. Two are never equal, so that what follows from one can be remembered by it.

    Attributes:
        name: What the process is called.
        root: The docs folder: where the policy lies, and out of which no path of a record may lead.
        records: The folder of the records.
        statuses: Lifecycle in its order, then the exits.
        approver_roles: Roles and who is in them.
        exception_roles: Roles that may allow a fix although it could wait; `None` where nobody may.
        data: The file's own data, for pages that show it.
        read_as: Where it came from, to find places in it.
        taken: The revision that it was taken from; nothing for that of the working tree.
    """

    name: str
    root: Path
    records: Path
    handbook: str
    severities: Mapping[str, Severity]
    services: Mapping[str, str]
    questions: Mapping[str, Question]
    harms: Mapping[str, str]
    exception_roles: tuple[str, ...] | None
    exception_means: str
    environments: Mapping[str, Environment]
    kinds: Mapping[str, Kind]
    statuses: Mapping[str, Status]
    approver_roles: Mapping[str, tuple[str, ...]]
    approvals_at_least: int
    approvals_not_by: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    order: tuple[tuple[str, ...], ...]
    vacuous: tuple[str, ...]
    levels: Mapping[str, str]
    extra_schema: Mapping[str, Any] | None
    allow_empty: bool
    baseline: bool
    git: bool
    sigstore: Sigstore | None
    data: Mapping[str, Any] = field(repr=False)
    file: str = ""
    read_as: source.Source = field(default_factory=lambda: source.Source({}), repr=False)
    taken: Taken | None = None

    def reached(self, status: str) -> tuple[Status, ...]:
        """Return every status that a record with this one claims, in order, itself last."""
        last = self.statuses[status]
        path: list[Status] = []
        for one in self.statuses.values():
            if one.branches_from:
                break
            path.append(one)
            if one.id in (status, last.branches_from):
                break
        return tuple(path) if not last.branches_from else (*path, last)

    def lifecycle(self) -> tuple[Status, ...]:
        """Return the statuses without the exits."""
        return tuple(one for one in self.statuses.values() if not one.branches_from)

    def exits(self) -> tuple[Status, ...]:
        """Return the ends that branch off."""
        return tuple(one for one in self.statuses.values() if one.branches_from)

    def has_ended(self, status: str) -> bool:
        """Tell whether nothing comes after a status: it is the last one, or an exit."""
        return bool(self.statuses[status].branches_from) or status == self.lifecycle()[-1].id

    def verdict(self, answers: Mapping[str, bool]) -> str | None:
        """Decide by the answers: `hotfix` if all speak for it, else `defer`; nothing while one is missing."""
        if any(question not in answers for question in self.questions):
            return None
        agreed = all(answers[one.id] is one.hotfix_if for one in self.questions.values())
        return "hotfix" if agreed else "defer"

    def accepts(self, kind: Kind, environment: str) -> bool:
        """Tell whether evidence of this kind may come from this environment."""
        if kind.environment == PRODUCTION_LIKE:
            return environment in self.environments and self.environments[environment].production_like
        return not kind.environment or kind.environment == environment

    def accepted(self, kind: Kind) -> tuple[str, ...]:
        """Return the environments from which evidence of this kind may come."""
        return tuple(one for one in self.environments if self.accepts(kind, one))

    def title_of(self, need: str) -> str:
        """Name a need as people do: the title of a kind of evidence, else the field."""
        kind = self.kinds.get(need.removeprefix("evidence."))
        return kind.title if kind and need.startswith("evidence.") else f"`{need}`"

    @cached_property
    def after_deployment(self) -> frozenset[str]:
        """The kinds of evidence that the order puts after the deployment."""
        chains = (chain[chain.index("deployed") + 1 :] for chain in self.order if "deployed" in chain)
        needs = (need.partition(".") for chain in chains for need in chain)
        return frozenset(name for head, _, name in needs if head == "evidence")

    @cached_property
    def may_be_due(self) -> frozenset[str]:
        """The evidence that may be owed for a while after the deployment."""
        return frozenset(f"evidence.{kind.id}" for kind in self.kinds.values() if kind.due is not None)

    def place(self, *at: str) -> str:
        """Say where a field of the policy stands, to start a sentence: `docs/policy.yml:4:1:`."""
        span = self.read_as.span(at, "key")
        return f"{self.file}:{span.line}:{span.column}:" if self.file != BUILT_IN else f"{BUILT_IN}:"

    @cached_property
    def shape(self) -> Shape:
        """The effective schema of a record, compiled: the published one plus what this policy closes."""
        return Shape(effective_schema(self))


@lru_cache(maxsize=1 << 10)
def pointer(need: str) -> Pointer:
    """Turn `evidence.smoke-test` or `work.owner` into a pointer."""
    head, _, tail = need.partition(".")
    return (head, tail) if tail else (head,)


def known_needs(policy: Policy) -> list[str]:
    """Return every need that a policy can name: fields of a record up to the second level, and kinds."""
    record = {**published.schema("record"), "properties": dict(published.schema("record")["properties"])}
    record["properties"].pop("evidence")
    own = [
        dotted(place)
        for place, _ in published.fields(record)
        if len(place) <= _DEEPEST and "*" not in place and 0 not in place
    ]
    # Evidence first: where a message cuts the list, these are the ones that people look for.
    return [f"evidence.{kind}" for kind in policy.kinds] + [one for one in own if not one.startswith("extra.")]


def effective_schema(policy: Policy) -> dict[str, Any]:
    """Return the published record schema plus what the policy closes.

    Closed are status, severity, service (if the policy lists services), kinds of evidence, environments,
    questions, harms and roles; `extra` gets the organisation's own schema.
    """
    made: dict[str, Any] = deepcopy(dict(published.schema("record")))
    top, defs = made["properties"], made["$defs"]

    def close(field_schema: dict[str, Any], names: Mapping[str, Any]) -> None:
        described = field_schema.get("description", "")
        field_schema.clear()
        field_schema.update({"description": described, "enum": list(names)})

    def table(field_schema: dict[str, Any], names: Mapping[str, Any]) -> None:
        item = field_schema.pop("additionalProperties")
        field_schema.pop("propertyNames")
        field_schema.update({"properties": dict.fromkeys(names, item), "additionalProperties": False})

    close(top["status"], policy.statuses)
    close(top["severity"], policy.severities)
    if policy.services:
        close(top["service"], policy.services)
    close(defs["evidence"]["properties"]["environment"], policy.environments)
    close(defs["answer"]["properties"]["harms"]["items"], policy.harms)
    close(top["waivers"]["items"]["properties"]["requirement"], dict.fromkeys(known_needs(policy)))
    for role in (
        top["triage"]["properties"]["exception"]["properties"]["role"],
        top["approvals"]["items"]["properties"]["role"],
        top["waivers"]["items"]["properties"]["role"],
    ):
        close(role, policy.approver_roles)
    table(top["evidence"], policy.kinds)
    table(top["triage"]["properties"]["answers"], policy.questions)
    if policy.extra_schema is not None:
        top["extra"] = {"description": top["extra"]["description"], **policy.extra_schema}
    return made
