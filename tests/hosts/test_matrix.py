"""One plugin on every host and theme: the same records give the same findings and the same pages.

`make test` runs a slice: the oldest MkDocs with the plain theme, ProperDocs with Material. `make hosts` runs them all.
"""

from __future__ import annotations

import json
import re
from itertools import product

import pytest

OLD = ("mkdocs==1.6.0", "mkdocs-material")
NEW = ("mkdocs==1.6.1", "properdocs>=1.6,<1.7", "properdocs-theme-mkdocs", "mkdocs-material")
HOSTS = {"mkdocs-1.6.0": ("mkdocs", OLD), "mkdocs-1.6.1": ("mkdocs", NEW), "properdocs": ("properdocs", NEW)}
THEMES = {"plain": "{name: mkdocs}", "material": "{name: material, font: false}"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SLICE = {("3.11", "mkdocs-1.6.0", "plain"), ("3.11", "properdocs", "material")}
FINDING = re.compile(r"(docs/\S+:\d+:\d+: [A-Z]{3}\d{3} .*)")


every_cell = pytest.mark.parametrize(
    ("python", "host", "theme"),
    [
        pytest.param(
            *cell, marks=[pytest.mark.slow, *([] if cell in SLICE else [pytest.mark.hosts])], id="-".join(cell)
        )
        for cell in product(PYTHONS, HOSTS, THEMES)
    ],
)


def configure(folder, theme):
    text = (
        f"site_name: Sample shop\nsite_url: https://shop.example/\ntheme: {THEMES[theme]}\nplugins: [search, hotfix]\n"
    )
    (folder / "mkdocs.yml").write_text(text, "utf-8")


@every_cell
def test_the_same_records_give_the_same_pages(python, host, theme, homes, tree):
    """`verify-site` compares each page, file by file, with what the core says of it; and says so of a page that is not."""
    configure(tree, theme)
    program, packages = HOSTS[host]
    here = homes(python, *packages)
    built = here.run(program, "build", "--strict", folder=tree)
    assert built.code == 1, "a promise that was not kept is a warning"
    assert "TIM403 sla-missed" in built.said
    built = here.run(program, "build", folder=tree)
    assert built.code == 0, built.said
    assert "hotfix gate: 2 records, 0 errors" in built.said
    pages = {path.relative_to(tree / "site").as_posix() for path in (tree / "site").rglob("*.html")} - {"404.html"}
    made = {
        "",
        "hotfixes/",
        "hotfixes/HF-2026-0007/",
        "hotfixes/HF-2026-0020/",
        "metrics/",
        "new/",
        "process/",
        "record/",
    }
    made |= {"releases/", "releases/4.12.2/", "rules/", "triage/"}
    assert pages - {"search.html"} == {f"{page}index.html" for page in made}
    seen = here.run("hotfix", "verify-site", "site", folder=tree)
    assert (seen.code, seen.said) == (0, "site shows what the gate says of these records and this policy.\n")
    page = tree / "site/hotfixes/HF-2026-0007/index.html"
    page.write_text(page.read_text("utf-8").replace("6 of 6", "6 of 7"), "utf-8")
    assert here.run("hotfix", "verify-site", "site", folder=tree).code == 1
    found = json.loads((tree / "site/search/search_index.json").read_text("utf-8"))["docs"]
    assert [one["title"] for one in found if one["location"] == "hotfixes/HF-2026-0007/"] == [
        "Checkout fails for saved cards"
    ]


@every_cell
def test_the_same_records_give_the_same_findings(python, host, theme, homes, broken):
    configure(broken, theme)
    program, packages = HOSTS[host]
    here = homes(python, *packages)
    checked = here.run("hotfix", "check", "--format", "concise", folder=broken)
    assert checked.code == 1
    wanted = FINDING.findall(checked.said)
    slugs = sorted(line.split(": ")[1].split()[1] for line in wanted if "HF-2026-0019" in line)
    assert slugs == ["missing-evidence", "missing-evidence", "report-missing"]
    (broken / "site").mkdir()
    (broken / "site" / "index.html").write_text("the older site", "utf-8")
    for flags in ((), ("--strict",), ("-q",)):
        built = here.run(program, "build", *flags, folder=broken)
        assert built.code == 1, built.said
        assert FINDING.findall(built.said) == [
            line for line in wanted if "-q" not in flags or "TIM403" not in line or line in built.said
        ]
        assert [path.name for path in (broken / "site").iterdir()] == ["index.html"]
