"""Reports that test tools write today, in a real run of the same small shop: in order, and with a failure in it.

Each says what happened, contradicts itself nowhere, and says no longer what happened once its failure is taken out by hand.
pytest and unittest-xml-reporting have a file of their own; what can not be run here lies in `tests/reports/`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mkdocs_hotfix.reports import TestReport, read_bytes

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
NODE = ["jest@30.5.2", "jest-junit@17.0.0", "mocha@11.8.0", "mocha-junit-reporter@2.2.1"]
NODE += ["jest-ctrf-json-reporter@0.0.11", "mocha-ctrf-json-reporter@0.0.11"]


def run(folder: Path, *command: str | Path, **environment: str) -> None:
    """Run a tool as somebody at a terminal would; that it ends with a failure is what half of the runs are for."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1, 8), (command, done.stdout + done.stderr)


# -- tools of Python ---------------------------------------------------------------------------------------


def nose2(folder: Path, *, bad: bool) -> Path:
    test = "self.assertEqual(90, 91)" if bad else "pass"
    (folder / "test_shop.py").write_text(
        "import unittest\n\n\nclass Cart(unittest.TestCase):\n"
        f"    def test_pay(self):\n        pass\n\n    def test_refund(self):\n        {test}\n\n"
        "    @unittest.skip('needs a card')\n    def test_gift(self):\n        pass\n",
        "utf-8",
    )
    run(folder, sys.executable, "-m", "nose2", "--plugin", "nose2.plugins.junitxml", "--junit-xml")
    return folder / "nose2-junit.xml"


def behave(folder: Path, *, bad: bool) -> Path:
    (folder / "steps").mkdir()
    (folder / "steps" / "shop.py").write_text(
        "from behave import step\n\n\n@step('{a:d} is {b:d}')\ndef equal(_, a, b):\n    assert a == b\n", "utf-8"
    )
    (folder / "shop.feature").write_text(
        f"Feature: Cart\n  Scenario: pay\n    Given 4 is 4\n  Scenario: refund\n    Given 90 is {91 if bad else 90}\n"
        "  @skip\n  Scenario: gift\n    Given 1 is 1\n",
        "utf-8",
    )
    run(folder, sys.executable, "-m", "behave", "--junit", "--junit-directory", "out", "--tags", "not @skip")
    (report,) = (folder / "out").glob("*.xml")
    return report


def robot(folder: Path, *, bad: bool) -> Path:
    (folder / "shop.robot").write_text(
        f"*** Test Cases ***\nPay\n    Should Be Equal    4    4\nRefund\n    Should Be Equal    90    {91 if bad else 90}\n"
        "Gift\n    Skip    needs a card\n",
        "utf-8",
    )
    run(folder, sys.executable, "-m", "robot", "--xunit", "out.xml", "--log", "NONE", "--report", "NONE", "shop.robot")
    return folder / "out.xml"


