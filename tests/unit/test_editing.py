"""Editing in place: what was meant changes, and not one byte besides."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_hotfix import editing, emit, source
from mkdocs_hotfix.findings import SetupError

from .layouts import Writer, record

SMOKE = {"result": "passed", "at": "2026-04-14T03:55:00Z", "by": "test-lead", "environment": "production"}

MIXED = b"""---
# filed at night
id: HF-2026-0001   # the id
title: 'It''s broken'
status: reported
work: {owner: me,   # who
  sprint: "1"}
evidence:   # to do
approvals: []

nested:
    deep:
        a: 1

    # behind
list:
- a: 1
  b: 2
- c
text: |
  hello
  there

# the end
---
body  \n"""


def changed(raw: bytes, pointer: tuple[str | int, ...], value: Any) -> bytes:
    return editing.rewrite(raw, editing.put(source.parse(raw).data or {}, pointer, value))


def lost(before: bytes, after: bytes) -> list[bytes]:
    """The lines of a file that are not there any more as they were."""
    old, new = before.split(b"\n"), after.split(b"\n")
    same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {number for one in same for number in range(one.a, one.a + one.size)}
    return [line for number, line in enumerate(old) if number not in kept]


@pytest.mark.parametrize(
    ("pointer", "value", "old", "new"),
    [
        (("status",), "triaged", b"status: reported", b"status: triaged"),
        (("title",), "It's fixed", b"'It''s broken'", b"'It''s fixed'"),
        (("work", "hours"), 3.5, b'sprint: "1"}', b'sprint: "1", hours: 3.5}'),
        (("work", "owner"), "you, too", b"owner: me,", b'owner: "you, too",'),
        (("evidence", "x"), {"by": "4.20"}, b"# to do\n", b'# to do\n    x: {by: "4.20"}\n'),
        (("evidence",), "no", b"evidence:   #", b'evidence: "no"   #'),
        (("approvals", 0), {"by": "a"}, b"approvals: []", b"approvals: [{by: a}]"),
        (("nested", "deep", "b"), "2026-04-14T03:05:00Z", b"a: 1\n\n", b"a: 1\n        b: 2026-04-14T03:05:00Z\n\n"),
        (("nested", "deep", "b"), "l\n\nm", b"a: 1\n\n", b"a: 1\n        b: |-\n            l\n\n            m\n\n"),
        (("list", 2), ["d"], b"- c\n", b"- c\n- [d]\n"),
        (("list", 2), {"a": {"b": 1}}, b"- c\n", b"- c\n- a: {b: 1}\n"),
        (("list", 0, "b"), None, b"  b: 2\n", b""),
        (("list", 0, "a"), None, b"- a: 1\n  b: 2\n", b"- b: 2\n"),
        (("work", "owner"), None, b"{owner: me,   # who\n  sprint", b"{sprint"),
        (("work", "sprint"), None, b',   # who\n  sprint: "1"}', b"}"),
        (("text",), "there", b"|\n  hello\n  there", b"there"),
        (("text",), None, b"text: |\n  hello\n  there\n", b""),
        (("new",), {"a": {"b": "c"}}, b"  there\n", b"  there\nnew:\n    a: {b: c}\n"),
    ],
)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
def test_one_change_is_one_change(
    pointer: tuple[str | int, ...], value: Any, old: bytes, new: bytes, newline: bytes, mark: bytes
):
    assert MIXED.count(old) == 1
    raw = mark + MIXED.replace(b"\n", newline)
    assert changed(raw, pointer, value) == mark + MIXED.replace(old, new).replace(b"\n", newline)


def test_nothing_to_change_changes_nothing():
    assert editing.rewrite(MIXED, source.parse(MIXED).data or {}) == MIXED


def test_true_is_not_one():
    raw = b"---\na: 1\nb: [1]\n---\n"
    assert editing.rewrite(raw, {"a": True, "b": [1.0]}) == b"---\na: true\nb: [1.0]\n---\n"


def test_a_new_field_stands_where_such_a_field_usually_stands():
    data = {"id": "x", "reported": {}, "evidence": {}}
    order = ("id", "status", "reported", "triage", "work", "evidence")
    assert list(editing.put(data, ("triage",), 1, {(): order})) == ["id", "reported", "triage", "evidence"]
    assert list(editing.put({"evidence": 1}, ("status",), 1, {(): order})) == ["status", "evidence"]
    raw = b"---\nid: x\n# what came\nreported: {by: y}\n# proof\nevidence: {}\n---\n"
    wanted = editing.put(source.parse(raw).data or {}, ("triage", "by"), "me", {(): order})
    assert editing.rewrite(raw, wanted) == raw.replace(b"# proof", b"triage: {by: me}\n# proof")


def test_a_field_gets_another_name_and_keeps_the_rest():
    raw = b"---\nwork: {'ower' : me}  # who\nlist:\n- a: 1\n---\n"
    assert editing.rename(raw, ("work", "ower"), "owner") == raw.replace(b"ower", b"owner")
    assert editing.rename(raw, ("list", 0, "a"), "b") == raw.replace(b"a: 1", b"b: 1")
    with pytest.raises(SetupError, match=r"There is no `work\.x`"):
        editing.rename(raw, ("work", "x"), "owner")
    with pytest.raises(SetupError, match="or there is one already"):
        editing.rename(b"---\na: 1\nb: 2\n---\n", ("a",), "b")


def test_a_whole_file_of_yaml_is_edited_too():
    raw = b"a: 1 # one\nb: {c: 2}"
    assert editing.rewrite(raw, {"a": 1, "b": {"c": 3, "d": 4}}, front_matter=False) == b"a: 1 # one\nb: {c: 3, d: 4}"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"---\na: 1\na: 2\n---\n", "Line 3 can not be read: The field `a` stands here a second time. Mend it first."),
        (b"\xff\xfe", "Line 1 can not be read"),
        (b"---\na: *b\n---\n", "Line 2 can not be read"),
    ],
)
def test_what_can_not_be_read_is_not_edited(raw: bytes, said: str):
    with pytest.raises(SetupError) as error:
        editing.rewrite(raw, {"a": 3})
    assert str(error.value).startswith(said)


def test_what_can_not_be_laid_out_in_place_is_left_to_its_author():
    with pytest.raises(SetupError, match=r"^`x\.a` can not be written in place, the way the file is laid out\."):
        changed(b"---\nx: {a, b: 1}\n---\n", ("x", "a"), 2)


def test_what_would_not_read_back_is_refused():
    """A bell has no place in a record; the file would not be readable afterwards."""
    for value in ("\x07", "\ud800", "\x85"):
        with pytest.raises(SetupError, match=rf"`work\.owner` holds an unprintable character \(U\+{ord(value):04X}\)"):
            changed(MIXED, ("work", "owner"), value)


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff") | st.just("\n")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts.filter(bool), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "work", "a b", "4.20", "no"]), values, min_size=1), st.booleans())
@example({"a": "no"}, False)
@example(
    {"a": {"b": [" ", "- x", "? y", "a: b", "#", "x #y", "!t", "&a", "*b", "%", "@", "`", "---", "...", "=", "<<"]}},
    False,
)
@example({"a": "---\nb"}, True)
@example({"a": "x\n\n"}, False)
def test_every_value_is_written_so_that_it_reads_as_itself(data: Mapping[str, Any], flow: bool):
    lines = (
        [emit.on_one_line(data)] if flow else [line for key, one in data.items() for line in emit.entry(key, one, 0)]
    )
    read_as = source.parse(("---\n" + "\n".join(lines) + "\n---\n").encode())
    assert read_as.data == data, lines


def check_layout(seed: int) -> None:
    data = record(seed)
    raw = Writer(seed).front_matter(data)
    read_as = source.parse(raw)
    assert read_as.data == data, (seed, read_as.problems, raw.decode())
    made = changed(raw, ("evidence", "smoke-test"), SMOKE)
    assert source.parse(made).data == {**data, "evidence": {**data.get("evidence", {}), "smoke-test": SMOKE}}
    gone = lost(raw, made)
    assert len(gone) <= 1, (seed, gone, made.decode())
    again = changed(made, ("status",), "triaged")
    assert len(lost(made, again)) <= 2, seed  # it may be written on two lines: `status: |-`
    third = changed(again, ("approvals", len(data.get("approvals", []))), {"by": "me", "role": "x"})
    assert len(lost(again, third)) <= 1, seed
    for line in (*gone, *lost(made, again), *lost(again, third)):
        assert (line.endswith(b"\r")) == (b"\r\n" in raw) or raw.endswith(line), seed
    assert source.parse(third).body == read_as.body
    assert third.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in third) == (b"\r\n" in raw)
    assert third.count(b"\r\n") in (0, third.count(b"\n"))
    # and back again: what was added can be taken away
    assert source.parse(editing.rewrite(third, data)).data == data


@pytest.mark.parametrize("seed", range(40))
def test_a_record_of_any_layout_changes_only_where_it_is_meant_to(seed: int):
    check_layout(seed)


@pytest.mark.slow
def test_a_thousand_records_of_any_layout_change_only_where_they_are_meant_to():
    for seed in range(40, 1040):
        check_layout(seed)


@settings(max_examples=30)
@given(st.binary(max_size=60))
def test_any_bytes_are_edited_or_refused(noise: bytes):
    raw = b"---\nid: x\n" + noise + b"\n---\n"
    data = source.parse(raw).data
    if data is None:
        with pytest.raises(SetupError):
            editing.rewrite(raw, {"id": "y"})
    else:
        made = editing.rewrite(raw, {**data, "id": "y"})
        assert source.parse(made).data == {**data, "id": "y"}
