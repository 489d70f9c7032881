"""What a page shows of a record: its words and ways, without regard to theme, generator and line breaks."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from urllib.parse import urlsplit

from mkdocs_hotfix.recordpage import SECTIONS

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def of(html: str, address: str) -> list[str]:
    """List the texts and the ways of the parts of a page that the gate has made.

    Left out are headings that some generators make anew, and the line of metadata, in which each host has other links.

    Args:
        html: The page, or only those parts of it.
        address: Where the page is, seen from the top of the site.
    """
    reader = _Reader(posixpath.join("/", posixpath.dirname(address)))
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, folder: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._folder = folder
        self._open: list[tuple[str, bool, bool]] = []  # tag, inside a part of ours, skipped
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        inside, skipped = self._open[-1][1:] if self._open else (False, False)
        inside = inside or "hf-record" in classes
        skipped = (
            skipped or "hf-meta" in classes or "headerlink" in classes or (tag == "h2" and values.get("id") in _ANEW)
        )
        if inside and not skipped:
            for name in ("href", "src"):
                if name in values:
                    self._flush()
                    self.found.append(f"{name} {self._way(values[name])}")
        if tag not in _VOID:
            self._open.append((tag, inside, skipped))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(tag == one[0] for one in self._open):
            self._flush()
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1] and not self._open[-1][2]:
            self._text += data

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        self.found += self._text.split()
        self._text = ""

    def _way(self, to: str) -> str:
        parts = urlsplit(to)
        if parts.scheme or parts.netloc or not parts.path:
            return to
        made = posixpath.normpath(posixpath.join(self._folder, parts.path))
        return f"{made}#{parts.fragment}" if parts.fragment else made


_ANEW = frozenset(SECTIONS)
