"""The handbook as plain Markdown, for generators that know no plugin of ours."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from jinja2 import TemplateError

from mkdocs_hotfix import blocks, exports, forge, newrecord, pagefile, pages, recordpage, tree, urls
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.findings import SetupError, shorten, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.mirror import Files
from mkdocs_hotfix.pages import Made
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.recordpage import SECTIONS
from mkdocs_hotfix.releases import Release


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages have to know about the site in which they will stand.

    Attributes:
        name: What it is called.
        url: Its address.
        repo_url: The address of the repository.
        edit_uri: From there to the docs folder, with the branch.
        folders: Whether a page is a folder (`process/`) or a file (`process.html`).
        final: Whether links in HTML are addresses of the site already. Else they are paths to files, as in Markdown.
    """

    name: str = ""
    url: str = ""
    repo_url: str = ""
    edit_uri: str = ""
    folders: bool = True
    final: bool = False


@dataclass(frozen=True)
class Handbook:
    """Everything that a site shows: the author's pages and files, the records, and what is made from them.

    Attributes:
        lenient: Leave out links and what is no regular file, instead of refusing them: others may publish them.
    """

    report: Report
    releases: tuple[Release, ...] = ()
    site: Site = field(default_factory=Site)
    lenient: bool = False

    @property
    def docs(self) -> Path:
        """The docs folder."""
        return self.report.policy.root

    @cached_property
    def book(self) -> Book:
        """The pages of the report."""
        made = Book(self.report, "", self.releases, tree.records_uri(self.report.policy, self.docs))
        taken = {urls.address(uri, folders=True): uri for uri in self.sources}
        for page in pages.made(made):
            author = taken.get(urls.address(page.uri, folders=True))
            if author is not None:
                made.moved[page.uri] = author
        return made

    @cached_property
    def files(self) -> Files:
        """Every file with what makes its content. Authors' pages are made at once: they can be wrong.

        Raises:
            SetupError: A file was not judged, is a link, or asks for a block that there is not.
        """
        made: dict[str, Callable[[], bytes]] = {}
        for uri, path in self.sources.items():
            judged = self._records.get(uri)
            if judged is not None:
                made[uri] = partial(self._record, judged)
            elif urls.is_page(uri):
                made[uri] = self._page(uri, path)
            else:
                made[uri] = partial(_read, path)
        for uri, page in self._generated.items():
            made[uri] = partial(self._made, page)
        for uri, text in self.exports.items():
            made.setdefault(uri, text.encode)
        for path in sorted(pagefile.STATIC.rglob("*.*")):
            made.setdefault(path.relative_to(pagefile.STATIC).as_posix(), path.read_bytes)
        return made

    def address(self, judged: Judged) -> str | None:
        """Tell where the page of a record is, seen from the top of the site."""
        uri = self.uri(judged.file)
        return urls.address(uri, folders=self.site.folders) if uri in self._records else None

    # -- what there is -------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> Mapping[str, Path]:
        """Every file of the docs folder that a site may show."""
        judged = {os.path.abspath(one.file) for one in self.report.judged}
        found: dict[str, Path] = {}
        for path in _walk(Path(os.path.abspath(self.docs)), top=True, lenient=self.lenient):
            uri = self.uri(path)
            if str(path) in self.hidden:
                continue
            why = (
                urls.is_page(uri)
                and str(path) not in judged
                and tree.unjudged(uri, str(path), self.report.policy, self.docs)
            )
            if why:
                raise SetupError(why)
            found[uri] = path
        return found

    @cached_property
    def _records(self) -> Mapping[str, Judged]:
        return {self.uri(one.file): one for one in self.report.published if self.uri(one.file) in self.sources}

    @cached_property
    def _generated(self) -> Mapping[str, Made]:
        """Our own pages by path: the author's page at the same address takes the place of one."""
        return {page.uri: page for page in pages.made(self.book) if page.uri not in self.book.moved}

    @cached_property
    def exports(self) -> Mapping[str, str]:
        """What programs read, by path."""
        name = self.site.name or self.report.policy.name
        return dict(exports.site_files(self.report, self.book.figures.metrics, name, self.site.url, self.address))

    def uri(self, path: Path) -> str:
        """Write a file's path from the docs folder, with `/`."""
        return os.path.relpath(path, self.docs).replace(os.sep, "/")

    @cached_property
    def hidden(self) -> tree.Hidden:
        """What no site may show."""
        return tree.hidden(self.report)

    # -- pages ---------------------------------------------------------------------------------------------

    def page(self, judged: Judged) -> recordpage.Page:
        """Make the page of a record."""
        here = self.uri(judged.file)
        return recordpage.make(self.book, judged, partial(self._resolve, here), self._links(here), serving=False)

    def _record(self, judged: Judged) -> bytes:
        page = self.page(judged)
        parts = [pagefile.front_matter({"title": page.title, "description": page.description, "render_macros": False})]
        wrapper, inner = _unwrap(page.html)
        for section, html in pagefile.chapters(inner, SECTIONS):
            if section:
                title = SECTIONS[section]
                # A heading of Markdown's own stands in the table of contents; its id is made from its words.
                anchor = "" if section == title.lower() else f'<div id="{section}"></div>\n\n'
                parts.append(f"{anchor}## {title}\n")
            if html.strip():
                parts.append(f"{wrapper}\n{pagefile.inert(html)}\n</div>\n")
        return "\n".join(parts).encode()

    def _made(self, page: Made) -> bytes:
        front, body = pagefile.split(page.text(self.book))
        return (front + self._fill(body, page.uri)).encode()

    def _page(self, uri: str, path: Path) -> Callable[[], bytes]:
        raw = _read(path)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise SetupError(f"{display(path)} is not UTF-8. Save it as UTF-8.") from None
        front, body = pagefile.split(text.replace("\r\n", "\n"))
        if not pagefile.asks_for_blocks(front):
            return lambda: raw
        try:
            made = (front + self._fill(blocks.expand(body, self.book), uri)).encode()
        except TemplateError as error:
            raise self._wrong(path, error, getattr(error, "lineno", None)) from None
        except Exception as error:  # noqa: BLE001 - a template is a program of its author, and can end in any way
            raise self._wrong(path, error, None) from None
        return lambda: made

    def _wrong(self, path: Path, error: Exception, line: int | None) -> SetupError:
        where = f"{display(path)}{f' (line {line} below the front matter)' if line else ''}"
        return SetupError(f"{where}: {shorten(visible(str(error)), 300)}")

    def _fill(self, body: str, here: str) -> str:
        return blocks.fill(body, self.book, self._links(here), pagefile.inert)

    # -- ways ----------------------------------------------------------------------------------------------

    def _links(self, here: str) -> Links:
        def record(judged: Judged) -> str | None:
            uri = self.uri(judged.file)
            return self._way(uri, here) if uri in self._records else None

        def page(uri: str) -> str | None:
            uri = self.book.moved.get(uri, uri)
            return self._way(uri, here) if self._shows(uri) else None

        address = newrecord.new_file_address(self.site.repo_url, self.site.edit_uri, self.book.folder)
        repo, branch = self.site.repo_url.rstrip("/"), self.site.edit_uri.strip("/")
        edit = f"{repo}/{branch}/{quote(here)}" if repo and branch and here in self.sources else ""
        return Links(record, page, address, edit, forge.history(repo, edit))

    def _resolve(self, here: str, path: str) -> str | None:
        """Follow a path relative to the record to where the site publishes it."""
        parts = urlsplit(path)
        if not parts.path:
            return f"#text-{parts.fragment.removeprefix('text-')}" if parts.fragment else None
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(parts.path)))
        if not self._shows(uri):
            return None
        return self._way(uri, here) + (f"#{parts.fragment}" if parts.fragment else "")

    def _shows(self, uri: str) -> bool:
        return uri in self.sources or uri in self._generated or uri in self.exports

    def _way(self, uri: str, here: str) -> str:
        if not self.site.final:
            return urls.relative(quote(uri), quote(here))
        folders = self.site.folders
        return urls.relative(urls.address(uri, folders=folders), urls.address(here, folders=folders))


