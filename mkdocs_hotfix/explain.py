"""What the YAML parser ran into, in our own words: libyaml names what it expected, not what the author did."""

from __future__ import annotations

from typing import NamedTuple

import yaml

from mkdocs_hotfix.findings import shorten

TAB = "A tab stands here, and YAML is indented with spaces", "Replace the tab with spaces."
_DIRECTIVE = "A YAML directive (`%…`) is not read here", "Delete the line."
_NO_FIELD = (
    "This line is no field: it has no `: ` after the name",
    "Write `name: value`; indent text that goes on from the line above.",
)
_INDENTATION = (
    "The indentation of this line fits none of the lines above",
    "Line it up with its neighbours, with spaces.",
)
_LIST_ITEM = (
    "A list can not start in the middle of a line",
    "Start it on the next line: each item after `- `, indented.",
)
_ESCAPE = (
    "Inside double quotes a backslash starts an escape, and this one is not known",
    "Use single quotes, or write the backslash twice.",
)
_NOT_CLOSED = "Separate the items with commas, close the bracket, and put text with `:`, `,` or brackets in quotes."


class Explanation(NamedTuple):
    """One sentence on what is wrong, one on what to do, and the place: line and column from 0."""

    message: str
    advice: str
    row: int
    column: int


def explain(error: yaml.MarkedYAMLError, text: str) -> Explanation:
    """Say in our own words what the parser ran into.

    Args:
        error: What the parser raised.
        text: The YAML that it was reading.
    """
    said = error.problem or ""
    lines = text.split("\n")
    row, column = _place(error.problem_mark or error.context_mark, lines)
    context, (began, began_at) = error.context or "", _place(error.context_mark or error.problem_mark, lines)
    line, before = lines[row], lines[row][:column]
    here = line[column : column + 1]
    at_end = not "".join(lines[row:]).strip()

    def at(words: tuple[str, str], row: int = row, column: int = column) -> Explanation:
        return Explanation(*words, row, column)

    if "mapping values are not allowed" in said:
        if ":" in before:
            return at(("A second colon on this line: YAML can not tell where the value ends", _in_quotes(line)))
        above = max((index for index in range(row) if lines[index].strip()), default=row)
        return (
            at(_INDENTATION, row, len(line) - len(line.lstrip()))
            if ": " in lines[above] or above == row
            else at(_NO_FIELD, above, 0)
        )
    if "tab" in said or ("cannot start any token" in said and "\t" in line[: column + 1]):
        return at(TAB)
    if "cannot start any token" in said:
        return at((f"A value can not start with {_sign(here)}", "Put the text in quotes."))
    if "alphabetic or numeric" in said or "alphabetical or numeric" in said:
        return at(
            (f"A value can not start with {_sign(lines[began][began_at])}", "Put the text in quotes."), began, began_at
        )
    if "end of stream" in said or "document indicator" in said:
        return at(("The quote opened here is never closed", "Close it on the same line."), began, began_at)
    if "',' or ']'" in said or "',' or '}'" in said:
        if at_end:
            return at(("The bracket opened here is never closed", _NOT_CLOSED), began, began_at)
        return (
            at((f"The bracket opened in column {began_at + 1} is not closed before this", _NOT_CLOSED))
            if began == row
            else at(("The bracket opened here is not closed before the next field", _NOT_CLOSED), began, began_at)
        )
    if "could not find expected ':'" in said:
        return at(_NO_FIELD, began, began_at)
    if "escape character" in said or "hexdecimal" in said or "hexadecimal" in said or "escape code" in said:
        return at(_ESCAPE)
    if "document start" in said:
        return _framing(lines, row)
    if "directive" in said + context:
        return at(_DIRECTIVE, row, 0)
    if "tag" in said + context:
        return at(("A YAML tag (`!…`) is not read here", "Delete the tag; put text that starts with `!` in quotes."))
    if "indentation indicator" in said:
        return at(
            ("What stands behind `|` or `>` is not read", "Write the sign alone, and the text below it, indented.")
        )
    if "block scalar" in context:
        return at(("Text after `|` or `>` starts on the next line", "Move it there, indented."))
    if "sequence entries are not allowed" in said:
        return at(_LIST_ITEM)
    if "expected key" in said and before.strip():
        return at(("Something follows a value that has already ended", _in_quotes(line)))
    if "expected key" in said or "block end" in said or "'-' indicator" in said:
        return at(_INDENTATION)
    if "nesting depth" in said:
        return at(("The nesting is far too deep", "Flatten it: no field of a record is that deep."))
    if "node content" in said:
        return at(("A value is expected here", "Write one, or put the text in quotes."))
    return at(
        (
            f"YAML can not read this ({said or 'unknown reason'})",
            "Check the quotes, brackets and indentation on this line and the one above.",
        )
    )


def _place(mark: yaml.Mark | None, lines: list[str]) -> tuple[int, int]:
    row = min(mark.line if mark else 0, len(lines) - 1)
    return row, min(mark.column if mark else 0, len(lines[row]))


def _in_quotes(line: str) -> str:
    """Write the line that would do, where that can be told."""
    name, _, value = line.strip().partition(":")
    text = value.strip()
    if text.startswith(("{", "[")):
        return "Put the text in quotes."
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
    quoted = "'" + text.replace("'", "''") + "'" if "\\" in text else '"' + text.replace('"', "'") + '"'
    return f"Put the whole text in quotes: `{shorten(name)}: {shorten(quoted, 200)}`"


def _sign(char: str) -> str:
    return "a backquote" if char == "`" else f"`{shorten(char)}`"


def _framing(lines: list[str], row: int) -> Explanation:
    """Find the line that made the parser wait for a new document."""
    for index in range(row, -1, -1):
        if lines[index].startswith("%"):
            return Explanation(*_DIRECTIVE, index, 0)
        if lines[index].rstrip() == "...":
            return Explanation("The line `...` ends the YAML, and more follows", "Delete the line.", index, 0)
    return Explanation("The YAML has ended above, and more follows", _INDENTATION[1], row, 0)
