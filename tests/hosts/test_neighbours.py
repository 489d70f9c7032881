"""Other people's plugins in one build with ours: nothing breaks, nothing is lost, nothing runs twice.

`make test` builds with many at once and with monorepo; `make hosts` tries all.
"""

from __future__ import annotations

import json
import re
import subprocess

import pytest

pytestmark = pytest.mark.slow

PLUGINS = (
    "mkdocs==1.6.1",
    "mkdocs-material",
    "mkdocs-static-i18n",
    "mkdocs-literate-nav",
    "mkdocs-awesome-nav",
    "mkdocs-macros-plugin",
    "mkdocs-rss-plugin",
    "mkdocs-git-revision-date-localized-plugin",
    "mkdocs-monorepo-plugin",
    "mike",
    "mkdocs-redirects",
    "mkdocs-minify-plugin",
)
RIGHT = "site shows what the gate says of these records and this policy.\n"
PAGES = {
    "hotfixes/",
    "hotfixes/HF-2026-0007/",
    "hotfixes/HF-2026-0020/",
    "process/",
    "triage/",
    "metrics/",
    "rules/",
    "new/",
}


@pytest.fixture
def shop(homes, some_python, tree):
    """The sample tree in a repository, and a way to run programs in it."""
    (tree / "docs/index.md").write_text("---\ntags: [start]\n---\n\n# Home\n\n[The guide](process.md)\n", "utf-8")
    (tree / "docs/mine.md").write_text("---\nhotfix: blocks\n---\n\n# Mine\n\n{{ hotfix.severities }}\n", "utf-8")
    (tree / "docs/theirs.md").write_text("# Theirs\n\n{{ config.site_name }}\n", "utf-8")
    here = homes(some_python, *PLUGINS)

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *arguments], cwd=tree, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "All")

    def build(plugins, more="", code=0, flags=()):
        text = f"site_name: Sample shop\nsite_url: https://shop.example/docs/\ntheme: {{name: material, font: false}}\n{more}plugins:\n{plugins}"
        (tree / "mkdocs.yml").write_text(text, "utf-8")
        ran = here.run("mkdocs", "build", *flags, folder=tree)
        assert ran.code == code, ran.said
        if not code:
            assert ran.said.count("hotfix gate: 2 records, 0 errors") == 1, "judged and told once"
            assert ran.said.count("TIM403 sla-missed") == 1
            made = {path.relative_to(tree / "site").as_posix() for path in (tree / "site").rglob("index.html")}
            assert {f"{page}index.html" for page in PAGES} <= made
            seen = here.run("hotfix", "verify-site", "site", folder=tree)
            assert seen.said == RIGHT
        return ran

    build.run = lambda *command, **env: here.run(*command, folder=tree, **env)
    build.git = git
    return build


ALL = """\
  - search
  - tags
  - i18n:
      languages:
        - {locale: en, default: true, name: English, build: true}
        - {locale: de, name: Deutsch, build: true}
  - literate-nav
  - macros
  - rss: {date_from_meta: {default_time: "00:00"}}
  - git-revision-date-localized: {fallback_to_build_date: true}
  - redirects: {redirect_maps: {"old.md": process.md, "older.md": hotfixes/HF-2026-0007.md}}
  - minify: {minify_html: true}
"""


@pytest.mark.parametrize("first", [True, False])
def test_many_in_one_build_before_ours_and_after_it(shop, tree, first):
    (tree / "docs/SUMMARY.md").write_text(
        "* [Home](index.md)\n* [Guide](process.md)\n* [Hotfixes](hotfixes/index.md)\n", "utf-8"
    )
    plugins = f"  - hotfix\n{ALL}" if first else f"{ALL}  - hotfix\n"
    said = shop(plugins).said
    assert "does not exist" not in said, "redirects find our pages"
    site = tree / "site"
    for page in PAGES:
        assert (site / "de" / page / "index.html").is_file(), "a language more is a page more, and none is lost"
    assert "Answer" in (site / "de/hotfixes/HF-2026-0007/index.html").read_text("utf-8")
    assert not (site / "de/hotfixes.json").exists(), "what programs read is there once"
    assert "hf-table" in (site / "mine/index.html").read_text("utf-8")
    assert "Sample shop" in re.sub("(?s)<head.*?</head>", "", (site / "theirs/index.html").read_text("utf-8"))
    assert "../hotfixes/HF-2026-0007/" in (site / "older/index.html").read_text("utf-8")
    found = json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]
    titles = [one["title"] for one in found if one["location"].endswith("hotfixes/HF-2026-0007/")]
    assert set(titles) == {"Checkout fails for saved cards"}


