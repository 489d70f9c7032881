"""The docs folder around the records: what of it no site may show, and what must not lie in it. Knows no host."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mkdocs_hotfix import paths
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy


@dataclass(frozen=True, slots=True)
class Hidden:
    """Files that no site may show, by absolute path."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def __contains__(self, path: str) -> bool:
        """Tell whether a file, by its absolute path, stays unpublished."""
        return path in self.files or path.startswith(self.folders)

    def __bool__(self) -> bool:
        """Tell whether there is anything to hide."""
        return bool(self.files)


def hidden(report: Report) -> Hidden:
    """List records under embargo, the folders that belong to them, and every report that they name."""
    files: set[str] = set()
    folders: list[str] = []
    for judged in report.judged:
        one = judged.record
        if one is not None and one.is_embargoed(report.as_of):
            here = Path(os.path.abspath(judged.file))
            folders += [os.path.join(here.parent, name) + os.sep for name in (judged.name, here.stem)]
            named = (text for evidence in one.evidence.values() for text in evidence.reports)
            places = (paths.locate(text, judged.file, one.root) for text in named)
            files |= {str(here), *(os.path.abspath(place.file) for place in places if not place.trouble)}
    return Hidden(frozenset(files), tuple(folders))


def unjudged(uri: str, path: str, policy: Policy, docs: Path) -> str:
    """Say why a page that has not been through the gate may not be published; nothing if it may.

    Args:
        uri: The page's path from the docs folder, with `/`.
        path: The same, absolute; empty for a page that lies on no disk.
        policy: The policy.
        docs: The docs folder.
    """
    records = os.path.abspath(policy.records)
    folder = records_uri(policy, docs)
    top, name = posixpath.split(uri)
    if top == folder and name in paths.INDEX and not Path(path).is_symlink():
        return ""
    # Without regard to case: on some disks `Hotfixes` and `hotfixes` are one folder.
    if uri.casefold().startswith(f"{folder}/".casefold()):
        why = f"It lies in the records folder {folder}: name it `ID.md`, or move it."
    elif path and os.path.realpath(path).startswith(os.path.realpath(records) + os.sep):
        why = f"It is a way around the gate into the records folder {folder}: delete the link."
    elif paths.is_named_like_a_record(name):
        why = f"It is named like a record: move it to the records folder {folder}, or rename it."
    else:
        return ""
    return f"{uri} was not judged. {why}"


def odd(docs: Path, judged: Container[str], policy: Policy) -> Iterator[str]:
    """Say of each page below the docs folder why it may not be published unless it is left out of the site.

    Args:
        docs: The docs folder.
        judged: The pages that have been through the gate, by absolute path.
        policy: The policy.
    """
    top = os.path.abspath(docs)
    for folder, _, names in os.walk(top, followlinks=True):  # as MkDocs walks
        for name in names:
            path = os.path.join(folder, name)
            if name.lower().endswith(paths.MARKDOWN) and path not in judged:
                why = unjudged(paths.inside(Path(path), Path(top)), path, policy, docs)
                if why:
                    yield why


def records_uri(policy: Policy, docs: Path | str) -> str:
    """Write the path of the records folder from the docs folder, with `/`."""
    return PurePosixPath(Path(os.path.relpath(policy.records, docs))).as_posix()
