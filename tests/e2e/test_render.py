"""The handbook as plain Markdown: the same pages, whatever builds them, and a folder that is kept and not taken over."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

HERE = Path(__file__).parent
OUT = ("--out", "made")


@pytest.fixture
def handbook(site):
    """The sample tree, and a page that needs quoting."""
    shutil.rmtree(site.docs)
    shutil.copytree(HERE / "docs", site.docs)
    site.write("docs/a b/c#d.md", "# Odd names\n\n[the list](../hotfixes/index.md)\n")
    site.write("docs/notes.md", "---\nhotfix: 'blocks'  # ours\n---\n\n# Notes\n\n{{ hotfix.hotfixes }}\n")
    return site


def main(page):
    return page.one("div", role="main")


def ways(page):
    return sorted(node.attrs.get("href") or node.attrs["src"] for node in [*page.all("a"), *page.all("img")])


# -- the same pages ----------------------------------------------------------------------------------------


def test_plain_markdown_gives_the_pages_that_the_plugin_gives(handbook):
    """Page by page: the same words in the same order, and the same ways to elsewhere."""
    plugin = handbook.build()
    handbook.render(*OUT, "--final-links")
    plain = handbook.convert()
    assert plain.pages == plugin.pages - {"404.html"}
    assert {"hotfixes/HF-2026-0007/index.html", "process/index.html", "notes/index.html"} <= plain.pages
    for path in sorted(plain.pages):
        made, wanted = main(plain.page(path)), main(plugin.page(path))
        assert made.text == wanted.text, path
        assert len(made.text) > 10
        # A link in Markdown is the generator's to translate; the simplest leaves it as it is.
        theirs = {way for way in ways(made) if ".md" in way}
        assert len(ways(made)) == len(ways(wanted))
        assert len(set(ways(made)) - set(ways(wanted)) - theirs) == 0, path
        assert "hotfixes/" not in path or not theirs


def test_links_are_paths_to_files_as_in_markdown(handbook):
    """So they lead somewhere in the folder itself, on a code host, and in a generator that reads HTML (Zensical does)."""
    handbook.render(*OUT)
    found = 0
    for path in sorted((handbook.root / "made").rglob("*.md")):
        for way in re.findall(r'(?:href|src)="([^"]+)"', path.read_text("utf-8")):
            parts = urlsplit(html.unescape(way))
            if not parts.scheme and parts.path:
                assert (path.parent / unquote(parts.path)).is_file(), (path, way)
                found += 1
    assert found > 20


def test_what_programs_read_and_what_was_filed_is_there_byte_for_byte(handbook):
    plugin = handbook.build()
    handbook.render(*OUT, "--site-name", "Sample shop")
    other = [path for path in handbook.snapshot() if not path.endswith((".html", ".gz")) and "sitemap" not in path]
    assert {"hotfixes.json", "hotfixes.csv", "feed.xml", "metrics.json", "badge.svg", "policy.yml"} & set(other)
    assert sum("HF-2026-0007/" in path for path in other) >= 3
    for path in other:
        assert (handbook.root / "made" / path).read_bytes() == (plugin.site / path).read_bytes(), path


def test_a_page_can_be_a_file(handbook):
    handbook.config["use_directory_urls"] = False
    plugin = handbook.build()
    handbook.render(*OUT, "--no-directory-urls", "--final-links")
    page = handbook.convert().page("hotfixes/index.html")
    assert ways(page) == ways(main(plugin.page("hotfixes/index.html"))), "the same, from the same place"
    assert "HF-2026-0007.html" in ways(page)


def test_every_section_of_a_record_stands_in_the_table_of_contents(handbook):
    handbook.render(*OUT)
    text = (handbook.root / "made/hotfixes/HF-2026-0007.md").read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[:3] == ["Triage", "Verification", "Timeline"]
    ids = [
        node.attrs["id"]
        for node in handbook.convert().page("hotfixes/HF-2026-0007/index.html").walk()
        if "id" in node.attrs
    ]
    assert len(ids) == len(set(ids))
    assert {"triage", "verification", "impact", "review"} <= set(ids)


def test_a_page_of_the_author_takes_the_place_of_ours(handbook):
    handbook.write("docs/process/README.md", "# Ours\n")
    handbook.write("docs/hotfixes/README.md", "# Mine\n")
    handbook.write("docs/hotfixes.csv", "mine")
    handbook.render(*OUT)
    made = handbook.snapshot("made")
    assert "process.md" not in made
    assert "hotfixes/index.md" not in made
    assert made["hotfixes.csv"][0] == b"mine"
    assert 'href="../hotfixes/"' not in made["triage.md"][0].decode()


def test_a_block_that_there_is_not_ends_it_before_anything_is_written(handbook):
    handbook.write("docs/why.md", "---\nhotfix: blocks\n---\n\n{{ hotfix.nothing }}\n")
    assert re.match(r"docs/why\.md.*There is no block `nothing`", handbook.render(*OUT, code=2))
    assert not (handbook.root / "made").exists()


# -- nothing runs ------------------------------------------------------------------------------------------

EVIL = "</title></h1><script>alert(1)</script>\" 'x {{ 7*7 }} {% raw %} `a` *b* [c](javascript:alert(1)) --8<-- \\ ^x^ ~~~ $y$"
BODY = f"""
# {EVIL}

