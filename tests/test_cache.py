"""What an earlier run has found is believed only where a new run would find the same: proven by letting both run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mkdocs_hotfix import cache, gate, memory, policyfile, reports, workers
from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.findings import Problem, Span
from mkdocs_hotfix.formats import FORMATS
from mkdocs_hotfix.memory import Memory
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.times import later

CASES = sorted(path for path in (Path(__file__).parent / "cases").glob("*/*/") if path.name != "before")
EXAMPLES = Path(__file__).parent / "examples" / "docs"
AS_OF = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handbook of the example records, and a cache folder of its own."""
    shutil.copytree(EXAMPLES, tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "docs"


def check(*more: str) -> str:
    result = CliRunner().invoke(cli, ["check", "--format", "json", "--as-of", "2027-03-01T00:00:00Z", *more])
    assert result.exception is None, result.output
    return result.output


def file_of(docs: Path) -> Path:
    (found,) = (docs.parent / "caches" / "mkdocs-hotfix").glob("*.cache")
    return found


def held(docs: Path) -> tuple[str, dict[str, memory.Entry]]:
    """Open the cache: the fingerprint and the entries."""
    raw = file_of(docs).read_bytes()
    head, _, rest = raw[32:].partition(b"\n")
    told, entries = json.loads(head), {}
    for key, size in told["sizes"].items():
        entries[key], rest = memory.Entry.read(rest[:size]), rest[size:]
    return told["made"], entries


def remembered(docs: Path) -> set[str]:
    return set(held(docs)[1])


def write(docs: Path, key: bytes, made: str, entries: dict[str, memory.Entry]) -> None:
    """Write a cache with a key."""
    cache._Seal(key).write(file_of(docs), made, {name: one.written() for name, one in entries.items()})


def read(policy: Policy, at: datetime, lent: Memory | None = None) -> str:
    return FORMATS["json"](gate.check(policy, at, memory=lent))


def lies(entries: dict[str, bytes]) -> dict[str, bytes]:
    """Let each entry say something that no rule would: what shows it was believed."""
    lie = Problem("A lie", pointer=("title",), span=Span(1, 1, 1, 4))
    lied = {
        key: replace(memory.Entry.read(one), problems=(("vacuous-text", lie),), timed=())
        for key, one in entries.items()
    }
    return {key: one.written() for key, one in lied.items()}


# -- the same answer ---------------------------------------------------------------------------------------


def moments(policy: Policy) -> Iterator[datetime]:
    """The case's day, days before and after it, and the very moments at which something in it can change."""
    records = [one.record for one in gate.check(policy, AS_OF).judged if one.record]
    times = {at for one in records for _, at in one.times()} | {
        at for one in records for one_ in one.waivers for at in (one_.at, one_.ends)
    }
    spans = {timedelta(), *(one.due for one in policy.kinds.values() if one.due)}
    spans |= {one.restore for one in policy.severities.values() if one.restore}
    edges = sorted({later(at.astimezone(UTC), span) for at in times for span in spans})[:: max(1, len(times) // 2)]
    yield from (AS_OF, AS_OF - timedelta(days=400), AS_OF + timedelta(days=1, hours=5))
    for edge in edges[:6]:
        yield from (later(edge, timedelta(seconds=-1)), edge)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_run_with_a_memory_says_what_a_run_without_one_says(case: Path, monkeypatch: pytest.MonkeyPatch):
    """At every moment, whenever the memory was made."""
    monkeypatch.chdir(case.parent)
    own = case / "policy.yml"
    loaded = policyfile.load(own) if own.exists() else policyfile.load(None, root=case)
    policy = replace(loaded, root=case, records=case, git=False)
    times = list(moments(policy))
    fresh = {at: read(policy, at) for at in times}
    left: dict[str, bytes] = {}
    for at in (*times, *reversed(times)):
        lent = Memory(left)
        assert read(policy, at, lent) == fresh[at], f"{at} after {len(left)} entries"
        left = lent.left(policy.root)


def test_records_are_remembered_and_the_memory_is_believed(docs: Path):
    """Otherwise all the tests here would pass with a memory that keeps nothing."""
    policy = policyfile.load(docs / "policy.yml")
    lent = Memory()
    gate.check(policy, AS_OF, memory=lent)
    assert set(lent.kept) == {"hotfixes/HF-2026-0007.md", "hotfixes/HF-2026-0019.md", "hotfixes/HF-2026-0020.md"}
    assert "A lie" in read(policy, AS_OF, Memory(lies(lent.kept)))


def test_where_a_clock_may_run_rules_are_asked_again_and_reports_are_not_read_again(docs: Path):
    """Until none can run any more: then the record is summed up anew."""
    policy, key = policyfile.load(docs / "policy.yml"), "hotfixes/HF-2026-0007.md"
    soon, late = datetime(2026, 4, 14, 5, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
    lent = Memory()
    gate.check(policy, soon, memory=lent)
    entry = memory.Entry.read(lent.kept[key])
    assert len(entry.reports) == 3
    data, told = entry.unpacked
    assert len(told) == 3
    lie = {key: replace(entry, packed=memory.pack(data, [replace(one, failed=1) for one in told])).written()}
    assert "report-disagrees" in read(policy, soon, Memory(lie))
    assert "report-disagrees" not in read(policy, late, later_ := Memory(lie))
    assert memory.Entry.read(later_.kept[key]).is_quiet(Context(policy, late))


def test_a_report_is_remembered_as_it_was_read():
    folders = (Path(__file__).parent / "reports", Path(__file__).parent / "forged", EXAMPLES)
    known = 0
    for file in (one for folder in folders for one in folder.rglob("*") if one.suffix in (".xml", ".json")):
        with contextlib.suppress(reports.ReportError):
            report = reports.read_bytes(file.read_bytes())
            one = memory.Known(file.name, report.sha256, report.content, 1)
            entry = memory.Entry("", (0.0, 0.0), (), (one,), (), ({}, {}), memory.pack({}, [report]))
            again = memory.Entry.read(entry.written())
            assert (again, again.unpacked) == (entry, ({}, (report,)))
            known += 1
    assert known > 20


def test_the_second_check_says_the_same(docs: Path):
    first = check()
    assert len(remembered(docs)) == 3
    assert check() == first == check("--no-cache")
    assert "missing-evidence" in first


def test_what_was_not_asked_about_stays_remembered(docs: Path, tmp_path: Path):
    check()
    other = tmp_path / "aside" / "HF-2026-0007.md"
    other.parent.mkdir()
    shutil.copy(docs / "hotfixes" / "HF-2026-0007.md", other)
    CliRunner().invoke(cli, ["check", "--policy", "docs/policy.yml", str(other)])
    assert len(remembered(docs)) >= 3
    (docs / "hotfixes" / "HF-2026-0020.md").unlink()
    changed = docs / "hotfixes" / "HF-2026-0019.md"
    changed.write_bytes(changed.read_bytes() + b" ")
    check()
    assert "hotfixes/HF-2026-0020.md" not in remembered(docs)


# -- what changes is judged again --------------------------------------------------------------------------


def test_what_has_changed_is_judged_again(docs: Path):
    """A cache full of lies shows which records it is asked about."""
    policy = policyfile.load(docs / "policy.yml")
    lent = Memory()
    gate.check(policy, AS_OF, memory=lent)
    lying = lies(lent.kept)

    def believed() -> set[str]:
        report = gate.check(policy, AS_OF, memory=Memory(lying))
        return {one.record[-4:] for one in report.findings if one.message == "A lie" and one.record}

    assert believed() == {"0007", "0019", "0020"}
    record = docs / "hotfixes" / "HF-2026-0020.md"
    record.write_bytes(record.read_bytes() + b" ")
    assert believed() == {"0007", "0019"}, "one byte of the text"
    report = docs / "hotfixes" / "HF-2026-0007" / "smoke-test.xml"
    held = report.read_bytes()
    report.write_bytes(held.replace(b'time="', b'time="1', 1))
    assert believed() == {"0019"}, "one digit of a report"
    report.unlink()
    assert believed() == {"0019"}, "a report that is gone"
    (docs / "elsewhere.xml").write_bytes(held)
    report.symlink_to(docs / "elsewhere.xml")
    assert believed() == {"0019"}, "a link to the same bytes"
    report.unlink()
    report.write_bytes(held)
    assert believed() == {"0007", "0019"}, "as it was"
    moved = docs / "hotfixes" / "HF-2026-0019.md"
    moved.rename(docs / "hotfixes" / "HF-2026-0021.md")
    assert believed() == {"0007"}, "another name"


def test_rules_that_compare_records_look_at_remembered_ones_too(docs: Path):
    check()
    copy = docs / "hotfixes" / "HF-2026-0008.md"
    text = (docs / "hotfixes" / "HF-2026-0007.md").read_text("utf-8")
    copy.write_text(text.replace("id: HF-2026-0007", "id: HF-2026-0008"), "utf-8")
    found = json.loads(check())["findings"]
    assert {one["record"] for one in found if one["slug"] == "report-reused"} == {"HF-2026-0007", "HF-2026-0008"}
    assert check() == check("--no-cache")


@pytest.mark.parametrize(
    "change",
    [
        ("means: The rest still stands.", "means: All else still stands."),
        ("levels: {}", "levels: {missing-evidence: note}"),
        ("sla: {triage: 30m, restore: 4h}", "sla: {triage: 1m, restore: 1m}"),
    ],
)
def test_another_policy_has_another_memory(docs: Path, change: tuple[str, str]):
    check()
    before, _ = held(docs)
    policy = docs / "policy.yml"
    assert change[0] in policy.read_text("utf-8")
    policy.write_text(policy.read_text("utf-8").replace(*change), "utf-8")
    assert check() == check("--no-cache")
    assert held(docs)[0] != before


def test_git_and_signatures_are_never_remembered(docs: Path):
    """They can change without a byte of the record."""
    policy = policyfile.load(docs / "policy.yml")
    lent = Memory()
    gate.check(policy, AS_OF, memory=lent)
    lying = Memory(lies(lent.kept))
    subprocess.run(["git", "init", "--quiet"], cwd=docs.parent, check=True)
    report = gate.check(policy, AS_OF, git=True, memory=lying)
    assert not [one for one in report.findings if one.message == "A lie"]
    assert not lying.kept


# -- never believed ----------------------------------------------------------------------------------------


def poison(docs: Path, key: bytes = b"k" * 32) -> None:
    """Take every finding out, with the key of another machine."""
    made, entries = held(docs)
    write(docs, key, made, {name: replace(one, problems=()) for name, one in entries.items()})


def foreign(docs: Path) -> None:
    """Bring the cache along, and leave the key at home."""
    poison(docs, (docs.parent / "caches" / "mkdocs-hotfix" / "key").read_bytes())
    (docs.parent / "caches" / "mkdocs-hotfix" / "key").unlink()


def another_byte(docs: Path) -> None:
    raw = file_of(docs).read_bytes()
    file_of(docs).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))


def cut(docs: Path) -> None:
    file = file_of(docs)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def emptied(docs: Path) -> None:
    file_of(docs).write_bytes(b"")


def linked(docs: Path) -> None:
    file = file_of(docs)
    file.rename(file.with_suffix(".old"))
    file.symlink_to(file.with_suffix(".old"))


def piped(docs: Path) -> None:
    file = file_of(docs)
    file.unlink()
    os.mkfifo(file)


def opened(docs: Path) -> None:
    """Let others write into the folder: then they could have planted the key, too."""
    poison(docs, (docs.parent / "caches" / "mkdocs-hotfix" / "key").read_bytes())
    (docs.parent / "caches" / "mkdocs-hotfix").chmod(0o777)


def short_key(docs: Path) -> None:
    (docs.parent / "caches" / "mkdocs-hotfix" / "key").write_bytes(b"")


@pytest.mark.parametrize("spoil", [poison, foreign, another_byte, cut, emptied, linked, piped, opened, short_key])
def test_a_cache_that_is_not_ours_or_not_whole_is_not_believed(spoil, docs: Path):
    honest = check()
    assert '"errors": 3' in honest
    spoil(docs)
    assert check() == honest
    assert check() == honest


def test_a_sealed_lie_would_be_believed(docs: Path):
    """So the tests above show that it is the seal which keeps lies out."""
    honest = check()
    poison(docs, (docs.parent / "caches" / "mkdocs-hotfix" / "key").read_bytes())
    assert check() != honest


def test_nobody_else_can_read_the_key_or_write_beside_it(docs: Path):
    check()
    where = docs.parent / "caches" / "mkdocs-hotfix"
    assert (where.stat().st_mode & 0o777, (where / "key").stat().st_mode & 0o777) == (0o700, 0o600)


def test_nothing_is_written_beside_the_records(docs: Path):
    before = sorted(path for path in docs.parent.rglob("*") if "caches" not in path.parts)
    check()
    assert sorted(path for path in docs.parent.rglob("*") if "caches" not in path.parts) == before


def test_without_a_place_for_it_everything_is_judged(docs: Path, monkeypatch: pytest.MonkeyPatch):
    honest = check("--no-cache")
    (docs.parent / "a-file").touch()
    for place in ("/dev/null", str(docs.parent / "a-file")):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        assert check() == honest


def test_no_cache_leaves_nothing(docs: Path):
    check("--no-cache")
    assert not (docs.parent / "caches").exists()


@pytest.mark.slow
def test_many_runs_at_once_agree_and_leave_a_cache_that_is_whole(docs: Path):
    honest = check("--no-cache")
    command = [sys.executable, "-c", "from mkdocs_hotfix.cli import main; main()", "check", "--format", "json"]
    runs = [
        subprocess.Popen(
            [*command, "--as-of", "2027-03-01T00:00:00Z"], cwd=docs.parent, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    assert {run.communicate(timeout=60)[0] for run in runs} == {honest}
    assert len(remembered(docs)) == 3
    assert check() == honest


# -- in several processes ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_several_processes_say_what_one_says(case: Path, monkeypatch: pytest.MonkeyPatch):
    """Also of files that can not be read, of wrong shapes and of reports that are missing."""
    monkeypatch.chdir(case.parent)
    monkeypatch.setattr(workers, "_CHUNK", 2)
    own = case / "policy.yml"
    loaded = policyfile.load(own) if own.exists() else policyfile.load(None, root=case)
    policy = replace(loaded, root=case, records=case, git=False)
    lent = Memory()
    many = FORMATS["json"](gate.check(policy, AS_OF, memory=lent, jobs=2))
    assert many == read(policy, AS_OF)
    assert read(policy, AS_OF, Memory(lent.kept)) == many
    assert FORMATS["json"](gate.check(policy, AS_OF, memory=Memory(lent.kept), sparing=True)) == many


def test_a_record_that_changes_under_the_hands_of_a_worker_is_judged_again(docs: Path):
    policy = policyfile.load(docs / "policy.yml")
    context = Context(policy, AS_OF)
    file = docs / "hotfixes" / "HF-2026-0007.md"
    (written,) = workers.judge([file], context, 2)
    assert written
    assert Memory().take(file, written, context)
    file.write_bytes(file.read_bytes() + b" ")
    assert Memory().take(file, written, context) is None


def test_one_process_is_enough_for_few_records():
    assert workers.sensible(workers.FEWEST - 1) == 1
    assert workers.sensible(workers.FEWEST) >= 1
