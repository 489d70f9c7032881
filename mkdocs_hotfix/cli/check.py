"""`hotfix check`: the gate."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.cli import fixing, known
from mkdocs_hotfix.cli.common import DOCS, as_of_option, find_policy, policy_option, use_colour
from mkdocs_hotfix.cli.outputs import FormatFile, refuse_clashes, write_all
from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Report
    from mkdocs_hotfix.memory import Memory
    from mkdocs_hotfix.policy import Policy

_FORMATS = (
    "text",
    "concise",
    "json",
    "github",
    "gitlab",
    "sarif",
    "junit",
)  # a test keeps them equal to formats.FORMATS


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")
@click.option(
    "--format",
    "style",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to write the findings to standard output.",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    type=FormatFile(_FORMATS),
    multiple=True,
    help="Write them into a file too, in this format. Can be given several times.",
)
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a summary in Markdown below what is in this file, as for $GITHUB_STEP_SUMMARY.",
)
@as_of_option
@click.option(
    "--changed-since",
    metavar="REV",
    help="Report only records that changed since the work left this revision, and compare each with what it was.",
)
@click.option(
    "--policy-from",
    metavar="REV",
    help="Judge by the policy as this revision has it; of the working tree take the records only.",
)
@click.option("--git", is_flag=True, help="Ask git about commits, branches and reports, as `git: true` in the policy.")
@click.option("--fix", is_flag=True, help="Mend in the files what has one meaning, then judge them.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Note what is found in old records now, so that only what is new closes the gate; later, take out what is mended.",
)
@click.option("--strict", is_flag=True, help="Let warnings close the gate too.")
@click.option(
    "--cache/--no-cache", "use_cache", default=True, help="Do not judge again what has not changed.  [default: cache]"
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 64),
    default=0,
    metavar="N",
    help="In how many processes to judge.  [default: as many as pay, from 1,000 new records on]",
)
@click.option("--allow-empty", is_flag=True, help="Finding no record is right.")
def check(
    paths: tuple[Path, ...],
    policy_file: Path | None,
    style: str,
    outputs: tuple[tuple[str, Path], ...],
    summary: Path | None,
    as_of: str | None,
    changed_since: str | None,
    policy_from: str | None,
    *,
    git: bool,
    fix: bool,
    diff: bool,
    write_baseline: bool,
    strict: bool,
    allow_empty: bool,
    use_cache: bool,
    jobs: int,
) -> int:
    """Judge records: what is missing, where, and what to do.

    PATHS are records or folders of records; without any, the policy's records folder.

    --changed-since takes a branch, a tag or a commit, and looks at what was
    changed on this side since the two have parted (their merge base): committed,
    staged or neither. What others have changed over there meanwhile does not count.

    --policy-from takes the policy, and the files that it names, from the branch
    that a change goes to: who is judged does not write the law. What the change
    makes of the policy counts once it is merged, and is said.

    --fix mends what can only have been meant: quotes round a version, a field's
    misspelt name, the way in which a time or its zone is written. What could mean
    two things stays. All other bytes of the file stay, too.

    Files are written when all is judged, each whole; where that fails, the old
    ones stay. --summary adds to its file. For programs, paths in them start at
    the root of the repository.

    \b
    Exit: 0 nothing to do, 1 the gate is closed, 2 wrong usage or set-up or no
    records found, 3 a bug of ours.

    \b
    Examples:
      hotfix check
      hotfix check docs/hotfixes/HF-2026-0019.md
      hotfix check --changed-since origin/main
      hotfix check --policy-from origin/main
      hotfix check --diff
      hotfix check --output sarif=hotfix.sarif --output junit=reports/hotfix.xml
      hotfix check --format github --summary "$GITHUB_STEP_SUMMARY"
      hotfix check --format json --as-of 2026-11-23T03:40:00Z
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    if diff and (outputs or summary):
        raise click.UsageError(
            "--diff shows what --fix would change and writes nothing. Leave --output and --summary out."
        )
    from mkdocs_hotfix import formats, gate  # noqa: PLC0415 - `--help` starts without them

    if write_baseline and (paths or changed_since or policy_from is not None or git or fix or diff):
        raise click.UsageError("--write-baseline looks at all records. Leave PATHS and other options for records out.")
    if policy_from is None:
        policy = find_policy(policy_file, paths)
    else:
        from mkdocs_hotfix import trusted  # noqa: PLC0415 - it asks git

        policy = trusted.load(policy_from, policy_file, paths, DOCS)
    asked = [policy.records if _is_docs_folder(path, policy) else path for path in paths]
    at = gate.now(as_of)
    if write_baseline:
        policy = known.write(policy, at)

    def judge() -> Report:
        with _memory(policy) if use_cache else nullcontext() as memory:
            return gate.check(
                policy,
                at,
                asked or None,
                git=git,
                since=changed_since,
                strict=strict,
                memory=memory,
                sparing=True,
                jobs=jobs,
            )

    report = judge()
    if not (report.extent.total if report.extent else report.records) and not (allow_empty or policy.allow_empty):
        where = ", ".join(visible(str(path)) for path in asked) or display(policy.records)
        raise SetupError(f"No record found in {where}. Name the folder of the records, or say --allow-empty.")
    files = [file for _, file in outputs] + ([summary] if summary else [])
    laws = policy.taken.files if policy.taken else [Path(policy.file)]
    refuse_clashes(files, policy.records, [*laws, *(judged.file for judged in report.judged)])
    if diff:
        return fixing.show(report) or report.exit_code()
    if fix and fixing.fix(report):
        report = judge()
    text = _in_colour(report) if style == "text" else formats.FORMATS[style](report)
    write_all(report, {file: formats.FORMATS[format_] for format_, file in outputs}, summary)
    sys.stdout.write(text)
    sys.stdout.flush()
    known.tell(report)
    if policy.taken:
        click.echo(trusted.tell(policy.taken), err=True, nl=bool(policy.taken.touched))
    return report.exit_code()


def _memory(policy: Policy) -> AbstractContextManager[Memory]:
    from mkdocs_hotfix import cache  # noqa: PLC0415 - nobody may want it

    return cache.remembering(policy, cache.folder())


def _in_colour(report: Report) -> str:
    from mkdocs_hotfix.formats import text  # noqa: PLC0415 - nobody may want it

    return text.render(report, colour=use_colour())


def _is_docs_folder(path: Path, policy: Policy) -> bool:
    """`hotfix check docs` means the records of the handbook in docs."""
    return path.is_dir() and path.resolve() == policy.root.resolve()
