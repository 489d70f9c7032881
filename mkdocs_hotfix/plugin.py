"""The door for MkDocs (and ProperDocs): the gate before a build, and the pages in it."""

from __future__ import annotations

import logging
import os
import posixpath
import re
from collections.abc import Callable, Container
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.config import config_options
from mkdocs.config.base import Config, ValidationError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel, get_files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.nav import Section as NavSection
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from mkdocs_hotfix import (
    blocks,
    cache,
    exports,
    forge,
    gate,
    newrecord,
    pagefile,
    pages,
    paths,
    policyfile,
    recordpage,
    releases,
    searchtext,
    tree,
)
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.plain import inert
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.releases import Release
from mkdocs_hotfix.searchtext import Html
from mkdocs_hotfix.source import Source

# Without the usual prefix: a finding has the form `path:line:column: …`, which editors and CI know how to read.
log = logging.getLogger("mkdocs.plugins.mkdocs_hotfix")

OPT_IN = "hotfix"
PUBLISHED = (InclusionLevel.INCLUDED, InclusionLevel.UNDEFINED, InclusionLevel.NOT_IN_NAV)
_WORKER = "assets/hotfix/iframe-worker.js"


class _AlwaysOn(config_options.Type[bool]):
    """MkDocs would drop a plugin with `enabled: false` without a word; then records would be published unjudged."""

    def run_validation(self, value: object) -> bool:
        if value is not True:
            raise ValidationError(
                "The gate can not be switched off. Take `hotfix` out of `plugins` to build without it."
            )
        return True


class HotfixConfig(Config):
    """The one option; everything else is in the policy, so that command line and site can not drift apart."""

    policy = config_options.Optional(config_options.Type(str))
    enabled = _AlwaysOn(bool, default=True)


