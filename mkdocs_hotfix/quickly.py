"""What the fast validator can say by itself: the thorough one takes longer to load than a hundred records to judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mkdocs_hotfix.findings import Pointer

_USUAL = {
    "date-time": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
    "date": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
    "uri": "^https?://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/+,=-]*)?$",
}
"""How nearly all times, days and addresses are written; each that is so has the format."""


def at_a_glance(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Let the fast validator see by itself what is written as usual: to ask Python takes it ten times as long."""

    def usual(one: Any) -> Any:
        if isinstance(one, dict) and isinstance(one.get("anyOf"), list):
            return {**one, "anyOf": list(map(usual, one["anyOf"]))}
        if not isinstance(one, dict) or one.get("format") not in _USUAL:
            return one
        rest = {key: value for key, value in one.items() if key != "format"}
        return {"anyOf": [{"allOf": [rest, {"pattern": _USUAL[one["format"]]}]}, one]}

    made = dict(schema)
    if isinstance(made.get("$defs"), dict):
        made["$defs"] = {name: usual(one) for name, one in made["$defs"].items()}
    return made


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure from a schema, told as `jsonschema` tells it, as far as we ask: what of the schema it departs from, and where."""

    validator: str
    validator_value: Any
    instance: Any
    schema: Mapping[str, Any]
    absolute_path: Pointer
    absolute_schema_path: Sequence[str | int]


_SIMPLE = frozenset(
    "required additionalProperties type enum const format pattern minLength maxLength minItems maxItems minProperties maxProperties "
    "minimum maximum".split()
)
_OF_FIELDS = frozenset(("required", "additionalProperties"))


def departures(errors: Iterable[Any], data: Any, schema: Mapping[str, Any]) -> list[Departure] | None:
    """Turn what the fast validator has against data into what `jsonschema` would have.

    Returns:
        Nothing where that is not plain: where schemas are combined, or two keywords have something against one value.
    """
    found: list[Departure] = []
    keywords: dict[Pointer, set[str]] = {}
    for error in errors:
        way, here = list(error.schema_path), tuple(error.instance_path)
        if way[-1] not in _SIMPLE or "propertyNames" in way or "$ref" in way:
            return None
        other = keywords.setdefault(here, set())
        if other and not (other | {way[-1]}) <= _OF_FIELDS:
            return None
        other.add(way[-1])
        parent = _at(schema, way[:-1])
        found.append(Departure(way[-1], parent[way[-1]], _at(data, here), parent, here, way))
    return found


def _at(root: Any, way: Iterable[str | int]) -> Any:
    for part in way:
        root = root[part]
    return root
