"""The reports of the sample hotfixes: what was filed is what a run of the sample shop writes."""

from __future__ import annotations

import re

import pytest

from .shop.__main__ import RECORDS, runs


def likeness(text: str) -> str:
    """Leave out how long things took."""
    text = re.sub(r' time="[^"]*"|(?<=T\d\d:\d\d:\d\d)\.\d+', "", text)
    text = re.sub(r'"(reportId|start|stop|duration)": [^,\n]+', "", text)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["HF-2026-0005", "HF-2026-0008", "HF-2026-0015", "HF-2026-0021"])
def test_a_run_made_anew_writes_the_report_that_was_filed(name, tmp_path):
    """Two runs in parallel, one that failed, one that writes CTRF, and the last one."""
    made = [run for run in runs() if run.hotfix == name]
    assert made
    for run in made:
        run.write(tmp_path)
        filed = (RECORDS / run.report).read_text("utf-8")
        assert likeness((tmp_path / run.report).read_text("utf-8")) == likeness(filed)
