"""Pages as Markdown files that any generator can read: front matter, Markdown, and HTML that no Markdown dialect changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

STATIC = Path(__file__).parent / "static"
CSS = "assets/hotfix/hotfix.css"
SCRIPT = "assets/hotfix/hotfix.js"
"""What a site needs beside its pages, by its place there and below `STATIC`."""

_LIVE = {ord(char): f"&#{ord(char)};" for char in "`~{}[]*\\|^$"}
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_OPT_IN = re.compile(r"^hotfix[ \t]*:[ \t]+([\"']?)blocks\1[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_PRE = re.compile(r"(<pre[ >].*?</pre>)", re.DOTALL)


def inert(html: str) -> str:
    """Write HTML as one block that Markdown passes through as it is.

    It has no empty line, which would end it in CommonMark, and no character that a preprocessor looks for (fences,
    snippets, macros): these run before HTML is recognised, and the text comes from a pull request.
    """
    parts = _PRE.split(html.translate(_LIVE))
    parts[::2] = [re.sub(r"\n\s*\n+", "\n", part) for part in parts[::2]]
    parts[1::2] = [re.sub(r"(?<=\n)([ \t]*)\n", r"\1&#10;", part) for part in parts[1::2]]
    return "".join(parts).strip()


def front_matter(values: Mapping[str, str | bool]) -> str:
    """Write front matter. Texts are escaped for HTML: themes print them as they are."""
    lines = (
        f"{key}: {json.dumps(text(value) if isinstance(value, str) else value, ensure_ascii=False)}\n"
        for key, value in values.items()
    )
    return f"---\n{''.join(lines)}---\n"


def text(value: str) -> str:
    """Escape what themes print as it is. An apostrophe stays: search shows titles letter by letter."""
    return escape(value, quote=False).replace('"', "&quot;")


def chapters(html: str, titles: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Part a page at our own headings of the second level.

    Args:
        html: The page.
        titles: The headings to part it at, by their ids.

    Returns:
        Pairs of an id and what follows its heading; first of all what stands before any, without an id.
    """
    parts = re.split(rf'<h2 id="({"|".join(map(re.escape, titles))})">[^<]*</h2>', html)
    return zip(("", *parts[1::2]), parts[::2], strict=True)


def split(page: str) -> tuple[str, str]:
    """Part an author's page into front matter, with its lines of hyphens, and body."""
    found = _FRONT.match(page)
    return (page[: found.end()], page[found.end() :]) if found else ("", page)


def asks_for_blocks(front: str) -> bool:
    """Tell whether an author's page says `hotfix: blocks` in its front matter."""
    return _OPT_IN.search(front) is not None
