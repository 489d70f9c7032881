"""Attempts to publish a record that was not judged, or to end green with a broken one. All of them fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

STRAY = "---\nid: HF-2026-0777\nstatus: closed\n---\n\n# Never judged\n"


def refused(built, word, page="HF-2026-0777"):
    """The build ended, and said why in one sentence with this word; nothing of the page is in the site."""
    assert built.error.startswith("Abort: "), built.error
    assert sum("hotfix gate: " in line and line.startswith("ERROR") for line in built.log) == 1, built.log
    assert re.search(word, built.said), built.said
    assert not [path for path in built.pages if page in path]


@pytest.mark.parametrize("setting", ["exclude_docs", "draft_docs", "not_in_nav"])
@pytest.mark.parametrize("pattern", ["hotfixes/HF-2026-0019.md", "*.md"])
def test_a_record_that_a_setting_hides_is_judged_all_the_same(site, setting, pattern):
    site.broken()
    site.config[setting] = pattern
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert "hotfix gate: 2 records, 3 errors" in built.said


@pytest.mark.parametrize(
    ("setting", "published"), [("exclude_docs", False), ("draft_docs", False), ("not_in_nav", True)]
)
def test_a_good_record_that_a_setting_hides_stays_hidden(site, setting, published):
    site.config[setting] = "HF-2026-0100.md"
    built = site.build()
    assert not built.error
    assert ("hotfixes/HF-2026-0100/index.html" in built.pages) is published
    assert bool(built.page("hotfixes/index.html").one("table", class_="hf-index").all("a")) is published


@pytest.mark.parametrize(
    "name",
    [
        "HF-2026-0777.markdown",
        "HF-2026-0777.mkd",
        "HF-2026-0777.MD",
        "notes.md",
        "2026/HF-2026-0777.md",
        "HF-2026-0100/index.md",
        "HF-2026-0100/README.md",
        "Index.md",
        "readme.md",
    ],
)
def test_whatever_mkdocs_would_make_a_page_of_in_the_records_folder_is_judged(site, name):
    site.write(f"docs/hotfixes/{name}", STRAY)
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert re.search(rf"^ERROR .*docs/hotfixes/{name}:\d+:\d+: REC\d+ ", built.said, re.MULTILINE), built.said


def test_an_index_and_a_readme_are_not_both_free(site):
    site.write("docs/hotfixes/index.md", "# All\n")
    site.write("docs/hotfixes/README.md", STRAY)
    assert site.build().error.startswith("Abort: ")


def test_a_hidden_file_that_a_setting_brings_back_is_refused(site):
    site.write("docs/hotfixes/.HF-2026-0777.md", STRAY)
    assert not site.build().error
    site.config["exclude_docs"] = "!.HF-*"
    before = site.snapshot()
    refused(site.build(), r"lies in the records folder hotfixes")
    assert site.snapshot() == before


@pytest.mark.parametrize("folder", ["Hotfixes", "HOTFIXES"])
def test_a_twin_of_the_records_folder_in_another_case_is_refused(site, folder):
    site.write(f"docs/{folder}/HF-2026-0777.md", STRAY)
    site.write("site/index.html", "the older site")
    refused(site.build(), r"lies in the records folder hotfixes")
    assert site.snapshot().keys() == {"index.html"}


@pytest.mark.parametrize("path", ["HF-2026-0777.md", "archive/HF-2026-0777.md", "de/hotfixes/hf-2026-0777.markdown"])
def test_a_record_in_the_wrong_folder_is_refused(site, path):
    site.write(f"docs/{path}", STRAY)
    site.write("site/index.html", "the older site")
    refused(site.build(), r"is named like a record")
    assert site.snapshot().keys() == {"index.html"}


def test_a_misplaced_record_that_the_site_leaves_out_is_nobodys_business(site):
    site.write("docs/drafts/HF-2026-0777.md", STRAY)
    site.config["exclude_docs"] = "drafts/"
    assert not site.build().error


# -- links ---------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(site):
    """A folder beside the docs, with a record and a report in it."""
    site.write("elsewhere/HF-2026-0777.md", STRAY)
    site.write("elsewhere/secret.xml", "<secret/>")
    return site.root / "elsewhere"


def test_a_records_folder_that_is_a_link_is_refused(site, outside):
    shutil.rmtree(site.docs / "hotfixes")
    (site.docs / "hotfixes").symlink_to(outside)
    refused(site.build(), "the records folder .*docs/hotfixes is a symbolic link")


def test_a_records_folder_behind_a_link_is_refused(site, outside):
    site.policy("docs/policy.yml", ("records: hotfixes", "records: ops/hotfixes"))
    outside.rename(site.root / "hotfixes")
    (site.docs / "ops").symlink_to(site.root)
    refused(site.build(), "the records folder .*docs/ops/hotfixes is a symbolic link or lies behind one")


@pytest.mark.parametrize("name", ["2026", "HF-2026-0100", "HF-2026-0777.md", "secret.xml"])
def test_a_link_in_the_records_folder_is_refused_and_nothing_behind_it_is_published(site, outside, name):
    target = {"HF-2026-0777.md": outside / name, "secret.xml": outside / name}.get(name, outside)
    (site.docs / "hotfixes" / name).symlink_to(target)
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert re.search(rf"docs/hotfixes/{name}:1:1: EVD310 path-outside: This is a symbolic link", built.said)
    assert not site.out.exists()


@pytest.mark.parametrize("name", ["alias", "alias.md"])
def test_a_link_from_elsewhere_into_the_records_folder_is_refused(site, name):
    """Through it the site's own Markdown, with all its HTML, would get at the text of a record."""
    (site.docs / name).symlink_to(site.docs / ("hotfixes" if name == "alias" else "hotfixes/HF-2026-0100.md"))
    refused(site.build(), "delete the link|is named like a record", page="alias")
    assert not site.out.exists()


