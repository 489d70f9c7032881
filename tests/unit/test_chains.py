"""The chain of hotfixes on a release says which version to take, and what is in it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from mkdocs_hotfix import chains, forge
from mkdocs_hotfix.releases import Release


@pytest.fixture
def chain(shop, deployed):
    """File hotfixes on 4.12.2, the n-th deployed at n o'clock, and return the chain."""

    def of(*changes, **policy):
        for number, change in enumerate(changes, 1):
            data = deepcopy(dict(deployed)) | {"id": f"HF-2026-000{number}", "title": f"Fix {number}"}
            release = {**data["release"], "version": f"4.12.{number + 2}", **change.pop("release", {})}
            data["release"] = {key: value for key, value in release.items() if value is not None}
            data["deployed"] = {"at": f"2026-04-14T0{number}:00:00Z", "by": "checkout-oncall"}
            data |= change
            shop.file({key: value for key, value in data.items() if value is not None}, f"{data['id']}.md")
        return chains.chains(shop.check(**policy))["4.12.2"]

    return of


def test_the_chain_stands_in_the_order_of_deployment_and_the_last_version_is_the_one_to_take(chain):
    made = chain({"deployed": {"at": "2026-04-14T09:00:00Z", "by": "x"}}, {}, {})
    assert [one.record.id for one in made.packages] == ["HF-2026-0002", "HF-2026-0003", "HF-2026-0001"]
    assert made.latest.version == "4.12.3"
    assert [made.state(one) for one in made.packages] == ["Replaced by 4.12.3", "Replaced by 4.12.3", "In production"]


def test_a_version_that_was_rolled_back_is_never_the_one_to_take(chain):
    made = chain({}, {"rollback": {"at": "2026-04-14T05:00:00Z", "by": "x", "because": "Refunds failed."}})
    assert made.latest.record.id == "HF-2026-0001"
    assert [made.state(one) for one in made.packages] == ["In production", "Rolled back"]


def test_what_is_under_way_comes_last_and_is_not_in_production(chain):
    made = chain({"deployed": None, "status": "verified"}, {})
    assert [made.state(one) for one in made.packages] == ["In production", "Under way"]
    assert made.answer.startswith("1 hotfix went out on 4.12.2 and 1 is under way.")


def test_the_answer_counts_what_the_latest_version_carries_and_names_what_it_leaves_out(chain):
    drops = [{"id": "HF-2026-0002", "because": "It broke refunds."}]
    made = chain({}, {}, {"release": {"includes": ["HF-2026-0001"], "drops": drops}})
    assert made.answer == (
        "3 hotfixes went out on 4.12.2. The latest version is 4.12.5: it carries 2 fixes, and leaves out HF-2026-0002."
    )
    latest = made.packages[-1]
    assert [latest.holds(one) for one in made.packages] == [True, False, True]
    assert latest.drops == {"HF-2026-0002": "It broke refunds."}


BACK = {"at": "2026-04-14T05:00:00Z", "by": "x", "because": "Refunds failed."}


def test_each_package_has_a_version_or_a_word_for_none_and_a_state(chain):
    gone = {"at": "2026-04-14T02:00:00Z", "by": "x", "because": "It was none."}
    made = chain(
        {},
        {"rollback": BACK},
        {"deployed": None, "status": "verified"},
        {"deployed": None, "status": "withdrawn", "withdrawn": gone, "rollback": BACK},
        {"deployed": None, "status": "triaged", "release": {"version": None}},
    )
    assert [(one.record.id[-1], one.version, made.state(one)) for one in made.packages] == [
        ("1", "4.12.3", "In production"),
        ("2", "4.12.4", "Rolled back"),
        ("3", "4.12.5", "Under way"),
        ("4", "4.12.6", "Withdrawn"),
        ("5", "no version yet", "Under way"),
    ]
    assert [one.record.id[-1] for one in made.versions] == ["1", "2", "3", "4"]
    assert all(one.judged.record is one.record for one in made.packages)
    assert made.answer == (
        "2 hotfixes went out on 4.12.2 and 2 are under way. The latest version is 4.12.3: it carries one fix."
    )


UNDER_WAY = {"deployed": None, "status": "verified"}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ([{}], "1 hotfix went out on 4.12.2. The latest version is 4.12.3: it carries one fix."),
        ([UNDER_WAY], "1 is under way."),
        ([UNDER_WAY, UNDER_WAY], "2 are under way."),
        ([{"rollback": BACK}], "1 hotfix went out on 4.12.2. In production is 4.12.2 itself."),
        ([{"deployed": None, "status": "withdrawn", "withdrawn": BACK}], "No hotfix on 4.12.2 went out."),
        (
            [{}, {}, {"release": {"includes": []}}],
            "3 hotfixes went out on 4.12.2. The latest version is 4.12.5: it carries one fix, and leaves out HF-2026-0001, HF-2026-0002.",
        ),
        (
            [{}, {"rollback": BACK}, {"release": {"includes": ["HF-2026-0001"]}}],
            "3 hotfixes went out on 4.12.2. The latest version is 4.12.5: it carries 2 fixes.",
        ),
    ],
)
def test_the_answer_is_a_sentence_or_two(chain, changes, answer):
    assert chain(*deepcopy(changes)).answer == answer


