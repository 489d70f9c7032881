"""`hotfix init`: a handbook in an empty folder or an existing MkDocs project."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from mkdocs_hotfix.findings import visible
from mkdocs_hotfix.paths import display

_HOSTS = ("github", "gitlab")  # a test keeps them equal to starter.HOSTS


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--ci", "host", type=click.Choice(_HOSTS), help="Write the file that runs the gate in this host's CI.")
def init(folder: Path, host: str | None) -> int:
    """Set a handbook up, in this folder or another one.

    In an empty folder all that a site needs is made. In a MkDocs project the plugin
    is added to `mkdocs.yml`, and every other byte of it stays. What is there is
    never written over; to run it again does no harm.

    \b
    Examples:
      hotfix init
      hotfix init handbook --ci github
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import starter  # noqa: PLC0415 - `--help` starts without it

    made = starter.plan(folder, next((one for one in starter.HOSTS if one == host), None))
    starter.carry_out(made)
    wide = max(len(display(deed.file)) for deed in made.deeds)
    for deed in made.deeds:
        word = "left" if deed.after is None else "made" if deed.before is None else "changed"
        click.echo(f"{word:8} {visible(display(deed.file)):{wide}}  {deed.why}")
    for text in made.by_hand:
        click.echo(f"\n{visible_lines(text)}")
    policy = visible(os.path.relpath(made.policy, folder).replace(os.sep, "/"))
    named = "" if policy == "docs/policy.yml" else f" --policy {shlex.quote(policy)}"
    rows = [
        (f"edit {policy}", "who may approve, what is promised, what has to be proven"),
        (f"hotfix new{named}", "file the first hotfix"),
        (f"hotfix check{named}", "run the gate"),
        ("mkdocs serve", "look at the handbook"),
    ]
    if os.path.abspath(folder) != str(Path.cwd()):
        rows.insert(0, (f"cd {shlex.quote(visible(display(folder)))}", "go there"))
    wide = max(len(command) for command, _ in rows)
    click.echo("\nNext:\n" + "\n".join(f"  {command:{wide}}  {what}" for command, what in rows))
    return 0


def visible_lines(text: str) -> str:
    """Make a text of several lines safe to show."""
    return "\n".join(visible(line) for line in text.split("\n"))
