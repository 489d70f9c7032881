"""`hotfix deploy`, `rollback` and `withdraw`: what happens to the package, and the status that it brings."""

from __future__ import annotations

from pathlib import Path

import click

from mkdocs_hotfix.cli.bench import Bench, at_option, by_option, changes_a_record, replace_option, url_option

_because = click.option("--because", metavar="WHY", help="Why.")


@click.command()
@changes_a_record
@by_option
@at_option
@url_option
@click.option("--because", metavar="WHY", help="What there is to say about it.")
@replace_option
def deploy(
    record: str,
    by: str | None,
    at: str | None,
    url: str | None,
    because: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
) -> int:
    """Record that the package went to production.

    The status goes with it, if the record proves what that needs; else nothing is
    written, and what is missing is listed.

    \b
    Examples:
      hotfix deploy HF-2026-0019 --by checkout-oncall
      hotfix deploy HF-2026-0019 --at 2026-04-14T03:20:00Z
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    return _happened(bench, "deployed", by, at, {"url": url, "because": because}, replace=replace)


@click.command()
@changes_a_record
@_because
@by_option
@at_option
@url_option
@replace_option
def rollback(
    record: str,
    because: str | None,
    by: str | None,
    at: str | None,
    url: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
) -> int:
    """Record that the package was taken back from production.

    \b
    Examples:
      hotfix rollback HF-2026-0019 --because "Payments failed for all cards."
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    because = bench.questions.text(because, "--because", "Why")
    return _happened(bench, "rollback", by, at, {"url": url, "because": because}, replace=replace)


@click.command()
@changes_a_record
@_because
@by_option
@at_option
@url_option
@replace_option
def withdraw(
    record: str,
    because: str | None,
    by: str | None,
    at: str | None,
    url: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
) -> int:
    """Withdraw a record that was filed by mistake. It is never deleted.

    \b
    Examples:
      hotfix withdraw HF-2026-0019 --because "The same as HF-2026-0018."
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    because = bench.questions.text(because, "--because", "Why")
    return _happened(bench, "withdrawn", by, at, {"url": url, "because": because}, replace=replace)


def _happened(
    bench: Bench, field: str, by: str | None, at: str | None, more: dict[str, str | None], *, replace: bool
) -> int:
    from mkdocs_hotfix.filing import status_with  # noqa: PLC0415 - `--help` starts without it

    bench.free(field, replace=replace)
    made = {"at": bench.when(at), "by": bench.who(by), **{key: value for key, value in more.items() if value}}
    bench.questions.done()
    words = {"deployed": "deployed", "rollback": "taken back", "withdrawn": "withdrawn"}
    said = f"{words[field]} at {made['at']} by {made['by']}"
    return bench.finish(bench.put((field,), made), said, status=status_with(bench.policy, field, bench.sheet.status))
