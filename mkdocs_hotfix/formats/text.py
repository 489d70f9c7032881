"""For people at a terminal: the line itself, what is wrong under it, and what to do."""

from __future__ import annotations

from mkdocs_hotfix.findings import Finding, Level, visible, width
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.plain import inert

_WIDEST = 120
_RED, _YELLOW, _BLUE, _BOLD, _OFF = "\x1b[31;1m", "\x1b[33;1m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_COLOURS = {Level.ERROR: _RED, Level.WARNING: _YELLOW, Level.NOTE: _BLUE}


def render(report: Report, *, colour: bool = False) -> str:
    """Draw each finding as a code frame, then say how many there are.

    Args:
        report: What the gate found.
        colour: Whether to use ANSI colours (SGR). Text from records can never contain an escape of its own.
    """
    by_path = {judged.path: judged for judged in report.judged}
    blocks = [_block(finding, by_path[finding.path], report, colour=colour) for finding in report.findings]
    return inert("\n".join([*blocks, _ending(report, colour=colour)]))


def _block(finding: Finding, judged: Judged, report: Report, *, colour: bool) -> str:
    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_OFF}" if colour and text else text

    strong, span = _COLOURS[finding.level], finding.span
    gutter = " " * len(str(span.line))
    bar = paint(_BLUE, "|")
    head = paint(strong, f"{finding.level}[{finding.code}]")
    out = [f"{head}{paint(_BOLD, f': {visible(finding.message)}')}"]
    out.append(f"{gutter}{paint(_BLUE, ' -->')} {finding.path}:{span.line}:{span.column}")
    line = judged.source.line(span.line)
    if line is not None:
        shown, before, carets = _frame(line, span.column, span.end_column if span.end_line == span.line else None)
        under = f"{' ' * before}{paint(strong, ('^' * carets + ' ' + visible(finding.label)).rstrip())}"
        out += [
            f"{gutter}  {bar}",
            f" {paint(_BLUE, str(span.line))} {bar} {shown}".rstrip(),
            f"{gutter}  {bar} {under}",
            f"{gutter}  {bar}",
        ]
    equals = paint(_BLUE, "=")
    out += [f"{gutter}  {equals} {paint(_BLUE, 'help:')} {visible(text)}" for text in finding.help]
    out.append(f"{gutter}  {equals} {paint(_BLUE, 'rule:')} {rule_address(report, finding.slug)}")
    return "\n".join(out) + "\n"


def rule_address(report: Report, slug: str) -> str:
    """Say where the rule's page is: in the published handbook if the policy names one, else in the terminal."""
    return f"{report.policy.handbook}/rules/#{slug}" if report.policy.handbook else f"hotfix rule {slug}"


def _frame(line: str, column: int, end: int | None) -> tuple[str, int, int]:
    """Cut a long line around the place; return it with the columns before the carets and their number."""
    start = min(column, len(line) + 1) - 1
    stop = min(end - 1 if end else len(line), len(line))
    left = 0
    if len(line) > _WIDEST and stop > _WIDEST - 20:
        left = max(0, min(start - 30, len(line) - _WIDEST))
    right = left + _WIDEST
    prefix, suffix = "…" if left else "", "…" if right < len(line) else ""
    before = width(prefix + visible(line[left:start].replace("\t", " ")))
    carets = width(visible(line[start : min(stop, right)].replace("\t", " ")))
    return prefix + visible(line[left:right].replace("\t", " ")).rstrip() + suffix, before, max(1, carets)


def _ending(report: Report, *, colour: bool) -> str:
    checked = str(report.extent or f"{report.records:,} record{'' if report.records == 1 else 's'} checked")
    known = f", {report.known:,} known" if report.known else ""
    if not report.findings:
        return f"{checked}, nothing to do{known}{report.by}\n"
    files = len({finding.path for finding in report.findings})
    counts = ", ".join(
        f"{number} {level.value}{'' if number == 1 else 's'}" for level in Level if (number := report.count(level))
    )
    worst = next(level for level in Level if report.count(level))
    line = f"{checked}, {counts} in {files}{known}{report.by}"
    painted = f"{_COLOURS[worst]}{line}{_OFF}" if colour else line
    return f"{painted}\nExplain a rule: `hotfix rule {report.findings[0].code}`.\n"
