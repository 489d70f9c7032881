"""Bytes to findings to pages, whatever the bytes: `make fuzz` looks for those that end in a traceback.

Needs atheris (`pip install atheris`). It starts from the records of the tests and goes on for FUZZ_SECONDS, a minute unless set.
What it finds it writes into a file `crash-…` here: make it smaller, and add it to `tests/test_fuzz.py`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from mkdocs_hotfix import gate, narrative, plainyaml, policyfile, yamldata
from mkdocs_hotfix.findings import visible
from mkdocs_hotfix.formats import FORMATS

HERE = Path(__file__).resolve().parents[1]
NOW = gate.now("2026-04-14T05:00:00Z")
POLICY = policyfile.load(None)


def one(record: bytes, folder: Path) -> gate.Report:
    """Judge these bytes as a record, write the findings down in every format, and render the text below."""
    file = folder / "HF-2026-0001.md"
    file.write_bytes(record)
    report = gate.check(POLICY, NOW, [file])
    for render in FORMATS.values():
        for line in render(report).splitlines():
            assert visible(line) == line
    for judged in report.judged:
        assert judged.record or report.exit_code(), "what can not be read is an error"
        if (data := plainyaml.read(judged.source.yaml_text)) is not None:
            assert repr((data, [])) == repr(yamldata.load(judged.source.yaml_text, 1)), "two readers, one answer"
        for verdict in judged.verdicts:
            assert verdict.need
        html = narrative.render(judged.source.body, lambda _: None).html.lower()
        assert "<script" not in html
        assert 'href="javascript:' not in html
    return report


if __name__ == "__main__":
    import atheris

    with tempfile.TemporaryDirectory() as made:
        (corpus := Path(made) / "corpus").mkdir()
        for number, seed in enumerate([HERE / "base.md", *sorted(HERE.glob("cases/*/bad*/*.md"))]):
            (corpus / str(number)).write_bytes(seed.read_bytes())
        atheris.instrument_all()
        seconds = os.environ.get("FUZZ_SECONDS", "60")
        limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=8192"]
        atheris.Setup([sys.argv[0], *limits, str(corpus)], lambda data: one(data, Path(made)) and None)
        atheris.Fuzz()
