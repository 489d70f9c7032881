"""A real browser on real builds. Without Chromium these tests are left out, and the run says so in one line."""

from __future__ import annotations

import functools
import http.server
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
NOW = "1795405200"  # 2026-11-23T03:40:00Z
THEMES = {
    "material": {
        "name": "material",
        "font": False,
        "palette": [
            {"media": "(prefers-color-scheme: light)", "scheme": "default", "primary": "custom"},
            {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "custom"},
        ],
    },
    "mkdocs": {"name": "mkdocs", "highlightjs": False},  # its highlighter comes from another host
}
PAGES = (
    "",
    "process/",
    "triage/",
    "hotfixes/",
    "hotfixes/HF-2026-0007/",
    "hotfixes/HF-2026-0018/",
    "metrics/",
    "new/",
    "record/",
    "rules/",
)

if CHROMIUM is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line("Browser tests left out: no Chromium found. Install it: apt install chromium")


def open_record(number: int, title: str) -> str:
    return (
        f"---\nid: HF-2026-{number:04}\ntitle: {title}\nstatus: reported\nseverity: major\nservice: accounts\n"
        "reported: {at: 2026-11-23T03:10:00Z, by: support-lead}\n---\n\nSeen by one customer.\n"
    )


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the same handbook on each theme: a closed hotfix, open ones, and one under embargo."""
    folder = tmp_path_factory.mktemp("browser")
    docs = folder / "docs"
    shutil.copytree(HERE.parent / "examples" / "docs", docs)
    (docs / "hotfixes" / "HF-2026-0019.md").unlink()
    shutil.copy(HERE.parents[1] / "docs" / "css" / "handbook.css", docs)
    for number, title in ((18, "Log-in loop after single sign-on"), (21, "Basket shows <b>two</b> totals & a tip")):
        (docs / "hotfixes" / f"HF-2026-{number:04}.md").write_text(open_record(number, title), "utf-8")
    secret = open_record(22, "Session token in the address").replace(
        "status:", "security: {embargo_until: 2999-01-01}\nstatus:"
    )
    (docs / "hotfixes" / "HF-2026-0022.md").write_text(secret, "utf-8")
    os.environ["SOURCE_DATE_EPOCH"] = NOW
    made = {}
    for name, theme in THEMES.items():
        settings = {
            "site_name": "Shop hotfixes",
            "site_dir": str(folder / name),
            "theme": theme,
            "plugins": ["search", "hotfix"],
            "extra_css": ["handbook.css"] if name == "material" else [],
        }
        (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
        config = load_config(str(folder / "mkdocs.yml"))
        config.plugins.on_startup(command="build", dirty=False)
        logging.getLogger("mkdocs").setLevel(logging.ERROR)
        build(config)
        made[name] = folder / name
    del os.environ["SOURCE_DATE_EPOCH"]
    return made


@pytest.fixture(scope="session")
def addresses(sites: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Serve the sites."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

    servers = []
    made = {}
    for name, folder in sites.items():
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        made[name] = f"http://127.0.0.1:{server.server_port}/"
    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab that remembers what went wrong, and every request that left the site."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    tab = context.new_page()
    yield tab
    context.close()
