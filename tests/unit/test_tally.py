"""What is counted of a report and kept of it: each word that a status may be, each name of a commit, each limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mkdocs_hotfix.junitcase import Case, sounds_wrong, told_wrong
from mkdocs_hotfix.reports import read_bytes
from mkdocs_hotfix.tally import Tally
from mkdocs_hotfix.testreport import TestReport

FULL = "9f2c4e1a7b3d5f60718293a4b5c6d7e8f9012345"


def made(*steps: Callable[[Tally], object]) -> TestReport:
    tally = Tally()
    for step in steps:
        step(tally)
    return tally.report("junit", "0" * 64, 7)


# -- a case and its words ----------------------------------------------------------------------------------

WORDS = {
    "passed": "run ran ok pass passed success successful succeeded complete completed finished fixed",
    "failed": "fail failed failure timeout timedout broken regression",
    "error": "error errored aborted crashed cancelled canceled | anything | passed?",
    "skipped": "skip skipped notrun disabled ignored pending suppressed todo",
}


@pytest.mark.parametrize(("outcome", "words"), WORDS.items())
@pytest.mark.parametrize("name", ["status", "result", "outcome"])
def test_each_word_of_a_status_is_one_outcome_and_an_unknown_one_proves_nothing(name: str, outcome: str, words: str):
    for word in words.split():
        for written in (word, word.upper(), f" {word} "):
            case = Case({"name": "a", name: written})
            assert case.judge() == outcome, written
            unknown = word in ("|", "anything", "passed?")
            assert case.message == (f"Its status is {word!r}, which may mean anything" if unknown else "")
    assert Case({"name": "a", name: " "}).judge() == "passed"


@pytest.mark.parametrize("name", ["status", "result", "outcome"])
def test_a_suite_says_that_it_went_wrong_by_the_same_words(name: str):
    for outcome, words in WORDS.items():
        for word in set(words.split()) - {"|", "anything", "passed?"}:
            for written in (word, word.title(), f" {word} "):
                wrong = outcome in ("failed", "error")
                assert told_wrong({name: written}) == (written.strip() if wrong else ""), written
    assert told_wrong({}) == told_wrong({name: ""}) == told_wrong({name: "anything"}) == ""
    assert told_wrong({"status": "passed", "result": "failed", "outcome": "error"}) == "failed"


NO = ["", " ", "0", "false", "FALSE", "no", "none", "null"]


@pytest.mark.parametrize("name", ["failure", "error"])
def test_an_attribute_that_says_what_failed_is_a_failure_unless_it_says_no(name: str):
    for word in NO:
        case = Case({"name": "a", name: word})
        assert (case.judge(), case.message) == ("passed", "")
    case = Case({"name": "a", name: "expected 200, got 500"})
    assert (case.judge(), case.message, case.marked) == ("failed", "expected 200, got 500", True)
    case = Case({"name": "a", name: "expected 200, got 500"})
    case.message = "as the element says"
    assert (case.judge(), case.message) == ("failed", "as the element says")


@pytest.mark.parametrize(("name", "outcome"), [("success", "failed"), ("passed", "failed"), ("executed", "skipped")])
def test_an_attribute_that_denies_a_pass_is_believed(name: str, outcome: str):
    for word in NO:
        assert Case({"name": "a", name: word}).judge() == (outcome if word.strip() else "passed"), word
    for word in ("1", "true", "yes"):
        assert Case({"name": "a", name: word}).judge() == "passed"


@pytest.mark.parametrize(
    ("marks", "attributes", "outcome"),
    [
        ({}, {}, "passed"),
        ({"failure": True}, {"status": "passed"}, "failed"),
        ({"failure": True, "skip": True}, {}, "failed"),
        ({"failure": True, "error": True}, {}, "error"),
        ({"error": True}, {"status": "skipped"}, "error"),
        ({"warning": True}, {"result": "passed"}, "error"),
        ({"reruns": 1}, {}, "failed"),
        ({"reruns": 1, "skip": True}, {"status": "ok"}, "failed"),
        ({"flaky": 1}, {}, "passed"),
        ({"skip": True}, {}, "skipped"),
        ({"skip": True, "skip_message": "Not today"}, {"status": "passed"}, "skipped"),
        ({"skip": True, "skip_message": "Not today"}, {"status": "notrun"}, "error"),
        ({"skip": True, "skip_message": "SKIP_REGULAR"}, {"status": "notrun"}, "skipped"),
        ({"skip": True, "skip_message": "SKIPPED"}, {"status": "notrun"}, "error"),
        ({"skip": True}, {"status": "notrun"}, "skipped"),
        ({"skip": True, "skip_message": "Not today"}, {"result": "notrun"}, "skipped"),
        ({}, {"status": "failed", "result": "error"}, "error"),
        ({}, {"status": "passed", "result": "failed"}, "failed"),
        ({}, {"status": "skipped", "outcome": "failed"}, "failed"),
        ({}, {"status": "passed", "outcome": "skipped"}, "skipped"),
    ],
    ids=str,
)
def test_the_worst_of_what_a_case_says_is_its_outcome(
    marks: dict[str, object], attributes: dict[str, str], outcome: str
):
    case = Case({"name": "a", **attributes})
    for name, value in marks.items():
        setattr(case, name, value)
    assert case.judge() == outcome
    if outcome == "skipped":
        assert case.skip
        assert case.message == marks.get("skip_message", "")


def test_what_is_said_of_a_case_stays_what_its_element_says():
    case = Case({"name": "a", "status": "odd"})
    case.error, case.message = True, "refused"
    assert (case.judge(), case.message) == ("error", "refused")
    case = Case({"name": "a"})
    case.error = True
    assert (case.judge(), case.message) == ("error", "")


def test_an_element_that_sounds_wrong_is_known_by_parts_of_its_name():
    for tag in "systemFailure ERROR crashed aborted timeout timedOut timed-out exception broken".split():
        assert sounds_wrong(tag)
    for tag in "system-out properties skipped success time".split():
        assert not sounds_wrong(tag)


# -- names of commits --------------------------------------------------------------------------------------

NAMES = """
commit commit-id commit.sha commit_hash CI_COMMIT CI_COMMIT_SHA git.commit git.commit.id GIT_COMMIT_SHA git-commit-hash
gitSha git.revision git.commit.id.abbrev git.commit.id.full BITBUCKET_COMMIT BUILDKITE_COMMIT BUILD_SOURCEVERSION
CI_COMMIT_SHORT_SHA CIRCLE_SHA1 DRONE_COMMIT DRONE_COMMIT_SHA TRAVIS_COMMIT git.rev GITHUB_SHA vcs.commit vcs.revision
scm.commit scm.revision env.GIT_COMMIT
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_a_commit_goes_by_many_names(name: str):
    assert made(lambda tally: tally.names_commit(name, f" {FULL[:7].upper()} ")).commits == (FULL[:7],)
    assert made(lambda tally: tally.names_commit(name, "main")).commits == ()


