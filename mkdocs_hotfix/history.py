"""What has changed in the records since a revision, and what each of them was before."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mkdocs_hotfix import judging, source
from mkdocs_hotfix.findings import visible
from mkdocs_hotfix.judging import Draft
from mkdocs_hotfix.past import Past
from mkdocs_hotfix.paths import display, locate, open_regular
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Change, Context
from mkdocs_hotfix.rules import RULES

_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class History:
    """What changed.

    Attributes:
        changes: Each changed record that can be read, with what it was.
        changed: Every changed file, also those that can not be read.
        deleted: A draft for each record that is gone.
        before: All records as they were.
    """

    changes: Sequence[tuple[Draft, Change]]
    changed: frozenset[int]
    deleted: Sequence[Draft]
    before: Sequence[Record]

    def judge(self, context: Context, *, with_policy: bool = False) -> None:
        """Let every rule about changes look at each of them, or those for a policy that changes, too."""
        for draft, change in self.changes:
            for rule in RULES:
                if rule.history and rule.with_policy is with_policy:
                    found = rule.history(change, context)
                    draft.problems += [(rule, one) for one in found if not _unclear(draft, one.pointer)]

    def keep(self, drafts: Iterable[Draft], context: Context) -> list[Draft]:
        """Keep what the change has brought: changed records, and others only with what they now have and had not.

        A new record can break the chain of an old one. That is the change's doing, although the old file is as it was.
        """
        had = {
            (id(one), rule.slug, problem.pointer, problem.message)
            for one, rule, problem in judging.compared(self.before, context)
        }
        kept = []
        for draft in drafts:
            if id(draft) not in self.changed:
                draft.problems = [
                    (rule, one)
                    for rule, one in draft.problems
                    if rule.corpus and (id(draft.record), rule.slug, one.pointer, one.message) not in had
                ]
            if id(draft) in self.changed or draft.problems:
                kept.append(draft)
        return kept


def look_back(past: Past, drafts: Sequence[Draft], folders: Iterable[Path], policy: Policy) -> History:
    """Compare records with a revision.

    Args:
        past: The revision.
        drafts: All records, as they are.
        folders: The folders of records: what was there and is gone is deleted.
        policy: Today's policy. A former version that does not fit it counts as none.
    """
    here = {os.path.abspath(draft.file) for draft in drafts}
    gone = [file for folder in folders for file in past.records(folder) if os.path.abspath(file) not in here]
    touched = [draft for draft in drafts if not _is_as_before(draft, past)]
    past.read([*gone, *(draft.file for draft in touched if past.has(draft.file))])

    def former(file: Path) -> Draft:
        return judging.understand(file, visible(display(file)), source.parse(past.content(file)), policy)

    before = {id(draft): former(draft.file) for draft in touched if past.has(draft.file)}
    new = [draft for draft in touched if not past.has(draft.file) and draft.record]
    deleted = []
    ids = {draft.record.id for draft in drafts if draft.record}
    for old in map(former, dict.fromkeys(gone)):
        name = (old.source.data or {}).get("id")
        moved = next((draft for draft in new if id(draft) not in before and _is_one(old, draft)), None)
        if moved:
            before[id(moved)] = old
        elif isinstance(name, str) and name not in ids:
            deleted.append(Draft(old.file, old.path, old.source))
            before[id(deleted[-1])] = old
    changes = []
    for draft in (*touched, *deleted):
        was = before[id(draft)].record if id(draft) in before else None
        if draft.record or id(draft) in {id(one) for one in deleted}:
            changes.append((draft, Change(was, draft.record, _changed_reports(was, draft.record, past))))
    changed = frozenset(map(id, (*touched, *deleted)))
    same = [draft.record for draft in drafts if draft.record and id(draft) not in changed]
    return History(changes, changed, deleted, [*same, *(one.record for one in before.values() if one.record)])


def _is_as_before(draft: Draft, past: Past) -> bool:
    content = _bytes(draft.file, source.MAX_BYTES)
    if content is None or not past.held(draft.file, past.names(content)):
        return False
    reports = _reports(draft.record, past) if draft.record else ()
    return all(past.held(file, names) if names is not None else not past.has(file) for file, _, names in reports)


def _is_one(old: Draft, new: Draft) -> bool:
    """Whether two files are one record that was renamed or renumbered."""
    was, data = old.source.data or {}, new.record.data if new.record else {}
    return bool(was.get("id")) and (
        was["id"] == data.get("id")
        or ("reported" in was and (was.get("title"), was["reported"]) == (data.get("title"), data.get("reported")))
    )


def _changed_reports(was: Record | None, now: Record | None, past: Past) -> frozenset[str]:
    """Name the kinds of evidence of which a report that was there is gone or holds other bytes."""
    if was is None or now is None:
        return frozenset()
    today: defaultdict[str, set[str]] = defaultdict(set)
    for _, kind, names in _reports(now, past):
        today[kind] |= names or frozenset()
    gone = (kind for file, kind, _ in _reports(was, None) if past.has(file) and not past.held(file, today[kind]))
    return frozenset(gone)


def _reports(record: Record, past: Past | None) -> Iterator[tuple[Path, str, frozenset[str] | None]]:
    """Yield where each report of a record is or was, its kind, and the names of what it holds now.

    Nothing for one that is not there or if nobody asks; no name, so that it counts as another one, for what the record has
    beyond the limit of a report.
    """
    left = _MAX_BYTES
    for kind, evidence in record.evidence.items():
        for text in evidence.reports:
            place = locate(text, record.file, record.root)
            content = None if place.trouble or past is None else _bytes(place.file, left)
            file = Path(os.path.normpath(record.file.parent / text))
            if past is None or place.trouble:
                yield file, kind, None
            else:
                left -= len(content or b"")
                yield file, kind, frozenset() if content is None else past.names(content)


def _bytes(file: Path, most: int) -> bytes | None:
    """Read a file that is a regular one and not too large; nothing otherwise."""
    try:
        opened = open_regular(file)
        if opened is None:
            return None
        with opened[0] as stream:
            return stream.read() if opened[1] <= most else None
    except OSError:
        return None


def _unclear(draft: Draft, pointer: tuple[str | int, ...]) -> bool:
    return draft.record is not None and draft.record.is_unclear(pointer)
