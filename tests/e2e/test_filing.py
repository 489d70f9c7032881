"""Real processes that file and change records: asked on a terminal, run side by side, killed in the middle."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mkdocs_hotfix import source

pytestmark = pytest.mark.slow

HOTFIX = str(Path(sys.executable).with_name("hotfix"))
NEW = ["new", "--severity", "major", "--service", "shop", "--by", "me", "--title", "Checkout fails for saved cards"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE_DATE_EPOCH", "HOTFIX_BY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (tmp_path / "docs").mkdir()
    return tmp_path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HOTFIX, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def answers(words: list[str], given: list[tuple[str, str]]) -> str:
    """Run on a terminal of its own; wait for each question before it is answered."""
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - the program itself
        os.execv(HOTFIX, [HOTFIX, *words])
    heard, seen = "", 0
    try:
        for question, answer in given:
            heard = listen(terminal, heard, lambda text, question=question, seen=seen: question in text[seen:])
            assert question in heard[seen:], heard
            seen = len(heard)
            os.write(terminal, f"{answer}\n".encode())
        heard = listen(terminal, heard, lambda _: False)
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    return heard.replace("\r\n", "\n")


def listen(terminal: int, heard: str, done) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end and not done(heard):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                more = os.read(terminal, 4096)
            except OSError:  # the program has ended
                break
            if not more:
                break
            heard += more.decode()
    return heard


def data(file: str) -> dict:
    found = source.read(Path(file)).data
    assert found is not None
    return found


def test_what_was_not_given_is_asked_on_a_terminal(shop: Path):
    said = answers(
        ["new"],
        [
            ("What is broken", "Checkout fails: saved cards"),
            ("Severity: ", "critcal"),
            ("is not", "critical"),
            ("Service: ", "checkout"),
            ("Who reported it", "support-lead"),
        ],
    )
    (name,) = re.findall(r"docs/hotfixes/(HF-[0-9]{4}-0001)\.md: filed as `reported`", said)
    file = f"docs/hotfixes/{name}.md"
    assert data(file)["title"] == "Checkout fails: saved cards"
    assert data(file)["severity"] == "critical"
    said = answers(
        ["triage", name],
        [
            ("significant", "y"),
            ("Because", "310 failed orders an hour."),
            ("majority", "n"),
            ("Because", "3 % of orders use a saved card."),
            ("workaround", "n"),
            ("Because", "The error page offers no other card."),
            ("Who", "checkout-oncall"),
        ],
    )
    assert "triaged, the answers say defer; now `triaged`" in said
    assert data(file)["triage"]["decision"] == "defer"
    said = answers(
        ["attach", name, "impact-analysis"],
        [("Who", "me"), ("touch", "api"), ("and", "web"), ("and", ""), ("tested", "pay"), ("and", "")],
    )
    assert data(file)["evidence"]["impact-analysis"]["affected"] == ["api", "web"]
    before = Path(file).read_bytes()
    assert "Aborted" in answers(["rollback", name], [("Why", "\x03")]) or Path(file).read_bytes() == before
    assert Path(file).read_bytes() == before


def test_ten_who_file_at_once_get_ten_records(shop: Path):
    running = [subprocess.Popen([HOTFIX, *NEW], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(10)]
    said = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0] * 10, said
    assert len(list((shop / "docs" / "hotfixes").iterdir())) == 10
    assert run("check").returncode == 0


def test_of_two_changes_at_once_none_is_lost_in_silence(shop: Path):
    name = re.findall(r"HF-[0-9-]+", run(*NEW).stdout)[0]
    words = [[HOTFIX, "set", name, f"extra.field{number}=x"] for number in range(8)]
    running = [subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for one in words]
    said = [one.communicate() for one in running]
    written = [number for number, one in enumerate(running) if one.returncode == 0]
    assert written
    assert sorted(data(f"docs/hotfixes/{name}.md")["extra"]) == [f"field{number}" for number in written]
    for one, (_, err) in zip(running, said, strict=True):
        assert one.returncode == 0 or "was changed by somebody else while this ran" in err


def test_a_kill_leaves_the_old_record_or_the_new_one(shop: Path):
    """Killed at any moment, `attach` leaves a record that the gate accepts, and no report that is half there."""
    name = re.findall(r"HF-[0-9-]+", run(*NEW).stdout)[0]
    file = Path("docs/hotfixes") / f"{name}.md"
    cases = "".join(f'<testcase classname="pay" name="n{number}"/>' for number in range(2000))
    (shop / "junit.xml").write_text(f'<testsuite name="a">{cases}</testsuite>', "utf-8")
    old = file.read_bytes()
    attach = [HOTFIX, "attach", name, "regression-test", "--report", "junit.xml", "--by", "me"]
    started = time.monotonic()
    subprocess.run(attach, check=True, capture_output=True)
    whole = time.monotonic() - started
    new = file.read_bytes()
    assert new.startswith(old[:20])
    ends = set()
    for number in range(25):
        file.write_bytes(old)
        with subprocess.Popen(attach, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(whole * (0.4 + 0.03 * number))
            process.send_signal(signal.SIGKILL)
        raw = file.read_bytes()
        ends.add(raw == old)
        assert raw == old or data(str(file))["evidence"]["regression-test"]["result"] == "passed"
        for path in (file.parent / name).glob("*.xml"):
            assert path.read_bytes() == (shop / "junit.xml").read_bytes()
        assert run("check").returncode == 0
    assert ends == {True, False}, "the kills came too early or too late to say anything"


def test_a_full_disk_is_one_sentence_and_exit_code_2(shop: Path):
    name = re.findall(r"HF-[0-9-]+", run(*NEW).stdout)[0]
    file = Path("docs/hotfixes") / f"{name}.md"
    old, before = file.read_bytes(), sorted(path.name for path in file.parent.iterdir())
    limited = f"trap '' XFSZ; ulimit -f 1; exec {HOTFIX} set {name} 'summary={'orders ' * 550}'"
    ran = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert ran.returncode == 2, ran
    assert (
        ran.stderr
        == f"docs/hotfixes/{name}.md can not be written: file too large. Check the disk; nothing was changed.\n"
    )
    assert file.read_bytes() == old
    assert sorted(path.name for path in file.parent.iterdir()) == before


TESTS = "def test_a(): pass\ndef test_b(): pass\n"


def run_tests(name: str) -> None:
    """Let a real test runner write a report."""
    Path("test_shop.py").write_text(TESTS + f"def test_{name}(): pass\n", "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py", f"--junitxml={name}.xml"]
    subprocess.run(words, check=True, capture_output=True)


def test_a_hotfix_filed_with_commands_alone_has_a_page_without_a_gap(shop: Path):
    """From an empty folder to the built page; each command is the one that the last one has told, in fewer than 15."""
    Path("mkdocs.yml").write_text("site_name: Shop\nplugins: [hotfix]\n", "utf-8")
    year = time.strftime("%Y", time.gmtime())
    name = f"HF-{year}-0001"
    lead, oncall = ["--by", "test-lead"], ["--by", "checkout-oncall"]
    commands = [
        ["new", "--severity", "critical", "--service", "shop", "--by", "support-lead", "--title", "Checkout fails for saved cards"],
        ["triage", name, "--yes", "significant=310 failed orders an hour.", "--yes", "majority=64 % of orders.", "--no", "workaround=No other card is offered.", *oncall],
        ["attach", name, "impact-analysis", "--affected", "checkout-api", "--test-scope", "pay with a saved card", *oncall],
        ["set", name, "work.owner=checkout-oncall", "work.sprint=2026-24", "release.base=4.12.2", "release.branch=hotfix/4.12.3", "--advance"],
        ["attach", name, "fix-verification", "--report", "fix.xml", *lead],
        ["attach", name, "regression-test", "--report", "regression.xml", *lead],
        ["set", name, "release.version=4.12.3", "release.commit=9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b", "release.rollback=Redeploy 4.12.2.", "--advance"],
        ["approve", name, "--by", "release-manager"],
        ["deploy", name, *oncall],
        ["attach", name, "production-verification", "--report", "production.xml", *oncall],
        ["attach", name, "smoke-test", "--report", "smoke.xml", *lead],
        ["communicate", name, "--audience", "support", "--no-issues", "--by", "release-manager"],
        ["set", name, "work.hours=14", "release.merge_back+=branch: main, url: https://git.example.com/pull/1"],
        ["review", name, "--root-cause", "A field was renamed.", "--escaped-because", "No test pays with a saved card.", "--advance"],
    ]  # fmt: skip
    assert len(commands) < 15
    expected = name
    for words in commands:
        assert words[0] in expected or expected == name, (words, expected)
        if "--report" in words:
            run_tests(words[4].removesuffix(".xml"))
        ran = run(*words)
        assert ran.returncode == 0, ran
        expected = ran.stdout.rpartition("next: hotfix ")[2] or "nothing"
    assert run("check").returncode == 0
    built = subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    page = Path("site", "hotfixes", name, "index.html").read_text("utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert "There is a problem" not in text
    for gap in ("Not due yet", "Missing", "Overdue", "Not recorded", "Due in"):
        assert gap not in text, gap
    assert "6 of 6" in text
