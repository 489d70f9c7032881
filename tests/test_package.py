"""What users install: the wheel and the sdist, built and used as they do, in an environment with nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MADE = shutil.ignore_patterns(
    ".venv", ".git", ".*cache", ".hypothesis", "site", "build", "dist", "*.egg-info", "__pycache__"
)
SCHEMAS = [path.name for path in (ROOT / "schemas").iterdir() if path.suffix in (".json", ".py")]
PARTS = [
    path.relative_to(ROOT / "mkdocs_hotfix").as_posix()
    for path in (ROOT / "mkdocs_hotfix").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
]

RECORD = """---
id: HF-2026-0001
title: Price list shows last year's prices
status: reported
severity: major
service: shop
reported: {at: 2026-04-13T14:10:00Z, by: support-lead}
---

Seen on the page of every product.
"""

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path, code: int = 0) -> str:
    # Nothing of the caller's shell but what pip needs to find packages.
    kept = {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    environment = {
        **kept,
        "PATH": os.defpath,
        "HOME": os.environ.get("HOME", str(folder)),
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": "1776090000",
    }
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both from a copy without anything that was made, as a fresh clone is."""
    copy = tmp_path_factory.mktemp("clone") / "copy"
    shutil.copytree(ROOT, copy, ignore=MADE)
    run(sys.executable, "-m", "build", folder=copy)
    return copy / "dist"


@pytest.fixture(scope="module")
def programs(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an empty environment into which the wheel was installed."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=True)
    run(home / "bin" / "python", "-m", "pip", "install", "--quiet", next(dist.glob("*.whl")), folder=home)
    return home / "bin"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "hotfixes").mkdir(parents=True)
    (tmp_path / "docs" / "index.md").write_text("# Handbook\n", "utf-8")
    (tmp_path / "docs" / "hotfixes" / "HF-2026-0001.md").write_text(RECORD, "utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Handbook\ntheme: {name: mkdocs}\nplugins: [search, hotfix]\n", "utf-8"
    )
    return tmp_path


def test_the_wheel_carries_the_package_and_nothing_else(dist: Path):
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    code = {name for name in names if ".dist-info/" not in name}
    assert code == {f"mkdocs_hotfix/{part}" for part in PARTS} | {f"mkdocs_hotfix/schemas/{name}" for name in SCHEMAS}
    assert {"py.typed", "policy.yml", "vacuous.txt"} <= set(PARTS)
    assert any(part.startswith("templates/") for part in PARTS)
    assert any(part.startswith("static/") for part in PARTS)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_carries_all_that_the_wheel_is_made_of(dist: Path):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    needed = {f"mkdocs_hotfix/{part}" for part in PARTS} | {f"schemas/{name}" for name in SCHEMAS}
    assert needed | {"LICENSE", "README.md", "pyproject.toml"} <= names


def test_the_wheel_of_the_sdist_is_the_wheel_of_the_sources(dist: Path, tmp_path: Path):
    """`python -m build` makes its wheel from the sdist, pip makes one from a clone."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, dist.parent, folder=tmp_path)
    parts = []
    for wheel in (*dist.glob("*.whl"), *tmp_path.glob("*.whl")):
        with zipfile.ZipFile(wheel) as opened:
            parts.append({one.filename: one.CRC for one in opened.infolist()})
    assert len(parts) == 2
    assert parts[0] == parts[1]


def test_a_release_is_the_same_bytes_whoever_builds_it(tmp_path: Path):
    """Another user mask, another day, another folder: `python .ci/dist.py` makes the same wheel and the same sdist."""
    made = []
    for name, mask, day in (("one", 0o022, 0), ("another folder", 0o002, 86_400)):
        clone = tmp_path / name / "clone"
        clone.parent.mkdir()
        previous = os.umask(mask)
        try:
            shutil.copytree(ROOT, clone, ignore=MADE)
            for path in clone.rglob("*"):
                path.chmod(path.stat().st_mode | (~mask & 0o060))
                os.utime(path, (1_700_000_000 + day, 1_700_000_000 + day))
            who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "core.autocrlf=false")
            run("git", *who, "init", "--quiet", folder=clone)
            run("git", *who, "add", "--all", "--force", folder=clone)
            run("git", *who, "commit", "--quiet", "--message", name, folder=clone)
            run(sys.executable, clone / ".ci/dist.py", tmp_path / name / "dist", folder=clone)
        finally:
            os.umask(previous)
        made.append({path.name: path.read_bytes() for path in (tmp_path / name / "dist").iterdir()})
    assert len(made[0]) == 2
    assert made[0] == made[1]


@pytest.mark.parametrize("program", ["hotfix", "mkdocs-hotfix"])
def test_the_installed_program_judges_a_record(programs: Path, docs: Path, program: str):
    assert run(programs / program, "check", folder=docs) == "1 record checked, nothing to do\n"
    record = docs / "docs" / "hotfixes" / "HF-2026-0001.md"
    record.write_text(RECORD.replace("status: reported", "status: triaged"), "utf-8")
    said = json.loads(run(programs / program, "check", "--format", "json", folder=docs, code=1))
    assert [one["slug"] for one in said["findings"]] == ["missing-requirement"]
    run(programs / program, "check", "nowhere", folder=docs, code=2)


@pytest.mark.parametrize("name", ["record", "policy", "findings"])
def test_the_installed_program_prints_its_schemas(programs: Path, docs: Path, name: str):
    assert json.loads(run(programs / "hotfix", "schema", name, folder=docs))["$id"].startswith("urn:mkdocs-hotfix:")


def test_the_installed_plugin_builds_a_site_and_refuses_one(programs: Path, docs: Path):
    run(programs / "mkdocs", "build", "--strict", folder=docs)
    page = docs / "site" / "hotfixes" / "HF-2026-0001" / "index.html"
    assert "Price list shows last year" in page.read_text("utf-8")
    assert (docs / "site" / "rules" / "index.html").is_file()
    before = page.read_bytes()
    record = docs / "docs" / "hotfixes" / "HF-2026-0001.md"
    record.write_text(RECORD.replace("status: reported", "status: triaged"), "utf-8")
    run(programs / "mkdocs", "build", folder=docs, code=1)
    assert page.read_bytes() == before


def test_signatures_need_an_extra_that_is_named(programs: Path, docs: Path):
    text = (ROOT / "mkdocs_hotfix/policy.yml").read_text("utf-8")
    trusted = "{trust_root: root.json, identities: [{identity: a@example.com, issuer: https://login.example.com}]}"
    (docs / "docs" / "policy.yml").write_text(f"{text}\nsigstore: {trusted}\n", "utf-8")
    said = run(programs / "hotfix", "check", folder=docs, code=2)
    assert "pip install 'mkdocs-hotfix[sigstore]'" in said


def test_the_installed_package_brings_no_test_tool_and_no_theme(programs: Path, docs: Path):
    listed = run(programs / "python", "-m", "pip", "list", "--format=json", folder=docs)
    names = {one["name"].lower() for one in json.loads(listed[: listed.rindex("]") + 1])}
    assert "mkdocs" in names
    assert not names & {"pytest", "hypothesis", "mypy", "ruff", "mkdocs-material", "import-linter"}
