"""A record's Markdown to HTML in which nothing runs.

The text comes from a pull request. It is kept away from the site's own Markdown (attribute lists, snippets, raw HTML,
macros) and rendered by a CommonMark library, then cut down to an allow-list of elements by an HTML sanitiser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from typing import TypeAlias

import nh3
from markdown_it import MarkdownIt

Resolve: TypeAlias = Callable[[str], str | None]
"""Turns a path relative to the record into an address relative to its page; `None` where nothing is published."""

_TAGS = {
    *(
        [
            "p",
            "br",
            "hr",
            "em",
            "strong",
            "s",
            "del",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "a",
            "img",
        ]
    ),
    *(["table", "thead", "tbody", "tr", "th", "td"]),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_ADDRESS = re.compile(r"https?://[!-~]+|mailto:[!-~]+", re.IGNORECASE)
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
_MAX_TEXT = 100_000
"""Above this, brackets, tables and the like take a CommonMark library seconds; and nobody reads on."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page, for its table of contents. `title` is plain text."""

    level: int
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Narrative:
    """The rendered text and its headings."""

    html: str
    headings: tuple[Heading, ...]


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    return made.disable(["html_block", "html_inline"])  # or each line and each word is held against them, for nothing


def render(text: str, resolve: Resolve) -> Narrative:
    """Render a narrative.

    Args:
        text: Markdown (CommonMark with tables and strikethrough). HTML in it is shown as text.
        resolve: Where its relative links lead; links that lead nowhere become plain text.

    Returns:
        HTML whose headings start at level 2, since the page's title is the record's, each with an id.
    """
    if not text.strip():
        return Narrative("", ())
    if len(text) > _MAX_TEXT:
        said = f"This text is longer than {_MAX_TEXT:,} characters, so it is shown as it was written."
        return Narrative(f"<p><em>{said}</em></p>\n<pre><code>{escape(text)}</code></pre>\n", ())
    html = _markdown().render(text)
    html = re.sub(r"<(/?)h([1-6])>", lambda found: f"<{found[1]}h{min(int(found[2]) + _shift(html), 6)}>", html)

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in ("href", "src"):
            return value
        if attribute == "href" and _ADDRESS.fullmatch(value):
            return value
        return resolve(value) if ":" not in value and not value.startswith("/") else None

    # Relative addresses have passed `keep`; `url_schemes` is the second lock on the others.
    html = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    headings: list[Heading] = []
    taken: dict[str, int] = {}

    def anchor(found: re.Match[str]) -> str:
        level, title = int(found[1]), unescape(re.sub(r"<[^>]*>", "", found[2])).strip()
        name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "section"
        # A prefix of its own keeps a narrative from taking the place of a section of the page.
        unique = wanted = f"text-{name}"
        while unique in taken:
            taken[wanted] += 1
            unique = f"{wanted}-{taken[wanted]}"
        taken[unique] = 1
        headings.append(Heading(level, unique, title))
        return f'<h{level} id="{unique}">{found[2]}</h{level}>'

    return Narrative(_HEADING.sub(anchor, html), tuple(headings))


def _shift(html: str) -> int:
    """Tell by how many levels the headings move down so that none stands beside the title."""
    return 1 if "<h1>" in html else 0