class HotfixPlugin(BasePlugin[HotfixConfig]):
    """Judges the records, stops the build if they claim more than they prove, and makes their pages."""

    def __init__(self) -> None:
        self._serving = False
        self._dirty = False
        self._session = cache.Session()
        self._policy: Policy | None = None  # the last good one: it outlives a rebuild
        self._book: Book | None = None
        self._records: dict[str, Judged] = {}
        self._shown: dict[str, File] = {}
        self._uris: dict[str, Judged] = {}
        self._made: dict[str, str] = {}  # the text of pages of ours, by path
        self._outcome: tuple[Report, tuple[Release, ...], str] | None = None
        self._index: NavSection | None = None

    @property
    def book(self) -> Book:
        """The pages of this build."""
        if self._book is None:  # pragma: no cover - MkDocs calls on_pre_build first
            raise PluginError("hotfix: the gate has not run")
        return self._book

    # Once on_startup is there, MkDocs keeps the plugin over the rebuilds of `serve`: on_config starts afresh.
    def on_startup(self, *, command: str, dirty: bool, **_kwargs: Any) -> None:
        """Remember whether somebody looks at a preview, and whether MkDocs skips pages whose files have not changed."""
        self._serving, self._dirty, self._policy = command == "serve", dirty, None

    def on_config(self, config: MkDocsConfig, **_kwargs: Any) -> MkDocsConfig:
        """Add the style sheet, and watch a policy that lies outside of the docs folder."""
        self._book, self._index = None, None
        self._records, self._uris, self._shown, self._made = {}, {}, {}, {}
        if str(pagefile.STATIC) not in config.theme.dirs:
            config.theme.dirs.append(str(pagefile.STATIC))
        if pagefile.CSS not in config.extra_css:
            config.extra_css.insert(0, pagefile.CSS)
        if pagefile.SCRIPT not in config.extra_javascript:
            config.extra_javascript.append(pagefile.SCRIPT)
        _keep_search_here(config)
        searchtext.shorten(config.plugins.events["page_context"])
        asked = self._asked(config)
        if asked is not None and asked.is_file():
            config.watch.append(os.path.abspath(asked))
        return config

    def on_pre_build(self, config: MkDocsConfig, **_kwargs: Any) -> None:
        """Judge the records on the disk, before the old site is touched."""
        if _is_translation(config) and self._outcome:
            self._take(config, *self._outcome)  # judged and told with the first language
            return
        # MkDocs ends a strict preview at its first warning, and a preview has to come up to show what is wrong.
        loud = log.info if self._serving and config.strict else log.error
        try:
            report = self._judge(config)
            listed, trouble = releases.load(report.policy.root), ""
        except SetupError as error:
            if not self._serving:
                raise PluginError(f"hotfix gate: {error}") from None
            loud("hotfix gate: %s", error)
            listed, trouble = (), str(error)
            report = Report(self._policy or policyfile.load(None, root=Path(config.docs_dir)), gate.now(), ())
        self._outcome = report, listed, trouble
        self._take(config, *self._outcome)
        for finding in report.findings:
            closes = finding.level is Level.ERROR or (config.strict and finding.level is Level.WARNING)
            say = loud if closes else log.warning if finding.level is Level.WARNING else log.info
            at = finding.span
            told = f"{finding.path}:{at.line}:{at.column}: {finding.code} {finding.slug}: {finding.message}"
            say("%s", inert(told))
        if not trouble:
            log.info("hotfix gate: %s", report.summary)
        if report.exit_code(strict=config.strict) and not self._serving:
            raise PluginError(f"hotfix gate: {report.summary}. `hotfix check` shows the lines and what to do.")
        judged_paths = {os.path.abspath(one.file) for one in report.judged}
        # MkDocs looks at each file of the docs folder afterwards; to do so twice is worth it only where something is odd.
        odd = not trouble and any(tree.odd(Path(config.docs_dir), judged_paths, report.policy))
        for file in get_files(config).documentation_pages() if odd else ():
            try:
                self._refuse_unjudged(file, config, judged_paths)
            except PluginError as error:
                if not self._serving:
                    raise
                loud("%s", error)

    def _take(self, config: MkDocsConfig, report: Report, listed: tuple[Release, ...], trouble: str) -> None:
        self._policy = report.policy
        self._book = Book(report, trouble, listed, tree.records_uri(report.policy, config.docs_dir))
        self._records = {os.path.abspath(judged.file): judged for judged in report.published}

    def _judge(self, config: MkDocsConfig) -> Report:
        asked = self._asked(config)
        found = policyfile.load(
            asked or policyfile.default(_base(config) / "docs", Path(config.docs_dir)), root=Path(config.docs_dir)
        )
        docs, records = Path(os.path.abspath(config.docs_dir)), Path(os.path.abspath(found.records))
        shown = paths.display(records)
        if docs not in records.parents:
            raise SetupError(
                f"{found.place('records')} the records folder {shown} is not inside the docs folder {paths.display(docs)}. Move the policy into it."
            )
        if records.exists() and os.path.realpath(records) != os.path.join(
            os.path.realpath(docs), os.path.relpath(records, docs)
        ):
            raise SetupError(
                f"{found.place('records')} the records folder {shown} is a symbolic link or lies behind one, and links are not followed. Put the folder itself there."
            )
        # A preview judges one edited record again, and a build each of them once.
        memory = self._session.memory(found) if self._serving else None
        report = gate.check(found, gate.now(), memory=memory)
        if report.outdated:
            log.info("hotfix gate: %s entries of the baseline match nothing any more", len(report.outdated))
        if not report.records and not found.allow_empty:
            raise SetupError(
                f"No record found in {shown}. File the first one, or write `allow_empty: true` into the policy."
            )
        return report

    def _asked(self, config: MkDocsConfig) -> Path | None:
        """Find the policy that the option names; the built-in one stands in only where none was asked for."""
        return None if self.config.policy is None else _base(config) / self.config.policy

    def _refuse_unjudged(self, file: File, config: MkDocsConfig, judged: Container[str]) -> None:
        """End the build over a page that is, or looks like, a record and has not been through the gate."""
        path = os.path.abspath(file.abs_src_path) if file.abs_src_path else ""
        if path not in judged and (why := tree.unjudged(file.src_uri, path, self.book.policy, Path(config.docs_dir))):
            raise PluginError(f"hotfix gate: {why}")

    # -- files and navigation ------------------------------------------------------------------------------

    # Before others: they lead people to these pages (redirects), or translate them.
    @event_priority(90)
    def _start_files(self, files: Files, /, *, config: MkDocsConfig, **_kwargs: Any) -> Files:
        """Keep the records out of the navigation, and add the pages that the author has not written."""
        wanted: list[tuple[File, pages.Made]] = []
        self._sort_out(files)
        # By address: an author's `process/index.md` or `hotfixes/README.md` is one, too.
        taken = {file.dest_uri: file.src_uri for file in files}
        for page in pages.made(self.book):
            file = _generated(config, page.uri)
            if file.dest_uri in taken:
                self.book.moved[page.uri] = taken[file.dest_uri]
            else:
                wanted.append((file, page))
        for file, page in wanted:
            self._made[page.uri] = page.text(self.book)
            _write(file, self._made[page.uri])
            if page.of:
                file.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(file)
        return files

    # After all others: pages have their last address then. And mkdocs-static-i18n puts an empty file in the place of each of
    # ours, since it looks for them on the disk.
    @event_priority(-150)
    def _finish_files(self, files: Files, /, *, config: MkDocsConfig, **_kwargs: Any) -> Files:
        self._sort_out(files)
        for file in files.documentation_pages():
            if (judged := self._of(file)) is not None:
                self._uris[file.src_uri] = judged
            elif file.src_uri in self._made and not Path(file.abs_src_path or "").is_file():
                file.generated_by, file.edit_uri = "hotfix", None
                _write(file, self._made[file.src_uri])
        if not _is_translation(config):
            self._export(files, config)
        if self._dirty:
            self._renew(files)
        return files

    on_files = CombinedEvent(_start_files, _finish_files)

    def _export(self, files: Files, config: MkDocsConfig) -> None:
        """Add what programs read, unless the author has a file at that path."""
        book = self.book
        urls = {
            os.path.abspath(file.abs_src_path): file.url
            for file in files
            if file.abs_src_path and file.inclusion in PUBLISHED
        }
        made = exports.site_files(
            book.report,
            book.figures.metrics,
            config.site_name,
            config.site_url or "",
            lambda judged: urls.get(os.path.abspath(judged.file)),
        )
        for path, text in made:
            if path not in files.src_uris:
                file = _generated(config, path)
                _write(file, text)
                files.append(file)

    def _sort_out(self, files: Files) -> None:
        """Leave out what is under embargo, and keep records out of the navigation: a thousand of them would be on every page."""
        self._hide(files)
        for file in files.documentation_pages():
            if self._of(file) is not None:
                file.inclusion = InclusionLevel.NOT_IN_NAV

    def _hide(self, files: Files) -> None:
        """Leave out records under embargo, all that lies in their folders, and every report that they name."""
        hidden = tree.hidden(self.book.report)
        for file in files if hidden else ():
            if file.abs_src_path and os.path.abspath(file.abs_src_path) in hidden:
                file.inclusion = InclusionLevel.EXCLUDED
                if self._dirty and os.path.lexists(file.abs_dest_path):
                    raise PluginError(
                        "hotfix: the site has a file of a record under embargo, and --dirty leaves it there. Build without --dirty."
                    )

    def _renew(self, files: Files) -> None:
        """Keep MkDocs' --dirty from skipping what changes without its file: records, and pages with blocks."""
        for file in files.documentation_pages():
            front, _ = pagefile.split(file.content_string)
            if self._of(file) is not None or pagefile.asks_for_blocks(front):
                _write(file, file.content_string)

    def on_nav(self, nav: Navigation, /, *, files: Files, **_kwargs: Any) -> Navigation:
        """Find the section to which the records belong, so that it is marked while one of them is read."""
        self._shown = {
            os.path.abspath(file.abs_src_path): file
            for file in files
            if file.abs_src_path and file.inclusion in PUBLISHED
        }
        uri = self.book.folder
        for page in nav.pages:
            if posixpath.dirname(page.file.src_uri) == uri and page.parent is not None:
                self._index = page.parent if isinstance(page.parent, NavSection) else None
        return nav

    # -- pages ---------------------------------------------------------------------------------------------

    def on_page_read_source(self, /, *, page: Page, config: MkDocsConfig, **_kwargs: Any) -> str | None:
        """Keep a record's own text away from MkDocs: it reads front matter loosely and Markdown too willingly."""
        judged = self._of(page.file)
        ours = self._is_ours(page.file)
        if judged is not None or (ours and page.file.inclusion is InclusionLevel.NOT_IN_NAV):
            page.parent = self._index
        if ours:
            return None
        if judged is None:
            # Whoever added this file or changed its level: nothing is published from here without a verdict.
            try:
                self._refuse_unjudged(page.file, config, ())
            except PluginError as error:
                if not self._serving:
                    raise
                return f"<p>{escape(str(error))}</p>\n"
            return None
        # MkDocs would set up Markdown with all its extensions for each of them.
        vars(page)["render"] = partial(_render, page)
        return "\n"

    # Before the macros plugin, which has its own idea of what stands in double braces.
    @event_priority(60)
    def _put_blocks(self, markdown: str, /, *, page: Page, **_kwargs: Any) -> str:
        """Put the blocks into pages whose authors asked for them."""
        if page.meta.get(OPT_IN) != "blocks" or self._of(page.file) is not None:
            return markdown
        try:
            return blocks.expand(markdown, self.book)
        except Exception as error:  # noqa: BLE001 - a template is a program of its author, and can end in any way
            line = getattr(error, "lineno", None)
            where = f"{page.file.src_uri}{f' (line {line} below the front matter)' if line else ''}"
            if self._serving:
                log.info("%s: %s", where, error)
                return f"**{escape(where)}: {escape(str(error))}**\n\n{markdown}"
            raise PluginError(f"{where}: {error}") from None

    # After Material's meta plugin, which adds keys that themes read; before its tags plugin, which looks for them.
    def _describe_record(self, markdown: str, /, *, page: Page, **_kwargs: Any) -> str:
        judged = self._of(page.file)
        if judged is None:
            return markdown
        title = judged.record.title if judged.record and judged.record.title else judged.name
        summary = str(judged.record.data.get("summary", "")) if judged.record else ""
        # Themes print these as they are.
        page.meta = {"title": pagefile.text(title), "description": escape(summary or title)}
        return ""

    on_page_markdown = CombinedEvent(_put_blocks, _describe_record)

    def on_page_content(self, html: str, /, *, page: Page, config: MkDocsConfig, files: Files, **_kwargs: Any) -> str:
        """Make the page of a record, or fill the blocks, after Markdown has run: HTML is faster than Markdown tables."""
        judged = self._of(page.file)
        if judged is None:
            asked = page.meta.get(OPT_IN) == "blocks" or self._is_ours(page.file)
            filled = blocks.fill(html, self.book, self._links_from(page.file, files, config)) if asked else html
            return Html(filled) if self._is_ours(page.file) else filled
        made = recordpage.make(
            self.book,
            judged,
            _resolve_from(page.file, files),
            self._links_from(page.file, files, config),
            serving=self._serving,
        )
        page.toc = get_toc(_tokens(made))
        page.present_anchor_ids = set(re.findall(r' id="([^"]+)"', made.html))
        return made.html

    def on_post_page(self, output: str, /, *, config: MkDocsConfig, **_kwargs: Any) -> str:
        """Keep the theme from asking other hosts: Material counts the stars of `repo_url` at GitHub, on every page."""
        return output.replace(' data-md-component="source"', "") if config.theme.name == "material" else output

    def _links_from(self, here: File, files: Files, config: MkDocsConfig) -> Links:
        def record(judged: Judged) -> str | None:
            file = self._shown.get(os.path.abspath(judged.file))
            return file.url_relative_to(here) if file else None

        def page(uri: str) -> str | None:
            file = files.src_uris.get(self.book.moved.get(uri, uri))
            return file.url_relative_to(here) if file and file.inclusion in PUBLISHED else None

        address = newrecord.new_file_address(config.repo_url or "", config.edit_uri or "", self.book.folder)
        edit = here.page.edit_url or "" if here.page else ""
        return Links(record, page, address, edit, forge.history(config.repo_url or "", edit))

    @staticmethod
    def _is_ours(file: File) -> bool:
        """Tell whether we have made a page."""
        return bool(file.generated_by == "hotfix")

    def _of(self, file: File) -> Judged | None:
        """Find the record of a file. While the policy can not be used, what looks like one shows why, and nothing else."""
        path = os.path.abspath(file.abs_src_path) if file.abs_src_path else ""
        if self.book.trouble and file.is_documentation_page() and file.name not in ("index", "README"):
            records = os.path.abspath(self.book.policy.records) + os.sep
            if path.startswith(records) or paths.is_named_like_a_record(posixpath.basename(file.src_uri)):
                return Judged(Path(path), paths.display(Path(path)), Source(None), None)
        # By its address, too: the monorepo plugin gives files another path on the way.
        return self._records.get(path) or self._uris.get(file.src_uri)


