"""Reports that the test tools of Python write today, in a real run: each is read, and bears out what it should.

Those of other languages lie in `tests/reports/`, with their origin.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mkdocs_hotfix.reports import TestReport, read_bytes

COMMIT = "9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b"
COUNTER = "import pathlib\ntries = pathlib.Path(__file__).with_name('tries')\n"

PASSING = "def test_total(): assert 2 + 2 == 4\n"
PARTS = {
    "pass": PASSING,
    "fail": "def test_discount(): assert 90 == 91\n",
    "error": "@pytest.fixture\ndef vault(): raise ConnectionError('vault answered 404')\ndef test_pay(vault): pass\n",
    "broken at the end": "@pytest.fixture\ndef lock():\n    yield\n    raise OSError\ndef test_lock(lock): pass\n",
    "skip": "def test_refund(): pytest.skip('needs a card')\n",
    "fails as expected": "@pytest.mark.xfail\ndef test_gift(): assert 0\n",
    "passes unexpectedly": "@pytest.mark.xfail(strict=True)\ndef test_stock(): pass\n",
    "passes at the second try": (
        f"{COUNTER}def test_flaky():\n    first = not tries.exists()\n    tries.touch()\n    assert not first\n"
    ),
}
# passed, failed, errors, skipped
COUNTS = {
    "pass": (1, 0, 0, 0),
    "fail": (0, 1, 0, 0),
    "error": (0, 0, 1, 0),
    "broken at the end": (0, 0, 1, 0),
    "skip": (0, 0, 0, 1),
    "fails as expected": (0, 0, 0, 1),
    "passes unexpectedly": (0, 1, 0, 0),
}
UNITTEST = """
import unittest

class Cart(unittest.TestCase):
    def test_total(self):
        self.assertEqual(2 + 2, 4)

    {}

if __name__ == "__main__":
    import sys, xmlrunner
    runner = xmlrunner.XMLTestRunner(output=sys.argv.pop())
    unittest.main(testRunner=runner, exit=False)
"""
UNITTESTS = {
    "pass": ("def test_more(self): pass", (2, 0, 0, 0)),
    "fail": ("def test_more(self): self.assertEqual(90, 91)", (1, 1, 0, 0)),
    "error": ("def test_more(self): raise ConnectionError", (1, 0, 1, 0)),
    "skip": ("@unittest.skip('needs a card')\n    def test_more(self): pass", (1, 0, 0, 1)),
    "fails as expected": ("@unittest.expectedFailure\n    def test_more(self): self.fail()", (1, 0, 0, 1)),
    "passes unexpectedly": ("@unittest.expectedFailure\n    def test_more(self): pass", (1, 0, 1, 0)),
    "a part fails": ("def test_more(self):\n        with self.subTest(card=1): self.fail()", (1, 1, 0, 0)),
}

pytestmark = pytest.mark.slow


def ran(folder: Path, tests: str, option: str, *more: str) -> TestReport:
    """Run pytest in a process of its own, and read what it wrote."""
    (folder / "test_shop.py").write_text(f"import pytest\n{tests}", "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\njunit_logging = all\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", option, "-p", "no:cacheprovider", *more]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return read_bytes((folder / option.partition("=")[2]).read_bytes())


def counts(report: TestReport) -> tuple[int, int, int, int]:
    return report.passed, report.failed, report.errors, report.skipped


@pytest.mark.parametrize("part", COUNTS)
@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_pytest(part: str, family: str, tmp_path: Path):
    report = ran(
        tmp_path,
        PASSING + PARTS[part].replace("test_total", "test_more"),
        "--junitxml=out.xml",
        "-o",
        f"junit_family={family}",
    )
    passed, *rest = COUNTS[part]
    told = list(counts(report))
    # A test that passes and breaks while it is cleaned up is listed once, or twice: never as passed alone.
    assert told[1:] == rest
    assert told[0] - passed in ((1, 2) if part == "broken at the end" else (1,))
    assert report.contradictions == ()
    assert report.clean == (not any(rest[:2]))
    assert report.began is not None


@pytest.mark.parametrize("part", COUNTS)
def test_pytest_json_ctrf(part: str, tmp_path: Path):
    report = ran(tmp_path, PASSING + PARTS[part].replace("test_total", "test_more"), "--ctrf=out.json")
    _, failed, errors, _ = COUNTS[part]
    assert report.format == "ctrf"
    assert report.contradictions == ()
    # CTRF knows no errors: they failed. A test that fails as expected is skipped, or of another kind.
    assert bool(report.bad) == bool(failed + errors)
    assert report.clean == (not failed and not errors)
    assert report.total in (2, 3)


@pytest.mark.parametrize("option", ["--junitxml=out.xml", "--ctrf=out.json"])
def test_reruns_that_pass_in_the_end_pass(option: str, tmp_path: Path):
    report = ran(tmp_path, PASSING + PARTS["passes at the second try"], option, "--reruns=2")
    assert counts(report) == (2, 0, 0, 0)
    assert report.flaky == 1
    assert report.clean


@pytest.mark.parametrize("option", ["--junitxml=out.xml", "--ctrf=out.json"])
def test_reruns_that_never_pass_fail(option: str, tmp_path: Path):
    report = ran(tmp_path, PASSING + PARTS["fail"], option, "--reruns=2")
    assert (report.passed, report.bad) == (1, 1)
    assert not report.clean


def test_a_property_of_the_run_names_the_commit(tmp_path: Path):
    property_of_all = (
        "@pytest.fixture(scope='session', autouse=True)\n"
        f"def commit(record_testsuite_property): record_testsuite_property('commit', '{COMMIT}')\n"
    )
    assert ran(tmp_path, property_of_all + PASSING, "--junitxml=out.xml").commits == (COMMIT,)


def test_a_file_that_does_not_import_is_no_pass(tmp_path: Path):
    (tmp_path / "test_broken.py").write_text("import nothing_of_this_name\n", "utf-8")
    report = ran(tmp_path, PASSING, "--junitxml=out.xml", "--continue-on-collection-errors")
    assert (report.passed, report.errors) == (1, 1)
    assert not report.clean


@pytest.mark.parametrize("part", UNITTESTS)
def test_unittest_xml_reporting(part: str, tmp_path: Path):
    code, expected = UNITTESTS[part]
    (tmp_path / "shop.py").write_text(UNITTEST.format(code), "utf-8")
    command = [sys.executable, "shop.py", str(tmp_path / "out")]
    subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)
    (file,) = (tmp_path / "out").iterdir()
    report = read_bytes(file.read_bytes())
    assert counts(report) == expected
    assert report.contradictions == ()
    assert report.clean == (not any(expected[1:3]))
