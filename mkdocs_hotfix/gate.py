"""The gate: paths to a report of records, verdicts, findings and an exit code."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mkdocs_hotfix import baseline, judging, times, workers
from mkdocs_hotfix.baseline import Entry
from mkdocs_hotfix.findings import Level, SetupError, visible
from mkdocs_hotfix.history import History, look_back
from mkdocs_hotfix.judging import Draft, Judged
from mkdocs_hotfix.memory import Memory
from mkdocs_hotfix.past import Past, fork
from mkdocs_hotfix.paths import display, find
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.result import Extent, Report
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.rules import BY_SLUG
from mkdocs_hotfix.signatures import Signatures
from mkdocs_hotfix.witness import Repository
from mkdocs_hotfix.wording import guess

_MANY = 2_000
"""Up to so many records, all that is known of them fits into less memory than anybody minds."""

__all__ = ["Extent", "Judged", "Report", "check", "now"]


def now(given: str | None = None, environment: Mapping[str, str] = os.environ) -> datetime:
    """Tell what counts as now: what was given, else `SOURCE_DATE_EPOCH`, else the clock. In UTC.

    Raises:
        SetupError: One of the two is not a time.
    """
    if given is not None:
        try:
            return times.read(given).astimezone(UTC)
        except (ValueError, OverflowError):
            raise SetupError(
                f"--as-of is not a time with its zone: `{visible(given)}`. Write it as `2026-11-23T03:40:00Z`."
            ) from None
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise SetupError(f"SOURCE_DATE_EPOCH is not a number of seconds: `{visible(epoch)}`.") from None
    return datetime.now(UTC).replace(microsecond=0)


def check(
    policy: Policy,
    as_of: datetime,
    paths: Sequence[Path] | None = None,
    *,
    git: bool = False,
    since: str | None = None,
    strict: bool = False,
    memory: Memory | None = None,
    instead: Mapping[Path, bytes] | None = None,
    sparing: bool = False,
    jobs: int = 1,
) -> Report:
    """Judge records.

    Args:
        policy: The policy.
        as_of: The time that counts as now.
        paths: Files, and folders of files; `None` for the policy's records folder. Rules that compare records
            look at the whole records folder all the same; only what was asked for is reported.
        git: Whether git is asked about commits, branches and reports, as with `git: true` in the policy.
        since: A revision. Only records that changed since the checked-out work left it are reported, and each is
            compared with what it was; and what these changes break in others.
        strict: Whether warnings close the gate, too.
        memory: What an earlier run has found in records that have not changed; what this one leaves goes into it. Not
            asked where git or signatures have a say, which can change without a record.
        instead: What some files would hold, to judge them before they are written. They need not be there yet.
        sparing: Whether to keep little of records that are all right: what is asked of them later is read again.
        jobs: In how many processes; 0 for as many as pay.

    Raises:
        SetupError: A path or the records folder does not exist, the policy names a rule that does not, or git can not
            answer; or signatures are asked for and can not be verified here.
    """
    with _uncollected():
        return replace(
            _check(
                policy,
                as_of,
                paths,
                git=git,
                since=since,
                memory=memory,
                instead=instead or {},
                sparing=sparing,
                jobs=jobs,
            ),
            strict=strict,
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's garbage collector from looking at all records again and again: a tenth of the time, and no cycle in them."""
    was = gc.isenabled()
    gc.disable()
    gc.unfreeze()
    try:
        yield
    finally:
        gc.freeze()  # or the first thing that is made from now on sets it to look at all of them at once
        if was:
            gc.enable()


