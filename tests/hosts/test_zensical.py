"""`hotfix check && hotfix render && zensical build`, with the Zensical that installs."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

CONFIG = """\
[project]
site_name = "Sample shop"
docs_dir = "build/handbook"
extra_css = ["assets/hotfix/hotfix.css"]
extra_javascript = ["assets/hotfix/hotfix.js"]
nav = [{Home = "index.md"}, {Process = "process.md"}, {Hotfixes = "hotfixes/index.md"}]
"""
EVIL = '</title></h1><script>alert(1)</script> {{ 7*7 }} \\" &amp; `x`'
RECORD = f"""\
---
id: HF-2026-0666
title: "{EVIL}"
summary: "{EVIL}"
status: reported
severity: major
service: checkout
reported: {{at: 2026-11-23T03:10:00Z, by: support-lead}}
---

# {EVIL}

--8<-- "policy.yml"

```
~~~


{{{{ config }}}}
```
"""


@pytest.fixture
def zensical(homes, some_python, tree):
    (tree / "zensical.toml").write_text(CONFIG, "utf-8")
    (tree / "docs/hotfixes/HF-2026-0666.md").write_text(RECORD, "utf-8")
    here = homes(some_python, "zensical", "markdown")

    def build():
        for command in (
            ("hotfix", "check"),
            ("hotfix", "render", "--out", "build/handbook"),
            ("zensical", "build", "--strict"),
        ):
            ran = here.run(*command, folder=tree)
            assert ran.code == 0, ran.said
        return here

    return build


def test_it_gives_the_same_handbook(zensical, tree):
    here = zensical()
    seen = here.run("hotfix", "verify-site", "site", folder=tree)
    assert not seen.code, seen.said
    assert (seen.code, seen.said) == (0, "site shows what the gate says of these records and this policy.\n")
    page = (tree / "site/hotfixes/HF-2026-0007/index.html").read_text("utf-8")
    assert '<a href="#verification"' in page, "sections stand in the table of contents"
    assert "../../assets/hotfix/hotfix.css" in page
    assert "<title>Checkout fails for saved cards - Sample shop</title>" in page
    assert "Checkout fails for saved cards" in (tree / "site/search.json").read_text("utf-8")
    for path in ("process", "triage", "rules", "record", "metrics", "new"):
        text = (tree / "site" / path / "index.html").read_text("utf-8")
        assert "data-hotfix-block" not in text
        assert "{{" not in text


def test_nothing_of_a_record_runs_there(zensical, tree):
    zensical()
    for path in (tree / "site").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text, path
        assert "</title></h1>" not in text, path
        assert "lifecycle" not in text or "HF-2026-0666" not in path.name, "no snippet was read"
    page = (tree / "site/hotfixes/HF-2026-0666/index.html").read_text("utf-8")
    assert "7*7" in page
    assert "49" not in page[page.index("<h1") : page.index("</h1>")]


def test_a_site_that_was_built_without_the_gate_is_found_out(homes, some_python, broken):
    """Zensical says nothing of a plugin that it does not know, and ends with 0: over records that do not pass."""
    (broken / "mkdocs.yml").write_text("site_name: Sample shop\nplugins: [search, hotfix]\n", "utf-8")
    here = homes(some_python, "zensical", "markdown")
    assert here.run("hotfix", "check", folder=broken).code == 1
    assert here.run("zensical", "build", "--strict", folder=broken).code == 0
    seen = here.run("hotfix", "verify-site", "site", folder=broken)
    assert seen.code == 1
    assert "carries no result of the gate: there is no hotfixes.json in it" in seen.said
