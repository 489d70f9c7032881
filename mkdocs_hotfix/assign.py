"""`FIELD=VALUE` as people type it, to a place in a record and a value of the type that the schema has there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mkdocs_hotfix import source
from mkdocs_hotfix.findings import Pointer, SetupError, dotted, shorten
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.published import fields, resolve
from mkdocs_hotfix.wording import guess

_FORM = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)(?:(\+?=)(.*))?", re.DOTALL)
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_ELSEWHERE = {"id": "The id is the file's name", "status": "`hotfix advance` moves the status"}


@dataclass(frozen=True)
class Assignment:
    """One field to set.

    Attributes:
        place: Where in the record.
        value: The value; nothing where it is to be found out.
        adds: Whether it goes to the end of a list.
        node: What the schema says of the place.
    """

    place: Pointer
    value: Any
    adds: bool
    node: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The field with dots."""
        return dotted(self.place)


def read(text: str, policy: Policy) -> Assignment:
    """Read `work.owner=me`, `release.includes+=HF-2026-0007`, or a field alone.

    Raises:
        SetupError: There is no such field, or the value is not of its type.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise SetupError(
            f"`{shorten(text)}` is no field of a record. Write `FIELD=VALUE`, as `work.owner=checkout-oncall`."
        )
    name, sign, written = found.groups()
    if name in _ELSEWHERE:
        raise SetupError(f"`{name}` can not be set: {_ELSEWHERE[name]}.")
    place, node = _find(name, policy)
    if sign is None:
        return Assignment(place, None, adds=False, node=node)
    adds = sign == "+="
    if adds and node.get("type") != "array":
        raise SetupError(f"`{name}` is no list, so nothing can be added to it. Write `{name}=…`.")
    written = written.replace("\r\n", "\n").strip()
    if not written:
        raise SetupError(f"`{name}` has no value. Write `{name}=…`; to take the field out, `--unset {name}`.")
    schema = policy.shape.schema
    item = resolve(schema, node.get("items", {}))
    if adds:
        return Assignment(place, _value(name, item, written), adds=True, node=node)
    if node.get("type") == "array" and not written.startswith("["):
        return Assignment(place, [_value(name, item, written)], adds=False, node=node)
    return Assignment(place, _value(name, node, written), adds=False, node=node)


def place_of(name: str, policy: Policy) -> Pointer:
    """Find a field by its name with dots; raises as `read`."""
    return _find(name, policy)[0]


def _find(name: str, policy: Policy) -> tuple[Pointer, Mapping[str, Any]]:
    schema = policy.shape.schema
    node: Mapping[str, Any] = schema
    place: list[str | int] = []
    for part in name.split("."):
        node = resolve(schema, node)
        known = node.get("properties", {})
        if part in known:
            node = known[part]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        elif node.get("type") == "array" and part.isascii() and part.isdecimal():
            place.append(int(part))
            node = node.get("items", {})
            continue
        else:
            raise _unknown(name, schema)
        place.append(part)
    return tuple(place), resolve(schema, node)


def _unknown(name: str, schema: Mapping[str, Any]) -> SetupError:
    known = [dotted(place) for place, _ in fields(schema) if "*" not in place and 0 not in place]
    last = [one for one in known if one.rpartition(".")[2] == name.rpartition(".")[2]]
    meant = guess(name, known) or (last[0] if len(last) == 1 else None)
    advice = f"Did you mean `{meant}`?" if meant else "`hotfix schema record` lists the fields."
    return SetupError(f"`{shorten(name)}` is no field of a record. {advice}")


def _value(name: str, node: Mapping[str, Any], written: str) -> Any:
    kind = node.get("type")
    if kind == "number":
        try:
            number = json.loads(written.replace(",", "."))
        except (ValueError, RecursionError):
            number = None
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise SetupError(
                f"`{name}` is a number, and `{shorten(written)}` is none. Write it as `{name}=14` or `{name}=2.5`."
            )
        return number
    if kind == "boolean":
        if written.lower() not in _BOOLEANS:
            raise SetupError(f"`{name}` is `true` or `false`, and not `{shorten(written)}`.")
        return _BOOLEANS[written.lower()]
    if kind in ("object", "array"):
        return _structure(name, kind, written)
    return written


def _structure(name: str, kind: str, written: str) -> Any:
    """Read a value with parts, in YAML: `{branch: main, url: "https://…"}`. The braces may be left out."""
    text = written if kind == "array" or written.startswith("{") else "{" + written + "}"
    read_as = source.parse(f"value: {text}\n".encode("utf-8", "surrogatepass"), front_matter=False)
    value = (read_as.data or {}).get("value")
    if read_as.problems or not isinstance(value, dict if kind == "object" else list) or len(read_as.data or {}) != 1:
        shape = "[one, two]" if kind == "array" else "name: value, name: value"
        why = (
            f": {read_as.problems[0].message[:1].lower()}{read_as.problems[0].message[1:]}" if read_as.problems else ""
        )
        raise SetupError(f"`{name}={shorten(written)}` can not be read{why}. Write it as `{name}='{shape}'`.")
    return value
