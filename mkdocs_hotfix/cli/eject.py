"""`hotfix eject`: a page of the site as a file of your own."""

from __future__ import annotations

from pathlib import Path

import click

from mkdocs_hotfix.cli.common import find_policy, policy_option
from mkdocs_hotfix.cli.words import PAGE
from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display


@click.command()
@click.argument("page", type=PAGE, required=False)
@policy_option("The policy file; its folder is the docs folder.  [default: docs/policy.yml, else the built-in one]")
@click.option("--force", is_flag=True, help="Write over the page that is there.")
@click.option("--print", "to_stdout", is_flag=True, help="Write to the terminal and change nothing.")
def eject(page: str | None, policy_file: Path | None, *, force: bool, to_stdout: bool) -> int:
    """Write a page of the site into the docs folder, to edit it.

    The words are yours from then on. Tables, forms and pictures are still made from
    the policy and the records: each is a block such as {{ hotfix.severities }}.
    Delete the file to have the built-in page again. Without PAGE, list the pages.

    \b
    Examples:
      hotfix eject
      hotfix eject process
      hotfix eject process --print | diff docs/process.md -
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import pages, tree, urls, writing  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.wording import guess, one_of  # noqa: PLC0415

    policy = find_policy(policy_file, ())
    records = tree.records_uri(policy, policy.root)
    paths = {name: path.format(records=records) for name, path in pages.NAMES.items()}
    if page is None:
        wide = max(map(len, paths))
        click.echo("\n".join(f"{name:{wide}}  {display(policy.root / path)}" for name, path in paths.items()))
        return 0
    name = next((name for name, path in paths.items() if page in (name, path)), None)
    if name is None:
        meant = guess(page, paths)
        raise click.UsageError(
            f"There is no page `{visible(page)}`. "
            + (f"Did you mean `{meant}`?" if meant else f"Name {one_of(paths)}.")
        )
    text = pages.to_edit(name)
    if to_stdout:
        click.echo(text, nl=False)
        return 0
    file = policy.root / paths[name]
    twin = urls.twin(policy.root, paths[name])
    if twin is not None:
        raise SetupError(f"{display(twin)} is that page already. Edit it, or delete it first.")
    if not policy.root.is_dir():
        raise SetupError(f"The docs folder {display(policy.root)} does not exist. `hotfix init` sets a handbook up.")
    try:
        writing.create(file, text.encode())
    except FileExistsError:
        if not force:
            raise SetupError(
                f"{display(file)} is already there. Edit it, or say --force to write over it; --print shows the built-in page."
            ) from None
        writing.replace(file, writing.load(file, 1 << 24), text.encode())
    click.echo(f"Wrote {display(file)}. The site shows it from now on; delete it to have the built-in page again.")
    return 0
