"""What `hotfix check` does with `--write-baseline`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.paths import display

if TYPE_CHECKING:
    from datetime import datetime

    from mkdocs_hotfix.gate import Report
    from mkdocs_hotfix.policy import Policy

_MAX_POLICY = 1 << 20


def write(policy: Policy, at: datetime) -> Policy:
    """Write the baseline, or take out of it what is mended, and let the policy ask for it.

    Returns:
        The policy as it is now.

    Raises:
        click.UsageError: There is no policy file.
        SetupError: A file can not be written.
    """
    from mkdocs_hotfix import baseline, editing, gate, policyfile, writing  # noqa: PLC0415 - few runs write
    from mkdocs_hotfix.policy import BUILT_IN  # noqa: PLC0415

    if policy.file == BUILT_IN:
        raise click.UsageError("--write-baseline needs a policy file. `hotfix init` writes one.")
    file = baseline.file_of(policy)
    is_there = file.exists()
    found = gate.check(replace(policy, baseline=is_there), at)
    number = baseline.write(policy, found.judged)
    click.echo(f"{display(file)} holds {_plural(number, 'known finding')}.", err=True)
    if policy.baseline:
        return policy
    path = Path(policy.file)
    raw = writing.load(path, _MAX_POLICY)
    data = editing.put(policy.data, ("baseline",), value=True)
    writing.replace(path, raw, editing.rewrite(raw, data, front_matter=False))
    click.echo(f"{display(path)} says `baseline: true` now.", err=True)
    return policyfile.load(path)


def tell(report: Report) -> None:
    """Say which entries of the baseline are of no use any more."""
    from mkdocs_hotfix import baseline  # noqa: PLC0415 - few handbooks have one

    if report.outdated:
        number = len(report.outdated)
        said = "1 entry matches" if number == 1 else f"{number:,} entries match"
        file = display(baseline.file_of(report.policy))
        click.echo(f"{file}: {said} nothing any more. Take out what does: `hotfix check --write-baseline`.", err=True)


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
