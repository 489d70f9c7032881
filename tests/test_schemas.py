"""The published schemas: closed, bounded, readable by every validator, and read alike by the two that are used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mkdocs_hotfix import gate, policyfile, published, source
from mkdocs_hotfix.formats.json import document
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rules import RULES
from mkdocs_hotfix.schema import FORMATS, Shape

HERE = Path(__file__).parent
ROOT = HERE.parent
FILES = sorted((ROOT / "schemas").glob("*.json"))
SCHEMAS = {file.name.removesuffix(".schema.json"): json.loads(file.read_text("utf-8")) for file in FILES}
SCHEMAS["record, closed by the built-in policy"] = json.loads(json.dumps(policyfile.load(None).shape.schema))
RECORDS = [*sorted((HERE / "cases").glob("**/*.md")), *sorted((HERE / "examples").glob("**/HF-*.md")), HERE / "base.md"]
CASES = sorted({*(HERE / "cases").glob("*/bad*/"), *(HERE / "cases").glob("*/good*/")})

KEYWORDS = set(
    "$schema $id $defs $ref title description type enum const format pattern minLength maxLength minimum maximum "
    "properties additionalProperties propertyNames required minProperties maxProperties items minItems maxItems anyOf".split()
)

every_schema = pytest.mark.parametrize("name", SCHEMAS)


def nodes(node: Any, here: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk every schema inside a schema, each with its place."""
    yield here, node
    for word in ("properties", "$defs"):
        for key, child in node.get(word, {}).items():
            yield from nodes(child, f"{here}/{word}/{key}")
    for word in ("additionalProperties", "items", "propertyNames"):
        if isinstance(node.get(word), dict):
            yield from nodes(node[word], f"{here}/{word}")
    for index, child in enumerate(node.get("anyOf", ())):
        yield from nodes(child, f"{here}/anyOf/{index}")


def types(node: Mapping[str, Any]) -> list[str]:
    found = node.get("type", [])
    return [found] if isinstance(found, str) else found


def repeats(pattern: Any, *, inside: bool = False) -> Iterator[bool]:
    """Tell of each part of a parsed pattern that may come more than once whether it lies in another such part."""
    for code, value in pattern:
        name = str(code)
        if name == "MAX_REPEAT":
            _, high, part = value
            if high > 1:
                yield inside
            yield from repeats(part, inside=inside or high > 1)
        elif name == "SUBPATTERN":
            yield from repeats(value[-1], inside=inside)
        elif name == "BRANCH":
            for part in value[1]:
                yield from repeats(part, inside=inside)
        else:
            assert name in {"LITERAL", "NOT_LITERAL", "IN", "AT"}, f"{name}: what not every dialect knows"


@every_schema
def test_it_is_a_schema_of_draft_2020_12(name: str):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_each_has_an_address_of_its_own():
    assert {f"urn:mkdocs-hotfix:{file.name.removesuffix('.schema.json')}:1" for file in FILES} == {
        json.loads(file.read_text("utf-8"))["$id"] for file in FILES
    }


@every_schema
def test_no_keyword_is_misspelt_and_every_reference_leads_inside(name: str):
    for here, node in nodes(SCHEMAS[name]):
        assert set(node) <= KEYWORDS, here
        if "$ref" in node:
            assert set(node) <= {"$ref", "description"}, f"{here}: what stands beside a reference is read differently"
            assert node["$ref"].removeprefix("#/$defs/") in SCHEMAS[name]["$defs"], here


@every_schema
def test_every_object_is_closed_or_a_bounded_table(name: str):
    for here, node in nodes(SCHEMAS[name]):
        if "object" in types(node) and "/when" not in here:
            extra = node.get("additionalProperties")
            assert extra is False or (isinstance(extra, dict) and "maxProperties" in node), here
            if extra is not False:
                assert node["propertyNames"]["maxLength"], here
        assert set(node.get("required", ())) <= set(node.get("properties", ())), here


