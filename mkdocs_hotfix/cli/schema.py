"""`hotfix schema`: the JSON Schemas, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mkdocs_hotfix.cli.common import find_policy, policy_option


@click.command()
@click.argument("name", type=click.Choice(["record", "policy", "findings"]), default="record")
@policy_option("The policy that closes the schema of a record.")
def schema(name: str, policy_file: Path | None) -> int:
    """Print a JSON Schema, for editors and other programs.

    That of a record knows the policy's own statuses, kinds and roles; `policy` and
    `findings` are the same for everybody.

    \b
    Examples:
      hotfix schema > record.schema.json
      hotfix schema policy
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import published  # noqa: PLC0415 - `--help` starts without it

    made = find_policy(policy_file, ()).shape.schema if name == "record" else published.schema(name)
    click.echo(json.dumps(made, indent=2))
    return 0
