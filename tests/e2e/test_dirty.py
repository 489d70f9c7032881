"""`--dirty`: MkDocs skips pages whose files have not changed. What a record's page says changes with the clock, too."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def old(site, monkeypatch):
    """A site that was built an hour ago."""
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n{{ hotfix.hotfixes }}\n")
    site.write("docs/plain.md", "# Plain\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795405200")
    assert not site.build().error
    for path in site.docs.rglob("*.md"):
        os.utime(path, (1, 1))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795408800")
    return site


def test_what_the_clock_changes_is_made_anew_and_nothing_else(old):
    before = old.snapshot()
    built = old.build(dirty=True)
    assert not built.error
    for path in ("hotfixes/HF-2026-0100/index.html", "mine/index.html", "hotfixes/index.html", "process/index.html"):
        assert ("04:40 UTC" in built.read(path)) == ("process" not in path), path
    assert old.snapshot()["plain/index.html"] == before["plain/index.html"]


def test_a_page_that_is_under_embargo_by_now_ends_it(old):
    record = old.docs / "hotfixes/HF-2026-0100.md"
    text = record.read_text("utf-8")
    record.write_text(
        text.replace("severity:", "security: {embargo_until: 2027-01-01T00:00:00Z}\nseverity:", 1), "utf-8"
    )
    assert "--dirty leaves it there. Build without --dirty" in old.build(dirty=True).said
    assert not old.build().error
    assert "hotfixes/HF-2026-0100/index.html" not in old.snapshot()
    assert not old.build(dirty=True).error
