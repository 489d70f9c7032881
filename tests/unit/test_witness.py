"""What git is asked, and what is made of its answers: commits, tags, branches, and since when a file is kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import git, witness
from mkdocs_hotfix.witness import Repository

Facts = Mapping[str, Any]
AT = "2026-04-14T02:00:00Z"
Ask = Callable[..., str]


def asking(top: Path) -> Ask:
    """Run git there as somebody would, at a time of their own."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def ask(*words: str, at: str = AT) -> str:
        when = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "GIT_CONFIG_GLOBAL": os.devnull}
        command = ["git", "-c", "init.defaultBranch=main", *words]
        done = subprocess.run(command, cwd=top, env=bare | who | when, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.strip()

    return ask


def made(top: Path, *options: str) -> Ask:
    """Make a repository with a commit."""
    top.mkdir(parents=True, exist_ok=True)
    ask = asking(top)
    ask("init", "--quiet", "--template=", *options)
    ask("commit", "--quiet", "--allow-empty", "--message", "first", at="2026-04-01T09:00:00Z")
    return ask


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits, a tree with a tag, and a tag of every form."""
    top = tmp_path_factory.mktemp("witness") / "top"
    ask = made(top)
    for form in witness.TAGS:
        ask("tag", form.format(service="checkout", version=f"1.{witness.TAGS.index(form)}"))
    for name in ("v", "release-", "checkout/v", "checkout@"):
        ask("update-ref", f"refs/tags/{name}", "HEAD")
    for name in ("-v2.0", "-2.0", "@2.0"):
        ask("update-ref", f"refs/tags/{name}", "HEAD")
    ask("tag", "v3.0", "HEAD^{tree}")
    for name in ("v4.0", "checkout/v4.1"):
        ask("tag", "--annotate", "--message", name, name)
    ask("branch", "docs")
    (top / "docs" / "hotfixes").mkdir(parents=True)
    (top / "docs" / "a\tb.xml").write_text("a")
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "second")
    return top


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The commands that git was asked."""
    words: list[str] = []
    ask = git.Git.ask
    monkeypatch.setattr(
        git.Git, "ask", lambda self, *some, **options: (words.append(some[0]), ask(self, *some, **options))[1]
    )
    return iter([words])


def test_the_tag_of_a_release_has_one_of_the_forms_that_the_manual_names(top: Path):
    head = asking(top)("rev-parse", "HEAD~1")
    repository = Repository(top)
    forms = [
        "checkout/v1.0", "checkout/1.1", "checkout-v1.2", "checkout-1.3", "checkout@1.4", "v1.5", "1.6", "release-1.7",
        "release/1.8", "release-v1.9", "release/v1.10",
    ]  # fmt: skip
    for number, name in enumerate(forms):
        assert repository.tag(f"1.{number}", "checkout") == (name, head)
        assert repository.tag(f"1.{number}", "") == (None if "checkout" in name else (name, head))
        assert repository.tag(f"1.{number}", "accounts") == (None if "checkout" in name else (name, head))


def test_no_version_has_no_tag_and_no_service_none_of_a_service(top: Path):
    """Tags that are called `v`, `checkout/v` or `@2.0` are there."""
    repository = Repository(top)
    assert repository.tag("", "") is None
    assert repository.tag("", "checkout") is None
    assert repository.tag("2.0", "") is None


def test_a_tag_of_a_tree_is_no_release(top: Path):
    repository = Repository(top)
    assert repository.tag("3.0", "") is None
    first = repository.commit(asking(top)("rev-parse", "HEAD~1"))
    assert first
    assert repository.contains(first.id, first.id)


def test_where_ids_have_64_digits_they_are_found_by_all_and_by_seven(tmp_path: Path):
    ask = made(tmp_path, "--object-format=sha256")
    head, repository = ask("rev-parse", "HEAD"), Repository(tmp_path)
    assert len(head) == 64
    for length in (64, 63, 40, 7):
        found = repository.commit(head[:length])
        assert found
        assert (found.id, found.at) == (head, datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert repository.commit("0" * 64) is None
    assert repository.commit(head + "0") is None


def test_words_of_any_length_and_number_are_looked_up_with_few_commands(
    top: Path, shop: Any, deployed: Facts, asked: Iterator[list[str]]
):
    words = next(asked)
    ids = asking(top)("rev-list", "HEAD").split()
    kept = [ids[0][:7], ids[0][:12], ids[1][:9], ids[1]]
    made_up = [f"{number:08x}" for number in range(500)]
    merged = [{"branch": "main", "commit": one} for one in (*kept, *made_up)]
    shop.file(deployed)
    record = shop.check().judged[0].record
    records = [replace(record, data={**record.data, "release": {**record.data["release"], "merge_back": merged}})]
    repository = Repository(top)
    before = len(words)
    repository.expect(records)
    assert words[before:].count("rev-parse") == 2
    assert [found.id if (found := repository.commit(one)) else "" for one in kept] == [ids[0], ids[0], ids[1], ids[1]]
    assert not any(repository.commit(one) for one in made_up)


def test_what_was_announced_is_not_asked_for_again(top: Path, shop: Any, deployed: Facts, asked: Iterator[list[str]]):
    """And what is asked for later is learnt beside it."""
    words = next(asked)
    head, first = asking(top)("rev-list", "HEAD").split()
    shop.file(deployed)
    record = shop.check().judged[0].record
    release = {
        "base": "4.0",
        "version": "4.1",
        "branch": "docs",
        "commit": head[:8],
        "merge_back": [{"branch": "main", "commit": first[:9]}, {"branch": "none"}],
    }
    repository = Repository(top)
    one, other = (
        replace(record, data={**record.data, "release": {**release, "branch": name}}) for name in ("docs", "x")
    )
    repository.expect([one, other])
    asked_for = len(words)
    assert repository.commit(head[:8])
    assert repository.commit(first[:9])
    assert repository.tag("4.0", "checkout") == ("v4.0", first)
    assert repository.tag("4.1", "checkout") == ("checkout/v4.1", first)
    assert repository.branch("main") == (head,)
    assert repository.branch("docs") == (first,)
    assert repository.contains(head, first)
    assert not repository.contains(first, head)
    assert len(words) == asked_for
    assert not repository.is_elsewhere
    walks = words.count("rev-list")
    assert repository.commit("0" * 40) is None
    assert words.count("rev-list") == walks, "there is nothing new to walk to"
    assert repository.commit("") is None
    assert not repository.is_elsewhere
    assert repository.tag("1.6", "") == ("1.6", first)
    assert repository.contains(head, first)
    assert repository.commit(head[:8])


def test_a_remote_with_a_blank_in_its_name_is_not_two(tmp_path: Path):
    ask = made(tmp_path)
    ask("config", "remote.team docs.url", "nowhere")
    ask("update-ref", "refs/remotes/team/next", "HEAD")
    assert Repository(tmp_path).branch("next") == ()


# -- files -------------------------------------------------------------------------------------------------


def test_a_file_is_kept_whatever_its_name_and_whatever_a_branch_is_called(top: Path, shop: Any, deployed: Facts):
    """A branch is called `docs`, as the folder is."""
    shop.file(deployed)
    record = replace(shop.check().judged[0].record, root=top / "docs")
    repository = Repository(top)
    repository.expect([record])
    file = top / "docs" / "a\tb.xml"
    assert repository.tracks(file)
    assert repository.first_kept(file) == datetime(2026, 4, 14, 2, tzinfo=UTC)
    assert not repository.tracks(top / "docs" / "a")
    assert repository.first_kept(top / "docs" / "a") is None


def test_each_folder_of_records_has_its_own_past(tmp_path: Path, shop: Any, deployed: Facts):
    ask = made(tmp_path / "two")
    shop.file(deployed)
    record, folders = shop.check().judged[0].record, [tmp_path / "two" / name for name in ("a", "b", "c")]
    for folder in folders:
        folder.mkdir()
        (folder / "report.xml").write_text(folder.name)
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "reports")
    repository = Repository(tmp_path / "two")
    repository.expect([replace(record, root=folder) for folder in folders[:2]])
    repository.expect([replace(record, root=folders[2])])
    kept = datetime(2026, 4, 14, 2, tzinfo=UTC)
    assert [repository.first_kept(folder / "report.xml") for folder in folders] == [kept] * 3


def test_records_that_are_a_repository_of_their_own_within_the_docs_have_a_past(
    tmp_path: Path, shop: Any, deployed: Facts
):
    """What a record may name lies in the docs folder around them, of which this git knows nothing."""
    ask = made(tmp_path / "docs" / "own")
    (tmp_path / "docs" / "own" / "report.xml").write_text("a")
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "report")
    shop.file(deployed)
    repository = Repository(tmp_path / "docs" / "own")
    repository.expect([replace(shop.check().judged[0].record, root=tmp_path / "docs")])
    assert repository.first_kept(tmp_path / "docs" / "own" / "report.xml") == datetime(2026, 4, 14, 2, tzinfo=UTC)
    assert not repository.tracks(tmp_path / "docs" / "elsewhere.xml")


