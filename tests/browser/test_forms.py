"""The forms, as somebody with a keyboard uses them; what they write is read by the gate."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mkdocs_hotfix import gate, policyfile

pytestmark = pytest.mark.slow
POLICY = Path(__file__).parents[1] / "examples" / "docs" / "policy.yml"


def judge(folder: Path, name: str, text: str) -> list[str]:
    """File what the page has written, and ask the gate a quarter of an hour later."""
    (folder / "hotfixes").mkdir(exist_ok=True)
    (folder / "policy.yml").write_bytes(POLICY.read_bytes())
    (folder / "hotfixes" / name).write_text(text, "utf-8")
    report = gate.check(policyfile.load(folder / "policy.yml"), gate.now())
    return [f"{one.slug} {one.message}" for one in report.findings]


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_triage_is_done_with_the_keyboard_alone(page: Page, addresses: dict[str, str], theme: str):
    page.goto(f"{addresses[theme]}triage/")
    verdict = page.locator(".hf-live")
    expect(verdict).to_contain_text("Answer all 3 questions")
    page.locator("[data-question=significant] input[type=radio]").first.focus()
    page.keyboard.press("Space")
    for keys in (["Tab", "Tab", "Space"], ["Tab", "Tab", "ArrowRight"]):
        for key in keys:
            page.keyboard.press(key)
    expect(verdict).to_contain_text("Fix now: this is a hotfix")
    expect(page.locator(".hf-triage code")).to_contain_text("workaround: {answer: false")
    page.keyboard.press("ArrowLeft")
    expect(verdict).to_contain_text("It can wait: plan it with the other work")
    assert verdict.get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="Start again").press("Enter")
    expect(verdict).to_contain_text("Answer all 3 questions")


def test_the_answers_of_the_triage_go_into_the_new_record(page: Page, addresses: dict[str, str], tmp_path: Path):
    page.goto(f"{addresses['material']}triage/")
    for question, value in (("significant", "true"), ("majority", "true"), ("workaround", "false")):
        field = page.locator(f"[data-question={question}]")
        field.locator(f"input[value={value}]").check()
        field.locator("[data-because]").fill(f'{question}: 64 % say "so" — # {{all}} of them')
    page.get_by_role("link", name="Start the record").click()
    expect(page.locator(".hf-missing")).to_contain_text("still needed")
    fill(page, {"title": "Checkout fails: “card” # declined", "reported.by": "support-lead", "service": "checkout"})
    page.locator("[data-path=severity]").select_option("critical")
    fill(page, {"triage.by": "checkout-oncall"})
    page.locator("[data-path='triage.at']").fill(page.locator("[data-path='reported.at']").input_value())
    page.get_by_label("It costs money").check()
    expect(page.locator(".hf-missing")).to_have_text("Nothing is missing.")
    text = page.locator(".hf-new code").text_content() or ""
    assert judge(tmp_path, "HF-2026-0023.md", text) == []
    assert "decision: hotfix" in text


def fill(page: Page, values: dict[str, str]) -> None:
    for path, value in values.items():
        page.locator(f"[data-path='{path}']").fill(value)


TITLES = [
    "yes",
    "4.20",
    "a: b",
    "- x",
    "'",
    '"',
    "\\",
    "#1",
    "{{ 7*7 }}",
    "[x]",
    "*a",
    "&a",
    "!x",
    "@x",
    "null",
    "Ünïcode 🔥",
    "~",
    "a\tb",
    "%x",
]


def test_whatever_is_typed_the_gate_reads_it_back(page: Page, addresses: dict[str, str], tmp_path: Path):
    page.goto(f"{addresses['material']}new/")
    page.locator("[data-path=severity]").select_option("major")
    fill(page, {"service": "checkout", "reported.by": "support-lead"})
    for number, title in enumerate(TITLES):
        fill(page, {"id": f"HF-2026-{number + 100:04}", "title": title, "summary": f"{title}\n{title}"})
        page.locator("[data-body]").fill(f"{title}\n---\n{title}")
        expect(page.locator(".hf-missing")).to_have_text("Nothing is missing.")
        text = page.locator(".hf-new code").text_content() or ""
        findings = judge(tmp_path, f"HF-2026-{number + 100:04}.md", text)
        assert [one for one in findings if not one.startswith("vacuous-text")] == []
    records = [one.record for one in gate.check(policyfile.load(tmp_path / "policy.yml"), gate.now()).judged]
    assert [record.title for record in records if record] == [" ".join(title.split()) for title in TITLES]


def test_what_is_downloaded_is_what_is_shown(page: Page, addresses: dict[str, str]):
    page.goto(f"{addresses['material']}new/")
    fill(page, {"title": "Ünïcode 🔥"})
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert Path(waiting.value.path()).read_text("utf-8") == page.locator(".hf-new code").text_content()
    assert waiting.value.suggested_filename == "HF-2026-0023.md"


def test_every_status_of_the_form_can_be_filled_so_that_it_passes(
    page: Page, addresses: dict[str, str], tmp_path: Path
):
    page.goto(f"{addresses['mkdocs']}new/")
    statuses = page.locator("#hf-status option").evaluate_all("all => all.map(one => one.value)")
    assert statuses == ["reported", "triaged", "fixing"]
    page.locator("#hf-status").select_option("fixing")
    moment = page.locator("[data-path='reported.at']").input_value()
    for field in page.locator("[data-path][data-needed]").all():
        kind, path = field.get_attribute("data-kind"), field.get_attribute("data-path") or ""
        if kind == "choice":
            field.select_option(index=1)
        elif kind == "time":
            field.fill(moment)
        elif kind == "list":
            field.fill("checkout-api\nvault-client")
        elif path != "id":
            field.fill(
                {"release.base": "4.12.2", "release.branch": "hotfix/4.12.3", "work.sprint": "2026-24"}.get(
                    path, "checkout"
                )
            )
    for question, value in (("significant", "true"), ("majority", "true"), ("workaround", "false")):
        page.locator(f"[data-question={question}] input[value={value}]").check()
        page.locator(f"[data-question={question}] [data-because]").fill(f"310 failed orders an hour ({question}).")
    expect(page.locator(".hf-missing")).to_have_text("Nothing is missing.")
    text = page.locator(".hf-new code").text_content() or ""
    assert judge(tmp_path, "HF-2026-0023.md", text) == []


def test_the_next_free_number_is_filled_in(page: Page, addresses: dict[str, str]):
    page.clock.set_fixed_time("2026-12-01T10:00:00Z")
    page.goto(f"{addresses['material']}new/")
    assert page.locator("[data-path=id]").input_value() == "HF-2026-0023"
    page.clock.set_fixed_time("2027-01-01T10:00:00Z")
    page.goto(f"{addresses['material']}new/")
    assert page.locator("[data-path=id]").input_value() == "HF-2027-0001"
