"""`hotfix attach` and `communicate`: the proof, read from what the tester has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mkdocs_hotfix.cli.asking import one_of_these
from mkdocs_hotfix.cli.bench import (
    FROM_GIT,
    Bench,
    advance_option,
    at_option,
    by_option,
    changes_a_record,
    replace_option,
    url_option,
)
from mkdocs_hotfix.cli.words import ENVIRONMENT, KIND
from mkdocs_hotfix.findings import visible

if TYPE_CHECKING:
    from mkdocs_hotfix.policy import Kind

_AUDIENCE = "audience"
_NONE_FOUND = "None."
_FLAGS = {
    "result": ("--result", "Result"),
    "environment": ("--environment", "Where was it tested"),
    "report": ("--report", "The test runner's file"),
    "affected": ("--affected", "What do the bug and the fix touch"),
    "test_scope": ("--test-scope", "What has to be tested because of it"),
    _AUDIENCE: ("--audience", "Who was told"),
    "issues_found": ("--issue", "Issues found in production"),
    "summary": ("--summary", "What was done and seen"),
    "url": ("--url", "Where it can be seen"),
    "commit": ("--commit", "The commit that was tested"),
}


@click.command()
@changes_a_record
@click.argument("kind", metavar="KIND", type=KIND)
@click.option(
    "--report",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="The test runner's own file; it is copied beside the record.",
)
@click.option(
    "--result", type=click.Choice(["passed", "failed"]), help="What the test said.  [default: as the report says]"
)
@click.option(
    "--environment", metavar="NAME", type=ENVIRONMENT, help="Where it was tested.  [default: the only one that counts]"
)
@click.option("--commit", metavar="COMMIT", help="What was tested.  [default: as the report or git says]")
@click.option("--summary", metavar="TEXT", help="What was done and seen.  [default: the counts of the report]")
@click.option("--affected", metavar="TEXT", multiple=True, help="What the bug and the fix touch.")
@click.option("--test-scope", metavar="TEXT", multiple=True, help="What has to be tested because of it.")
@click.option("--audience", metavar="TEXT", multiple=True, help="Who was told.")
@click.option("--issue", metavar="TEXT", multiple=True, help="An issue that was found in production.")
@click.option("--no-issues", is_flag=True, help="No issue was found in production.")
@by_option
@at_option
@url_option
@replace_option
@advance_option
def attach(
    record: str,
    kind: str,
    files: tuple[Path, ...],
    by: str | None,
    at: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
    advance: bool,
    **given: Any,
) -> int:
    """Attach evidence: what a test said, or what an analysis found.

    A report is copied beside the record, opened and counted. Result, time, counts
    and digest are taken from it, the commit from it, or from git while the branch
    of the hotfix is checked out. A report with a failed test is never filed as
    passed.

    \b
    Examples:
      hotfix attach HF-2026-0019 impact-analysis --affected checkout-api \\
        --test-scope "pay with a saved card"
      hotfix attach HF-2026-0019 regression-test --report build/junit.xml
      hotfix attach HF-2026-0019 smoke-test --result passed --by test-lead
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    known = {one.id: one.title for one in bench.policy.kinds.values()}
    found = bench.policy.kinds[one_of_these(kind, known, "KIND")]
    return _attach(bench, found, files, {**given, "by": by, "at": at}, replace=replace, advance=advance)


