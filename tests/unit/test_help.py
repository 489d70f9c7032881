"""The help: a way through the process, an example for each command, and colour as one wants it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mkdocs_hotfix import cli

Facts = Mapping[str, Any]


COMMANDS = [cli.cli.commands[name] for section in cli.SECTIONS.values() for name in section]


def help_of(*words: str) -> str:
    return CliRunner().invoke(cli.cli, [*words, "--help"], prog_name="hotfix", terminal_width=80).output


def test_the_help_is_the_way_that_a_hotfix_takes():
    assert list(cli.SECTIONS) == ["Start", "File a hotfix", "Complete its record", "Review", "Publish", "Explain"]
    shown = re.findall(r"^([A-Z][a-z ]+):$|^  ([a-z-]+)  ", help_of().partition("\nOptions:")[0], re.MULTILINE)
    expected = [word for title, group in cli.SECTIONS.items() for word in (title, *group)]
    assert [title or name for title, name in shown] == expected
    assert sorted(cli.cli.commands) == sorted(one.name or "" for one in COMMANDS)


def test_no_command_is_cut_short_in_the_help():
    assert "..." not in help_of().partition("\n")[2]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_command_has_examples_that_it_takes(command: click.Command):
    shown = help_of(command.name or "").partition("Examples:")[2].replace("\\\n", "")
    examples = re.findall(r"^    (hotfix .*)$", shown, re.MULTILINE)
    assert examples
    for example in examples:
        calls = [shlex.split(part) for part in re.split(r" (?:[|>]|&&) ", example)]
        ours = [call for call in calls if call[0] == "hotfix"]
        assert command.name in {name for _, name, *_ in ours}
        for _, name, *words in ours:
            cli.cli.commands[name].make_context(name, words, parent=click.Context(cli.cli, **cli.cli.context_settings))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_option_says_what_it_is_for(command: click.Command):
    for one in command.params:
        if isinstance(one, click.Option):
            assert one.help
            assert one.help.partition("  [")[0].endswith("."), one.help


@pytest.mark.parametrize(
    ("words", "environment", "colour"),
    [
        (["check"], {}, False),
        (["check", "--color", "always"], {}, True),
        (["--color", "always", "check"], {}, True),
        (["--color=always", "check", "--color=never"], {}, False),
        (["--color=never", "check"], {"FORCE_COLOR": "1"}, False),
        (["check", "--color=always"], {"NO_COLOR": "1"}, True),
        (["check", "--color=auto"], {"FORCE_COLOR": "1"}, True),
        (["--color=always", "check", "--color=auto"], {}, False),
        (["check"], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_the_option_for_colour_counts_more_than_the_environment(
    shop, reported: Facts, words: list[str], environment: dict[str, str], colour: bool
):
    shop.file({**reported, "status": "triaged"})
    clean = {"NO_COLOR": None, "FORCE_COLOR": None, **environment}
    said = CliRunner().invoke(cli.cli, [*words], env=clean)
    assert ("\x1b[31;1merror" in said.stdout) is colour
