"""Times, as programs write them and as people read them.

Everything is shown in UTC, so that no page depends on where it is built or read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

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


@lru_cache(maxsize=1 << 14)
def read(text: str) -> datetime:
    """Read a time as RFC 3339 section 5.6 writes it.

    Args:
        text: `2026-04-14T01:04:00Z`, `2026-04-14t03:04:00.5+02:00`. The zone is required. A leap second
            (`23:59:60Z`) counts as the second after it.

    Raises:
        ValueError: It is not such a time, or no such day or hour exists.
    """
    if _PLAIN.fullmatch(text):  # nearly all
        return datetime.fromisoformat(text)
    found = RFC3339.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, clock, fraction, zone = found[1], found[2], (found[3] or "")[:7], found[4].upper()
    leap = clock.endswith(":60")
    clock = clock[:-2] + "59" if leap else clock
    if zone != "Z" and (int(zone[1:3]) > 23 or int(zone[4:]) > 59):  # noqa: PLR2004
        raise ValueError(text)
    at = datetime.fromisoformat(f"{day}T{clock}{fraction.ljust(7, '0') if fraction else ''}{zone}")
    offset = at.utcoffset()
    if offset is None:  # pragma: no cover - the pattern asks for a zone
        raise ValueError(text)
    in_utc = at.replace(tzinfo=None) - offset  # OverflowError is no ValueError: year 1 with an offset
    if leap:
        if in_utc.strftime("%H:%M") != "23:59":
            raise ValueError(text)
        at += timedelta(seconds=1)
    return at


def accepts(reader: Callable[[str], object], value: str) -> bool:
    """Tell whether a reader takes a text."""
    try:
        reader(value)
    except (ValueError, OverflowError):
        return False
    return True


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


def of_date(at: date) -> str:
    """Write a day that has no time: `14 April 2026`."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def short_day(at: datetime) -> str:
    """Write a day for narrow columns: `14 Apr 2026`."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1][:3]} {at.year}"


def clock(at: datetime) -> str:
    """Write a time of day: `01:04`."""
    at = at.astimezone(UTC)
    return f"{at.hour:02}:{at.minute:02}"


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
