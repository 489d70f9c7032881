"""Nothing that is published names a record under embargo, by whatever way it came to be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mkdocs_hotfix.discretion import front_matter, spoken
from mkdocs_hotfix.findings import Problem

Facts = Mapping[str, Any]
SECRET = "HF-2026-0002"
INSTEAD = "This concerns a record under embargo. `hotfix check` says more"


def problem(**parts: Any) -> Problem:
    return Problem(
        **{"message": "It is so", "pointer": ("release",), "help": ("Mend it.",), "label": "here", "fix": "x", **parts}
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"message": f"The id is taken by {SECRET} too"},
        {"help": ("Mend it.", f"See {SECRET}.")},
        {"message": "The id is taken by HF-2026-0003 too"},
        {"label": f"is {SECRET}"},
        {"fix": SECRET},
    ],
    ids=str,
)
def test_what_names_a_record_under_embargo_is_said_without_it(parts: Facts):
    said = spoken(problem(**parts), ["HF-2026-0003", SECRET])
    assert said == problem(message=INSTEAD, help=(), label="", fix="")


def test_what_names_none_is_said_as_it_is():
    said = problem(message="The id is taken by HF-2026-0001 too")
    assert spoken(said, [SECRET]) is said
    assert spoken(problem(message=f"See {SECRET}"), []) == problem(message=f"See {SECRET}")


DROPS = [{"id": "HF-2026-0001", "because": "It broke refunds."}, {"id": SECRET, "because": "It is secret."}]


@pytest.mark.parametrize(
    ("release", "kept"),
    [
        ({"base": "1.0"}, {"base": "1.0"}),
        ({"includes": ["HF-2026-0001", SECRET]}, {"includes": ["HF-2026-0001"]}),
        ({"includes": [SECRET], "drops": DROPS}, {"includes": [], "drops": DROPS[:1]}),
        ({"drops": DROPS[1:]}, {"drops": []}),
    ],
    ids=str,
)
def test_front_matter_names_no_record_under_embargo(shop, deployed: Facts, release: Facts, kept: Facts):
    shop.file({**deployed, "release": {**deployed["release"], **release}})
    record = shop.check().judged[0].record
    before = dict(record.data["release"])
    made = front_matter(record, {SECRET})
    assert dict(made) == {**deployed, "release": {**deployed["release"], **kept}}
    assert record.data["release"] == before, "what the gate judges is not changed"
    assert dict(front_matter(record, set())) == {**deployed, "release": {**deployed["release"], **release}}


def test_front_matter_without_a_release_is_as_it_is(shop, reported: Facts):
    shop.file(reported)
    assert dict(front_matter(shop.check().judged[0].record, {SECRET})) == reported
