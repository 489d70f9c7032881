"""Between which moments time changes nothing: where no clock of the policy can run out for a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mkdocs_hotfix.parts import end_of
from mkdocs_hotfix.reports import TestReport
from mkdocs_hotfix.rule import Context

_SLACK = timedelta(days=3).total_seconds()
"""More than clocks, zones and days without an hour can make a difference of."""

_LAST = datetime.max.replace(tzinfo=UTC).timestamp()
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt].*)?")


def quiet_time(data: Mapping[str, Any], reports: Iterable[TestReport], context: Context) -> tuple[float, float]:
    """Tell between which two moments nothing happens: no clock that starts with a moment of the record or of a report runs out.

    Returns:
        Seconds since 1970, the second one exclusive. Where a clock may run now, twice the moment from which on none does.
    """
    times = [end_of(text) for text in _texts(data) if text[4:5] == "-" and _DAY.fullmatch(text) and _is_time(text)]
    times += [at for report in reports for at in (report.began, report.ended) if at]
    policy, now = context.policy, context.as_of.timestamp()
    spans = [one.due for one in policy.kinds.values() if one.due]
    spans += [span for one in policy.severities.values() for span in (one.triage, one.restore) if span]
    longest = max(spans, default=timedelta()).total_seconds()
    start, end, runs = 0.0, _LAST, 0.0
    for at in {at.timestamp() for at in times}:
        if now >= at + longest + _SLACK:
            start = max(start, at + longest + _SLACK)
        elif now < at - _SLACK:
            end = min(end, at - _SLACK)
        else:
            runs = max(runs, at + longest + _SLACK)
    return (runs, runs) if runs else (start, end)


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    open_: list[Any] = [data]
    while open_:
        here = open_.pop()
        for one in here.values() if isinstance(here, dict) else here:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict | list):
                open_.append(one)


def _is_time(text: str) -> bool:
    try:
        end_of(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True