def _check(
    policy: Policy,
    as_of: datetime,
    paths: Sequence[Path] | None,
    *,
    git: bool,
    since: str | None,
    instead: Mapping[Path, bytes],
    memory: Memory | None,
    sparing: bool,
    jobs: int,
) -> Report:
    levels = _levels(policy)
    if paths is None and not policy.records.exists():
        raise SetupError(
            f"{policy.place('records')} the records folder {display(policy.records)} does not exist. Make it, or correct `records`."
        )
    everything = list(find(policy.records)) if policy.records.is_dir() or paths is None else []
    records = os.path.join(os.path.abspath(policy.records), "")
    everything += [file for file in instead if not os.path.lexists(file) and os.path.abspath(file).startswith(records)]
    if paths is None:
        chosen = everything
    else:
        chosen = sorted({file for path in paths for file in ([path] if path in instead else find(path))})
        inside = {os.path.abspath(file) for file in everything}
        if not any(os.path.abspath(file) in inside for file in chosen):
            everything = []
    files = {os.path.abspath(file): file for file in (everything if everything is chosen else [*everything, *chosen])}
    wanted = files.keys() if everything is chosen else {os.path.abspath(file) for file in chosen}
    alone = Context(policy, as_of)
    new = {os.path.abspath(file): raw for file, raw in instead.items()}
    moved = policy.taken.fork if policy.taken and policy.taken.touched else ""
    if git or policy.git or policy.sigstore or since is not None or moved:
        around = policy.root if everything or not chosen else chosen[0].parent
        drafts = {key: judging.read(file, policy, new.get(key)) for key, file in files.items()}
        repository = Repository(around) if (drafts and (git or policy.git)) or since is not None or moved else None
        signatures = Signatures(policy) if drafts and policy.sigstore else None
        context = replace(alone, repository=repository if git or policy.git else None, signatures=signatures)
        if context.repository:
            context.repository.expect(draft.record for draft in drafts.values() if draft.record)
        for draft in drafts.values():
            judging.judge(draft, context)
    else:
        repository, context = None, alone
        drafts = dict(_judge(files, new, context, memory, jobs, sparing=sparing))
    judging.compare(drafts.values(), context)
    reported = [draft for key, draft in drafts.items() if key in wanted]
    extent = None
    folders = [policy.records] if paths is None else [path for path in paths if path.is_dir()]
    kept_in = {policy.root, policy.records, *folders, *(file.parent for file in chosen)}

    def history_from(commit: str) -> History:
        assert repository is not None, "opened above wherever something is compared"  # noqa: S101
        return look_back(Past(repository.git, commit, kept_in), tuple(drafts.values()), folders, policy)

    if moved:
        history_from(moved).judge(context, with_policy=True)
    if repository and since is not None:
        history = history_from(fork(repository.git, since))
        history.judge(context)
        total = len(reported) + len(history.deleted)
        reported = [*history.keep(reported, context), *history.deleted]
        extent = Extent(since, sum(id(draft) in history.changed for draft in reported), total)
    for draft in reported:
        judging.waive(draft, context)
    judged = sorted((draft.finish(context, levels) for draft in reported), key=lambda one: one.path)
    outdated: tuple[Entry, ...] = ()
    if policy.baseline:
        judged, outdated = baseline.load(policy).part(judged, policy)
    return Report(policy, as_of, tuple(judged), extent, outdated=outdated)


def _judge(
    files: Mapping[str, Path],
    unsaved: Mapping[str, bytes],
    context: Context,
    memory: Memory | None,
    jobs: int,
    *,
    sparing: bool,
) -> Iterator[tuple[str, Draft]]:
    """Judge files by their bytes alone, or remember what was found in them."""
    known: dict[str, Draft] = {}
    lets_go = sparing and len(files) > _MANY
    keeps, memory = memory is not None, memory or Memory()
    for key, file in files.items() if memory.entries else ():
        if key not in unsaved and (recalled := memory.recall(file, context, sparing=sparing)):
            known[key] = recalled
            if lets_go:
                recalled.let_go(context)
    new = [file for key, file in files.items() if key not in known and key not in unsaved]
    told = workers.judge(new, context, jobs or workers.sensible(len(new)))
    for key, file in files.items():
        draft = known.pop(key, None)
        if draft is not None:
            yield key, draft
            continue
        if key not in unsaved and (written := next(told)):
            draft = memory.take(file, written, context, sparing=sparing)
        if draft is None:
            draft = judging.read(file, context.policy, unsaved.get(key))
            judging.judge(draft, context)
            if keeps and key not in unsaved:
                memory.keep(draft, context)
        if lets_go:
            draft.let_go(context)
        yield key, draft


def _levels(policy: Policy) -> Mapping[str, Level | None]:
    levels: dict[str, Level | None] = {}
    for slug, level in policy.levels.items():
        where = policy.place("levels", slug)
        if slug not in BY_SLUG:
            meant = guess(slug, BY_SLUG)
            raise SetupError(
                f"{where} `{slug}` is no rule."
                + (f" Did you mean `{meant}`?" if meant else " `hotfix rule` lists them.")
            )
        if BY_SLUG[slug].fixed and level != "error":
            raise SetupError(
                f"{where} `{slug}` stays an error: what can not be read can not be judged. Delete the line."
            )
        levels[slug] = None if level == "off" else Level(level)
    return levels
