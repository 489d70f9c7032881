"""JUnit XML: each record is a test, so that every CI shows which of them do not pass, and since when."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from mkdocs_hotfix.findings import Finding, Level, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.locations import places
from mkdocs_hotfix.plain import xml_text
from mkdocs_hotfix.times import rfc3339


def render(report: Report) -> str:
    """Write one suite with one case a record. What closes the gate is its failure, other findings are its output."""
    where = places(report)
    failed = sum(any(report.closes(one) for one in judged.findings) for judged in report.judged)
    counts = {"tests": str(report.records), "failures": str(failed), "errors": "0"}
    root = ET.Element("testsuites", {"name": "mkdocs-hotfix", **counts})
    about = {"name": "hotfix gate", **counts, "skipped": "0", "time": "0", "timestamp": rfc3339(report.as_of)}
    suite = ET.SubElement(root, "testsuite", about)
    for judged in report.judged:
        _case(suite, judged, where[judged.path], report)
    ET.indent(root)
    # A runner that prints the file must not obey it; for XML the two are the same.
    body = ET.tostring(root, encoding="unicode").replace("##", "#&#35;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _case(suite: ET.Element, judged: Judged, place: str, report: Report) -> None:
    case = ET.SubElement(suite, "testcase", classname=xml_text(place), name=xml_text(visible(judged.name)), time="0")
    wrong = [one for one in judged.findings if report.closes(one)]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        failure = ET.SubElement(
            case, "failure", type=wrong[0].slug, message=xml_text(f"{visible(wrong[0].message)}{more}")
        )
        failure.text = _tell(wrong, place)
    other = [one for one in judged.findings if one not in wrong]
    if other:
        ET.SubElement(case, "system-out").text = _tell(other, place)


def _tell(findings: list[Finding], place: str) -> str:
    lines = []
    for one in findings:
        level = "" if one.level is Level.ERROR else f"{one.level}: "
        # A line that starts with a text of a record could be a command for the runner that prints it.
        lines.append(
            f"- {place}:{one.span.line}:{one.span.column}: {level}{one.code} {one.slug}: {visible(one.message)}"
        )
        lines += [f"  help: {visible(text)}" for text in one.help]
    return xml_text("\n".join(["", *lines, ""]))
