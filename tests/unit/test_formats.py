"""The formats: what stands under what, and what a hostile text can not do to a terminal, a log or a runner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mkdocs_hotfix import policyfile, published
from mkdocs_hotfix.findings import Finding, Level, Span, visible, width
from mkdocs_hotfix.formats import FORMATS, text
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.source import parse

POLICY = policyfile.load()
HERE = Span(2, 8, 2, 9)


def report(*findings: Finding, line: str = "title: x") -> Report:
    read_as = parse(f"---\n{line}\n---\n".encode())
    judged = Judged(Path("x.md"), "x.md", read_as, None, findings)
    return Report(POLICY, datetime(2026, 4, 14, tzinfo=UTC), (judged,))


def finding(message: str = "It is wrong", span: Span = HERE, **more: Any) -> Finding:
    facts: dict[str, Any] = {"help": ("Mend it.",), "label": "here", "record": "x", "pointer": ("title",)} | more
    return Finding(
        "REC106",
        "not-allowed-value",
        Level.ERROR,
        "x.md",
        facts["record"],
        span,
        facts["pointer"],
        message,
        facts["help"],
        facts["label"],
    )


# -- text --------------------------------------------------------------------------------------------------


def frame(line: str, span: Span) -> list[str]:
    return text.render(report(finding(span=span), line=line)).splitlines()[3:5]


@pytest.mark.parametrize(
    ("line", "columns", "under"),
    [
        ("title: x", (8, 9), "       ^ here"),
        ("title: abc def", (8, 15), "       ^^^^^^^ here"),
        ("値段: x", (5, 6), "      ^ here"),
        ("a: 値段", (4, 6), "   ^^^^ here"),
        ("a: 🔥x", (4, 5), "   ^^ here"),
        ("e\u0301: x", (5, 6), "   ^ here"),
        ("a: e\u0301e\u0301", (4, 8), "   ^^ here"),
        ("a: \u200bx", (5, 6), "           ^ here"),
        ("a: ＡＢ", (4, 6), "   ^^^^ here"),
        ("a:", (3, 3), "  ^ here"),
    ],
)
def test_carets_stand_under_the_cells_of_a_terminal(line: str, columns: tuple[int, int], under: str):
    shown, carets = frame(line, Span(2, columns[0], 2, columns[1]))
    assert shown == f" 2 | {visible(line)}"
    assert carets == f"   | {under}"


@pytest.mark.parametrize("column", [1, 8, 100, 119, 120, 121, 400, 999])
def test_a_long_line_is_cut_around_its_place(column: int):
    line = "".join(chr(ord("a") + index % 26) for index in range(1000))
    shown, carets = (row[5:] for row in frame(line, Span(2, column, 2, column + 3)))
    assert width(shown) <= 122
    at = carets.index("^")
    assert shown[at : at + 2] == line[column - 1 : column + 1]


def test_a_problem_over_several_lines_is_marked_to_the_end_of_the_first():
    assert frame("title: abc", Span(2, 8, 3, 1))[1] == "   |        ^^^ here"


def test_the_end_says_how_many_and_where_to_read_more():
    lines = text.render(report(finding(), finding())).splitlines()
    assert lines[-2:] == ["1 record checked, 2 errors in 1", "Explain a rule: `hotfix rule REC106`."]


def test_colour_changes_nothing_but_colour():
    made = report(finding())
    coloured = text.render(made, colour=True)
    plain = coloured
    for code in ("\x1b[31;1m", "\x1b[36m", "\x1b[1m", "\x1b[0m"):
        assert code in coloured
        plain = plain.replace(code, "")
    assert plain == text.render(made)


# -- for programs ------------------------------------------------------------------------------------------


def test_json_is_what_its_schema_says():
    validator = jsonschema.Draft202012Validator(published.schema("findings"))
    for made in (report(), report(finding()), report(finding(pointer=(), record=None, help=()))):
        validator.validate(json.loads(FORMATS["json"](made)))


def test_json_names_its_place_as_pointers_do():
    made = json.loads(FORMATS["json"](report(finding(pointer=("evidence", "a/b~c", 0)))))
    assert made["findings"][0]["pointer"] == "/evidence/a~1b~0c/0"


def test_json_is_ascii_so_that_no_log_stumbles_over_it():
    assert FORMATS["json"](report(finding("値段"))).isascii()


HOSTILE = {
    "a line break": "a\n::error::b",
    "a carriage return": "a\r::error::b",
    "an old command": "a ##[error]b",
    "a percent sign": "100%0A::error::b",
    "an escape": "a\x1b[2Jb",
    "a turned direction": "a\u202eb",
    "half a character": "a\ud800b",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_one_annotation_and_gives_no_command(name: str):
    lines = FORMATS["github"](report(finding(visible(HOSTILE[name]), help=(HOSTILE[name],)))).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=x.md,line=2,endLine=2,col=8,endColumn=9,title=REC106 not-allowed-value::")
    assert "##[" not in lines[0]
    assert "\x1b" not in lines[0]
    assert "%0A::error" not in lines[0].replace("%250A", "")
    lines[0].encode()


def test_a_path_can_not_add_a_property():
    made = report(finding())
    evil = Finding(**{slot: getattr(finding(), slot) for slot in Finding.__slots__} | {"path": "a,line=1::b%"})
    line = FORMATS["github"](
        Report(POLICY, made.as_of, (Judged(Path(evil.path), evil.path, made.judged[0].source, None, (evil,)),))
    )
    assert line.startswith("::error file=a%2Cline=1%3A%3Ab%25,line=2,")


@pytest.mark.parametrize("style", list(FORMATS))
def test_every_format_tells_the_counts_of_a_clean_run(style: str):
    said = {"json": '"records": 1', "sarif": '"records": 1', "junit": 'tests="1" failures="0"', "gitlab": "[]"}
    assert said.get(style, "1 record") in FORMATS[style](report())


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\x1b", r"\u{1b}"),
        ("\n", r"\u{a}"),
        ("\u202e", r"\u{202e}"),
        ("\ud800", r"\u{d800}"),
        ("\U000e0041", r"\u{e0041}"),
        ("\u00ad", r"\u{ad}"),
        ("\u2028", r"\u{2028}"),
        ("é値🔥\u0301", "é値🔥\u0301"),
    ],
)
def test_what_can_not_be_seen_is_shown_as_its_number(hidden: str, shown: str):
    assert visible(f"a{hidden}b") == f"a{shown}b"


def test_the_same_findings_are_told_by_every_format(shop, reported: Mapping[str, Any]):
    shop.file({**reported, "status": "closed"})
    made = shop.check()
    codes = {one.code for one in made.findings}
    for style, render in FORMATS.items():
        assert all(code in render(made) for code in codes), style
