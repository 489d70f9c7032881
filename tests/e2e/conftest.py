"""Real builds of real trees: each site is a folder of its own, each build has a fresh configuration."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import markdown
import pytest
import yaml
from click.testing import CliRunner
from mkdocs.commands.build import build
from mkdocs.config import load_config

from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.pagefile import split
from mkdocs_hotfix.urls import address, is_page

HERE = Path(__file__).parent
THEMES = ("mkdocs", "material")
NOW = "1795405200"  # 2026-11-23T03:40:00Z
POLICY = (HERE.parents[1] / "mkdocs_hotfix" / "policy.yml").read_text("utf-8")
SMALL = """\
---
id: {id}
title: {title}
status: reported
severity: major
service: checkout
reported: {{at: 2026-11-23T03:10:00Z, by: support-lead}}
---
{body}
"""


# -- HTML ----------------------------------------------------------------------------------------------------

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Node:
    """An element as the HTML parser sees it."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(
            "".join(child if isinstance(child, str) else f" {child.text} " for child in self.children).split()
        )

    @property
    def raw(self) -> str:
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    def all(self, tag: str = "", **attrs: str) -> list[Node]:
        """Every element below with this tag, and with each of these words in these attributes (`class_`, `id` …)."""
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag)
            and all(word in one.attrs.get(name.rstrip("_"), "").split() for name, word in attrs.items())
        ]

    def one(self, tag: str = "", **attrs: str) -> Node:
        found = self.all(tag, **attrs)
        assert len(found) == 1, (tag, attrs, [node.text[:80] for node in found])
        return found[0]

    def walk(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.open[0]


# -- sites ---------------------------------------------------------------------------------------------------


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


@dataclass
class Built:
    """What a build in this process came to."""

    site: Path
    log: list[str]
    error: str = ""

    @property
    def pages(self) -> set[str]:
        return {path.relative_to(self.site).as_posix() for path in self.site.rglob("*.html")}

    @property
    def said(self) -> str:
        """Everything that the build logged, a line each."""
        return "\n".join(self.log)

    def read(self, path: str) -> str:
        return (self.site / path).read_text("utf-8")

    def page(self, path: str) -> Node:
        return parse(self.read(path))


@dataclass
class Site:
    """A folder with a `mkdocs.yml` and a docs folder. Its theme is the smallest there is, unless `config` names one."""

    root: Path
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def docs(self) -> Path:
        return self.root / self.config.get("docs_dir", "docs")

    @property
    def out(self) -> Path:
        return self.root / "site"

    def write(self, path: str, content: str | bytes = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def record(
        self, name: str = "HF-2026-0100", title: str = "A small one", body: str = "", folder: str = "docs/hotfixes"
    ) -> Path:
        """File a record that passes."""
        return self.write(f"{folder}/{name}.md", SMALL.format(id=name, title=title, body=body))

    def broken(self) -> Path:
        """File the record that claims more than it proves, in exactly three places."""
        return self.write("docs/hotfixes/HF-2026-0019.md", (HERE / "broken" / "HF-2026-0019.md").read_bytes())

    def closed(self, *changes: tuple[str, str]) -> Path:
        """File the sample that proves everything, with its reports, and some of its lines changed (patterns)."""
        shutil.copytree(HERE / "docs/hotfixes/HF-2026-0007", self.docs / "hotfixes/HF-2026-0007")
        text = (HERE / "docs/hotfixes/HF-2026-0007.md").read_text("utf-8")
        for old, new in changes:
            text, found = re.subn(old, new, text, flags=re.MULTILINE)
            assert found, old
        return self.write("docs/hotfixes/HF-2026-0007.md", text)

    def policy(self, path: str = "docs/policy.yml", *changes: tuple[str, str]) -> Path:
        """Write the built-in policy, with some of its words changed."""
        text = POLICY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return self.write(path, text)

    def configure(self) -> Path:
        settings = {
            "site_name": "Sample shop",
            "theme": {"name": None, "custom_dir": str(HERE / "theme")},
            "plugins": ["hotfix"],
        }
        return self.write("mkdocs.yml", yaml.safe_dump({**settings, **self.config}, sort_keys=False))

    def build(
        self, *, serving: bool = False, dirty: bool = False, strict: bool | None = None, config: Path | None = None
    ) -> Built:
        """Build in this process; with `serving`, as the preview does. MkDocs keeps the plugin from build to build."""
        handler, log = _Lines(), logging.getLogger("mkdocs")
        level = log.level
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        error = ""
        try:
            loaded = load_config(config_file=str(config or self.configure()), strict=strict)
            loaded.plugins.on_startup(command="serve" if serving else "build", dirty=dirty)
            build(loaded, serve_url="http://localhost/" if serving else None, dirty=dirty)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - how a build ends is what is tested
            error = f"{type(raised).__name__}: {raised}"
        finally:
            log.removeHandler(handler)
            log.setLevel(level)
        return Built(self.out, handler.lines, error)

    def run(self, *arguments: str, cwd: Path | None = None, python: tuple[str, ...] = (), **env: str) -> Ran:
        """Run `mkdocs` as people do, in a process of its own."""
        self.configure()
        return self.python(*python, "-m", "mkdocs", *arguments, cwd=cwd, **env)

    def python(self, *arguments: str, cwd: Path | None = None, stdin: str = "", **env: str) -> Ran:
        return Ran.of([sys.executable, *arguments], cwd or self.root, env, stdin)

    def render(self, *arguments: str, code: int = 0) -> str:
        """Run `hotfix render` in this process, from this folder, and return what it says."""
        return self.hotfix("render", *arguments, code=code)

    def hotfix(self, *arguments: str, code: int = 0) -> str:
        """Run the program in this process, from this folder, and return what it says."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            done = CliRunner().invoke(cli, arguments, standalone_mode=False)
        if isinstance(done.exception, SetupError):
            assert code == 2, done.exception
            return str(done.exception)
        if done.exception:
            raise done.exception
        assert done.return_value == code, done.output
        return done.output

    def convert(self, folder: str = "made", extensions: tuple[str, ...] = ("toc", "tables", "fenced_code")) -> Built:
        """Build a folder of Markdown as the simplest generator would: Python-Markdown, and all other files as they are."""
        base, out = self.root / folder, self.root / "converted"
        for path in sorted(base.rglob("*")):
            uri = path.relative_to(base).as_posix()
            if path.is_dir() or uri.startswith("."):
                continue
            target = out / (unquote(address(uri, folders=True)) + "index.html" if is_page(uri) else uri)
            target.parent.mkdir(parents=True, exist_ok=True)
            if is_page(uri):
                _, body = split(path.read_text("utf-8"))
                target.write_text(f'<div role="main">{markdown.markdown(body, extensions=extensions)}</div>', "utf-8")
            else:
                target.write_bytes(path.read_bytes())
        return Built(out, [])

    def snapshot(self, folder: str = "site") -> dict[str, tuple[bytes, int]]:
        """Every file of a folder with its bytes and the time it was last written."""
        base = self.root / folder
        return {
            path.relative_to(base).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }


@dataclass
class Ran:
    """What a process came to."""

    code: int
    stdout: str
    stderr: str

    @classmethod
    def of(cls, command: list[str], cwd: Path, env: dict[str, str], stdin: str) -> Ran:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        kept |= {"SOURCE_DATE_EPOCH": NOW, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1", **env}
        done = subprocess.run(
            command, cwd=cwd, env=kept, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )
        return cls(done.returncode, done.stdout, done.stderr)


@pytest.fixture(autouse=True, scope="session")
def _now() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        yield


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Site]:
    """Make an empty site, to be built once for many tests."""
    return lambda config: Site(tmp_path_factory.mktemp("site"), config)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with one page and one record, both small."""
    made = Site(tmp_path)
    made.write("docs/index.md", "# Home\n")
    made.record()
    return made


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """The sample tree, built once for each theme."""
    built: dict[str, Built] = {}

    def of(theme: str) -> Built:
        if theme not in built:
            made = Site(tmp_path_factory.mktemp(theme), {"theme": {"name": theme}, "plugins": ["search", "hotfix"]})
            shutil.copytree(HERE / "docs", made.docs)
            built[theme] = made.build()
            assert not built[theme].error, built[theme].log
        return built[theme]

    return of


@pytest.fixture(params=THEMES)
def shop(request: pytest.FixtureRequest, sample: Callable[[str], Built]) -> Built:
    """The sample tree on each of the two themes."""
    return sample(request.param)