def test_what_came_and_went_and_came_again_is_as_old_as_its_oldest_date(tmp_path: Path):
    """Dates need not follow one another: whoever commits says what time it is."""
    ask, file = made(tmp_path / "again"), tmp_path / "again" / "report.xml"
    for name, at in (("a", "2026-04-14T10:00:00Z"), ("b", "2026-04-14T11:00:00Z"), ("a", "2026-04-14T09:00:00Z")):
        file.write_text(name)
        ask("add", "--all")
        ask("commit", "--quiet", "--message", name, at=at)
    assert Repository(tmp_path / "again").first_kept(file) == datetime(2026, 4, 14, 9, tzinfo=UTC)


def test_a_commit_from_beyond_the_calendar_is_later_than_everything(tmp_path: Path):
    ask = made(tmp_path)
    ask("commit", "--quiet", "--allow-empty", "--message", "far", at="@253402300800 +0000")
    found = Repository(tmp_path).commit(ask("rev-parse", "HEAD"))
    assert found
    assert found.at == datetime.max.replace(tzinfo=UTC)


def test_no_merge_hides_that_a_report_was_there_before(tmp_path: Path, shop: Any, deployed: Facts):
    """A merge whose folder is that of one side alone leaves the past of the other out, unless all of it is asked for."""
    ask, docs = made(tmp_path / "m"), tmp_path / "m" / "docs"
    docs.mkdir()
    (docs / "report.xml").write_text("old")
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "old", at="2026-04-02T09:00:00Z")
    ask("rm", "--quiet", "docs/report.xml")
    ask("commit", "--quiet", "--message", "gone", at="2026-04-03T09:00:00Z")
    ask("switch", "--quiet", "--orphan", "other")
    docs.mkdir(exist_ok=True)
    (docs / "report.xml").write_text("old")
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "again", at="2026-04-14T09:00:00Z")
    ask("merge", "--quiet", "--strategy", "ours", "--allow-unrelated-histories", "--message", "m", "main")
    shop.file(deployed)
    record = shop.check().judged[0].record
    repository = Repository(tmp_path / "m")
    repository.expect([replace(record, root=docs)])
    assert repository.first_kept(docs / "report.xml") == datetime(2026, 4, 2, 9, tzinfo=UTC)


def test_a_report_that_came_with_the_merge_itself_is_as_old_as_the_merge(tmp_path: Path, shop: Any, deployed: Facts):
    ask, docs = made(tmp_path / "m"), tmp_path / "m" / "docs"
    ask("switch", "--quiet", "--create", "side")
    ask("commit", "--quiet", "--allow-empty", "--message", "beside", at="2026-04-02T10:00:00Z")
    ask("switch", "--quiet", "main")
    ask("merge", "--quiet", "--no-ff", "--no-commit", "side")
    docs.mkdir()
    (docs / "report.xml").write_text("old")
    ask("add", "--all")
    ask("commit", "--quiet", "--message", "merge", at="2026-04-03T09:00:00Z")
    shop.file(deployed)
    record = shop.check().judged[0].record
    repository = Repository(tmp_path / "m")
    repository.expect([replace(record, root=docs)])
    assert repository.tracks(docs / "report.xml")
    assert repository.first_kept(docs / "report.xml") == datetime(2026, 4, 3, 9, tzinfo=UTC)
