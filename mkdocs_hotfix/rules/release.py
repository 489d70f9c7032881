"""REL: the cumulative package and the chain of hotfixes on one release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_corpus


def _by_id(records: Sequence[Record]) -> Mapping[str, Record]:
    return {record.id: record for record in records}


@judges_corpus("REL501")
def unknown_include(records: Sequence[Record], _context: Context) -> Iterator[tuple[Record, Problem]]:
    """A hotfix says that it carries another one that it can not carry.

    `release.includes` names earlier hotfixes on the same base: each a record of its own, deployed before this one, neither
    rolled back nor withdrawn, and named once.

    Wrong:

    ```yaml
    release: {base: "4.12.2", version: "4.12.3", includes: [HF-2020-9999], branch: hotfix/4.12.3, commit: 9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b, rollback: Redeploy 4.12.2., merge_back: [{branch: main, url: "https://git.example.com/pull/1"}]}
    ```

    Right:

    ```yaml
    release: {base: "4.12.2", version: "4.12.3", includes: [], branch: hotfix/4.12.3, commit: 9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b, rollback: Redeploy 4.12.2., merge_back: [{branch: main, url: "https://git.example.com/pull/1"}]}
    ```
    """
    known = _by_id(records)
    for record in records:
        for index, name in enumerate(record.release.includes):
            other = known.get(name)
            if name == record.id:
                trouble = "is this record itself"
            elif name in record.release.includes[:index]:
                trouble = "is named twice"
            elif other is None:
                trouble = "does not exist"
            elif other.release.base != record.release.base:
                trouble = (
                    f"builds on {other.release.base or 'no release'}, and this one on {record.release.base or 'none'}"
                )
            elif other.withdrawn:
                trouble = "was withdrawn"
            elif other.taken_back and (record.deployed is None or other.taken_back.at <= record.deployed.at):
                trouble = "was rolled back"
            elif other.taken_back and not record.taken_back:
                trouble = "was rolled back, and this package is still in production"
            elif other.deployed is None:
                trouble = "was never deployed"
            elif record.deployed and other.deployed.at > record.deployed.at:
                trouble = "was deployed later"
            elif record.id in other.release.includes:
                trouble = "carries this one in turn"
            else:
                continue
            yield (
                record,
                Problem(
                    f"`{name}` can not be carried: it {trouble}",
                    pointer=("release", "includes", index),
                    help=("Name the earlier hotfixes on the same base that are in this package.",),
                    label=trouble.partition(", and this package")[0],
                ),
            )


@judges_corpus("REL502")
def broken_chain(records: Sequence[Record], context: Context) -> Iterator[tuple[Record, Problem]]:
    """A package leaves out an earlier hotfix on the same release, or builds on a hotfix and not on a release.

    A hotfix is cumulative: who takes the latest gets them all. So each one includes every earlier one on its base that is in
    production, or says which it drops and why (`release.drops`); that is asked before it is deployed, from the status on that
    needs its version or commit. The base is the official release, and never another hotfix,
    or else the chain would start anew and lose what was before.

    Wrong: HF-2026-0008 on 4.12.2 after HF-2026-0007 on 4.12.2, with `includes: []`.

    Right: `includes: [HF-2026-0007]`, or `drops: [{id: HF-2026-0007, because: "…"}]`.
    """
    versions = {record.release.version: record for record in records if record.release.version and not record.withdrawn}
    chains: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        under = versions.get(record.release.base)
        if under is not None and under is not record and under.release.base:
            yield (
                record,
                Problem(
                    f"The base {record.release.base} is the hotfix {under.id}, and not an official release",
                    pointer=("release", "base"),
                    help=(f'Write `base: "{under.release.base}"` and name {under.id} under `includes`.',),
                    label=f"is {under.id}",
                    on="value",
                ),
            )
        if record.release.base:
            chains[record.release.base].append(record)
    for members in chains.values():
        yield from _left_out(members, context)
        for record in members:
            for index, drop in enumerate(record.release.drops):
                both = drop in record.release.includes
                if both or drop not in {one.id for one in members if one.deployed} - {record.id}:
                    trouble = "included too" if both else "no hotfix on this base"
                    yield (
                        record,
                        Problem(
                            f"`{drop}` can not be dropped: it is {trouble}",
                            pointer=("release", "drops", index, "id"),
                            help=(
                                "Take it out of `includes`, or out of `drops`."
                                if both
                                else "Name an earlier hotfix on the same base that this package leaves out.",
                            ),
                            label=trouble,
                            on="value",
                        ),
                    )


def _left_out(members: Sequence[Record], context: Context) -> Iterator[tuple[Record, Problem]]:
    """Find packages that leave out what is in production when they are deployed, or, before that, now."""
    chain = sorted((one.deployed.at, one.id, one) for one in members if one.deployed)
    for record in members:
        if record.withdrawn or not (record.deployed or _is_built(record, context)):
            continue
        for at, name, earlier in chain:
            here, gone = record.deployed, earlier.taken_back
            if earlier is record or (here and (at, name) > (here.at, record.id)):
                continue
            named = name in record.release.includes or name in record.release.drops
            if named or earlier.withdrawn or (gone and (here is None or gone.at <= here.at)):
                continue
            yield (
                record,
                Problem(
                    f"The package leaves out {name} ({earlier.release.version or 'no version'}), which is in production on {record.release.base}",
                    pointer=("release", "includes"),
                    help=(
                        f"Add {name} to `includes` if the package carries it.",
                        f"Left out on purpose? Add to `drops`: `{{id: {name}, because: …}}`."
                        if record.release.drops
                        else f"Left out on purpose? Add `drops: [{{id: {name}, because: …}}]` under `release`.",
                    ),
                    label=f"without {name}",
                    on="value",
                ),
            )


def _is_built(record: Record, context: Context) -> bool:
    """Tell whether a record on its way to production claims that the package is there: its status needs the commit or version."""
    policy = context.policy
    needs = {need for status in policy.reached(record.status) for need in status.needs}
    return not policy.statuses[record.status].branches_from and bool(needs & {"release.commit", "release.version"})


@judges_corpus("REL503")
def duplicate_version(records: Sequence[Record], _context: Context) -> Iterator[tuple[Record, Problem]]:
    """A hotfix has the version of another one, or of the release on which it builds.

    Nobody can tell them apart in production. A version that was rolled back is used up all the same. Both are told.

    Wrong: `version: "4.12.3"` in two records.

    Right: `version: "4.12.4"` in the later one.
    """
    by_version: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.release.version and record.release.version == record.release.base:
            yield (
                record,
                Problem(
                    f"The version {record.release.version} is that of the release on which it builds",
                    pointer=("release", "version"),
                    help=("Give the package a version of its own.",),
                    label="taken",
                    on="value",
                ),
            )
        if record.release.version and not record.withdrawn:
            by_version[record.release.version.casefold()].append(record)
    for same in by_version.values():
        for record in same if len(same) > 1 else ():
            others = ", ".join(other.id for other in same if other is not record)
            yield (
                record,
                Problem(
                    f"The version {record.release.version} is taken by {others} too",
                    pointer=("release", "version"),
                    help=("Give the later one the next free version.",),
                    label="taken",
                    on="value",
                ),
            )
