"""`hotfix check`: the gate."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.cli import fixing
from mkdocs_hotfix.cli.common import as_of_option, find_policy, policy_option, use_colour
from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display

if TYPE_CHECKING:
    from mkdocs_hotfix.policy import Policy

_FORMATS = ("text", "concise", "json", "github")  # a test keeps them equal to formats.FORMATS


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")
@click.option(
    "--format",
    "style",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to write the findings.",
)
@as_of_option
@click.option(
    "--changed-since",
    metavar="REV",
    help="Report only records that changed since the work left this revision, and compare each with what it was.",
)
@click.option("--git", is_flag=True, help="Ask git about commits, branches and reports, as `git: true` in the policy.")
@click.option("--fix", is_flag=True, help="Mend in the files what has one meaning, then judge them.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--strict", is_flag=True, help="Let warnings close the gate too.")
@click.option("--allow-empty", is_flag=True, help="Finding no record is right.")
def check(
    paths: tuple[Path, ...],
    policy_file: Path | None,
    style: str,
    as_of: str | None,
    changed_since: str | None,
    *,
    git: bool,
    fix: bool,
    diff: bool,
    strict: bool,
    allow_empty: bool,
) -> int:
    """Judge records, and say what is missing, where, and what to do.

    PATHS are records or folders of records; without any, the policy's records folder.

    --changed-since takes a branch, a tag or a commit, and looks at what was
    changed on this side since the two have parted (their merge base): committed,
    staged or neither. What others have changed over there meanwhile does not count.

    --fix mends what can only have been meant: quotes round a version, a field's
    misspelt name, the way in which a time or its zone is written. What could mean
    two things stays. All other bytes of the file stay, too.

    \b
    Exit: 0 nothing to do, 1 the gate is closed, 2 wrong usage or set-up or no
    records found, 3 a bug of ours.

    \b
    Examples:
      hotfix check
      hotfix check docs/hotfixes/HF-2026-0019.md
      hotfix check --changed-since origin/main
      hotfix check --diff
      hotfix check --format json --as-of 2026-11-23T03:40:00Z
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import formats, gate  # noqa: PLC0415 - `--help` starts without them

    policy = find_policy(policy_file, paths)
    asked = [policy.records if _is_docs_folder(path, policy) else path for path in paths]
    judge = partial(gate.check, policy, gate.now(as_of), asked or None, git=git, since=changed_since)
    report = judge()
    if not (report.extent.total if report.extent else report.records) and not (allow_empty or policy.allow_empty):
        where = ", ".join(visible(str(path)) for path in asked) or display(policy.records)
        raise SetupError(f"No record found in {where}. Name the folder of the records, or say --allow-empty.")
    if diff:
        return fixing.show(report) or report.exit_code(strict=strict)
    if fix and fixing.fix(report):
        report = judge()
    text = formats.text.render(report, colour=use_colour()) if style == "text" else formats.FORMATS[style](report)
    sys.stdout.write(text)
    sys.stdout.flush()
    return report.exit_code(strict=strict)


def _is_docs_folder(path: Path, policy: Policy) -> bool:
    """`hotfix check docs` means the records of the handbook in docs."""
    return path.is_dir() and path.resolve() == policy.root.resolve()