@every_schema
def test_every_text_and_list_is_bounded(name: str):
    for here, node in nodes(SCHEMAS[name]):
        if "string" in types(node):
            assert node["maxLength"] <= 4096, here
        if "array" in types(node):
            assert node["maxItems"], here
            assert node["items"], here
        if here.endswith("/propertyNames"):
            assert node["maxLength"] <= 200, here
        elif not types(node):
            assert {"enum", "const", "$ref", "anyOf", "propertyNames", "pattern"} & set(node), f"{here} allows anything"


@every_schema
def test_every_pattern_means_the_same_to_every_validator_and_can_not_be_made_to_hang(name: str):
    for here, node in nodes(SCHEMAS[name]):
        pattern = node.get("pattern")
        if pattern is None:
            continue
        assert pattern.startswith("^"), here
        assert pattern.endswith("$"), here
        assert "|" not in re.sub(r"\(.*?\)", "", pattern), f"{here}: ^ and $ must hold for the whole pattern"
        assert pattern.isascii(), here
        assert not re.search(r"\\(?![.tn\\/-])", pattern), f"{here}: \\d and \\w mean other things elsewhere"
        assert "maxLength" in node, f"{here}: the length is capped before the pattern is tried"
        assert not any(repeats(re._parser.parse(pattern))), f"{here}: a repeat in a repeat"  # type: ignore[attr-defined]


def test_exactly_the_formats_that_are_named_are_checked():
    named = {node["format"] for one in SCHEMAS.values() for _, node in nodes(one) if "format" in node}
    assert named == set(FORMATS)


@every_schema
def test_every_field_is_described(name: str):
    for here, node in nodes(SCHEMAS[name]):
        for field, child in node.get("properties", {}).items():
            described = published.resolve(SCHEMAS[name], child).get("description", "")
            assert described.endswith((".", "…")), f"{here}/{field} has no sentence"


def test_a_code_of_every_rule_fits_the_schema_of_findings():
    one = SCHEMAS["findings"]["properties"]["findings"]["items"]["properties"]
    for rule in RULES:
        assert re.fullmatch(one["code"]["pattern"], rule.code)
        assert re.fullmatch(one["slug"]["pattern"], rule.slug)


# -- the fast validator and the one that explains -----------------------------------------------------------


def agree(shape: Shape, data: Any) -> bool:
    fast, slow = shape._fast.is_valid(data), shape._slow.is_valid(data)
    assert fast == slow, f"jsonschema-rs says {fast}, jsonschema says {slow}: {data}"
    return fast


FORMED = {
    "date-time": (
        "2026-04-14T01:04:00Z 2026-04-14t01:04:00z 2026-04-14T03:04:00.123456789+02:00 2016-12-31T23:59:60Z 2024-02-29T00:00:00-23:59",
        "2026-04-14 2026-04-14T01:04Z 2026-04-14T01:04:00 2026-02-30T00:00:00Z 2025-02-29T00:00:00Z 2026-04-14T24:00:00Z 2026-04-14T01:04:60Z 2026-04-14T01:04:00+0200 2026-04-14T01:04:00+24:00 20260414T010400Z ٢٠٢٦-04-14T01:04:00Z 0000-01-01T00:00:00Z 0001-01-01T00:00:00+01:00 2026-W16-2T01:04:00Z 2026-04-14T01:04:00.Z 2026-04-14T01:04:00,5Z",
    ),
    "date": (
        "2026-04-14 2024-02-29 0001-01-01 9999-12-31",
        "2026-4-14 20260414 2026-W16-2 2026-104 2026-02-30 2026-13-01 0000-01-01 ٢٠٢٦-04-14 2026-04-14T01:04:00Z",
    ),
    "uri": (
        "https://example.com https://example.com:8443/a?b=c#d http://[::1]/x urn:isbn:1 https://example.com/%20",
        "example.com /a https:// https://exämple.com/ https://example.com/a|b https://example.com:x/ https://a/%2 https://[::1/ 1a:b",
    ),
}


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_format_is_really_checked_by_both(format_name: str):
    shape = Shape({"type": "string", "format": format_name})
    good, bad = FORMED[format_name]
    for text in good.split():
        assert agree(shape, text), text
    for text in [
        "",
        " ",
        "\n",
        *bad.split(),
        *(f"{one}\n" for one in good.split()),
        *(f" {one}" for one in good.split()),
    ]:
        assert not agree(shape, text), repr(text)


