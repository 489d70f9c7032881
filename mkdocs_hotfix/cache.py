"""The memory of a handbook in a file of the user's own cache folder, sealed with a key that only the user has.

Whoever sends a pull request could write "nothing was found" into a file of the tree. So nothing is kept in the tree, and
nothing is believed that does not bear the seal: what was changed, cut short, or made on another machine counts as not there.
A cache that can not be read or written is none, and the gate judges everything anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mkdocs_hotfix import leftovers, writing
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.memory import Memory
from mkdocs_hotfix.policy import Policy

_LARGEST = 96 << 20
_KEY_BYTES = 32
_SEAL = 32  # bytes of SHA-256; then a line of JSON, then the entries


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Tell where caches lie: `XDG_CACHE_HOME`, else `~/.cache`, and there `mkdocs-hotfix`."""
    base = environment.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path(os.path.expanduser("~/.cache"))) / "mkdocs-hotfix"  # noqa: PTH111, PTH117


@contextlib.contextmanager
def remembering(policy: Policy, where: Path) -> Iterator[Memory]:
    """Lend a run the memory of this handbook, and keep what it leaves.

    Args:
        policy: The policy; another one, or one that has changed, has another memory.
        where: The folder of caches.
    """
    seal = _Seal.of(where)
    if seal is None:
        yield Memory()
        return
    file = (
        where
        / f"{hashlib.sha256(os.path.abspath(policy.root).encode('utf-8', 'surrogateescape')).hexdigest()[:20]}.cache"
    )
    made = fingerprint(policy)
    lent = Memory(seal.read(file, made))
    yield lent
    if lent.is_new:
        seal.write(file, made, lent.left(policy.root))


class Session:
    """The memory of one process over many runs, as those of a preview."""

    def __init__(self) -> None:
        self._made, self._lent = "", Memory()

    def memory(self, policy: Policy) -> Memory:
        """Lend a run what the one before has left; nothing where the policy is another one."""
        made = fingerprint(policy)
        self._lent = Memory(self._lent.kept if made == self._made else {})
        self._made = made
        return self._lent


class _Seal:
    """Seals files with the key, and reads only what bears the seal."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, where: Path) -> _Seal | None:
        """Find the key, or make one; nothing where others could read or plant it."""
        file = where / "key"
        try:
            with contextlib.suppress(FileExistsError):
                where.mkdir(mode=0o700, parents=True)
            if not _is_mine(where):
                return None
            with contextlib.suppress(FileExistsError):
                writing.create(file, secrets.token_bytes(_KEY_BYTES))
                file.chmod(0o600)
            key = writing.load(file, 1 << 10) if _is_mine(file) else b""
        except (OSError, SetupError):
            return None
        return cls(key) if len(key) == _KEY_BYTES else None

    def read(self, file: Path, made: str) -> dict[str, bytes]:
        """Read what was remembered under this fingerprint; nothing where the seal is not ours."""
        try:
            raw = writing.load(file, _LARGEST)
        except SetupError:
            return {}
        sealed = memoryview(raw)[_SEAL:]
        if not hmac.compare_digest(raw[:_SEAL], hmac.digest(self._key, sealed, "sha256")):
            return {}
        end = raw.index(b"\n", _SEAL)
        head = json.loads(raw[_SEAL:end])
        entries, at = {}, end + 1
        for key, size in head["sizes"].items() if head["made"] == made else ():
            entries[key] = raw[at : at + size]
            at += size
        return entries

    def write(self, file: Path, made: str, left: Mapping[str, bytes]) -> None:
        """Put what a run leaves into the place of what was there; without a word if that can not be."""
        head = json.dumps({"made": made, "sizes": {key: len(one) for key, one in left.items()}}).encode() + b"\n"
        seal = hmac.new(self._key, head, hashlib.sha256)
        for one in left.values():
            seal.update(one)
        with contextlib.suppress(OSError):
            leftovers.sweep(file)
            number, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=leftovers.ENDING, dir=file.parent)
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.writelines((seal.digest(), head, *left.values()))
                os.replace(name, file)  # noqa: PTH105 - `name` is a text
            except OSError:
                os.unlink(name)  # noqa: PTH108
                raise


def _is_mine(path: Path) -> bool:
    """Whether only this user can write here."""
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def fingerprint(policy: Policy) -> str:
    """Name everything besides a record and its reports that a verdict can depend on."""
    made = hashlib.sha256()
    own = (policy.file, os.path.abspath(policy.root), policy.data, policy.extra_schema, policy.vacuous)
    made.update(json.dumps([sys.version, _versions(), own], sort_keys=True, default=str).encode())
    for path in sorted(_sources(os.path.dirname(__file__))):  # noqa: PTH120 - a few hundred paths in a tenth of the time
        with open(path, "rb") as file:  # noqa: PTH123
            made.update(path.encode() + b"\0" + file.read())
    return made.hexdigest()


def _sources(folder: str) -> Iterator[str]:
    """List what this program is made of."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _sources(entry.path)
        elif entry.name.endswith((".py", ".txt", ".yml")):
            yield entry.path


_LIBRARIES = {"mkdocs-hotfix", "pyyaml", "jsonschema", "jsonschema-rs", "ijson"}


def _versions() -> list[str]:
    """Tell the versions of what reads and judges, by the names of the folders that installers write (`pyyaml-6.0.4.dist-info`).

    Python's own way to ask takes longer than all else here; it is asked where such a folder is missing.
    """
    found: list[str] = []
    names: set[str] = set()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208
                if name.endswith(".dist-info"):
                    library = re.sub(r"[-_.]+", "-", name.partition("-")[0]).lower()
                    if library in _LIBRARIES:
                        found.append(name)
                        names.add(library)
    if missing := sorted(_LIBRARIES - names):
        from importlib.metadata import version  # noqa: PLC0415 - see above

        found += [f"{one} {version(one)}" for one in missing]
    return found
