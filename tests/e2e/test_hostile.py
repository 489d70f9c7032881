"""Records written by somebody who wants to run something in the reader's browser, or to read the builder's files."""

from __future__ import annotations

import html
import json
import re
from collections import Counter

import pytest

from mkdocs_hotfix import policyfile

EVIL = (
    "\"><script>alert(1)</script><img src=x onerror=alert(2)>' onload='x {{ 7*7 }} {% raw %} {# x #} [a](javascript:alert(3))"
    ' [[x]] | a | </title></td></h1> ]]> <!-- --8<-- "mkdocs.yml" ::: mod &lt;b&gt; \u202etxt.exe\u200f `</code>` <b>'
)
ADDRESS = "https://example.com/'onclick='alert(1)//javascript:alert(1);&lt;b&gt;?a=1&b=(x)"
BRANCH = '"><script>alert(1)</script>{{7*7}}|'
THEMES = {
    "mkdocs": {"name": "mkdocs"},
    "material": {
        "name": "material",
        "font": False,
        "features": ["navigation.path", "navigation.indexes", "navigation.footer", "content.action.edit", "toc.follow"],
    },
}
EXTENSIONS = [
    "attr_list",
    "md_in_html",
    "tables",
    "footnotes",
    "abbr",
    {"toc": {"permalink": True}},
    "pymdownx.snippets",
    "pymdownx.superfences",
]


def fields(name, line, text, url, branch):
    """A record in which every field that holds free text holds this one."""
    who = line[:100].strip()
    at = "2026-11-23T03:10:00Z"
    kinds = list(policyfile.load(None).kinds)
    proof = {
        "result": "passed",
        "at": at,
        "by": who,
        "summary": text,
        "url": url,
        "affected": [line, line],
        "test_scope": [line],
    }
    return {
        "id": name,
        "title": line[:200].strip(),
        "summary": text,
        "status": "reported",
        "severity": "major",
        "service": "checkout",
        "reported": {"at": at, "by": who, "url": url, "because": text},
        "triage": {
            "at": at,
            "by": who,
            "answers": {
                one: {"answer": one != "workaround", "because": text}
                for one in ("significant", "majority", "workaround")
            },
            "decision": "hotfix",
        },
        "work": {"owner": who, "sprint": line[:200].strip(), "hours": 1},
        "release": {
            "base": f"{name[-1]}.0.0",
            "version": f"{name[-1]}.0.1",
            "branch": branch,
            "commit": "0123456789abcdef",
            "pull_request": url,
            "rollback": text,
            "merge_back": [{"branch": branch, "url": url}],
        },
        "deployed": {"at": at, "by": who, "url": url, "because": text},
        "rollback": {"at": at, "by": who, "url": url, "because": text},
        "evidence": {
            kind: {**proof, "environment": "staging" if kind in kinds[1:3] else "production"}
            | ({"audience": [line], "issues_found": text} if kind == kinds[-1] else {})
            for kind in kinds
        },
        "review": {
            "at": at,
            "root_cause": text,
            "escaped_because": text,
            "actions": [{"summary": line[:200].strip(), "url": url, "due": "2026-12-01"}],
        },
        "links": [{"title": line[:200].strip(), "url": url}],
        "extra": {line[:60].strip(): text, "x": line},
    }


NARRATIVE = r"""
# </title><script>alert(1)</script>

# facts

## verification

<script>alert(1)</script> <style>*{display:none}</style> <base href="https://evil.example/">

<iframe src="https://evil.example/"></iframe><object data="x"></object><embed src="x"><svg onload=alert(1)><math><mi//xlink:href="data:x,<script>alert(1)</script>">

<form action="https://evil.example/"><input name=a autofocus onfocus=alert(1)><button formaction="javascript:alert(1)">b</button></form>

<p id="facts" name="facts" class="hf-problem" style="position:fixed">x</p> <a id="__search" href="#x">x</a>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) [d](vbscript:x) [e](&#106;avascript:alert(1)) [f](java&#10;script:alert(1))
[g](//evil.example/) [h](\\\\evil.example/) [i](https://good.example/?a=1&b="onclick=alert(1)) [j](mailto:a@example.com) [k](../../../../etc/passwd) [l](file:///etc/passwd)
[m](<javascript:alert(1)>) [n]: javascript:alert(1) "x" [n] [o](#facts) <javascript:alert(1)> <https://good.example/>

![i](javascript:alert(1)) ![i](https://evil.example/pixel.png) ![i](data:image/svg+xml;base64,PHN2Zz4=) ![" onerror="alert(1)](x.png "a\" onerror=\"alert(1)")

[x](https://good.example){: onclick=alert(1) } {: #facts .hf-problem }

## heading {: #verification onclick=alert(1) }

--8<-- "mkdocs.yml"

--8<--
../mkdocs.yml
--8<--

;--8<-- "https://evil.example/"

::: mkdocs_hotfix

{{ 7*7 }} {% raw %} {# gone #} {{ hotfix.severities }} {% include "main.html" %}

<div data-hotfix-block="hotfixes"></div>

<!-- a comment --> <?php x ?> <![CDATA[ x ]]> ]]>

<div markdown="1">*x*</div>

*[HTML]: <script>alert(1)</script>

HTML[^1]

[^1]: <script>alert(1)</script>

| a | b |
|---|---|
| <img src=x onerror=alert(1)> | `<script>alert(1)</script>` |

```html
<script>alert(1)</script>
```

``` { .x onclick=alert(1) }
x
```

<details open ontoggle=alert(1)><summary>x</summary></details>
"""