```
~~~
--8<-- "policy.yml"


{{{{ config }}}} [^1]: x
```

--8<-- "policy.yml"

{EVIL}

*[HTML]: x

[ref]: javascript:alert(1)
"""


def test_a_record_is_read_by_no_dialect_of_markdown(site):
    site.record("HF-2026-0666", json.dumps(EVIL), BODY)
    plugin = site.build()
    site.render(*OUT, "--final-links")
    tricks = (
        "attr_list",
        "md_in_html",
        "footnotes",
        "abbr",
        "pymdownx.snippets",
        "pymdownx.superfences",
        "pymdownx.magiclink",
    )
    plain = site.convert(
        extensions=("toc", "tables", *tricks, "pymdownx.tilde", "pymdownx.caret", "pymdownx.arithmatex")
    )
    for path in ("hotfixes/HF-2026-0666/index.html", "hotfixes/index.html", "index.html"):
        made, wanted = plain.page(path), main(plugin.page(path))
        assert not made.all("script")
        assert main(made).text == wanted.text, path
        assert ways(made) == ways(wanted)
    assert "7*7" in plain.read("hotfixes/HF-2026-0666/index.html").replace("&#42;", "*")
    raw = (site.root / "made/hotfixes/HF-2026-0666.md").read_text("utf-8")
    front, body = raw.split("---\n", 2)[1:]
    assert "<" not in front
    assert not re.search(r"[`{}*\[\]~^$\\]", body)
    # CommonMark ends a block of HTML at the first empty line.
    for block in re.split(r"^## .*$", body, flags=re.MULTILINE):
        assert "\n\n" not in re.sub(r'<div id="[a-z]+"></div>\n', "", block).strip()


# -- a folder that is kept ---------------------------------------------------------------------------------


def test_only_what_changed_is_written_and_what_is_gone_is_taken_away(site):
    site.record("HF-2026-0101", "Another")
    site.write("docs/hotfixes/HF-2026-0101/log.txt", "seen")
    site.render(*OUT)
    for path in (site.root / "made").rglob("*"):
        os.utime(path, (1, 1))
    site.write("made/mine.md", "mine")
    site.write("made/hotfixes/HF-2026-0101/mine.txt", "mine")
    before = site.snapshot("made")
    assert "0 written, 0 removed" in site.render(*OUT)
    assert site.snapshot("made") == before
    (site.docs / "hotfixes/HF-2026-0101.md").unlink()
    (site.docs / "hotfixes/HF-2026-0101/log.txt").unlink()
    site.record("HF-2026-0100", "A new title")
    assert ", 3 removed" in site.render(*OUT)
    after = site.snapshot("made")
    assert before.keys() - after.keys() == {f"hotfixes/HF-2026-0101{end}" for end in (".md", ".json", "/log.txt")}
    kept = {"mine.md", "hotfixes/HF-2026-0101/mine.txt", "process.md", "assets/hotfix/hotfix.css", "policy.yml"} & set(
        before
    )
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}
    assert b"A new title" in after["hotfixes/HF-2026-0100.md"][0]
    (site.docs / "hotfixes/HF-2026-0100.md").unlink()
    site.record("HF-2026-0102", "The last")
    site.render(*OUT)
    assert {path for path in site.snapshot("made") if path.startswith("hotfixes/")} == {
        "hotfixes/index.md",
        "hotfixes/HF-2026-0101/mine.txt",
        "hotfixes/HF-2026-0102.md",
        "hotfixes/HF-2026-0102.json",
    }


def test_a_closed_gate_writes_nothing(site):
    site.render(*OUT)
    site.broken()
    before = site.snapshot("made")
    said = site.render(*OUT, code=1)
    assert "error[EVD301]" in said
    assert "Nothing was written" in said
    assert site.snapshot("made") == before


def test_a_warning_closes_it_when_asked(site):
    site.policy("docs/policy.yml", ("levels: {}", "levels: {vacuous-text: warning}"))
    site.record("HF-2026-0103", "TBD")
    site.render(*OUT)
    assert "Nothing was written" in site.render(*OUT, "--strict", code=1)


@pytest.mark.parametrize("path", ["process.md", "hotfixes/HF-2026-0100.md", "hotfixes.json"])
def test_a_file_of_somebody_else_is_never_written_over(site, path):
    site.write(f"made/{path}", "mine")
    before = site.snapshot("made")
    assert f"made/{path} is in the way" in site.render(*OUT, code=2)
    assert {**site.snapshot("made")} == {**before, ".hotfix-render.lock": site.snapshot("made")[".hotfix-render.lock"]}


@pytest.mark.parametrize(
    "path", ["hotfixes", "process.md", "hotfixes/HF-2026-0100.md", ".hotfix-render.json", ".hotfix-render.lock"]
)
def test_a_link_in_the_folder_leads_nowhere(site, path, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (away / "target").write_text("theirs", "utf-8")
    (site.root / "made" / path).parent.mkdir(parents=True)
    (site.root / "made" / path).symlink_to(away if path == "hotfixes" else away / "target")
    site.render(*OUT, code=2)
    assert {one.name: one.read_text("utf-8") for one in away.iterdir()} == {"target": "theirs"}


@pytest.mark.parametrize("name", ["../../victim", "/victim", "a/../../../victim", "", ".", "a//b", "a\\b", "a\0b"])
def test_a_forged_list_takes_nothing_away(site, name):
    victim = site.write("victim", "mine")
    site.write(
        "made/.hotfix-render.json",
        json.dumps({"version": 1, "files": [name.replace("/victim", f"{victim}") if name[:1] == "/" else name]}),
    )
    assert "Nothing was written" in site.render(*OUT, code=2)
    assert victim.read_text("utf-8") == "mine"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 1}', '{"files": [1]}', "[" * 100_000, "\xff"])
def test_a_list_that_is_none_is_said(site, text):
    site.write("made/.hotfix-render.json", text.encode("latin-1"))
    assert ".hotfix-render.json is not as `hotfix render` writes it" in site.render(*OUT, code=2)


@pytest.mark.parametrize("out", ["docs", ".", "docs/made", "docs/hotfixes", "../.", "docs/../docs"])
def test_the_sources_are_never_the_result(site, out):
    before = site.snapshot("docs")
    assert "the docs folder" in site.render("--out", out, code=2)
    assert site.snapshot("docs") == before


def test_names_that_are_one_on_other_disks_are_refused(site):
    site.write("docs/Process.md", "# Mine\n")
    assert "are one file on disks" in site.render(*OUT, code=2)


# -- what is not shown -------------------------------------------------------------------------------------


def test_what_is_under_embargo_is_nowhere(site):
    site.closed((r"^id:", "security: {embargo_until: 2027-01-01T00:00:00Z}\nid:"))
    site.write("docs/notes.md", "---\nhotfix: blocks\n---\n\n{{ hotfix.hotfixes }}\n")
    site.render(*OUT)
    made = site.snapshot("made")
    assert "hotfixes/HF-2026-0100.md" in made
    for path, (raw, _) in made.items():
        assert "HF-2026-0007" not in path
        # The manual's samples have that number, too.
        assert path == "rules.md" or not re.search(rb"HF-2026-0007|The release renamed a field", raw), path


@pytest.mark.parametrize(
    "path", ["HF-2026-0777.md", "Hotfixes/HF-2026-0777.md", "hotfixes/x/../../hotfixes2/hf-2026-0777.md"]
)
def test_what_was_not_judged_is_not_written(site, path):
    site.write(os.path.normpath(f"docs/{path}"), "---\nid: x\n---\n")
    assert "was not judged" in site.render(*OUT, code=2)
    assert not (site.root / "made").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "dangling", "fifo"])
def test_nothing_outside_of_the_docs_folder_is_copied(site, kind, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (away / "secret.txt").write_text("secret", "utf-8")
    path = site.docs / "shared"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to({"file": away / "secret.txt", "folder": away, "dangling": away / "nothing"}[kind])
    assert "docs/shared is " in site.render(*OUT, code=2)
    assert not (site.root / "made").exists()


def test_hidden_files_and_templates_stay_at_home(site):
    for path in (".env", ".git/config", "hotfixes/.draft.md", "templates/x.html"):
        site.write(f"docs/{path}", "secret")
    site.render(*OUT)
    assert not [path for path, (raw, _) in site.snapshot("made").items() if b"secret" in raw]
