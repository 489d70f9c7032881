"""What is mended has one meaning; what has two stays as it is, and so does every other byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import cli, gate, policyfile, spelling, writing
from mkdocs_hotfix.findings import SetupError, Span
from mkdocs_hotfix.mending import mend, rewrite
from mkdocs_hotfix.policy import Policy

HEAD = "id: HF-2026-0001\ntitle: Saved cards fail\nstatus: reported\nseverity: major\nservice: shop\n"
REPORTED = "reported: {at: 2026-04-14T01:40:00Z, by: support-lead}\n"

MENDED = [
    ("release: {base: 4.20}", 'release: {base: "4.20"}'),
    ("release: {base: 4.20, version: 5} # five", 'release: {base: "4.20", version: "5"} # five'),
    ("release:\n  base:   4.20   # the last good one", 'release:\n  base:   "4.20"   # the last good one'),
    ("work: {owner: true}", 'work: {owner: "true"}'),
    ("work: {sprint: 2026}", 'work: {sprint: "2026"}'),
    ('work: {hours: "14"}', "work: {hours: 14}"),
    ("work: {hours: ' 1.5 '}", "work: {hours: 1.5}"),
    ("work: {ownr: jane}", "work: {owner: jane}"),
    ("Work: {Owner: jane}", "work: {owner: jane}"),
    ("work: {'ownr': jane}", "work: {owner: jane}"),
    ("relase: {base: 4.20}", 'release: {base: "4.20"}'),
    ("release: {merge-back: [{brnch: main, commit: 9F3C1E2}]}", "release: {merge_back: [{branch: main, commit: 9f3c1e2}]}"),
    ("release: {commit: '9F3C1E2'}", "release: {commit: '9f3c1e2'}"),
    ("deployed: {at: 2026-04-14 03:20Z, by: jane}", "deployed: {at: 2026-04-14T03:20:00Z, by: jane}"),
    ("deployed: {at: 2026-04-14 03:20 UTC, by: jane}", "deployed: {at: 2026-04-14T03:20:00Z, by: jane}"),
    ("deployed: {at: '2026-04-14T03:20:00.5+0200', by: j}", "deployed: {at: '2026-04-14T03:20:00.5+02:00', by: j}"),
    ("deployed: {at: 2026-04-14T03:20:00 +02, by: jane}", "deployed: {at: 2026-04-14T03:20:00+02:00, by: jane}"),
    ("deployed: {at: 2026-04-14T03:20:00Z, by: ' jane'}", "deployed: {at: 2026-04-14T03:20:00Z, by: 'jane'}"),
    ('deployed: {at: 2026-04-14T03:20:00Z, by: " \\"j\\" é"}', 'deployed: {at: 2026-04-14T03:20:00Z, by: "\\"j\\" é"}'),
    ("evidence: {smoke-tset: {result: Passed, at: 2026-04-14T03:20:00Z, by: j}}", "evidence: {smoke-test: {result: passed, at: 2026-04-14T03:20:00Z, by: j}}"),
    ("evidence: {smoke_test: {at: 2026-04-14T03:20:00Z, by: j}}", "evidence: {smoke-test: {at: 2026-04-14T03:20:00Z, by: j}}"),
    ("security: {embargo_until: 2026-04-16 12:00+0000}", "security: {embargo_until: 2026-04-16T12:00:00+00:00}"),
]  # fmt: skip

LEFT = {
    "a zone that is not said": "deployed: {at: 2026-04-14T03:20:00, by: jane}",
    "a day without a time": "deployed: {at: 2026-04-14, by: jane}",
    "an hour that does not exist": "deployed: {at: 2026-04-14 25:20Z, by: jane}",
    "an offset that does not exist": "deployed: {at: 2026-04-14 03:20+9900, by: jane}",
    "another environment, however near": "evidence: {smoke-test: {at: 2026-04-14T03:20:00Z, by: j, environment: prodction}}",
    "another result, however near": "evidence: {smoke-test: {at: 2026-04-14T03:20:00Z, by: j, result: passd}}",
    "a number that is no id": "release: {includes: [2026]}",
    "a name that two fields can mean": "evidence: {verification: {at: 2026-04-14T03:20:00Z, by: j}}",
    "two slips for one field": "work: {ownr: jane, onwer: joe}",
    "a slip beside the field itself": "work: {ownr: jane, owner: joe}",
    "a name whose value does not fit": "deploied: jane",
    "a name with something wrong below it": "relase: {base: 4.20, includes: [2026]}",
    "a field that stands elsewhere": "base: 4.20",
    "hours with a unit": "work: {hours: 14 h}",
    "hours with a separator": "work: {hours: '1,000'}",
    "a yes with an explanation": "triage: {at: 2026-04-14T01:50:00Z, by: j, decision: hotfix, answers: {significant: {answer: yes indeed, because: x}}}",
    "a list for a text": "work: {owner: [jane]}",
    "an empty field": "work: {owner: }",
    "a field written twice": "work: {owner: jane, owner: joe}",
    "a name on two lines": 'work: {"ow\n  nr": jane}',
    "a value on two lines": "deployed: {at: '2026-04-14\n  03:20Z', by: jane}",
    "a value as a block": "deployed:\n  at: |\n    2026-04-14 03:20Z\n  by: jane",
    "a short hash": "release: {commit: 9F3C}",
    "a branch for a commit": "release: {commit: Main}",
    "a file that can not be read": "work: {ownr: *jane}",
}  # fmt: skip


def through(text: str, root: Path, rules: Policy) -> bytes | None:
    file = root / "hotfixes" / "HF-2026-0001.md"
    file.write_bytes(text.encode("utf-8"))
    (judged,) = gate.check(rules, gate.now("2026-04-14T03:30:00Z")).judged
    made = mend(judged, rules)
    return made and made.after


def record(lines: str) -> str:
    return f"---\n{HEAD}{REPORTED}{lines}\n---\n\nNot relase: 4.20, ownr.\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mending") / "docs"
    (made / "hotfixes").mkdir(parents=True)
    return made


@pytest.fixture(scope="module")
def rules(root: Path) -> Policy:
    return policyfile.load(root=root)


@pytest.mark.parametrize(("wrong", "right"), MENDED, ids=[wrong for wrong, _ in MENDED])
def test_what_has_one_meaning_is_mended_and_nothing_else_changes(wrong: str, right: str, root: Path, rules: Policy):
    assert through(record(wrong), root, rules) == record(right).encode()
    assert through(record(right), root, rules) is None


@pytest.mark.parametrize("lines", LEFT.values(), ids=LEFT)
def test_what_has_more_than_one_meaning_stays(lines: str, root: Path, rules: Policy):
    text = record(lines)
    assert through(text, root, rules) is None
    assert any(one.code.startswith("REC") for one in gate.check(rules, gate.now("2026-04-14T03:30:00Z")).findings)


@pytest.mark.parametrize(("wrong", "right"), MENDED[:3])
def test_line_ends_and_a_byte_order_mark_stay(wrong: str, right: str, root: Path, rules: Policy):
    before = "\ufeff" + record(wrong).replace("\n", "\r\n")
    assert through(before, root, rules) == ("\ufeff" + record(right).replace("\n", "\r\n")).encode()


def test_letters_of_another_case_are_one_choice_only_where_they_are_one():
    assert spelling.only("Severity", ["severity", "service"]) == "severity"
    assert spelling.only("fix-verificaton", ["fix-verification", "production-verification"]) == "fix-verification"
    assert spelling.only("url1", ["url2", "url3"]) is None
    assert spelling.only("x", ["at", "by"]) is None
    assert spelling.only("x", []) is None


def test_a_thousand_unknown_fields_are_no_slips_and_take_no_time(root: Path, rules: Policy):
    many = "work: {" + ", ".join(f"owner{number}: x" for number in range(2000)) + "}"
    assert through(record(many), root, rules) is None


def test_places_on_one_line_do_not_move_each_other():
    raw = "é: [1, 2]\r\n🔥 x\n".encode()
    edits = [(Span(1, 5, 1, 6), "one"), (Span(1, 8, 1, 9), "two"), (Span(2, 3, 2, 4), "y")]
    assert rewrite(raw, edits).decode() == "é: [one, two]\r\n🔥 y\n"


def test_a_file_that_has_gone_or_is_a_link_by_now_is_left_alone(root: Path, rules: Policy):
    file = root / "hotfixes" / "HF-2026-0001.md"
    file.write_text(record("work: {ownr: jane}"), "utf-8")
    (judged,) = gate.check(rules, gate.now("2026-04-14T03:30:00Z")).judged
    file.unlink()
    assert mend(judged, rules) is None
    file.symlink_to(root / "elsewhere.md")
    (root / "elsewhere.md").write_text(record("work: {ownr: jane}"), "utf-8")
    assert mend(judged, rules) is None
    file.unlink()


# -- hotfix check --fix and --diff -------------------------------------------------------------------------


def call(*arguments: str) -> Result:
    arguments = ("check", *arguments, "--as-of=2026-04-14T01:45:00Z")
    return CliRunner().invoke(cli.cli, arguments, standalone_mode=False, catch_exceptions=False)


def test_fix_mends_the_file_in_its_place_and_then_judges_it(shop):
    file = shop.file("")
    file.write_bytes(record("relase: {base: 4.20}").replace("\n", "\r\n").encode())
    file.chmod(0o640)
    made = call("--fix")
    assert (made.return_value, made.stdout) == (0, "1 record checked, nothing to do\n")
    assert made.stderr == "Mended 2 places in 1 file.\n"
    assert file.read_bytes() == record('release: {base: "4.20"}').replace("\n", "\r\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    again = call("--fix")
    assert (again.return_value, again.stderr) == (0, "")


def test_what_only_a_person_can_mend_is_still_told_and_closes_the_gate(shop):
    file = shop.file("")
    file.write_text(record("work: {ownr: jane, hours: a lot}"), "utf-8")
    made = call("--fix", "--format", "concise")
    assert made.return_value == 1
    assert "wrong-type" in made.stdout
    assert "unknown-field" not in made.stdout
    assert "{owner: jane, hours: a lot}" in file.read_text("utf-8")


def test_diff_shows_what_fix_does_and_writes_nothing(shop, tmp_path: Path):
    text = record("relase: {base: 4.20}").rstrip("\n").replace("\n", "\r\n")
    file = shop.file("")
    file.write_bytes(text.encode())
    shown = call("--diff", "--fix")
    assert shown.return_value == 1
    assert shown.stderr == "2 places in 1 file can be mended: say --fix without --diff.\n"
    assert file.read_bytes() == text.encode()
    subprocess.run(["git", "apply", "-"], input=shown.stdout_bytes, cwd=tmp_path, check=True)
    patched = file.read_bytes()
    file.write_bytes(text.encode())
    call("--fix")
    assert file.read_bytes() == patched
    assert (call("--diff").return_value, call("--diff").output) == (0, "")


def test_diff_never_says_yes_to_a_closed_gate(shop):
    file = shop.file("")
    file.write_text(record("work: {hours: a lot}"), "utf-8")
    shown = call("--diff")
    assert (shown.return_value, shown.stdout) == (1, "")
    assert shown.stderr == "1 finding needs a person: see `hotfix check`.\n"


def test_a_file_that_somebody_else_changed_meanwhile_is_left_to_them(shop, monkeypatch: pytest.MonkeyPatch):
    file = shop.file("")
    file.write_text(record("work: {ownr: jane}"), "utf-8")
    write = writing.replace

    def late(path: Path, before: bytes, after: bytes) -> None:
        path.write_text(record("work: {ownr: joe}"), "utf-8")
        write(path, before, after)

    monkeypatch.setattr(writing, "replace", late)
    with pytest.raises(SetupError, match="was changed by somebody else"):
        call("--fix")
    assert "{ownr: joe}" in file.read_text("utf-8")


def test_one_file_that_can_not_be_written_does_not_keep_the_others_from_being_mended(
    shop, monkeypatch: pytest.MonkeyPatch
):
    for number in (1, 2):
        file = shop.file("", f"HF-2026-000{number}.md")
        file.write_text(record("work: {ownr: jane}").replace("0001", f"000{number}"), "utf-8")
    write = writing.replace

    def refuse_first(path: Path, before: bytes, after: bytes) -> None:
        if "0001" in path.name:
            raise SetupError("no room")
        write(path, before, after)

    monkeypatch.setattr(writing, "replace", refuse_first)
    with pytest.raises(SetupError, match="no room"):
        call("--fix")
    assert "owner: jane" in file.read_text("utf-8")
