"""`hotfix render`: the handbook as plain Markdown, for any generator."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option, use_colour
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.paths import display


@click.command()
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The folder for the pages, beside the docs folder."
)
@policy_option("The policy file; its folder is the docs folder.  [default: docs/policy.yml, else the built-in one]")
@as_of_option
@click.option("--strict", is_flag=True, help="Let warnings close the gate too.")
@click.option(
    "--site-name",
    default="",
    metavar="NAME",
    help="What the site is called, for the feed.  [default: the policy's name]",
)
@click.option("--site-url", default="", metavar="URL", help="Where the site will be, for the feed.")
@click.option(
    "--repo-url", default="", metavar="URL", help="The repository, for the form of a new record; as in mkdocs.yml."
)
@click.option(
    "--edit-uri", default="", metavar="PATH", help="The branch and the docs folder: edit/main/docs/; as in mkdocs.yml."
)
@click.option("--no-directory-urls", is_flag=True, help="Pages will be process.html, not process/.")
@click.option(
    "--final-links",
    is_flag=True,
    help="Write links as addresses in the site, not as paths to files: for a generator that leaves HTML as it is.",
)
def render(
    out: Path,
    policy_file: Path | None,
    as_of: str | None,
    site_name: str,
    site_url: str,
    repo_url: str,
    edit_uri: str,
    *,
    strict: bool,
    no_directory_urls: bool,
    final_links: bool,
) -> int:
    """Write the handbook as plain Markdown, for any other program.

    The folder gets every page and file of the docs folder, with each record as its
    verification page, and the pages that the policy makes. Only what changes is
    written; what was written once and is gone is taken away; all else stays as it
    is. When the gate is closed, nothing is written.

    Add assets/hotfix/hotfix.css and assets/hotfix/hotfix.js to the style sheets
    and scripts of the site.

    \b
    Examples:
      hotfix render --out build/handbook
      hotfix check && hotfix render --out build/handbook && zensical build
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import gate, mirror, releases  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.render import Handbook, Site, refuse_overlap  # noqa: PLC0415

    policy = find_policy(policy_file, ())
    refuse_overlap(out, policy.root)
    report = gate.check(policy, gate.now(as_of))
    if not report.records and not policy.allow_empty:
        raise SetupError(
            f"No record found in {display(policy.records)}. File the first one, or write `allow_empty: true` into the policy."
        )
    if code := report.exit_code(strict=strict):
        from mkdocs_hotfix.formats import text  # noqa: PLC0415 - nobody may want it

        sys.stdout.write(text.render(report, colour=use_colour()))
        sys.stdout.flush()
        click.echo("The gate is closed. Nothing was written.", err=True)
        return code
    site = Site(site_name, site_url, repo_url, edit_uri, folders=not no_directory_urls, final=final_links)
    made = mirror.keep(out, Handbook(report, releases.load(policy.root), site).files)
    click.echo(
        f"{report.summary}. {display(out)}: {made.files:,} files, {made.written:,} written, {made.removed:,} removed"
    )
    return 0
