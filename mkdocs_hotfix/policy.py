"""policy.yml to `Policy`: what a record must carry to claim what it claims, as data.

A policy with anything wrong in it is a wrong set-up: `SetupError` says every place at once, and nothing is checked,
since a gate with half a policy would say yes to half of what it should refuse.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mkdocs_hotfix import schema, source
from mkdocs_hotfix.findings import Pointer, Problem, SetupError, dotted
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.schema import Shape, guess, one_of

NAME = "policy.yml"
BUILT_IN = "(built-in policy)"
PRODUCTION_LIKE = "production_like"
_DEEPEST = 2  # `work.owner`

ORDER: tuple[tuple[str, ...], ...] = (
    (
        "reported",
        "triage",
        "evidence.fix-verification",
        "evidence.regression-test",
        "approvals",
        "deployed",
        "evidence.production-verification",
        "evidence.smoke-test",
        "evidence.communication",
    ),
    ("triage", "evidence.impact-analysis"),
    ("deployed", "rollback"),
    ("reported", "withdrawn"),
    ("reported", "review"),
)
"""The chains of moments that hold unless the policy writes its own `order`."""


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
    git: bool
    sigstore: Sigstore | None
    data: Mapping[str, Any] = field(repr=False)
    file: str = ""
    read_as: source.Source = field(default_factory=lambda: source.Source({}), repr=False)

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


def duration(text: str) -> timedelta:
    """Read `30m`, `4h`, `5d` or `2w`; the schema vouches for the form."""
    unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[text[-1]]
    return timedelta(**{unit: int(text[:-1])})


def default(*folders: Path) -> Path | None:
    """Find the policy that counts where none is named: the first of these folders that has one.

    Raises:
        SetupError: A policy lies there under a name that is not read; the built-in one must not take its place.
    """
    for folder in folders:
        # A link that leads nowhere is there, too: it can not be read, and says so.
        if os.path.lexists(folder / NAME):
            return folder / NAME
        if os.path.lexists(folder / "policy.yaml"):
            raise SetupError(f"{display(folder / 'policy.yaml')} is not read: a policy is named {NAME}. Rename it.")
    return None


def load(file: Path | None = None, *, root: Path | None = None) -> Policy:
    """Read a policy.

    Args:
        file: The policy file; `None` for the built-in one.
        root: The docs folder, for the built-in policy; `docs` if not given.

    Raises:
        SetupError: The file can't be read or says what can't be; every place is named.
    """
    if file is None:
        raw = files("mkdocs_hotfix").joinpath("policy.yml").read_bytes()
        read_as, name, root = source.parse(raw, front_matter=False), BUILT_IN, root or Path("docs")
    else:
        read_as, name, root = source.read(file, front_matter=False), display(file), file.parent
    problems = read_as.problems or _shape().check(read_as)
    if not problems:
        policy = _build(read_as, name, root)
        problems = tuple(_contradictions(policy))
        if not problems:
            return policy
    lines = []
    placed = [(problem.span or read_as.span(problem.pointer, problem.on), problem) for problem in problems]
    for at, problem in sorted(placed, key=lambda one: one[0]):
        lines.append(f"{name}:{at.line}:{at.column}: {problem.message}. {' '.join(problem.help)}".rstrip())
    # The schema speaks of records; a policy has no front matter.
    said = "\n".join(lines).replace("The front matter", "The policy").replace("the front matter", "the policy")
    raise SetupError(f"The policy can not be used:\n{said}")


def _shape() -> Shape:
    return Shape(schema.published("policy"))


def _build(read_as: source.Source, name: str, root: Path) -> Policy:
    data: dict[str, Any] = read_as.data or {}
    triage, approvals = data["triage"], data["approvals"]
    exception = triage.get("exception")
    statuses = {key: Status(key, one["title"], tuple(one.get("needs", ()))) for key, one in data["statuses"].items()}
    for key, one in data.get("exits", {}).items():
        statuses.setdefault(key, Status(key, one["title"], tuple(one.get("needs", ())), one["from"]))
    kinds = {
        key: Kind(
            key,
            one["title"],
            one.get("means", ""),
            one.get("environment", ""),
            one.get("report") == "required",
            tuple(one.get("needs", ())),
            duration(one["due"]) if "due" in one else None,
        )
        for key, one in data["evidence"].items()
    }
    order = (
        tuple(map(tuple, data["order"]))
        if "order" in data
        else tuple(
            tuple(moment for moment in chain if not moment.startswith("evidence.") or pointer(moment)[1] in kinds)
            for chain in ORDER
        )
    )
    return Policy(
        name=data["name"],
        root=root,
        records=root / data["records"],
        handbook=data.get("handbook", "").rstrip("/"),
        severities={
            key: Severity(
                key,
                one["title"],
                one.get("means", ""),
                *(duration(one["sla"][sla]) if sla in one.get("sla", {}) else None for sla in ("triage", "restore")),
            )
            for key, one in data["severities"].items()
        },
        services={key: one["title"] for key, one in data.get("services", {}).items()},
        questions={
            key: Question(key, one["ask"], one.get("hint", ""), one["hotfix_if"])
            for key, one in triage["questions"].items()
        },
        harms=triage.get("harms", {}),
        exception_roles=tuple(exception["approvers"]) if exception else None,
        exception_means=exception.get("means", "") if exception else "",
        environments={
            key: Environment(key, one["title"], one.get("means", ""), one.get("production_like", False))
            for key, one in data["environments"].items()
        },
        kinds=kinds,
        statuses=statuses,
        approver_roles={role: tuple(people) for role, people in approvals["roles"].items()},
        approvals_at_least=approvals.get("at_least", 1),
        approvals_not_by=tuple(approvals.get("not_by", ())),
        requirements=tuple(
            Requirement(
                {key: (value,) if isinstance(value, str) else tuple(value) for key, value in one["when"].items()},
                tuple(one["needs"]),
                one.get("because", ""),
            )
            for one in data.get("requirements", ())
        ),
        order=order,
        vacuous=tuple(data.get("vacuous", ())),
        levels=data.get("levels", {}),
        allow_empty=data.get("allow_empty", False),
        git=data.get("git", False),
        sigstore=Sigstore(
            root / data["sigstore"]["trust_root"],
            tuple((one["identity"], one["issuer"]) for one in data["sigstore"]["identities"]),
            tuple(data["sigstore"].get("required", ())),
        )
        if "sigstore" in data
        else None,
        extra_schema=_extra(root / data["extra"], read_as, name) if "extra" in data else None,
        data=data,
        file=name,
        read_as=read_as,
    )


def _extra(file: Path, read_as: source.Source, name: str) -> Mapping[str, Any]:
    """Read the organisation's own schema of `extra`."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - few policies name one

    at = read_as.span(("extra",), "key")
    where = f"{name}:{at.line}:{at.column}: the schema named by `extra`, {display(file)},"
    try:
        found = json.loads(file.read_text("utf-8"))
        Draft202012Validator.check_schema(found)
    except OSError as error:
        raise SetupError(f"{where} can not be read: {(error.strerror or 'unknown reason').lower()}.") from None
    except (ValueError, RecursionError, SchemaError) as error:
        raise SetupError(f"{where} is not a JSON Schema (draft 2020-12): {str(error).splitlines()[0]}.") from None
    text = json.dumps(found)
    if not isinstance(found, dict) or '"$ref"' in text or '"$dynamicRef"' in text:
        raise SetupError(f"{where} must be one object without `$ref`: write the parts out where they are used.")
    unknown = {value for key, value in _pairs(found) if key == "format"} - set(schema.FORMATS)
    if unknown:
        raise SetupError(
            f"{where} names a format that is not checked: {one_of(sorted(map(str, unknown)))}. Checked are {one_of(schema.FORMATS)}."
        )
    return found


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value if isinstance(value, str) else None
            yield from _pairs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pairs(value)


def _contradictions(policy: Policy) -> Iterator[Problem]:
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


def known_needs(policy: Policy) -> list[str]:
    """Return every need that a policy can name: fields of a record up to the second level, and kinds."""
    record = {**schema.published("record"), "properties": dict(schema.published("record")["properties"])}
    record["properties"].pop("evidence")
    own = [
        dotted(place)
        for place, _ in schema.fields(record)
        if len(place) <= _DEEPEST and "*" not in place and 0 not in place
    ]
    # Evidence first: where a message cuts the list, these are the ones that people look for.
    return [f"evidence.{kind}" for kind in policy.kinds] + [one for one in own if not one.startswith("extra.")]


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


def effective_schema(policy: Policy) -> dict[str, Any]:
    """Return the published record schema plus what the policy closes.

    Closed are status, severity, service (if the policy lists services), kinds of evidence, environments,
    questions, harms and roles; `extra` gets the organisation's own schema.
    """
    made: dict[str, Any] = deepcopy(dict(schema.published("record")))
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
