"""The picture of the process follows the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from mkdocs_hotfix import flow, policyfile
from mkdocs_hotfix.flow import Box, Flow
from mkdocs_hotfix.policy import Policy

DEFAULT = policyfile.load(None, root=Path("docs"))


def box(drawing: Flow, status: str) -> Box:
    return next(one for one in drawing.boxes if one.id == status)


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def many(tmp_path: Path, count: int) -> Policy:
    """A policy with a long lifecycle, and two exits from the second status."""
    text = (Path(policyfile.__file__).parent / "policy.yml").read_text("utf-8")
    start, end = text.index("statuses:"), text.index("approvals:")
    lines = [
        "statuses:",
        *(f"  s{number}: {{title: Step number {number} of a long process, needs: []}}" for number in range(count)),
    ]
    lines += [
        "exits:",
        "  gone: {title: Gone, from: s1, needs: []}",
        "  lost: {title: Lost, from: s1, needs: []}",
        "",
        "",
    ]
    file = tmp_path / "policy.yml"
    file.write_text(text[:start] + "\n".join(lines) + text[end : text.index("requirements:")], "utf-8")
    return policyfile.load(file)


@pytest.mark.parametrize("draw", [flow.wide, flow.tall])
@pytest.mark.parametrize("count", [2, 6, 7, 13])
def test_every_status_has_one_box_and_no_two_overlap_or_leave_the_picture(tmp_path, draw, count):
    made = many(tmp_path, count)
    drawing = draw(made)
    assert sorted(one.id for one in drawing.boxes) == sorted(made.statuses)
    for index, one in enumerate(drawing.boxes):
        assert one.x >= 0
        assert one.y >= 0
        assert one.x + one.width <= drawing.width
        assert one.y + one.height <= drawing.height
        assert all(apart(one, other) for other in drawing.boxes[index + 1 :])
    assert len(drawing.arrows) == count - 1 + 2


def test_an_exit_stands_below_the_status_from_which_it_branches_off():
    drawing = flow.wide(DEFAULT)
    assert box(drawing, "rolled-back").x == box(drawing, "deployed").x
    assert box(drawing, "rolled-back").y > box(drawing, "deployed").y
    assert sum(arrow.exit for arrow in drawing.arrows) == len(DEFAULT.exits())


def test_a_box_says_what_the_status_asks_for_first():
    captions = {one.id: one.caption for one in flow.wide(DEFAULT).boxes}
    assert captions["triaged"] == "3 questions"
    assert captions["verified"] == "2 tests passed"
    assert captions["deployed"] == "approved"
    assert captions["reported"] == ""


def test_the_same_policy_gives_the_same_picture():
    assert flow.wide(DEFAULT) == flow.wide(policyfile.load(None, root=Path("docs")))
