"""A built site against the records: whether it shows the gate's result for exactly these, whatever built it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
from referencing import Registry

from mkdocs_hotfix import digests, gate, published, shown, times, tree, urls
from mkdocs_hotfix.feed import ATOM
from mkdocs_hotfix.findings import SetupError, shorten, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.releases import Release
from mkdocs_hotfix.render import Handbook, Site

MARKER = "hotfixes.json"
_MAX_FILE = 256 << 20
_BUILD = "Build it again"


def verify(site: Path, policy: Policy, releases: tuple[Release, ...], now: datetime) -> Iterator[str]:
    """Compare a site with what the gate says of these records, as of the time at which the site was built.

    Args:
        site: The folder of the site.
        policy: The policy.
        releases: The official releases.
        now: What counts as now: a site can not be younger, and embargoes end.

    Yields:
        One sentence for each thing that is not so; nothing when the site is what it should be.

    Raises:
        SetupError: There is no such folder, or the records can not be judged.
    """
    if not site.is_dir():
        raise SetupError(f"{display(site)} is no folder. Name the folder of the built site.")
    raw = _read(site / MARKER)
    if raw is None:
        yield (
            f"{display(site)} carries no result of the gate: there is no {MARKER} in it. It was built without the plugin. "
            "Name `hotfix` under `plugins` (elsewhere than in MkDocs: run `hotfix render` before the build), and build it again."
        )
        return
    marker = _parsed(raw)
    if marker is None:
        yield f"{display(site / MARKER)} is not as this program writes it: no site with it was built by the gate. {_BUILD}."
        return
    if marker["tool"]["version"] != version("mkdocs-hotfix"):
        yield f"The site was built by mkdocs-hotfix {visible(marker['tool']['version'])}; this is {version('mkdocs-hotfix')}. {_BUILD}."
        return
    as_of = times.read(marker["as_of"])
    if as_of > now:
        yield f"The site says that it was judged as of {times.moment(as_of)}, and that is yet to come. {_BUILD}."
        return
    report = gate.check(policy, as_of)
    if report.exit_code():
        yield f"The gate is closed for these records: {report.summary}. `hotfix check` shows the lines and what to do."
        return
    if ended := [name for name in _ids(report.judged) & report.embargoed if name in _ids(_as_of(report, now))]:
        yield f"The embargo of {', '.join(sorted(ended))} has ended since the site was built. {_BUILD}."
    changed = list(_older(marker, report))
    yield from changed
    if not changed:
        yield from _Site(site, marker, Handbook(report, releases, _settings(site, marker), lenient=True)).differences()


def _as_of(report: Report, now: datetime) -> tuple[Judged, ...]:
    return tuple(one for one in report.judged if one.record and not one.record.is_embargoed(now))


def _ids(judged: tuple[Judged, ...]) -> set[str]:
    return {one.name for one in judged}


def _parsed(raw: bytes) -> Mapping[str, Any] | None:
    made = published.schema("hotfixes")
    try:
        read: Mapping[str, Any] = json.loads(raw)
        jsonschema.Draft202012Validator(made, registry=Registry(), format_checker=jsonschema.FormatChecker()).validate(
            read
        )
        times.read(read["as_of"])
    except (ValueError, RecursionError, jsonschema.ValidationError):
        return None
    return read


def _older(marker: Mapping[str, Any], report: Report) -> Iterator[str]:
    """Say what was changed since the site was built."""
    if marker.get("policy") != digests.of_policy(report.policy):
        yield f"The policy is another one than the site was built with. {_BUILD}."
    hidden = tree.hidden(report)
    there = {one["id"]: one.get("digests", {}) for one in marker["hotfixes"]}
    here = {one.name: one for one in report.published}
    for name, judged in here.items():
        if name not in there:
            yield f"{judged.path} is not in the site. {_BUILD}."
        elif there[name].get("record") != digests.of_record(judged):
            yield f"{judged.path} was changed since the site was built. {_BUILD}."
        elif there[name].get("reports") != digests.of_reports(judged, report, hidden):
            yield f"A report that {judged.path} names was changed since the site was built. {_BUILD}."
    for name in there.keys() - here.keys():
        yield f"The site shows {visible(name)}, and no record of that id is to be published. {_BUILD}."


def _settings(site: Path, marker: Mapping[str, Any]) -> Site:
    """Read back how the site was built: whether a page is a folder, and what the feed says of it."""
    name = url = ""
    try:
        feed = ET.fromstring((_read(site / "feed.xml") or b"").decode("utf-8"))  # noqa: S314 - expat's limits hold, and nothing but texts is taken
        name = feed.findtext(f"{{{ATOM}}}title", "")
        own = next((one.get("href", "") for one in feed.iter(f"{{{ATOM}}}link") if one.get("rel") == "self"), "")
        url = own.removesuffix("feed.xml")
    except (ET.ParseError, UnicodeDecodeError):
        pass
    folders = not any(one["url"].endswith(".html") for one in marker["hotfixes"])
    return Site(name, url, folders=folders, final=True)


class _Site:
    """A site whose records have not changed since: every file of ours in it, compared with what it should be."""

    def __init__(self, site: Path, marker: Mapping[str, Any], handbook: Handbook) -> None:
        self._site = site
        self._marker = marker
        self._handbook = handbook

    def differences(self) -> Iterator[str]:
        """Say what is not as it should be."""
        yield from self._texts()
        yield from self._pages()
        yield from self._files()

    def _texts(self) -> Iterator[str]:
        for uri, text in self._handbook.exports.items():
            if uri in self._handbook.sources:
                continue  # the author's own stands in its place
            found = _read(self._site / uri)
            if found is None:
                yield f"{self._shown(uri)} is missing. {_BUILD}."
            elif not _same(uri, found, text.encode()):
                yield f"{self._shown(uri)} is not what the gate says of these records. {_BUILD}."

    def _pages(self) -> Iterator[str]:
        for judged in self._handbook.report.published:
            address = self._handbook.address(judged)
            if address is None:
                continue
            uri = unquote(address)
            file = f"{uri}index.html" if uri.endswith("/") else uri
            found = _read(self._site / file)
            if found is None:
                yield f"The page of {judged.name} is missing: there is no {self._shown(file)}. {_BUILD}."
                continue
            wanted = shown.of(self._handbook.page(judged).html, address)
            made = shown.of(found.decode("utf-8", "replace"), address)
            if not made:
                yield f"{self._shown(file)} is not the page of {judged.name}: nothing on it was made by the gate. {_BUILD}."
            elif made != wanted:
                yield f"{self._shown(file)} does not show what the gate says of {judged.name}{_first(made, wanted)}. {_BUILD}."

    def _files(self) -> Iterator[str]:
        folder = f"{self._handbook.book.folder}/"
        named = {path for judged in self._handbook.report.published for path in digests.reports(judged)}
        for uri, path in self._handbook.sources.items():
            if not urls.is_page(uri) and (uri.startswith(folder) or path in named):
                found = _read(self._site / uri)
                if found is None:
                    yield f"{self._shown(uri)} is missing: evidence is published as filed. {_BUILD}."
                elif found != _read(path):
                    yield f"{self._shown(uri)} is not the file that was filed. {_BUILD}."
        for path in map(Path, self._handbook.hidden.files):
            uri = self._handbook.uri(path)
            page = unquote(urls.address(uri, folders=False))
            places = (uri, page, f"{page.removesuffix('.html')}.json", f"{page.removesuffix('.html')}/index.html")
            if any(os.path.lexists(self._site / place) for place in places):
                yield "The site has a file of a record under embargo. Build it again, into an empty folder."
                break

    def _shown(self, uri: str) -> str:
        return visible(display(self._site / uri))


def _same(uri: str, found: bytes, wanted: bytes) -> bool:
    """Compare JSON by what it says (other plugins write it shorter), all else by its bytes."""
    if found == wanted or not uri.endswith(".json"):
        return found == wanted
    try:
        return bool(json.loads(found) == json.loads(wanted))
    except (ValueError, RecursionError):
        return False


def _first(made: list[str], wanted: list[str]) -> str:
    """Tell the first word that differs."""
    pairs = (
        (one, other)
        for one, other in zip([*made, "nothing more"], [*wanted, "nothing more"], strict=False)
        if one != other
    )
    return "".join(
        f" (“{shorten(visible(one), 60)}” stands where “{shorten(visible(other), 60)}” should)"
        for one, other in islice(pairs, 1)
    )


def _read(path: Path) -> bytes | None:
    """Read a file of the site; nothing where it is not there, or is no file."""
    try:
        opened = open_regular(path)
    except (OSError, ValueError):
        return None
    if opened is None:
        return None
    with opened[0] as stream:
        return stream.read(_MAX_FILE)
