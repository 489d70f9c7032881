"""Times as people read them. Everything is shown in UTC, so that no page depends on where it is built or read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # not strftime: it would speak the language of the machine


def later(at: datetime, by: timedelta) -> datetime:
    """Add a length of time; where the calendar ends, it stays there."""
    try:
        return at + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def spell(length: timedelta) -> str:
    """Write a length of time as people say it: `2 h 51 min`, `3 days`; without its sign."""
    seconds = abs(length.total_seconds())
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004 - two days
        return f"{hours // 24} days"
    if hours:
        return f"{hours} h {rest:02} min" if rest else f"{hours} h"
    return f"{minutes} min" if minutes else f"{round(seconds)} s"


def rfc3339(at: datetime) -> str:
    """Write a time for programs: `2026-04-14T01:04:00Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(at: datetime) -> str:
    """Write a day: `14 April 2026`."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def short_day(at: datetime) -> str:
    """Write a day for narrow columns: `14 Apr 2026`."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1][:3]} {at.year}"


def clock(at: datetime) -> str:
    """Write a time of day: `01:04`."""
    return at.astimezone(UTC).strftime("%H:%M")


def moment(at: datetime) -> str:
    """Write a day and its time: `14 April 2026, 01:04 UTC`."""
    return f"{day(at)}, {clock(at)} UTC"


def month(at: datetime) -> str:
    """Write a month: `April 2026`."""
    at = at.astimezone(UTC)
    return f"{_MONTHS[at.month - 1]} {at.year}"


def short_month(name: str) -> str:
    """Shorten a month, `2026-04`, to `Apr`."""
    return _MONTHS[int(name[5:7]) - 1][:3]