def test_a_reference_to_elsewhere_is_never_fetched():
    shape = Shape({"$ref": "https://example.com/schema.json"})
    with pytest.raises(Exception, match="not fetched"):
        shape._fast.is_valid("x")
    with pytest.raises(Exception, match=r"example\.com"):
        shape._slow.is_valid("x")


def test_both_agree_on_every_record_of_the_tests(policy: Policy):
    found = [data for file in RECORDS if (data := source.read(file).data) is not None]
    assert len(found) > 200
    accepted = [agree(policy.shape, data) for data in found]
    assert 100 < sum(accepted) < len(accepted)


def test_both_agree_on_every_policy_of_the_tests():
    for file in (ROOT / "mkdocs_hotfix/policy.yml", *sorted((HERE / "cases").glob("**/policy.yml"))):
        assert agree(Shape(SCHEMAS["policy"]), source.read(file, front_matter=False).data), file


def places(data: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield here
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, child in children:
        yield from places(child, (*here, key))


BASE: dict[str, Any] = source.read(HERE / "base.md").data or {}
BUILT_IN: dict[str, Any] = source.read(ROOT / "mkdocs_hotfix/policy.yml", front_matter=False).data or {}
SPELLINGS = [*" ".join(" ".join(pair) for pair in FORMED.values()).split(), "HF-2026-0001", "HF-2026-0001\n", "hotfix"]
TEXTS = st.sampled_from(SPELLINGS) | st.text(max_size=70) | st.from_regex(r"\A[0-9a-f]{5,66}\n?\Z")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.sampled_from(list(BASE)), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, base: dict[str, Any]) -> Any:
    """One or two places of a good file hold something else, are gone, or have company."""
    data: Any = deepcopy(base)
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from([place for place in places(data) if place]))
        node = data
        for part in way:
            node = node[part]
        match draw(st.sampled_from(["change", "spell", "delete", "add"])):
            case "change":
                node[last] = draw(VALUES)
            case "spell":
                node[last] = draw(TEXTS)
            case "delete":
                del node[last]
            case "add":
                (node.__setitem__(draw(TEXTS), draw(VALUES)) if isinstance(node, dict) else node.append(draw(VALUES)))
        if not data:
            break
    return data


MANY = settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@given(mutated(BASE))
@MANY
def test_both_agree_on_records_that_were_tampered_with(data: Any):
    agree(_SHAPES[0], data)


@given(mutated(BUILT_IN))
@settings(MANY, max_examples=100)
def test_both_agree_on_policies_that_were_tampered_with(data: Any):
    agree(_SHAPES[1], data)


_SHAPES = (policyfile.load(None).shape, Shape(SCHEMAS["policy"]))


# -- what is written --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_json_of_every_case_is_what_the_schema_says(
    case: Path, policy: Policy, as_of: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(case.parent)
    own = case / "policy.yml"
    report = gate.check(policyfile.load(own) if own.exists() else policy, as_of, [case])
    made = json.loads(json.dumps(document(report)))
    FINDINGS.validate(made)
    assert made["summary"]["records"] == report.records
    assert len(made["findings"]) == len(report.findings)


FINDINGS = Draft202012Validator(SCHEMAS["findings"], format_checker=Shape({})._slow.format_checker)


def test_the_handbook_s_policy_is_the_built_in_one():
    assert (ROOT / "docs/policy.yml").read_bytes() == (ROOT / "mkdocs_hotfix/policy.yml").read_bytes()