@pytest.mark.parametrize("name", ["sha", "revision", "build.vcs.number"])
def test_a_name_that_other_things_go_by_too_holds_a_whole_commit(name: str):
    assert made(lambda tally: tally.names_commit(name, FULL)).commits == (FULL,)
    assert made(lambda tally: tally.names_commit(name, FULL[:39])).commits == ()
    assert made(lambda tally: tally.names_commit("other", FULL)).commits == ()


def test_a_tree_that_was_changed_by_hand_is_named_as_such():
    assert made(lambda tally: tally.commit(f"{FULL}-dirty")).commits == (f"{FULL}-dirty",)
    for word in (FULL[:6], f"{FULL}x", "a" * 65):
        assert made(lambda tally, word=word: tally.commit(word)).commits == ()
    assert made(lambda tally: tally.commit("a" * 64)).commits == ("a" * 64,)


def test_names_and_values_are_cut_and_only_so_many_are_kept():
    assert made(lambda tally: tally.names_commit("-" * 54 + "commit", FULL)).commits == (FULL,)
    assert made(lambda tally: tally.names_commit("-" * 55 + "commit", FULL)).commits == ()
    assert made(lambda tally: tally.names_commit("commit", " " * 40 + FULL)).commits == (FULL,)
    assert made(lambda tally: tally.names_commit("commit", " " * 74 + FULL)).commits == ()
    names = [f"{number:07x}" for number in range(101)]
    assert made(*[lambda tally, one=one: tally.commit(one) for one in names]).commits == tuple(names[:100])
    said = [f"It says {number}" for number in range(21)]
    assert made(*[lambda tally, one=one: tally.contradict(one) for one in said]).contradictions == tuple(said[:20])
    assert made(*[lambda tally: tally.contradict("It says so")] * 2).contradictions == ("It says so",)


# -- counts, times and the few that are shown --------------------------------------------------------------


def test_each_case_is_counted_once_under_its_outcome():
    tally = Tally()
    tally.add("a", "g", "passed", 1.5, flaky=True)
    tally.add("b", "g", "passed", None)
    tally.add("c", "g", "failed", 0.25, "no")
    tally.add("", "", "error", None)
    tally.add("e", "g", "skipped", None)
    one = tally.report("ctrf", "f" * 64, 9)
    assert (one.passed, one.failed, one.errors, one.skipped, one.flaky) == (2, 1, 1, 1, 1)
    assert (one.total, one.ran, one.bad, one.clean) == (5, 4, 2, False)
    assert (one.format, one.sha256, one.size, one.seconds) == ("ctrf", "f" * 64, 9, 1.75)
    assert [(case.name, case.group, case.outcome, case.seconds, case.message) for case in one.failing] == [
        ("c", "g", "failed", 0.25, "no"),
        ("(no name)", "", "error", None, ""),
    ]
    assert [(case.name, case.seconds) for case in one.slowest] == [("a", 1.5), ("c", 0.25)]
    assert (one.started, one.finished, one.started_local, one.finished_local) == (None, None, None, None)
    assert made(lambda tally: tally.add("a", "", "passed", None)).seconds is None


