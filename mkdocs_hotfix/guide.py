"""What the policy, the schema and the rules alone say, for the pages that explain the process."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mkdocs_hotfix import flow, published
from mkdocs_hotfix.findings import dotted
from mkdocs_hotfix.flow import Flow
from mkdocs_hotfix.parts import several
from mkdocs_hotfix.policy import PRODUCTION_LIKE, Policy
from mkdocs_hotfix.rules import RULES


class Guide:
    """The handbook's tables and pictures, made from the policy: no record is looked at."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    @cached_property
    def flow_wide(self) -> Flow:
        """Draw the process for a desk."""
        return flow.wide(self.policy)

    @cached_property
    def flow_tall(self) -> Flow:
        """Draw the process for a phone."""
        return flow.tall(self.policy)

    def decisions(self) -> list[tuple[dict[str, bool], str]]:
        """Return every combination of answers with the decision it gives; those that speak for a hotfix first."""
        questions = list(self.policy.questions.values())
        rows = []
        for agreed in itertools.product((True, False), repeat=len(questions)):
            answers = {q.id: q.hotfix_if if yes else not q.hotfix_if for q, yes in zip(questions, agreed, strict=True)}
            rows.append((answers, self.policy.verdict(answers) or ""))
        return rows

    def needed_from(self, kind: str) -> str:
        """Name the status that first needs a kind of evidence."""
        need = f"evidence.{kind}"
        return next((one.title for one in self.policy.statuses.values() if need in one.needs), "")

    def what_counts(self, kind_id: str) -> str:
        """Say what a kind of evidence must carry."""
        kind = self.policy.kinds[kind_id]
        parts = ["result"] if kind.is_test else []
        parts += ["who", "when"]
        if kind.environment == PRODUCTION_LIKE:
            places = " or ".join(self.policy.environments[one].title.lower() for one in self.policy.accepted(kind))
            parts.append(f"an environment like production ({places})")
        elif kind.environment:
            parts.append(f"in {self.policy.environments[kind.environment].title.lower()}")
        parts += ["a test runner's report"] if kind.report else []
        parts += [need.replace("_", " ") for need in kind.needs if need not in ("result", "report")]
        return ", ".join(parts).capitalize()

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """Describe every field of a record, as rows of a table."""
        made = published.schema("record")
        rows = []
        for place, field in published.fields(made):
            if any(part == 0 for part in place[-1:]):
                continue
            name = dotted(place).replace(".*", ".<name>").replace("[0]", "[]")
            rows.append(
                {"name": name, "depth": len(place), "what": field.get("description", ""), "type": _kind(made, field)}
            )
        return rows

    @property
    def rules(self) -> list[Mapping[str, str]]:
        """Describe every rule, in the order of the manual."""
        levels = self.policy.levels
        return [
            {
                "code": rule.code,
                "slug": rule.slug,
                "page": rule.page,
                "summary": rule.summary,
                "level": levels.get(rule.slug, rule.level.value),
            }
            for rule in RULES
        ]


def _kind(made: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    if "anyOf" in field:
        return "day or time"
    if field.get("format") == "date-time":
        return "time"
    if field.get("format") == "uri":
        return "web address"
    names = {"string": "text", "array": "list", "object": "fields", "number": "number", "boolean": "`true` or `false`"}
    kinds = several(field.get("type"))
    item = published.resolve(made, field["items"]) if isinstance(field.get("items"), dict) else {}
    if kinds == ("array",) and item.get("type") == "string":
        return "list of texts"
    return " or ".join(names.get(kind, kind) for kind in kinds)
