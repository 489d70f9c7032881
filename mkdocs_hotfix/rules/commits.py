"""EVD, REL: what was tested, released and merged back is this fix. Git is asked where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_hotfix.findings import Pointer, Problem, shorten
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.times import later, rfc3339
from mkdocs_hotfix.witness import Repository

_CLOCKS_DIFFER = timedelta(minutes=5)


@judges_record("EVD307", makes="failed")
def other_commit(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence was made with another commit than the one that was released.

    What was tested is what goes out. The commit of the evidence, and every one that its report names, is `release.commit`.

    With `git: true` in the policy, or `--git`, git is asked too. The commit must exist, build on the tag of `release.base`, and
    be in the tag of `release.version`, or on `release.branch` (here or at a remote) while there is no such tag. A tag is called
    `4.12.2`, `v4.12.2`, `release-4.12.2` or `release/4.12.2`, in front of it perhaps the service: `checkout/v4.12.2`,
    `checkout-4.12.2`, `checkout@4.12.2`. Where records are kept apart from the code, git has none of their commits and can not
    be asked: leave `git` out.

    Wrong:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging, commit: 0000000000000000000000000000000000000000}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
    ```
    """
    yield from _untraceable(record, context.repository)
    released = record.release.commit
    for kind_id, evidence in record.evidence.items():
        if released and evidence.commit and not _same(evidence.commit, released):
            yield Problem(
                f"“{context.policy.kinds[kind_id].title}” was made with commit {evidence.commit[:12]}, and {released[:12]} was released",
                pointer=("evidence", kind_id, "commit"),
                help=("Test the released commit and record that.",),
                label="not `release.commit`",
                on="value",
            )
        wanted = released or evidence.commit
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            named = opened.report.commits if opened.report and wanted else ()
            if other := next((one for one in named if not _same(one, wanted)), ""):
                changed = " and changes by hand" if other.endswith("-dirty") else ""
                yield Problem(
                    f"The report `{shorten(opened.text)}` was made with commit {other[:12].partition('-')[0]}{changed}, and the record says {wanted[:12]}",
                    pointer=evidence.report_pointer(index),
                    help=("File the report of the released commit.",),
                    label="another commit",
                    on="value",
                )


@judges_record("REL504")
def not_merged_back(record: Record, context: Context) -> Iterator[Problem]:
    """The fix is not in a branch into which it was merged back, as the record says.

    A fix that lives on the hotfix branch alone comes back as a bug with the next release. Every entry of `release.merge_back`
    is a claim, whatever the status. With `git: true` in the policy, or `--git`, its branch must contain `release.commit`, here
    or at a remote; or, where the fix came in by a cherry-pick or squashed, the entry's own `commit`, which the base release
    must not have and which is not older than the issue.

    Wrong: `merge_back: [{branch: main, url: …}]` while the pull request is still open; `merge_back: [{branch: hotfix/4.12.3, …}]`
    where that is the branch of the hotfix itself.

    Right: `merge_back: [{branch: main, url: …}]` once it is merged, or `[{branch: main, commit: 41c07ab}]` with the commit on main.
    """
    release, repository = record.release, context.repository
    for index, entry in enumerate(release.merge_back):
        here = ("release", "merge_back", index)
        branch, own = entry["branch"], entry.get("commit", "")
        if branch == release.branch:
            yield Problem(
                f"`{shorten(branch)}` is the branch of the hotfix itself",
                pointer=(*here, "branch"),
                help=("Name the branches into which it was merged, from which later releases are made.",),
                label="not merged anywhere",
                on="value",
            )
            continue
        if repository is None:
            continue
        if own and not repository.commit(own):
            yield _unknown(own, (*here, "commit"), repository)
            continue
        commit, tips = repository.commit(own or release.commit), repository.branch(branch)
        base = repository.tag(release.base, record.service)
        if not tips:
            yield Problem(
                f"The branch `{shorten(branch)}` is not in the Git repository",
                pointer=(*here, "branch"),
                help=(
                    "Write it as git does, without the name of the remote, and fetch it: `git fetch`.",
                    "Was it deleted? Name the branch that took its place.",
                ),
                label="no such branch",
                on="value",
            )
        elif commit and not any(repository.contains(tip, commit.id) for tip in tips):
            yield Problem(
                f"Commit {commit.id[:12]} is not on the branch `{shorten(branch)}`",
                pointer=(*here, "commit" if own else "branch"),
                help=(
                    f"Merge it there, or take the entry out until it is: `git merge {commit.id[:12]}`.",
                    "Did it come in by a cherry-pick or squashed? Add `commit: …`, as it is called on that branch.",
                ),
                label="not merged",
                on="value",
            )
        elif own and commit and base and repository.contains(base[1], commit.id):
            yield Problem(
                f"Commit {commit.id[:12]} is part of {release.base} already, so it is not the fix",
                pointer=(*here, "commit"),
                help=(f"Name the commit that brought the fix to `{shorten(branch)}`.",),
                label="older than the fix",
                on="value",
            )
        elif own and commit and record.reported and later(commit.at, _CLOCKS_DIFFER) < record.reported.at:
            yield Problem(
                f"Commit {commit.id[:12]} is from {rfc3339(commit.at)}, before the issue was reported",
                pointer=(*here, "commit"),
                help=(f"Name the commit that brought the fix to `{shorten(branch)}`.",),
                label="older than the issue",
                on="value",
            )