@pytest.mark.parametrize(
    ("passed", "failed", "errors", "contradicts", "clean"),
    [
        (1, 0, 0, False, True),
        (0, 0, 0, False, False),
        (1, 1, 0, False, False),
        (1, 0, 1, False, False),
        (1, 0, 0, True, False),
    ],
)
def test_a_report_bears_out_a_pass_if_one_passed_none_did_not_and_nothing_disagrees(
    passed: int, failed: int, errors: int, contradicts: bool, clean: bool
):
    tally = Tally()
    for outcome, number in (("passed", passed), ("failed", failed), ("error", errors), ("skipped", 1)):
        for _ in range(number):
            tally.add("a", "g", outcome, None)
    if contradicts:
        tally.contradict("It says so")
    assert tally.report("junit", "", 0).clean is clean


def test_the_run_took_what_the_report_says_and_else_the_sum_of_its_tests():
    tally = Tally()
    tally.add("a", "g", "passed", 0.1)
    tally.add("b", "g", "passed", 0.2)
    assert tally.report("junit", "", 0).seconds == 0.3
    tally.seconds = 7.12345678
    assert tally.report("junit", "", 0).seconds == 7.123457


def test_the_ten_slowest_and_the_first_fifty_that_failed_are_kept():
    tally = Tally()
    for number in range(60):
        tally.add(f"t{number}", "g", "failed" if number % 2 else "error", float(number % 30))
    one = tally.report("junit", "", 0)
    assert [case.name for case in one.failing] == [f"t{number}" for number in range(50)]
    assert [case.name for case in one.slowest] == ["t29", "t59", "t28", "t58", "t27", "t57", "t26", "t56", "t25", "t55"]
    assert [case.group for case in one.slowest] == ["g"] * 10


def test_what_is_slower_than_one_of_the_ten_takes_its_place():
    tally = Tally()
    for seconds in (5.0, 1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0, 1.5, 0.5):
        tally.add(f"{seconds}", "g", "passed", seconds)
    assert min(case.seconds or 0 for case in tally.report("junit", "", 0).slowest) == 1.5


def test_the_run_lasted_from_the_first_start_to_the_last_end_by_either_clock():
    at = datetime(2026, 4, 14, 2, 0, tzinfo=UTC)
    west, minute = timezone(-timedelta(hours=7)), timedelta(minutes=1)
    local = at.replace(tzinfo=None)
    one = made(
        lambda tally: tally.started(None, 5.0),
        lambda tally: tally.started(at + minute, 60.0),
        lambda tally: tally.started(at.astimezone(west), 30.0),
        lambda tally: tally.started(at + minute),
        lambda tally: tally.started(local + minute, 60.0),
        lambda tally: tally.started(local, 30.0),
    )
    assert (one.started, one.finished) == (at, at + 2 * minute)
    assert (one.started_local, one.finished_local) == (local, local + 2 * minute)
    one = made(lambda tally: tally.started(at))
    assert (one.started, one.finished, one.started_local) == (at, at, None)


# -- telling copies ----------------------------------------------------------------------------------------


def test_of_what_a_report_says_two_thousand_parts_are_enough_to_tell_a_copy():
    def content(number: int, name: str) -> str:
        cases = [f'<testcase name="{name if at == number else at}"/>' for at in range(2, 2_004)]
        return read_bytes(f"<testsuite>{''.join(cases)}</testsuite>".encode()).content

    assert content(1_997, "a") != content(1_997, "b"), "a suite counts as four parts, so this one is the last"
    assert content(1_998, "a") == content(1_998, "b")


def test_what_a_report_says_is_known_whatever_else_its_bytes_are():
    def copy(*, note: object = None, failed: bool = False, seconds: float | None = None, whole: float | None = None):
        tally = Tally()
        if note is not None:
            tally.note(note)
        tally.add("a", "g", "failed" if failed else "passed", seconds)
        tally.seconds = whole
        return tally.report("junit", "", 0).content

    assert copy() == copy()
    assert copy(note={"a": 1, "b": "\udc80"}) == copy(note={"b": "\udc80", "a": 1})
    others = [copy(), copy(note=1), copy(note=2), copy(failed=True), copy(seconds=1.0), copy(whole=1.0)]
    assert len(set(others)) == len(others)
    one, other = Tally(), Tally()
    one.note_text("a\udc80")
    other.note_text("b\udc80")
    assert one.report("junit", "", 0).content != other.report("junit", "", 0).content
    twice = Tally()
    twice.add("a", "g", "passed", None)
    twice.add("a", "g", "passed", None)
    assert twice.report("junit", "", 0).content != copy()