@pytest.mark.hosts
@pytest.mark.parametrize(
    ("plugin", "file", "nav"),
    [
        (
            "literate-nav: {nav_file: SUMMARY.md}",
            "SUMMARY.md",
            "* [Home](index.md)\n* [Our guide](process.md)\n* Fixes\n    * [All](hotfixes/index.md)\n",
        ),
        ("awesome-nav", ".nav.yml", "nav:\n  - index.md\n  - Our guide: process.md\n  - hotfixes/index.md\n"),
    ],
    ids=["literate-nav", "awesome-nav"],
)
def test_a_navigation_of_its_own_kind(shop, tree, plugin, file, nav):
    (tree / "docs" / file).write_text(nav, "utf-8")
    shop(f"  - search\n  - {plugin}\n  - hotfix\n")
    page = (tree / "site/index.html").read_text("utf-8")
    assert "Our guide" in page
    assert "HF-2026-0007" not in re.findall(r"(?s)<nav.*?</nav>", page)[0]


def test_a_repository_of_several_handbooks(shop, tree):
    (tree / "part/docs").mkdir(parents=True)
    (tree / "part/docs/index.md").write_text("# Part\n", "utf-8")
    (tree / "part/mkdocs.yml").write_text("site_name: part\nnav: [index.md]\n", "utf-8")
    nav = 'nav:\n  - index.md\n  - hotfixes/index.md\n  - Part: "!include ./part/mkdocs.yml"\n'
    shop("  - monorepo\n  - hotfix\n", nav)
    assert (tree / "site/part/index.html").is_file()


@pytest.mark.hosts
def test_a_site_that_is_read_from_the_disk(shop, tree):
    """Material's offline plugin turns addresses into files; the pages move, and with them every way to them."""
    config = "site_name: Sample shop\ntheme: {name: material, font: false}\nplugins: [search, offline, hotfix]\n"
    (tree / "mkdocs.yml").write_text(config, "utf-8")
    assert shop.run("mkdocs", "build").code == 0
    assert (tree / "site/hotfixes/HF-2026-0007.html").is_file()
    assert 'href="HF-2026-0007.html"' in (tree / "site/hotfixes/index.html").read_text("utf-8")
    assert shop.run("hotfix", "verify-site", "site").said == RIGHT


@pytest.mark.hosts
def test_versions_side_by_side(shop, tree):
    """mike builds into a branch, and lists versions with the plugin's configuration but without a build."""
    shop("  - mike\n  - search\n  - hotfix\n")
    env = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    deployed = shop.run("mike", "deploy", "1.0", "latest", **env)
    assert deployed.code == 0, deployed.said
    assert shop.run("mike", "list").said == "1.0 [latest]\n"
    shop.git("checkout", "--quiet", "gh-pages")
    assert "6 of 6" in (tree / "1.0/hotfixes/HF-2026-0007/index.html").read_text("utf-8")


def test_what_both_want_to_expand_is_said(shop, tree):
    """One page can not ask two plugins for what stands in double braces."""
    (tree / "docs/both.md").write_text("---\nhotfix: blocks\n---\n\n{{ hotfix.severities }} {{ now() }}\n", "utf-8")
    said = shop("  - macros\n  - hotfix\n", code=1).said
    assert "both.md" in said
    assert "'now' is undefined" in said
