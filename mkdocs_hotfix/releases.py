"""Official releases: `releases.yml` beside the policy, which automation may extend without touching the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mkdocs_hotfix import published, source
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.schema import Shape

FILE = "releases.yml"


@dataclass(frozen=True, slots=True)
class Release:
    """One official release, and its day where it is known."""

    version: str
    at: date | None


def load(folder: Path) -> tuple[Release, ...]:
    """Read the releases of a handbook.

    Args:
        folder: The folder of the policy.

    Returns:
        The releases as listed; none where there is no list.

    Raises:
        SetupError: The file can not be read, or lists a release twice; every place is named.
    """
    file = folder / FILE
    if not file.exists():
        return ()
    read_as = source.read(file, front_matter=False)
    problems = read_as.problems or Shape(published.schema("releases")).check(read_as)
    placed = [(problem.span or read_as.span(problem.pointer, problem.on), problem) for problem in problems]
    lines = [
        f"{at.line}:{at.column}: {problem.message}. {' '.join(problem.help)}"
        for at, problem in sorted(placed, key=lambda one: one[0])
    ]
    listed = read_as.data["releases"] if read_as.data and not lines else []
    seen: set[str] = set()
    for index, one in enumerate(listed):
        if one["version"] in seen:
            at = read_as.span(("releases", index, "version"), "value")
            lines.append(f"{at.line}:{at.column}: {one['version']} is listed twice. Delete one of the two.")
        seen.add(one["version"])
    if lines:
        raise SetupError(
            "The list of releases can not be used:\n" + "\n".join(f"{display(file)}:{line}".rstrip() for line in lines)
        )
    return tuple(Release(one["version"], date.fromisoformat(one["at"]) if "at" in one else None) for one in listed)