@click.command()
@changes_a_record
@click.option("--audience", metavar="TEXT", multiple=True, help="Who was told.")
@click.option("--issue", metavar="TEXT", multiple=True, help="An issue that was found in production.")
@click.option("--no-issues", is_flag=True, help="No issue was found in production.")
@click.option("--summary", metavar="TEXT", help="What they were told.")
@by_option
@at_option
@url_option
@replace_option
@advance_option
def communicate(
    record: str,
    by: str | None,
    at: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
    advance: bool,
    **given: Any,
) -> int:
    """Record who was told the result, and every issue found.

    \b
    Examples:
      hotfix communicate HF-2026-0019 --audience support --audience sales \\
        --no-issues --by release-manager
      hotfix communicate HF-2026-0019 --audience support \\
        --issue "Receipts are sent twice: SHOP-2215"
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    kinds = [one for one in bench.policy.kinds.values() if _AUDIENCE in one.needs]
    if len(kinds) != 1:
        raise click.UsageError(
            f"{len(kinds)} kinds of evidence of this policy need an `audience`. Use `hotfix attach {bench.sheet.id} KIND --audience …`."
        )
    return _attach(bench, kinds[0], (), {**given, "by": by, "at": at}, replace=replace, advance=advance)


def _attach(
    bench: Bench, kind: Kind, files: Sequence[Path], given: Mapping[str, Any], *, replace: bool, advance: bool
) -> int:
    from mkdocs_hotfix import proof, writing  # noqa: PLC0415 - `--help` starts without them

    there = bench.sheet.data.get("evidence")
    there = there.get(kind.id) if isinstance(there, dict) else None
    if isinstance(there, dict) and there.get("result") != "failed":
        says = ", ".join(str(there[key]) for key in ("result", "at", "by") if key in there)
        bench.free("evidence", kind.id, replace=replace, has=f" ({says})")
    said: dict[str, Any] = {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}
    said["issues_found"] = _issues(said.pop("issue", []), none=said.pop("no_issues", False))
    if said.get("environment"):
        places = {one.id: one.title for one in bench.policy.environments.values()}
        said["environment"] = one_of_these(said["environment"], places, "--environment")
    said["at"] = bench.when(said["at"]) if said["at"] else None
    said["by"] = bench.who(said["by"])
    filed = proof.load(bench.sheet, kind, files)
    try:
        made = proof.evidence(bench.desk, bench.sheet, kind, filed, said, bench.origin)
        _complete(bench, kind, made)
    except proof.NotPassedError as error:
        click.echo(visible(f"{bench.sheet.id} stays as it is. {files[0]}: {error}"))
        return 1
    bench.questions.done()
    if not said.get("commit") and not any(one.report.commits for one in filed):
        bench.from_git = FROM_GIT.format("--commit …")
    copied = proof.copy(filed)
    code = 1
    try:
        code = bench.finish(bench.put(("evidence", kind.id), made), _what(kind, made), advance=advance)
    finally:
        if code:
            writing.take_back(copied)
    return code


def _issues(found: list[str], *, none: bool) -> str:
    if found and none:
        raise click.UsageError("--issue and --no-issues contradict each other.")
    if none:
        return _NONE_FOUND
    return found[0] if len(found) == 1 else "\n".join(f"- {one}" for one in found)


def _complete(bench: Bench, kind: Kind, made: dict[str, Any]) -> None:
    """Ask for what the kind needs and nobody has said."""
    from mkdocs_hotfix import proof  # noqa: PLC0415 - as above

    ask = bench.questions
    for name in proof.lacking(kind, made):
        option, question = _FLAGS.get(name, (f"--{name}", name))
        if name == "result":
            value: Any = ask.choice(None, option, question, {"passed": "passed", "failed": "failed"})
        elif name == "environment":
            titles = {one: bench.policy.environments[one].title for one in bench.policy.accepted(kind)}
            value = ask.choice(None, option, question, titles)
        elif name == "report" and ask.asks:
            raise click.UsageError(f"“{visible(kind.title)}” rests on a test runner's file: --report FILE.")
        elif name in ("affected", "test_scope", _AUDIENCE):
            value = ask.texts((), option, question)
        elif name == "issues_found":
            value = ask.text(None, "--issue or --no-issues", question, _NONE_FOUND if ask.asks else "")
        else:
            value = ask.text(None, option, question)
        if value:
            made[name] = value


def _what(kind: Kind, made: Mapping[str, Any]) -> str:
    parts = [str(made[key]) for key in ("result", "summary") if key in made and (key == "result" or "report" in made)]
    where = made.get("report")
    names = f" ({where if isinstance(where, str) else ', '.join(where)})" if where else ""
    return f"“{kind.title}” {', '.join(parts) or 'recorded'}{names}"
