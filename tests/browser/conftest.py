"""A real browser on real builds. Without Chromium these tests are left out, and the run says so in one line."""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    next((str(one) for one in Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")), None),
)
NOW = (re.search(r"^SAMPLES_NOW = (\d+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE) or [""])[1]
THEMES = ("material", "mkdocs")
HIDDEN = ("HF-2026-0920", "Session token in the address", "seen in a proxy's log")
"""What a record under embargo tells: none of it may be in a site."""

if CHROMIUM is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line("Browser tests left out: no Chromium found. Install it: apt-get install chromium")


def open_record(number: int, title: str) -> str:
    return (
        f"---\nid: HF-2026-{number:04}\ntitle: {title}\nstatus: reported\nseverity: major\nservice: accounts\n"
        f"reported: {{at: 2026-11-23T08:{number % 60:02}:00Z, by: support-lead}}\n---\n\nSeen by one customer.\n"
    )


class _Settings(yaml.SafeLoader):
    """Reads our own mkdocs.yml, in which Material may name functions."""


_Settings.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, _, node: loader.construct_scalar(node))


@dataclass
class Site:
    """A site as it was built: its folder, the address at which it is served, and one page of each kind."""

    theme: str
    folder: Path
    address: str = ""
    few: tuple[str, ...] = ()

    def __call__(self, page: str) -> str:
        """Return the address of a page by its name in the docs folder, without `.md`."""
        return self.address + self.path(page)

    def path(self, page: str) -> str:
        if self.theme == "material":  # the handbook can be opened from a disk
            return f"{page}.html"
        return f"{page.removesuffix('index')}{'' if page.endswith('index') else '/'}"

    @property
    def pages(self) -> list[str]:
        """Every page, and of those that are alike a few; on the plain theme those that we make."""
        names = sorted(
            path.relative_to(self.folder).as_posix()[: -len(".html")] for path in self.folder.rglob("*.html")
        )
        if self.theme != "material":
            names = [re.sub(r"(?<=.)/index$", "", name) if name != "hotfixes/index" else name for name in names]
            ours = (
                name for name in names if name.startswith("hotfixes/") or not (ROOT / "docs" / f"{name}.md").is_file()
            )
            names = ["index", *ours]
        alike = re.compile(r"hotfixes/HF-|releases/[0-9]")
        return [name for name in names if name != "404" and (name in self.few or not alike.match(name))]


def _tree(folder: Path, source: Path) -> None:
    """Copy a docs folder, and add what the samples do not have: hostile words, and a record under embargo."""
    shutil.copytree(source, folder)
    for number, title in ((918, "Log-in loop after single sign-on"), (921, "Basket shows <b>two</b> totals & a tip")):
        (folder / "hotfixes" / f"HF-2026-{number:04}.md").write_text(open_record(number, title), "utf-8")
    secret = open_record(920, HIDDEN[1]).replace("status:", "security: {embargo_until: 2999-01-01}\nstatus:")
    (folder / "hotfixes" / f"{HIDDEN[0]}.md").write_text(secret, "utf-8")
    (folder / "hotfixes" / HIDDEN[0]).mkdir()
    (folder / "hotfixes" / HIDDEN[0] / "log.txt").write_text(HIDDEN[2], "utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Site]:
    """Build our own handbook as it is published, and the same on the plain theme. Once for all tests."""
    top = tmp_path_factory.mktemp("browser")
    handbook = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), _Settings)
    handbook |= {"repo_url": "https://github.com/acme/handbook", "edit_uri": "edit/main/docs/"}
    plain: dict[str, Any] = {
        "site_name": "Shop hotfixes",
        "theme": {"name": "mkdocs", "highlightjs": False},  # its highlighter comes from another host
        "plugins": ["search", "hotfix"],
        "repo_url": "https://codeberg.org/acme/handbook",
        "edit_uri": "_edit/main/docs/",
    }
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        for theme, settings in (("material", handbook), ("mkdocs", plain)):
            folder = top / theme
            _tree(folder / "docs", ROOT / "docs")
            (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
            config = load_config(str(folder / "mkdocs.yml"))
            config.plugins.on_startup(command="build", dirty=False)
            logging.getLogger("mkdocs").setLevel(logging.ERROR)
            build(config)
            few = tuple(f"hotfixes/HF-2026-{number:04}" for number in (7, 8, 11, 921))
            made[theme] = Site(theme, folder / "site", few=(*few, "releases/4.10.0"))
    return made


def _policy(folder: Path) -> str:
    """Write the strictest Content-Security-Policy that the theme's own pages can bear: nothing inline but its scripts.

    What stands in the article is ours; what stands around it is the theme's, and is allowed by its digest.
    """
    scripts, styles = set(), set()
    for path in folder.rglob("*.html"):
        text = path.read_text("utf-8")
        around = re.sub(r'(?s)<article.*</article>|<div [^>]*role="main">.*<footer', "", text)
        scripts.update(re.findall(r"(?s)<script(?![^>]* src=)[^>]*>(.*?)</script>", around))
        styles.update(unescape(one) for one in re.findall(r'<[^>]* style="([^"]*)"', around))
    return (
        f"default-src 'none'; script-src 'self' {_digests(scripts)}; style-src 'self' 'unsafe-hashes' {_digests(styles)}; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'"
    )


def _digests(texts: set[str]) -> str:
    made = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{one}'" for one in sorted(made))


class _Quiet(http.server.ThreadingHTTPServer):
    """Browsers leave in the middle of an answer."""

    def handle_error(self, request: object, client_address: object) -> None: ...


@pytest.fixture(scope="session")
def sites(built: dict[str, Site]) -> Iterator[dict[str, Site]]:
    """Serve the sites, each under a strict Content-Security-Policy."""
    servers = []
    for site in built.values():
        policy = _policy(site.folder)

        class Strict(http.server.SimpleHTTPRequestHandler):
            said = policy

            def log_message(self, *args: object) -> None: ...

            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", self.said)
                super().end_headers()

        server = _Quiet(("127.0.0.1", 0), functools.partial(Strict, directory=str(site.folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        site.address = f"http://127.0.0.1:{server.server_port}/"
    yield built
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
    """Open a tab."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    tab = context.new_page()
    yield tab
    context.close()


@pytest.fixture
def troubles(page: Page) -> list[str]:
    """Collect what goes wrong in the tab."""
    found: list[str] = []
    listen(page, found)
    return found


def listen(page: Page, found: list[str]) -> None:
    """Collect what the page says went wrong, what was refused by the policy, and what was asked of another host."""
    page.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    here = ("http://127.0.0.1:", "file:", "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(here) else found.append(asked.url))


def check(folder: Path, records: dict[str, str]) -> str:
    """File records, and ask `hotfix check` what it thinks of them: its exit code and what it says."""
    (folder / "docs" / "hotfixes").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "docs" / "policy.yml", folder / "docs" / "policy.yml")
    for name, text in records.items():
        (folder / "docs" / "hotfixes" / name).write_text(text, "utf-8")
    asked = [str(Path(sys.executable).parent / "hotfix"), "check", "--format", "concise"]
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return f"{done.returncode}\n{done.stdout}{done.stderr}"