def test_what_never_went_out_stands_in_the_order_of_its_report_and_then_of_its_id(chain):
    early = {"at": "2026-04-14T01:00:00Z", "by": "x"}
    made = chain(
        dict(UNDER_WAY), dict(UNDER_WAY), {**UNDER_WAY, "reported": early}, {**UNDER_WAY, "reported": None}, {}
    )
    assert [one.record.id[-1] for one in made.packages] == ["5", "3", "1", "2", "4"]


def test_what_can_not_be_read_and_what_names_no_base_is_in_no_chain(shop, deployed):
    shop.file("title: Fix: x", "HF-2026-0001.md")
    data = {**deployed, "id": "HF-2026-0002", "status": "triaged"}
    shop.file({key: value for key, value in data.items() if key not in ("release", "deployed")}, "HF-2026-0002.md")
    assert chains.chains(shop.check()) == {}


@pytest.mark.parametrize("size", [499, 500, 501])
def test_a_list_of_releases_is_parted_once_a_part_can_be_filled_and_never_again(size, monkeypatch):
    """A part has a name for good: a new release goes to the newest, until that one holds twice as many."""
    bases = [f"4.{number}" for number in range(3_000, 0, -1)]
    assert chains.SHELF == 500
    monkeypatch.setattr(chains, "SHELF", size)
    for number in (0, 1, size, 2 * size):
        assert chains.shelves(bases[:number]) == (chains.Shelf("", tuple(bases[:number])),)
    for number, parts in ((2 * size + 1, 1), (3 * size - 1, 1), (3 * size, 2), (4 * size, 3), (4 * size + 1, 3)):
        some = bases[-number:]
        newest, *older = chains.shelves(some)
        assert newest.name == ""
        assert [one.name for one in older] == [f"part-{place}" for place in range(parts, 0, -1)]
        assert [len(one.bases) for one in older] == [size] * parts
        assert [base for one in (newest, *older) for base in one.bases] == some
        assert older[-1].title == f"4.1 to 4.{size}"


def test_where_every_hotfix_was_taken_back_the_release_itself_is_in_production(chain):
    made = chain({"rollback": {"at": "2026-04-14T05:00:00Z", "by": "x", "because": "Refunds failed."}})
    assert made.latest is None
    assert made.answer == "1 hotfix went out on 4.12.2. In production is 4.12.2 itself."


def test_no_chain_knows_of_a_record_under_embargo(chain):
    drops = [{"id": "HF-2026-0002", "because": "It is secret."}]
    made = chain(
        {},
        {"security": {"embargo_until": "2027-01-01"}},
        {"release": {"includes": ["HF-2026-0001", "HF-2026-0002"]}},
        {"release": {"includes": ["HF-2026-0001"], "drops": drops}},
    )
    assert "HF-2026-0002" not in repr([(one.record.id, one.includes, one.drops) for one in made.packages])
    assert "4.12.4" not in made.answer


def test_a_release_with_a_day_tells_it_and_the_newest_release_comes_first(shop, deployed):
    for number, base in enumerate(("4.9.0", "4.10.0"), 1):
        data = {**deployed, "id": f"HF-2026-000{number}", "release": {**deployed["release"], "base": base}}
        shop.file(data, f"HF-2026-000{number}.md")
    made = chains.chains(shop.check(), (Release("4.9.0", date(2026, 4, 1)),))
    assert [(base, one.base, one.at) for base, one in made.items()] == [
        ("4.10.0", "4.10.0", None),
        ("4.9.0", "4.9.0", date(2026, 4, 1)),
    ]


def test_pages_of_releases_never_share_a_name_on_any_disk():
    made = chains.names(["4.0-RC", "4.0-rc", "4.0-Rc", "index", "README", "4.0", "part-7"])
    assert made == {
        "4.0": "4.0",
        "4.0-RC": "4.0-RC",
        "4.0-Rc": "4.0-Rc-2",
        "4.0-rc": "4.0-rc-3",
        "README": "README-2",
        "index": "index-2",
        "part-7": "part-7-2",
    }
    assert len({name.casefold() for name in made.values()}) == len(made)


@pytest.mark.parametrize(
    ("repo", "edit", "history"),
    [
        ("https://github.com/a/b", "/edit/main/docs/x.md", "/commits/main/docs/x.md"),
        ("https://github.com/a/b/", "/blob/main/docs/x.md", "/commits/main/docs/x.md"),
        ("https://gitlab.com/a/b", "/edit/main/docs/x.md", "/-/commits/main/docs/x.md"),
        ("https://git.example.com/a/b", "/-/edit/main/docs/x.md", "/-/commits/main/docs/x.md"),
        ("https://codeberg.org/a/b", "/_edit/main/docs/x.md", "/commits/branch/main/docs/x.md"),
        ("https://codeberg.org/a/b", "/src/branch/main/docs/x.md", "/commits/branch/main/docs/x.md"),
        ("https://bitbucket.org/a/b", "/src/default/docs/x.md", None),
        ("", "/edit/main/docs/x.md", None),
    ],
)
def test_the_history_of_a_file_is_where_its_host_shows_it(repo, edit, history):
    base = repo.rstrip("/")
    assert forge.history(repo, f"{base}{edit}") == (f"{base}{history}" if history else "")
    assert not forge.history(repo, f"https://elsewhere.example.com{edit}")


def test_a_version_that_went_out_again_after_its_rollback_is_in_production(chain):
    made = chain({"rollback": {"at": "2026-04-14T00:30:00Z", "by": "x", "because": "Refunds failed."}})
    assert made.state(made.packages[0]) == "In production"
