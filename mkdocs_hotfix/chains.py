"""The cumulative chain: the hotfixes on one official release, and what is in each version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.metrics import in_order
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.releases import Release


@dataclass(frozen=True, slots=True)
class Package:
    """One hotfix as a link of its chain.

    Attributes:
        judged: The record and what was found in it.
        record: The same record, which is there.
        includes: The ids of earlier hotfixes that the package carries.
        drops: The ids of those that it leaves out on purpose, each with the reason.
    """

    judged: Judged
    record: Record
    includes: frozenset[str]
    drops: Mapping[str, str]

    @property
    def version(self) -> str:
        """The version, or a word where it has none yet."""
        return self.record.release.version or "no version yet"

    @property
    def gone(self) -> bool:
        """Whether it has left production, or never will be there."""
        return self.record.taken_back is not None or self.record.withdrawn is not None

    @property
    def released(self) -> bool:
        """Whether it has been in production at all."""
        return self.record.deployed is not None

    def holds(self, other: Package) -> bool:
        """Tell whether the fix of another is in this package, or the other is this one."""
        return other.record.id == self.record.id or other.record.id in self.includes


@dataclass(frozen=True, slots=True)
class Chain:
    """The hotfixes on one base, in the order in which they went out; those still under way come last.

    Attributes:
        base: The official release.
        at: Its day, where the releases are listed.
        packages: The hotfixes.
    """

    base: str
    at: date | None
    packages: tuple[Package, ...]

    @property
    def latest(self) -> Package | None:
        """The package that is in production now: the last one that went out and has stayed."""
        return next((one for one in reversed(self.packages) if one.released and not one.gone), None)

    @property
    def versions(self) -> tuple[Package, ...]:
        """The packages that have a version."""
        return tuple(one for one in self.packages if one.record.release.version)

    def state(self, package: Package) -> str:
        """Say in a word or two what became of a package."""
        latest = self.latest
        if package.record.withdrawn:
            return "Withdrawn"
        if package.record.taken_back:
            return "Rolled back"
        if not package.released:
            return "Under way"
        return "In production" if package is latest or latest is None else f"Replaced by {latest.version}"

    @property
    def answer(self) -> str:
        """Say how many hotfixes the release needed, and which version to take."""
        out = sum(one.released for one in self.packages)
        open_ = sum(not one.released and not one.gone for one in self.packages)
        said = f"{out} {'hotfix' if out == 1 else 'hotfixes'} went out on {self.base}" if out else ""
        under = f"{open_} {'is' if open_ == 1 else 'are'} under way" if open_ else ""
        first = " and ".join(part for part in (said, under) if part) or f"No hotfix on {self.base} went out"
        latest = self.latest
        if latest is None:
            return f"{first}. In production is {self.base} itself." if out else f"{first}."
        inside = sum(latest.holds(one) for one in self.packages)
        lost = [one for one in self.packages if one.released and not one.gone and not latest.holds(one)]
        rest = f", and leaves out {', '.join(one.record.id for one in lost)}" if lost else ""
        what = "one fix" if inside == 1 else f"{inside} fixes"
        return f"{first}. The latest version is {latest.version}: it carries {what}{rest}."


def chains(report: Report, releases: Iterable[Release] = ()) -> Mapping[str, Chain]:
    """Group the published hotfixes by their base, the newest base first. Records under embargo are in none.

    Args:
        report: What the gate found.
        releases: The official releases, as far as they are listed.
    """
    days = {one.version: one.at for one in releases}
    found: dict[str, list[Package]] = {}
    for judged in report.published:
        record = judged.record
        if record is not None and record.release.base:
            drops = {
                one["id"]: str(one["because"])
                for one in record.data["release"].get("drops", ())
                if one["id"] not in report.embargoed
            }
            package = Package(judged, record, frozenset(record.release.includes) - report.embargoed, drops)
            found.setdefault(record.release.base, []).append(package)
    return {
        base: Chain(base, days.get(base), tuple(sorted(found[base], key=_when)))
        for base in sorted(found, key=in_order, reverse=True)
    }


_NEVER = datetime.max.replace(tzinfo=UTC)


def _when(package: Package) -> tuple[datetime, datetime, str]:
    record = package.record
    return (
        record.deployed.at if record.deployed else _NEVER,
        record.reported.at if record.reported else _NEVER,
        record.id,
    )


SHELF = 500
"""So many releases fill a page of their own once there are twice as many."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the list of releases: its name in addresses, empty for the newest part, and its releases, the newest first."""

    name: str
    bases: tuple[str, ...]

    @property
    def title(self) -> str:
        """Write it as people do: `4.2.0 to 4.9.1`."""
        return f"{self.bases[-1]} to {self.bases[0]}"


def shelves(bases: Sequence[str]) -> tuple[Shelf, ...]:
    """Part a list of releases, the newest first. They are counted from the oldest, so that a new one moves no other.

    Returns:
        At least one part, the newest; the others hold `SHELF` releases each.
    """
    older = len(bases) // SHELF - 1 if len(bases) > 2 * SHELF else 0
    newest = len(bases) - older * SHELF
    found = [Shelf("", tuple(bases[:newest]))]
    for number in range(older, 0, -1):
        start = newest + (older - number) * SHELF
        found.append(Shelf(f"part-{number}", tuple(bases[start : start + SHELF])))
    return tuple(found)


_TAKEN = re.compile("index|readme|part-[0-9]+")


def names(bases: Iterable[str]) -> Mapping[str, str]:
    """Name the page of each base: its version, told apart where two differ only in case or one is the name of a list."""
    taken, made = set[str](), dict[str, str]()
    for base in sorted(bases):
        name, number = base, 2
        while name.casefold() in taken or _TAKEN.fullmatch(name.casefold()):
            name, number = f"{base}-{number}", number + 1
        taken.add(name.casefold())
        made[base] = name
    return made
