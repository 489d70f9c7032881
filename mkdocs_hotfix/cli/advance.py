"""`hotfix advance`: the next status, if the gate allows it."""

from __future__ import annotations

from pathlib import Path

import click

from mkdocs_hotfix.cli.asking import one_of_these
from mkdocs_hotfix.cli.bench import Bench, changes_a_record
from mkdocs_hotfix.cli.words import STATUS


@click.command()
@changes_a_record
@click.argument("status", metavar="[STATUS]", type=STATUS, required=False)
def advance(record: str, status: str | None, policy_file: Path | None, as_of: str | None) -> int:
    """Move the status on, or list what is missing.

    Without STATUS it is the next one. Any status can be named, an earlier one
    too: that is how a record is published while something is open again.

    \b
    Exit: 0 moved, 1 not allowed yet, 2 wrong usage or set-up.

    \b
    Examples:
      hotfix advance HF-2026-0019
      hotfix advance HF-2026-0019 closed
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import filing  # noqa: PLC0415 - `--help` starts without it

    bench = Bench(policy_file, as_of, record)
    known = {one.id: one.title for one in bench.policy.statuses.values()}
    now = bench.sheet.status
    if status is None:
        status = next(filing.following(bench.policy, bench.sheet.data), None)
        if status is None:
            raise click.UsageError(
                f"{bench.sheet.id} is `{now}`, and nothing comes after that. Name the STATUS you mean."
            )
    status = one_of_these(status, known, "STATUS")
    if status == now:
        click.echo(f"{bench.sheet.path}: is `{now}` already")
        return 0
    return bench.finish(bench.sheet.data, f"was `{now}`", status=status)
