"""`hotfix new`: a record as soon as the problem is known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mkdocs_hotfix.cli.bench import Bench, at_option, url_option
from mkdocs_hotfix.cli.common import as_of_option, policy_option
from mkdocs_hotfix.cli.words import SERVICE, SEVERITY
from mkdocs_hotfix.findings import SetupError, shorten, visible

if TYPE_CHECKING:
    from mkdocs_hotfix.newrecord import Field
    from mkdocs_hotfix.policy import Policy

_TRIES = 20
_ASKED = ("title", "severity", "service", "reported.at", "reported.by")


@click.command()
@click.option("--title", metavar="TEXT", help="What is broken, in the words of a user.")
@click.option("--severity", metavar="NAME", type=SEVERITY, help="How bad it is, one of the policy's severities.")
@click.option("--service", metavar="NAME", type=SERVICE, help="What is broken: the product or service.")
@click.option("--by", metavar="WHO", help="Who reported it.  [default: HOTFIX_BY, else git's user.name]")
@at_option
@click.option("--summary", metavar="TEXT", help="What users saw, and who was affected.")
@url_option
@click.option("--text", metavar="TEXT", help="What happened, in Markdown: it stands below the fields.")
@click.option("--set", "more", metavar="FIELD=VALUE", multiple=True, help="Any other field, as `hotfix set` takes it.")
@click.option("--id", "name", metavar="ID", help="The record's id.  [default: the next one that is free]")
@policy_option("The policy file.  [default: docs/policy.yml, else the built-in one]")
@as_of_option
def new(
    title: str | None,
    severity: str | None,
    service: str | None,
    by: str | None,
    at: str | None,
    summary: str | None,
    url: str | None,
    text: str | None,
    more: tuple[str, ...],
    name: str | None,
    policy_file: Path | None,
    as_of: str | None,
) -> int:
    """File a hotfix, with the little that is known.

    What is not given is asked, on a terminal. The id is the next one that
    neither the records here nor those on any branch that git knows have taken:
    `git fetch` first, if others file hotfixes too.

    \b
    Examples:
      hotfix new
      hotfix new --title "Checkout fails for saved cards" --severity critical \\
        --service checkout --by support-lead
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from mkdocs_hotfix import assign, editing, filing, newrecord  # noqa: PLC0415 - `--help` starts without them

    bench = Bench(policy_file, as_of)
    policy, ask = bench.policy, bench.questions
    if not policy.root.is_dir():
        raise SetupError(
            f"There is no folder {visible(str(policy.root))} here. Go to the folder of the handbook, or set one up: `hotfix init`."
        )
    fields = {one.path: one for one in newrecord.groups(policy)[0].fields}
    data: dict[str, Any] = {"title": ask.text(title, "--title", "What is broken, in the words of a user")}
    for path, given, option in (("severity", severity, "--severity"), ("service", service, "--service")):
        data[path] = _chosen(bench, fields.get(path), given, option)
    data["reported"] = {
        "at": bench.when(at),
        "by": ask.text(by, "--by", "Who reported it", bench.origin.person),
        **({"url": url} if url else {}),
    }
    data |= {"summary": summary.strip()} if summary and summary.strip() else {}
    orders = filing.orders(policy)
    for one in more:
        found = assign.read(one, policy)
        if found.value is None:
            raise click.UsageError(f"--set {found.name}: Write it as `--set {found.name}=VALUE`.")
        value = [found.value] if found.adds else found.value
        data = editing.put(data, found.place, value, orders)
    for path, field in fields.items():
        if field.needed and path not in _ASKED and not _has(data, path):
            value = ask.text(None, f"--set {path}=…", field.label)
            if value:
                found = assign.read(f"{path}={value}", policy)
                data = editing.put(data, found.place, found.value, orders)
    ask.done()
    return _file(bench, data, text or "", name)


def _chosen(bench: Bench, field: Field | None, given: str | None, option: str) -> str | None:
    """Ask for a field for which the policy may have a list of values; nothing where it does not need it."""
    if field is None:
        return given
    if field.options:
        return bench.questions.choice(given, option, field.label, dict(field.options))
    return bench.questions.text(given, option, field.label)


def _not_empty(policy: Policy) -> None:
    """Let an empty folder be an error from now on. The record is filed, whatever comes of this."""
    from mkdocs_hotfix import starter  # noqa: PLC0415 - as above

    try:
        if starter.filed(policy):
            click.echo(f"{visible(policy.file)}: `allow_empty` is gone: from now on empty is an error")
    except SetupError as error:
        click.echo(f"`allow_empty` stays in the policy: {error}", err=True)


def _has(data: dict[str, Any], path: str) -> bool:
    here: Any = data
    for part in path.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    return here not in (None, "", [], {})


def _file(bench: Bench, data: dict[str, Any], text: str, name: str | None) -> int:
    """Write the record under the next free id; whoever takes it in the same second makes it one more."""
    from mkdocs_hotfix import filing, origin  # noqa: PLC0415 - as above
    from mkdocs_hotfix.paths import display  # noqa: PLC0415
    from mkdocs_hotfix.published import schema  # noqa: PLC0415

    policy = bench.policy
    order = filing.orders(policy)[()]
    taken = bench.origin.ids()
    if bench.origin.trouble:
        click.echo(f"Ids on other branches are not known. {visible(bench.origin.trouble)}", err=True)
    if name is not None and not re.fullmatch(schema("record")["$defs"]["id"]["pattern"], name.upper()):
        raise click.UsageError(f"--id: `{shorten(visible(name))}` is no id. An id looks like HF-2026-0019.")
    if name is not None and name.upper() in taken:
        raise click.UsageError(f"--id: {visible(name.upper())} is taken. Without --id the next free one is found.")
    status = policy.lifecycle()[0].id
    for _ in range(_TRIES):
        chosen = name.upper() if name else origin.next_id(taken, bench.desk.as_of.year)
        file = policy.records / f"{chosen}.md"
        wanted = {"id": chosen, "status": status, **{key: value for key, value in data.items() if value is not None}}
        wanted = {key: wanted[key] for key in order if key in wanted}
        sheet = bench.sheet = filing.Sheet(file, visible(display(file)), None, wanted, text)
        try:
            judged = filing.settle(bench.desk, sheet, wanted)
        except FileExistsError:
            taken.add(chosen)
            if name is None:
                continue
            raise SetupError(f"{sheet.path} is there already. Nothing was changed.") from None
        except filing.Refused as refused:
            return bench.refuse(refused)
        click.echo(f"{sheet.path}: filed as `{status}`")
        _not_empty(policy)
        bench.hint(judged)
        return 0
    raise SetupError("Others file records faster than this one finds a free id. Run this again.")
