"""What spares the gate a closer look never says that there is nothing to find where there is something."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import policyfile, record
from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.rules import BY_SLUG, timeline
from mkdocs_hotfix.rules import record as words
from mkdocs_hotfix.source import Source

NOW = datetime(2026, 4, 14, 12, tzinfo=UTC)
POLICY = policyfile.load(None, root=Path())
TEXTS = [
    *(
        "n/a",
        "N.A.",
        "works on my machine!",
        "Works  on\nmy machine",
        "TBD",
        "to-do: write",
        "Your text here",
        "write",
        "todos",
    ),
    *("<text>", "(enter it here)", "{{ it }}", "", " ", "...", "é", "ｎ/ａ", "none", "None.", "no issues found"),
    *(
        "12 tests: passed",
        "Pay with a saved card.",
        "pay with a saved-card",
        "Pay, with a saved card",
        "no one",
        "noone",
        "x",
    ),
    *(
        "A cache kept values across the change.",
        "The retry did not carry its key.",
        "2026-04-14",
        "ok then, that was it",
    ),
]
TEXTS += [f"Step {number} of the checkout failed." for number in range(60)] + ["The same is said everywhere."] * 10
TIMES = [(NOW + timedelta(minutes=minutes)).isoformat() for minutes in (-900, -6, 4, 5, 6, 900)] + [
    "2026-04-14T23:00:00+12:00"
]
NAMES = [*sorted(record.WORDS), "by", "url", "title", "note", "at"]


def anything(dice: random.Random, depth: int, name: str) -> Any:
    kind = dice.random()
    if name == "at":
        return dice.choice(TIMES)
    if depth and kind < 0.25:
        return {one: anything(dice, depth - 1, one) for one in dice.sample(NAMES, dice.randrange(4))}
    if depth and kind < 0.5:
        return [anything(dice, depth - 1, "") for _ in range(dice.randrange(4))]
    return dice.choice(TEXTS) if kind < 0.95 else dice.choice((None, 4, True))


def made(dice: random.Random) -> record.Record:
    data: dict[str, Any] = {"status": "triaged", "title": dice.choice(TEXTS)}
    if dice.random() < 0.5:
        data["release"] = {"rollback": dice.choice(TEXTS)}
    kinds = {kind: {"at": dice.choice(TIMES), "by": "x"} for kind in ("smoke-test", "fix-verification")}
    data["evidence"] = {kind: one | {"summary": anything(dice, 2, "summary")} for kind, one in kinds.items()}
    for name in dice.sample([*NAMES[:-1], "extra", "links", "review", "triage_notes"], dice.randrange(5)):
        data[name] = anything(dice, 3, name)
    data["title"] = data["title"] if isinstance(data["title"], str) else "A title"
    return record.build(Path("HF-2026-0001.md"), "HF-2026-0001.md", Path(), data, Source(data))


def told(slug: str, one: record.Record) -> list[Problem]:
    check = BY_SLUG[slug].check
    assert check
    return list(check(one, Context(POLICY, NOW)))


@pytest.mark.parametrize(
    ("slug", "module", "glance", "look"),
    [
        ("vacuous-text", words, "_says_something", False),
        ("in-the-future", timeline, "_may_be_late", True),
    ],
)
def test_a_glance_hides_nothing(slug: str, module: Any, glance: str, look: bool, monkeypatch: pytest.MonkeyPatch):
    dice = random.Random(1)
    records = [made(dice) for _ in range(3_000)]
    first = [told(slug, one) for one in records]
    spared = [
        one
        for one in records
        if slug == "in-the-future" or words._says_something(one, words._squeezed(words._vacuous(())))
    ]
    monkeypatch.setattr(module, glance, lambda *_: look)
    assert [told(slug, one) for one in records] == first
    assert 100 < sum(map(bool, first)) < 3_000
    assert len(spared) > 300