def test_a_list_of_the_authors_that_is_a_link_is_refused(site, outside):
    (site.docs / "hotfixes/index.md").symlink_to(outside / "HF-2026-0777.md")
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert "Never judged" not in "".join(built.read(page) for page in built.pages)


# -- other plugins and hooks ---------------------------------------------------------------------------------

HOOKS = {
    "adds a file to the collection": """
from mkdocs.structure.files import File
def on_files(files, config):
    files.append(File.generated(config, "hotfixes/HF-2026-0777.md", content="# Never judged"))
""",
    "adds a file from elsewhere": """
from mkdocs.structure.files import File
def on_files(files, config):
    files.append(File.generated(config, "hotfixes/HF-2026-0777.md", abs_src_path=config.config_file_path))
""",
    "adds it as not in the navigation": """
from mkdocs.structure.files import File, InclusionLevel
def on_files(files, config):
    files.append(File.generated(config, "x/HF-2026-0777.md", content="# Never judged", inclusion=InclusionLevel.NOT_IN_NAV))
""",
    "writes a file between the gate and the build": """
import pathlib
def on_pre_build(config):
    pathlib.Path(config.docs_dir, "hotfixes/HF-2026-0777.md").write_text("# Never judged")
""",
    "brings an excluded file back": """
from mkdocs.structure.files import InclusionLevel
def on_nav(nav, config, files):
    for file in files:
        if "HF-2026-0777" in file.src_uri:
            file.inclusion = InclusionLevel.NOT_IN_NAV
""",
    "puts another file in a record's place": """
from mkdocs.structure.files import File
def on_files(files, config):
    files.remove(files.get_file_from_path("hotfixes/HF-2026-0100.md"))
    files.append(File.generated(config, "hotfixes/HF-2026-0100.md", content="# Never judged"))
""",
}


@pytest.mark.parametrize("what", HOOKS)
@pytest.mark.parametrize("plugins", [["search", "hotfix"], ["hotfix", "search"]], ids=["after", "before"])
def test_a_hook_can_not_bring_in_a_record_that_was_not_judged(site, what, plugins):
    site.write("hook.py", HOOKS[what])
    site.config |= {"hooks": ["hook.py"], "plugins": plugins}
    if what.startswith("brings"):
        site.write("docs/hotfixes/.HF-2026-0777.md", STRAY)
    refused(site.build(), "was not judged", page="HF-2026-0777" if "place" not in what else "HF-2026-0100")


def test_a_hook_that_reads_the_source_does_not_get_its_text_onto_the_page(site):
    site.write(
        "hook.py", 'def on_page_read_source(page, config):\n    return "---\\ntitle: Mine\\n---\\n# Never judged"\n'
    )
    site.config["hooks"] = ["hook.py"]
    built = site.build()
    page = built.page("hotfixes/HF-2026-0100/index.html")
    assert "Never judged" not in page.text
    assert page.one(class_="hf-record").one("h1").text == "A small one"
    assert page.one("title").text == "A small one - Sample shop"


@pytest.mark.parametrize(
    "plugins",
    [
        ["hotfix", "hotfix"],
        ["hotfix"],
        {"hotfix": {}},
        {"hotfix": None, "search": None},
        [{"hotfix": {"enabled": True}}],
    ],
    ids=str,
)
def test_however_the_plugin_is_listed_it_judges(site, plugins):
    site.config["plugins"] = plugins
    assert not site.build().error
    site.broken()
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert built.said.count("EVD303") == 1


@pytest.mark.parametrize("value", [False, 0, "no", None])
def test_the_gate_can_not_be_switched_off_by_an_option(site, value):
    site.config["plugins"] = ["search", {"hotfix": {"enabled": value}}]
    site.broken()
    built = site.build()
    assert built.error.startswith(("ConfigurationError: ", "Abort: ")), built.error
    assert ("The gate can not be switched off." in built.said) is (value is not None)
    assert not site.out.exists()


# -- ways to call it -----------------------------------------------------------------------------------------


def test_from_another_folder_the_same_records_are_judged(site, tmp_path_factory, monkeypatch):
    site.broken()
    monkeypatch.chdir(tmp_path_factory.mktemp("away"))
    built = site.build()
    assert built.error.startswith("Abort: ")
    assert built.said.count(f"{site.docs}/hotfixes/HF-2026-0019.md:24:3: EVD303") == 1


