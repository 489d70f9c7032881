"""What is said of a text that is not in the agreed form: a time, a day, an address, a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from mkdocs_hotfix import published, spelling, times
from mkdocs_hotfix.findings import Pointer, Problem, shorten
from mkdocs_hotfix.wording import NOT_ALLOWED, WRONG_TYPE, empty, found, name_of

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from mkdocs_hotfix.source import Source

DAY_HELP = "Write a day: `2026-04-14`."
TIME_HELP = "Write day, time and zone: `2026-04-14T01:04:00Z` (UTC) or `2026-04-14T03:04:00+02:00`."


def _say_time(here: Pointer, value: str) -> Problem:
    full, zoned = spelling.full_time(value.strip())
    if times.DAY.fullmatch(value.strip()):
        message, label = f"{name_of(here)} is a day without a time", "when on that day?"
        advice = TIME_HELP
    elif full and full != value and times.accepts(times.read, full):
        message = f"{name_of(here)} {'is not written as RFC 3339 asks' if zoned else 'has no time zone'}"
        label = "not in full" if zoned else "which zone?"
        advice = f"Write `{here[-1]}: {full}`" + ("" if zoned else " if it is UTC; else name the offset: `+02:00`.")
    elif full:
        message, label = f"{name_of(here)} is a day or time that does not exist", "not in the calendar"
        advice = "Check day, hour and zone."
    else:
        message, label, advice = f"{name_of(here)} is not a time", "not a time", TIME_HELP
    return Problem(message, pointer=here, help=(advice,), label=label, on="value", slug=NOT_ALLOWED)


def say_form(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    """Say what `format` and `pattern` found."""
    value = str(error.instance)
    if error.validator == "format" and error.validator_value == "date-time":
        return _say_time(here, value)
    if not value:
        return Problem(
            f"{name_of(here)} is empty",
            pointer=here,
            help=("Write it, or delete the line.",),
            label="nothing here",
            on="value",
            slug=NOT_ALLOWED,
        )
    rule = error.schema if isinstance(error.schema, dict) else {}
    pattern = str(rule.get("pattern", ""))
    message, label = f"{name_of(here)} can not be `{shorten(value)}`", "not in the agreed form"
    if rule.get("format") == "uri":
        label, advice = (
            "not a web address",
            "Write the full address: `https://…`; percent-encode blanks and other special characters.",
        )
    elif error.validator == "format":
        label, advice = "not a day", DAY_HELP
    elif pattern == _form("line"):
        label = "not on one line" if "\n" in value else "a blank at its start"
        advice = "Write it on one line." if "\n" in value else "Delete the blank."
    elif pattern in _forms():
        advice = _forms()[pattern]
    else:
        rest = f" ({rule['description'].rstrip('.')})" if "description" in rule else ""
        advice = f"It has to match `{shorten(pattern)}`{rest}."
    return Problem(message, pointer=here, help=(advice,), label=label, on="value", slug=NOT_ALLOWED)


def _form(name: str) -> str:
    pattern: str = published.schema("record")["$defs"][name]["pattern"]
    return pattern


@cache
def _forms() -> Mapping[str, str]:
    """Say what each pattern of the schemas asks for."""
    return {
        _form("id"): "Write `HF-`, the year, `-` and four digits: `HF-2026-0001`.",
        _form("slug"): "Use lower-case letters, digits and `. _ -`, starting with a letter or digit: `checkout`.",
        _form(
            "version"
        ): "Use letters, digits and `. + _ -` without blanks, starting with a letter or digit: `4.12.3`.",
        _form("branch"): "Write the branch's name as git does: no blanks, and no `-` at its start.",
        _form("commit"): "Write the commit's hash, 7 to 64 digits in lower case, as `git rev-parse HEAD` prints it.",
        "^[0-9a-f]{64}$": "Write the 64 digits that `sha256sum FILE` prints.",
        "^[0-9A-Za-z_][0-9A-Za-z._/-]*$": "Write a path that starts where this file lies: `hotfixes`.",
        "^CVE-[0-9]{4}-[0-9]{4,7}$": "Write `CVE-`, the year, `-` and the number: `CVE-2026-12345`.",
        "^[1-9][0-9]{0,5}[mhdw]$": "Write a number and a unit: `30m`, `4h`, `5d`, `2w`.",
        "^[a-z_]+(\\.[a-z0-9][a-z0-9._-]*)?$": "Write a field of the record, or a kind of evidence: `work.hours`, `evidence.smoke-test`.",
    }


def say_any(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    """Say that a text is neither a day nor a time."""
    value = error.instance
    helps: tuple[str, ...] = (DAY_HELP, TIME_HELP)
    if value is None:
        return empty(here, DAY_HELP)
    if not isinstance(value, str):
        message, label = f"{name_of(here)} must be a day or a time", f"found {found(value)}"
    elif times.DAY.fullmatch(value) or times.RFC3339.fullmatch(value):
        message, label = f"{name_of(here)} is a day or time that does not exist", "not in the calendar"
        helps = ("Check day, hour and zone.",)
    else:
        message, label = f"{name_of(here)} is neither a day nor a time with its zone", "neither day nor time"
    slug = NOT_ALLOWED if isinstance(value, str) else WRONG_TYPE
    return Problem(message, pointer=here, help=helps, label=label, on="value", slug=slug)
