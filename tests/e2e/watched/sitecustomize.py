"""Loaded by Python before a program that a test watches: tells every file it opens, and lets it reach no other host.

`WATCH` names the file to tell into; with `SHUFFLE`, folders are listed backwards.
"""

import os
import sys

_NETWORK = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "socket.bind",
    "urllib.Request",
)
_FILES = ("open", "os.listdir", "os.scandir", "os.chmod", "os.link", "os.rename", "os.remove", "os.symlink", "os.mkdir")
_RUN = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
_to = os.open(os.environ["WATCH"], os.O_WRONLY | os.O_CREAT | os.O_APPEND) if "WATCH" in os.environ else None


def _watch(event, arguments):
    if event in _NETWORK:
        raise PermissionError(f"the test allows no network: {event}")
    if event in _FILES or event in _RUN:
        os.write(_to, f"{event} {arguments[0]!r}\n".encode("utf-8", "backslashreplace"))


if _to is not None:
    sys.addaudithook(_watch)


class _Backwards:
    def __init__(self, entries):
        self._entries = entries

    def __iter__(self):
        return self._entries

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass


if "SHUFFLE" in os.environ:
    _scandir, _listdir = os.scandir, os.listdir
    os.scandir = lambda path=".": _Backwards(iter(sorted(_scandir(path), key=lambda one: one.name, reverse=True)))
    os.listdir = lambda path=".": sorted(_listdir(path), reverse=True)
