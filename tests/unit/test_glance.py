"""What spares the gate a closer look never says that there is nothing to find where there is something, and says the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_hotfix import policyfile, quickly, record, schema
from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.rules import BY_SLUG, timeline
from mkdocs_hotfix.rules import record as words
from mkdocs_hotfix.schema import FORMATS
from mkdocs_hotfix.source import Source, parse

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


# -- shapes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", quickly._USUAL)
@given(st.data())
def test_what_is_written_as_usual_has_the_format(name: str, data: st.DataObject):
    assert FORMATS[name](data.draw(st.from_regex(re.compile(quickly._USUAL[name]), fullmatch=True)))


RECORD = Path(__file__).parents[2] / "docs" / "hotfixes" / "HF-2026-0007.md"
WRONG = [
    *(
        "",
        " ",
        "no",
        "Passed",
        "passed ",
        "2026-02-30T01:00:00Z",
        "2026-04-14",
        "2026-04-14T01:00:00",
        "http://",
        "https://[",
        "x" * 5_000,
    ),
    *(None, True, 0, -1, 4.5, 10**9, [], {}, ["x"], {"x": 1}, {"at": "2026-04-14T01:00:00Z"}, {"__proto__": []}),
]


def places(node: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield here
    for key, one in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(one, (*here, key))


def spoil(record_: dict[str, Any], dice: random.Random) -> str:
    """Take away, misspell or replace one to three things of a record, and write it as JSON, which is YAML."""
    data = deepcopy(record_)
    for _ in range(dice.randrange(1, 4)):
        *way, last = dice.choice(list(places(data))[1:])
        node = data
        for part in way:
            node = node[part]
        match dice.randrange(4):
            case 0:
                del node[last]
            case 1 if isinstance(node, dict):
                node[dice.choice((f"{last}s", str(last).upper(), "extra_field", "Über"))] = node.pop(last)
            case 2 if isinstance(node, dict):
                node[dice.choice(("a", "x-1", "url", "at"))] = dice.choice(WRONG)
            case _:
                node[last] = dice.choice(WRONG)
    return json.dumps(data, indent=1)


def test_what_is_told_quickly_is_what_is_told_thoroughly(monkeypatch: pytest.MonkeyPatch):
    dice = random.Random(1)
    right = parse(RECORD.read_bytes()).data
    assert right
    sources = [parse(spoil(right, dice).encode(), front_matter=False) for _ in range(300)]
    sources = [one for one in sources if one.data]
    known = []

    def seen(*asked: Any) -> Any:
        found = quickly.departures(*asked)
        known.append(found)
        return found

    monkeypatch.setattr(schema, "departures", seen)
    shape = POLICY.shape
    told_quickly = [shape.departures(one) for one in sources]
    assert sum(one is not None for one in known) > 150
    monkeypatch.setattr(schema, "departures", lambda *_: None)
    assert told_quickly == [shape.departures(one) for one in sources]
    assert sum(map(bool, told_quickly)) > 200
