"""Front matters as people write them: every style, indentation, comment and line end, drawn at random from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

WORDS = [
    "Checkout fails",
    "it's: odd",
    "310 orders # an hour",
    "4.20",
    "no",
    "ümlaut — dash",
    "🔥",
    "- a",
    "x" * 130,
    "a, b",
    "{c}",
]
COMMENTS = ["", "", "", "  # who", " # a: b, [c]", "\t# tab", " #"]


class Writer:
    """Writes data in random styles that all mean the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.step = self.random.choice([1, 2, 2, 2, 3, 4])
        self.hang = self.random.choice([0, self.step])  # how far in the hyphens of a list stand

    def front_matter(self, data: Mapping[str, Any]) -> bytes:
        """Write a whole file."""
        pick = self.random.choice
        if self.random.random() < 0.1:
            head = json.dumps(data, ensure_ascii=False, indent=pick([None, None, 2])) + "\n"
        elif self.random.random() < 0.1:
            head = self.flow(data, 0) + "\n"
        else:
            indent = pick([0, 0, 0, 0, 2])
            head = pick(["", "", "# filed at night\n", "\n"]) + "".join(
                self.field(k, v, indent) for k, v in data.items()
            )
            head += pick(["", "", "\n", "# the end\n", *(["      # far in\n"] if "-\n" not in head else [])])
        body = pick(
            ["", "\nWhat happened.\n", "no line break at the end", "\n---\nid: not this\n---\n", "\n\ttabs  \n\n"]
        )
        text = f"---{pick(['', '', ' '])}\n{head}---\n{body}"
        if self.random.random() < 0.25:
            text = text.replace("\n", "\r\n")
        return (b"\xef\xbb\xbf" if self.random.random() < 0.2 else b"") + text.encode()

    def field(self, key: str, value: Any, indent: int) -> str:
        """Write a field of a block mapping, with what may stand around it."""
        pick = self.random.choice
        before = pick(["", "", "", "", "\n", " " * indent + "# about this\n", "#out of line\n"])
        name = pick([key, key, key, f'"{key}"', f"'{key}'"])
        start = before + " " * indent + name + pick([":", ":", ":", " :"])
        if isinstance(value, dict) and value and self.random.random() < 0.6:
            inner = "".join(self.field(k, v, indent + self.step) for k, v in value.items())
            return start + pick(COMMENTS) + "\n" + inner
        if isinstance(value, list) and value and self.random.random() < 0.5:
            return start + pick(COMMENTS) + "\n" + "".join(self.item(one, indent + self.hang) for one in value)
        if value in (None, {}) and self.random.random() < 0.5:
            return start + pick(COMMENTS) + "\n" if value is None else f"{start} {{}}{pick(COMMENTS)}\n"
        if isinstance(value, str) and self.random.random() < 0.2 and "\n" not in value and value.strip() == value:
            blank = pick(["", "", "\n"])
            return f"{start} {pick(['|-', '>-'])}\n{' ' * (indent + self.step)}{value}\n{blank}"
        return f"{start} {self.flow(value, indent)}{pick(COMMENTS)}\n"

    def item(self, value: Any, indent: int) -> str:
        """Write an item of a block list."""
        if isinstance(value, dict) and value and self.random.random() < 0.5:
            lines = "".join(" " * (indent + 2) + f"{k}: {self.flow(v, indent)}\n" for k, v in value.items())
            return " " * indent + "- " + lines[indent + 2 :]
        return " " * indent + f"- {self.flow(value, indent)}{self.random.choice(COMMENTS)}\n"

    def flow(self, value: Any, indent: int) -> str:
        """Write a value within brackets, or a scalar."""
        pick = self.random.choice
        gap = pick([", ", ", ", ",  ", f",\n{' ' * (indent + 2)}", f",  # so\n{' ' * (indent + 3)}"])
        end = pick(["", "", " ", ","]) if value else ""
        if isinstance(value, dict):
            return "{" + gap.join(f"{self.scalar(k)}: {self.flow(v, indent + 2)}" for k, v in value.items()) + end + "}"
        if isinstance(value, list):
            return "[" + gap.join(self.flow(one, indent + 2) for one in value) + end + "]"
        return self.scalar(value)

    def scalar(self, value: Any) -> str:
        """Write a scalar: plain where nothing can go wrong, else quoted in one of the two ways."""
        if not isinstance(value, str):
            return json.dumps(value)
        if value.replace("-", "").replace(":", "").isalnum() and value[0].isalpha() and self.random.random() < 0.6:
            return value if value not in ("no", "true") else f"'{value}'"
        if self.random.random() < 0.5 and "\n" not in value:
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=max(value, default="") < "\ud800" and self.random.random() < 0.3)


def record(seed: int) -> dict[str, Any]:
    """Draw the data of a record: right in shape, of any extent, its fields in any order."""
    pick = random.Random(seed ^ 0x5EED)
    fields: dict[str, Any] = {
        "id": "HF-2026-0001",
        "title": pick.choice(WORDS),
        "status": "reported",
        "severity": "major",
        "service": "checkout",
        "reported": {"at": "2026-04-14T01:40:00Z", "by": "support-lead"},
    }
    more: dict[str, Any] = {
        "summary": pick.choice(WORDS),
        "work": pick.choice([{"owner": "checkout-oncall", "sprint": "2026-08", "hours": 1.5}, {}]),
        "release": {
            "base": "4.20",
            "version": "4.20.1",
            "branch": "hotfix/4.20.1",
            "commit": pick.choice(["9f3c1e2", "1234567", "12e4567"]),
            "merge_back": [{"branch": "main", "url": "https://git.example.com/acme/shop/pull/2214"}],
        },
        "evidence": pick.choice(
            [
                {},
                {
                    "impact-analysis": {
                        "at": "2026-04-14T01:55:00Z",
                        "by": "me",
                        "affected": ["api"],
                        "test_scope": pick.sample(WORDS, 3),
                    }
                },
                {
                    "communication": {
                        "at": "2026-04-14T01:55:00Z",
                        "by": "me",
                        "audience": ["all"],
                        "issues_found": "None",
                    }
                },
            ]
        ),
        "approvals": pick.choice(
            [[], [{"by": "release-manager", "role": "release-manager", "at": "2026-04-14T03:05:00Z"}]]
        ),
        "extra": {"ticket": pick.choice(WORDS), "count": 3, "paid": True},
        "links": [{"title": pick.choice(WORDS), "url": "https://example.com/a?b=c#d"}],
    }
    fields |= {name: value for name, value in more.items() if pick.random() < 0.6}
    names = list(fields)
    if pick.random() < 0.5:
        pick.shuffle(names)
    return {name: fields[name] for name in names}
