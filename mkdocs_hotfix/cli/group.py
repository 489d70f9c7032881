"""The program's own help: its commands as the way that a hotfix takes, and the option for colour on each of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import click

from mkdocs_hotfix.cli.common import wants_colour

_SENTENCE = 200
"""A command's first sentence is told whole, on two lines if need be."""


class Path(click.Group):
    """A group whose commands stand in sections, in the order in which they are needed."""

    sections: Mapping[str, Sequence[click.Command]]

    def arrange(self, sections: Mapping[str, Sequence[click.Command]]) -> None:
        """Add every command. Each gets `--color`, so that nobody has to know before or behind which word it stands."""
        self.sections = sections
        self.params.append(_colour())
        for commands in sections.values():
            for command in commands:
                command.params.append(_colour())
                self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands as the help does."""
        return [command.name or "" for commands in self.sections.values() for command in commands]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options: they are what people look for."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write one list of commands a section."""
        wide = max(len(name) for name in self.commands)
        for title, commands in self.sections.items():
            if commands:
                with formatter.section(title):
                    formatter.write_dl(
                        [((one.name or "").ljust(wide), one.get_short_help_str(_SENTENCE)) for one in commands]
                    )


def _colour() -> click.Option:
    return click.Option(
        ["--color"],
        type=click.Choice(["auto", "always", "never"]),
        callback=_set_colour,
        expose_value=False,
        is_eager=True,
        help="Whether to use colour.  [default: auto, which asks NO_COLOR, FORCE_COLOR and whether this is a terminal]",
    )


def _set_colour(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is None and ctx.parent is not None:
        return  # click hands down what stands before the command
    if value in (None, "auto"):
        silent = wants_colour(os.environ, terminal=False)
        loud = wants_colour(os.environ, terminal=True)
        ctx.color = silent if silent is loud else None  # `None`: each stream by itself
    else:
        ctx.color = value == "always"
