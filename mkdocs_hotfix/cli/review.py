"""`hotfix review`: why it happened, and what is done so that it does not happen again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mkdocs_hotfix.cli.bench import Bench, advance_option, at_option, changes_a_record, replace_option


@click.command()
@changes_a_record
@click.option("--root-cause", metavar="TEXT", help="Why it happened.")
@click.option("--escaped-because", metavar="TEXT", help="Why no test caught it.")
@click.option("--action", metavar="TEXT", multiple=True, help="What is done so that it does not happen again.")
@at_option
@replace_option
@advance_option
def review(
    record: str,
    root_cause: str | None,
    escaped_because: str | None,
    action: tuple[str, ...],
    at: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    replace: bool,
    advance: bool,
) -> int:
    """Record the review after the fact.

    \b
    Examples:
      hotfix review HF-2026-0019 --root-cause "A field was renamed." \\
        --escaped-because "No test pays with a saved card." \\
        --action "Add that test to the smoke suite." --advance
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    bench.free("review", replace=replace)
    ask = bench.questions
    cause = ask.text(root_cause, "--root-cause", "Why did it happen")
    escaped = (
        ask.text(escaped_because, "--escaped-because", "Why did no test catch it") if ask.asks else escaped_because
    )
    actions = ask.texts(action, "--action", "What is done about it") if ask.asks else list(action)
    ask.done()
    made: dict[str, Any] = {"at": bench.when(at), "root_cause": cause}
    made |= {"escaped_because": escaped} if escaped else {}
    made |= {"actions": [{"summary": one} for one in actions]} if actions else {}
    said = f"reviewed, {len(actions)} action{'' if len(actions) == 1 else 's'}"
    return bench.finish(bench.put(("review",), made), said, advance=advance)
