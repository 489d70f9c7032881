"""`hotfix approve`: somebody of a role allows the deployment."""

from __future__ import annotations

from pathlib import Path

import click

from mkdocs_hotfix.cli.bench import Bench, advance_option, at_option, by_option, changes_a_record, fill
from mkdocs_hotfix.cli.triage import role_of
from mkdocs_hotfix.findings import visible

_PACKAGE = ("release.version", "release.commit")


@click.command()
@changes_a_record
@click.option("--role", metavar="NAME", help="In which role.  [default: the one that the policy gives them]")
@by_option
@at_option
@advance_option
def approve(
    record: str,
    role: str | None,
    by: str | None,
    at: str | None,
    policy_file: Path | None,
    as_of: str | None,
    *,
    advance: bool,
) -> int:
    """Record that somebody has allowed the deployment.

    Who may, in which role, and how many it takes, says the policy. The owner of
    the work can not (four eyes).

    \b
    Examples:
      hotfix approve HF-2026-0019 --by release-manager
      hotfix approve HF-2026-0019 --by checkout-lead --role service-owner
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    bench = Bench(policy_file, as_of, record)
    there = bench.sheet.data.get("approvals") or []
    who = bench.who(by, question="Who approves")
    made = {"by": who, "role": role_of(bench, who, role, "--role") if who else "", "at": bench.when(at)}
    bench.questions.done()
    if any(isinstance(one, dict) and one.get("by") == who for one in there):
        raise click.UsageError(f"{visible(who)} has approved {bench.sheet.id} already. One person counts once.")
    early = _unsettled(bench)
    place = ("approvals", len(there) if isinstance(there, list) else 0)
    code = bench.finish(bench.put(place, made), f"approved by {who} as {made['role']}", advance=advance)
    if early and not code:
        names = " and ".join(f"`{one}`" for one in early)
        command = fill(
            f"hotfix set {bench.sheet.id} {' '.join(early)}", bench.origin, bench.sheet.data.get("service", "")
        )
        click.echo(
            f"The approval is filed, and the record does not say yet what was approved: {names} {'is' if len(early) == 1 else 'are'} "
            f"missing. Add what is missing, and let {visible(who)} look again: `{visible(command)}`.",
            err=True,
        )
    return code


def _unsettled(bench: Bench) -> list[str]:
    """Name what identifies the package, is needed before an approval counts, and is not in the record."""
    policy, release = bench.policy, bench.sheet.data.get("release")
    needs = {need for one in policy.lifecycle() for need in one.needs}
    known = release if isinstance(release, dict) else {}
    return [need for need in _PACKAGE if need in needs and not known.get(need.removeprefix("release."))]
