"""The reports that records name, opened: each file once a run, and only where the path stays in the docs folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mkdocs_hotfix import reports
from mkdocs_hotfix.paths import Place, locate, open_regular
from mkdocs_hotfix.record import Evidence, Record
from mkdocs_hotfix.reports import ReportError, TestReport


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
        self._places: dict[tuple[Path, str], Place] = {}
        self._read: dict[Path, TestReport | ReportError] = {}
        self._contents: dict[Path, str] = {}

    def of(self, record: Record, evidence: Evidence) -> tuple[Opened, ...]:
        """Open every report of a piece of evidence.

        Returns:
            One for each path, in their order; nothing is raised, whatever the files hold or are.
        """
        return tuple([self._open(text, record) for text in evidence.reports]) if evidence.reports else ()

    def remember(self, file: Path, content: str) -> None:
        """Take the digest of what a report says from an earlier run that has read the same bytes."""
        self._contents[file] = content

    def let_go(self, record: Record) -> None:
        """Keep of a record's reports only the digest of what each says: nothing else is asked of them any more."""
        for evidence in record.evidence.values():
            for text in evidence.reports:
                file = self.place(text, record.file, record.root).file
                found = self._read.get(file)
                if isinstance(found, TestReport):
                    self._contents[file] = found.content
                    del self._read[file]

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
        key = (file, text)
        if key not in self._places:
            self._places[key] = locate(text, file, root)
        return self._places[key]

    def _open(self, text: str, record: Record) -> Opened:
        place = self.place(text, record.file, record.root)
        if place.trouble:
            return Opened(text, place)
        if place.file not in self._read:
            self._read[place.file] = _read(place.file)
        found = self._read[place.file]
        if isinstance(found, ReportError):
            return Opened(text, place, error=found)
        return Opened(text, place, report=found)


def _read(file: Path) -> TestReport | ReportError:
    try:
        opened = open_regular(file)
        if opened is None:
            return ReportError("It is not a regular file", "Put the test runner's file in its place.")
        with opened[0] as stream:
            return reports.read(stream)
    except ReportError as error:
        return error
    except OSError as error:
        return ReportError(
            f"It can not be opened: {(error.strerror or 'unknown reason').lower()}", "Check who may read it."
        )
