"""What a search is given to read of a page of ours: its headings and its words. Knows no host.

The searches of MkDocs and of Material parse each page in Python, element by element, and a record's page has some two hundred
of them: that was a third of a build. Most elements say nothing to a search. Without these it finds the same, and sooner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableSequence
from functools import partial
from typing import Any, Protocol, Self

from mkdocs_hotfix.searchsections import sections, takes_sections


class Html(str):
    """The content of a page as it was made here: what another plugin has changed is a plain text again, and read whole.

    Attributes:
        flat: Whether no heading stands in a box that ends before the page does.
    """

    __slots__ = ("flat",)
    flat: bool

    def __new__(cls, text: str, *, flat: bool = False) -> Self:
        """Take a text."""
        made = super().__new__(cls, text)
        made.flat = flat
        return made


class Page(Protocol):
    """A page as a search asks for it."""

    content: Any
    meta: Any
    toc: Any
    url: str


def shorten(handlers: MutableSequence[Callable[..., Any]]) -> None:
    """Let the searches that are known read the short form of our pages; the theme and all other plugins see the whole.

    Args:
        handlers: Those of MkDocs' event `page_context`, in their order. Changed in place.
    """
    for index, handler in enumerate(handlers):
        owner = type(getattr(handler, "__self__", None))
        write = _SEARCHES.get(f"{owner.__module__}.{owner.__qualname__}")
        if write is not None:
            handlers[index] = partial(_shortly, handler, write, takes_sections(owner))


def _shortly(
    handler: Callable[..., Any],
    write: Callable[[Html], str],
    parted: bool,
    context: Any,
    /,
    *,
    page: Page,
    **others: Any,
) -> Any:
    whole = page.content
    if not isinstance(whole, Html):
        return handler(context, page=page, **others)
    short = write(whole)
    search: Any = getattr(handler, "__self__", None)
    if parted and whole.flat and search.config.enabled and not page.meta.get("search"):
        found = sections(short)
        for one in found or ():
            search.search_index.create_entry_for_section(one, page.toc, page.url, page)
        if found:
            return None
    page.content = short
    try:
        return handler(context, page=page, **others)
    finally:
        page.content = whole


_REST = r'[^<>"]*(?:"[^"]*"[^<>"]*)*>'
"""The rest of a tag. A value in quotes may hold what would end one."""
_SPANS = "a|abbr|b|del|em|i|ins|kbd|mark|s|span|strong|time|u|svg|path|rect|circle"
_IN_LINE, _IN_LINE_OURS = (re.compile(rf"</?(?:{_SPANS}{more})\b{_REST}") for more in ("", "|code"))
_OTHERS, _OTHERS_FLAT = (
    re.compile(rf"</?(?!(?:p|code|pre|li|ol|ul|sub|sup|h[1-6]{more})\b)[a-z]{_REST}") for more in ("|div", "")
)
_ATTRIBUTES = re.compile(rf"<(p|code|pre|li|ol|ul|sub|sup|div) {_REST}")
_LONE = re.compile(r"(<li>[^<]*)<p>([^<]*)</p>\s*</li>")
_NO_HEADING = re.compile(rf"</?(?!h[1-6]\b)[a-z]{_REST}")
_ANCHOR = re.compile(rf'<a class="headerlink"{_REST}[^<]*</a>')
_BETWEEN = "\0"
_GAP = re.compile(rf"{_BETWEEN}[\s{_BETWEEN}]*")
_STRANGE = ("<script", "<style", "<object", "<!", "linenodiv")
"""What only a parser can make out, or what Material's search has rules of its own for."""
_MARK = " data-search-exclude"
NARRATIVE = '<div class="hf-narrative">'
"""What the text of a record stands in. No other `div` is in it."""


def _for_material(html: Html) -> str:
    """Keep headings, paragraphs, lists and code, which Material shows, and leave out what is marked so."""
    before, _, rest = html.partition(NARRATIVE)
    text, _, after = rest.partition("</div>")
    if _is_strange(text if html.flat else html):  # around the text of a record all is known
        return html
    if not html.flat:
        text = _ANCHOR.sub("", html) if "headerlink" in html else html
        return _kept(text, _IN_LINE, _OTHERS)
    ours = (_LONE.sub(r"\1\2</li>", _kept(part, _IN_LINE_OURS, _OTHERS_FLAT)) for part in (before, after))
    return f" {_kept(text, _IN_LINE, _OTHERS_FLAT)} ".join(ours)


def _for_mkdocs(html: Html) -> str:
    """Keep headings only: MkDocs' own search makes one line of all else, and knows no mark for what to leave out."""
    return html if _is_strange(html) else _NO_HEADING.sub(" ", html)


def _is_strange(html: str) -> bool:
    return any(word in html for word in _STRANGE)


def _kept(html: str, in_line: re.Pattern[str], others: re.Pattern[str]) -> str:
    text = others.sub(_BETWEEN, in_line.sub("", _unmarked(html)))
    # Cells and terms stand beside each other without a blank; their words shall not grow together.
    return _ATTRIBUTES.sub(r"<\1>", _GAP.sub(" ", text))


def _unmarked(html: str) -> str:
    """Leave out the elements that no search shall read. None of them holds another of its own name."""
    parts, at = [], 0
    while (mark := html.find(_MARK, at)) >= 0:
        start = html.rfind("<", at, mark)
        name = html[start + 1 : html.find(" ", start)]
        end = html.find(f"</{name}>", mark)
        if start < 0 or end < 0 or html.find(">", start, mark) >= 0:  # no tag: somebody writes of it
            parts.append(html[at : mark + len(_MARK)])
            at = mark + len(_MARK)
        else:
            parts.append(html[at:start])
            at = end + len(name) + 3
    return "".join(parts) + html[at:]


_SEARCHES: Mapping[str, Callable[[Html], str]] = {
    "material.plugins.search.plugin.SearchPlugin": _for_material,
    "mkdocs.contrib.search.SearchPlugin": _for_mkdocs,
    "properdocs.contrib.search.SearchPlugin": _for_mkdocs,
}
