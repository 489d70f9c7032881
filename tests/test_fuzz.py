"""What the fuzzer does, in small and the same every time: records with bytes changed, cut out, doubled and put elsewhere."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FUZZ = runpy.run_path(str(HERE / "fuzz/__main__.py"))
SEEDS = [HERE / "base.md", *sorted(HERE.glob("cases/*/bad*/*.md"))]
SPICE = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\r",
    b"---\n",
    b": ",
    b"&a ",
    b"*a",
    b"!!x ",
    b"{",
    b"[",
    b'"',
    b"\\u",
    b"<script>",
    b"\xe2\x80\xae",
)


def spoiled(seed: int) -> bytes:
    dice = random.Random(seed)
    data = bytearray(SEEDS[seed % len(SEEDS)].read_bytes())
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.randint(1, 40))
        match dice.randrange(4):
            case 0:
                data[at:at] = dice.choice(SPICE)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                data[at : at + 1] = bytes([dice.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize("start", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_spoiled_records_end_in_findings_and_pages_and_never_in_a_traceback(start: int, tmp_path: Path):
    codes = {FUZZ["one"](spoiled(seed), tmp_path).exit_code() for seed in range(start * 80, start * 80 + 80)}
    assert 1 in codes
