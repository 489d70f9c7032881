"""The counters in the headers of JUnit XML: what each may hide, and what real tools do. One number at a time."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from mkdocs_hotfix.junitcounts import Counts, Suite, differences
from mkdocs_hotfix.reports import read_bytes


def suite(name: str = "", **header: str) -> Suite:
    return Suite("testsuite", header | ({"name": name} if name else {}))


def told(header: str, shows: str) -> list[tuple[str, int]]:
    """Compare `tests=3 failures=1` with `cases=3 marks=1`."""
    says = dict(word.split("=") for word in header.split())
    counts = Counts(**{name: int(number) for name, number in (word.split("=") for word in shows.split())})
    return [
        (text.removeprefix("The header of <testsuite> says "), missing)
        for text, missing in differences(suite(**says), counts)
    ]


def test_a_suite_shows_what_all_suites_in_it_show_together():
    names = [field.name for field in fields(Counts)]
    total, added = Counts(), Counts(**{name: 2**place for place, name in enumerate(names)})
    assert {getattr(total, name) for name in names} == {0}
    total.add(added)
    total.add(added)
    of_one_suite = ("repeats", "recovered")  # in a row, and there is no row over two suites
    assert {name: getattr(total, name) for name in names} == {
        name: 0 if name in of_one_suite else 2 ** (place + 1) for place, name in enumerate(names)
    }


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("3", 3), (" 3 ", 3), ("3.0", 3), ("3.000", 3), ("0", 0), ("123456789", 123456789),
        ("1234567890", None), ("3.5", None), ("1e2", None), ("-1", None), ("+1", None), ("three", None), ("", None),
        (" ", None), ("٣", None),
    ],
)  # fmt: skip
def test_a_counter_is_a_whole_number_or_none_at_all(value: str, number: int | None):
    assert suite(tests=value).says("tests") == number
    wrong = number is None and bool(value.strip())
    for name in ("tests", "failures", "errors", "skipped", "disabled"):
        said = [*suite("pay", **{name: value}).no_numbers()]
        assert said == [f"The header of <testsuite> 'pay' says {name}={value.strip()!r}, which is no number"] * wrong
    assert [*suite(time=value, assertions=value).no_numbers()] == []


def test_a_counter_that_is_no_number_is_cut_at_thirty_characters():
    (said,) = suite(tests="x" * 29).no_numbers()
    assert said == f"The header of <testsuite> says tests='{'x' * 28}…, which is no number"


def test_a_counter_goes_by_the_first_name_that_is_there():
    one = suite(skips="1", ignored="2", tests=" ")
    assert one.says("skipped", "skips", "ignored") == 1
    assert one.says("ignored", "skips") == 2
    assert one.says("tests", "skips") == 1
    assert one.says("tests") is None
    assert suite(skipped="x", skips="1").says("skipped", "skips") is None


def test_a_header_is_named_by_its_tag_and_the_name_of_its_suite():
    assert Suite("testsuites", {}).title == "The header of <testsuites>"
    assert suite("pay").title == "The header of <testsuite> 'pay'"
    assert suite("p" * 99).title == f"The header of <testsuite> '{'p' * 58}…"


@pytest.mark.parametrize(
    ("tests", "shows", "own", "to_do"),
    [
        ("2", {"cases": 3, "idle": 1}, 3, 1),
        ("1", {"cases": 3, "idle": 1}, 3, 1),
        ("1", {"cases": 3, "idle": 3}, 3, 2),
        ("3", {"cases": 3, "idle": 3}, 3, 0),
        ("4", {"cases": 3, "idle": 3}, 3, 0),
        ("", {"cases": 3, "idle": 3}, 3, 0),
        ("2", {"cases": 3, "idle": 1, "bad": 1}, 3, 0),
        ("2", {"cases": 3, "idle": 1, "to_do": 1}, 0, 0),
        ("1", {"cases": 3, "idle": 2, "to_do": 1}, 0, 1),
        ("1", {"cases": 3, "idle": 2}, 1, 0),
        ("1", {"cases": 3, "idle": 2}, 2, 1),
        ("1", {"cases": 3, "idle": 2}, 0, 2),
        ("2", {"cases": 3, "idle": 3}, 1, 1),
        ("0", {"cases": 1, "idle": 1}, 1, 1),
        ("0", {"cases": 3, "idle": 3}, 0, 3),
        ("3", {"cases": 5, "idle": 4, "to_do": 1}, 0, 1),
        ("1", {"cases": 5, "idle": 2, "to_do": 1}, 0, 1),
    ],
    ids=str,
)
def test_tests_to_do_are_what_the_header_leaves_out_of_those_that_took_no_time(
    tests: str, shows: dict[str, int], own: int, to_do: int
):
    one = suite(tests=tests)
    one.all, one.own = Counts(**shows), Counts(cases=own)
    assert one.uncounted() == to_do


def cases(number: int) -> str:
    return "one case is in it" if number == 1 else f"{number} cases are in it"


@pytest.mark.parametrize(
    ("header", "shows", "said"),
    [
        # more tests than cases
        ("tests=3", "cases=3", []),
        ("tests=4", "cases=3", [("tests=4, and 3 cases are in it", 1)]),
        ("tests=9", "cases=1", [("tests=9, and one case is in it", 8)]),
        ("tests=4", "cases=3 reruns=1", []),
        ("tests=5", "cases=3 reruns=1", [("tests=5, and 3 cases are in it", 1)]),
        ("tests=4 skipped=1", "cases=3", []),
        ("tests=5 skipped=1", "cases=3", [("tests=5, and 3 cases are in it", 1)]),
        ("tests=4 skipped=1", "cases=3 skips=1", [("tests=4, and 3 cases are in it", 1)]),
        ("tests=5 skipped=3", "cases=3 skips=1", []),
        ("tests=5 skipped=1 disabled=1", "cases=3", []),
        ("tests=5 disabled=2", "cases=3", [("tests=5, and 3 cases are in it", 2)]),
        # fewer
        ("tests=2", "cases=3", [("tests=2, and 3 cases are in it", 0)]),
        ("tests=2", "cases=3 bad=1 marks=1", []),
        ("tests=1", "cases=3 bad=1 marks=1", [("tests=1, and 3 cases are in it", 0)]),
        ("tests=2", "cases=3 idle=1", []),
        ("tests=1", "cases=3 idle=1", [("tests=1, and 3 cases are in it", 0)]),
        ("tests=1", "cases=3 idle=1 bad=1 marks=1", []),
        ("tests=0", "cases=1 idle=1", [("tests=0, and one case is in it", 0)]),
        ("tests=0", "cases=1 idle=1 bad=1 marks=1", []),
        ("tests=0", "cases=2 idle=1 bad=1 marks=1", [("tests=0, and 2 cases are in it", 0)]),
        ("tests=0", "cases=1 idle=1 skips=1", []),
        ("tests=0", "", []),
        # failures and errors
        ("failures=1 errors=1", "cases=2 failures=1 errors=1 marks=2", []),
        ("failures=2 errors=0", "cases=2 failures=1 errors=1 marks=2", []),
        ("failures=2", "cases=2 failures=1 errors=1 marks=2", []),
        ("failures=2 errors=1", "cases=2 failures=1 errors=1 marks=2", [("3 failed, and only 2 of its cases did", 0)]),
        ("failures=3", "cases=2 failures=1 errors=1 marks=2", [("3 failed, and only 2 of its cases did", 0)]),
        ("errors=1", "cases=2", [("1 failed, and only 0 of its cases did", 0)]),
        ("failures=3", "cases=2 failures=1 errors=1 marks=2 reruns=1", []),
        ("failures=0 errors=1", "cases=2 failures=1 errors=1 marks=2", [("1 failed, and 2 of its cases did", 0)]),
        ("failures=0", "cases=2 failures=1 errors=1 marks=2", [("0 failed, and 1 of its cases did", 0)]),
        ("errors=0", "cases=2 failures=1 errors=1 marks=2", [("0 failed, and 1 of its cases did", 0)]),
        ("errors=0", "cases=2 failures=1 marks=1", []),
        ("failures=0", "cases=2 errors=1 marks=1", []),
        ("failed=2", "cases=2 marks=1", [("2 failed, and only 1 of its cases did", 0)]),
        ("failure=2", "cases=2 marks=1", [("2 failed, and only 1 of its cases did", 0)]),
        ("error=2", "cases=2 marks=1", [("2 failed, and only 1 of its cases did", 0)]),
        ("time=2", "cases=2 failures=2 marks=2", []),
        # skipped
        ("skipped=1", "cases=2 skips=1", []),
        ("skipped=2", "cases=2 skips=1", [("2 skipped, and only 1 of its cases were", 0)]),
        ("skipped=0", "cases=2 skips=1", [("0 skipped, and 1 of its cases were", 0)]),
        ("skipped=1 disabled=1", "cases=2 skips=2", []),
        ("skipped=2 disabled=1", "cases=2 skips=2", [("3 skipped, and only 2 of its cases were", 0)]),
        ("disabled=1", "cases=2", []),
        ("skips=1", "cases=2", [("1 skipped, and only 0 of its cases were", 0)]),
        ("skip=1", "cases=2", [("1 skipped, and only 0 of its cases were", 0)]),
        ("ignored=1", "cases=2", [("1 skipped, and only 0 of its cases were", 0)]),
        ("tests=3 skipped=2", "cases=2 skips=1", []),
        ("tests=3 skipped=3", "cases=2 skips=1", [("3 skipped, and only 1 of its cases were", 0)]),
        ("tests=1 skipped=0", "cases=2 skips=1 idle=1", []),
        ("tests=1 skipped=0", "cases=3 skips=2 idle=2", []),
        ("tests=2 skipped=0", "cases=3 skips=2 idle=2", [("0 skipped, and 2 of its cases were", 0)]),
        ("tests=9 skipped=0", "cases=3 skips=1", [
            ("tests=9, and 3 cases are in it", 6), ("0 skipped, and 1 of its cases were", 0)
        ]),
    ],
    ids=str,
)  # fmt: skip
def test_a_header_is_compared_with_its_cases(header: str, shows: str, said: list[tuple[str, int]]):
    assert told(header, shows) == said


# -- in a file ---------------------------------------------------------------------------------------------

OK = '<testcase name="{}"/>'
BAD = '<testcase name="{}"><failure/></testcase>'


def report(text: str) -> Any:
    return read_bytes(text.encode())


def test_what_two_suites_hide_together_the_root_is_asked_about():
    two = f"<testsuite>{OK.format('a')}{BAD.format('b')}</testsuite><testsuite>{OK.format('c')}{BAD.format('d')}</testsuite>"
    for failures in (2, 3, 1, 0):
        made = report(f'<testsuites tests="4" failures="{failures}">{two}</testsuites>')
        assert (made.passed, made.failed) == (2, 2)
        assert bool(made.contradictions) == (failures != 2), failures
