"""What a shell suggests: names of the policy and the records that are there, quickly, and nothing when something is wrong."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from mkdocs_hotfix import cli
from mkdocs_hotfix.cli.common import policy_option
from mkdocs_hotfix.cli.completion import SHELLS
from mkdocs_hotfix.cli.words import ENVIRONMENT, ID, KIND, SERVICE, SEVERITY, STATUS

Facts = Mapping[str, Any]
PROGRAMS = Path(sys.executable).parent


@click.command()
@click.argument("ids", type=ID, nargs=-1)
@click.option("--kind", type=KIND)
@click.option("--status", type=STATUS)
@click.option("--severity", type=SEVERITY)
@click.option("--service", type=SERVICE)
@click.option("--environment", type=ENVIRONMENT)
@policy_option("The policy.")
def command(**_: object) -> None:
    """Take one of each."""


def suggested(*words: str, of: click.Command = command) -> dict[str, str | None]:
    *before, incomplete = words
    found = ShellComplete(of, {}, "hotfix", "_HOTFIX_COMPLETE").get_completions(list(before), incomplete)
    return {one.value: one.help for one in found if one.type == "plain"}


def test_ids_are_those_of_the_records_with_their_titles(shop, reported: Facts):
    shop.file("id: HF-2026-0001\ntitle: Checkout fails\nstatus: reported", "HF-2026-0001.md")
    shop.file('title: "Prices are old"', "2025/HF-2025-0010.md")
    for name in ("index.md", "notes.md", ".HF-2026-0009.md", "HF-2026-0003/HF-2026-0003.txt"):
        shop.file(reported, name)
    assert suggested("") == {"HF-2025-0010": "Prices are old", "HF-2026-0001": "Checkout fails"}
    assert list(suggested("HF-2026")) == ["HF-2026-0001"]
    assert list(suggested("hf-2026")) == ["HF-2026-0001"]
    assert list(suggested("HF-2026-0001", "")) == ["HF-2025-0010"]
    assert suggested("HF-2027") == {}


def test_words_of_the_policy_are_suggested(shop):
    shop.policy(statuses={"open": {"title": "Open"}, "shut": {"title": "Shut"}}, exits={}, requirements=[])
    assert suggested("--status", "") == {"open": "Open", "shut": "Shut"}
    assert "regression-test" in suggested("--kind", "re")
    assert suggested("--severity", "cr") == {"critical": "Critical"}
    assert "staging" in suggested("--environment", "")
    other = shop.root / "other.yml"
    other.write_text("statuses: {strange: {title: Strange}}\nservices: {till: {title: The till}}", "utf-8")
    assert suggested("--policy", str(other), "--status", "") == {"strange": "Strange"}
    assert suggested("--policy", str(other), "--service", "t") == {"till": "The till"}


def test_without_a_policy_file_the_built_in_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert list(suggested("--status", "ver")) == ["verified"]
    assert "withdrawn" in suggested("--status", "")
    assert suggested("") == {}


@pytest.mark.parametrize(
    "policy",
    [b"", b"\xff\xfe\x00", b"a: [", b"- 1", b"statuses: 3\nevidence: [a]\nrecords: {}\n", b"[" * 30_000],
    ids=["empty", "no text", "broken", "a list", "other types", "deep"],
)
def test_whatever_the_policy_is_nothing_is_raised(shop, policy: bytes):
    (shop.root / "policy.yml").write_bytes(policy)
    for option in ("--status", "--kind", "--severity"):
        assert suggested(option, "") == {}
    assert suggested("") == {}


def test_names_and_titles_can_not_break_the_line_that_is_typed(shop):
    (shop.root / "policy.yml").write_text(
        'statuses: {"$(reboot)": {title: x}, "a\\nb": {title: x}, "`x`": {}, fine: {title: "a\\tb"}, "-x": {}}', "utf-8"
    )
    assert suggested("--status", "") == {"fine": "a\\u{9}b"}
    shop.file("title: a\x1b[2J\u202eb", "HF-2026-0001.md")
    shop.file("title: b", "HF-2026-0002$(reboot).md")
    (shop.records / "HF-2026-0003.md").symlink_to("/etc/passwd")
    (shop.records / "HF-2026-0004.md").mkdir()
    assert suggested("") == {"HF-2026-0001": r"a\u{1b}[2J\u{202e}b"}


def test_an_id_is_taken_in_any_case_and_from_a_path():
    for text in ("HF-2026-0001", "hf-2026-0001", "docs/hotfixes/HF-2026-0001.md", "HF-2026-0001.md"):
        assert ID.convert(text, None, None) == "HF-2026-0001"
    for text in ("", "1", "HF-2026", "HF-2026-0001\n", "HF-٢٠٢٦-0001", "../x", "HF-2026-0001.md.exe"):
        with pytest.raises(click.BadParameter, match="no id of a record"):
            ID.convert(text, None, None)


def test_every_command_has_its_shells_and_a_rule_completes():
    assert list(suggested("completion", "", of=cli.cli)) == list(SHELLS)
    assert "missing-evidence" in suggested("rule", "missing-e", of=cli.cli)


# -- in the shells themselves ------------------------------------------------------------------------------


def typed(shell: list[str], setup: str, keys: str, until: str, folder: Path) -> str:
    """Type into a real shell at a terminal, and return what it shows until a text appears in it."""
    mine, theirs = pty.openpty()
    environment = {
        "PATH": os.pathsep.join([str(PROGRAMS), os.defpath]),
        "TERM": "xterm",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PS1": "> ",
    }
    with subprocess.Popen(
        shell, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        try:
            os.write(mine, f"{setup}; echo rea''dy\n".encode())
            shown = _read(mine, "ready\r\n")
            os.write(mine, keys.encode())
            return shown.rpartition("ready\r\n")[2] + _read(mine, until)
        finally:
            process.kill()
            os.close(mine)


def _read(terminal: int, until: str) -> str:
    shown, end = "", time.monotonic() + 30
    while until not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 1 << 16).decode("utf-8", "replace")
    return shown


@pytest.mark.slow
@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(
            name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"there is no {name} on this machine")
        )
        for name in ("bash", "zsh")
    ],
)
def test_the_tab_key_completes_commands_ids_kinds_and_statuses(shell: str, shop, reported: Facts):
    shop.file("id: HF-2026-0001\ntitle: Checkout: $(fails) `here`\nstatus: reported", "HF-2026-0001.md")
    start = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
    setup = {"bash": "", "zsh": "autoload -Uz compinit && compinit -u -D; "}[shell]
    setup += f"source <(hotfix completion {shell})"
    for keys, completed in TYPED:
        shown = typed(start, setup, f"hotfix {keys}\t", completed, shop.root.parent)
        assert completed in shown, keys


TYPED = [
    ("compl", "completion"),
    ("rule missing-ev", "missing-evidence"),
    ("next HF-2", "HF-2026-0001"),
    ("advance HF-2026-0001 tria", "triaged"),
    ("attach HF-2026-0001 regr", "regression-test"),
    ("list --severity cri", "critical"),
]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish on this machine")
def test_fish_completes_commands_ids_kinds_and_statuses(shop):
    shop.file("id: HF-2026-0001\ntitle: Checkout: $(fails) `here`\nstatus: reported", "HF-2026-0001.md")
    lines = " ; ".join(f"complete -C 'hotfix {keys}'" for keys, _ in TYPED)
    ended = subprocess.run(
        ["fish", "--no-config", "-c", f"hotfix completion fish | source; {lines}"],
        cwd=shop.root.parent,
        env={"PATH": os.pathsep.join([str(PROGRAMS), os.defpath]), "HOME": str(shop.root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert [line.split("\t")[0] for line in ended.stdout.splitlines()] == [word for _, word in TYPED], ended.stderr
    assert "HF-2026-0001\tCheckout: $(fails) `here`" in ended.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_for_the_name_by_which_the_program_was_called(shell: str):
    for name in ("hotfix", "mkdocs-hotfix"):
        said = subprocess.run([PROGRAMS / name, "completion", shell], capture_output=True, text=True, check=True).stdout
        assert f"_{name.replace('-', '_').upper()}_COMPLETE={shell}_complete" in said
        assert ("mkdocs" in said) is (name == "mkdocs-hotfix")