def ctest(folder: Path, *, bad: bool) -> Path:
    tests = {"pay": "exit(0)", "refund": f"exit({int(bad)})", "gift": "exit(77)"}
    lines = [f'add_test({name} "{sys.executable}" "-c" "{code}")' for name, code in tests.items()]
    lines += ["set_tests_properties(gift PROPERTIES SKIP_RETURN_CODE 77)"]
    (folder / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n", "utf-8")
    run(folder, BIN / "ctest", "--output-junit", folder / "out.xml")
    return folder / "out.xml"


# -- tools of Node.js --------------------------------------------------------------------------------------

JEST = (
    'test("pay", () => { expect(2 + 2).toBe(4); });\ntest("refund", () => { expect(90).toBe(%s); });\n'
    'test.skip("gift", () => {});\n'
)
MOCHA = (
    'const assert = require("node:assert");\ndescribe("cart", () => {\n  it("pay", () => assert.equal(4, 4));\n'
    '  it("refund", () => assert.equal(90, %s));\n  it.skip("gift", () => {});\n});\n'
)
NODE_TEST = (
    'import { test } from "node:test";\nimport assert from "node:assert";\n'
    'test("pay", () => assert.equal(4, 4));\ntest("refund", () => assert.equal(90, %s));\ntest.skip("gift", () => {});\n'
)


@pytest.fixture(scope="session")
def modules() -> Path:
    """Install the tools once for all runs on this machine."""
    home = Path(tempfile.gettempdir()) / ("mkdocs-hotfix-node-" + re.sub(r"[^a-z0-9]+", "-", "-".join(NODE)))
    if not home.is_dir():
        made = Path(tempfile.mkdtemp(prefix="mkdocs-hotfix-node-"))
        run(made, "npm", "install", "--prefix", made, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", *NODE)
        assert (made / "node_modules" / ".bin" / "jest").exists(), "npm has installed nothing: is its registry there?"
        try:
            made.rename(home)
        except OSError:  # another run was faster
            shutil.rmtree(made)
    return home / "node_modules"


def shop(folder: Path, name: str, text: str, *, bad: bool) -> None:
    (folder / "package.json").write_text('{"name": "shop"}\n', "utf-8")
    (folder / name).write_text(text % (91 if bad else 90), "utf-8")


def jest(folder: Path, modules: Path, *, bad: bool) -> Path:
    shop(folder, "shop.test.js", JEST, bad=bad)
    run(
        folder,
        modules / ".bin/jest",
        "--rootDir",
        folder,
        f"--reporters={modules}/jest-junit",
        JEST_JUNIT_OUTPUT_FILE="out.xml",
    )
    return folder / "out.xml"


def jest_ctrf(folder: Path, modules: Path, *, bad: bool) -> Path:
    shop(folder, "shop.test.js", JEST, bad=bad)
    run(folder, modules / ".bin/jest", "--rootDir", folder, f"--reporters={modules}/jest-ctrf-json-reporter")
    return folder / "ctrf" / "ctrf-report.json"


def mocha(folder: Path, modules: Path, *, bad: bool) -> Path:
    shop(folder, "shop.spec.js", MOCHA, bad=bad)
    run(
        folder,
        modules / ".bin/mocha",
        "--reporter",
        modules / "mocha-junit-reporter",
        "shop.spec.js",
        MOCHA_FILE="out.xml",
    )
    return folder / "out.xml"


def mocha_ctrf(folder: Path, modules: Path, *, bad: bool) -> Path:
    shop(folder, "shop.spec.js", MOCHA, bad=bad)
    run(folder, modules / ".bin/mocha", "--reporter", modules / "mocha-ctrf-json-reporter", "shop.spec.js")
    return folder / "ctrf" / "ctrf-report.json"


def node_test(folder: Path, _modules: Path, *, bad: bool) -> Path:
    shop(folder, "shop.mjs", NODE_TEST, bad=bad)
    run(folder, "node", "--test", "--test-reporter=junit", "--test-reporter-destination=out.xml", "shop.mjs")
    return folder / "out.xml"


# -- what each says ------------------------------------------------------------------------------------------


def judge(write: Callable[..., Path], folder: Path, *, hidden: int = 0) -> None:
    """Run the shop in order and with a failure; `hidden` is how many skipped tests the tool leaves out of its file."""
    reports: dict[bool, TestReport] = {}
    for bad in (False, True):
        place = folder / f"bad {bad}"
        place.mkdir()
        file = write(place, bad=bad)
        raw = file.read_bytes()
        report = reports[bad] = read_bytes(raw)
        assert not report.contradictions, (report.contradictions, raw.decode())
        assert (report.passed, report.bad, report.skipped) == (2 - bad, int(bad), 1 - hidden), raw.decode()
        assert report.clean is not bad
        assert report.seconds is not None
        if bad:
            assert "refund" in report.failing[0].name.lower()
            assert not read_bytes(painted(raw)).clean
    assert reports[True].content != reports[False].content


def painted(raw: bytes) -> bytes:
    """Take out of a report that a test has failed, as somebody would who does not know where else it is told."""
    if raw.startswith(b"{"):
        return raw.replace(b'"status": "failed"', b'"status": "passed"')
    without = re.sub(rb"(?s)<failure.*?(?:</failure>|/>)", b"", raw)
    return re.sub(rb'status="fail(ed)?"', b'status="passed"', without)


@pytest.mark.parametrize("tool", [nose2, behave, robot, ctest], ids=lambda tool: tool.__name__)
def test_a_tool_of_python_says_what_happened(tool: Callable[..., Path], tmp_path: Path):
    judge(tool, tmp_path, hidden=0)


@pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="needs Node.js and npm")
@pytest.mark.parametrize("tool", [jest, jest_ctrf, mocha, mocha_ctrf, node_test], ids=lambda tool: tool.__name__)
def test_a_tool_of_node_says_what_happened(tool: Callable[..., Path], modules: Path, tmp_path: Path):
    judge(lambda folder, bad: tool(folder, modules, bad=bad), tmp_path, hidden=int(tool is mocha))
