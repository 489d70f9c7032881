"""Formats for machines: what their published schemas say, from the repository's root, and nothing that a reader obeys."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from mkdocs_hotfix import policyfile, reports
from mkdocs_hotfix.findings import Finding, Level, Span, visible
from mkdocs_hotfix.formats import FORMATS, github, summary
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.locations import fingerprints, from_top
from mkdocs_hotfix.source import parse

Facts = Mapping[str, Any]
POLICY = policyfile.load()
PUBLISHED = Path(__file__).resolve().parents[1] / "published"
NOW = datetime(2026, 4, 14, 3, 30, tzinfo=UTC)

# What records, reports, file names and revisions bring along to be obeyed.
HOSTILE = [
    "a\n::error::b",
    "::set-output name=x::y",
    "\r\n::add-mask::e",
    "a ##[error]b ##[add-mask]e",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[buildStop comment='x']",
    "100%0A::error::b%",
    "a\x1b[2J\x1b]0;x\x07b\x9b31mc",
    "a\u202eb\u2066c\u200fd",
    "a\ud800b\udfff",
    "a\x00b\x08\x0b\x0c\x85\ufffe\uffff",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "<failure message='x'/></testcase>\" onload=\"x",
    '"},{"level":"none',
    "| a | b\n|---|---|\n# c",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png) <https://evil.example> https://evil.example",
    "`code` **bold** ~~gone~~ <script>alert(1)</script> &lt;img src=x onerror=alert(1)&gt; @somebody #1",
    "<details><summary>x</summary>\n\n```\n",
    "{{ hotfix.name }} {% raw %} ${{ github.token }} $(reboot) `reboot`",
    "値段 🔥 e\u0301 \U000e0041",
    "",
    " ",
    "x" * 5000,
]


def finding(message: str = "It is wrong", *, path: str = "x.md", slug: str = "not-text", **more: Any) -> Finding:
    facts: dict[str, Any] = {
        "code": "REC107",
        "slug": slug,
        "level": Level.ERROR,
        "path": path,
        "record": path.removesuffix(".md"),
        "span": Span(2, 8, 2, 9),
        "pointer": ("title",),
        "message": message,
        "help": ("Mend it.",),
    }
    return Finding(**facts | more)


def report(*findings: Finding, **more: Any) -> Report:
    paths = list(dict.fromkeys(one.path for one in findings)) or ["x.md"]
    judged = tuple(
        Judged(Path(path), path, parse(b"---\ntitle: x\n---\n"), None, tuple(f for f in findings if f.path == path))
        for path in paths
    )
    return Report(POLICY, NOW, judged, **more)


@cache
def sarif_schema() -> jsonschema.protocols.Validator:
    return jsonschema.Draft7Validator(
        json.loads((PUBLISHED / "sarif-2.1.0.json").read_text("utf-8")),
        format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER,
    )


@cache
def junit_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(PUBLISHED / "junit-10.xsd"))


def sarif(made: Report) -> dict[str, Any]:
    log = json.loads(FORMATS["sarif"](made))
    sarif_schema().validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def junit(made: Report) -> ET.Element:
    text = FORMATS["junit"](made).encode()
    junit_schema().assertValid(etree.fromstring(text))
    return ET.fromstring(text)


def gitlab(made: Report) -> list[dict[str, Any]]:
    """Read it as GitLab does, which drops a report as a whole when one entry lacks a field."""
    entries: list[dict[str, Any]] = json.loads(FORMATS["gitlab"](made))
    for one in entries:
        assert {type(one[key]) for key in ("description", "check_name", "fingerprint", "severity")} == {str}
        assert one["description"].strip()
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not one["location"]["path"].startswith(("/", "./"))
        assert one["location"]["lines"]["begin"] >= 1
    return entries


@pytest.fixture
def repository(shop) -> Path:
    """A repository, and the shop in a folder of it."""
    top = shop.root.parent
    (shop.root.parent / "handbook").mkdir()
    subprocess.run(["git", "init", "-q", top], check=True)
    return top


# -- schemas -----------------------------------------------------------------------------------------------


def test_each_is_what_its_schema_says_of_a_real_run(shop, reported: Facts):
    shop.file({**reported, "status": "closed", "severity": "awful"})
    shop.file("not: a record", "HF-2026-0002.md")
    (shop.records / "HF-2026-0003.md").write_bytes(b"\xff\xfe")
    shop.file({**reported, "id": "HF-2026-0004"}, "HF-2026-0004.md")
    made = shop.check()
    assert len(made.findings) > 10
    run = sarif(made)
    assert [one["ruleId"] for one in run["results"]] == [one.code for one in made.findings]
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    assert len(gitlab(made)) == len(made.findings)
    assert [case.get("name") for case in junit(made).iter("testcase")] == [f"HF-2026-000{n}" for n in (1, 2, 3, 4)]


def test_nothing_to_do_is_a_valid_file_too():
    assert sarif(report())["results"] == []
    assert gitlab(report()) == []
    assert [case.find("failure") for case in junit(report()).iter("testcase")] == [None]
    assert not list(junit(Report(POLICY, NOW, ())).iter("testcase"))


def test_sarif_says_the_rule_the_place_and_the_field():
    run = sarif(report(finding("It is wrong", pointer=("evidence", "smoke-test"))))
    (result,) = run["results"]
    assert result["level"] == "error"
    assert result["message"] == {"text": "It is wrong. Mend it."}
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "x.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 9},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "x:evidence.smoke-test"
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("REC107", "NotText")
    assert rule["shortDescription"]["text"] in rule["help"]["text"]
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_tells_what_is_known_as_accepted():
    made = report(finding("New"))
    known = (finding("Known", slug="not-allowed-value", code="REC106", span=Span(1, 1, 1, 2)),)
    made = replace(made, judged=(replace(made.judged[0], known=known),))
    first, second = sarif(made)["results"]
    assert first["suppressions"] == [{"kind": "external", "status": "accepted"}]
    assert first["message"]["text"].startswith("Known")
    assert "suppressions" not in second
    assert second["partialFingerprints"] == sarif(report(finding("New")))["results"][0]["partialFingerprints"]


def test_sarif_brings_the_mending(shop, reported: Facts):
    shop.file({**{key: value for key, value in reported.items() if key != "title"}, "titel": "Prices are old"})
    fixes = [one["fixes"] for one in sarif(shop.check())["results"] if "fixes" in one]
    assert [fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for (fix,) in fixes] == ["title"]


# -- JUnit -------------------------------------------------------------------------------------------------


def test_a_record_that_closes_the_gate_is_a_failed_test_once():
    (case,) = junit(report(finding("One"), finding("Two"), finding("Three", level=Level.WARNING))).iter("testcase")
    (failure,) = case.findall("failure")
    assert (failure.get("type"), failure.get("message")) == ("not-text", "One (and 1 more)")
    assert "x.md:2:8: REC107 not-text: Two\n  help: Mend it." in (failure.text or "")
    assert "warning: REC107 not-text: Three" in (case.findtext("system-out") or "")


@pytest.mark.parametrize("strict", [False, True])
def test_warnings_fail_a_case_where_they_close_the_gate(strict: bool):
    made = report(finding(level=Level.WARNING), strict=strict)
    assert (junit(made).find(".//failure") is not None) is strict is bool(made.exit_code())
    assert (junit(made).get("failures") == "1") is strict


def test_our_own_reader_reads_it_as_what_it_is(shop, reported: Facts):
    shop.file({**reported, "status": "closed"})
    shop.file({**reported, "id": "HF-2026-0002"}, "HF-2026-0002.md")
    read = reports.read_bytes(FORMATS["junit"](shop.check()).encode())
    assert (read.total, read.failed, read.passed) == (2, 1, 1)
    assert not read.contradictions


# -- GitLab ------------------------------------------------------------------------------------------------


def test_a_fingerprint_stays_when_lines_move(shop, reported: Facts):
    text = "\n".join(f"{key}: {json.dumps(value)}" for key, value in {**reported, "status": "closed"}.items())
    shop.file(text)
    before = gitlab(shop.check())
    shop.file("\n\n# a remark\n" + text.replace('title: "', 'title: "Still: '))
    after = gitlab(shop.check())
    assert [one["location"] for one in before] != [one["location"] for one in after]
    assert {one["fingerprint"] for one in before} == {one["fingerprint"] for one in after}


def test_two_findings_never_share_a_fingerprint(shop, reported: Facts):
    for number in (1, 2):
        shop.file({**reported, "id": f"HF-2026-000{number}", "status": "closed"}, f"HF-2026-000{number}.md")
    shop.file("title: a\x01b\nsummary: a\x01b\x01c\nsummary: a\x01b\x01c\n", "HF-2026-0003.md")
    names = [one["fingerprint"] for one in gitlab(shop.check())]
    assert len(names) == len(set(names)) > 20
    same = report(finding(), finding(), finding(slug="not-allowed-value"))
    assert len(set(fingerprints(same))) == 3


# -- paths -------------------------------------------------------------------------------------------------


def test_paths_are_those_of_the_repository(shop, repository: Path, reported: Facts, monkeypatch: pytest.MonkeyPatch):
    shop.file({**reported, "status": "triaged"}, "a b/HF-2026-0001.md")
    expected = (shop.records / "a b" / "HF-2026-0001.md").relative_to(repository).as_posix()
    for folder in (repository, shop.root, shop.records, Path("/")):
        monkeypatch.chdir(folder)
        made = shop.check()
        (place,) = {one["location"]["path"] for one in gitlab(made)}
        assert place == expected
        (uri,) = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in sarif(made)["results"]}
        assert uri == expected.replace(" ", "%20")
        assert junit(made).find(".//testcase").get("classname") == expected  # type: ignore[union-attr]
        assert f"::error file={expected}," in FORMATS["github"](made)
        assert expected.replace("-", r"\-").replace(".", r"\.").replace("_", r"\_") in summary.render(made)


def test_a_repository_within_a_repository_and_a_worktree_count(tmp_path: Path):
    for name in ("outer", "outer/inner"):
        (tmp_path / name).mkdir()
    (tmp_path / "outer/.git").mkdir()
    (tmp_path / "outer/inner/.git").write_text("gitdir: elsewhere", "utf-8")
    assert from_top(tmp_path / "outer/inner/x.md") == "x.md"
    assert from_top(tmp_path / "outer/x.md") == "x.md"
    (tmp_path / "link").symlink_to(tmp_path / "outer", target_is_directory=True)
    assert from_top(tmp_path / "link/inner/x.md") == "x.md"
    assert from_top(tmp_path / "link/inner/new/x.md") == "new/x.md"


# -- GitHub's limit ----------------------------------------------------------------------------------------


def annotations(made: Report) -> list[str]:
    return [line for line in FORMATS["github"](made).splitlines() if re.match("::(error|warning|notice) ", line)]


def test_ten_of_a_level_are_shown_one_by_one():
    levels = [Level.ERROR] * 10 + [Level.WARNING] * 10 + [Level.NOTE] * 10
    assert len(annotations(report(*(finding(level=one) for one in levels)))) == 30


def test_more_are_put_together_by_record():
    made = report(*(finding(f"Number {n}", path=f"{n % 3}.md", span=Span(n + 2, 1, n + 2, 2)) for n in range(33)))
    lines = annotations(made)
    assert len(lines) == 3
    assert lines[0].startswith("::error file=0.md,line=2,endLine=2,col=1,endColumn=2,title=11 errors in this record::")
    assert "Line 5: REC107 not-text: Number 3%0ALine 8:" in lines[0]
    said = FORMATS["github"](made)
    assert said.count("\n- ") == 33
    assert said.index("::group::") < said.index("\n- ") < said.index("::endgroup::")


def test_many_records_are_put_together_by_rule():
    made = report(*(finding(path=f"{n}.md", slug=f"rule-{n % 4}") for n in range(200)))
    lines = annotations(made)
    assert [line.partition("title=")[2].partition("::")[0] for line in lines] == [
        f"REC107 rule-{n}%3A 50 errors" for n in range(4)
    ]
    assert "and 30 more: the log and the job's summary have all of them" in lines[0]


def test_never_more_than_ten_and_it_says_how_many_are_left_out():
    made = report(
        *(finding(path=f"{n}.md", slug=f"rule-{n % 40}", level=level) for n in range(80) for level in Level),
    )
    lines = annotations(made)
    assert len(lines) == 3 * github.MOST
    assert sum("::62 more errors are not shown here: rule-" in line for line in lines) == 1
    assert FORMATS["github"](made).count("\n- ") == 240


# -- the summary -------------------------------------------------------------------------------------------


def test_the_summary_says_the_answer_and_every_finding():
    text = summary.render(report(finding("`status` is wrong"), finding(level=Level.WARNING)))
    assert text.startswith("## Hotfix gate: closed\n\n1 record, 1 error, 1 warning, as of 2026-04-14T03:30:00Z.\n")
    assert r"| error | x\.md, line 2 | \`status\` is wrong | Mend it\. | `not-text` |" in text
    assert summary.render(report()).startswith("## Hotfix gate: open\n\n1 record, 0 errors")
    assert "closed" in summary.render(report(finding(level=Level.WARNING), strict=True))


def test_the_summary_links_rules_where_the_handbook_is_published():
    made = report(finding())
    made = replace(made, policy=replace(POLICY, handbook="https://handbook.example.com/a(b)"))
    assert "[not-text](https://handbook.example.com/a%28b%29/rules/#not-text)" in summary.render(made)
    assert sarif(made)["tool"]["driver"]["rules"][0]["helpUri"].endswith("/rules/#not-text")


def test_a_summary_stays_below_what_the_job_page_takes():
    made = report(*(finding("値" * 400) for _ in range(2000)))
    text = summary.render(made)
    assert len(text.encode()) < 1 << 20
    rows = text.count("| error |")
    assert f"{2000 - rows:,} more findings are left out here." in text


# -- hostile texts -----------------------------------------------------------------------------------------


def hostile_report(number: int) -> Report:
    """Put the corpus into every text that can come from outside."""
    choose = random.Random(number)

    def text() -> str:
        return "".join(choose.choice(HOSTILE) for _ in range(choose.randint(1, 3)))

    path = visible(text()) + ".md"
    return report(
        *(
            finding(
                text(),
                path=path,
                record=text(),
                help=(text(), text()),
                pointer=(text(), 0, text()),
                level=choose.choice(list(Level)),
                label=text(),
            )
            for _ in range(choose.randint(1, 14))
        )
    )


REPORTS = [hostile_report(number) for number in range(60)]


def test_no_text_is_obeyed_by_a_runner_or_a_terminal():
    for made in REPORTS:
        texts = {name: render(made) for name, render in FORMATS.items()} | {"summary": summary.render(made)}
        for name, text in texts.items():
            assert not re.search(r"##\w*\[", text), name
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), name
            commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
            if name == "github":
                ours = r"::(error|warning|notice) (file|title)=[^:]*::|::group::Every finding$|::endgroup::$"
                assert all(re.match(ours, line) for line in commands)
                assert len(text.splitlines()) <= 30 + 3 + len(made.findings)
            else:
                assert not commands, name


def test_each_stays_what_its_schema_says():
    for made in REPORTS:
        assert len(sarif(made)["results"]) == len(made.findings)
        assert len(json.loads(FORMATS["gitlab"](made))) == len(made.findings)
        assert len(list(junit(made).iter("testcase"))) == made.records
        assert len(list(junit(made).iter("failure"))) <= made.records
        json.loads(FORMATS["sarif"](made))
        for name in FORMATS:
            FORMATS[name](made).encode()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, int] = {}
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] = self.seen.get(tag, 0) + 1
        self.attributes += attrs


def test_no_text_is_markdown_in_the_summary():
    renderer = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for made in REPORTS:
        tags = _Tags()
        tags.feed(renderer.render(summary.render(made)))
        assert set(tags.seen) <= {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "br", "code"}
        assert tags.seen["tr"] == len(made.findings) + 1
        assert tags.seen["td"] == 5 * len(made.findings)
        assert tags.attributes == []


def test_a_message_can_not_make_a_link_in_sarif():
    (result,) = sarif(report(finding("See [this](https://evil.example)")))["results"]
    assert "](" not in result["message"]["text"]


def test_a_file_whose_name_is_a_command_gives_none(shop, monkeypatch: pytest.MonkeyPatch):
    shop.file("nothing", "::error::x.md")
    monkeypatch.chdir(shop.records)
    for name, render in FORMATS.items():
        lines = render(shop.check(Path("::error::x.md"))).splitlines()
        assert not [line for line in lines if line.startswith("::error::")], name
