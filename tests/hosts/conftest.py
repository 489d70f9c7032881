"""Hosts and generators in environments of their own, made once and kept below this environment until something in it changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
E2E = ROOT / "tests" / "e2e"
NOW = "1795405200"  # 2026-11-23T03:40:00Z


@cache
def interpreter(version: str) -> str:
    """Find a Python by its version: this one, one on the PATH, or one of pyenv's. Nothing where there is none that starts."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    here = [sys.executable] if sys.version_info[:2] == tuple(map(int, version.split("."))) else []
    for found in (*here, shutil.which(name), *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))):
        if found and not subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode:
            return str(found)
    return ""


@dataclass(frozen=True)
class Ran:
    code: int
    said: str


@dataclass(frozen=True)
class Home:
    """An environment with some hosts in it."""

    bin: Path

    def run(self, *command: str, folder: Path, **env: str) -> Ran:
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
        kept |= {"SOURCE_DATE_EPOCH": NOW, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1", "COLUMNS": "200", **env}
        kept["PATH"] = f"{self.bin}{os.pathsep}{kept.get('PATH', os.defpath)}"
        done = subprocess.run(
            [self.bin / command[0], *command[1:]],
            cwd=folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout)


@cache
def home(version: str, *packages: str) -> Home:
    """Make an environment with these packages and this project, as it stands here; one that is there is used again."""
    python = interpreter(version)
    wanted = repr((python, packages, str(ROOT), (ROOT / "pyproject.toml").read_text("utf-8")))
    folder = Path(sys.prefix) / "hosts" / hashlib.sha256(wanted.encode()).hexdigest()[:16]
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", folder], check=True)
        install = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*install, *packages, "--editable", ROOT], check=True)
        (folder / "made").touch()
    return Home(folder / "bin")


@pytest.fixture(scope="session")
def homes() -> Callable[..., Home]:
    return home


def handbook(folder: Path) -> Path:
    """Put the sample tree into a folder: one record that proves everything, and one that was just filed."""
    shutil.copytree(E2E / "docs", folder / "docs")
    (folder / "docs" / "blocks.md").unlink()
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return handbook(tmp_path)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The same, with a record that claims more than it proves, in exactly three places."""
    made = handbook(tmp_path)
    shutil.copy(E2E / "broken" / "HF-2026-0019.md", made / "docs" / "hotfixes")
    return made


@pytest.fixture(scope="session")
def some_python() -> str:
    """A Python that is there, as a version."""
    return next(one for one in ("3.11", "3.12", "3.13", "3.14") if interpreter(one))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:  # of the whole run, and others may call something else `python`
        version = here in item.path.parents and hasattr(item, "callspec") and item.callspec.params.get("python")
        if version and not interpreter(version):
            item.add_marker(pytest.mark.skipif(True, reason=f"there is no Python {version} on this machine"))
