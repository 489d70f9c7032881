"""What holds for whatever somebody writes: properties, with the same examples in every run."""

from __future__ import annotations

import html.parser
import json
import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from mkdocs_hotfix import gate, policyfile, published
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.findings import Span, visible
from mkdocs_hotfix.formats import FORMATS, text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.source import Source, parse
from mkdocs_hotfix.templating import environment

Facts = Mapping[str, Any]
LATER = datetime(2026, 4, 14, 4, 30, tzinfo=UTC)
"""When all evidence is there, and none is overdue."""

VALID = jsonschema.Draft202012Validator(published.schema("findings"))

# -- what somebody writes ----------------------------------------------------------------------------------

WORDS = st.sampled_from(
    """--- ... : , [ ] { } - ? | > >- # & * ! !! % @ ` ' " \\ \t \r \n \r\n \x00 \x1b[2J \x85 \u2028 \ufeff \u202e ~ é 値
    🔥 e\u0301 id title status a: a:\tb id:\t HF-2026-0001 4.20 true null 2026-04-14T01:04:00Z \\ud800 "\\ud800" <<
    evidence: {a:1} [[ {{ }} <script> ::error:: ##[group] $(x) ../.. smoke-test:""".split(" ")
)
LINES = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=12).map(" ".join)
FILES = st.one_of(
    st.binary(max_size=80),
    st.lists(LINES, max_size=6).map(lambda lines: "\n".join(["---", *lines, "---", "x"]).encode("utf-8", "replace")),
    st.tuples(st.binary(max_size=30), st.binary(max_size=20)).map(lambda two: b"---\n" + two[0] + b"\n---\n" + two[1]),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(allow_nan=False), st.text(max_size=12), WORDS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
FIELDS = st.sampled_from(list(published.schema("record")["properties"]))


def lines_of(raw: bytes) -> list[str]:
    """Split a file as the reader counts its lines; bytes that are no text count as one character each."""
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def lies_in(span: Span, lines: list[str]) -> bool:
    return (
        1 <= span.line <= span.end_line <= len(lines)
        and 1 <= span.column <= len(lines[span.line - 1]) + 1
        and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2
        and (span.line, span.column) <= (span.end_line, span.end_column)
    )


def every_place(source: Source) -> list[Span]:
    def walk(node: Any, here: tuple[str | int, ...]) -> list[Span]:
        found = [source.span(here, "key"), source.span(here, "value")]
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in items:
            found += walk(value, (*here, key))
        return found

    return walk(source.data, ()) if source.data is not None else []


# -- reading -----------------------------------------------------------------------------------------------


@given(FILES)
@example(b"---\n? a\n---\n")
@example(b"---\na: [\n---")
@example(b"---\n\n---")
@example(b'---\r\na: "\r\n---\r\n')
def test_any_bytes_are_read_or_refused_and_every_place_lies_in_the_file(raw: bytes):
    for front_matter in (True, False):
        found = parse(raw, front_matter=front_matter)
        assert (found.data is None) == bool(found.problems)
        for problem in found.problems:
            assert problem.span is not None
            assert problem.help or "YAML can not read this" in problem.message
        if found.data is not None or b"\xff" not in raw:
            spans = [*every_place(found), *(one.span for one in found.problems if one.span)]
            assert all(lies_in(span, lines_of(raw)) for span in spans), spans


@given(st.dictionaries(st.text(max_size=8), JSON, min_size=1, max_size=4))
def test_json_is_read_as_what_it_is(data: dict[str, Any]):
    raw = f"---\n{json.dumps(data, ensure_ascii=True)}\n---\n".encode()
    found = parse(raw)
    if not found.problems:
        assert found.data == data
        for key in data:
            span = found.span((key,), "key")
            assert json.loads(lines_of(raw)[span.line - 1][span.column - 1 : span.end_column - 1]) == key


# -- judging -----------------------------------------------------------------------------------------------


@cache
def built_in(root: Path) -> Policy:
    return policyfile.load(root=root)


def judge(workshop, raw: bytes) -> Report:
    file = workshop.file("x")
    file.write_bytes(raw)
    return gate.check(built_in(workshop.root), LATER)


@given(raw=FILES)
def test_the_gate_answers_any_bytes_and_every_format_can_tell_it(workshop, raw: bytes):
    report = judge(workshop, raw)
    assert report.exit_code() == 1, "no file of a few random words is a record"
    told(report)


@given(field=FIELDS, value=JSON, more=st.dictionaries(FIELDS, JSON, max_size=2))
def test_the_gate_answers_a_record_with_any_values(workshop, deployed: Facts, field: str, value: Any, more: Facts):
    told(judge(workshop, written({**deployed, **more, field: value})))


@given(kind=st.sampled_from(["impact-analysis", "smoke-test", "nothing"]), value=JSON)
def test_the_gate_answers_evidence_of_any_kind_with_any_values(
    workshop, proof: Facts, deployed: Facts, kind: str, value: Any
):
    told(judge(workshop, written({**deployed, "evidence": {**proof, kind: value}})))


def written(data: Facts) -> bytes:
    return f"---\n{json.dumps(data)}\n---\n\n## What happened\n".encode()


def told(report: Report) -> None:
    """Every format tells every finding, and none breaks its own form, whatever the file holds."""
    for one in report.findings:
        raw = next(judged.file for judged in report.judged if judged.path == one.path).read_bytes()
        if b"\xff" not in raw:
            assert lies_in(one.span, lines_of(raw)), one
    said = json.loads(FORMATS["json"](report))
    VALID.validate(said)
    assert len(said["findings"]) == len(report.findings)
    lines = FORMATS["concise"](report).splitlines()
    assert len(lines) == len(report.findings) + 1
    for line, one in zip(lines, report.findings, strict=False):
        assert line.startswith(f"{one.path}:{one.span.line}:{one.span.column}: {one.code} {one.slug}: ")
    github = FORMATS["github"](report).splitlines()
    commands = [line for line in github if re.match(r"::(error|warning|notice) (file|title)=", line)]
    listed = [line for line in github if line.startswith("- ")]
    assert len(commands) <= 30, "ten of a level are shown"
    assert len(listed or commands) == len(report.findings)
    assert github[len(commands) : -1] == (["::group::Every finding", *listed, "::endgroup::"] if listed else [])
    assert "##[" not in "".join(github)
    shown = text.render(report)
    assert all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    FORMATS["text"](report).encode()


WIDE = dict.fromkeys("値段🔥가\u3000\uff21", 2) | dict.fromkeys("\u0301\u0300\u05bf", 0)
STRANGE = st.text([*WIDE, *"aé \u200b\u202e\u00ad\t"], max_size=40)


@given(before=STRANGE, value=STRANGE.filter(bool), colour=st.booleans())
@example(before="値" * 40, value="🔥" * 60, colour=True)
@example(before="x" * 300, value="e\u0301" * 200, colour=False)
def test_carets_stand_under_what_they_mean(workshop, before: str, value: str, colour: bool):
    line = f'{{"title": {json.dumps(before, ensure_ascii=False)}, "{value.translate(_PLAIN)}": 1}}'
    raw = f"---\n{line}\n---\n".encode("utf-8", "replace")
    report = judge(workshop, raw)
    source = report.judged[0].source
    for one in report.findings:
        if one.slug != "unknown-field" or source.data is None:
            continue
        single = replace(report, judged=(replace(report.judged[0], findings=(one,)),))
        rows = re.sub(r"\x1b\[[0-9;]*m", "", text.render(single, colour=colour)).split("\n")
        shown, under = rows[3].partition("| ")[2], rows[4].partition("| ")[2]
        caret = re.search(r"\^+", under)
        assert caret
        start, stop = columns(shown, caret.start()), columns(shown, caret.end())
        meant = visible(line[one.span.column - 1 : one.span.end_column - 1].replace("\t", " "))
        # A combining mark at the edge belongs to the column before it.
        assert shown[start:stop].strip("\u0301\u0300\u05bf").startswith(meant[:60].strip("\u0301\u0300\u05bf"))


_PLAIN = {ord('"'): "x", ord("\\"): "x"}


def columns(shown: str, wanted: int) -> int:
    """Find the character that stands in a column of a terminal."""
    taken = [sum(WIDE.get(char, 1) for char in shown[:index]) for index in range(len(shown))]
    return next((index for index, column in enumerate(taken) if column >= wanted), len(shown))


@given(
    present=st.sets(
        st.sampled_from(
            "impact-analysis fix-verification regression-test production-verification smoke-test communication".split()
        )
    ),
    data=st.data(),
)
def test_passing_evidence_of_a_kind_that_is_absent_never_adds_a_finding(
    workshop, deployed: Facts, proof: Facts, present: set[str], data: st.DataObject
):
    """In order, from the right environment, with the report its kind needs, and not signed by the future."""
    absent = sorted(set(proof) - present)
    if not absent:
        return
    status = data.draw(st.sampled_from(["reported", "triaged", "fixing", "verified", "deployed", "closed"]))
    added = data.draw(st.sampled_from(absent))
    record = deepcopy(dict(deployed)) | {
        "status": status,
        "evidence": {kind: proof[kind] for kind in proof if kind in present},
    }
    fuller = {**record, "evidence": {kind: proof[kind] for kind in proof if kind in present or kind == added}}
    before, after = (
        {(one.slug, one.pointer, one.message) for one in judge(workshop, written(facts)).findings}
        for facts in (record, fuller)
    )
    assert after <= before


@settings(max_examples=20)
@given(order=st.permutations(range(5)), data=st.data())
def test_the_order_in_which_records_are_named_does_not_matter(
    workshop, reported: Facts, order: list[int], data: st.DataObject
):
    for number in range(5):
        shared = {"release": {"base": "4.12.2", "version": "4.12.3"}}
        workshop.file({**reported, "id": f"HF-2026-000{number // 2}", **shared}, f"many/HF-2026-000{number}.md")
    files = sorted((workshop.records / "many").glob("*.md"))
    expected = gate.check(built_in(workshop.root), LATER, files)
    assert len(expected.findings) > 4
    assert gate.check(built_in(workshop.root), LATER, [files[index] for index in order]) == expected
    for file in files:
        file.unlink()


# -- showing -----------------------------------------------------------------------------------------------


class Cells(html.parser.HTMLParser):
    """Counts rows and cells, and keeps the words of each."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def titled(title: str, number: int) -> Facts:
    return {
        "id": f"HF-2026-{number:04}",
        "title": title,
        "status": "reported",
        "severity": "major",
        "service": "checkout",
        "reported": {"at": "2026-04-14T01:40:00Z", "by": "support-lead"},
    }


def listed(workshop, titles: list[str]) -> tuple[Report, Cells]:
    files = [workshop.file(titled(title, at), f"titles/HF-2026-{at:04}.md") for at, title in enumerate(titles)]
    report = gate.check(built_in(workshop.root), LATER, files)
    nowhere = Links(lambda judged: "x/", lambda uri: None)
    cells = Cells()
    cells.feed(Book(report).block("hotfixes", nowhere))
    cells.close()
    for file in files:
        file.unlink()
    return report, cells


TITLES = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "</td><td>",
            "a | b",
            "<script>alert(1)</script>",
            "&lt;b&gt;",
            "[x](y)",
            "`x`",
            "{{ 1 }}",
            "{% x %}",
            '"><img src=x>',
            "<!--",
            "]]>",
            "| --- |",
            "\\|",
            "* a",
            "# b",
            "=1+1",
            "]]><td>",
            "</table>",
            "&#x3c;td>",
            "<td",
            "a\u202eb",
            "\n",
        ]
    ),
)


@settings(max_examples=15)
@given(titles=st.lists(TITLES, min_size=5, max_size=12))
def test_a_title_is_always_exactly_one_cell_of_the_list(workshop, titles: list[str]):
    _, plain = listed(workshop, ["Cards fail"])
    report, found = listed(workshop, titles)
    titled = {one.record.id: one.record.title for one in report.judged if one.record}
    assert report.exit_code() or len(titled) == len(titles)
    assert len(found.rows) == (len(titled) + 1 if titled else 0)
    cell = next(index for index, words in enumerate(plain.rows[1]) if "Cards fail" in words)
    for row in found.rows:
        assert len(row) == len(plain.rows[0])
    for row in found.rows[1:]:
        name = next(name for name in titled if any(name in words for words in row))
        assert titled[name] in row[cell]
    # What is wrong with a title is told in a `span`; nothing else comes in with it.
    assert set(found.tags) <= {*plain.tags, "span"}


@given(
    st.one_of(
        st.text(max_size=12), st.sampled_from(["<b>", "a & b", 'a "b"', "a 'b'", "a", ""]), st.integers(), st.none()
    )
)
def test_a_template_escapes_what_it_prints_as_every_template_does(value):
    template = environment().from_string("{{ value }}{% macro one() %}{{ value }}{% endmacro %} {{ one() }}")
    assert template.render(value=value) == f"{escape(value)} {escape(value)}"
    assert template.render(value=Markup("<b>")) == "<b> <b>"
