"""A page for Material's search, parted as its own parser parts it. Knows no host.

That parser looks at each element in Python, with its attributes and all that is around it. The short form of a page of ours has
no attributes and nine kinds of elements.
"""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any


class Section:
    """A heading with what stands below it, in the pieces of which Material's search makes an entry."""

    __slots__ = ("id", "text", "title")

    def __init__(self, anchor: str | None = None) -> None:
        self.id = anchor
        self.title: list[str] = []
        self.text: list[str] = []


def sections(short: str) -> list[Section] | None:
    """Part the short form of a flat page as Material's parser does, in a sixth of the time: it asks for no attributes.

    Returns:
        What stands before the first heading, and each heading with an id. Nothing where only the parser can tell.
    """
    if _OTHER_REFERENCE.search(short):
        return None
    for reference, character in _CHARACTERS.items():
        short = short.replace(reference, character)
    parts = _TAG.split(short)
    texts, tags = parts[::2], [*parts[1::2], ""]
    if "<" in (words := "".join(texts)) or ">" in words:
        return None
    found = [Section()]
    into, heading, open_, raw = found[0].text, "", list[str](), False
    for text, tag in zip(texts, tags, strict=True):
        if text.isspace() and not raw:
            if heading or not into or not into[-1].isspace():
                into.append(" ")
        elif text:
            into.append(text if raw else text.replace("\n", " "))
        if (name := _KEPT.get(tag)) is not None:
            open_.append(name)
            into.append(tag)
            raw = raw or name == "pre"
        elif (name := _CLOSED.get(tag)) is not None:
            if not open_ or open_.pop() != name or into[-2 if into[-1].isspace() else -1] == f"<{name}>":
                return None  # what is empty is left out, if it is the first of its kind
            into.append(tag)
            raw = raw and "pre" in open_
        elif heading and tag == f"</{heading}>" and not open_:
            into, heading = found[-1].text, ""
        elif (starts := _NAMED.fullmatch(tag)) and not heading and not open_:
            heading = starts[1]
            found.append(Section(starts[2]))
            into = found[-1].title
        elif tag == "<h1>":  # without an id: it begins nothing
            open_.append("h1")
        elif tag and (tag != "</h1>" or not open_ or open_.pop() != "h1"):
            return None
    return None if heading or open_ or not short else found


_TAG = re.compile(r"(<[^>]*>)")
_NAMED = re.compile(r'<(h[2-6]) id="([\w-]+)">')
_KEPT = {f"<{name}>": name for name in ("p", "code", "pre", "li", "ol", "ul", "sub", "sup")}
_CLOSED = {f"</{name}>": name for name in _KEPT.values()}
_OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#34|#39|#x27);)")
_CHARACTERS = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": "\xa0"}


def takes_sections(search: type[Any]) -> bool:
    """Tell whether a search is Material's as it is known: it makes of our sections of a sample what it makes of the sample."""
    module = sys.modules[search.__module__]
    page = SimpleNamespace(content=_SAMPLE, meta={}, toc=(), url="", title="")
    try:
        index = module.SearchIndex()
        index.add_entry_from_context(page)
        read, index.entries = index.entries, []
        for one in sections(_SAMPLE) or ():
            index.create_entry_for_section(one, page.toc, page.url, page)
    except Exception:  # noqa: BLE001 - another search, or one that is no longer built as it was: its own parser reads then
        return False
    return bool(read == index.entries)


_SAMPLE = """ <p>a \n&lt;b&#34;c&amp;nbsp;&quot;</p>
<h1>d</h1>\n e  <h2 id="f-1">g <code>h</code>
i</h2><ul>
<li>
 j</li>  <li><p>k</p> <ol><li>l&#39;</li></ol></li></ul>m
<h3 id="n">o</h3>
<pre><code>p

 q&nbsp;</code></pre>
<h2 id="r">s</h2><h2 id="t">u</h2> """
"""All that a short form has, and the blanks between it."""
