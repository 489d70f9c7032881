"""The newest records as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from mkdocs_hotfix import times
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.recordjson import Address

_NEWEST = 50
ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(report: Report, title: str, site: str, address: Address) -> str:
    """Write the newest records as an Atom feed (RFC 4287).

    Args:
        report: What the gate found.
        title: What the site is called.
        site: Its address, with a slash at the end; without one, links are relative to the feed.
        address: Where the page of a record is, seen from the top of the site.
    """
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, "title", title)
    _add(root, "id", urljoin(site, "feed.xml") if site else "urn:mkdocs-hotfix:feed")
    newest = sorted(
        ((one.record.reported.at, one.name, one) for one in report.published if one.record and one.record.reported),
        key=lambda row: row[:2],
        reverse=True,
    )[:_NEWEST]
    _add(root, "updated", times.rfc3339(max((_changed(one) for _, _, one in newest), default=report.as_of)))
    _add(_add(root, "author"), "name", title)
    _add(root, "generator", "mkdocs-hotfix")
    if site:
        _add(root, "link", rel="self", type="application/atom+xml", href=urljoin(site, "feed.xml"))
        _add(root, "link", href=site)
    for at, name, judged in newest:
        record, to = judged.record, address(judged)
        if record is None or to is None:
            continue
        entry = _add(root, "entry")
        _add(entry, "title", f"{name}: {record.title}")
        _add(entry, "id", urljoin(site, to) if site else f"urn:mkdocs-hotfix:{name}")
        _add(entry, "link", href=urljoin(site, to) if site else to)
        _add(entry, "published", times.rfc3339(at))
        _add(entry, "updated", times.rfc3339(_changed(judged)))
        severity = report.policy.severities.get(record.severity)
        status = report.policy.statuses[record.status].title
        _add(entry, "category", term=record.severity, label=severity.title if severity else record.severity)
        summary = record.data.get("summary", "")
        _add(entry, "summary", f"{status}. {summary}".strip())
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _changed(judged: Judged) -> Any:
    """Tell when something last happened to a record."""
    return max(at for _, at in judged.record.times()) if judged.record else None


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(
        parent, f"{{{ATOM}}}{name}", {key: _NO_XML.sub("", value) for key, value in attributes.items()}
    )
    made.text = _NO_XML.sub("\ufffd", text) if text is not None else None
    return made
