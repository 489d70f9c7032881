"""A handbook set up in a folder: what is to be made or changed there, worked out before anything is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from mkdocs_hotfix import editing, policyfile, writing
from mkdocs_hotfix.findings import SetupError, shorten, visible
from mkdocs_hotfix.paths import INDEX, display
from mkdocs_hotfix.policy import BUILT_IN, Policy
from mkdocs_hotfix.siteconfig import OWN, PLUGIN, SiteConfig

Host = Literal["github", "gitlab"]
HOSTS: tuple[Host, ...] = ("github", "gitlab")

_CONFIGS = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml")
_MAX_BYTES = 1 << 20
_PLAIN = re.compile(r"[\w./ -]*", re.ASCII)
"""A path that a shell and YAML read alike between single quotes."""
_MAX_PARENTS = 10
_EMPTY = """
allow_empty: true                 # until the first hotfix: `hotfix new` takes this line away, and empty is an error
"""
_PAGES = (
    ("Hotfixes", "{records}/index.md"),
    ("Process guide", "process.md"),
    ("Triage", "triage.md"),
    ("New record", "new.md"),
    ("Metrics", "metrics.md"),
    ("Record fields", "record.md"),
    ("Rules", "rules.md"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One file: made if `before` is nothing, changed if both are there, left alone if `after` is nothing.

    `why` says what it is for, or why it is left alone.
    """

    file: Path
    before: bytes | None
    after: bytes | None
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done in a folder, and what is left to people."""

    deeds: tuple[Deed, ...]
    policy: Path
    by_hand: tuple[str, ...]


def plan(folder: Path, host: Host | None) -> Plan:
    """Work out what a handbook in a folder lacks. Nothing is written.

    Args:
        folder: An empty folder, one that is to be made, or one with a MkDocs project.
        host: Whose CI shall run the gate.

    Raises:
        SetupError: Something there can not be read, or can not be changed in place.
    """
    config = next((folder / name for name in _CONFIGS if os.path.lexists(folder / name)), None)
    by_hand: list[str] = []
    deeds: list[Deed] = []
    docs, site_dir, named = folder / "docs", "site", None
    raw, chain = b"", list[SiteConfig]()
    if config is not None:
        raw = writing.load(config, _MAX_BYTES)
        site = SiteConfig.read(raw, display(config))
        chain = [site, *_parents(config, site)]
        docs = folder / _first(chain, "docs_dir", "docs")
        site_dir = _first(chain, "site_dir", "site")
        named = next((found for one in chain if (found := one.option("policy"))), None)
    policy = folder / named if named else policyfile.default(docs) or docs / policyfile.NAME
    if policy.is_file():
        records = policyfile.load(policy).records
        deeds.append(Deed(policy, b"", None, "is there"))
    else:
        records = policy.parent / "hotfixes"
        deeds.append(Deed(policy, None, _policy(), "the policy: handbook, checklist and gate in one"))
    if not records.exists():
        deeds.append(Deed(records / ".gitkeep", None, b"", "keeps the empty folder of the records in git"))
    if config is None:
        if not any((docs / name).exists() for name in INDEX):
            deeds.append(Deed(docs / "index.md", None, _starter("index.md"), "the home page, yours to write"))
        deeds.append(Deed(folder / _CONFIGS[0], None, _starter("mkdocs.yml"), "the site, with the plugin"))
    else:
        changed = _configured(chain, by_hand, docs, records).encode("utf-8")
        why = "has the plugin already" if changed == raw else "the plugin, behind the others"
        deeds.append(Deed(config, raw, None if changed == raw else changed, why))
    deeds.append(_ignored(folder, site_dir))
    if host:
        deeds += _ci(folder, host, Path(os.path.relpath(policy, folder)).as_posix(), by_hand)
    return Plan(tuple(deeds), policy, tuple(by_hand))


def carry_out(made: Plan) -> None:
    """Write what was planned, each file whole.

    Raises:
        SetupError: A file can not be written, or somebody has changed or made it meanwhile.
    """
    for deed in made.deeds:
        if deed.after is None:
            continue
        if deed.before is not None:
            writing.replace(deed.file, deed.before, deed.after)
            continue
        try:
            writing.create(deed.file, deed.after)
        except FileExistsError:
            raise SetupError(f"{display(deed.file)} was made by somebody else while this ran. Run it again.") from None


def filed(policy: Policy) -> bool:
    """Take `allow_empty` out of the policy, now that there is a record: an empty folder mostly is a wrong one.

    Returns:
        Whether it was there.

    Raises:
        SetupError: The policy can not be written.
    """
    if not policy.allow_empty or policy.file == BUILT_IN:
        return False
    file = Path(policy.file)
    raw = writing.load(file, _MAX_BYTES)
    wanted = {key: value for key, value in policy.data.items() if key != "allow_empty"}
    writing.replace(file, raw, editing.rewrite(raw, wanted, front_matter=False))
    return True


# -- the parts ---------------------------------------------------------------------------------------------


def _starter(name: str) -> bytes:
    return files("mkdocs_hotfix").joinpath("starter", name).read_bytes()


def _policy() -> bytes:
    """Write the built-in policy, and that there is no record yet."""
    text = files("mkdocs_hotfix").joinpath(policyfile.NAME).read_text("utf-8")
    head, records, rest = text.partition("records: hotfixes")
    line, _, tail = rest.partition("\n")
    return f"{head}{records}{line}{_EMPTY.rstrip()}\n{tail}".encode()


def _parents(config: Path, site: SiteConfig) -> Iterator[SiteConfig]:
    """Read what a configuration inherits from, the nearest first."""
    for _ in range(_MAX_PARENTS):
        inherited = site.scalar("INHERIT")
        if inherited is None:
            return
        config = config.parent / inherited
        site = SiteConfig.read(writing.load(config, _MAX_BYTES), display(config))
        yield site
    raise SetupError(f"{display(config)} inherits from itself. Mend `INHERIT`, and run this again.")


def _first(chain: list[SiteConfig], key: str, default: str) -> str:
    return next((value for site in chain if (value := site.scalar(key))), default)


def _configured(chain: list[SiteConfig], by_hand: list[str], docs: Path, folder: Path) -> str:
    """Put the plugin into the configuration, and our pages into its navigation."""
    site = chain[0]
    heir = next((one for one in chain if one.has("plugins")), site)
    if set(heir.plugins() or ()) & OWN:
        return site.text
    if heir is not site:
        # A list here would take the place of the inherited one.
        raise SetupError(
            f"{site.name} inherits its plugins from {heir.name}. Add `{PLUGIN}` to the plugins there, "
            f"or write them all out in {site.name}; then run this again."
        )
    text = site.with_plugin()
    made = SiteConfig.read(text.encode("utf-8"), site.name)
    if PLUGIN not in (made.plugins() or ()):
        raise SetupError(f"{site.name} can not be changed in place. Add `{PLUGIN}` to its plugins by hand.")
    if not any(one.has("nav") for one in chain):
        return text
    records = Path(os.path.relpath(folder, docs)).as_posix()
    (_, index), *pages = [(title, path.format(records=records)) for title, path in _PAGES]
    lines = ["- Hotfixes:", f"    - {index}"]
    lines += [f"    - {title}: {path}" for title, path in pages if not (docs / path).exists()]
    with_pages = made.with_pages(lines) if index not in site.text else text
    if with_pages is None:
        by_hand.append(f"Add the pages to `nav` of {chain[0].name}:\n" + "\n".join(lines))
    return with_pages or text


def _ignored(folder: Path, site_dir: str) -> Deed:
    """Keep git from taking the built site for something that people wrote."""
    file = folder / ".gitignore"
    if not os.path.lexists(file):
        return Deed(file, None, f"{site_dir}/\n.venv/\n".encode(), "leaves the built site out of git")
    raw = writing.load(file, _MAX_BYTES)
    lines = raw.decode("utf-8", "replace").splitlines()
    if {line.strip().strip("/") for line in lines}.intersection((site_dir.strip("/"), "*")):
        return Deed(file, raw, None, "leaves out the built site already")
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    gap = b"" if not raw or raw.endswith(b"\n") else end
    return Deed(file, raw, raw + gap + f"{site_dir}/".encode() + end, "leaves the built site out of git")


def _ci(folder: Path, host: Host, policy: str, by_hand: list[str]) -> Iterator[Deed]:
    """Let the host run the gate, from the top of the repository: it looks for its files nowhere else."""
    here = Path(os.path.abspath(folder))
    top = next((one for one in (here, *here.parents) if (one / ".git").exists()), here)
    inside = "" if top == here else here.relative_to(top).as_posix()
    text = _starter(f"{host}.yml").decode("utf-8")
    if policy != f"docs/{policyfile.NAME}":
        text = text.replace("hotfix check ", f"hotfix check --policy '{policy}' ")
        text = text.replace(":./docs/", f":./{Path(policy).parent.as_posix()}/")
    if host == "github":
        file = top / ".github" / "workflows" / "hotfix.yml"
        if inside:
            text = text.replace(
                "    steps:\n", f"    defaults:\n      run:\n        working-directory: '{inside}'\n    steps:\n"
            )
    else:
        file = top / ".gitlab-ci.yml"
        if inside:
            text = text.replace("    - set -- ", f"    - cd '{inside}'\n    - set -- ")
            text = text.replace(": gl-code", f": {inside}/gl-code").replace(": hotfix.xml", f": {inside}/hotfix.xml")
        if os.path.lexists(file):
            if b"gitlab/hotfix.yml" not in writing.load(file, _MAX_BYTES):
                by_hand.append(f"Add to {visible(display(file))}:\ninclude:\n  - local: .gitlab/hotfix.yml")
            file = top / ".gitlab" / "hotfix.yml"
    odd = next((name for name in (inside, policy) if not _PLAIN.fullmatch(name)), None)
    if odd is not None:
        raise SetupError(f"{shorten(odd)} can not be named in a CI file. Write that by hand, without --ci.")
    if os.path.lexists(file):
        yield Deed(file, b"", None, "is there")
    else:
        yield Deed(file, None, text.encode("utf-8"), "runs the gate on every change")
