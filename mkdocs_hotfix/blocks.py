"""Blocks in pages: what authors ask for by name is put in after Markdown has run. Knows no host."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import Any

from jinja2 import StrictUndefined, Template, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from mkdocs_hotfix import listing
from mkdocs_hotfix.book import Book, Links


def expand(text: str, book: Book, of: str = "") -> str:
    """Run an author's page as a template in a sandbox, with `hotfix.NAME` for each block.

    Args:
        text: The page's Markdown.
        book: The pages of the report.
        of: What a page of ours is about, if there are several of its kind.

    Raises:
        jinja2.TemplateError: The page names something that there is not.
    """
    return _compiled(text).render(hotfix=_Blocks(book), **({"of": of} if of else {}))


@lru_cache(maxsize=64)
def _compiled(text: str) -> Template:
    """Compile a page once: a hundred releases have one template."""
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    sandbox.filters.clear()
    return sandbox.from_string(text)


class _Blocks:
    """What an author's page can ask for: placeholders, filled after Markdown has run."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getattr__(self, name: str) -> Any:
        if name == "name":
            return str(escape(self._book.policy.name))
        if name == "index":
            return self._book.index
        if name == "span":
            return self._book.figures.span
        if name == "rule_pages":
            return _rule_pages(self._book)
        if name == "period":
            return listing.title
        if name == "shelf":
            return lambda of: str(escape(self._book.shelves[of].title))
        if name in BLOCKS:
            return placeholder(name)
        if name in BLOCKS_OF:
            return _BlockOf(name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise UndefinedError(f"There is no block `{name}`. There are: {', '.join((*BLOCKS, *BLOCKS_OF))}.")


class _BlockOf:
    """A block that wants to know what it is about."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, of: object) -> str:
        return placeholder(self._name, str(of))

    def __str__(self) -> str:
        raise UndefinedError(f'`{self._name}` needs {BLOCKS_OF[self._name]}: `hotfix.{self._name}("…")`.')


BLOCKS = (
    "attention",
    "tasks",
    "newest",
    "triage_form",
    "new_record",
    "flow",
    "figures",
    "metrics",
    "metrics_sla",
    "metrics_restore",
    "metrics_evidence",
    "metrics_releases",
    "metrics_sprints",
    "metrics_dora",
    "severities",
    "services",
    "questions",
    "decisions",
    "exceptions",
    "evidence",
    "statuses",
    "approvers",
    "requirements",
    "environments",
    "harms",
    "hotfixes",
    "releases",
    "fields",
)


BLOCKS_OF = {
    "release": "the version of an official release",
    "hotfixes_of": "a year",
    "releases_of": "a part of their list",
}
"""Blocks that are about one thing, and what is written in their brackets: `hotfix.release("4.12.2")`."""


def placeholder(name: str, of: str = "") -> str:
    """Mark the place of a block in Markdown. An empty `div` passes through every Markdown dialect."""
    about = f' data-hotfix-of="{escape(of)}"' if of else ""
    return f'\n\n<div data-hotfix-block="{name}"{about}></div>\n\n'


_PLACEHOLDER = re.compile(r'<div data-hotfix-block="([a-z_]+)"(?: data-hotfix-of="([^"<>]*)")?></div>')


def fill(page: str, book: Book, links: Links, write: Callable[[str], str] = str) -> str:
    """Put the blocks in the place of their placeholders.

    Args:
        page: A page, after Markdown or before.
        book: The pages of the report.
        links: Ways from this page.
        write: How a block's HTML is written into this page.
    """

    def block(found: re.Match[str]) -> str:
        known = found[1] in (BLOCKS_OF if found[2] else BLOCKS)
        return write(book.block(found[1], links, unescape(found[2] or ""))) if known else found[0]

    return _PLACEHOLDER.sub(block, page)


def _rule_pages(book: Book) -> str:
    """Write the manual of rules as Markdown; a rule's page is its docstring."""
    return "\n".join(
        f"### {rule['slug']}\n\n`{rule['code']}` · level `{rule['level']}`\n\n{rule['page']}\n"
        for rule in book.guide.rules
    )
