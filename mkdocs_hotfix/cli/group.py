"""The program's own help: its commands as the way that a hotfix takes, and the option for colour on each of them.

A command's module is loaded when somebody asks for the command: a check starts without twenty others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import cast

import click

from mkdocs_hotfix.cli.common import wants_colour

_SENTENCE = 200
"""A command's first sentence is told whole, on two lines if need be."""


class _Commands(Mapping[str, click.Command]):
    """The commands by name, each loaded from its module when it is looked up."""

    def __init__(self, names: Sequence[str], modules: Mapping[str, str]) -> None:
        self._modules = {name: modules.get(name, name.replace("-", "_")) for name in names}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module = import_module(f"mkdocs_hotfix.cli.{self._modules[name]}")
            named = (one for one in vars(module).values() if isinstance(one, click.Command) and one.name == name)
            self._loaded[name] = next(named)
            self._loaded[name].params.append(_colour())
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class Path(click.Group):
    """A group whose commands stand in sections, in the order in which they are needed."""

    sections: Mapping[str, Sequence[str]]

    def arrange(self, sections: Mapping[str, Sequence[str]], modules: Mapping[str, str]) -> None:
        """Take in every command. Each gets `--color`, so that nobody has to know before or behind which word it stands.

        Args:
            sections: The names of the commands, by the title of their section.
            modules: The module of this package in which a command is, where it has another name.
        """
        self.sections = sections
        self.params.append(_colour())
        names = [name for section in sections.values() for name in section]
        self.commands = cast("MutableMapping[str, click.Command]", _Commands(names, modules))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands as the help does."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands before the options: they are what people look for."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write one list of commands a section."""
        wide = max(len(name) for name in self.commands)
        for title, names in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(wide), self.commands[name].get_short_help_str(_SENTENCE)) for name in names]
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
