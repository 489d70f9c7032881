"""Addresses of a site's pages and files, as static site generators make them of paths. Knows no host."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import quote

from mkdocs_hotfix.paths import INDEX, MARKDOWN

_INDEXES = tuple(posixpath.splitext(name)[0] for name in INDEX)


def is_page(uri: str) -> bool:
    """Tell whether a file becomes a page."""
    return uri.lower().endswith(MARKDOWN)


def address(uri: str, *, folders: bool) -> str:
    """Tell where a file of the docs folder is, seen from the top of the site.

    Args:
        uri: Its path from the docs folder, with `/`.
        folders: Whether a page is a folder (`process/`) or a file (`process.html`).

    Returns:
        The address, with nothing in it that has a meaning of its own; `./` for the home page.
    """
    if not is_page(uri):
        return quote(uri)
    folder, name = posixpath.split(posixpath.splitext(uri)[0])
    top = f"{folder}/" if folder else ""
    if name in _INDEXES:
        return quote(top or "./") if folders else quote(f"{top}index.html")
    return quote(f"{top}{name}/" if folders else f"{top}{name}.html")


def relative(to: str, here: str) -> str:
    """Write the way from one address to another; both are seen from the top of the site."""
    start = here if here.endswith("/") else posixpath.dirname(here)
    made = posixpath.relpath(f"/{to}", posixpath.join("/", start))
    return f"{made}/" if to.endswith("/") else made


def twin(docs: Path, uri: str) -> Path | None:
    """Find another file that makes the page at the same address: `process/index.md` is at that of `process.md`.

    Args:
        docs: The docs folder.
        uri: The path of a page from there, with `/`.
    """
    wanted, file = address(uri, folders=True), docs / uri
    inside = [file.with_suffix("")] if file.name not in INDEX else []
    outside = [file.parent.parent] if file.name in INDEX and file.parent != docs else []
    for folder in (file.parent, *inside, *outside):
        for other in sorted(folder.iterdir()) if folder.is_dir() else ():
            there = other.relative_to(docs).as_posix() if other.is_relative_to(docs) else ""
            if other != file and is_page(there) and address(there, folders=True) == wanted:
                return other
    return None
