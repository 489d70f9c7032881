"""What is known of old records and does not close the gate: a file that is written once, and then only gets shorter.

A finding is known by its record, its rule, its place in the record and what stands there, never by a line. Whoever changes
what stands there hears of it again. Only records that have ended have known findings: on an open one somebody is at work. And
what `levels` can not turn off is never known: a record that can not be read is mended.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs_hotfix import writing
from mkdocs_hotfix.findings import Finding, Level, SetupError, json_pointer, shorten
from mkdocs_hotfix.judging import Judged
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rules import BY_SLUG

NAME = ".hotfix-baseline.json"
"""It lies beside the policy. No site publishes a file whose name starts with a dot: it may name what is under embargo."""

_MAX_BYTES = 4 << 20
_ADVICE = "Write it anew: delete it, then `hotfix check --write-baseline`."


class Entry(NamedTuple):
    """One finding that is known: the record's file in the records folder without its ending, the rule, the place, what stands there."""

    record: str
    rule: str
    at: str
    value: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file.

    Attributes:
        file: The file.
        entries: Each with how often it stands there.
    """

    file: Path
    entries: Mapping[Entry, int]

    def part(self, judged: Sequence[Judged], policy: Policy) -> tuple[list[Judged], tuple[Entry, ...]]:
        """Set aside what is known.

        Returns:
            The records, with what is known no longer among their findings; and the entries about these records that
            nothing was found for any more.
        """
        left = Counter(self.entries)
        made = []
        for one in judged:
            known: list[Finding] = []
            rest: list[Finding] = []
            for finding in one.findings:
                entry = entry_of(finding, one, policy)
                if entry is not None and left[entry] > 0:
                    left[entry] -= 1
                    known.append(finding)
                else:
                    rest.append(finding)
            made.append(replace(one, findings=tuple(rest), known=tuple(known)) if known else one)
        names = {_name(one.file, policy) for one in judged}
        return made, tuple(sorted(entry for entry in left.elements() if entry.record in names))


def entry_of(finding: Finding, judged: Judged, policy: Policy) -> Entry | None:
    """Say by what a finding is known; nothing for one that can not be."""
    rule = BY_SLUG[finding.slug]
    if rule.fixed or rule.history or finding.level is Level.NOTE:
        return None
    if judged.record is None or not policy.has_ended(judged.record.status):
        return None
    value = _value(judged.record.data, finding)
    return Entry(_name(judged.file, policy), finding.slug, json_pointer(finding.pointer), value)


def file_of(policy: Policy) -> Path:
    """Tell where the baseline of a policy lies."""
    return policy.root / NAME


def load(policy: Policy) -> Baseline:
    """Read the baseline that the policy asks for.

    Raises:
        SetupError: It is not there, can not be read, or names what can not be known.
    """
    file = file_of(policy)
    where = display(file)
    held = policy.taken.files if policy.taken else None
    if file not in held if held is not None else not os.path.lexists(file):
        raise SetupError(
            f"{policy.place('baseline')} the baseline {where} does not exist. "
            "Write it with `hotfix check --write-baseline`, or take `baseline` out of the policy."
        )
    try:
        data = json.loads((held[file] if held is not None else writing.load(file, _MAX_BYTES)).decode("utf-8"))
        entries = [Entry(one["record"], one["rule"], one["at"], one.get("value", "")) for one in data["known"]]
        sound = data["version"] == 1 and all(isinstance(part, str) for one in entries for part in one)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound, entries = False, []
    if not sound:
        raise SetupError(f"{where} is not a baseline of mkdocs-hotfix. {_ADVICE}")
    for one in entries:
        rule = BY_SLUG.get(one.rule)
        if rule is None or rule.fixed or rule.history:
            why = "is no rule" if rule is None else "stays an error"
            raise SetupError(f"{where}: `{shorten(one.rule)}` {why}. Mend the record {shorten(one.record)}. {_ADVICE}")
    return Baseline(file, Counter(entries))


def write(policy: Policy, judged: Iterable[Judged]) -> int:
    """Write what was found, or, where there is a baseline already, what of it is still found. It never gets longer.

    Args:
        policy: The policy.
        judged: Every record: with its findings for a new file, with what is known of it for one that is there.

    Returns:
        How many findings the file holds.

    Raises:
        SetupError: It can not be written.
    """
    file = file_of(policy)
    old = writing.load(file, _MAX_BYTES) if os.path.lexists(file) else None
    entries = sorted(_entries(judged, policy, known=old is not None))
    rows = ",\n".join(f"  {json.dumps(_row(one))}" for one in entries)
    text = f'{{"version": 1, "known": [\n{rows}\n]}}\n'.encode()
    if old is None:
        try:
            writing.create(file, text)
        except FileExistsError:
            raise SetupError(f"{display(file)} was made by somebody else while this ran. Run it again.") from None
    elif old != text:
        writing.replace(file, old, text)
    return len(entries)


def _entries(judged: Iterable[Judged], policy: Policy, *, known: bool) -> Iterator[Entry]:
    for one in judged:
        for finding in one.known if known else one.findings:
            if entry := entry_of(finding, one, policy):
                yield entry


def _row(entry: Entry) -> dict[str, str]:
    return {key: value for key, value in entry._asdict().items() if value or key != "value"}


def _name(file: Path, policy: Policy) -> str:
    return Path(os.path.relpath(file, policy.records)).with_suffix("").as_posix()


def _value(data: Mapping[str, Any], finding: Finding) -> str:
    """Say in 16 digits what stands at the place; nothing where nothing does."""
    here: Any = data
    for part in finding.pointer:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return ""
    text = json.dumps(here, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
