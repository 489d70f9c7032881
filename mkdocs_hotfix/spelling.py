"""What can only have been meant: the one value or name that mends a departure from the schema without a guess.

A mending is safe where the same facts stand in another spelling: quotes, letters in upper or lower case, blanks around a
text, the way a time zone is written, a field's name with a slip in it. Another fact is never put in, however near it is:
`status: verifed` may be `verified`, and is a claim that only a person can make.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_LIKE, _APART, _LONGER = 0.8, 0.1, 2
_YES, _NO = frozenset(["yes", "y", "on", "true"]), frozenset(["no", "n", "off", "false"])
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt]| +)([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,9})?)? ?"
    r"(?:([Zz]|UTC|GMT)|([+-][0-9]{2})(?::?([0-9]{2}))?)?"
)


def values(error: ValidationError, written: str) -> Iterator[str | int | float | bool]:
    """Yield the values that the author of a value can have meant, the nearest first; mostly none.

    Args:
        error: What the schema has against it.
        written: The value as the file writes it: `4.20`, where YAML reads 4.2.
    """
    value, kind = error.instance, error.validator
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    if kind == "type" and "string" in wanted and isinstance(value, bool | int | float):
        yield written
    if not isinstance(value, str):
        return
    plain = value.strip()
    if kind == "type" and "boolean" in wanted and plain.lower() in _YES | _NO:
        yield plain.lower() in _YES
    elif kind == "type" and {"number", "integer"}.intersection(wanted) and _NUMBER.fullmatch(plain):
        yield json.loads(plain)
    elif kind == "enum":
        same = [one for one in wanted if isinstance(one, str) and _folded(one) == _folded(plain)]
        yield from same if len(same) == 1 else ()
    elif kind in ("format", "anyOf"):
        full, zoned = full_time(plain)
        yield from [full] if zoned else [plain]
    elif kind == "pattern":
        yield from (plain, plain.lower(), plain.upper())


def full_time(text: str) -> tuple[str, bool]:
    """Write a time as RFC 3339 asks, and tell whether it named its zone; nothing for what is no time.

    `2026-04-14 01:04 UTC` and `2026-04-14T03:04+0200` become `2026-04-14T01:04:00Z` and `2026-04-14T03:04:00+02:00`.
    Without a zone it is written as UTC. Whether such a day and hour exist is not asked.
    """
    found = _TIME.fullmatch(text)
    if not found:
        return "", False
    zone = f"{found[5]}:{found[6] or '00'}" if found[5] else "Z"
    return f"{found[1]}T{found[2]}{found[3] or ':00'}{zone}", bool(found[4] or found[5])


def only(word: str, known: Iterable[str]) -> str | None:
    """Find the one name that a misspelt one can be: very like it, and no other nearly as like.

    A word that is much shorter or longer is no slip: `verification` may be that of the fix or that in production.
    """
    near = (one for one in known if abs(len(one) - len(word)) <= _LONGER)
    scores = sorted(((_likeness(word, one), one) for one in near), reverse=True)[:2]
    if not scores or scores[0][0] < _LIKE or (len(scores) > 1 and scores[1][0] > scores[0][0] - _APART):
        return None
    return scores[0][1]


def _likeness(word: str, name: str) -> float:
    return SequenceMatcher(None, _folded(name), _folded(word)).ratio()


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")
