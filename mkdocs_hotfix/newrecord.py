"""The form of a new record: which fields it asks for, taken from the effective schema and the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from mkdocs_hotfix import published
from mkdocs_hotfix.findings import Pointer
from mkdocs_hotfix.policy import Policy, Status, effective_schema, pointer

Nodes = Mapping[Pointer, Mapping[str, Any]]
Input = Literal["line", "text", "choice", "time", "number", "list", "url"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input.

    Attributes:
        path: Where its value goes in the record, with dots.
        label: What it is called.
        hint: What to write.
        input: Which input it is.
        options: Values and names to choose from.
        needed: Whether the status of its group needs it.
        longest: How many characters it takes; 0 where that is not limited.
        pattern: What a value looks like; empty where anything goes.
    """

    path: str
    label: str
    hint: str
    input: Input
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = True
    longest: int = 0
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one status asks for, besides what the statuses before it ask for."""

    status: str
    title: str
    fields: tuple[Field, ...]
    triage: bool = False


def groups(policy: Policy) -> tuple[Group, ...]:
    """List the groups of the form: the statuses that can be claimed before anything has been tested."""
    made: list[Group] = []
    nodes: Nodes = dict(published.fields(effective_schema(policy)))
    for index, status in enumerate(policy.lifecycle()):
        fields = tuple(_fields(policy, nodes, status, first=index == 0))
        if index and not _fillable(policy, status):
            break
        made.append(Group(status.id, status.title, fields, "triage" in status.needs))
    return tuple(made)


_FIRST = ("title", "summary", "severity", "service", "reported")


def _fillable(policy: Policy, status: Status) -> bool:
    """Tell whether a person can type in all that a status needs. A test or an approval has to come from elsewhere."""
    for need in status.needs:
        if need.startswith("evidence."):
            kind = policy.kinds[need.removeprefix("evidence.")]
            if kind.is_test or kind.report:
                return False
        elif need in ("approvals", "deployed"):
            return False
    return True


def _fields(policy: Policy, nodes: Nodes, status: Status, *, first: bool) -> Iterator[Field]:
    needs = [*(_FIRST if first else ()), *(need for need in status.needs if need not in _FIRST and need != "triage")]
    for need in needs:
        optional = need == "summary" and need not in status.needs
        if need.startswith("evidence."):
            kind = policy.kinds[need.removeprefix("evidence.")]
            for name in dict.fromkeys(("at", "by", *kind.needs)):
                if name not in ("result", "environment", "report"):
                    yield _field(policy, nodes, (*pointer(need), name), f"{kind.title}: {_plain(name)}", needed=True)
        else:
            yield from _leaves(policy, nodes, pointer(need), needed=not optional)


def _leaves(policy: Policy, nodes: Nodes, place: Pointer, *, needed: bool) -> Iterator[Field]:
    node = nodes.get(place, {})
    if "properties" in node:
        for name in node.get("required", ()):
            yield from _leaves(policy, nodes, (*place, name), needed=needed)
    else:
        yield _field(policy, nodes, place, _label(place), needed=needed)


def _field(policy: Policy, nodes: Nodes, place: Pointer, label: str, *, needed: bool) -> Field:
    node = nodes.get(place, {})
    name = ".".join(str(part) for part in place)
    titles = {
        "severity": {one.id: one.title for one in policy.severities.values()},
        "service": dict(policy.services),
    }.get(name, {})
    options = tuple((str(value), titles.get(str(value), str(value))) for value in node.get("enum", ()))
    return Field(
        name,
        label,
        "" if label == _LABELS.get(name) else str(node.get("description", "")),
        "choice" if options else _input(node),
        options,
        needed,
        int(node.get("maxLength", 0)),
        str(node.get("pattern", "")) if _input(node) == "line" else "",
    )


def _input(node: Mapping[str, Any]) -> Input:
    kind = node.get("type")
    if kind == "array":
        return "list"
    if kind == "number":
        return "number"
    if node.get("format") == "date-time":
        return "time"
    if node.get("format") == "uri":
        return "url"
    return "line" if "pattern" in node or int(node.get("maxLength", 0)) <= _ONE_LINE else "text"


_ONE_LINE = 300

_LABELS = {
    "title": "What is broken, in the words of a user",
    "summary": "What users saw, and who was affected",
    "reported.at": "Reported at (UTC)",
    "reported.by": "Reported by",
    "work.owner": "Who leads the fix",
    "work.sprint": "Sprint",
    "release.base": "Affected release",
    "release.branch": "Hotfix branch",
}


def _label(place: Pointer) -> str:
    name = ".".join(str(part) for part in place)
    return _LABELS.get(name, _plain(str(place[-1])).capitalize())


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def last_numbers(names: Iterable[str]) -> Mapping[str, int]:
    """Tell the highest number of each year: the next record takes the one after it."""
    found: dict[str, int] = {}
    for name in names:
        parts = name.split("-")
        if len(parts) == len(("HF", "year", "number")) and parts[2].isdecimal():
            found[parts[1]] = max(found.get(parts[1], 0), int(parts[2]))
    return found


def new_file_address(repo_url: str, edit_uri: str, folder: str) -> str:
    """Tell where a host opens a new file in the browser, up to the query with `filename` and `value`.

    Args:
        repo_url: As `mkdocs.yml` has it.
        edit_uri: The same; it names the branch.
        folder: The records folder, seen from the docs folder.

    Returns:
        The address for GitHub, Gitea and Forgejo; nothing for other hosts, and where the branch is not known.
    """
    try:
        host = urlsplit(repo_url).hostname or ""
    except ValueError:
        return ""
    parts = edit_uri.strip("/").split("/")
    if parts[0] not in ("edit", "blob", "_edit") or len(parts) < len(("edit", "branch")):
        return ""
    branch, docs = parts[1], parts[2:]
    if host == "github.com" or host.startswith("github."):
        verb = "new"
    elif parts[0] == "_edit" or host == "codeberg.org" or any(word in host for word in ("gitea", "forgejo")):
        verb = "_new"
    else:
        return ""
    path = "/".join(quote(part) for part in (verb, branch, *docs, *folder.split("/")) if part and part != ".")
    return f"{repo_url.rstrip('/')}/{path}"
