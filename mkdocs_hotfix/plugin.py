"""The door for MkDocs (and ProperDocs): the gate before a build, and the pages in it."""

from __future__ import annotations

import logging
import os
import posixpath
from collections.abc import Callable
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import TemplateError
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.nav import Section as NavSection
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from mkdocs_hotfix import gate, pages, paths, policy
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.pages import Book

# Without the usual prefix: a finding has the form `path:line:column: …`, which editors and CI know how to read.
log = logging.getLogger("mkdocs.plugins.mkdocs_hotfix")

DEFAULT = "docs/policy.yml"
OPT_IN = "hotfix"
PUBLISHED = (InclusionLevel.INCLUDED, InclusionLevel.UNDEFINED, InclusionLevel.NOT_IN_NAV)
_STATIC = Path(__file__).parent / "static"
_CSS = "assets/hotfix/hotfix.css"


class HotfixConfig(Config):
    """The one option; everything else is in the policy, so that command line and site can not drift apart."""

    policy = config_options.Optional(config_options.Type(str))


class HotfixPlugin(BasePlugin[HotfixConfig]):
    """Judges the records, stops the build if they claim more than they prove, and makes their pages."""

    def __init__(self) -> None:
        self._serving = False
        self._book: Book | None = None
        self._records: dict[str, Judged] = {}
        self._index: NavSection | None = None

    @property
    def book(self) -> Book:
        """The pages of this build."""
        if self._book is None:  # pragma: no cover - MkDocs calls on_pre_build first
            raise PluginError("hotfix: the gate has not run")
        return self._book

    # Once on_startup is there, MkDocs keeps the plugin over the rebuilds of `serve`: on_config starts afresh.
    def on_startup(self, *, command: str, dirty: bool, **_kwargs: Any) -> None:  # noqa: ARG002 - MkDocs' signature
        """Remember whether somebody looks at a preview."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig, **_kwargs: Any) -> MkDocsConfig:
        """Add the style sheet, and watch the policy."""
        self._book, self._records, self._index = None, {}, None
        if str(_STATIC) not in config.theme.dirs:
            config.theme.dirs.append(str(_STATIC))
        if _CSS not in config.extra_css:
            config.extra_css.insert(0, _CSS)
        return config

    def on_pre_build(self, config: MkDocsConfig, **_kwargs: Any) -> None:
        """Judge the records on the disk, before the old site is touched."""
        try:
            report = self._judge(config)
            trouble = ""
        except SetupError as error:
            if not self._serving:
                raise PluginError(f"hotfix gate: {error}") from None
            log.error("hotfix gate: %s", error)
            trouble = str(error)
            report = Report(policy.load(None, root=Path(config.docs_dir)), gate.now(), ())
        self._book = Book(report, trouble)
        self._records = {os.path.abspath(judged.file): judged for judged in report.published}
        for finding in report.findings:
            say = (
                log.error
                if finding.level is Level.ERROR
                else log.warning
                if finding.level is Level.WARNING
                else log.info
            )
            at = finding.span
            say("%s:%s:%s: %s %s: %s", finding.path, at.line, at.column, finding.code, finding.slug, finding.message)
        log.info("hotfix gate: %s", report.summary)
        if report.exit_code(strict=config.strict) and not self._serving:
            raise PluginError(f"hotfix gate: {report.summary}. `hotfix check` shows the lines and what to do.")

    def _judge(self, config: MkDocsConfig) -> Report:
        chosen = self._policy_file(config)
        found = policy.load(chosen, root=Path(config.docs_dir))
        docs = Path(os.path.abspath(config.docs_dir))
        records = Path(os.path.abspath(found.records))
        if docs not in records.parents:
            raise SetupError(
                f"{found.file}: the records folder {paths.display(records)} is not inside the docs folder {paths.display(docs)}. Move the policy into it."
            )
        if not records.is_dir():
            raise SetupError(
                f"{found.file}: the records folder {paths.display(records)} does not exist. Make it, or correct `records`."
            )
        report = gate.check(found, gate.now())
        if not report.records and not found.allow_empty:
            raise SetupError(
                f"No record found in {paths.display(records)}. File the first one, or write `allow_empty: true` into the policy."
            )
        return report

    def _policy_file(self, config: MkDocsConfig) -> Path | None:
        """Find the policy relative to the configuration; the built-in one stands in only where none was asked for."""
        base = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        if self.config.policy is not None:
            return base / self.config.policy
        return next((file for file in (base / DEFAULT, Path(config.docs_dir) / "policy.yml") if file.exists()), None)

    # -- files and navigation ------------------------------------------------------------------------------

    def on_files(self, files: Files, *, config: MkDocsConfig, **_kwargs: Any) -> Files:
        """Keep the records out of the navigation, and add the pages that the author has not written."""
        records = os.path.abspath(self.book.policy.records) + os.sep
        index = {os.path.join(records, name) for name in paths.INDEX}
        self._hide(files)
        for file in files.documentation_pages(inclusion=lambda _level: True):
            path = os.path.abspath(file.abs_src_path) if file.abs_src_path else ""
            if path in self._records:
                # A navigation of a thousand records makes every page carry a thousand links.
                file.inclusion = InclusionLevel.NOT_IN_NAV if file.inclusion in PUBLISHED else file.inclusion
            elif (
                path.startswith(records) and path not in index and file.inclusion in PUBLISHED and not self.book.trouble
            ):
                raise PluginError(
                    f"hotfix gate: {file.src_uri} lies in the records folder and was not judged. Rename it to `ID.md`, or move it."
                )
        for path, template in pages.GENERATED.items():
            uri = path.format(records=PurePosixPath(os.path.relpath(records, config.docs_dir)).as_posix())
            taken = (uri, posixpath.join(posixpath.dirname(uri), "README.md")) if uri.endswith("index.md") else (uri,)
            if not any(files.get_file_from_path(one) for one in taken):
                files.append(_generated(config, uri, self.book.generated(template)))
        return files

    def _hide(self, files: Files) -> None:
        """Leave out records under embargo, all that lies in their folders, and every report that they name."""
        hidden: set[str] = set()
        folders: list[str] = []
        for judged in self.book.report.judged:
            one = judged.record
            if one is not None and one.is_embargoed(self.book.report.as_of):
                here = Path(os.path.abspath(judged.file))
                folders += [os.path.join(here.parent, name) + os.sep for name in (judged.name, here.stem)]
                named = (text for evidence in one.evidence.values() for text in evidence.reports)
                places = (paths.locate(text, judged.file, one.root) for text in named)
                hidden |= {str(here), *(os.path.abspath(place.file) for place in places if not place.trouble)}
        for file in files if hidden else ():
            path = os.path.abspath(file.abs_src_path) if file.abs_src_path else ""
            if path in hidden or path.startswith(tuple(folders)):
                file.inclusion = InclusionLevel.EXCLUDED

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, **_kwargs: Any) -> Navigation:
        """Find the section to which the records belong, so that it is marked while one of them is read."""
        uri = PurePosixPath(os.path.relpath(self.book.policy.records, config.docs_dir)).as_posix()
        for page in nav.pages:
            if posixpath.dirname(page.file.src_uri) == uri and page.parent is not None:
                self._index = page.parent if isinstance(page.parent, NavSection) else None
        return nav

    # -- pages ---------------------------------------------------------------------------------------------

    def on_page_read_source(self, /, *, page: Page, **_kwargs: Any) -> str | None:
        """Keep a record's own text away from MkDocs: it reads front matter loosely and Markdown too willingly."""
        judged = self._of(page.file)
        if judged is None:
            return None
        page.parent = self._index
        return "\n"

    def on_page_markdown(self, markdown: str, /, *, page: Page, **_kwargs: Any) -> str:
        """Put the blocks into pages whose authors asked for them."""
        judged = self._of(page.file)
        if judged is not None:
            title = judged.record.title if judged.record and judged.record.title else judged.name
            summary = str(judged.record.data.get("summary", "")) if judged.record else ""
            # Themes print these as they are.
            page.meta = {"title": escape(title), "description": escape(summary or title)}
            return ""
        if page.meta.get(OPT_IN) != "blocks" or page.file.generated_by == "hotfix":
            return markdown
        try:
            return pages.expand(markdown, self.book)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            where = f"{page.file.src_uri}{f' (line {line} below the front matter)' if line else ''}"
            if self._serving:
                log.error("%s: %s", where, error.message)
                return f"**{escape(where)}: {escape(error.message or '')}**\n\n{markdown}"
            raise PluginError(f"{where}: {error.message}") from None

    def on_page_content(self, html: str, /, *, page: Page, files: Files, **_kwargs: Any) -> str:
        """Make the page of a record, or fill the blocks, after Markdown has run: HTML is faster than Markdown tables."""
        judged = self._of(page.file)
        if judged is None:
            return pages.fill(html, self.book, _link_from(page.file, files))
        made = self.book.record(judged, _resolve_from(page.file, files), serving=self._serving)
        page.toc = get_toc(_tokens(made))
        return made.html

    def _of(self, file: File) -> Judged | None:
        return self._records.get(os.path.abspath(file.abs_src_path)) if file.abs_src_path else None


