"""What a search is given to read of a page of ours: its headings and its words. Knows no host.

The searches of MkDocs and of Material parse each page in Python, element by element, and a record's page has some two hundred
of them: that was a third of a build. Most elements say nothing to a search. Without these it finds the same, and sooner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableSequence
from functools import partial
from typing import Any, Protocol, Self


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


def shorten(handlers: MutableSequence[Callable[..., Any]]) -> None:
    """Let the searches that are known read the short form of our pages; the theme and all other plugins see the whole.

    Args:
        handlers: Those of MkDocs' event `page_context`, in their order. Changed in place.
    """
    for index, handler in enumerate(handlers):
        owner = type(getattr(handler, "__self__", None))
        write = _SEARCHES.get(f"{owner.__module__}.{owner.__qualname__}")
        if write is not None:
            handlers[index] = partial(_shortly, handler, write)


def _shortly(
    handler: Callable[..., Any], write: Callable[[Html], str], context: Any, /, *, page: Page, **others: Any
) -> Any:
    whole = page.content
    if isinstance(whole, Html):
        page.content = write(whole)
    try:
        return handler(context, page=page, **others)
    finally:
        if isinstance(whole, Html):
            page.content = whole


_REST = r'[^<>"]*(?:"[^"]*"[^<>"]*)*>'
"""The rest of a tag. A value in quotes may hold what would end one."""
_LEFT_OUT = re.compile(rf"<([a-z]+)\b(?=[^>]* data-search-exclude[ >]){_REST}.*?</\1>", re.DOTALL)
_IN_LINE = re.compile(rf"</?(?:a|abbr|del|em|s|span|strong|time|svg|path|rect|circle)\b{_REST}")
_OTHERS, _OTHERS_FLAT = (
    re.compile(rf"</?(?!(?:p|code|pre|li|ol|ul|sub|sup|h[1-6]{more})\b)[a-z]{_REST}") for more in ("|div", "")
)
_ATTRIBUTES = re.compile(rf"<(p|code|pre|li|ol|ul|sub|sup|div) {_REST}")
_NO_HEADING = re.compile(rf"</?(?!h[1-6]\b)[a-z]{_REST}")
_ANCHOR = re.compile(rf'<a class="headerlink"{_REST}[^<]*</a>')
_STRANGE = re.compile(r"<(?:script|style|object|!)|linenodiv")
"""What only a parser can make out, or what Material's search has rules of its own for."""
_BETWEEN = "\0"


def _for_material(html: Html) -> str:
    """Keep headings, paragraphs, lists and code, which Material shows, and leave out what is marked so."""
    if _STRANGE.search(html):
        return html
    text = _ANCHOR.sub("", html) if "headerlink" in html else html
    text = _IN_LINE.sub("", _LEFT_OUT.sub("", text))
    text = (_OTHERS_FLAT if html.flat else _OTHERS).sub(_BETWEEN, text)
    # Cells and terms stand beside each other without a blank; their words shall not grow together.
    return _ATTRIBUTES.sub(r"<\1>", re.sub(rf"{_BETWEEN}[\s{_BETWEEN}]*", " ", text))


def _for_mkdocs(html: Html) -> str:
    """Keep headings only: MkDocs' own search makes one line of all else, and knows no mark for what to leave out."""
    return html if _STRANGE.search(html) else _NO_HEADING.sub(" ", html)


_SEARCHES: Mapping[str, Callable[[Html], str]] = {
    "material.plugins.search.plugin.SearchPlugin": _for_material,
    "mkdocs.contrib.search.SearchPlugin": _for_mkdocs,
    "properdocs.contrib.search.SearchPlugin": _for_mkdocs,
}
