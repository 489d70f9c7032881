"""Where a cursor stands, also in YAML that no parser would read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_hotfix.cursor import Cursor, locate


def at(text: str) -> Cursor | None:
    """Find the place marked with `^`."""
    lines = text.split("\n")
    line = next(number for number, one in enumerate(lines) if "^" in one)
    column = lines[line].index("^")
    lines[line] = lines[line].replace("^", "")
    return locate(lines, line, column)


@pytest.mark.parametrize(
    ("head", "pointer", "on", "word"),
    [
        ("sta^", (), "key", "sta"),
        ("^", (), "key", ""),
        ("sta^tus: closed", (), "key", "sta"),
        ("status: ^", ("status",), "value", ""),
        ("status: clo^sed", ("status",), "value", "clo"),
        ('status: "clo^"', ("status",), "value", '"clo'),
        ("triage:\n  ^", ("triage",), "key", ""),
        ("triage:\n  at: x\n  dec^", ("triage",), "key", "dec"),
        ("triage:\n  at: x\n  decision: ^", ("triage", "decision"), "value", ""),
        (
            "triage:\n  answers:\n    majority:\n      answer: ^",
            ("triage", "answers", "majority", "answer"),
            "value",
            "",
        ),
        ("triage:\n  answers:\n    majority: {x: 1}\n  ^", ("triage",), "key", ""),
        ("triage:\n  answers: {}\n^", (), "key", ""),
        ("reported: {^", ("reported",), "key", ""),
        ("reported: {at: x, b^", ("reported",), "key", "b"),
        ("reported: {at: x, by: y^}", ("reported", "by"), "value", "y"),
        ("triage: {answers: {majority: {ans^", ("triage", "answers", "majority"), "key", "ans"),
        ("triage: {answers: {majority: {answer: t^", ("triage", "answers", "majority", "answer"), "value", "t"),
        ("release: {includes: [HF-2026-0001, H^", ("release", "includes", 0), "value", "H"),
        ("release:\n  includes: [^]", ("release", "includes", 0), "value", ""),
        ("approvals:\n  - by: x\n    ro^", ("approvals", 0), "key", "ro"),
        ("approvals:\n  - ro^", ("approvals", 0), "key", "ro"),
        ("approvals:\n- by: x\n  role: ^", ("approvals", 0, "role"), "value", ""),
        ("approvals:\n  - {by: x, role: ^", ("approvals", 0, "role"), "value", ""),
        ("evidence:\n  smoke-test:\n    result: ^", ("evidence", "smoke-test", "result"), "value", ""),
        ('summary: "a, b: c", x^', ("summary",), "value", '"a, b: c", x'),
        ("a: [broken\nb: {also\nsta^", (), "key", "sta"),
        ("url: https://x.example/^", ("url",), "value", "https://x.example/"),
    ],
)
def test_the_field_around_a_cursor_is_found(head: str, pointer: tuple[object, ...], on: str, word: str):
    found = at(f"---\n{head}\n---\n")
    assert found
    assert (found.pointer, found.on, found.word) == (pointer, on, word)


@pytest.mark.parametrize(
    "text", ["^---\na: b", "---\na: b\n---\n^", "no front matter\n^", "---\n# a remark ^", "---\na: b # x^"]
)
def test_outside_the_front_matter_there_is_nothing(text: str):
    assert at(text) is None


def test_names_that_are_given_already_are_known():
    found = at("---\nid: x\ntriage:\n  at: x\n  ^\n  by: y\nstatus: z\n---\n")
    assert found
    assert found.siblings == {"at", "by"}
    found = at("---\nid: x\n^\ntriage:\n  at: x\nstatus: z\n---\n")
    assert found
    assert found.siblings == {"id", "triage", "status"}
    found = at("---\napprovals:\n  - by: x\n    role: y\n  - by: z\n    ^\n---\n")
    assert found
    assert found.siblings == {"by"}
    found = at("---\nreported: {at: x, by: y, ^}\n---\n")
    assert found
    assert found.siblings == {"at", "by"}


def test_a_whole_word_can_be_replaced():
    found = at("---\nstatus: rep^orted # now\n---\n")
    assert found
    assert (found.start, found.end) == (8, 16)
    found = at("---\nreported: {at: x, b^y: y}\n---\n")
    assert found
    assert (found.start, found.end) == (18, 20)


@given(st.text(alphabet="a-: {}[],'\"#\n é🔥\t", max_size=200), st.integers(-1, 40), st.integers(0, 60))
def test_nothing_is_raised_wherever_the_cursor_stands(text: str, line: int, column: int):
    lines = f"---\n{text}".split("\n")
    found = locate(lines, line, column)
    if found:
        assert 0 <= found.start <= found.end <= len(lines[found.line])


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "a: " * 50_000, "- " * 50_000, " " * 50_000, "a:\n" * 50_000, "'" * 50_000]
)
def test_hostile_documents_do_not_keep_an_editor_waiting(text: str):
    lines = f"---\n{text}\nb: ".split("\n")
    for line in (1, len(lines) // 2, len(lines) - 1):
        found = locate(lines, line, 10_000)
        assert found is None or len(found.word) <= 10_000