def _generated(config: MkDocsConfig, uri: str, content: str) -> File:
    made = File.generated(config, uri, content=content)
    made.generated_by = "hotfix"
    # Other plugins ask every file for its path; this one has none to edit.
    made.abs_src_path = os.path.join(config.docs_dir, *uri.split("/"))
    made.edit_uri = None
    return made


def _tokens(made: pages.Page) -> list[Any]:
    """Nest the headings as Markdown's own table of contents does."""
    root: list[Any] = []
    stack: list[tuple[int, list[Any]]] = [(1, root)]
    for heading in made.headings:
        while len(stack) > 1 and stack[-1][0] >= heading.level:
            stack.pop()
        token: dict[str, Any] = {
            "level": heading.level,
            "id": heading.id,
            "name": escape(heading.title),
            "children": [],
        }
        stack[-1][1].append(token)
        stack.append((heading.level, token["children"]))
    return root


def _link_from(here: File, files: Files) -> pages.Link:
    known = {
        os.path.abspath(file.abs_src_path): file for file in files if file.abs_src_path and file.inclusion in PUBLISHED
    }

    def link(judged: Judged) -> str | None:
        file = known.get(os.path.abspath(judged.file))
        return file.url_relative_to(here) if file else None

    return link


def _resolve_from(here: File, files: Files) -> Callable[[str], str | None]:
    """Follow a path relative to the record to where the site publishes it."""

    def resolve(path: str) -> str | None:
        parts = urlsplit(path)
        if not parts.path:
            return f"#text-{parts.fragment.removeprefix('text-')}" if parts.fragment else None
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), unquote(parts.path)))
        file = files.get_file_from_path(uri)
        if file is None or file.inclusion not in PUBLISHED:
            return None
        return file.url_relative_to(here) + (f"#{parts.fragment}" if parts.fragment else "")

    return resolve
