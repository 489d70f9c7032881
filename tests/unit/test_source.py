"""The reader: what a file says, where it says it, and every way in which a file can be no record."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from mkdocs_hotfix import source
from mkdocs_hotfix.findings import Pointer, Problem, Span
from mkdocs_hotfix.source import MAX_BYTES, Source, parse
from mkdocs_hotfix.yamldata import MAX_DEPTH, MAX_NODES, MAX_SCALAR


def front(yaml: str, body: str = "The story.\n") -> bytes:
    return f"---\n{yaml}\n---\n{body}".encode()


def data(yaml: str) -> object:
    found = parse(front(yaml))
    assert not found.problems
    return found.data


def only(found: Source) -> Problem:
    assert found.data is None
    assert len(found.problems) == 1, found.problems
    return found.problems[0]


def under(raw: bytes, span: Span) -> str:
    """Cut out of a file, as an editor shows it, what a span covers."""
    lines = raw.decode("utf-8-sig").replace("\r\n", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


# -- what it says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    """no yes on off y n True TRUE False Null NULL 4.12.2 2026-04-14 2026-04-14T01:04:00Z 2026-02-30 12:30:45 0123 0x1F
    0o17 1_000 .5 1. +1 .inf -.inf .nan NaN Infinity 1e999 v4.20 01 -01 1e 1.2.3 HF-2026-0001 = << x#y a:b
    00 -- --- - 1,000 ٤""".split(),
)
def test_what_is_no_value_of_json_stays_the_text_that_it_is(text: str):
    if text in ("-", "---"):
        text = f"x{text}"
    assert data(f"field: {text}") == {"field": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-0", 0),
        ("14", 14),
        ("-3", -3),
        ("4.20", 4.2),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
        ("1" * 40, int("1" * 40)),
        ("1" * 41, "1" * 41),
    ],
)
def test_the_values_of_json_are_values(text: str, value: object):
    found = data(f"field: {text}")
    assert found == {"field": value}
    assert type(next(iter(found.values()))) is type(value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("quoted", ['"true"', "'4.20'", '"null"', "'~'", '"14"', "|\n  14", ">-\n  no"])
def test_what_stands_in_quotes_or_in_a_block_is_text(quoted: str):
    found = data(f"field: {quoted}")
    assert all(isinstance(value, str) for value in found.values())  # type: ignore[attr-defined]


def test_text_after_a_blank_and_a_hash_is_a_comment_as_yaml_has_it():
    assert data("title: Fix login # x\nurl: https://example.com/#x") == {
        "title": "Fix login",
        "url": "https://example.com/#x",
    }


def test_a_merge_key_is_a_field_like_any_other_and_expands_nothing():
    assert data("<<: {a: x}") == {"<<": {"a": "x"}}


def test_the_body_is_kept_as_it_is_and_may_hold_lines_of_dashes():
    found = parse(front("a: x", "one\n---\ntwo\n\n"))
    assert found.body == "one\n---\ntwo\n\n"
    assert found.body_line == 4


def test_a_line_of_dashes_inside_a_block_of_text_does_not_end_the_front_matter():
    found = parse(b"---\na: |\n  ---\nb: x\n---\nbody")
    assert found.data == {"a": "---\n", "b": "x"}
    assert found.body == "body"


def test_blanks_after_the_dashes_are_passed_over():
    assert parse(b"--- \na: x\n---\t\nbody").data == {"a": "x"}


def test_the_dashes_that_close_may_be_the_end_of_the_file():
    assert parse(b"---\na: x\n---").data == {"a": "x"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_line_ends_and_a_byte_order_mark_change_nothing(mark: bytes, newline: bytes):
    plain = front("id: x\nevidence:\n  smoke-test: {at: y}\ntext: |\n  one\n  two", "body\n\nmore\n")
    found, expected = parse(mark + plain.replace(b"\n", newline)), parse(plain)
    assert (found.data, found.body, found.problems) == (expected.data, expected.body, ())
    for pointer in ((), ("id",), ("evidence", "smoke-test", "at"), ("text",), ("nowhere",)):
        for on in ("key", "value"):
            assert found.span(pointer, on) == expected.span(pointer, on)  # type: ignore[arg-type]
    assert [found.line(number) for number in range(8)] == [expected.line(number) for number in range(8)]


# -- where it says it --------------------------------------------------------------------------------------

PLACES: list[tuple[str, Pointer, str, str]] = [
    ("a: x", ("a",), "a", "x"),
    ("a:   x   ", ("a",), "a", "x"),
    ("a: two words # and a comment", ("a",), "a", "two words"),
    ('a: "in \\" quotes"', ("a",), "a", '"in \\" quotes"'),
    ("a: 'it''s'", ("a",), "a", "'it''s'"),
    ('"a b": x', ("a b",), '"a b"', "x"),
    ("? a\n: x", ("a",), "a", "x"),
    ("a:\n  b:\n    c: x", ("a", "b", "c"), "c", "x"),
    ("a: {b: {c: x}}", ("a", "b"), "b", "{c: x}"),
    ("a: {b: {c: x}}", ("a", "b", "c"), "c", "x"),
    ("a: [x, yy, z]", ("a", 1), "yy", "yy"),
    ("a: [x, yy, z]", ("a",), "a", "[x, yy, z]"),
    ("a:\n- x\n- {b: y}", ("a", 1, "b"), "b", "y"),
    ("a:\n  - b: x\n    c: y\n  - b: z", ("a", 1, "b"), "b", "z"),
    ("a: [[x], [y, [z]]]", ("a", 1, 1, 0), "z", "z"),
    ("schlüssel: wört", ("schlüssel",), "schlüssel", "wört"),
    ("a: {ключ: 値段, b: 🔥🔥, c: x}", ("a", "c"), "c", "x"),
    ("a: {ключ: 値段, b: 🔥🔥, c: x}", ("a", "b"), "b", "🔥🔥"),
    ("e\u0301: x\nb: e\u0301e\u0301 y", ("b",), "b", "e\u0301e\u0301 y"),
    ("a: x\t# after a tab", ("a",), "a", "x"),
    ('a: "x\ty"\nb: z', ("a",), "a", '"x\ty"'),
    ("a: {b, c: x}", ("a", "b"), "b", ""),
    ("a:\nb: x", ("a",), "a", ""),
    ("a: x\n\n# between\n\nb: y", ("b",), "b", "y"),
]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("yaml", "pointer", "key", "value"), PLACES)
def test_every_key_and_value_has_its_place(yaml: str, pointer: Pointer, key: str, value: str, newline: bytes):
    raw = front(yaml).replace(b"\n", newline)
    found = parse(raw)
    assert under(raw, found.span(pointer, "key")) == key
    assert under(raw, found.span(pointer, "value")) == value


@pytest.mark.parametrize(
    "yaml",
    [
        "a: |\n  one\n  two",
        "a: >-\n  one\n\n  two",
        'a: "one\n  two"',
        "a: one\n  two",
        "a:\n  - one\n  - two",
        "a:\n  b: x",
        "a: {b: x,\n    c: y}",
    ],
)
def test_a_value_of_several_lines_is_shown_at_its_key(yaml: str):
    raw = front(yaml + "\nz: x")
    found = parse(raw)
    assert under(raw, found.span(("a",))) == "a"
    assert under(raw, found.span(("z",), "value")) == "x"


def test_what_the_file_does_not_have_is_shown_at_the_key_around_it():
    raw = front("a: x\nevidence:\n  smoke-test: {at: y}")
    found = parse(raw)
    assert under(raw, found.span(("evidence", "communication"))) == "evidence"
    assert under(raw, found.span(("evidence", "smoke-test", "by", "x"))) == "smoke-test"
    assert found.span(("nowhere", 3)) == Span(1, 1, 1, 4)
    assert not found.has(("nowhere",))
    assert found.has(("evidence", "smoke-test", "at"))


@pytest.mark.parametrize(("yaml", "as_written"), [("a: 4.20", "4.20"), ("a: {b: x, c: 1e3}", "x"), ("a: -0", "-0")])
def test_a_scalar_can_be_quoted_as_the_file_writes_it(yaml: str, as_written: str):
    pointer: Pointer = ("a", "b") if "{" in yaml else ("a",)
    assert parse(front(yaml)).written(pointer) == as_written


def test_a_yaml_file_without_front_matter_counts_its_lines_from_one():
    found = parse(b"# policy\npolicy: 1\nname: x\n", front_matter=False)
    assert found.data == {"policy": 1, "name": "x"}
    assert found.span(("name",), "value") == Span(3, 7, 3, 8)
    assert found.line(3) == "name: x"
    assert found.line(0) is None
    assert found.line(99) is None


# -- what is no record -------------------------------------------------------------------------------------

BROKEN = [
    ("title: Fix: checkout fails", (2, 11), "A second colon", '`title: "Fix: checkout fails"`'),
    ("a: [1, 2\nb: x", (2, 4), "The bracket opened here is not closed before", "close the bracket"),
    ("a: {b: [c}", (2, 10), "not closed before this", "close the bracket"),
    ("a: [1, 2", (2, 4), "The bracket opened here is never closed", "close the bracket"),
    ("a: - x", (2, 4), "A list can not start", "on the next line"),
    ("no colon\nb: y", (2, 1), "This line is no field", "`name: value`"),
    ("a: x\nno colon", (3, 1), "This line is no field", "`name: value`"),
    ('a: "x\nb: y', (2, 4), "The quote opened here is never closed", "Close it"),
    ("a: 'x\nb: y", (2, 4), "The quote opened here is never closed", "Close it"),
    ("\ta: x", (2, 1), "A tab stands here", "spaces"),
    ("a:\n\tb: x", (3, 1), "A tab stands here", "spaces"),
    ("a: x\n\tb: y", (3, 1), "A tab stands here", "spaces"),
    ("a: @home", (2, 4), "can not start with `@`", "quotes"),
    ("a: `x`", (2, 4), "can not start with a backquote", "quotes"),
    ("a: %x", (2, 4), "can not start with `%`", "quotes"),
    ("a: 'it's'", (2, 8), "", "quotes"),
    ('a: "x" y', (2, 8), "", "quotes"),
    ('a: "C:\\dir"', (2, 7), "backslash", "single quotes"),
    ('a: "\\ud800"', (2, 7), "backslash", "single quotes"),
    ('a: "\\U00110000"', (2, 7), "backslash", "single quotes"),
    ("- a\nb: x", (3, 1), "indentation", "Line it up"),
    ("a: x\n b: y", (3, 2), "The indentation", "Line it up"),
    ("a: |x", (2, 5), "starts on the next line", "Move it"),
    ("a: [", (3, 1), "A value is expected", "Write one"),
    ("- a", (2, 1), "this is a list", "one field a line"),
    ("just text", (2, 1), "this is a single value", "one field a line"),
    ("? [a]: x", (2, 3), "must be text", "name: value"),
    ("? {a: b}\n: x", (2, 3), "must be text", "name: value"),
    ("a: &x 1", (2, 4), "An anchor (`&x`)", "quotes"),
    ("a: &x [1]", (2, 4), "An anchor (`&x`)", "quotes"),
    ("a: *x", (2, 4), "An alias", "quotes"),
    ("*x : a", (2, 1), "An alias", "quotes"),
    ("a: !!python/object/apply:os.system [true]", (2, 4), "A YAML tag", "quotes"),
    ("a: !x y", (2, 4), "A YAML tag", "quotes"),
    ("a: !!str 1", (2, 4), "A YAML tag", "quotes"),
    ("a: x\x00y", (2, 5), "U+0000", "Delete"),
    ("a: x\x1b[31m", (2, 5), "U+001B", "Delete"),
    ("a: x\x85y", (2, 5), "U+0085", "Delete"),
    ("a: x\u2028y", (2, 5), "U+2028", "Delete"),
    ("a: x\ufeffy", (2, 5), "U+FEFF", "Delete"),
    ("a: [x,\ny]", (3, 1), "still belongs to the brackets opened above", "with 2 spaces"),
    ("a:\n  b: [x, {y: z,\n  # c\n\n  q: z}]", (6, 3), "still belongs to the brackets", "with 4 spaces"),
    ("a:\n  b: [x\n]", (4, 1), "still belongs to the brackets", "with 4 spaces"),
    ("a: [[x\n], y]", (3, 1), "still belongs to the brackets", "with 2 spaces"),
    ("a: [x,\n\ty]", (3, 1), "A tab stands here", "spaces"),
    ('a: "x\ny"', (3, 1), "still belongs to the quotes opened above", "with 2 spaces"),
    ("a: 'x\n\n'", (4, 1), "still belongs to the quotes", "with 2 spaces"),
    ("a: 'x\n# y'", (3, 1), "still belongs to the quotes", "with 2 spaces"),
    ("a:\n- x\n- 'y\nz'", (5, 1), "still belongs to the quotes", "with 2 spaces"),
    ("a: ['x\ny']", (3, 1), "still belongs to the quotes", "with 2 spaces"),
    ('a: "x\n\ty"', (3, 1), "A tab stands here", "spaces"),
    ('a: "x\n\t\n y"', (3, 1), "A tab stands here", "spaces"),
    ('a: "x"# y', (2, 7), "No space stands before this `#`", "Write a space"),
    ("é: '\U0001f525'# y", (2, 7), "No space stands before this `#`", "Write a space"),
    ("a: [x]# y", (2, 7), "No space stands before this `#`", "Write a space"),
    ("a: [x,# y\n  z]", (2, 7), "No space stands before this `#`", "Write a space"),
    ("a: {# y\n  x: z}", (2, 5), "No space stands before this `#`", "Write a space"),
    ("a: ># y\n  z", (2, 5), "No space stands before this `#`", "Write a space"),
    ("a: |2-# y\n  z", (2, 7), "No space stands before this `#`", "Write a space"),
    ("a: >\n \n  \n   \n # x", (6, 2), "An empty line above holds more spaces", "Delete the spaces"),
    ("a:\n- |-\n     \n   # x", (5, 4), "An empty line above holds more spaces", "Delete the spaces"),
    ("a:\n|\n", (3, 1), "The sign `|` is not indented", "behind the field"),
    ("a: {?x: y}", (2, 5), "A `?` that starts a text", '`"?x"`'),
    ("a: [?x]", (2, 5), "A `?` that starts a text", '`"?x"`'),
    ("a: [x, ?'y' : z]", (2, 8), "A `?` that starts a text", "Delete it"),
    ("a: [-, x]", (2, 5), "A `-` that starts a text", '`"-"`'),
    ("", (1, 1), "holds no field", "id"),
    ("# nothing yet", (1, 1), "holds no field", "id"),
]


@pytest.mark.parametrize(("yaml", "place", "message", "advice"), BROKEN)
def test_broken_front_matter_is_one_problem_at_its_place(yaml: str, place: tuple[int, int], message: str, advice: str):
    problem = only(parse(front(yaml)))
    assert problem.slug == "unreadable-front-matter"
    assert problem.span is not None
    assert problem.span[:2] == place
    assert message in problem.message
    assert any(advice in text for text in problem.help)


LIKE_ALL_READERS = {
    "a bracket that closes in the column of its field": (
        "a: [\n  x\n]\nb:\n  c: {\n    d: e\n  }",
        {"a": ["x"], "b": {"c": {"d": "e"}}},
    ),
    "JSON": ('{"a": "x\ny",\n"b": [1,\n2]\n}', {"a": "x y", "b": [1, 2]}),
    "a comment behind the sign of a text": ("a: > # b\n  c\nd: |-\t#\n  e", {"a": "c\n", "d": "e"}),
    "a tab before it": ("a: [\n  'x'\n\t]", {"a": ["x"]}),
    "comments and empty lines in brackets": ("a: [x,\n# b\n\t# c\n\n\t\n  y]", {"a": ["x", "y"]}),
    "an empty line in quotes": ("a: 'x\n\n  y'", {"a": "x\ny"}),
    "quotes as deep as the list": ("a:\n- 'x\n  y'", {"a": ["x y"]}),
    "an empty text at the end": ("a: >", {"a": ""}),
    "empty texts": ("a: |\n   \nb: >2\n\n # c\nc: ''", {"a": "", "b": "", "c": ""}),
    "a comment at the margin below an empty text": ("a: >\n   \n# b", {"a": ""}),
    "number signs inside": (
        "a: \"'#\"\nb: ['#', x#y, '[]#']\nc: |\n  ']#\n# d\ne: f # 'g'#",
        {"a": "'#", "b": ["#", "x#y", "[]#"], "c": "']#\n", "e": "f"},
    ),
    "a question mark elsewhere": ("a: [x?, 'y ?z']\nb: ?x\n? c\n: d", {"a": ["x?", "y ?z"], "b": "?x", "c": "d"}),
    "a dash elsewhere": ("a: [-x, x-, -1, '-']", {"a": ["-x", "x-", -1, "-"]}),
}


@pytest.mark.parametrize("name", LIKE_ALL_READERS)
def test_what_all_readers_read_alike_is_read(name: str):
    yaml, expected = LIKE_ALL_READERS[name]
    assert data(yaml) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: x",
        "# '#'\na: x",
        "a: |\n  x",
        "a: |+\n  x",
        "a: |+\n  x ",
        "a: |+\n  x\nb: y\n ",
        "a: >-\n  x\n  ",
        "a: |\n  x\n   ",
        "a: [x]  ",
    ],
)
def test_a_line_break_missing_at_the_end_changes_nothing(text: str):
    assert parse(text.encode(), front_matter=False).data == parse(f"{text}\n".encode(), front_matter=False).data


@pytest.mark.parametrize("text", ["a: x # '#'\n?", "a: [] # '#'\n?"])
def test_a_field_that_breaks_off_at_the_end_of_the_file_is_told(text: str):
    assert only(parse(text.encode(), front_matter=False)).message == "A field without a name"


@pytest.mark.parametrize("text", ["a: |+\n  x\n ", "a: >+\n  x\n\n   "])
def test_spaces_at_the_end_are_refused_where_they_may_be_a_line_that_is_kept(text: str):
    problem = only(parse(text.encode(), front_matter=False))
    assert "The last line holds spaces alone" in problem.message
    assert problem.span is not None
    assert problem.span[:2] == (text.count("\n") + 1, 1)
    assert not parse(f"{text}\n".encode(), front_matter=False).problems
    assert not parse(text.rstrip(" ").encode(), front_matter=False).problems


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        (b"", (1, 1), "The file is empty"),
        (b" \n\t\n", (1, 1), "The file is empty"),
        (b"# A page\n", (1, 1), "The front matter is missing"),
        (b"\n---\na: x\n---\n", (1, 1), "The front matter is missing"),
        (b" ---\na: x\n---\n", (1, 1), "The front matter is missing"),
        (b"----\na: x\n---\n", (1, 1), "The front matter is missing"),
        (b"---", (1, 1), "never closed"),
        (b"---\na: x\n", (1, 1), "never closed"),
        (b"---\na: x\n ---\n", (1, 1), "never closed"),
        (b"---\na: x\n----\n", (1, 1), "never closed"),
        (b"\xef\xbb\xbf\xef\xbb\xbf---\na: x\n---\n", (1, 1), "U+FEFF"),
        ("---\na: x\n---\n".encode("utf-16"), (1, 1), "UTF-16"),
        ("---\na: grün\n---\n".encode("latin-1"), (2, 6), "0xFC is not UTF-8"),
        (b"\xef\xbb\xbf---\na: x\xff\n---\n", (2, 5), "0xFF is not UTF-8"),
        ("---\nä: ".encode() + b"\xe9\n---\n", (2, 4), "0xE9 is not UTF-8"),
        (b"---\na: \xed\xa0\x80\n---\n", (2, 4), "0xED is not UTF-8"),
        (b"---\na: x\n---\nbody \x1b[2J\n", (4, 6), "U+001B"),
        (b'---\na: "\\e[2J"\n---\n', (2, 4), "U+001B"),
        (b'---\na: "\\0"\n---\n', (2, 4), "U+0000"),
    ],
)
def test_a_file_that_is_no_record_says_why_and_where(raw: bytes, place: tuple[int, int], message: str):
    problem = only(parse(raw))
    assert problem.slug == "unreadable-front-matter"
    assert problem.span is not None
    assert problem.span[:2] == place
    assert message in problem.message
    assert problem.help


def test_line_ends_of_old_macs_are_refused_since_nobody_counts_their_lines_alike():
    found = parse(b"---\ra: x\r---\r")
    assert found.data is None
    assert "LF or CRLF" in found.problems[0].help[0]


def test_a_field_that_stands_twice_is_told_at_its_second_place():
    problem = only(parse(front("a: x\nb: {c: 1, c: 2}")))
    assert (problem.slug, problem.span) == ("duplicate-key", Span(3, 11, 3, 12))
    assert [one.span for one in parse(front("a: x\na: y\nb: z\na: w")).problems] == [
        Span(3, 1, 3, 2),
        Span(5, 1, 5, 2),
    ]


def test_two_ways_to_write_one_name_are_one_field():
    assert only(parse(front('a: x\n"a": y'))).slug == "duplicate-key"


@pytest.mark.parametrize("name", ["1", "true", "4.20", "null", "~"])
def test_the_name_of_a_field_is_text(name: str):
    problem = only(parse(front(f"{name}: x")))
    assert problem.slug == "not-text"
    assert f'"{name}"' in problem.help[0]
    assert problem.span == Span(2, 1, 2, 1 + len(name))


@pytest.mark.parametrize("text", ["a: x\n...\nb: y", "%YAML 1.1", "%TAG ! tag:example.com,2026:"])
def test_a_second_document_and_a_directive_are_refused(text: str):
    assert only(parse(front(text))).slug == "unreadable-front-matter"


@pytest.mark.parametrize("text", ["a: x\n---\nb: y\n", "a: x\n...\n---\nb: y\n", "--- {a: x}\n--- {b: y}\n"])
def test_a_policy_of_two_documents_is_refused(text: str):
    assert "A second YAML document" in only(parse(text.encode(), front_matter=False)).message


# -- hostile: refused in bounded time and memory -----------------------------------------------------------

BOMB = "a: &a [x, x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)
)

HOSTILE = {
    "nested brackets": ("a: " + "[" * 200_000, "The nesting is"),
    "nested braces": ("a: " + "{a: " * 100_000, "The nesting is"),
    "nested block lists": ("- " * 100_000, "The nesting is"),
    "nested keys": ("? " * 100_000, "must be text"),
    "an alias bomb": (BOMB, "An anchor"),
    "many aliases": ("a: [" + "*x, " * 50_000 + "]", "An alias"),
    "many anchors": ("a: [" + "&x y, " * 50_000 + "]", "An anchor"),
    "a huge text": ("a: " + "x" * 900_000, "longer than 65,536"),
    "a huge text in quotes": ('a: "' + "x" * 900_000 + '"', "longer than 65,536"),
    "a huge block": ("a: |\n" + "  xxxxxxxxxxxxxxx\n" * 50_000, "longer than 65,536"),
    "a huge name": ("x" * 900_000 + ": y", ""),
    "many values": ("a: [" + "x, " * 100_000 + "]", "more than 20,000 values"),
    "many fields": ("\n".join(f"f{n}: x" for n in range(40_000)), "more than 20,000 values"),
    "a long number": ("a: " + "9" * 60_000, None),
    "many blanks": ("a: x" + " " * 900_000, None),
    "many comments": ("# x\n" * 200_000 + "a: x", None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_with_little_memory(name: str):
    yaml, message = HOSTILE[name]
    tracemalloc.start()
    try:
        found = parse(front(yaml))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20
    if message is None:
        assert not found.problems
    else:
        assert found.data is None
        assert message in found.problems[0].message
        assert len(found.problems) <= 50
        found.span(("a", 0, 0))  # the place of a finding is asked for afterwards


def test_deep_nesting_ends_neither_the_program_nor_a_thread_with_a_small_stack():
    found: list[Source] = []
    old = threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=lambda: found.append(parse(front("a: " + "[" * 500_000))))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
    assert "The nesting is" in only(found[0]).message  # libyaml 0.2.5 and later differ in who says so


def test_the_deepest_nesting_that_is_read_is_read_whole():
    inside = MAX_DEPTH - 1
    found = parse(front("a: " + "[" * inside + "x" + "]" * inside))
    assert not found.problems
    assert found.span(("a", *(0,) * inside), "value").column == 4 + inside
    assert parse(front("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)).problems


def test_the_longest_text_and_the_most_values_that_are_read_are_read_whole():
    assert parse(front(f"a: {'x' * MAX_SCALAR}")).data == {"a": "x" * MAX_SCALAR}
    assert parse(front(f"a: {'x' * (MAX_SCALAR + 1)}")).problems
    items = MAX_NODES - 3
    assert not parse(front(f"a: [{'x,' * items}]")).problems
    assert parse(front(f"a: [{'x,' * (items + 1)}]")).problems


def test_a_file_that_is_too_large_is_not_parsed():
    raw = front("a: x")
    assert not parse(raw + b"x" * (MAX_BYTES - len(raw))).problems
    assert "larger than 1 MiB" in only(parse(raw + b"x" * (MAX_BYTES - len(raw) + 1))).message


def test_a_file_full_of_problems_tells_the_first_fifty():
    assert len(parse(front("a: x\n" * 1000)).problems) == 50
    assert len(parse(b"\x00" * 1000).problems) == 50


# -- what a path leads to ----------------------------------------------------------------------------------


def test_a_folder_with_the_name_of_a_record_is_no_file(tmp_path: Path):
    (tmp_path / "x.md").mkdir()
    assert "is a directory" in only(source.read(tmp_path / "x.md")).message


def test_a_pipe_is_refused_without_waiting_for_what_it_says(tmp_path: Path):
    os.mkfifo(tmp_path / "x.md")
    assert "not a regular file" in only(source.read(tmp_path / "x.md")).message


def test_a_device_is_refused():
    assert "not a regular file" in only(source.read(Path("/dev/zero"))).message


def test_a_link_is_not_followed(tmp_path: Path):
    (tmp_path / "secret").write_bytes(front("a: x"))
    (tmp_path / "x.md").symlink_to(tmp_path / "secret")
    assert "symbolic link" in only(source.read(tmp_path / "x.md")).message


def test_a_file_that_is_gone_is_a_problem_and_not_a_crash(tmp_path: Path):
    assert "can not be read" in only(source.read(tmp_path / "gone.md")).message


def test_only_what_is_allowed_is_read_of_a_file_without_end(tmp_path: Path):
    with (tmp_path / "x.md").open("wb") as file:
        file.truncate(1 << 40)
    assert "larger than 1 MiB" in only(source.read(tmp_path / "x.md")).message


def test_without_libyaml_nothing_is_read_since_another_parser_reads_otherwise():
    code = "import sys; sys.modules['yaml.cyaml'] = None; sys.argv = ['hotfix', 'check']; from mkdocs_hotfix.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "--only-binary" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_reader_says_the_same_when_assertions_are_switched_off():
    code = (
        "from mkdocs_hotfix.source import parse\n"
        "found = parse(b'---\\na: [x, {b: y}]\\n---\\n')\n"
        "print(found.data, tuple(found.span(('a', 1, 'b'), 'value')))\n"
        "print([p.slug for p in parse(b'---\\na: 1\\na: 2\\n---\\n').problems])\n"
    )
    runs = [
        subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True).stdout
        for flags in ([], ["-O"])
    ]
    assert runs[0] == runs[1] == "{'a': ['x', {'b': 'y'}]} (2, 12, 2, 13)\n['duplicate-key']\n"
