"""What a run may touch: the docs folder, its own result, and itself. Watched from within the running program."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WATCHED = HERE / "watched"
ROOT = HERE.parents[1]

pytestmark = pytest.mark.slow

SECRET = '<testsuite tests="1" name="the-secret"><testcase name="the-secret"/></testsuite>'
TRICKS = {
    "../../away/secret.xml": "dots",
    "HF-2026-0301/../../../away/secret.xml": "dots after a folder",
    "{away}/secret.xml": "absolute",
    "file://{away}/secret.xml": "an address",
    "HF-2026-0301/link.xml": "a link",
    "HF-2026-0301/folder/secret.xml": "a linked folder",
    "HF-2026-0301/pipe.xml": "a FIFO",
    "HF-2026-0301/device.xml": "a link to a device",
    "HF-2026-0301/socket.xml": "a folder",
    "..\\\\..\\\\away\\\\secret.xml": "backslashes",
    "~/secret.xml": "a home",
    "../.git/config": "a repository in the docs folder",
    "../.GIT/config": "the same on a disk that does not tell capitals",
    "HF-2026-0301/%2e%2e/%2e%2e/%2e%2e/away/secret.xml": "escaped dots",
}
RECORD = """\
---
id: HF-2026-0301
title: Report from elsewhere
status: reported
severity: major
service: checkout
reported: {{at: 2026-11-23T03:10:00Z, by: support-lead}}
evidence:
  fix-verification: {{result: passed, at: 2026-11-23T03:20:00Z, by: test-lead, environment: staging, report: {report}}}
---

[one]({path}) ![two]({path}) <img src="{path}">
"""


@pytest.fixture
def watch(site, tmp_path_factory):
    """Run a program, and get what it came to, and the paths that it looked at outside of Python's own."""

    def run(*command, **env):
        told = tmp_path_factory.mktemp("told") / "events"
        mine = {"HOME": str(told.parent), "XDG_CACHE_HOME": str(told.parent / "cache")}
        ran = site.python(*command, PYTHONPATH=str(WATCHED), WATCH=str(told), **mine, **env)
        events = [line.partition(" ") for line in told.read_text("utf-8").splitlines()]
        seen = set()
        for event, _, what in events:
            if event in ("open", "os.listdir", "os.scandir") and what[:1] in "'\"b":
                path = ast.literal_eval(what)
                seen.add(os.path.join(site.root, os.fsdecode(path)))
        own = (
            sys.prefix,
            sys.base_prefix,
            str(ROOT),
            "/usr/",
            "/etc/",
            "/dev/null",
            "/proc/",
            "/lib",
            "/sys/",
            str(told.parent),
        )
        ran.paths = {path for path in seen if not path.startswith(own)}
        ran.started = [
            what for event, _, what in events if event.startswith(("subprocess", "os.system", "os.exec", "os.posix"))
        ]
        return ran

    return run


def outside(paths, *folders):
    return {path for path in paths if not any(os.path.normpath(path).startswith(str(folder)) for folder in folders)}


def test_the_watch_sees_what_it_is_for(watch):
    ran = watch("-c", "import socket; open('docs/index.md'); socket.create_connection(('127.0.0.1', 9))")
    assert "the test allows no network: socket.getaddrinfo" in ran.stderr
    assert any(path.endswith("docs/index.md") for path in ran.paths)


def test_nothing_asks_the_network(watch, site):
    """Nor starts a program: `git` is asked only where the policy or a flag says so."""
    site.config |= {"theme": {"name": "material", "font": False}, "plugins": ["search", "hotfix"]}
    site.closed()
    site.configure()
    for command in (
        ("-m", "mkdocs_hotfix.cli", "check"),
        ("-m", "mkdocs_hotfix.cli", "render", "--out", "made"),
        ("-m", "mkdocs", "build"),
        ("-m", "mkdocs_hotfix.cli", "verify-site", "site"),
    ):
        ran = watch(*(program(command)))
        assert ran.code == 0, ran.stdout + ran.stderr
        assert not ran.started
        assert not outside(ran.paths, site.root), ran.paths


def program(command):
    if command[1] != "mkdocs_hotfix.cli":
        return command
    return ("-c", "from mkdocs_hotfix.cli import main; main()", *command[2:])


def plant(site, away):
    """File a record for each trick, all with the same things beside them."""
    site.write("docs/index.md", "# Home\n")
    site.write("docs/.git/config", SECRET)
    for number, trick in enumerate(TRICKS, 301):
        name = f"HF-2026-0{number}"
        folder = site.docs / "hotfixes" / name
        folder.mkdir(parents=True)
        (folder / "link.xml").symlink_to(away / "secret.xml")
        (folder / "folder").symlink_to(away)
        os.mkfifo(folder / "pipe.xml")
        (folder / "device.xml").symlink_to("/dev/zero")
        (folder / "socket.xml").mkdir()
        path = trick.format(away=away).replace("HF-2026-0301", name)
        text = RECORD.replace("HF-2026-0301", name).format(report=json.dumps(path), path=path)
        site.write(f"docs/hotfixes/{name}.md", text)


def test_what_lies_outside_is_not_read_and_not_told_of(watch, site, tmp_path_factory):
    """The words are the same whether there is something or not: nobody learns what is on the machine."""
    away = tmp_path_factory.mktemp("top") / "away"
    said = []
    for there in (True, False):
        for folder in (away, site.docs, site.root / "away"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (away, site.root / "away") if there else ():
            folder.mkdir()
            (folder / "secret.xml").write_text(SECRET, "utf-8")
        plant(site, away)
        ran = watch(*program(("-m", "mkdocs_hotfix.cli", "check", "--format", "json")))
        assert ran.code == 1, ran.stdout + ran.stderr
        # Python itself lists the current folder, to find modules in it.
        assert not outside({os.path.normpath(path) for path in ran.paths} - {str(site.root)}, site.docs)
        read = [
            path
            for path in ran.paths
            if path.startswith(str(site.docs)) and path.endswith((".xml", "config")) and "socket" not in path
        ]
        assert not read, "no trick led to a file"
        assert "the-secret" not in ran.stdout + ran.stderr
        said.append(ran.stdout)
    assert said[0] == said[1]
    found = json.loads(said[0])["findings"]
    wrong = {
        one["record"]
        for one in found
        if one["slug"] in ("path-outside", "report-missing", "report-unreadable", "wrong-type")
    }
    assert wrong >= {f"HF-2026-0{number}" for number, _ in enumerate(TRICKS, 301)}
