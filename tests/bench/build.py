"""What the gate and the pages of records add to a Material build of the same pages.

Three builds take turns, each a process of its own with the same files and the same theme:

- Material alone. It reads the front matter as metadata and makes pages of the texts. For each page that the plugin makes
  besides (a release, a year, the guide) it has a page with a heading, so that both build as many pages.
- The same, and the gate runs before it, as the plugin runs it. The pages are still Material's.
- The plugin: the gate, a record's page with its blocks, the list of all hotfixes, the handbook's other pages.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench import corpus
from tests.bench.table import Row, cpu_and_peak

RECORDS = 1_000
RUNS = 3
MAX_GATE = 10.0
MAX_BLOCKS = 25.0

SITE = """
site_name: Handbook
theme: {{name: material, font: false}}
use_directory_urls: true
not_in_nav: |
  hotfixes/*
  releases/*
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
}


def rows(folder: Path) -> list[Row]:
    """Measure in a folder that is empty."""
    corpus.write(folder / "docs", RECORDS)
    (folder / "gate_only.py").write_text(GATE_ONLY, "utf-8")
    for name, more in VARIANTS.items():
        docs = "docs" if name == "plugin" else "docs-same"
        (folder / f"{name}.yml").write_text(SITE.format(name=name, docs=docs) + more, "utf-8")
    environment = {"SOURCE_DATE_EPOCH": str(corpus.EPOCH), "NO_MKDOCS_2_WARNING": "1"}
    shutil.copytree(folder / "docs", folder / "docs-same")
    _build(folder, "plugin", environment)
    for page in (folder / "site-plugin").rglob("index.html"):
        place = page.parent.relative_to(folder / "site-plugin")
        stub = folder / "docs-same" / (f"{place}.md" if place.name else "index.md")
        if not stub.exists() and place.parts[:1] != ("hotfixes",):
            stub.parent.mkdir(exist_ok=True)
            stub.write_text("# A page\n", "utf-8")
    gate, blocks = [], []
    for _ in range(RUNS):
        cpu = {name: _build(folder, name, environment) for name in VARIANTS}
        gate.append((cpu["gate"] / cpu["alone"] - 1) * 100)
        blocks.append((cpu["plugin"] - cpu["gate"]) / cpu["alone"] * 100)
        print(f"  build: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in cpu.items())}", file=sys.stderr)
    return [
        Row(f"build {RECORDS:,} pages: the gate adds", "% of Material", gate, MAX_GATE),
        Row("the pages of records add", "% of Material", blocks, MAX_BLOCKS),
    ]


def _build(folder: Path, name: str, environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", f"{name}.yml"]
    return cpu_and_peak(command, folder, environment)[0]
