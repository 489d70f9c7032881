"""Mutation testing of what decides: is there a change of a rule which no test notices?

`python -m tests.mutants [MODULE …]` changes one thing at a time, runs the tests that lead through it, and compares what none of
them noticed with `survivors.toml`. How, and what came of it: `README.md` here.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
import tomllib
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from mkdocs_hotfix.rule import Rule
from tests.mutants.mutations import Mutant, of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = ROOT / "mkdocs_hotfix"
RULES = "evidence reports approvals commits freshness triage changes timeline release signed record"
MODULES = [*(f"rules/{name}" for name in RULES.split()), "obligations", "sla", "verdicts"]

UNITS = (
    "agenda baseline chains desk dossier exports filing flow formats gate glance mending metrics obligations policy properties "
    "reports rules steps verdicts witness"
)
FILES = "cases rule_pages forged trust signatures real_reports git bounded cache corpora large_reports other_tools"
TESTS = [
    *(f"tests/test_{name}.py" for name in FILES.split()),
    *(f"tests/unit/test_{name}.py" for name in UNITS.split()),
]
QUICK = [
    "-q",
    "-m",
    "not slow",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "no:faulthandler",
    "--no-header",
    *TESTS,
]
SLOWEST = 1.5
"""Seconds. A test that takes longer is not among those that look for mutants."""
ALIKE = 60
"""Of the tests that lead through the very same lines of a module, so many look for one mutant, and thrice as many of those that
compare a whole text. `--alike` sets it: with few, a first run is fast, and `--again` asks more tests about what lived."""
CPU_SECONDS = 20
"""A mutant that makes the tests run longer than this has been noticed."""


def forked(work: Callable[[], int], *, bounded: bool = True) -> int:
    """Do the work in a process of its own, bounded: its exit code, or less than zero if it had to be ended."""
    pid = os.fork()
    if not pid:
        code = 70
        try:
            if bounded:
                resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
                resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
                signal.alarm(4 * CPU_SECONDS)
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# -- what runs when a function is called ---------------------------------------------------------------------


class Functions:
    """A plugin of pytest: collects the tests once, and then runs some of them for each mutant."""

    def __init__(self, wanted: list[Path], mutants: list[Mutant], results: Path, alike: int) -> None:
        self.wanted, self.mutants, self.results, self.alike = wanted, mutants, results, alike

    def pytest_runtestloop(self, session: Any) -> bool:
        items = {item.nodeid: item for item in session.items}
        lines, seconds = self._measure(items)
        ways = {module: _ways(at) for module, at in lines.items()}
        telling = {name for name, item in items.items() if {"says", "tells"}.intersection(item.fixturenames)}
        kills: Counter[str] = Counter()
        for path in self.wanted:  # some are imported by those who need them only
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        functions = _functions([str(path) for path in self.wanted])
        gc.collect()
        gc.freeze()
        with self.results.open("a", encoding="utf-8") as out:
            for number, mutant in enumerate(self.mutants):
                if mutant.function and not functions[str(ROOT / mutant.module), mutant.function]:
                    raise LookupError(f"{mutant.module} has no function {mutant.function} that could be changed")
                at = lines.get(mutant.module, {})
                leading = {test for line in (mutant.lines if mutant.function else at) for test in at.get(line, ())}
                own = _own(mutant)
                leading |= set(filter(own, items))  # those of one case share what the first of them has judged
                ordered = sorted(
                    leading,
                    key=lambda test: (not own(test), test not in telling, -kills[test], seconds[test], test),
                )
                ordered = list(_few(ordered, ways.get(mutant.module, {}), own, telling, self.alike))
                started = time.monotonic()
                killer = self._judge(mutant, [items[test] for test in ordered], functions)
                kills[killer] += 1
                took = round(time.monotonic() - started, 3)
                line = {"number": number, "killer": killer, "tests": len(ordered), "took": took, "mutant": mutant.key}
                print(json.dumps(line), file=out, flush=True)
        return True

    def _judge(self, mutant: Mutant, items: list[Any], functions: dict[tuple[str, str], list[Any]]) -> str:
        """Run the tests on the mutant until one fails: its name, or nothing."""
        if not items:
            return ""
        with tempfile.TemporaryFile("w+") as said:

            def work() -> int:
                said.write("whoever imports it")
                said.flush()
                _swap(mutant, functions)
                for index, item in enumerate(items):
                    after = items[index + 1] if index + 1 < len(items) else None
                    said.seek(0)
                    said.truncate()
                    said.write(item.nodeid)
                    said.flush()
                    reports = runtestprotocol(item, nextitem=after, log=False)
                    if any(report.failed for report in reports):
                        return 1
                return 0

            code = forked(work)
            said.seek(0)
            return said.read() if code else ""

    def _measure(self, items: dict[str, Any]) -> tuple[dict[str, dict[int, list[str]]], dict[str, float]]:
        """Run every test once, unchanged: which lines it leads through, and how long it takes."""
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "measured.json"

            def work() -> int:
                cover = coverage.Coverage(data_file=None, include=[str(path) for path in self.wanted])
                cover.start()
                seconds, failed, ordered = {}, [], list(items.values())
                for item, after in zip(ordered, [*ordered[1:], None], strict=True):
                    cover.switch_context(item.nodeid)
                    started = time.process_time()
                    reports = runtestprotocol(item, nextitem=after, log=False)
                    seconds[item.nodeid] = time.process_time() - started
                    failed += [item.nodeid for report in reports if report.failed]
                cover.stop()
                data = cover.get_data()
                lines = {
                    Path(file).relative_to(ROOT).as_posix(): {
                        line: [t for t in tests if t and t not in failed and seconds[t] <= SLOWEST]
                        for line, tests in data.contexts_by_lineno(file).items()
                    }
                    for file in data.measured_files()
                }
                told.write_text(json.dumps([lines, seconds, failed]))
                return 0

            if forked(work, bounded=False):
                sys.exit("The tests could not be run.")
            lines, seconds, failed = json.loads(told.read_text())
            if failed:
                print(
                    "Left out, since they fail without any mutant:", *failed, sep="\n", file=sys.__stderr__, flush=True
                )
            return {file: {int(line): tests for line, tests in at.items()} for file, at in lines.items()}, seconds


def _own(mutant: Mutant) -> Callable[[str], bool]:
    """Say whether a test is about this very rule, or about one of the module."""
    public = mutant.function and not mutant.function.startswith("_")
    names = [mutant.function] if public else re.findall(r"^def (\w+)", mutant.text, re.MULTILINE)
    slugs = [name.replace("_", "-") for name in names if not name.startswith("_")]
    return lambda test: any(f"[{slug}-" in test or f"[{slug}]" in test for slug in slugs)


def _ways(lines: dict[int, list[str]]) -> dict[str, frozenset[int]]:
    """Which lines of a module each test leads through."""
    ways = defaultdict(set)
    for line, tests in lines.items():
        for test in tests:
            ways[test].add(line)
    return {test: frozenset(at) for test, at in ways.items()}


def _few(
    tests: list[str], ways: dict[str, frozenset[int]], own: Callable[[str], bool], telling: set[str], alike: int
) -> Iterator[str]:
    """Leave out what would only go the same way once more."""
    gone: Counter[tuple[bool, frozenset[int]]] = Counter()
    for test in tests:
        way = test in telling, ways.get(test, frozenset())
        gone[way] += 1
        if own(test) or gone[way] <= (3 * alike if test in telling else alike):
            yield test


def _functions(files: list[str]) -> dict[tuple[str, str], list[Any]]:
    """Every function there is of these files, by file and name; and every cache in front of one is emptied."""
    found = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename in files:
            found[one.__code__.co_filename, one.__code__.co_qualname].append(one)
        elif hasattr(type(one), "cache_clear") and str(getattr(one, "__module__", "")).startswith("mkdocs_hotfix"):
            one.cache_clear()
    return found


def _swap(mutant: Mutant, functions: dict[tuple[str, str], list[Any]]) -> None:
    """Give the function its changed code, whoever holds it: rules are held by their decorators."""
    file = str(ROOT / mutant.module)
    compiled = compile(mutant.text, file, "exec", dont_inherit=True)
    if not mutant.function:
        _swap_values(mutant, compiled)
        return
    code = next(one for one in _codes(compiled) if one.co_qualname == mutant.function)
    for holder in functions[file, mutant.function]:
        holder.__code__ = code


def _swap_values(mutant: Mutant, compiled: Any) -> None:
    """Import the changed module beside the other, and put its rules, values and defaults in the place of the old ones."""
    name = mutant.module.removesuffix(".py").replace("/", ".")
    old, new = sys.modules[name], types.ModuleType(name)
    new.__file__ = old.__file__
    exec(compiled, new.__dict__)
    for key, value in vars(new).items():
        before = vars(old).get(key)
        if key.startswith("__") or before is value or isinstance(value, types.ModuleType):
            continue
        if isinstance(before, Rule):
            for field in fields(before):
                if field.name not in ("check", "corpus", "history"):
                    object.__setattr__(before, field.name, getattr(value, field.name))
        elif isinstance(before, types.FunctionType):
            before.__defaults__, before.__kwdefaults__ = value.__defaults__, value.__kwdefaults__
        elif isinstance(before, type):
            if before.__module__ == name:
                _swap_class(before, value)
        elif before != value:
            for module in list(sys.modules.values()):
                if (
                    getattr(module, "__name__", "").startswith(("mkdocs_hotfix", "tests"))
                    and vars(module).get(key) is before
                ):
                    setattr(module, key, value)


def _swap_class(before: type, value: type) -> None:
    """The defaults of a class are in what dataclasses wrote for it, those of its methods in them."""
    for key, one in vars(value).items():
        there = vars(before).get(key)
        if isinstance(one, types.FunctionType) and isinstance(there, types.FunctionType):
            if there.__code__.co_filename == "<string>":
                setattr(before, key, one)
            else:
                there.__defaults__, there.__kwdefaults__ = one.__defaults__, one.__kwdefaults__
        elif not key.startswith("__") and isinstance(one, bool | int | str | tuple | None) and one != there:
            setattr(before, key, one)


def _codes(code: Any) -> Iterator[Any]:
    for one in code.co_consts:
        if hasattr(one, "co_qualname"):
            yield one
            yield from _codes(one)


# -- the run, and its list ------------------------------------------------------------------------------------


def run(names: list[str], told: Path, again: Path | None, alike: int) -> list[tuple[Mutant, str]]:
    """Judge every mutant of these modules, or those that lived in an earlier run: who noticed it, or nobody."""
    files = [PACKAGE / f"{name}.py" for name in names]
    mutants = [mutant for file in files for mutant in of(file, ROOT)]
    judged, noticed = mutants, set()
    if again:
        lines = [json.loads(line) for line in again.read_text().splitlines()]
        noticed = {tuple(line["mutant"]) for line in lines if line["killer"]}
        noticed -= {tuple(line["mutant"]) for line in lines if not line["killer"]}
        judged = [mutant for mutant in mutants if mutant.key not in noticed]
    print(f"{len(mutants)} mutants, {len(judged)} to be judged", flush=True)
    told.write_text("")
    if pytest.main(QUICK, plugins=[Functions(files, judged, told, alike)]):
        sys.exit("The run was broken off.")
    killers = {line["number"]: line["killer"] for line in map(json.loads, told.read_text().splitlines())}
    now = [(mutant, killers[number]) for number, mutant in enumerate(judged)]
    return now + [(mutant, "before") for mutant in mutants if mutant.key in noticed]


def explained() -> dict[tuple[str, str, str, str], str]:
    """Read the list of those that live, and why."""
    read = tomllib.loads((HERE / "survivors.toml").read_text("utf-8"))
    return {(one["module"], one["function"], one["was"], one["now"]): one["why"] for one in read.get("survivor", [])}


def main(arguments: Iterable[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help=f"such as rules/evidence; all of them: {' '.join(MODULES)}"
    )
    parser.add_argument("--told", type=Path, help="a file for what came of each mutant, as it comes")
    parser.add_argument("--again", type=Path, help="such a file of an earlier run: only those that lived, and new ones")
    parser.add_argument(
        "--alike", type=int, default=ALIKE, help="how many tests of one way look at a mutant (%(default)s)"
    )
    options = parser.parse_args(list(arguments))
    names = options.modules or MODULES
    known = explained()
    with tempfile.TemporaryDirectory() as folder:
        results = run(names, options.told or Path(folder) / "told.jsonl", options.again, options.alike)
    modules = {f"mkdocs_hotfix/{name}.py": f"`{name}.py`" for name in names}
    lived = {mutant.key for mutant, killer in results if not killer}
    for module, shown in modules.items():
        killers = [killer for mutant, killer in results if mutant.module == module]
        alive = killers.count("")
        print(f"| {shown} | {len(killers)} | {len(killers) - alive} | {alive} |")
    fresh = sorted(lived - {key for key, why in known.items() if why})
    for module, function, was, now in fresh:
        print("\n[[survivor]]")
        for name, value in (("module", module), ("function", function), ("was", was), ("now", now), ("why", "")):
            print(name, "=", json.dumps(value, ensure_ascii=False))
    gone = sorted(key for key in known if key not in lived and key[0] in modules)
    for key in gone:
        print("\nNoticed by now, or no longer there. Take it off the list:", *key, sep="\n  ")
    return 1 if fresh or gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
