"""The policy: what can be said in it, and how a wrong one is told, all places at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import policyfile
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.policyfile import duration

BUILT_IN: Mapping[str, Any] = policyfile.load().data
TEXT = (Path(policyfile.__file__).parent / "policy.yml").read_text("utf-8")


def refusal(tmp_path: Path, text: str | bytes) -> str:
    file = tmp_path / "policy.yml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SetupError) as caught:
        policyfile.load(file)
    return str(caught.value).replace(str(tmp_path) + "/", "")


def changed(**parts: Any) -> str:
    return json.dumps(deepcopy(dict(BUILT_IN)) | parts)


# -- what it says ------------------------------------------------------------------------------------------


def test_statuses_accumulate_and_exits_branch_off():
    built_in = policyfile.load()
    assert [one.id for one in built_in.reached("fixing")] == ["reported", "triaged", "fixing"]
    assert [one.id for one in built_in.reached("deferred")] == ["reported", "triaged", "deferred"]
    assert [one.id for one in built_in.reached("rolled-back")][-2:] == ["deployed", "rolled-back"]
    assert [one.id for one in built_in.exits()] == ["deferred", "rolled-back", "withdrawn"]


@pytest.mark.parametrize(
    ("text", "length"),
    [("30m", timedelta(minutes=30)), ("4h", timedelta(hours=4)), ("5d", timedelta(days=5)), ("2w", timedelta(days=14))],
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, length: timedelta):
    assert duration(text) == length


def test_the_decision_follows_from_the_answers():
    built_in = policyfile.load()
    speaks_for_it = {"significant": True, "majority": True, "workaround": False}
    assert built_in.verdict(speaks_for_it) == "hotfix"
    for question, answer in speaks_for_it.items():
        assert built_in.verdict({**speaks_for_it, question: not answer}) == "defer"
    assert built_in.verdict({"significant": True}) is None


def test_a_policy_written_as_json_says_the_same(tmp_path: Path):
    (tmp_path / "policy.yml").write_text(changed(), "utf-8")
    assert policyfile.load(tmp_path / "policy.yml").data == BUILT_IN


# -- how a wrong one is told -------------------------------------------------------------------------------

WRONG = [
    (
        ("name: Hot-fix process", "nmae: Hot-fix process"),
        "policy.yml:3:1: Field `nmae` is not known. Rename it to `name`",
    ),
    (("policy: 1\n", "policy: 2\n"), "policy.yml:2:9: `policy` can not be"),
    (("restore: 4h", "restore: 4 hours"), "policy.yml:10:33: `severities.critical.sla.restore` can not be `4 hours`"),
    (("restore: 4h", "restore: 0h"), "policy.yml:10:33:"),
    (
        ("environment: production_like\n  regr", "environment: stagging\n  regr"),
        "`stagging` is no environment. Did you mean `staging`?",
    ),
    (("evidence.fix-verification,", "evidence.fix-verfication,"), "Did you mean `evidence.fix-verification`?"),
    (("needs: [triage]", "needs: [trriage]"), "`trriage` is no field or kind of evidence. Did you mean `triage`?"),
    (("from: deployed", "from: deploied"), "`deploied` is no status of the lifecycle. Did you mean `deployed`?"),
    (("withdrawn: {title: Withdrawn", "closed: {title: Withdrawn"), "`closed` is a status and an exit"),
    (("status: closed, severity: critical", "status: closed, severity: critcal"), "Did you mean `critical`?"),
    (("approvers: [release-manager]", "approvers: [relase-manager]"), "Did you mean `release-manager`?"),
    (("at_least: 1", "at_least: 9"), "`at_least` asks for 9 approvals, and the roles name 3 people"),
    (("not_by: [work.owner]", "not_by: [work.ownr]"), "Did you mean `work.owner`?"),
    (("records: hotfixes ", "records: a/../../b "), "leads out of the docs folder"),
    (("records: hotfixes ", "records: /etc "), "`records` can not be `/etc`"),
    (("production_like: true, ", ""), "No environment is `production_like: true`"),
    (("levels: {}", "levels: {missing-evidence: loud}"), "`levels.missing-evidence` can not be `loud`"),
    (("levels: {}", "levels: {}\nlevels: {}"), "The field `levels` stands here a second time"),
    (("hotfix_if: true", "hotfix_if: yes"), "must be `true` or `false`"),
    (("name: Hot-fix process", "name: Hot: fix"), "policy.yml:3:10: A second colon on this line"),
    (("name: Hot-fix process", "name: &x Hot"), "An anchor (`&x`) is not read here"),
]


@pytest.mark.parametrize(("change", "told"), WRONG, ids=lambda value: value[1] if isinstance(value, tuple) else "")
def test_a_wrong_policy_is_told_at_its_place_with_a_way_out(tmp_path: Path, change: tuple[str, str], told: str):
    assert change[0] in TEXT
    said = refusal(tmp_path, TEXT.replace(*change, 1))
    assert told in said
    assert said.startswith("The policy can not be used:\npolicy.yml:")


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path):
    text = TEXT
    for before, after in (("name:", "nmae:"), ("title: Critical", "titel: Critical"), ("at_least: 1", "at_least: one")):
        text = text.replace(before, after, 1)
    lines = refusal(tmp_path, text).splitlines()[1:]
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert len(lines) >= 3
    assert places == sorted(places)


@pytest.mark.parametrize("raw", [b"", b"# nothing\n", b"- a\n", b"\xff\xfe\x00", b"a: [\n", b"---\n---\n", b"x"])
def test_a_file_that_is_no_policy_is_refused_and_never_replaced_by_the_built_in_one(tmp_path: Path, raw: bytes):
    assert "policy.yml:" in refusal(tmp_path, raw)


def test_a_policy_that_is_not_there_or_no_file_is_refused(tmp_path: Path):
    for name in ("gone.yml", "."):
        with pytest.raises(SetupError, match="can not be used"):
            policyfile.load(tmp_path / name)
    (tmp_path / "real.yml").write_text(TEXT, "utf-8")
    (tmp_path / "policy.yml").symlink_to("real.yml")
    with pytest.raises(SetupError, match="symbolic link"):
        policyfile.load(tmp_path / "policy.yml")


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("{\n", "own.json, is no JSON: a name in double quotes is expected (line 2). Mend it there."),
        (
            '{\n"type": "a\nb"}',
            "is no JSON: a text in quotes is not closed on its line, or holds a control character (line 2)",
        ),
        (b'{\n"type": "\xff"}', "is no JSON: a byte is not UTF-8 (line 2)"),
        ('{"type": "objekt"}', "is not a JSON Schema"),
        ('{"$ref": "https://example.com/x"}', "without `$ref`"),
        ("[]", "JSON Schema"),
        ('{"properties": {"a": {"format": "email"}}}', "names a format that is not checked: `email`"),
        (None, "can not be read"),
    ],
)
def test_a_schema_of_the_organisation_that_can_not_be_used_is_refused(
    tmp_path: Path, own: str | bytes | None, told: str
):
    if own is not None:
        (tmp_path / "own.json").write_bytes(own if isinstance(own, bytes) else own.encode())
    said = refusal(tmp_path, TEXT + "extra: own.json\n")
    assert told in said
    assert "policy.yml:" in said


def test_a_schema_of_the_organisation_shapes_extra(shop, reported: Mapping[str, Any]):
    shop.root.joinpath("own.json").write_text(
        json.dumps(
            {"type": "object", "properties": {"team": {"enum": ["red", "blue"]}}, "additionalProperties": False}
        ),
        "utf-8",
    )
    shop.file({**reported, "extra": {"team": "red"}})
    assert shop.check(extra="own.json").findings == ()
    shop.file({**reported, "extra": {"team": "gren", "x": 1}})
    assert {one.slug for one in shop.check(extra="own.json").findings} == {"not-allowed-value", "unknown-field"}
