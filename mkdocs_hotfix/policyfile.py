"""policy.yml to `Policy`, or every place in it that can not stand.

A policy with anything wrong in it is a wrong set-up: `SetupError` says every place at once, and nothing is checked,
since a gate with half a policy would say yes to half of what it should refuse.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from mkdocs_hotfix import published, schema, source
from mkdocs_hotfix.contradictions import contradictions
from mkdocs_hotfix.findings import SetupError, shorten
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.policy import (
    BUILT_IN,
    Environment,
    Kind,
    Policy,
    Question,
    Requirement,
    Severity,
    Sigstore,
    Status,
    pointer,
)
from mkdocs_hotfix.schema import Shape
from mkdocs_hotfix.wording import not_json, one_of

NAME = "policy.yml"
_MAX_EXTRA = 1 << 18

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


def load(file: Path | None = None, *, root: Path | None = None, held: Mapping[Path, bytes] | None = None) -> Policy:
    """Read a policy.

    Args:
        file: The policy file; `None` for the built-in one.
        root: The docs folder, for the built-in policy; `docs` if not given.
        held: What it and the files that it names hold, if that is not what lies on the disk.

    Raises:
        SetupError: The file can't be read or says what can't be; every place is named.
    """
    if file is None:
        raw = files("mkdocs_hotfix").joinpath("policy.yml").read_bytes()
        read_as, name, root = source.parse(raw, front_matter=False), BUILT_IN, root or Path("docs")
    else:
        name, root = display(file), file.parent
        read_as = (
            source.read(file, front_matter=False) if held is None else source.parse(held[file], front_matter=False)
        )
    problems = read_as.problems or _shape().check(read_as)
    if not problems:
        policy = _build(read_as, name, root, held)
        problems = tuple(contradictions(policy))
        if not problems:
            return policy
    lines = []
    placed = [(problem.span or read_as.span(problem.pointer, problem.on), problem) for problem in problems]
    for at, problem in sorted(placed, key=lambda one: one[0]):
        lines.append(f"{name}:{at.line}:{at.column}: {problem.message}. {' '.join(problem.help)}".rstrip())
    # The schema speaks of records; a policy has no front matter.
    said = "\n".join(lines).replace("The front matter", "The policy").replace("the front matter", "the policy")
    raise SetupError(f"The policy can not be used:\n{said}")


def names(raw: bytes) -> tuple[str, ...]:
    """Name the files that a policy of these bytes names, as it writes them. What can not be read names none."""
    data = source.parse(raw, front_matter=False).data or {}
    signers = data.get("sigstore")
    found = (data.get("extra"), signers.get("trust_root") if isinstance(signers, dict) else None)
    return tuple(one for one in found if isinstance(one, str))


def _shape() -> Shape:
    return Shape(published.schema("policy"))


def _build(read_as: source.Source, name: str, root: Path, held: Mapping[Path, bytes] | None) -> Policy:
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
        baseline=data.get("baseline", False),
        git=data.get("git", False),
        sigstore=Sigstore(
            root / data["sigstore"]["trust_root"],
            tuple((one["identity"], one["issuer"]) for one in data["sigstore"]["identities"]),
            tuple(data["sigstore"].get("required", ())),
        )
        if "sigstore" in data
        else None,
        extra_schema=_extra(root / data["extra"], read_as, name, held) if "extra" in data else None,
        data=data,
        file=name,
        read_as=read_as,
    )


def _extra(file: Path, read_as: source.Source, name: str, held: Mapping[Path, bytes] | None) -> Mapping[str, Any]:
    """Read the organisation's own schema of `extra`."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - few policies name one

    at = read_as.span(("extra",), "key")
    where = f"{name}:{at.line}:{at.column}: the schema named by `extra`, {display(file)},"
    try:
        raw = _bytes(file) if held is None else held.get(file)
        if raw is None or len(raw) > _MAX_EXTRA:
            what = "is no regular file" if raw is None else f"is larger than {_MAX_EXTRA >> 10} KiB"
            raise SetupError(f"{where} {what}. Put the schema there.")
        found = json.loads(raw.decode("utf-8"))
        Draft202012Validator.check_schema(found)
    except OSError as error:
        raise SetupError(f"{where} can not be read: {(error.strerror or 'unknown reason').lower()}.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        reason, line = not_json(error)
        raise SetupError(f"{where} is no JSON: {reason} (line {line}). Mend it there.") from None
    except (ValueError, RecursionError, SchemaError) as error:
        raise SetupError(f"{where} is not a JSON Schema (draft 2020-12): {str(error).splitlines()[0]}.") from None
    text = json.dumps(found)
    if not isinstance(found, dict) or '"$ref"' in text or '"$dynamicRef"' in text:
        raise SetupError(f"{where} must be one object without `$ref`: write the parts out where they are used.")
    if '"patternProperties"' in text:
        raise SetupError(
            f"{where} uses `patternProperties`, which is not read. Write `propertyNames` with a `pattern`, and `additionalProperties`."
        )
    for pattern in {str(value) for key, value in _pairs(found) if key == "pattern" and value is not None}:
        try:
            schema.matcher(pattern)
        except ValueError:
            raise SetupError(
                f"{where} has a pattern that can not be compared in linear time: `{shorten(pattern)}`. "
                "Write it without looking ahead or back (`(?=`, `(?!`, `\\1`), and with smaller repeats."
            ) from None
    unknown = {value for key, value in _pairs(found) if key == "format"} - set(schema.FORMATS)
    if unknown:
        raise SetupError(
            f"{where} names a format that is not checked: {one_of(sorted(map(str, unknown)))}. Checked are {one_of(schema.FORMATS)}."
        )
    return found


def _bytes(file: Path) -> bytes | None:
    opened = open_regular(file)
    if opened is None:
        return None
    with opened[0] as stream:
        return stream.read(_MAX_EXTRA + 1)


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value if isinstance(value, str) else None
            yield from _pairs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pairs(value)