def _untraceable(record: Record, repository: Repository | None) -> Iterator[Problem]:
    """Ask git whether the commits exist, and whether the released one is where the record says."""
    release = record.release
    if repository is None:
        return
    for kind_id, evidence in record.evidence.items():
        told = release.commit and _same(evidence.commit, release.commit)
        if evidence.commit and not told and not repository.commit(evidence.commit):
            yield _unknown(evidence.commit, ("evidence", kind_id, "commit"), repository)
    if not release.commit:
        return
    here = ("release", "commit")
    commit = repository.commit(release.commit)
    if commit is None:
        yield _unknown(release.commit, here, repository)
        return
    short = commit.id[:12]
    base = repository.tag(release.base, record.service)
    if release.base and base is None:
        yield Problem(
            f"No tag of the base release {release.base} is in the Git repository",
            pointer=("release", "base"),
            help=(f"Fetch the tags: `git fetch --tags`; or tag that release, `v{release.base}`.",),
            label="no such tag",
            on="value",
        )
    elif base and commit.id == base[1]:
        yield Problem(
            f"Commit {short} is the release {release.base} itself, without a fix",
            pointer=here,
            help=("Write the commit that was released with the fix.",),
            label=f"the tag `{base[0]}`",
            on="value",
        )
    elif base and not repository.contains(commit.id, base[1]):
        yield Problem(
            f"Commit {short} does not build on {release.base} (tag `{base[0]}`)",
            pointer=here,
            help=(f"Start the hotfix branch at the tag `{base[0]}`, or correct `release.base`.",),
            label="another base",
            on="value",
        )
    tag, tips = repository.tag(release.version, record.service), repository.branch(release.branch)
    if tag and not repository.contains(tag[1], commit.id):
        yield Problem(
            f"Commit {short} is not in {release.version} (tag `{tag[0]}`)",
            pointer=here,
            help=("Write the commit that was released, or correct `release.version`.",),
            label="not released",
            on="value",
        )
    elif (
        not tag and (release.branch or release.version) and not any(repository.contains(tip, commit.id) for tip in tips)
    ):
        where = f"on the branch `{shorten(release.branch)}`" if tips else "on any branch or tag that the record names"
        yield Problem(
            f"Commit {short} is not {where}",
            pointer=here,
            help=(
                "Write the commit that was released.",
                "Is the branch deleted? Tag the release"
                + (f", `v{release.version}`." if release.version else " and name it in `release.version`.")
                if not tips
                else "Is it new? Push it, and fetch: `git fetch --all --tags`.",
            ),
            label="not there",
            on="value",
        )


def _unknown(text: str, here: Pointer, repository: Repository) -> Problem:
    """Say that git knows no such commit, or more than one."""
    several = repository.find(text)
    if several:
        return Problem(
            f"`{text}` is short for {len(several)} commits",
            pointer=here,
            help=("Write it in full: " + " or ".join(f"`{one.id}`" for one in several[:2]) + ".",),
            label="too short",
            on="value",
        )
    apart = (
        "Are the records kept apart from the code? Then git can not vouch for commits: leave `git: true` or --git out."
    )
    return Problem(
        f"Commit {text[:12]} is not in the Git repository",
        pointer=here,
        help=(
            "Write the commit that was tested and released: `git rev-parse HEAD` tells it where it is checked out.",
            apart if repository.is_elsewhere else "Is it new? Push it, and fetch: `git fetch --all --tags`.",
        ),
        label="no such commit",
        on="value",
    )


def _same(one: str, other: str) -> bool:
    """Compare two commits, either of which may be written short."""
    return one.startswith(other) or other.startswith(one)