@pytest.fixture(scope="session", params=THEMES)
def evil(request, new_site):
    site = new_site(
        {
            "plugins": ["search", "hotfix"],
            "theme": THEMES[request.param],
            "markdown_extensions": EXTENSIONS,
            "repo_url": "https://git.example.com/a/b",
            "site_url": "https://example.com/",
        }
    )
    site.write("docs/index.md", "# Home\n")
    site.policy("docs/policy.yml", ("levels: {}", "levels: {vacuous-text: off, not-merged-back: off, sla-missed: off}"))
    text = f"{EVIL}\n\n{EVIL}\n"
    for name, made in {
        "HF-2026-0001": fields("HF-2026-0001", "good words", "good words", "https://example.com/good", "good"),
        "HF-2026-0002": fields("HF-2026-0002", EVIL[:200].strip(), text, ADDRESS, BRANCH),
    }.items():
        site.write(f"docs/hotfixes/{name}.md", f"---\n{json.dumps(made, indent=1)}\n---\n")
    site.record("HF-2026-0003", body=NARRATIVE)
    built = site.build()
    assert not built.error, built.said
    return built


def shape(node):
    """What a browser would build, without its words: every element with the names of its attributes."""
    return Counter((one.tag, *sorted(one.attrs)) for one in node.walk())


def runs(node):
    """Every element and attribute that could run or load something, theme and all."""
    for one in node.walk():
        yield from ((one.tag, name) for name in one.attrs if name.startswith("on"))
        for name in ("href", "src", "action", "formaction", "data", "srcdoc"):
            if re.match(r"\s*(javascript|data|vbscript):", one.attrs.get(name, ""), re.IGNORECASE):
                yield one.tag, one.attrs[name]


def test_a_hostile_record_builds_the_same_elements_as_a_harmless_one(evil):
    good, bad = (evil.page(f"hotfixes/HF-2026-000{number}/index.html") for number in (1, 2))
    difference = shape(bad)
    difference.subtract(shape(good))
    assert {one: count for one, count in difference.items() if count} == {}
    assert list(runs(bad)) == list(runs(good))


def test_every_hostile_word_is_shown_as_it_was_written(evil):
    page = evil.page("hotfixes/HF-2026-0002/index.html").one("div", class_="hf-record")
    words = " ".join(EVIL[:200].split())
    assert " ".join(page.one("h1").raw.split()) == words
    whole = " ".join(EVIL.split())
    assert " ".join(page.raw.split()).count(whole) >= 20
    assert "49" not in page.one("h1").raw


def test_the_head_of_a_hostile_page_holds_its_words_and_nothing_of_its_own(evil):
    page = evil.page("hotfixes/HF-2026-0002/index.html")
    title = EVIL[:200].strip()
    assert page.one("head").one("title").raw.strip() == f"{title} - Sample shop"
    described = [one.attrs["content"] for one in page.all("meta", name="description")]
    assert all(one == f"{EVIL}\n\n{EVIL}\n" for one in described)


def test_a_title_is_exactly_one_cell_of_the_list(evil):
    table = evil.page("hotfixes/index.html").one("table", class_="hf-index")
    rows = table.one("tbody").all("tr")
    assert [len([cell for cell in row.children if not isinstance(cell, str)]) for row in rows] == [8, 8, 8]
    row = next(row for row in rows if "HF-2026-0002" in row.text)
    assert row.one("th").one("a").raw == EVIL[:200].strip()
    assert not list(runs(table))


def test_the_search_index_holds_a_title_escaped_exactly_once(evil):
    entries = {one["location"]: one for one in json.loads(evil.read("search/search_index.json"))["docs"]}
    title = entries["hotfixes/HF-2026-0002/"]["title"]
    assert "<" not in title
    assert html.unescape(title) == EVIL[:200].strip()
    assert not [one["title"] for one in entries.values() if "<script" in one["title"]]