def test_a_configuration_that_inherits_takes_the_gate_along(site):
    site.broken()
    base = site.configure()
    base.rename(site.root / "base.yml")
    site.write("sub/mkdocs.yml", "INHERIT: ../base.yml\ndocs_dir: ../docs\nsite_dir: ../site\n")
    built = site.build(config=site.root / "sub/mkdocs.yml")
    assert built.error.startswith("Abort: ")
    assert "hotfix gate: 2 records, 3 errors" in built.said


def test_a_configuration_from_standard_input_is_judged_in_the_folder_where_one_stands(site):
    site.broken()
    text = site.configure().read_text()
    ran = site.python("-m", "mkdocs", "build", "-q", "-f", "-", stdin=text)
    assert ran.code == 1
    assert ran.stderr.count("docs/hotfixes/HF-2026-0019.md:24:3: EVD303") == 1


def test_publishing_with_a_branch_stops_before_the_branch_is_made(site):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
        subprocess.run([*git, *command], cwd=site.root, check=True)
    site.broken()
    ran = site.run("gh-deploy", "-q", "--force")
    assert ran.code == 1
    branches = subprocess.run(
        ["git", "branch", "--list"], cwd=site.root, check=True, capture_output=True, text=True
    ).stdout
    assert "gh-pages" not in branches


def test_a_dirty_build_judges_every_record_not_only_those_that_changed(site):
    site.broken()
    site.record("HF-2026-0101")
    page = site.write("site/hotfixes/HF-2026-0019/index.html", "an older page")
    os.utime(page, (4_000_000_000, 4_000_000_000))
    built = site.build(dirty=True)
    assert built.error.startswith("Abort: ")
    assert built.said.count("EVD303") == 1


def test_a_dirty_build_of_good_records_works_twice(site):
    for _ in range(2):
        built = site.build(dirty=True)
        assert not built.error
        assert "A small one" in built.page("hotfixes/HF-2026-0100/index.html").text
        assert "A small one" in built.page("hotfixes/index.html").one("table", class_="hf-index").text


# -- layouts -------------------------------------------------------------------------------------------------


def test_without_directory_urls_links_and_reports_still_hold(site):
    site.config["use_directory_urls"] = False
    built = site.build()
    assert {"hotfixes/HF-2026-0100.html", "hotfixes/index.html", "process.html"} <= built.pages
    table = built.page("hotfixes/index.html").one("table", class_="hf-index")
    assert [link.attrs["href"] for link in table.all("a")] == ["HF-2026-0100.html"]


@pytest.mark.parametrize("urls", [True, False])
def test_a_page_filed_as_evidence_can_not_take_the_place_of_the_records_page(site, urls):
    site.config["use_directory_urls"] = urls
    path = "hotfixes/HF-2026-0100/index.html" if urls else "hotfixes/HF-2026-0100.html"
    site.write(f"docs/{path}", "<h1>Never judged</h1>")
    built = site.build()
    assert built.error or "A small one" in built.page(path).text


def test_a_docs_folder_elsewhere_brings_its_own_policy(site):
    site.config["docs_dir"] = "handbook"
    (site.root / "docs").rename(site.root / "handbook")
    site.policy("handbook/policy.yml", ("name: Hot-fix process", "name: Ours"))
    built = site.build()
    assert not built.error
    assert "judged by “Ours”" in built.page("hotfixes/HF-2026-0100/index.html").text


def test_records_in_a_deeper_folder_are_judged_and_listed_there(site):
    site.policy("docs/policy.yml", ("records: hotfixes", "records: ops/fixes"))
    site.record(folder="docs/ops/fixes/2026")
    shutil.rmtree(site.docs / "hotfixes")
    built = site.build(strict=True)
    assert not built.error, built.log
    assert {"ops/fixes/2026/HF-2026-0100/index.html", "ops/fixes/index.html"} <= built.pages
    links = built.page("ops/fixes/index.html").one("table", class_="hf-index").all("a")
    assert [link.attrs["href"] for link in links] == ["2026/HF-2026-0100/"]


@pytest.mark.parametrize("records", ["..", "../elsewhere", "."])
def test_records_outside_of_the_docs_folder_are_a_wrong_set_up(site, records):
    site.policy("docs/policy.yml", ("records: hotfixes", f"records: {records}"))
    assert "hotfix gate: " in site.build().said
    assert site.build().error.startswith("Abort: ")


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"),
    ],
    ids=["CRLF", "BOM", "both"],
)
def test_a_file_from_windows_makes_the_same_page(site, change):
    file = site.record(body="## Why\n\nIt broke.\n")
    plain = site.build().read("hotfixes/HF-2026-0100/index.html")
    file.write_bytes(change(file.read_bytes()))
    assert site.build().read("hotfixes/HF-2026-0100/index.html") == plain


def test_a_build_writes_nothing_into_the_docs_folder(site):
    before = site.snapshot("docs")
    folders = [path for path in (site.docs, *site.docs.rglob("*")) if path.is_dir()]
    for path in folders:
        path.chmod(0o555)
    try:
        assert not site.build().error
    finally:
        for path in folders:
            path.chmod(0o755)
    assert site.snapshot("docs") == before
