"""What others find in the same records, what it costs them, and whether they say where: `python -m tests.bench peers`.

A thousand records that name no report, ten of them with one error each. Eight are errors of shape, which any tool with a
YAML reader and the JSON Schema could find: it gets the effective schema, with what the policy closes. Two are claims without
proof. Nothing of a tool's answer is taken for more than it says: an error is found when the record's file is named, and
placed when its line is named too. CPU time is that of whole processes, user and system, start included, in turns.

The tools are installed in pinned versions into a folder of the user's cache, with npm and pip.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import corpus, sphinxneeds
from tests.bench.table import run

RECORDS = 1_000
RUNS = 5
TOOLS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mkdocs-hotfix-bench"
ASSETS = Path(__file__).parent / "peers_files"

SHAPE: Mapping[
    str, tuple[str, str, str]
] = {  # what is wrong: a pattern, what takes its place, and what stands in its line
    "a field is missing": (r"(?m)^title: .*\n", "", ""),
    "a field's name is wrong": (r"(?m)^summary:", "sumary:", "sumary:"),
    "a value is not allowed": (r"(?m)^severity: .*", "severity: urgent", "severity: urgent"),
    "a number is a text": (r"(?m)^  hours: .*", "  hours: many", "hours: many"),
    "a version is a number": (r"(?m)^  base: .*", "  base: 4.12", "base: 4.12"),
    "a time is none": (r"(?m)^  at: .*", "  at: 2026-13-45T01:00:00Z", "2026-13-45"),
    "a key is there twice": (r"(?m)^service: (.*)", r"service: \1\nservice: \1", "service:"),
    "the YAML is broken": (r"(?m)^  decision: .*", "  decision: hot: fix", "hot: fix"),
}
PROOF: Mapping[str, tuple[str, str, str]] = {
    "evidence is missing": (r"(?m)^  smoke-test:\n(?:    .*\n)+", "", ""),
    "the owner has approved": (r"(?m)^  owner: .*", "  owner: release-manager", ""),
}


@dataclass(frozen=True)
class Peer:
    """A tool: its name with versions, what installs it, what it needs beside the records, and its command."""

    name: str
    install: Callable[[Path], Sequence[Sequence[str]]]
    prepare: Callable[[Path, Path], Sequence[str]]


@dataclass(frozen=True)
class Result:
    """What a tool has said, in all its runs."""

    cpu: Sequence[float]
    found: frozenset[str]
    placed: frozenset[str]
    others: int


def seed(records: Path) -> dict[str, tuple[str, int]]:
    """Put one error each into ten records that no other names.

    Returns:
        By the stem of its file: what is wrong, and in which line; 0 where any will do.
    """
    texts = {file: file.read_text("utf-8") for file in sorted(records.glob("HF-*.md"))}
    everything = "".join(texts.values())
    free = (
        file
        for file, text in texts.items()
        if everything.count(file.stem) == text.count(file.stem)
        and "status: closed" in text
        and "includes:" not in text
        and "by: release-manager\n    role" in text.split("approvals:")[-1]
    )
    errors = {}
    for what, (pattern, instead, marked) in {**SHAPE, **PROOF}.items():
        file = next(free)
        text, changed = re.subn(pattern, instead, texts[file], count=1)
        assert changed, what
        file.write_text(text, "utf-8")
        lines = [number for number, line in enumerate(text.split("\n"), 1) if marked and marked in line]
        errors[file.stem] = (what, lines[-1] if what == "a key is there twice" else lines[0] if lines else 0)
    return errors


def judge(said: str, errors: Mapping[str, tuple[str, int]]) -> tuple[frozenset[str], frozenset[str], int]:
    """Tell which errors a tool's words name, for which they name the line, and how many other records they accuse."""
    parts = re.split(r"(HF-[0-9]{4}-[0-9]{4})(?=\.[a-z]+|' has )", re.sub(r"\x1b\[[0-9;]*m", "", said))
    told: dict[str, str] = {}
    for stem, words in zip(parts[1::2], parts[2::2], strict=True):
        told[stem] = told.get(stem, "") + words
    placed = {
        what
        for stem, (what, line) in errors.items()
        if any(at and line in (0, at) for at in _lines(told.get(stem, "")))
    }
    return frozenset(errors[stem][0] for stem in told if stem in errors), frozenset(placed), len(told.keys() - errors)


