"""`hotfix verify-site`: whether a built site carries the gate's result for exactly these records."""

from __future__ import annotations

from pathlib import Path

import click

from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option
from mkdocs_hotfix.paths import display


@click.command("verify-site")
@click.argument("site", metavar="DIR", type=click.Path(path_type=Path))
@policy_option("The policy file; its folder is the docs folder.  [default: docs/policy.yml, else the built-in one]")
@as_of_option
def verify_site(site: Path, policy_file: Path | None, as_of: str | None) -> int:
    """Prove that a built site shows what the gate says of exactly these records.

    DIR is the folder of the site, built by MkDocs, ProperDocs, or any generator
    after `hotfix render`. A site whose configuration lost the plugin, one that is
    older than the records, the reports or the policy, a page that is missing and a
    file that is not as the gate made it are said, each in a sentence.

    \b
    Exit: 0 the site is what it should be, 1 it is not, 2 wrong usage or set-up.

    \b
    Examples:
      hotfix verify-site site
      mkdocs build --strict && hotfix verify-site site
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import gate, releases  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.verify import verify  # noqa: PLC0415

    policy = find_policy(policy_file, ())
    wrong = list(verify(site, policy, releases.load(policy.root), gate.now(as_of)))
    if not wrong:
        click.echo(f"{display(site)} shows what the gate says of these records and this policy.")
        return 0
    click.echo("\n".join(wrong))
    return 1
