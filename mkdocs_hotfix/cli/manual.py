"""The manual of the command line as one page of Markdown, made of the commands themselves.

The page is `docs/reference/cli.md`; a test compares the two, and `pytest --rewrite` writes it anew.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from mkdocs_hotfix.cli.group import Path

_HEAD = """\
# Command line

`hotfix` and `mkdocs-hotfix` are the same program. `hotfix COMMAND --help` shows what stands here in the terminal. The
commands come in the order in which a hotfix needs them.

## For every command

| Exit code | Meaning |
| --- | --- |
| 0 | Nothing to do, or done. |
| 1 | The gate is closed, or something asked for is missing. |
| 2 | Wrong usage or set-up, or no record found. |
| 3 | A bug of ours. Nothing was approved. |
| 130 | Interrupted. |

| Option | Meaning |
| --- | --- |
| `--color auto`, `always` or `never` | Whether to use colour. `auto` asks `NO_COLOR`, `FORCE_COLOR` and whether this is a terminal. |
| `-h`, `--help` | Show this message and exit. |

| Variable | Meaning |
| --- | --- |
| `SOURCE_DATE_EPOCH` | What counts as now, in seconds since 1970, unless `--as-of` is given. |
| `HOTFIX_BY` | Who files, attaches and deploys, unless `--by` is given; else it is git's `user.name`. |
| `NO_COLOR`, `FORCE_COLOR` | No colour, or colour on a pipe too, unless `--color` is given. |

| File | Meaning |
| --- | --- |
| `docs/policy.yml` | The policy, unless `--policy` names another one or paths are given that lie beside one. |
| `docs/hotfixes/` | The records, unless the policy names another folder. |
"""

_EVERYWHERE = {"--color", "--help"}


def manual(program: Path) -> str:
    """Write the page."""
    root = click.Context(program, info_name="hotfix", **program.context_settings)
    parts = [_HEAD]
    for title, names in program.sections.items():
        parts.append(f"## {title}\n")
        for name in names:
            one = program.commands[name]
            parts.append(_command(one, click.Context(one, info_name=name, parent=root)))
    return "\n".join(parts)


def _command(command: click.Command, context: click.Context) -> str:
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"### hotfix {command.name}", "", "```text", f"{context.command_path} {usage}", "```", ""]
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines += [*_paragraph(paragraph), ""]
    if options := list(_options(command, context)):
        lines += ["Options:", "", *options, ""]
    return "\n".join(lines)


def _paragraph(text: str) -> Iterator[str]:
    """Write a paragraph; what click does not wrap is a list of lines, which keep their form."""
    if not text.startswith("\b"):
        yield _safe(" ".join(text.split()))
        return
    head, *rest = text.removeprefix("\b").strip("\n").split("\n")
    if head.endswith(":") and rest:
        yield from (head, "", "```sh" if head == "Examples:" else "```text")
        yield from inspect.cleandoc("\n".join(rest)).split("\n")
        yield "```"
    else:
        yield _safe(" ".join((head, *(line.strip() for line in rest))))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for one in command.get_params(context):
        if (
            isinstance(one, click.Option)
            and not _EVERYWHERE.intersection(one.opts)
            and (record := one.get_help_record(context))
        ):
            names, told = record
            meaning, *extras = re.split(r"\]?  \[", told.removesuffix("]"))
            more = [re.sub(r"(\d+)<=x<=(\d+)", r"From \1 to \2", one) for one in extras]
            yield " ".join([f"- `{names}`: {_safe(meaning)}", *(f"{one[0].upper()}{_safe(one[1:])}." for one in more)])


def _safe(text: str) -> str:
    """Escape what would be HTML; code between backquotes stays as it is."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;").replace("*", r"\*") for part in parts)