def _lines(words: str) -> Iterator[int]:
    for found in re.finditer(r"(?<![\dT.])(\d+):\d+(?![\d:]*Z)|\bline (\d+),? col|^\.rst:(\d+): ", words):
        yield int(found[1] or found[2] or found[3])


def main() -> int:
    """Measure and print the table. Ends with 1 if the gate finds less than a peer or costs more."""
    with tempfile.TemporaryDirectory(prefix="hotfix-peers-") as made:
        folder = Path(made)
        corpus.write(folder / "docs", RECORDS, reports=False)
        errors = seed(folder / "docs/hotfixes")
        schema(folder)
        here: dict[str, tuple[Sequence[str], Path]] = {}
        missing: dict[str, str] = {}
        for peer in PEERS:
            work = folder / peer.name.split()[0]
            work.mkdir()
            shutil.copytree(folder / "docs", work / "docs")
            shutil.copy(folder / "record.schema.json", work)
            try:
                here[peer.name] = (peer.prepare(_installed(peer), work), work)
            except (OSError, subprocess.SubprocessError) as error:
                missing[peer.name] = f"could not be installed here: {str(error)[:60]}"
        said: dict[str, str] = {}
        cpu: dict[str, list[float]] = {name: [] for name in here}
        for _ in range(RUNS):
            for name, (command, work) in here.items():
                ran = run(command, work, {"CI": "1", "NO_COLOR": "1", "ASTRO_TELEMETRY_DISABLED": "1"}, fails=True)
                cpu[name].append(ran.cpu)
                said[name] = ran.said
                print(f"  {name}: {ran.cpu:.1f} s", file=sys.stderr)
        results = {name: Result(cpu[name], *judge(said[name], errors)) for name in here}
    print(show(results, missing))
    own, *others = results.values()
    return int(any(other.found - own.found or median(other.cpu) < median(own.cpu) for other in others))


def show(results: Mapping[str, Result], missing: Mapping[str, str]) -> str:
    """Write a table, and below it what each tool does not find."""
    own = median(next(iter(results.values())).cpu)
    lines = [f"{RECORDS:,} records, {len(SHAPE)} errors of shape and {len(PROOF)} claims without proof", ""]
    lines.append(
        f"{'':40}{'CPU s':>7}  {'least - most':<14}{'× ours':>7}{'shape':>7}{'proof':>7}{'line':>6}{'others':>8}"
    )
    for name, one in results.items():
        spread = f"{min(one.cpu):.1f} - {max(one.cpu):.1f}"
        counts = (
            f"{len(one.found & SHAPE.keys()):>7}{len(one.found & PROOF.keys()):>7}{len(one.placed):>6}{one.others:>8}"
        )
        lines.append(f"{name:40}{median(one.cpu):>7.1f}  {spread:<14}{median(one.cpu) / own:>7.1f}{counts}")
    lines += [f"{name:40}  {why}" for name, why in missing.items()]
    lines += ["", "Not found, or found without its line:"]
    for name, one in results.items():
        unseen = [what for what in {**SHAPE, **PROOF} if what not in one.found]
        nowhere = [f"{what} (no line)" for what in SHAPE if what in one.found - one.placed]
        lines.append(f"  {name}: {', '.join(unseen + nowhere) or 'nothing'}")
    return "\n".join(lines)


def schema(folder: Path) -> None:
    """Write the effective schema as a file that every tool can read."""
    from mkdocs_hotfix import policy, policyfile  # noqa: PLC0415

    made = policy.effective_schema(policyfile.load(folder / "docs/policy.yml"))
    made.pop("$id")
    (folder / "record.schema.json").write_text(json.dumps(made, indent=1), "utf-8")


def _installed(peer: Peer) -> Path:
    """Install a tool, unless it was before; a half installed one is begun again."""
    tool = TOOLS / re.sub(r"[^a-z0-9.-]+", "_", peer.name)
    if not (tool / "installed").exists():
        shutil.rmtree(tool, ignore_errors=True)
        tool.mkdir(parents=True)
        for command in peer.install(tool):
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        (tool / "installed").touch()
    return tool


