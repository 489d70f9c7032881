"""The command line as CI and people call it: real processes where the system matters, else the program in this one."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import cli, published
from mkdocs_hotfix.cli import common
from mkdocs_hotfix.cli.asking import Questions
from mkdocs_hotfix.formats import FORMATS
from mkdocs_hotfix.rules import RULES

Facts = Mapping[str, Any]
PROGRAMS = Path(sys.executable).parent
AS_OF = "--as-of=2026-04-14T03:30:00Z"


def call(*arguments: str, code: int = 0, **environment: str) -> Result:
    """Call the program in this process. Its own exceptions come through; `main` turns them into exit codes."""
    result = CliRunner().invoke(cli.cli, list(arguments), env=environment, standalone_mode=False)
    if result.exception:
        raise result.exception
    assert result.return_value == code, result.output
    return result


def run(*arguments: str, program: str = "hotfix", **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [PROGRAMS / program, *arguments],
        env=environment | more.pop("environment", {}),
        stdin=subprocess.DEVNULL,
        stdout=more.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        **more,
    )


def through_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Call the program as its script does, and tell its exit code."""
    monkeypatch.setattr(sys, "argv", ["hotfix", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


# -- exit codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["hotfix", "mkdocs-hotfix"])
def test_both_programs_say_the_same(shop, reported: Facts, program: str):
    shop.file(reported)
    right = run("check", AS_OF, program=program)
    assert (right.returncode, right.stdout, right.stderr) == (0, b"1 record checked, nothing to do\n", b"")
    shop.file({**reported, "status": "triaged"})
    wrong = run("check", AS_OF, program=program)
    assert (wrong.returncode, wrong.stderr) == (1, b"")
    assert b"missing-requirement" in wrong.stdout


WRONG_SET_UPS = [
    ("check", "nowhere.md"),
    ("check", "--policy", "nowhere.yml"),
    ("check", "--format", "html"),
    ("check", "--as-of", "yesterday"),
    ("check", "--nonsense"),
    ("chekc",),
    ("rule", "no-such-rule"),
    ("schema", "nonsense"),
    ("check", "docs/empty"),
]


@pytest.mark.parametrize("arguments", WRONG_SET_UPS, ids=" ".join)
def test_a_wrong_call_ends_with_2_and_one_sentence_on_stderr(
    shop,
    reported: Facts,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    shop.file(reported)
    (shop.root / "empty").mkdir()
    assert through_main(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.strip()


@pytest.mark.parametrize("arguments", [("##[error]x",), ("--policy=##[error]x",), ("--as-of=##vso[x]y",), ("--##[x",)])
def test_what_was_asked_for_gives_no_command_to_a_runner(
    shop, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert through_main(monkeypatch, "check", *arguments) == 2
    said = capsys.readouterr().err
    assert "# #" in said
    assert not re.search(r"##\w*\[", said)


def test_no_record_is_an_error_unless_it_is_allowed(
    shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert through_main(monkeypatch, "check") == 2
    assert "No record found in docs/hotfixes" in capsys.readouterr().err
    assert through_main(monkeypatch, "check", "--allow-empty") == 0
    assert "0 records" in capsys.readouterr().out
    shop.policy(allow_empty=True)
    assert through_main(monkeypatch, "check") == 0


def test_a_bug_of_ours_ends_with_3_and_never_with_yes(
    shop, reported: Facts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shop.file(reported)

    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(FORMATS, "json", broken)  # type: ignore[arg-type]
    assert through_main(monkeypatch, "check", "--format", "json") == 3
    said = capsys.readouterr()
    assert "ZeroDivisionError" in said.err
    assert "Nothing was approved" in said.err


def test_an_interrupt_ends_with_130(shop, reported: Facts, tmp_path: Path):
    shop.file(reported)
    pipe = tmp_path / "policy.yml"
    code = "import os, signal, sys; sys.argv = ['hotfix', 'check']; from mkdocs_hotfix import cli, gate;\n"
    code += "gate.check = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT) or __import__('time').sleep(30)\n"
    code += "cli.main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=False)
    assert ended.returncode == 130
    assert b"Traceback" not in ended.stderr
    assert not pipe.exists()


def test_warnings_close_the_gate_only_with_strict(shop, reported: Facts):
    shop.file({**reported, "status": "triaged"})
    shop.policy(levels={"missing-requirement": "warning"})
    assert "1 warning" in call("check", AS_OF).output
    assert call("check", AS_OF, "--strict", code=1).output == call("check", AS_OF).output


# -- when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "as_of"),
    [
        ((AS_OF,), {}, "2026-04-14T03:30:00Z"),
        ((AS_OF,), {"SOURCE_DATE_EPOCH": "0"}, "2026-04-14T03:30:00Z"),
        ((), {"SOURCE_DATE_EPOCH": "1776137400"}, "2026-04-14T03:30:00Z"),
        (("--as-of=2026-04-14T05:30:00+02:00",), {}, "2026-04-14T03:30:00Z"),
    ],
)
def test_now_is_what_was_given_else_the_epoch(
    shop, reported: Facts, arguments: tuple[str, ...], environment: dict[str, str], as_of: str
):
    shop.file(reported)
    said = json.loads(call("check", "--format=json", *arguments, **environment).output)
    assert said["as_of"] == as_of


def test_without_either_the_clock_counts(shop, reported: Facts):
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    said = json.loads(run("check", "--allow-empty", "--format=json").stdout)
    assert before <= said["as_of"] <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def test_a_question_is_answered_with_yes_or_no_and_nothing_is_called_invalid():
    @click.command()
    def ask() -> None:
        click.echo(Questions().yes("Is the bug significant?"))

    said = CliRunner().invoke(ask, input="perhaps\nYES\n").output
    assert said.count("Is the bug significant? [y/n]: ") == 2
    assert "Error: Answer with y or n.\n" in said
    assert said.endswith("True\n")


# -- colour ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "terminal", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "xterm"}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_the_environment_says_otherwise(
    environment: dict[str, str], terminal: bool, colour: bool
):
    assert common.wants_colour(environment, terminal=terminal) is colour


def test_a_terminal_gets_colour_and_a_pipe_gets_none(shop, reported: Facts):
    shop.file({**reported, "status": "triaged"})
    mine, theirs = pty.openpty()
    try:
        ended = run("check", AS_OF, stdout=theirs, environment={"TERM": "xterm"})
        shown = os.read(mine, 1 << 16)
    finally:
        os.close(mine)
        os.close(theirs)
    assert ended.returncode == 1
    assert b"\x1b[31;1merror[APP" in shown
    plain = run("check", AS_OF).stdout
    assert b"\x1b" not in plain
    assert b"\x1b[31;1merror" in run("check", AS_OF, environment={"FORCE_COLOR": "1"}).stdout


@pytest.mark.parametrize("style", [name for name in FORMATS if name != "text"])
def test_only_text_is_ever_coloured(shop, reported: Facts, style: str):
    shop.file({**reported, "status": "triaged"})
    assert "\x1b" not in call("check", AS_OF, "--format", style, code=1, FORCE_COLOR="1").output


# -- where output goes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["text", "json", "junit"])
def test_a_reader_that_goes_away_hears_no_yes_and_no_traceback(shop, style: str):
    for number in range(300):
        shop.file("nothing", f"HF-2026-{number:04}.md")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = run("check", "--format", style, stdout=writing)
    finally:
        os.close(writing)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"Exception" not in ended.stderr


def test_even_a_right_record_is_not_approved_when_nobody_hears_it(shop, reported: Facts):
    shop.file(reported)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert run("check", AS_OF, stdout=writing).returncode == 1
    finally:
        os.close(writing)


def test_a_full_disk_is_not_a_yes(shop, reported: Facts):
    shop.file(reported)
    with Path("/dev/full").open("wb") as full:
        ended = run("check", AS_OF, stdout=full)
    assert ended.returncode not in (0, 120)


@pytest.mark.parametrize(
    ("style", "encoding"), [*((style, "ascii") for style in FORMATS), ("text", "latin-1"), ("text", "cp1252")]
)
def test_an_old_terminal_gets_escapes_instead_of_a_crash(shop, encoding: str, style: str):
    shop.file('id: HF-2026-0001\ntitle: "値段 → ✓"\nstatus: "“値段”"')
    ended = run("check", "--format", style, environment={"PYTHONIOENCODING": encoding})
    assert (ended.returncode, ended.stderr) == (1, b"")
    ended.stdout.decode(encoding)


def test_the_locale_of_the_machine_changes_no_byte(shop):
    shop.file('id: HF-2026-0001\ntitle: "値段"\nstatus: closed\nreported: {at: 2026-04-14, by: x}')
    outputs = {
        run(
            "check", AS_OF, environment={"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8", "TZ": zone}
        ).stdout
        for locale, zone in (("C", "UTC"), ("C.UTF-8", "Asia/Tokyo"), ("POSIX", "America/New_York"))
    }
    assert len(outputs) == 1


def test_the_program_runs_without_assertions_and_with_warnings_as_errors(shop, reported: Facts):
    shop.file(reported)
    code = f"import sys; sys.argv = ['hotfix', 'check', '{AS_OF}']; from mkdocs_hotfix.cli import main; main()"
    for flags in (["-O"], ["-OO"], ["-W", "error", "-X", "dev"]):
        ended = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, check=False, timeout=60)
        assert (ended.returncode, ended.stdout) == (0, b"1 record checked, nothing to do\n"), ended.stderr
        shop.file({**reported, "status": "triaged"})
        ended = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, check=False, timeout=60)
        assert ended.returncode == 1
        shop.file(reported)


def test_checking_writes_nothing(shop, reported: Facts):
    shop.file(reported)

    def seen() -> list[tuple[str, float]]:
        return sorted((str(path), path.lstat().st_mtime) for path in shop.root.parent.rglob("*"))

    before = seen()
    call("check", AS_OF)
    call("check", AS_OF, "--format", "json")
    call("schema")
    call("rule")
    assert seen() == before


def test_a_folder_in_which_nobody_may_write_is_no_trouble(shop, reported: Facts):
    shop.file(reported)
    for folder in (shop.records, shop.root):
        folder.chmod(0o555)
    try:
        assert run("check", AS_OF).returncode == 0
    finally:
        for folder in (shop.root, shop.records):
            folder.chmod(0o755)


def test_a_name_that_is_no_text_can_be_asked_for_and_is_shown(shop):
    name = os.fsencode(shop.records) + b"/\xff\x1b[2J.md"
    Path(os.fsdecode(name)).write_bytes(b"x")
    ended = subprocess.run([PROGRAMS / "hotfix", "check", name], capture_output=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"\x1b" not in ended.stdout
    assert rb"\u{dcff}\u{1b}[2J.md" in ended.stdout


# -- which policy ------------------------------------------------------------------------------------------


def test_paths_are_judged_by_the_policy_to_which_they_belong(shop, reported: Facts, monkeypatch: pytest.MonkeyPatch):
    file = shop.file({**reported, "status": "triaged"})
    shop.policy(levels={"missing-requirement": "off"})
    call("check", AS_OF)
    call("check", AS_OF, str(file))
    call("check", AS_OF, "docs")
    monkeypatch.chdir(shop.records)
    call("check", AS_OF, file.name)
    monkeypatch.chdir("/")
    call("check", AS_OF, str(file))


def test_paths_of_two_policies_are_refused(shop, reported: Facts, tmp_path: Path):
    shop.file(reported)
    shop.policy(name="One")
    other = tmp_path / "other"
    other.mkdir()
    for name in ("policy.yml", "hotfixes/HF-2026-0001.md"):
        (other / name).parent.mkdir(exist_ok=True)
        (other / name).write_bytes((shop.root / name).read_bytes())
    with pytest.raises(Exception, match="different policies"):
        call("check", "docs/hotfixes", "other/hotfixes")


def test_a_policy_that_can_not_be_used_stops_everything(
    shop, reported: Facts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shop.file(reported)
    (shop.root / "policy.yml").write_text("policy: 1\nnmae: x\n", "utf-8")
    assert through_main(monkeypatch, "check") == 2
    said = capsys.readouterr().err
    assert "docs/policy.yml:2:1: Field `nmae` is not known. Rename it to `name`." in said


# -- rule and schema ---------------------------------------------------------------------------------------


def test_a_rule_is_found_by_its_code_and_by_its_name_in_any_case():
    expected = call("rule", "missing-evidence").output
    assert expected.startswith("EVD301 missing-evidence\n\nEvidence is missing")
    for name in ("EVD301", "evd301", "MISSING-EVIDENCE", "Missing-Evidence"):
        assert call("rule", name).output == expected


def test_a_rule_that_is_misspelt_is_guessed():
    with pytest.raises(click.UsageError, match=r"no rule `mising-evidense`\. Did you mean `missing-evidence`\?"):
        call("rule", "mising-evidense")
    with pytest.raises(click.UsageError, match=r"no rule `qqqq`\. `hotfix rule` lists them\."):
        call("rule", "qqqq")


def test_without_a_name_every_rule_is_listed():
    lines = call("rule").output.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.code, rule.slug] for rule in RULES]
    assert all(len(line.split(maxsplit=2)) == 3 for line in lines)


@pytest.mark.parametrize("name", ["record", "policy", "findings"])
def test_each_schema_is_printed_and_is_one(shop, name: str):
    made = json.loads(call("schema", name).output)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"].endswith("2020-12/schema")


def test_the_schema_of_a_record_knows_the_policy(shop):
    shop.policy(statuses={"open": {"title": "Open"}, "shut": {"title": "Shut"}}, exits={}, requirements=[])
    assert json.loads(call("schema").output)["properties"]["status"]["enum"] == ["open", "shut"]
    assert "enum" not in published.schema("record")["properties"]["status"]


def test_what_the_gate_accepts_its_own_schema_accepts(shop, reported: Facts, deployed: Facts):
    validator = jsonschema.Draft202012Validator(json.loads(call("schema").output))
    for data in (reported, deployed):
        validator.validate(data)


# -- help --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("check", "--help"), ("rule", "-h"), ("schema", "-h")])
def test_help_fits_a_terminal_and_shows_examples(arguments: tuple[str, ...]):
    lines = call(*arguments).output.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.strip().startswith("hotfix ") for line in lines)


def test_the_version_is_told():
    assert call("--version").output.startswith("mkdocs-hotfix, version ")


def test_help_and_rules_need_neither_a_validator_nor_mkdocs():
    code = "import sys; sys.argv = ['hotfix', '--help']; from mkdocs_hotfix.cli import main\n"
    code += "try: main()\nexcept SystemExit: print([name for name in ('jsonschema', 'jsonschema_rs', 'mkdocs', 'yaml') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.endswith(b"[]\n")


def test_a_check_loads_what_it_needs(shop, reported: Facts):
    """Also where it finds a plain fault: what explains the others takes longer to load than a hundred records to judge."""
    shop.file({**reported, "severity": "bad"})
    unwanted = "concurrent.futures importlib.metadata jsonschema mkdocs mkdocs_hotfix.cli.attach mkdocs_hotfix.formats.sarif".split()
    code = "import sys; sys.argv = ['hotfix', 'check', '--no-cache', '--format=concise']; from mkdocs_hotfix.cli import main\n"
    code += f"try: main()\nexcept SystemExit: print([name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=shop.root.parent)
    assert b"not-allowed-value" in done.stdout
    assert done.stdout.endswith(b"[]\n")


def test_the_formats_that_can_be_asked_for_are_those_that_there_are():
    option = next(one for one in cli.cli.commands["check"].params if one.name == "style")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(FORMATS)


def test_a_kill_is_not_a_yes(shop):
    os.mkfifo(shop.root / "policy.yml")
    process = subprocess.Popen([PROGRAMS / "hotfix", "check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.wait(30) == 2, "a pipe in the place of the policy is refused and not waited for"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_the_module_is_the_program_with_its_exit_codes():
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs_hotfix", "check", "nowhere"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr
