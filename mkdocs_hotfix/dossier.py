"""The reports that records name, opened: each file once a run, and only where the path stays in the docs folder.

Of one record no more is read than one report may hold: what its reports have beyond that is left unread, and told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mkdocs_hotfix import reports
from mkdocs_hotfix.parts import Evidence
from mkdocs_hotfix.paths import Place, locate, open_regular, read_regular
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.reports import MAX_BYTES, Budget, ReportError, TestReport, UnreadError


@dataclass(frozen=True, slots=True)
class Opened:
    """One report of a record.

    Attributes:
        text: The path as the record writes it.
        place: Where it leads.
        report: What it says; nothing where it can't be opened or read.
        error: Why it can't be read.
    """

    text: str
    place: Place
    report: TestReport | None = None
    error: ReportError | None = None


class Dossier:
    """Opens reports, and remembers them for the time of one run."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Place] = {}
        self._read: dict[Path, TestReport | ReportError] = {}
        self._costs: dict[Path, Budget] = {}
        self._unread: dict[Path, frozenset[Path]] = {}  # by the record's file
        self._contents: dict[Path, str] = {}
        self._digests: dict[Path, str] = {}
        self._folders: set[str] = set()

    def of(self, record: Record, evidence: Evidence) -> tuple[Opened, ...]:
        """Open every report of a piece of evidence.

        Returns:
            One for each path, in their order; nothing is raised, whatever the files hold or are.
        """
        return tuple([self._open(text, record) for text in evidence.reports]) if evidence.reports else ()

    def remember(self, file: Path, content: str) -> None:
        """Take the digest of what a report says from an earlier run that has read the same bytes."""
        self._contents[file] = content

    def take(self, file: Path, report: TestReport, elements: int) -> None:
        """Take a report from an earlier run that has read the same bytes, and how many elements it had."""
        self._read[file] = report
        self._costs[file] = Budget(report.size, elements)

    def elements(self, file: Path) -> int:
        """Tell how many elements a report had that was read."""
        return self._costs[file].elements

    def digest(self, file: Path) -> str:
        """Return the SHA-256 of a report's bytes as they are now, hashed once a run; nothing where it can not be read."""
        if file not in self._digests:
            self._digests[file] = digest(file)
        return self._digests[file]

    def let_go(self, record: Record) -> None:
        """Keep of a record's reports only the digest of what each says: nothing else is asked of them any more."""
        for evidence in record.evidence.values():
            for text in evidence.reports:
                file = self.place(text, record.file, record.root).file
                found = self._read.get(file)
                if isinstance(found, TestReport):
                    self._contents[file] = found.content
                    if _is_small(self._costs[file]):
                        del self._read[file], self._costs[file]

    def anew(self) -> Dossier:
        """Make one for other records, that knows what took long to read."""
        other = Dossier()
        for file, cost in self._costs.items():
            if not _is_small(cost):
                other._costs[file], other._read[file] = cost, self._read[file]
        return other

    def contents(self, record: Record, evidence: Evidence) -> Iterator[tuple[int, str, str]]:
        """Yield the position, the path and the digest of what it says, of every report that can be read."""
        for index, text in enumerate(evidence.reports):
            place = self.place(text, record.file, record.root)
            known = None if place.trouble else self._contents.get(place.file)
            report = None if known else self._open(text, record).report
            if known or report:
                yield index, text, known or (report.content if report else "")

    def place(self, text: str, file: Path, root: Path) -> Place:
        """Follow a path that a record's file names, without opening anything."""
        key = (str(file), text)  # a text is hashed in a tenth of the time
        if key not in self._places:
            self._places[key] = locate(text, file, root, self._folders)
        return self._places[key]

    def _open(self, text: str, record: Record) -> Opened:
        place = self.place(text, record.file, record.root)
        if place.trouble:
            return Opened(text, place)
        if record.file not in self._unread:
            self._unread[record.file] = frozenset(self._spend(record))
        if place.file in self._unread[record.file]:
            return Opened(text, place, error=UnreadError())
        found = self._read.get(place.file) or self._fetch(place.file, Budget())
        if isinstance(found, ReportError):
            return Opened(text, place, error=found)
        return Opened(text, place, report=found)

    def _spend(self, record: Record) -> Iterator[Path]:
        """Read a record's reports in their order, and yield those beyond what is read for one record."""
        places = (
            self.place(text, record.file, record.root)
            for evidence in record.evidence.values()
            for text in evidence.reports
        )
        budget, enough = Budget(), True
        for file in dict.fromkeys(place.file for place in places if not place.trouble):
            # It costs the same whether another record has named it before or not, or the order of files would decide.
            enough = enough and not isinstance(self._fetch(file, budget), UnreadError)
            if not enough:
                yield file

    def _fetch(self, file: Path, budget: Budget) -> TestReport | ReportError:
        """Read a report, unless that was done before, and take what it costs from the budget."""
        cost = self._costs.get(file)
        if cost is None:
            before = replace(budget)
            found = _read(file, budget)
            if not isinstance(found, UnreadError):
                self._costs[file] = Budget(before.size - budget.size, before.elements - budget.elements)
                self._read[file] = found
            return found
        if cost.size > budget.size or cost.elements > budget.elements:
            return UnreadError()
        budget.size -= cost.size
        budget.elements -= cost.elements
        return self._read[file]


def _is_small(cost: Budget) -> bool:
    """Tell what is sooner read again, should somebody ask, than kept for thousands of records."""
    return cost.size <= 256 << 10 and cost.elements <= 2_000  # noqa: PLR2004


_PIECE = 1 << 18


def digest(file: Path) -> str:
    """Return the SHA-256 of a report's bytes; nothing where it can not be read, or is larger than reports are."""
    try:
        held = read_regular(file, _PIECE)
        if held is not None and len(held) <= _PIECE:  # nearly all
            return hashlib.sha256(held).hexdigest()
        opened = open_regular(file)
        if opened is None or opened[1] > MAX_BYTES:
            return ""
        made = hashlib.sha256()
        with opened[0] as stream:
            while chunk := stream.read(_PIECE):
                made.update(chunk)
        return made.hexdigest()
    except OSError:
        return ""


def _read(file: Path, budget: Budget) -> TestReport | ReportError:
    try:
        opened = open_regular(file)
        if opened is None:
            return ReportError("It is not a regular file", "Put the test runner's file in its place.")
        with opened[0] as stream:
            return reports.read(stream, budget)
    except ReportError as error:
        return error
    except OSError as error:
        return ReportError(
            f"It can not be opened: {(error.strerror or 'unknown reason').lower()}", "Check who may read it."
        )
