"""The command line: a thin door to the gate. Also installed as `hotfix`."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display

if TYPE_CHECKING:
    from mkdocs_hotfix.policy import Policy

DOCS = Path("docs")
POLICY = "policy.yml"
_FORMATS = ("text", "concise", "json", "github")  # a test keeps them equal to formats.FORMATS


def main() -> None:
    """Run the program and leave with its exit code.

    0: nothing to do. 1: the gate is closed. 2: wrong usage or set-up, no records found. 3: a bug of ours.
    130: interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = 2
    except SetupError as error:
        click.echo(str(error), err=True)
        code = 2
    except BrokenPipeError:
        # The reader has gone; the gate's answer has not been heard, so it is not yes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception:  # noqa: BLE001 - the last line of defence: never a green exit on a crash
        traceback.print_exc()
        click.echo("This is a bug in mkdocs-hotfix, not in your records. Nothing was approved.", err=True)
        code = 3
    sys.exit(code if isinstance(code, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("mkdocs-hotfix"), prog_name="mkdocs-hotfix")
def cli() -> None:
    """Check hotfix records against the policy: the gate of the hot-fix process.

    \b
    hotfix check          judge every record
    hotfix rule SLUG      explain a rule
    hotfix schema         print the schema of a record
    """  # noqa: D301 - click marks with a backspace what it shall not wrap


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path),
    help="The policy file.  [default: docs/policy.yml, else the built-in one]",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to write the findings.",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="What counts as now, as 2026-11-23T03:40:00Z.  [default: SOURCE_DATE_EPOCH, else the clock]",
)
@click.option(
    "--changed-since",
    metavar="REV",
    help="Report only records that changed since the work left this revision, and compare each with what it was.",
)
@click.option("--git", is_flag=True, help="Ask git about commits, branches and reports, as `git: true` in the policy.")
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
    strict: bool,
    allow_empty: bool,
) -> int:
    """Judge records, and say what is missing, where, and what to do.

    PATHS are records or folders of records; without any, the policy's records folder.

    --changed-since takes a branch, a tag or a commit, and looks at what was
    changed on this side since the two have parted (their merge base): committed,
    staged or neither. What others have changed over there meanwhile does not count.

    \b
    Exit: 0 nothing to do, 1 the gate is closed, 2 wrong usage or set-up or no
    records found, 3 a bug of ours.

    \b
    Examples:
      hotfix check
      hotfix check docs/hotfixes/HF-2026-0019.md
      hotfix check --changed-since origin/main
      hotfix check --format json --as-of 2026-11-23T03:40:00Z
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import formats, gate  # noqa: PLC0415 - `--help` starts without them

    policy = find_policy(policy_file, paths)
    asked = [policy.records if _is_docs_folder(path, policy) else path for path in paths]
    report = gate.check(policy, gate.now(as_of), asked or None, git=git, since=changed_since)
    if not (report.extent.total if report.extent else report.records) and not (allow_empty or policy.allow_empty):
        where = ", ".join(visible(str(path)) for path in asked) or display(policy.records)
        raise SetupError(f"No record found in {where}. Name the folder of the records, or say --allow-empty.")
    if style == "text":
        text = formats.text.render(report, colour=wants_colour(os.environ, terminal=sys.stdout.isatty()))
    else:
        text = formats.FORMATS[style](report)
    sys.stdout.write(text)
    sys.stdout.flush()
    return report.exit_code(strict=strict)


@cli.command()
@click.argument("name", metavar="[SLUG|CODE]", required=False)
def rule(name: str | None) -> int:
    """Explain a rule: why it is there, and what is wrong and right. Without a name, list them all.

    \b
    Examples:
      hotfix rule missing-evidence
      hotfix rule EVD301
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix.rules import BY_CODE, BY_SLUG, RULES  # noqa: PLC0415 - `--help` starts without them
    from mkdocs_hotfix.schema import guess  # noqa: PLC0415

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


@cli.command()
@click.argument("name", type=click.Choice(["record", "policy", "findings"]), default="record")
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path),
    help="The policy that closes the schema of a record.",
)
def schema(name: str, policy_file: Path | None) -> int:
    """Print a JSON Schema: of a record under this policy, of a policy, of findings.

    \b
    Examples:
      hotfix schema > record.schema.json
      hotfix schema policy
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix.schema import published  # noqa: PLC0415 - `--help` starts without it

    made = find_policy(policy_file, ()).shape.schema if name == "record" else published(name)
    click.echo(json.dumps(made, indent=2))
    return 0


def find_policy(file: Path | None, paths: tuple[Path, ...]) -> Policy:
    """Choose the policy: the one named, else the one to which the paths belong, else `docs/policy.yml`, else the built-in.

    Raises:
        SetupError: The file is not there or can not be used, or the paths belong to different policies.
    """
    from mkdocs_hotfix import policy  # noqa: PLC0415 - `--help` starts without it

    if file is not None:
        return policy.load(file)
    near = {found.resolve(): found for path in paths if (found := _nearest(path))}
    if len(near) > 1:
        names = " and ".join(display(one) for one in near.values())
        raise SetupError(
            f"The paths belong to different policies ({names}). Check them one by one, or say which with --policy."
        )
    return policy.load(next(iter(near.values()), None) or policy.default(DOCS))


def _nearest(path: Path) -> Path | None:
    """Find the policy beside a records folder: a gate that falls back to another policy could say yes too easily."""
    for folder in (path, *Path(os.path.abspath(path)).parents[:3]):
        if (folder / POLICY).is_file():
            return folder / POLICY
    return None


def _is_docs_folder(path: Path, policy: Policy) -> bool:
    """`hotfix check docs` means the records of the handbook in docs."""
    return path.is_dir() and path.resolve() == policy.root.resolve()


def wants_colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Tell whether to use colour: `NO_COLOR` and `FORCE_COLOR` (no-color.org, force-color.org), else on a terminal."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (terminal and environment.get("TERM") != "dumb")
