"""The machine on which the shop is tested: a pytest plugin that chooses the tests of a run, and gives it its place in time.

A sample tells of a night in April. Its report is that of a real run, of real tests; only the clock and the machine's name are
those of the sample, so that nothing of the computer on which it was made gets into a published file.
"""

import os
import platform
from datetime import datetime

import pytest
import time_machine

TODAY = "HF-9999-9999"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hotfix", default=TODAY, help="the hotfix for which this run is made; tests of later ones are left out"
    )
    parser.addoption(
        "--only-its-own", action="store_true", help="run the tests that came with that hotfix, and no others"
    )
    parser.addoption("--began", help="what the clock says when the run begins")
    parser.addoption("--commit", help="the commit that is tested; it goes into the report")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    name = os.environ.get("SHOP_ENVIRONMENT", "staging")
    platform.uname = lambda: platform.uname_result("Linux", name, "6.1", "1", "x86_64")
    if config.option.began:
        clock = time_machine.travel(datetime.fromisoformat(config.option.began), tick=True)
        clock.start()
        config.add_cleanup(clock.stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that were there when the hotfix was made."""
    wanted = config.option.hotfix
    kept, left_out = [], []
    for item in items:
        ids = [name for mark in item.iter_markers("hotfix") for name in mark.args]
        known = not ids or min(ids) <= wanted
        (kept if known and (wanted in ids or not config.option.only_its_own) else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session", autouse=True)
def _commit(request: pytest.FixtureRequest) -> None:
    """Write into the report what was tested."""
    if request.config.option.commit:
        request.getfixturevalue("record_testsuite_property")("commit", request.config.option.commit)
