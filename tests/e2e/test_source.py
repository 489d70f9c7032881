"""The process guide and the triage page carry every statement of the page that they took over from."""

from __future__ import annotations

import pytest

from .conftest import Built

PROCESS, TRIAGE = "process/index.html", "triage/index.html"
NOW = (
    "It costs money",
    "It opens us to liability",
    "It leaves an opening for attackers",
    "A fundamental feature is disabled",
)

CARRIED: dict[str, tuple[str, str | tuple[str, ...]]] = {
    "team and process to release an update": (PROCESS, "This guide says who does what, so that an update"),
    "fixes a critical or major error": (PROCESS, "mends a critical or major error"),
    "while maintaining SLA obligations in production": (
        PROCESS,
        "reaches production while we keep the service level (SLA)",
    ),
    "a cumulative package over a previous official release": (
        PROCESS,
        "cumulative package on top of an earlier official release",
    ),
    "created to fix a problem in a product, e.g. a bug": (PROCESS, "made to fix a problem in a product, such as a bug"),
    "unlike typical version updates": (PROCESS, "An ordinary version goes out when it is ready"),
    "urgently developed and released as soon as possible": (PROCESS, "developed and released as soon as possible"),
    "to limit the effects of the issue": (PROCESS, "to limit what the problem does"),
    "reality is sometimes messier": (PROCESS, "Practice is sometimes messier"),
    "a critical defect: fix it now": (PROCESS, "When a critical defect comes in, we fix it now"),
    "it costs money": (PROCESS, "if it costs money"),
    "it opens the company up to liability": (PROCESS, "opens us to liability"),
    "it leaves an opening for hackers": (PROCESS, "leaves an opening for attackers"),
    "it disables a fundamental feature": (PROCESS, "disables a fundamental feature"),
    "the same four in the triage": (TRIAGE, NOW),
    "significant, majority, no reasonable workaround": (
        PROCESS,
        "A bug is a hotfix when it is significant , affects the majority of users , and there is no reasonable workaround",
    ),
    "the same on the triage page": (
        TRIAGE,
        "A hotfix is a significant bug that affects the majority of users and has no reasonable workaround",
    ),
    "is this bug significant?": (TRIAGE, "Is the bug significant?"),
    "does it affect the majority of users?": (TRIAGE, "Does it affect the majority of users?"),
    "is there a reasonable workaround?": (TRIAGE, "Is there a reasonable workaround?"),
    "triage comes first": (PROCESS, "Every issue that is found is triaged first"),
    "really fix now?": (PROCESS, 'is it really a "fix now" problem'),
    "or can it wait and be planned": (PROCESS, "can it wait and be planned along with the other work"),
    "pull it into the current sprint": (PROCESS, "pulled into the current sprint"),
    "for agile teams": (PROCESS, "a team without sprints"),
    "as unplanned work": (PROCESS, "as unplanned work"),
    "track how much time the team spends": (PROCESS, "Track the time that the team spends on it"),
    "good release management is essential": (PROCESS, "Good release management carries the whole process"),
    "proper branching strategies": (PROCESS, "a branching strategy that everybody knows"),
    "delivery automation": (PROCESS, "delivery by automation"),
    "impact analysis of the bug(s)": (PROCESS, "Analyse what the bug, or the bugs, and the fix touch"),
    "to identify the scope of the test": (PROCESS, "That gives the scope of the test"),
    "to lower the risk": (PROCESS, "that lowers the risk of the hotfix"),
    "first verified on an environment like production": (
        PROCESS,
        "an environment that simulates production as closely as possible , and verify the fix there first",
    ),
    "then no regressions": (PROCESS, "Once it is verified, make sure that it has broken nothing else"),
    "by a regression test": (PROCESS, "with a regression test over the scope"),
    "verify in the live environment": (PROCESS, "Then verify in the live environment that the bug is gone"),
    "and run a smoke test": (PROCESS, "run a smoke test that the rest still stands"),
    "communicate the results to the stakeholders": (
        PROCESS,
        "Send the results of the verification to the stakeholders",
    ),
    "including issues found on production": (PROCESS, "including every issue found in production"),
}

REFERENCES = {
    "https://en.wikipedia.org/wiki/Hotfix": "Hotfix",
    "https://www.viget.com/articles/successful-release-management-and-how-to-communicate-about-it/": (
        "Hotfix or Not? Managing a Successful Release Process"
    ),
    "https://www.plutora.com/blog/release-management-best-practices": "Release Management Process and Best Practices",
}


@pytest.mark.parametrize("statement", CARRIED)
def test_the_handbook_says(shop: Built, statement: str):
    path, said = CARRIED[statement]
    text = shop.page(path).text.replace("“", '"').replace("”", '"')
    for phrase in (said,) if isinstance(said, str) else said:
        assert phrase in text


def test_the_references_are_those_of_the_source(shop: Built):
    links = {link.attrs.get("href"): link.text for link in shop.page(PROCESS).all("a")}
    assert REFERENCES.items() <= links.items()


def test_the_steps_stand_in_their_order(shop: Built):
    steps = [one.text for one in shop.page(PROCESS).all("h3")]
    wanted = ("Triage", "sprint", "impact", "branch", "before production", "in production", "stakeholders")
    assert len(steps) == len(wanted)
    for number, (step, word) in enumerate(zip(steps, wanted, strict=True), 1):
        assert step.startswith(f"{number}. ")
        assert word in step
