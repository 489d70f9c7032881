"""The forms, as somebody with a keyboard uses them; what they write is read by `hotfix check`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from mkdocs_hotfix import source

from .conftest import Site, check

pytestmark = pytest.mark.slow

ANSWERS = {"significant": "true", "majority": "true", "workaround": "false"}


def fill(page: Page, values: dict[str, str]) -> None:
    """Type values into the fields of a new record, and choose where there is a choice."""
    for path, value in values.items():
        field = page.locator(f"[data-path='{path}']")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def answer(page: Page, because: str) -> None:
    for question, value in ANSWERS.items():
        field = page.locator(f"[data-question={question}]")
        field.locator(f"input[value={value}]").check()
        field.locator("[data-because]").fill(because.format(question))


def written(page: Page) -> str:
    return page.locator(".hf-new code").text_content() or ""


# -- triage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_triage_is_done_with_the_keyboard_alone(page: Page, troubles: list[str], sites: dict[str, Site], theme: str):
    page.goto(sites[theme]("triage"))
    verdict = page.locator(".hf-live")
    assert verdict.get_attribute("aria-live") == "polite"
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
    expect(verdict).to_contain_text("Is there a reasonable workaround? Yes.")
    page.get_by_role("button", name="Start again").press("Enter")
    expect(verdict).to_contain_text("Answer all 3 questions")
    assert page.locator(".hf-triage input:checked").count() == 0
    assert troubles == []


def test_what_triage_says_to_paste_passes(page: Page, sites: dict[str, Site], tmp_path: Path):
    page.goto(sites["material"]("triage"))
    answer(page, "310 failed orders an hour: “{}” # 64 %")
    pasted = (page.locator(".hf-triage code").text_content() or "").replace("WHO DECIDED", "checkout-oncall")
    moment = pasted.split("at: ")[1].split("\n")[0]
    record = (
        "---\nid: HF-2026-0100\ntitle: Checkout fails for saved cards\nstatus: triaged\nseverity: critical\nservice: checkout\n"
        f"reported: {{at: {moment}, by: support-lead}}\n{pasted}---\n"
    )
    assert check(tmp_path, {"HF-2026-0100.md": record}) == "0\n1 record, 0 errors\n"


def test_the_answers_of_the_triage_go_into_the_new_record(page: Page, sites: dict[str, Site], tmp_path: Path):
    page.goto(sites["material"]("triage"))
    answer(page, '{}: 64 % say "so" — # {{all}} of them')
    page.get_by_role("link", name="Start the record").click()
    expect(page.locator(".hf-missing")).to_contain_text("still needed")
    fill(page, {"title": "Checkout fails: “card” # declined", "reported.by": "support-lead", "service": "checkout"})
    fill(page, {"severity": "critical", "triage.by": "checkout-oncall"})
    page.get_by_label("It costs money").check()
    expect(page.locator(".hf-missing")).to_have_text("Nothing is missing.")
    text = written(page)
    assert "decision: hotfix" in text
    assert check(tmp_path, {"HF-2026-0922.md": text}) == "0\n1 record, 0 errors\n"


# -- a new record --------------------------------------------------------------------------------------------

TITLES = (
    """yes 4.20 1e3 0x1F 12:30:45 2026-02-30 a: - ? ' " 'a' \\ #1 {x} [x] *a &a !x @x `x` null Null ~ | > %x , --- ... .inf 0o17 """
    "_1 true Off on y +1 =1+1 <b>x</b> </code> <!-- Ünïcode 🔥"
).split(" ")
SENTENCES = [
    "a: b",
    "- x",
    "? x",
    "a #b",
    "{{ 7*7 }}",
    "--- a",
    "\u202etxt.exe",
    "a\tb",
    "\u00a0a\u00a0",
    "a \u0000b",
    "| x",
    "  a  ",
]


TYPE_ALL = """all => {
  const put = (where, text) => { const one = document.querySelector(where); one.value = text; one.dispatchEvent(new Event("input", {bubbles: true})); };
  const made = {};
  for (const [name, text] of all) {
    put("[data-path=id]", name);
    put("[data-path=title]", text);
    put("[data-path=summary]", `${text}\\n${text}`);
    put("[data-path='reported.by']", text);
    put("[data-body]", `${text}\\n---\\n${text}`);
    made[`${name}.md`] = document.querySelector(".hf-new code").textContent;
  }
  return made;
}"""


