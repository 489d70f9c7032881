"""The same records as of the same time give the same bytes: on another machine, in another language, whatever the order of files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
AS_OF = "--as-of=2026-11-23T03:40:00Z"
WORLDS = (
    {"LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"},
    {
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "TZ": "America/St_Johns",
        "PYTHONHASHSEED": "4711",
        "SHUFFLE": "1",
        "PYTHONUTF8": "1",
    },
)

pytestmark = pytest.mark.slow


def made(root: Path, world: dict[str, str], theme: str) -> dict[str, bytes]:
    """Build everything that there is in one world."""
    shutil.copytree(HERE / "docs", root / "docs")
    shutil.copy(HERE / "broken/HF-2026-0019.md", root / "HF-2026-0019.md")
    config = f"site_name: Shop\nsite_url: https://shop.example/\ntheme: {{name: {theme}}}\nplugins: [search, hotfix]\n"
    (root / "mkdocs.yml").write_text(config, "utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LC_", "LANG", "TZ"))}
    kept |= {
        "PYTHONPATH": str(HERE / "watched"),
        "SOURCE_DATE_EPOCH": "1795405200",
        "XDG_CACHE_HOME": str(root / "cache"),
        **world,
    }

    def run(*command: str, code: int = 0) -> bytes:
        done = subprocess.run(
            [PROGRAMS / command[0], *command[1:]], cwd=root, env=kept, capture_output=True, check=False
        )
        assert done.returncode == code, done.stderr.decode()
        return done.stdout

    run("mkdocs", "build")
    run("hotfix", "render", "--out", "made", AS_OF)
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("site", "made")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }
    shutil.move(root / "HF-2026-0019.md", root / "docs/hotfixes")
    for style in ("text", "concise", "json", "github", "gitlab", "sarif", "junit"):
        found[style] = run("hotfix", "check", AS_OF, "--format", style, code=1)
        assert b"HF-2026-0019" in found[style]
    for style in ("table", "json", "csv"):
        found[f"list {style}"] = run("hotfix", "list", AS_OF, "--format", style)
    return found


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_two_worlds_agree_on_every_byte(tmp_path, theme):
    one, other = (made(tmp_path / f"world-{number}", world, theme) for number, world in enumerate(WORLDS))
    assert one.keys() == other.keys()
    assert not [path for path in one if one[path] != other[path]]
    assert len(one) > 80
    assert not [path for path in one if str(tmp_path).encode() in one[path]], "and none names the folder"


def test_the_second_world_is_another_one(tmp_path):
    """Folders are listed backwards there, and the clock shows another day's hour."""
    for name in "abc":
        (tmp_path / name).touch()
    code = "import os, time; print([one.name for one in os.scandir('.')], time.localtime(0).tm_hour, hash('a'))"
    seen = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**world, "PYTHONPATH": str(HERE / "watched")},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for world in WORLDS
    ]
    assert seen[0] != seen[1]
    assert seen[1].startswith("['c', 'b', 'a'] 20 ")