def test_nothing_of_the_site_or_of_the_builder_gets_into_a_hostile_page(evil):
    for number in (2, 3):
        text = evil.read(f"hotfixes/HF-2026-000{number}/index.html")
        assert "site_name" not in text  # mkdocs.yml
        assert "mkdocs.yml" in text
        assert "{{ 7*7 }}" in text
        assert "hf-index" not in text


def test_a_narrative_is_cut_down_to_what_can_not_run(evil):
    page = evil.page("hotfixes/HF-2026-0003/index.html")
    text = page.one("div", class_="hf-narrative")
    allowed = {"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}, "ol": {"start"}} | {
        f"h{n}": {"id"} for n in range(2, 7)
    }
    plain = {
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "s",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    for one in text.walk():
        assert one.tag in plain | set(allowed), one
        assert set(one.attrs) <= allowed.get(one.tag, set()), one
    addresses = {one.attrs.get("href", one.attrs.get("src")) for one in text.walk() if {"href", "src"} & set(one.attrs)}
    assert addresses <= {
        "https://good.example/?a=1&b=%22onclick=alert(1)",
        "mailto:a@example.com",
        "#text-facts",
        "https://good.example/",
        "https://good.example",
    }
    for piece in (
        "<script>alert(1)</script>",
        "<iframe",
        "{{ hotfix.severities }}",
        '--8<-- "mkdocs.yml"',
        "::: mkdocs_hotfix",
        "<!-- a comment -->",
        "<div data-hotfix-block",
    ):
        assert piece in text.raw, piece


def test_a_narrative_can_not_take_the_place_of_the_pages_own_sections(evil):
    page = evil.page("hotfixes/HF-2026-0003/index.html")
    ids = Counter(one.attrs["id"] for one in page.walk() if "id" in one.attrs)
    assert [one for one, count in ids.items() if count > 1] == []
    assert page.one(id="facts").tag == "dl"
    assert page.one(id="verification").text.startswith("Verification")
    inside = [one.attrs["id"] for one in page.one("div", class_="hf-narrative").walk() if "id" in one.attrs]
    assert inside
    assert all(one.startswith("text-") for one in inside)


def test_a_narrative_adds_nothing_that_runs_to_the_page(evil):
    good, bad = (evil.page(f"hotfixes/HF-2026-000{number}/index.html") for number in (1, 3))
    assert list(runs(bad)) == list(runs(good))
    for tag in ("script", "style", "link", "meta", "base", "iframe", "form", "input", "svg"):
        assert len(bad.all(tag)) <= len(good.all(tag)), tag


def test_a_hostile_file_name_of_a_report_can_not_leave_the_folder(site):
    site.write("secret.xml", "<testsuite/>")
    record = site.record()
    for report in (
        "../../../secret.xml",
        "/etc/passwd",
        "..\\..\\secret.xml",
        "https://evil.example/x.xml",
        "HF-2026-0100/%2e%2e/%2e%2e/%2e%2e/secret.xml",
        '"><script>',
    ):
        record.write_text(
            record.read_text().replace(
                "---\n\n",
                f"evidence: {{smoke-test: {{result: passed, at: 2026-11-23T03:20:00Z, by: a, environment: production, report: {json.dumps(report)}}}}}\n---\n\n",
            )
        )
        built = site.build()
        assert built.error.startswith("Abort: "), report
        assert re.search("EVD310|EVD303|EVD304", built.said), built.said
        site.record()


def test_a_policy_with_markup_in_its_titles_shows_it_as_text(site):
    site.policy(
        "docs/policy.yml",
        ("title: Critical", f"title: {json.dumps('<script>alert(1)</script>')}"),
        ("name: Hot-fix process", "name: <b>Ours</b> {{ 7*7 }}"),
    )
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n{{ hotfix.name }}\n\n{{ hotfix.severities }}\n")
    built = site.build()
    assert not built.error, built.said
    for path in built.pages:
        assert "<script>alert(1)" not in built.read(path), path
    assert "<b>Ours</b> {{ 7*7 }}" in built.page("mine/index.html").text


def test_the_text_of_a_record_never_reaches_the_sites_own_markdown_or_its_plugins(site, capsys):
    """There snippets would read files, and macros would run templates."""
    site.record(body="Only here. {{ 7*7 }}")
    site.write(
        "hook.py",
        "def on_page_markdown(markdown, page, config, files):\n    print(page.file.src_uri, repr(markdown))\n",
    )
    site.config["hooks"] = ["hook.py"]
    assert not site.build().error
    said = capsys.readouterr().out
    assert "hotfixes/HF-2026-0100.md ''" in said
    assert "Only here" not in said
