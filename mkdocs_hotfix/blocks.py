"""Blocks in pages: what authors ask for by name is put in after Markdown has run. Knows no host."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from mkdocs_hotfix.book import Book, Links


def expand(text: str, book: Book) -> str:
    """Run an author's page as a template in a sandbox, with `hotfix.NAME` for each block.

    Raises:
        jinja2.TemplateError: The page names something that there is not.
    """
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    sandbox.filters.clear()
    return sandbox.from_string(text).render(hotfix=_Blocks(book))


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
        if name in BLOCKS:
            return placeholder(name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise UndefinedError(f"There is no block `{name}`. There are: {', '.join(BLOCKS)}.")


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
    "fields",
)


def placeholder(name: str) -> str:
    """Mark the place of a block in Markdown. An empty `div` passes through every Markdown dialect."""
    return f'\n\n<div data-hotfix-block="{name}"></div>\n\n'


_PLACEHOLDER = re.compile(r'<div data-hotfix-block="([a-z_]+)"></div>')


def fill(html: str, book: Book, links: Links) -> str:
    """Put the blocks in the place of their placeholders.

    Args:
        html: A page after Markdown.
        book: The pages of the report.
        links: Ways from this page.
    """
    return _PLACEHOLDER.sub(lambda found: book.block(found[1], links) if found[1] in BLOCKS else found[0], html)


def _rule_pages(book: Book) -> str:
    """Write the manual of rules as Markdown; a rule's page is its docstring."""
    return "\n".join(
        f"### {rule['slug']}\n\n`{rule['code']}` · level `{rule['level']}`\n\n{rule['page']}\n"
        for rule in book.guide.rules
    )
