"""What the gate and the pages of records add to a Material build of the same pages.

Four builds take turns, each a process of its own with the same files and the same theme:

- Material alone. It reads the front matter as metadata and makes pages of the texts. In the place of each page that the plugin
  makes besides (a release, a year, the guide) it has a page with a heading, so that both build as many pages, with the same
  navigation beside them.
- The same, and the gate runs before it, as the plugin runs it. The pages are still Material's.
- The plugin: the gate, a record's page with its blocks, the list of all hotfixes, the handbook's other pages.

And, to tell what of that is Material's own work on longer pages: Material alone, of the pages as `hotfix render` writes them.

User and system CPU time of whole builds; the gate has no cache, as on a fresh machine.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.bench import corpus
from tests.bench.table import Ran, Row, run

RUNS = {300: 5, 1_000: 5, 3_000: 2, 10_000: 1}
MAX_GATE = 1.10
MAX_BUILD = 1.35
MAX_LINEAR = 1.1
"""So many times the records, and a tenth for chance."""
MAX_MB = 1.0

SITE = """
site_name: Handbook
theme: {{name: material, font: false}}
use_directory_urls: true
not_in_nav: |
  hotfixes/*
  releases/*
  years/*
site_dir: site-{name}
docs_dir: {docs}
"""
GATE_ONLY = """
from mkdocs_hotfix.plugin import HotfixPlugin

def on_pre_build(config):
    plugin = HotfixPlugin()
    plugin.load_config({}, config.config_file_path)
    plugin.on_pre_build(config=config)
"""
VARIANTS = {
    "alone": "plugins: [search]\n",
    "gate": "plugins: [search]\nhooks: [gate_only.py]\n",
    "plugin": "plugins: [search, hotfix]\n",
    "rendered": "plugins: [search]\n",
}


def rows(folder: Path) -> list[Row]:
    """Measure in a folder that is empty."""
    found, shares = [], {}
    for records, runs in RUNS.items():
        here = folder / str(records)
        _prepare(here, records)
        ran = [_turn(here, records) for _ in range(runs)]
        shares[records] = [one["plugin"].cpu - one["alone"].cpu for one in ran]
        found += [
            Row(
                f"{records:,} records: with the gate",
                "× Material",
                [one["gate"].cpu / one["alone"].cpu for one in ran],
                MAX_GATE,
            ),
            Row(
                "  with all that the plugin does",
                "× Material",
                [one["plugin"].cpu / one["alone"].cpu for one in ran],
                MAX_BUILD,
            ),
            Row("  Material alone, for each record", "ms", [one["alone"].cpu / records * 1e3 for one in ran]),
            Row(
                "  against Material of pages as long",
                "× Material",
                [one["plugin"].cpu / one["rendered"].cpu for one in ran],
                MAX_BUILD,
            ),
            Row("  peak memory with the plugin", "MiB", [one["plugin"].peak for one in ran]),
            Row("  peak memory of Material alone", "MiB", [one["alone"].peak for one in ran]),
            Row("  peak memory of Material, pages as long", "MiB", [one["rendered"].peak for one in ran]),
            Row("  largest page", "MB", [_largest(here / "site-plugin")], MAX_MB),
            Row(
                "  lists of a year, or of a part of one",
                "pages",
                [len(list((here / "site-plugin/hotfixes").glob("[0-9]*/index.html")))],
            ),
        ]
    for many in (3_000, 10_000):
        linear = [large / small for small in shares[1_000] for large in shares[many]]
        most = many / 1_000 * MAX_LINEAR
        found.append(Row(f"the plugin's share of {many:,} records", "× 1,000", linear, most))
    return found


def _prepare(folder: Path, records: int) -> None:
    corpus.write(folder / "docs", records)
    (folder / "gate_only.py").write_text(GATE_ONLY, "utf-8")
    for name, more in VARIANTS.items():
        docs = {"plugin": "docs", "rendered": "rendered"}.get(name, "docs-same")
        (folder / f"{name}.yml").write_text(SITE.format(name=name, docs=docs) + more, "utf-8")
    shutil.copytree(folder / "docs", folder / "docs-same")
    program = "import sys; from mkdocs_hotfix.cli import main; sys.exit(main())"
    run([sys.executable, "-c", program, "render", "--out", "rendered", "--as-of", corpus.AS_OF], folder)
    same = folder / "docs-same"
    for page in (folder / "rendered").rglob("*.md"):
        there = same / page.relative_to(folder / "rendered")
        if there.parent.name == "hotfixes" and there.name[0].isdigit():
            there = same / "years" / there.name  # the gate would take it for a record
        if not there.exists():
            there.parent.mkdir(exist_ok=True)
            there.write_text("# A page\n", "utf-8")


def _largest(site: Path) -> float:
    return max(page.stat().st_size for page in site.rglob("*.html")) / 1e6


def _turn(folder: Path, records: int) -> dict[str, Ran]:
    ran = {name: _build(folder, name) for name in VARIANTS}
    said = ", ".join(f"{name} {one.cpu:.1f} s" for name, one in ran.items())
    print(f"  build {records:,}: {said}", file=sys.stderr)
    return ran


def _build(folder: Path, name: str) -> Ran:
    environment = {"SOURCE_DATE_EPOCH": str(corpus.EPOCH), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", f"{name}.yml"]
    return run(command, folder, environment)
