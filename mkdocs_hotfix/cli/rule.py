"""`hotfix rule`: the manual page of a rule."""

from __future__ import annotations

import click

from mkdocs_hotfix.cli.words import RULE
from mkdocs_hotfix.findings import visible


@click.command()
@click.argument("name", type=RULE, metavar="[SLUG|CODE]", required=False)
def rule(name: str | None) -> int:
    """Explain a rule: why it is there, what is wrong and right.

    Without a name, list them all.

    \b
    Examples:
      hotfix rule missing-evidence
      hotfix rule EVD301
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix.rules import BY_CODE, BY_SLUG, RULES  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.wording import guess  # noqa: PLC0415

    if name is None:
        wide = max(len(one.slug) for one in RULES)
        click.echo("\n".join(f"{one.code}  {one.slug:{wide}}  {one.summary}" for one in RULES))
        return 0
    found = BY_SLUG.get(name.lower()) or BY_CODE.get(name.upper())
    if found is None:
        meant = guess(name, BY_SLUG)
        raise click.UsageError(
            f"There is no rule `{visible(name)}`."
            + (f" Did you mean `{meant}`?" if meant else " `hotfix rule` lists them.")
        )
    click.echo(f"{found.code} {found.slug}\n\n{found.page}")
    return 0