def refuse_overlap(out: Path, docs: Path) -> None:
    """Refuse a folder for the result that holds the docs folder or lies in it: it would eat its own sources.

    Raises:
        SetupError: It does.
    """
    made, source = os.path.realpath(out), os.path.realpath(docs)
    if made == source or made.startswith(source + os.sep) or source.startswith(made.rstrip(os.sep) + os.sep):
        raise SetupError(
            f"{display(out)} holds the docs folder {display(docs)} or lies in it. Name a folder beside it: --out build/handbook."
        )


def _unwrap(html: str) -> tuple[str, str]:
    """Part a page into the opening tag of the element around all of it, and what is in it."""
    found = re.fullmatch(r"(<div[^>]*>)(.*)</div>", html.strip(), re.DOTALL)
    assert found is not None  # noqa: S101 - the template begins and ends so
    return found[1], found[2]


def _walk(folder: Path, *, top: bool, lenient: bool) -> Iterator[Path]:
    """List what MkDocs would publish: no hidden file, no template. A link is refused: what it shows lies elsewhere."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise SetupError(
            f"{display(folder)} can not be read: {(error.strerror or 'unknown reason').lower()}."
        ) from None
    for entry in entries:
        if entry.name.startswith(".") or (top and entry.name == "templates"):
            continue
        path = folder / entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(path, top=False, lenient=lenient)
        elif stat.S_ISREG(mode):
            yield path
        elif not lenient:
            what = "a symbolic link, and links are not followed" if stat.S_ISLNK(mode) else "not a regular file"
            raise SetupError(f"{visible(display(path))} is {what}. Put the file itself there, or hide it with a dot.")


def _read(path: Path) -> bytes:
    try:
        opened = open_regular(path)
    except OSError as error:
        raise SetupError(f"{display(path)} can not be read: {(error.strerror or 'unknown reason').lower()}.") from None
    if opened is None:
        raise SetupError(f"{display(path)} is not a regular file.")
    with opened[0] as stream:
        return stream.read()
