"""Words for what does not fit: the name of a place, what was found there, what may have been meant."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

from mkdocs_hotfix.findings import Pointer, Problem, dotted, shorten

UNKNOWN, MISSING, WRONG_TYPE = "unknown-field", "missing-field", "wrong-type"
NOT_ALLOWED, NOT_TEXT = "not-allowed-value", "not-text"


# What Python's reader of JSON says, which some versions of it word otherwise, and what that means.
_JSON = (
    ("control character", "a text in quotes is not closed on its line, or holds a control character"),
    ("Unterminated string", "a text in quotes is never closed"),
    ("escape", "a backslash starts an escape that is not known"),
    ("trailing comma", "a comma stands before the end of a list or an object"),
    ("property name", "a name in double quotes is expected"),
    ("',' delimiter", "a comma or a closing bracket is expected"),
    ("':' delimiter", "a colon is expected"),
    ("Expecting value", "a value is expected"),
    ("Extra data", "something follows its end"),
)


def not_json(error: json.JSONDecodeError | UnicodeDecodeError) -> tuple[str, int]:
    """Say why bytes are no JSON, and in which line, from 1."""
    if isinstance(error, UnicodeDecodeError):
        return "a byte is not UTF-8", error.object.count(b"\n", 0, error.start) + 1
    return next(
        (words for said, words in _JSON if said in error.msg), "something unexpected stands there"
    ), error.lineno


def guess(word: str, known: Iterable[str]) -> str | None:
    """Find the one name that was probably meant."""
    plain = {name.lower().replace("_", "-"): name for name in known}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), plain, n=1, cutoff=0.7)
    return plain[close[0]] if close else None


def one_of(names: Iterable[str], limit: int = 12) -> str:
    """Write a list of names as people read it: `a`, `b` or `c`."""
    shown = [f"`{shorten(str(name), 40)}`" for name in names]
    if len(shown) > limit:
        shown = [*shown[:limit], f"{len(shown) - limit} more"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def name_of(here: Pointer) -> str:
    """Name a place, to start a sentence."""
    return f"`{shorten(dotted(here))}`" if here else "The front matter"


def found(value: Any) -> str:
    """Name what a value is."""
    for kind, name in (
        (bool, "`true` or `false`"),
        (int, "a number"),
        (float, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "fields"),
    ):
        if isinstance(value, kind):
            return name
    return "nothing"


def empty(here: Pointer, advice: str) -> Problem:
    """Say that a field has a name and no value."""
    return Problem(
        f"{name_of(here)} is empty", pointer=here, help=(advice,), label="nothing here", on="key", slug=WRONG_TYPE
    )