def _render(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Render what others have written on a record's page, which is nothing as a rule; the page is made afterwards."""
    if page.markdown:
        Page.render(page, config, files)
    else:
        page.content = ""


def _base(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent if config.config_file_path else Path.cwd()


def _keep_search_here(config: MkDocsConfig) -> None:
    """Give Material's offline plugin what it would fetch from another host on every page: a worker for `file:`."""
    offline = next((one for name, one in config.plugins.items() if name.rpartition("/")[2] == "offline"), None)
    if offline is not None and offline.config.get("enabled", True):
        asked = [
            one for one in config.extra.get("polyfills", ()) if not str(one).startswith("https://unpkg.com/iframe-")
        ]
        config.extra["polyfills"] = asked if any("iframe-worker" in str(one) for one in asked) else [*asked, _WORKER]


def _is_translation(config: MkDocsConfig) -> bool:
    """Tell whether mkdocs-static-i18n builds another language than the first: a whole build within the build."""
    return not getattr(config.plugins.get("i18n"), "is_default_language_build", True)


def _generated(config: MkDocsConfig, uri: str) -> File:
    made = File.generated(config, uri, content="")
    made.generated_by = "hotfix"
    made.src_dir = config.docs_dir
    made.edit_uri = None
    return made


def _write(file: File, text: str) -> None:
    """Give a file its content. Other plugins ask every file for its path, and MkDocs takes that away with each new content."""
    file.content_string = text
    file.abs_src_path = os.path.normpath(os.path.join(str(file.src_dir), file.src_uri))


def _tokens(made: recordpage.Page) -> list[Any]:
    """Nest the headings as Markdown's own table of contents does."""
    root: list[Any] = []
    stack: list[tuple[int, list[Any]]] = [(1, root)]
    for heading in made.headings:
        while len(stack) > 1 and stack[-1][0] >= heading.level:
            stack.pop()
        token: dict[str, Any] = {
            "level": heading.level,
            "id": heading.id,
            "name": pagefile.text(heading.title),
            "children": [],
        }
        stack[-1][1].append(token)
        stack.append((heading.level, token["children"]))
    return root


def _resolve_from(here: File, files: Files) -> Callable[[str], str | None]:
    """Follow a path relative to the record to where the site publishes it."""

    def resolve(path: str) -> str | None:
        parts = urlsplit(path)
        if not parts.path:
            return f"#text-{parts.fragment.removeprefix('text-')}" if parts.fragment else None
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), unquote(parts.path)))
        file = files.src_uris.get(uri)
        if file is None or file.inclusion not in PUBLISHED:
            return None
        return file.url_relative_to(here) + (f"#{parts.fragment}" if parts.fragment else "")

    return resolve