def test_whatever_is_typed_is_read_back_by_the_gate(page: Page, sites: dict[str, Site], tmp_path: Path):
    """Text stays text: what looks like YAML, a number, a time or HTML passes, and means what was typed."""
    page.goto(sites["mkdocs"]("new"))
    fill(page, {"severity": "major", "service": "checkout", "reported.by": "support-lead"})
    texts = [*TITLES, *SENTENCES]
    names = [f"HF-2026-{number + 100:04}" for number in range(len(texts))]
    made = page.evaluate(TYPE_ALL, list(zip(names, texts, strict=True)))
    typed = dict(zip(made, (" ".join(text.replace("\0", "").split()) for text in texts), strict=True))
    lines = check(tmp_path, made).splitlines()
    assert [line for line in lines[1:-1] if "vacuous-text" not in line] == []
    for name, title in typed.items():
        read = source.read(tmp_path / "docs" / "hotfixes" / name).data or {}
        assert (read["title"], read["reported"].get("by", "")) == (title, title)


def test_every_status_of_the_form_can_be_filled_so_that_it_passes(page: Page, sites: dict[str, Site], tmp_path: Path):
    page.goto(sites["mkdocs"]("new"))
    statuses = page.locator("#hf-status option").evaluate_all("all => all.map(one => one.value)")
    assert statuses == ["reported", "triaged", "fixing"]
    page.locator("#hf-status").select_option("fixing")
    moment = page.locator("[data-path='reported.at']").input_value()
    known = {"release.base": "4.12.2", "release.branch": "hotfix/4.12.3", "work.sprint": "2026-24"}
    for field in page.locator("[data-path][data-needed]").all():
        kind, path = field.get_attribute("data-kind"), field.get_attribute("data-path") or ""
        if kind == "choice":
            field.select_option(index=1)
        elif kind == "time":
            field.fill(moment)
        elif path != "id":
            field.fill("checkout-api\n- vault: client #1" if kind == "list" else known.get(path, "checkout"))
    answer(page, "310 failed orders an hour ({}).")
    expect(page.locator(".hf-missing")).to_have_text("Nothing is missing.")
    assert check(tmp_path, {"HF-2026-0922.md": written(page)}) == "0\n1 record, 0 errors\n"


def test_what_is_downloaded_and_copied_is_what_is_shown(page: Page, sites: dict[str, Site]):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(sites["material"]("new"))
    fill(page, {"title": "Ünïcode 🔥"})
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert Path(waiting.value.path()).read_text("utf-8") == written(page)
    assert waiting.value.suggested_filename == "HF-2026-0922.md"
    page.locator(".hf-new").get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".hf-new .hf-said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == written(page)


@pytest.mark.parametrize(
    ("theme", "address"),
    [
        ("material", "https://github.com/acme/handbook/new/main/docs/hotfixes"),
        ("mkdocs", "https://codeberg.org/acme/handbook/_new/main/docs/hotfixes"),
    ],
)
def test_a_host_that_can_opens_the_file_as_a_pull_request(page: Page, sites: dict[str, Site], theme: str, address: str):
    page.goto(sites[theme]("new"))
    title = "Ünïcode 🔥 & more = “50 %” + #1"
    fill(page, {"title": title})
    link = page.get_by_role("link", name="Open as pull request")
    parts = urlsplit(link.get_attribute("href") or "")
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == address
    assert parse_qs(parts.query) == {"filename": ["HF-2026-0922.md"], "value": [written(page)]}
    page.locator("[data-body]").fill("🔥" * 1000)
    expect(link).to_be_hidden()
    expect(page.locator("[data-long]")).to_contain_text("too long for a link")
    page.locator("[data-body]").fill("")
    expect(link).to_be_visible()
    expect(page.locator("[data-long]")).to_be_hidden()


def test_the_next_free_number_is_filled_in(page: Page, sites: dict[str, Site]):
    for day, number in (("2026-12-01", "HF-2026-0922"), ("2027-01-01", "HF-2027-0001")):
        page.clock.set_fixed_time(f"{day}T10:00:00Z")
        page.goto(sites["material"]("new"))
        assert page.locator("[data-path=id]").input_value() == number


def test_a_field_says_that_it_is_not_right_and_the_number_of_what_is_missing_is_told(
    page: Page, sites: dict[str, Site]
):
    page.goto(sites["material"]("new"))
    number = page.get_by_label("Record number")
    number.fill("HF-1")
    assert number.get_attribute("aria-invalid") is not None
    expect(page.locator("[role=status]", has_text="still needed")).to_have_text("5 answers still needed")
    number.fill("HF-2026-0999")
    assert number.get_attribute("aria-invalid") is None
    expect(page.locator("[role=status]", has_text="still needed")).to_have_text("4 answers still needed")
