"""The pages of the site besides those of the records: where each is, and its Markdown. Knows no host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mkdocs_hotfix import blocks
from mkdocs_hotfix.book import Book
from mkdocs_hotfix.templating import source

GENERATED: Mapping[str, str] = {
    "index.md": "home.md.j2",
    "process.md": "process.md.j2",
    "triage.md": "triage.md.j2",
    "{records}/index.md": "index.md.j2",
    "new.md": "new.md.j2",
    "metrics.md": "metrics.md.j2",
    "releases/index.md": "releases.md.j2",
    "record.md": "record.md.j2",
    "rules.md": "rules.md.j2",
}
"""Pages that are made unless the author has a file at that path, and their templates."""


NAMES: Mapping[str, str] = {
    "home": "index.md",
    "process": "process.md",
    "triage": "triage.md",
    "hotfixes": "{records}/index.md",
    "new": "new.md",
    "metrics": "metrics.md",
    "releases": "releases/index.md",
    "record": "record.md",
    "rules": "rules.md",
}
"""What people call each of these pages, and its path."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page to be made: its path in the docs folder, its template, and what it is about if there are several of its kind."""

    uri: str
    template: str
    of: str = ""

    def text(self, book: Book) -> str:
        """Write its Markdown; blocks are left as placeholders. Other plugins shall find nothing to expand in it."""
        text = blocks.expand(source(self.template), book, self.of)
        rest = text.removeprefix("---\n") if text.startswith("---\n") else f"---\n\n{text}"
        return f"---\nrender_macros: false\n{rest}"


def made(book: Book) -> Iterator[Made]:
    """List every page that the plugin makes where the author has none at that path."""
    for path, template in GENERATED.items():
        yield Made(path.format(records=book.folder), template)
    for period in book.periods:
        yield Made(book.period_uri(period.name), "period.md.j2", period.name)
    for name in filter(None, book.shelves):
        yield Made(f"releases/{name}.md", "shelf.md.j2", name)
    for base in book.chains:
        yield Made(book.release_uri(base), "release.md.j2", base)


def to_edit(name: str) -> str:
    """Return a page as its author would have written it: its template, with the front matter that asks for blocks.

    Args:
        name: One of `NAMES`.
    """
    text = source(GENERATED[NAMES[name]])
    return (
        text.replace("---\n", "---\nhotfix: blocks\n", 1)
        if text.startswith("---\n")
        else f"---\nhotfix: blocks\n---\n\n{text}"
    )
