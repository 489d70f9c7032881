"""What the tests share: the time that counts as now, the built-in policy, and texts that are compared whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mkdocs_hotfix import policyfile, published
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="Write the expected texts anew. A test whose text changed fails once all the same: read the difference.",
    )


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the caches of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(scope="session")
def as_of() -> datetime:
    """The time that counts as now: later than every record of the tests."""
    return datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The built-in policy, read once."""
    return policyfile.load(None)


@pytest.fixture
def says(request: pytest.FixtureRequest) -> Callable[[str, Path], None]:
    """Compare a text with a file, to the letter."""

    def compare(text: str, file: Path) -> None:
        expected = file.read_bytes().decode("utf-8") if file.exists() else ""
        if text != expected and request.config.getoption("--rewrite"):
            file.write_bytes(text.encode("utf-8"))
            pytest.fail(f"{file} is written anew. Read it as somebody who is tired would:\n\n{text}", pytrace=False)
        assert text == expected, f"{file} expects another text. Is the new one better? Then run this with --rewrite."

    return compare


@pytest.fixture
def tells(request: pytest.FixtureRequest, says: Callable[[str, Path], None]) -> Callable[[Report], None]:
    """Compare what the gate tells with the text of this very test, in `tests/told/`."""
    name = request.node.name.removeprefix("test_").partition("[")
    which = "".join(name[2:]).removesuffix("]")
    words = re.sub(r"[^A-Za-z0-9.]+", "-", which or name[0]).strip("-")
    fields = published.schema("record")["properties"]
    folder = Path(__file__).parent / "told" / request.path.stem.removeprefix("test_")

    def compare(report: Report) -> None:
        for finding in report.findings:
            assert not finding.pointer or finding.pointer[0] in fields, finding
        folder.mkdir(parents=True, exist_ok=True)
        says(text.render(report), folder / f"{words}.txt")

    return compare
