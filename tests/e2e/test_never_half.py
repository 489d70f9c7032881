"""Nothing is ever half there: not after a kill, not with two at once, not on a full disk or in a folder that is closed."""

from __future__ import annotations

import ctypes
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HOTFIX = Path(sys.executable).parent / "hotfix"
OURS = (".hotfix-render.lock", ".hotfix-render.json")

pytestmark = pytest.mark.slow


@pytest.fixture
def many(site):
    """Some records, and what they become before and after a change of all of them."""
    for number in range(200, 240):
        site.record(f"HF-2026-0{number}", f"Record {number}")
    states = []
    for word in ("first", "second"):
        for path in (site.docs / "hotfixes").glob("*.md"):
            path.write_text(
                path.read_text("utf-8")
                .replace("title: Record", f"title: The {word}")
                .replace("The first", f"The {word}"),
                "utf-8",
            )
        shutil.rmtree(site.root / "made", ignore_errors=True)
        site.render("--out", "made")
        states.append(contents(site.root / "made"))
        shutil.copytree(site.root / "made", site.root / word)
    assert sum(states[0][path] != states[1].get(path) for path in states[0]) > 40
    return site, *states


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def start(site, **more):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1795405200"}
    command = [HOTFIX, "render", "--out", "made"]
    return subprocess.Popen(
        command, cwd=site.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def finish(process):
    _, complaint = process.communicate()
    return process.returncode, complaint


def again(site):
    """Put the first state back, as the last good run left it."""
    shutil.rmtree(site.root / "made")
    shutil.copytree(site.root / "first", site.root / "made")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "Ctrl-C"])
def test_an_end_at_any_moment_leaves_each_file_old_or_new(many, how):
    site, old, new = many
    made, caught, chance = site.root / "made", 0, random.Random(7)
    for _ in range(4):
        again(site)
        process = start(site)
        while process.poll() is None and not any(made.glob("**/.*.hotfix-tmp")):
            time.sleep(0.001)
        time.sleep(chance.random() * 0.02)
        process.send_signal(how)
        code, complaint = finish(process)
        assert code in ({-9, 0} if how == signal.SIGKILL else {130, 0}), complaint
        caught += code != 0
        now = contents(made)
        listed = set(json.loads(now[".hotfix-render.json"])["files"])
        for path, raw in now.items():
            if path not in OURS and not path.endswith(".hotfix-tmp"):
                assert raw in (old.get(path), new.get(path)), path
                assert path in listed, "what is there has a name on the list, so that the next run knows it"
        assert old.keys() & new.keys() <= now.keys(), "no file was away, not for a moment"
        if how == signal.SIGINT:
            assert not list(made.glob("**/.*.hotfix-tmp")), "and nothing was left behind"
    assert caught >= 2, "the test came too late"
    assert finish(start(site)) == (0, "")
    assert {path: raw for path, raw in contents(made).items() if not path.endswith(".hotfix-tmp")} == new


def test_two_at_once_agree(many):
    site, _, new = many
    again(site)
    both = [start(site), start(site)]
    assert [finish(process) for process in both] == [(0, "")] * 2
    assert contents(site.root / "made") == new
    shutil.rmtree(site.root / "made")
    three = [start(site), start(site), start(site)]
    assert [finish(process) for process in three] == [(0, "")] * 3
    assert contents(site.root / "made") == new


def test_a_full_disk_is_one_sentence(many):
    """The kernel refuses to let any file grow beyond some size, as it does when the disk is full."""
    site, old, new = many
    again(site)
    process = start(site, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)))
    code, complaint = finish(process)
    assert code == 2, complaint
    assert complaint.count("\n") == 1
    assert "can not be written" in complaint
    for path, raw in contents(site.root / "made").items():
        assert raw in (old.get(path), new.get(path)), path


def without_power():
    """Make root obey the modes of files, as everybody else has to (PR_CAPBSET_DROP of what overrides them)."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.parametrize("folder", ["made", "made/hotfixes"])
def test_a_closed_folder_is_one_sentence(many, folder):
    site, old, _ = many
    again(site)
    closed = site.root / folder
    closed.chmod(0o555)
    for lock in closed.glob(".hotfix-render.lock"):
        lock.chmod(0o444)
    try:
        process = start(site, preexec_fn=without_power)
        code, complaint = finish(process)
    finally:
        closed.chmod(0o755)
    assert code == 2, complaint
    assert complaint.count("\n") == 1
    assert "can not be written" in complaint
    now = contents(site.root / "made")
    assert {path: raw for path, raw in now.items() if path.startswith("hotfixes/")} == {
        path: raw for path, raw in old.items() if path.startswith("hotfixes/")
    }
