"""The `git` program, run so that nothing in the repository or the environment can make it do more than answer.

Only commands that read are run, without a shell, and no text of a record is ever among their arguments. Filters, hooks,
watchers, pagers, replaced objects, grafts and the network are off; time and output are bounded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from mkdocs_hotfix.findings import SetupError, shorten
from mkdocs_hotfix.paths import display

_SECONDS = 120.0
_MAX_OUTPUT = 256 << 20
_MAX_REASON = 2000

_OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
)
_KEPT = ("GIT_EXEC_PATH", "GIT_CONFIG_")  # where git lies, and where its user has set what
_HEEDED = ("safe.directory", "core.autocrlf", "core.eol", "core.excludesfile")
"""What is taken from the user's own settings: whom to trust, and how files look in a working tree. All else would make the
gate's answer depend on whose machine it runs."""
_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",  # git before 2.45 knows no other way to keep a partial clone from fetching
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    **dict.fromkeys(
        ("GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF"), "0"
    ),  # a setting, too, can have these write files
    "LC_ALL": "C",
}


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment for git: none of `GIT_DIR`, `GIT_INDEX_FILE` and the like comes through, as hooks set them."""
    kept = {key: value for key, value in given.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    return {**kept, **_ENVIRONMENT}


def top_of(folder: Path) -> Path:
    """Find the working tree around a folder: the nearest one with `.git` in it, which no commit can bring along.

    Git's own search also takes a folder that merely looks like a bare repository, and that a commit can bring along,
    with tags and branches as its author likes them.

    Raises:
        SetupError: There is none.
    """
    here = Path(os.path.realpath(folder))
    for one in (here, *here.parents):
        if os.path.lexists(one / ".git"):
            return one
    raise SetupError(
        f"{display(folder)} lies in no Git repository, and git is asked for by --git, --changed-since or `git: true` in the policy. "
        "Run this in a clone, or leave that out."
    )


class Git:
    """Git in one working tree."""

    def __init__(self, top: Path, *, seconds: float = _SECONDS, limit: int = _MAX_OUTPUT, whole: bool = True) -> None:
        """Find the program and see that it takes the same working tree. With `whole`, that its history is all there.

        Raises:
            SetupError: There is no git, or it does not answer for this working tree, or the clone is shallow.
        """
        self.top = top
        self.name = str(top) if display(top) == "." else display(top)
        self._seconds, self._limit = seconds, limit
        program = shutil.which("git")
        if not program or not Path(program).is_absolute():
            raise SetupError(
                "There is no `git` on the PATH, and it is asked for by --git, --changed-since or `git: true` in the policy. "
                "Install Git, or leave that out."
            )
        self._program = program
        self._environment = {
            **{key: value for key, value in environment().items() if not key.startswith("GIT_CONFIG_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(top.parent),
        }
        self._settings = _settings(program)
        answer = os.fsdecode(
            self.ask("rev-parse", "--is-shallow-repository", "--show-object-format", "--show-toplevel")
        )
        shallow, _, rest = answer.partition("\n")
        self.object_format, _, found = rest.partition("\n")
        if os.path.realpath(found.removesuffix("\n")) != str(top):
            raise SetupError(
                f"Git takes {shorten(found, 200)} for the working tree of {self.name}. Mend `core.worktree`."
            )
        if whole and shallow == "true":
            raise SetupError(
                f"{self.name} is a shallow clone: its history is cut off, so git can not tell what came before what. "
                "Fetch all of it: `git fetch --unshallow --tags`, in a GitHub workflow `fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`."
            )

    def ask(self, *arguments: str, feed: bytes = b"", may_fail: bool = False) -> bytes:
        """Run one command and return what it says.

        Args:
            arguments: The command. Names from outside stand behind `--end-of-options` or `--`, or come in by `feed`.
            feed: What it reads.
            may_fail: Whether an exit code of 1 is an answer: nothing.

        Raises:
            SetupError: It fails, takes too long or says too much.
        """
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaint:
            given.write(feed)
            given.seek(0)
            with subprocess.Popen(
                [self._program, *self._settings, *_OPTIONS, *arguments],
                cwd=self.top,
                env=self._environment,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=complaint,
                start_new_session=True,
            ) as process:
                timer = threading.Timer(self._seconds, _stop, (process,))
                timer.start()
                try:
                    assert process.stdout is not None  # noqa: S101 - it is a pipe
                    said = _read(process.stdout, self._limit)
                    late = not timer.is_alive()
                    if len(said) > self._limit:
                        _stop(process)
                    code = process.wait()
                except BaseException:
                    _stop(process)
                    raise
                finally:
                    timer.cancel()
            if code == 0 and len(said) <= self._limit:
                return said
            if code == 1 and may_fail:
                return b""
            complaint.seek(0)
            reason = os.fsdecode(complaint.read(_MAX_REASON)).strip()
        command = f"`git {arguments[0]}`"
        if len(said) > self._limit:
            raise SetupError(f"{command} says more than {self._limit >> 20} MiB in {self.name}. It was stopped.")
        if late:
            raise SetupError(f"{command} took longer than {self._seconds:.0f} s in {self.name} and was stopped.")
        if "promisor" in reason or "lazy fetch" in reason:
            raise SetupError(
                f"{self.name} is a partial clone, and git would have to fetch what is asked for. "
                "Fetch all of it first: `git fetch --refetch --no-filter`, or clone without `--filter`."
            )
        if "dubious ownership" in reason:
            raise SetupError(
                f"{self.name} belongs to another user, so git does not open it. "
                f"If you trust it: `git config --global --add safe.directory {shorten(str(self.top), 300)}`."
            )
        first = next(iter(reason.splitlines()), f"exit code {code}").removeprefix("fatal: ")
        raise SetupError(f"{command} can not answer in {self.name}: {shorten(first, 300)}.")

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a person's words mean; nothing if there is none."""
        # In two steps: behind `:/text` a suffix would be read as a part of it.
        ask = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        named = self.ask(*ask, revision, may_fail=True).decode("ascii").strip()
        return self.ask(*ask, f"{named}^{{commit}}", may_fail=True).decode("ascii").strip() if named else ""

    def name_of(self, file: Path) -> str:
        """Return a file's path from the top of the working tree, with `/`; nothing where it lies outside."""
        parent = os.path.realpath(file.parent)
        path = os.path.relpath(os.path.join(parent, file.name), self.top).replace(os.sep, "/")
        return "" if path.startswith("../") or path == ".." or Path(path).is_absolute() else path


def _read(stream: IO[bytes], most: int) -> bytes:
    """Read as much as there is, and somewhat more than the limit at most: to ask for all at once takes all that memory."""
    parts, size = [], 0
    while size <= most and (part := stream.read(1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _settings(program: str) -> tuple[str, ...]:
    """Read the user's own settings that are heeded, outside of any repository, as options."""
    wanted = "|".join(name.replace(".", r"\.") for name in _HEEDED)
    done = subprocess.run(
        [program, "config", "--null", "--get-regexp", f"^({wanted})$"],
        cwd=os.path.abspath(os.sep),
        env={**environment(), "GIT_DIR": os.devnull},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    pairs = (entry.partition("\n") for entry in os.fsdecode(done.stdout).split("\0") if entry)
    return tuple(part for name, _, value in pairs for part in ("-c", f"{name}={value}"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git and what it has started, which would hold its output open."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows
        process.kill()
