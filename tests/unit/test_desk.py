"""What an editor shows for open records, saved or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix.desk import Desk
from mkdocs_hotfix.findings import SetupError

from .conftest import NOW, written

Facts = Mapping[str, Any]


def lined(data: Facts) -> str:
    """Write a record with a line for each field, as people do."""
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in data.items())


def open_at(desk: Desk, file: Path, marked: str) -> tuple[int, int]:
    """Open a record with the cursor at `^`."""
    text = written(marked)
    line = next(number for number, one in enumerate(text.split("\n")) if "^" in one)
    column = text.split("\n")[line].index("^")
    desk.open(file, text.replace("^", ""))
    return line, column


def proposed(desk: Desk, file: Path, marked: str) -> list[str]:
    found = desk.complete(file, *open_at(desk, file, marked), NOW)
    return [one.text for one in found[1]] if found else []


@pytest.fixture
def file(shop) -> Path:
    return Path(shop.records / "HF-2026-0042.md")


def test_a_file_that_is_not_saved_yet_is_judged_by_all_rules(shop, file: Path, reported: Facts):
    other = shop.file({**reported, "id": "HF-2026-0001"})
    before = {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()}
    desk = Desk()
    desk.open(file, written({**reported, "id": "HF-2026-0042", "status": "triaged"}))
    assert [one.slug for one in desk.judge(NOW)[file].findings] == ["missing-requirement"]
    desk.open(file, written({**reported, "id": "HF-2026-0042"}))
    assert desk.judge(NOW)[file].findings == ()
    desk.open(file, written({**reported, "id": "HF-2026-0001"}))
    assert {one.slug for one in desk.judge(NOW)[file].findings} == {"duplicate-id", "id-mismatch"}
    desk.open(other, written({**reported, "id": "HF-2026-0001"}))
    judged = desk.judge(NOW)
    assert judged[file].findings
    desk.close(file)
    assert list(desk.judge(NOW)) == [other]
    assert {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()} == before


def test_it_says_what_a_check_says(shop, file: Path, reported: Facts):
    shop.file({**reported, "id": "HF-2026-0042", "status": "closed", "severity": "awful"}, file.name)
    desk = Desk()
    desk.open(file, file.read_text("utf-8"))
    for _ in range(2):  # the second time with what is remembered of the first
        assert desk.judge(NOW)[file].findings == shop.check(file).findings


@pytest.mark.parametrize("name", ["index.md", "../index.md", "../../README.md", "HF-2026-0042/smoke.xml", "x.txt"])
def test_what_is_no_record_is_left_alone(shop, name: str):
    desk = Desk()
    file = shop.records / name
    desk.open(file, "---\nnonsense: [\n---\n")
    assert desk.judge(NOW) == {}
    assert desk.complete(file, 1, 0, NOW) is None
    assert desk.explain(file, 1, 0) == (None, "")


def test_a_policy_that_can_not_be_used_is_said_and_one_that_is_mended_is_taken(shop, file: Path, reported: Facts):
    desk = Desk()
    desk.open(file, written({**reported, "id": "HF-2026-0042"}))
    (shop.root / "policy.yml").write_text("nonsense: 1\n", "utf-8")
    assert "The policy can not be used" in desk.judge(NOW)[file].trouble
    assert desk.complete(file, 1, 0, NOW) is None
    with pytest.raises(SetupError):
        desk.policy(file)
    shop.policy(name="Mended")
    assert desk.judge(NOW)[file].trouble == ""


def test_a_policy_that_changes_counts_at_once(shop, file: Path, deployed: Facts):
    shop.file({**deployed, "id": "HF-2026-0001"}, "HF-2026-0001.md")
    desk = Desk()
    for level in ("error", "off", "warning"):
        shop.policy(levels={"duplicate-version": level})
        desk.open(file, written({**deployed, "id": "HF-2026-0042"}))
        for _ in range(2):
            found = desk.judge(NOW)[file].findings
            assert {one.level.value for one in found if one.slug == "duplicate-version"} == {level} - {"off"}


def test_names_values_and_ids_are_proposed(shop, file: Path, reported: Facts):
    shop.file(reported, "HF-2026-0001.md")
    desk = Desk()
    names = proposed(desk, file, "id: x\n^")
    assert names[:3] == ["title", "summary", "status"]
    assert "id" not in names
    assert proposed(desk, file, "status: ^")[:3] == ["reported", "triaged", "fixing"]
    assert proposed(desk, file, "severity: cr^") == ["critical", "major"]
    assert proposed(desk, file, "id: ^") == ["HF-2026-0042"]
    assert proposed(desk, file, "release:\n  includes: [^") == ["HF-2026-0001"]
    assert proposed(desk, file, "reported: {at: ^") == ["2026-04-14T03:30:00Z"]
    assert proposed(desk, file, "evidence:\n  ^")[:2] == ["impact-analysis", "fix-verification"]
    assert "result" in proposed(desk, file, "evidence:\n  smoke-test:\n    ^")
    assert proposed(desk, file, "evidence:\n  smoke-test:\n    result: ^") == ["passed", "failed"]
    assert proposed(desk, file, "triage: {answers: {majority: {answer: ^") == ["true", "false"]
    assert "financial-loss" in proposed(desk, file, "triage: {answers: {significant: {harms: [^")
    assert "evidence.smoke-test" in proposed(desk, file, "waivers:\n  - requirement: ^")
    assert proposed(desk, file, "approvals:\n  - by: x\n    role: ^") == ["release-manager", "service-owner"]
    assert proposed(desk, file, "nonsense:\n  ^") == []


def test_what_is_proposed_for_a_value_passes(shop, file: Path, reported: Facts):
    """Whatever is proposed for the status of a record is never a value that the gate does not know."""
    desk = Desk()
    for status in proposed(desk, file, "status: ^"):
        desk.open(file, written({**reported, "id": "HF-2026-0042", "status": status}))
        assert "not-allowed-value" not in {one.slug for one in desk.judge(NOW)[file].findings}


def test_a_field_and_a_finding_are_explained(shop, file: Path):
    desk = Desk()
    line, column = open_at(desk, file, "id: HF-2026-0042\nsev^erity: awful")
    desk.judge(NOW)
    told = desk.explain(file, line, column)[1]
    assert "**severity**: How bad it is, one of the policy's severities." in told
    assert "Allowed: `critical`, `major`." in told
    told = desk.explain(file, line, 12)[1]
    assert "REC106 not-allowed-value" in told
    assert "\nWrong" in told
    assert desk.explain(file, 4, 0)[1] == ""
    line, column = open_at(desk, file, "evidence: {smoke-^test: {result: passed}}")
    assert "Smoke test in production" in desk.explain(file, line, column)[1]


def test_a_title_of_the_policy_is_no_markup(shop, file: Path):
    desk = Desk()
    line, column = open_at(desk, file, "evidence: {smoke-t^est: {}}")
    shop.policy(evidence={**shop.policy().data["evidence"], "smoke-test": {"title": "<b>[x](javascript:1)"}})
    told = desk.explain(file, line, column)[1]
    assert "javascript" in told
    assert "<b>" not in told
    assert "](" not in told


def test_mendings_are_those_of_the_findings(shop, file: Path, reported: Facts):
    desk = Desk()
    text = lined({**reported, "id": "HF-2026-0042"}).replace("title:", "titel:") + "\nrelease: {base: 4.20}"
    desk.open(file, written(text))
    desk.judge(NOW)
    assert [one.fix for one in desk.mendings(file, 0, 99)] == ["title", '"4.20"']
    (one,) = desk.mendings(file, 2, 2)
    assert one.fix == "title"
    desk.open(file, "\n" + written(text))
    assert desk.mendings(file, 0, 99) == [], "a mending of the text before would land somewhere else"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n" + "[" * 30_000,
        "---\na: &a [*a]\n---\n",
        "x" * (2 << 20),
        "---\na: \x00\ud800\n---\n",
        "---\n" + "a: {" * 9_000,
    ],
    ids=range(7),
)
def test_hostile_documents_are_findings(shop, file: Path, text: str):
    desk = Desk()
    desk.open(file, text)
    judgement = desk.judge(NOW)[file]
    assert judgement.findings
    assert len(judgement.findings) <= 200
    desk.complete(file, 1, 5, NOW)
    desk.explain(file, 1, 5)
