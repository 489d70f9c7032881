"""Writing: the old file or the new one, never something between, and nothing left behind."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mkdocs_hotfix import writing
from mkdocs_hotfix.findings import SetupError

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "records" / "a.md"
    made.parent.mkdir()
    made.write_bytes(b"old\r\n")
    return made


def names(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir())


def test_a_file_is_replaced_and_keeps_its_mode(file: Path):
    file.chmod(0o640)
    writing.replace(file, b"old\r\n", b"new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert names(file) == ["a.md"]


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
def test_a_file_keeps_its_owner(file: Path):
    os.chown(file, 1234, 1235)
    writing.replace(file, b"old\r\n", b"new\r\n")
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1235)


@pytest.mark.parametrize("meanwhile", [b"old\n", b"", b"old\r\nand more"])
def test_a_file_that_changed_meanwhile_stays(file: Path, meanwhile: bytes):
    file.write_bytes(meanwhile)
    with pytest.raises(SetupError, match=r"^records/a\.md was changed by somebody else while this ran\. Nothing was"):
        writing.replace(file, b"old\r\n", b"new\r\n")
    assert file.read_bytes() == meanwhile
    assert names(file) == ["a.md"]


def test_an_editor_that_saves_at_the_last_moment_wins(file: Path, monkeypatch: pytest.MonkeyPatch):
    really = os.fsync

    def saved_meanwhile(number: int) -> None:
        really(number)
        file.write_bytes(b"theirs")

    monkeypatch.setattr(os, "fsync", saved_meanwhile)
    with pytest.raises(SetupError, match="was changed by somebody else"):
        writing.replace(file, b"old\r\n", b"new\r\n")
    assert file.read_bytes() == b"theirs"
    assert names(file) == ["a.md"]


def test_a_link_is_refused_and_what_it_leads_to_stays(file: Path):
    link = file.with_name("link.md")
    link.symlink_to(file)
    with pytest.raises(SetupError, match="is a symbolic link, and links are not followed"):
        writing.replace(link, b"old\r\n", b"new\r\n")
    with pytest.raises(SetupError, match="is a symbolic link"):
        writing.load(link, 100)
    with pytest.raises(FileExistsError):
        writing.create(link, b"new")
    assert file.read_bytes() == b"old\r\n"


def test_what_is_not_a_file_is_refused(file: Path):
    os.mkfifo(file.with_name("pipe.md"))
    with pytest.raises(SetupError, match="is not a regular file"):
        writing.load(file.with_name("pipe.md"), 100)
    with pytest.raises(SetupError, match=r"nowhere\.md can not be read: no such file"):
        writing.load(file.with_name("nowhere.md"), 100)
    with pytest.raises(SetupError, match="is larger than"):
        writing.load(file, 2)


def test_a_new_file_is_made_whole_with_its_folders(file: Path):
    made = file.parent / "b" / "c" / "report.xml"
    writing.create(made, b"<a/>")
    assert made.read_bytes() == b"<a/>"
    assert names(made) == ["report.xml"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(made.stat().st_mode) == 0o666 & ~mask


def test_a_file_that_is_there_is_never_made_anew(file: Path):
    with pytest.raises(FileExistsError):
        writing.create(file, b"new")
    assert file.read_bytes() == b"old\r\n"
    assert names(file) == ["a.md"]


def test_a_file_is_made_where_there_are_no_links(file: Path, monkeypatch: pytest.MonkeyPatch):
    def no_links(*_args: object, **_options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    writing.create(file.with_name("b.md"), b"new")
    assert file.with_name("b.md").read_bytes() == b"new"
    with pytest.raises(FileExistsError):
        writing.create(file, b"new")
    assert names(file) == ["a.md", "b.md"]


@contextmanager
def somebody_else() -> Iterator[None]:
    """Root may write everywhere, so root tries it as somebody else."""
    if IS_ROOT:
        os.setegid(65534)
        os.seteuid(65534)
    try:
        yield
    finally:
        if IS_ROOT:
            os.seteuid(0)
            os.setegid(0)


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "said"),
    [
        (
            0o555,
            0o666,
            ["a.md can not be written: permission denied. Check who", "b.md can not be written: permission"],
        ),
        (0o777, 0o444, ["a.md can not be written: it is read-only. Check who may write in "]),
    ],
)
def test_a_read_only_folder_or_file_is_said_in_one_sentence(folder_mode: int, file_mode: int, said: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "records" / "a.md"
        file.parent.mkdir()
        file.write_bytes(b"old")
        file.chmod(file_mode)
        file.parent.chmod(folder_mode)
        heard = []
        with somebody_else():
            for what in (
                lambda: writing.replace(file, b"old", b"new"),
                lambda: writing.create(file.with_name("b.md"), b""),
            ):
                try:
                    what()
                except SetupError as error:
                    heard.append(str(error))
        file.parent.chmod(0o755)
        assert [part in line for part, line in zip(said, heard, strict=True)] == [True] * len(said), heard
        assert file.read_bytes() == b"old"
        assert not [name for name in names(file) if name.endswith("-tmp")]


def test_a_full_disk_leaves_what_was_there(file: Path):
    """The size of files is limited for real: the kernel cuts the write off as it does on a full disk."""
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, was[1]))
    try:
        with pytest.raises(
            SetupError, match=r"^records/a\.md can not be written: file too large\..*nothing was changed"
        ):
            writing.replace(file, b"old\r\n", b"n" * 10_000)
        with pytest.raises(SetupError, match="can not be written: file too large"):
            writing.create(file.parent / "deep" / "b.md", b"n" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
        signal.signal(signal.SIGXFSZ, ignored)
    assert file.read_bytes() == b"old\r\n"
    assert names(file) == ["a.md"]


def test_what_a_killed_run_left_is_swept_away_and_that_of_a_running_one_is_not(file: Path):
    old, young = file.with_name(".a.md.xyz.hotfix-tmp"), file.with_name(".a.md.abc.hotfix-tmp")
    for one in (old, young):
        one.write_bytes(b"half")
    os.utime(old, (time.time() - 3600,) * 2)
    writing.replace(file, b"old\r\n", b"new")
    assert names(file) == [young.name, "a.md"]


ENDLESS = """
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from mkdocs_hotfix import writing
file = Path(sys.argv[1])
print("ready", flush=True)
while True:
    raw = writing.load(file, 1 << 24)
    writing.replace(file, raw, bytes([raw[0] ^ 1]) * len(raw))
"""


@pytest.mark.slow
def test_a_kill_leaves_the_old_file_or_the_new_one(file: Path):
    """Twenty real processes are killed at any moment of their writing."""
    file.write_bytes(b"a" * 300_000)
    for number in range(20):
        with subprocess.Popen([sys.executable, "-c", ENDLESS, str(file)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * number)
            process.kill()
        raw = file.read_bytes()
        assert raw in (b"a" * 300_000, b"`" * 300_000)
        assert all(name == "a.md" or name.endswith(".hotfix-tmp") for name in names(file))


def test_a_folder_of_many_files_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    looked = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: looked.append(path) or real(path))
    for number in range(20):
        writing.create(tmp_path / f"{number}.md", b"")
    assert looked.count(str(tmp_path)) == 1
