"""Build wheel and sdist of the last commit so that everybody gets the same bytes.

Usage: python .ci/dist.py [FOLDER]. Times are `SOURCE_DATE_EPOCH`, else that of the commit; modes are those that git knows.
The folder gets both files; without one, it is dist.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path, root: Path = ROOT) -> None:
    """Build both in a copy of the commit, and write the sdist anew without what differs from machine to machine."""
    said = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, check=True)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or said.stdout)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as copy:
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=root, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(copy, filter="data")
        for path in Path(copy).rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
        subprocess.run(
            [sys.executable, "-m", "build", "--outdir", folder.resolve()], cwd=copy, env=environment, check=True
        )
    for sdist in folder.glob("*.tar.gz"):
        sdist.write_bytes(_plain(sdist.read_bytes(), epoch))


def _plain(sdist: bytes, epoch: int) -> bytes:
    """Pack a tar file anew: in one order, at one time, owned by nobody."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(sdist)) as old,
        gzip.GzipFile("", "wb", fileobj=made, mtime=epoch) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for one in sorted(old.getmembers(), key=lambda one: one.name):
            one.mtime, one.uid, one.gid, one.uname, one.gname = epoch, 0, 0, "", ""
            one.mode = 0o755 if one.isdir() or one.mode & 0o100 else 0o644
            one.pax_headers = {}
            new.addfile(one, old.extractfile(one) if one.isfile() else None)
    return made.getvalue()


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    target.mkdir(parents=True, exist_ok=True)
    build(target)
