"""What an editor shows for the records that are open in it: findings, proposals, explanations, mendings. Nothing is written.

Unsaved text counts as if it were on the disk already; everything else is read from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs_hotfix import gate, policyfile
from mkdocs_hotfix.cursor import Cursor, locate
from mkdocs_hotfix.findings import Finding, Pointer, SetupError
from mkdocs_hotfix.memory import Memory
from mkdocs_hotfix.paths import INDEX, find
from mkdocs_hotfix.plain import markdown_text
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.published import resolve
from mkdocs_hotfix.rules import BY_SLUG
from mkdocs_hotfix.times import rfc3339

MOST = 200
"""How many findings of one file an editor gets, and how many proposals at one place."""

_UPWARDS = 6
_BUILT_IN = ("hotfixes", "docs")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that fits at the cursor, and what it means."""

    text: str
    means: str = ""
    on: str = "value"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one open file: findings, or why it can not be judged; and the text of which it is said."""

    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    handbook: str = ""
    text: str = field(default="", repr=False)


@dataclass
class Desk:
    """The open files.

    Attributes:
        texts: Their text, by path.
    """

    texts: dict[Path, str] = field(default_factory=dict)
    _policies: dict[Path, tuple[tuple[int, int], Policy]] = field(default_factory=dict)
    _memories: dict[Path, tuple[Policy, Memory]] = field(default_factory=dict)
    _judged: dict[Path, Judgement] = field(default_factory=dict)

    def open(self, file: Path, text: str) -> None:
        """Take in a file's text, or its new text."""
        self.texts[file] = text

    def close(self, file: Path) -> None:
        """Forget a file."""
        self.texts.pop(file, None)
        self._judged.pop(file, None)

    def lines(self, file: Path) -> list[str]:
        """Return the lines of an open file as the gate counts them."""
        return self.texts.get(file, "").replace("\r\n", "\n").split("\n")

    def judge(self, as_of: datetime) -> Mapping[Path, Judgement]:
        """Judge every open file; rules that compare records see those on the disk, too."""
        by_policy: dict[int, tuple[Policy, list[Path]]] = {}
        self._judged = {}
        for file in self.texts:
            try:
                policy = self.policy(file)
            except SetupError as error:
                self._judged[file] = Judgement(trouble=str(error))
                continue
            if policy:
                by_policy.setdefault(id(policy), (policy, []))[1].append(file)
        for policy, files in by_policy.values():
            self._judge(policy, files, as_of)
        return self._judged

    def _judge(self, policy: Policy, files: Sequence[Path], as_of: datetime) -> None:
        unsaved = {file: self.texts[file].encode("utf-8", "surrogatepass") for file in files}
        # What was found under another policy is worth nothing.
        then, memory = self._memories.get(policy.root, (policy, Memory()))
        memory = memory if then is policy else Memory()
        try:
            report = gate.check(policy, as_of, files, memory=memory, instead=unsaved)
        except SetupError as error:
            self._judged |= {file: Judgement(trouble=str(error)) for file in files}
            return
        self._memories[policy.root] = (policy, Memory(memory.left(policy.root)))
        found = {os.path.abspath(judged.file): judged.findings for judged in report.judged}
        for file in files:
            of_file = found.get(os.path.abspath(file), ())[:MOST]
            self._judged[file] = Judgement(of_file, handbook=policy.handbook, text=self.texts[file])

    def policy(self, file: Path) -> Policy | None:
        """Find the policy that counts for a file; nothing for what is no record.

        Raises:
            SetupError: The policy can not be used.
        """
        if file.suffix != ".md":
            return None
        above = list(file.parents)[:_UPWARDS]
        for folder in above:
            named = policyfile.default(folder)
            if named:
                policy = self._load(named)
                return policy if _lies_in(file, policy.records) else None
        for folder in above:
            if (folder.name, folder.parent.name) == _BUILT_IN:
                policy = self._load(folder.parent / "(none)")
                return policy if _lies_in(file, policy.records) else None
        return None

    def _load(self, file: Path) -> Policy:
        try:
            found = file.stat()
            seen = (found.st_mtime_ns, found.st_size)
        except OSError:
            seen = (0, 0)
        known = self._policies.get(file)
        if known is None or known[0] != seen:
            there = os.path.lexists(file)
            known = (seen, policyfile.load(file if there else None, root=None if there else file.parent))
            self._policies[file] = known
        return known[1]

    # -- at the cursor -------------------------------------------------------------------------------------

    def complete(self, file: Path, line: int, column: int, as_of: datetime) -> tuple[Cursor, list[Proposal]] | None:
        """Propose names or values for a place; lines and columns count from 0."""
        policy, cursor = self._place(file, line, column)
        if not policy or not cursor:
            return None
        node = _node(policy.shape.schema, cursor.pointer)
        if cursor.on == "key":
            made = [
                Proposal(name, _about(policy, (*cursor.pointer, name), one), _kind(policy, one))
                for name, one in node.get("properties", {}).items()
                if name not in cursor.siblings
            ]
        else:
            made = list(self._values(node, cursor, policy, file, as_of))
        return cursor, made[:MOST]

    def _values(
        self, node: Mapping[str, Any], cursor: Cursor, policy: Policy, file: Path, as_of: datetime
    ) -> Iterator[Proposal]:
        if "items" in node:
            node = resolve(policy.shape.schema, node["items"])
        for value in node.get("enum", ()):
            yield Proposal(str(value), _title(policy, cursor.pointer, str(value)))
        if node.get("type") == "boolean":
            yield from (Proposal("true"), Proposal("false"))
        if node.get("format") == "date-time":
            yield Proposal(rfc3339(as_of), "now")
        if str(node.get("pattern", "")).startswith("^HF-"):
            if cursor.pointer == ("id",):
                yield Proposal(file.stem, "as the file is called")
            else:
                yield from (Proposal(one.stem) for one in find(policy.records) if one.stem != file.stem)

    def explain(self, file: Path, line: int, column: int) -> tuple[Cursor | None, str]:
        """Tell in Markdown what is found at a place, and what the field there is for."""
        policy, cursor = self._place(file, line, column)
        if not policy:
            return None, ""
        parts = []
        for one in self._at(file, line, column):
            page = f"{policy.handbook}/rules/#{one.slug}" if policy.handbook else ""
            title = f"[{one.code} {one.slug}]({page})" if page else f"{one.code} {one.slug}"
            parts.append(f"**{title}**\n\n{BY_SLUG[one.slug].page}")
        if cursor:
            whole = self.lines(file)[cursor.line][cursor.start : cursor.end].strip("\"'")
            pointer = (*cursor.pointer, whole) if cursor.on == "key" else cursor.pointer
            node = _node(policy.shape.schema, pointer)
            if about := _about(policy, pointer, node):
                name = next((part for part in reversed(pointer) if isinstance(part, str)), "")
                parts.append(f"**{markdown_text(name)}**: {about}")
            if allowed := node.get("enum"):
                parts.append("Allowed: " + ", ".join(f"`{one}`" for one in allowed[:40]) + ".")
        return cursor, "\n\n---\n\n".join(parts)

    def mendings(self, file: Path, first: int, last: int) -> list[Finding]:
        """Return the findings in these lines, from 0, that have one safe mending.

        None while the text is another one than was judged: the mending would land somewhere else.
        """
        judged = self._judged.get(file)
        if judged is None or judged.text != self.texts.get(file):
            return []
        return [
            one
            for one in judged.findings
            if one.fix and one.span.line == one.span.end_line and first <= one.span.line - 1 <= last
        ]

    def _place(self, file: Path, line: int, column: int) -> tuple[Policy | None, Cursor | None]:
        try:
            policy = self.policy(file)
        except SetupError:
            return None, None
        return policy, locate(self.lines(file), line, column) if policy and file in self.texts else None

    def _at(self, file: Path, line: int, column: int) -> list[Finding]:
        here = (line + 1, column + 1)
        return [
            one
            for one in self._judged.get(file, Judgement()).findings
            if (one.span.line, one.span.column) <= here <= (one.span.end_line, one.span.end_column)
        ][:3]


