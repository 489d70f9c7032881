"""Arguments that complete: ids of records, and the kinds of evidence and statuses of the policy that is found.

A shell asks at every press of the tab key, so only names are looked at: no record is judged, the policy is not checked,
and whatever is wrong there is answered with fewer suggestions, never with an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mkdocs_hotfix.findings import shorten, visible

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # no generic before click 8.4

_ID = re.compile(r"HF-[0-9]{4}-[0-9]{4,6}", re.ASCII)
_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_TITLE = re.compile(rb"^title:[ \t]*([^\r\n]{1,300})", re.MULTILINE)
_HEAD = 2048
_MANY = 200
"""With more ids than this, no file is opened for its title: nobody reads them all."""


class _Word(ParamType):
    """A text that the shell can complete; what it must be is said by the command that takes it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Suggest what starts like the text so far."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only shells ask

        try:
            taken = ctx.params.get(param.name or "") or ()
            names = self.suggest(ctx)
            return [
                CompletionItem(name, help=title or None)
                for name, title in names
                if name.startswith(self.spell(incomplete)) and (isinstance(taken, str) or name not in taken)
            ]
        except Exception:  # noqa: BLE001 - a traceback would land in the line that is being typed
            return []

    def spell(self, text: str) -> str:
        """Write the text as names are written."""
        return text

    def suggest(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Tell every name, with what it means."""
        raise NotImplementedError


class _Id(_Word):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take an id in any case, or the path of the record's file, and return the id.

        Raises:
            click.BadParameter: It is neither.
        """
        text = str(value)
        stem = Path(text).name
        found = self.spell(stem[:-3] if stem.lower().endswith(".md") else stem)
        if not _ID.fullmatch(found):
            self.fail(f"`{shorten(text)}` is no id of a record. An id looks like HF-2026-0019.", param, ctx)
        return found

    def spell(self, text: str) -> str:
        return text.upper()

    def suggest(self, ctx: click.Context) -> list[tuple[str, str]]:
        _, records = _policy(ctx)
        files = {
            entry.name[:-3]: entry.path
            for entry in _files(records)
            if entry.name.endswith(".md") and _ID.fullmatch(entry.name[:-3])
        }
        with_titles = len(files) <= _MANY
        return [(name, _title(files[name]) if with_titles else "") for name in sorted(files)]


class _Record(_Id):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return str(value)  # a file says which policy counts, so its path is kept


class _FromPolicy(_Word):
    def __init__(self, name: str, *fields: str) -> None:
        super().__init__(name)
        self._fields = fields

    def suggest(self, ctx: click.Context) -> list[tuple[str, str]]:
        data, _ = _policy(ctx)
        return [
            (name, visible(str(one.get("title", ""))) if isinstance(one, dict) else "")
            for field in self._fields
            for name, one in (data.get(field) or {}).items()
            if _WORD.fullmatch(name)
        ]


class _Rule(_Word):
    def suggest(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002 - the rules are the same for all
        from mkdocs_hotfix.rules import RULES  # noqa: PLC0415 - only shells ask

        return [(one.slug, one.summary) for one in RULES]


class _Page(_Word):
    def suggest(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002 - the pages are the same for all
        from mkdocs_hotfix.pages import NAMES  # noqa: PLC0415 - only shells ask

        return [*NAMES.items()]


ID = _Id("id")
"""The id of a record, `HF-2026-0019`; its file is taken, too."""

RECORD = _Record("record")
"""The id of a record, or the path of its file, for commands that change it."""

KIND = _FromPolicy("kind", "evidence")
"""A kind of evidence. Whether the policy has it is for the command to say."""

STATUS = _FromPolicy("status", "statuses", "exits")
"""A status or an exit. Whether the policy has it is for the command to say."""

RULE = _Rule("rule")
"""The name of a rule."""

PAGE = _Page("page")
"""The name of a page of the handbook."""

SEVERITY = _FromPolicy("severity", "severities")
SERVICE = _FromPolicy("service", "services")
ENVIRONMENT = _FromPolicy("environment", "environments")


def _policy(ctx: click.Context) -> tuple[Mapping[str, Any], Path]:
    """Return the data of the policy that the command would take, unchecked, and the folder of its records."""
    from importlib.resources import files  # noqa: PLC0415 - only shells ask

    from mkdocs_hotfix import source  # noqa: PLC0415

    named = ctx.params.get("policy_file")
    file = Path(named) if named else Path("docs", "policy.yml")
    if file.is_file():
        data, root = source.read(file, front_matter=False).data or {}, file.parent
    else:
        data = source.parse(files("mkdocs_hotfix").joinpath("policy.yml").read_bytes(), front_matter=False).data or {}
        root = Path("docs")
    return data, root / str(data.get("records", "hotfixes"))


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [folder]
    for _ in range(_MANY):  # folders
        if not waiting:
            return
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield entry


def _title(file: str) -> str:
    with Path(file).open("rb") as stream:
        found = _TITLE.search(stream.read(_HEAD))
    return visible(found[1].decode("utf-8", "replace").strip(" \t\"'")) if found else ""