def _npm(*packages: str) -> Callable[[Path], Sequence[Sequence[str]]]:
    return lambda tool: [
        ["npm", "install", "--prefix", str(tool), "--no-audit", "--no-fund", "--ignore-scripts", *packages]
    ]


def _pip(*packages: str) -> Callable[[Path], Sequence[Sequence[str]]]:
    return lambda tool: [
        [sys.executable, "-m", "venv", str(tool)],
        [str(tool / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *packages],
    ]


def _own(_tool: Path, _work: Path) -> Sequence[str]:
    program = "import sys; from mkdocs_hotfix.cli import main; sys.exit(main())"
    options = ["--no-cache", "--jobs=1", "--format=concise", "--as-of", corpus.AS_OF]
    return [sys.executable, "-c", program, "check", *options]


def _node(name: str) -> Callable[[Path, Path], Sequence[str]]:
    def prepare(tool: Path, work: Path) -> Sequence[str]:
        shutil.copy(ASSETS / name, tool)
        return ["node", str(tool / name), str(work / "record.schema.json"), str(work / "docs/hotfixes")]

    return prepare


def _check_jsonschema(tool: Path, work: Path) -> Sequence[str]:
    """It reads no Markdown: the front matter lies in a file of its own, after an empty line, so that lines stay the same."""
    heads = work / "heads"
    heads.mkdir()
    for file in sorted((work / "docs/hotfixes").glob("*.md")):
        (heads / f"{file.stem}.yml").write_text("\n" + corpus.front_matter(file), "utf-8")
    files = [str(file.relative_to(work)) for file in sorted(heads.iterdir())]
    return [str(tool / "bin/check-jsonschema"), "--schemafile", "record.schema.json", *files]


def _remark(tool: Path, work: Path) -> Sequence[str]:
    """Its ajv knows no draft 2020-12 by name; all that the schema says it does know."""
    file = work / "record.schema.json"
    file.write_text(json.dumps({key: one for key, one in json.loads(file.read_text()).items() if key != "$schema"}))
    (work / "node_modules").symlink_to(tool / "node_modules")
    rule = ["remark-lint-frontmatter-schema", {"schemas": {"record.schema.json": ["docs/hotfixes/*.md"]}}]
    (work / ".remarkrc.json").write_text(json.dumps({"plugins": ["remark-frontmatter", rule]}))
    return ["node_modules/.bin/remark", "--quiet", "--frail", "--no-color", "--no-stdout", "docs/hotfixes"]


def _astro(tool: Path, work: Path) -> Sequence[str]:
    """Its own collection of Markdown, and the JSON Schema instead of one written for zod."""
    (work / "node_modules").symlink_to(tool / "node_modules")
    (work / "package.json").write_text('{"name": "handbook", "type": "module"}')
    (work / "src").mkdir()
    shutil.copy(ASSETS / "content.config.mjs", work / "src")
    return ["node_modules/.bin/astro", "sync", "--force"]


def _sphinx_needs(tool: Path, work: Path) -> Sequence[str]:
    """It reads no front matter: the records are written anew as its directives. Its builder `schema` makes no pages."""
    sphinxneeds.write(work / "record.schema.json", work / "docs/hotfixes", work / "source")
    return [str(tool / "bin/sphinx-build"), "-b", "schema", "-q", "-E", "source", "out"]


PEERS = (
    Peer("hotfix check", lambda _tool: [], _own),
    Peer(
        "gray-matter 4.0.3 + ajv 8.20.0", _npm("gray-matter@4.0.3", "ajv@8.20.0", "ajv-formats@3.0.1"), _node("ajv.cjs")
    ),
    Peer("check-jsonschema 0.39.0", _pip("check-jsonschema==0.39.0"), _check_jsonschema),
    Peer(
        "remark-lint-frontmatter-schema 3.15.4",
        _npm("remark-cli@12.0.1", "remark-frontmatter@5.0.0", "remark-lint-frontmatter-schema@3.15.4"),
        _remark,
    ),
    Peer("sphinx-needs 9.1.0", _pip("sphinx==9.0.4", "sphinx-needs==9.1.0"), _sphinx_needs),
    Peer("astro 5.16.0", _npm("astro@5.16.0", "ajv@8.20.0", "ajv-formats@3.0.1"), _astro),
)