def _lies_in(file: Path, folder: Path) -> bool:
    absolute, top = os.path.abspath(file), os.path.abspath(folder)
    return absolute.startswith(os.path.join(top, "")) and not (
        file.name in INDEX and os.path.dirname(absolute) == top  # noqa: PTH120 - `top` is a text
    )


def _node(schema: Mapping[str, Any], pointer: Pointer) -> Mapping[str, Any]:
    node: Mapping[str, Any] = resolve(schema, schema)
    for part in pointer:
        inner = node.get("items", {}) if part == 0 else node.get("properties", {}).get(part)
        if inner is None:
            inner = node.get("additionalProperties", {})
        node = resolve(schema, inner) if isinstance(inner, dict) else {}
    return node


def _about(policy: Policy, pointer: Pointer, node: Mapping[str, Any]) -> str:
    node = resolve(policy.shape.schema, node)
    title = _title(policy, pointer[:-1], str(pointer[-1])) if pointer else ""
    return " ".join(filter(None, (title and f"{markdown_text(title)}.", str(node.get("description", "")))))


def _kind(policy: Policy, node: Mapping[str, Any]) -> str:
    return str(resolve(policy.shape.schema, node).get("type", ""))


def _title(policy: Policy, pointer: Pointer, word: str) -> str:
    """Say what a word of the policy means: a status, a severity, a kind of evidence, a question."""
    last = pointer[-1] if pointer else ""
    if last == "evidence" and word in policy.kinds:
        return policy.kinds[word].title
    if last == "answers" and word in policy.questions:
        return policy.questions[word].ask
    tables: Mapping[str | int, Mapping[str, Any]] = {
        "status": policy.statuses,
        "severity": policy.severities,
        "environment": policy.environments,
    }
    found = tables.get(last, {}).get(word)
    if found:
        return str(found.title)
    plain: Mapping[str | int, Mapping[str, str]] = {"service": policy.services, "harms": policy.harms}
    return plain.get(last, {}).get(word, "")
