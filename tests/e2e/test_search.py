"""A search reads the short form of our pages, and finds what it would find in the whole ones; everybody else sees the whole."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import material.plugins.search.plugin as material
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_hotfix import searchsections, searchtext

HERE = Path(__file__).parent
HOOKS = """
import re
from mkdocs.plugins import event_priority

def on_page_content(html, page, **_):
    return html + "<p>Zebra</p>" if page.file.name == "HF-2026-0020" else None

@event_priority(0)
def on_page_context(context, page, **_):
    context["seen"] = len(re.findall("<t[dh]", page.content))
"""


@pytest.fixture
def tree(site):
    """The sample records, a page with blocks, and a record that claims more than it proves."""
    shutil.rmtree(site.docs)
    shutil.copytree(HERE / "docs", site.docs)
    site.broken()
    site.config |= {"markdown_extensions": [{"toc": {"permalink": True}}]}
    return site


def entries(built):
    assert not built.error, built.said
    return json.loads(built.read("search/search_index.json"))["docs"]


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_it_finds_in_the_short_form_what_it_finds_in_the_whole(tree, theme, monkeypatch):
    """The same sections with the same words, beside problem boxes too: a preview shows them."""
    tree.config |= {"theme": {"name": theme}, "plugins": ["search", "hotfix"]}
    short = entries(tree.build(serving=True))
    pages = {path.relative_to(tree.out): path.read_bytes() for path in tree.out.rglob("*.html")}
    read = []
    monkeypatch.setattr(
        searchtext, "_SEARCHES", dict.fromkeys(searchtext._SEARCHES, lambda html: read.append(html) or html)
    )
    whole = entries(tree.build(serving=True))
    assert len(read) > 10
    assert pages == {path.relative_to(tree.out): path.read_bytes() for path in tree.out.rglob("*.html")}
    assert [(one["location"], one["title"]) for one in short] == [(one["location"], one["title"]) for one in whole]
    for one, other in zip(short, whole, strict=True):
        assert re.sub(r"<[^>]+>|\s", "", one["text"]) == re.sub(r"<[^>]+>|\s", "", other["text"])
    if theme == "mkdocs":
        assert short == whole


def test_words_of_cells_beside_each_other_do_not_grow_together(tree):
    tree.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"]}
    found = {one["location"]: one["text"] for one in entries(tree.build(serving=True))}
    words = found["hotfixes/HF-2026-0007/"]
    assert " Severity Critical SLA " in words
    assert " Service checkout Affected release " in words


@pytest.mark.parametrize("plugins", [["search", "hotfix"], ["hotfix", "search"]], ids=["after", "before"])
def test_whoever_looks_at_a_page_beside_the_search_sees_all_of_it(tree, plugins):
    tree.write("hooks.py", HOOKS)
    tree.write(
        "over/main.html",
        '{% extends "base.html" %}{% block content %}<i>{{ seen }}</i>{{ page.content }}{% endblock %}',
    )
    tree.config |= {
        "theme": {"name": "material", "custom_dir": "over"},
        "plugins": plugins,
        "hooks": ["hooks.py"],
    }
    built = tree.build(serving=True)
    found = {one["location"]: one["text"] for one in entries(built)}
    for name in ("HF-2026-0007", "HF-2026-0019"):
        html = built.read(f"hotfixes/{name}/index.html")
        shown = re.search(r"<i>(\d+)</i>(.*?)</article>", html, re.DOTALL)
        assert int(shown[1]) == len(re.findall("<t[dh]", shown[2])) > 10
        assert '<p class="hf-meta"' in shown[2]
    assert "Zebra" in " ".join(text for place, text in found.items() if "HF-2026-0020" in place), "added by the hook"


@pytest.mark.parametrize(
    "strange",
    [
        "<p>a</p><script>let b</script>",
        "<style>p {}</style><p>c</p>",
        "<p>d</p><!-- <p>e</p> -->",
        '<table><tr><td><div class="linenodiv">1</div></td><td>f</td></tr></table>',
    ],
)
def test_what_only_a_parser_can_make_out_is_handed_over_as_it_is(strange):
    html = searchtext.Html(f"<div>{strange}</div>")
    assert all(write(html) is html for write in searchtext._SEARCHES.values())


def test_a_text_keeps_its_paragraphs_and_its_code_for_those_who_read_the_results(tree):
    tree.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"]}
    found = {one["location"]: one["text"] for one in entries(tree.build(serving=True))}
    assert (
        "<p>The release 4.12.2 renamed the field <code>card_ref</code> in"
        in found["hotfixes/HF-2026-0007/#text-what-happened"]
    )
    rows = " ".join(found["hotfixes/HF-2026-0007/#verification"].split())
    assert "<li> Regression test Passed test-lead, 02:41 UTC on staging. 412 passed" in rows


def test_a_text_may_write_of_what_marks_a_part_for_no_search():
    html = searchtext.Html("<p>With data-search-exclude it is<b> not found</b>.</p><p data-search-exclude>c</p>")
    assert searchtext._for_material(html) == "<p>With data-search-exclude it is not found.</p>"


def test_a_value_in_quotes_does_not_end_a_tag():
    html = searchtext.Html('<p>See <a href="x" title="a > b <p> c">this</a><img alt="1 > 0" src="y"> now</p>')
    assert searchtext._for_material(html) == "<p>See this now</p>"
    assert searchtext._for_mkdocs(html).split() == ["See", "this", "now"]


# -- parted as Material parts it ---------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["a", "b c", " d", "e\nf", " ", "\n", "\n \n", "&lt;p&gt;", "&amp;nbsp;", "&#34;", "&nbsp;", "\xa0", "é"]
)
KEPT = st.sampled_from(["p", "code", "pre", "li", "ol", "ul", "sub", "sup"])
INSIDE = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(KEPT, st.lists(inner, max_size=3)).map(lambda one: f"<{one[0]}>{''.join(one[1])}</{one[0]}>"),
    ),
    max_leaves=8,
)
HEADINGS = st.tuples(st.integers(2, 6), INSIDE).map(lambda one: f'<h{one[0]} id="text-{one[0]}">{one[1]}</h{one[0]}>')
ODD = st.sampled_from(
    ["<h1>g</h1>", "</p>", "<li>", "<h2>", "<div>", "<", ">", "&copy;", "&", '<h1 id="i">', "<h3 id='j'>"]
)
SHORT = st.lists(st.one_of(INSIDE, HEADINGS, INSIDE, HEADINGS, ODD), max_size=8).map("".join)


@settings(max_examples=150)
@given(SHORT)
@example("<p>a</p>\n<p> </p>b")
@example('<ul><li>a<h2 id="b">c</h2></li></ul>d')
@example("<pre><code>\n\n</code></pre>")
def test_where_we_part_a_page_ourselves_the_entries_are_those_of_materials_parser(short):
    ours = searchsections.sections(short)
    if ours is not None:
        page = SimpleNamespace(content=short, meta={}, toc=(), url="u/", title="t")
        theirs, made = material.SearchIndex(), material.SearchIndex()
        theirs.add_entry_from_context(page)
        for one in ours:
            made.create_entry_for_section(one, page.toc, page.url, page)
        assert made.entries == theirs.entries


def test_the_page_of_a_record_without_problems_is_parted_without_the_parser(tree, monkeypatch):
    tree.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"]}
    read = []
    feed = material.Parser.feed
    monkeypatch.setattr(material.Parser, "feed", lambda self, text: read.append(text) or feed(self, text))
    found = " ".join(one["location"] for one in entries(tree.build(serving=True)))
    parsed = " ".join(read)
    assert "HF-2026-0007/#verification" in found
    assert "HF-2026-0019/#verification" in found
    assert "<p>HF-2026-0019 · " in parsed, "its problems stand in a box"
    assert "<p>HF-2026-0007 · " not in parsed


def test_a_material_that_parses_otherwise_parses_all_pages_itself(tree, monkeypatch):
    tree.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"]}
    data = material.Parser.handle_data
    monkeypatch.setattr(material.Parser, "handle_data", lambda self, text: data(self, text.upper()))
    assert not searchsections.takes_sections(material.SearchPlugin)
    found = {one["location"]: one["text"] for one in entries(tree.build(serving=True))}
    assert "REGRESSION TEST" in found["hotfixes/HF-2026-0007/#verification"]
    monkeypatch.delattr(material.SearchIndex, "create_entry_for_section")
    assert not searchsections.takes_sections(material.SearchPlugin)


def test_who_keeps_a_page_out_of_the_search_keeps_a_hotfix_out_too(tree):
    tree.write(
        "hooks.py",
        "def on_page_content(html, page, **_):\n"
        "    if page.file.name == 'HF-2026-0007':\n        page.meta['search'] = {'exclude': True}\n",
    )
    tree.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"], "hooks": ["hooks.py"]}
    places = " ".join(one["location"] for one in entries(tree.build(serving=True)))
    assert "HF-2026-0019" in places
    assert "HF-2026-0007" not in places
