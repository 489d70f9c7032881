"""The house: who may import whom, what was promised for ever, and what a guest never sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from mkdocs_hotfix import published
from mkdocs_hotfix.blocks import BLOCKS, BLOCKS_OF
from mkdocs_hotfix.formats import FORMATS
from mkdocs_hotfix.pages import GENERATED
from mkdocs_hotfix.rule import Rule
from mkdocs_hotfix.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mkdocs_hotfix"

NOT_OURS = {".git", ".venv", "site", "build", "dist", "node_modules", "__pycache__"}
"""Folders that are made and not written; other hidden ones are caches."""

LONGEST = 300
LONGER: dict[str, str] = {
    "plugin": "one class with a hook for each event of MkDocs",
}
"""Modules that are longer, and why."""


def ours() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in (".ci", ".github", ".gitignore") for part in parts)
        if path.is_file() and not hidden and not NOT_OURS.intersection(parts) and not parts[0].endswith(".egg-info"):
            yield path


# -- floors ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _loggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """import-linter would switch off every logger that there is, and later tests would see silent builds."""
    monkeypatch.setattr("logging.config.dictConfig", lambda _config: None)


def test_every_module_imports_lower_floors_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    assert lint_imports("pyproject.toml", no_cache=True, no_logo=True) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "contract"),
    [
        ('"git | explain | mirror | emit",', "A module imports lower floors only"),
        ('"obligations | dossier | witness | sla | signatures | sparing",', "A module imports lower floors only"),
        ('ignore_imports = ["mkdocs_hotfix.plugin -> mkdocs"]', "Only the plugin imports MkDocs"),
        (
            'ignore_imports = ["mkdocs_hotfix.cli.** -> click", "mkdocs_hotfix.cli -> click"]',
            "Only the command line imports click",
        ),
    ],
)
def test_the_contract_sees_what_breaks_it(
    wrong: str, contract: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A line that is taken out of it makes the real house break it."""
    written = (ROOT / "pyproject.toml").read_text("utf-8")
    assert wrong in written
    config = tmp_path / "pyproject.toml"
    config.write_text(written.replace(wrong, '"explain | mirror | emit",' if wrong.startswith('"git') else ""), "utf-8")
    monkeypatch.chdir(ROOT)
    assert lint_imports(str(config), no_cache=True, no_logo=True) == 1
    assert f"{contract} BROKEN" in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)


def test_modules_fit_into_a_head():
    lengths = {path.stem: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST and name not in LONGER}


# -- promises ----------------------------------------------------------------------------------------------


def given_codes() -> dict[str, str]:
    lines = (ROOT / "tests" / "rules.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def test_no_code_and_no_name_of_a_rule_was_changed_or_used_again():
    lines = [line for line in (ROOT / "tests" / "rules.txt").read_text("utf-8").splitlines() if line[0] != "#"]
    given = given_codes()
    assert len(given) == len(set(given.values())) == len(lines)
    assert {rule.code: rule.slug for rule in RULES}.items() <= given.items(), "add new rules to tests/rules.txt"
    assert len({rule.code for rule in RULES}) == len({rule.slug for rule in RULES}) == len(RULES)


def test_the_names_that_scripts_rely_on_are_there():
    promised = """unreadable-front-matter duplicate-key unknown-field missing-field wrong-type not-allowed-value not-text
    id-mismatch duplicate-id vacuous-text missing-answer decision-contradicts-answers exception-not-approved
    missing-evidence failed-evidence report-missing report-unreadable report-disagrees digest-mismatch other-commit
    wrong-environment evidence-overdue path-outside out-of-order in-the-future sla-missed unknown-include broken-chain
    duplicate-version missing-approval self-approval unknown-approver waiver-expired missing-requirement"""
    assert set(promised.split()) <= {rule.slug for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_rule_has_a_page_that_shows_wrong_and_right(rule: Rule):
    assert re.fullmatch("(REC|TRI|EVD|TIM|REL|APP)[0-9]{3}", rule.code)
    assert re.fullmatch("[a-z]+(-[a-z]+)*", rule.slug)
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 160
    wrong, right = rule.page.find("\nWrong"), rule.page.find("\nRight")
    assert 0 < wrong < right
    assert rule.page.count("```") % 2 == 0


def test_rules_of_one_family_stand_together_in_the_order_of_their_codes():
    codes = [rule.code for rule in RULES]
    families = [code[:3] for code in codes]
    assert list(dict.fromkeys(families)) == ["REC", "TRI", "EVD", "TIM", "REL", "APP"]
    assert families == sorted(families, key=["REC", "TRI", "EVD", "TIM", "REL", "APP"].index)
    assert codes == [code for family in dict.fromkeys(families) for code in sorted(c for c in codes if c[:3] == family)]


def test_the_findings_schema_knows_every_code_and_name():
    finding = published.schema("findings")["properties"]["findings"]["items"]["properties"]
    for rule in RULES:
        assert re.search(finding["code"]["pattern"], rule.code)
        assert re.search(finding["slug"]["pattern"], rule.slug)


def test_the_readme_names_every_format_and_page_and_the_manual_every_block():
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in (*FORMATS, *(page.format(records="hotfixes") for page in GENERATED)):
        assert f"`{name}`" in readme, name
    manual = (ROOT / "docs" / "reference" / "blocks.md").read_text("utf-8")
    for name in BLOCKS:
        assert f"`{name}`" in manual, name
    for name in BLOCKS_OF:
        assert f"`{name}(" in manual, name


def test_every_schema_has_a_name_of_its_own_that_is_no_address():
    schemas = {path.name for path in (ROOT / "schemas").glob("*.json")}
    assert {"record.schema.json", "policy.schema.json", "findings.schema.json"} <= schemas
    for name in schemas:
        made = json.loads((ROOT / "schemas" / name).read_text("utf-8"))
        assert made["$id"].startswith("urn:mkdocs-hotfix:")


# -- what a guest never sees -------------------------------------------------------------------------------


def test_no_text_names_a_place_of_the_machine_on_which_it_was_written():
    place = re.compile(r"(?<![\w.$~}*])/(?:work|tmp|farm|root|home|Users)(?:/\w|\b(?=[\s`'\"]))")
    me = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ours()
        if path != me and (text := readable(path))
        for number, line in enumerate(text.splitlines(), 1)
        if place.search(line) and "not any(word in text" not in line
    ]
    assert not found


def test_nothing_was_left_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ours()
        if path.suffix in (".py", ".md", ".toml", ".yml", ".j2", ".css", ".js")
        and path != Path(__file__)
        and "cases" not in path.parts
        for number, line in enumerate((readable(path) or "").splitlines(), 1)
        if later.search(line)
    ]
    assert not found


def readable(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_every_text_ends_with_one_line_break_and_has_no_carriage_return():
    sources = [
        path for path in ours() if path.suffix in (".py", ".toml", ".yml", ".j2", ".css") or path.name == "Makefile"
    ]
    assert len(sources) > 40
    for path in sources:
        raw = path.read_bytes()
        assert b"\r" not in raw, path
        assert not raw or (raw.endswith(b"\n") and not raw.endswith(b"\n\n")), path
