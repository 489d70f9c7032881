"""The published schemas, and the way through one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mkdocs_hotfix.findings import Pointer


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Return one of the published schemas: `record`, `policy`, `findings` or `releases`."""
    text = files("mkdocs_hotfix.schemas").joinpath(f"{name}.schema.json").read_text("utf-8")
    read: Mapping[str, Any] = json.loads(text)
    return read


def fields(schema: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Walk the named fields of a schema in order.

    Yields:
        The pointer of each field and its schema with `$ref` resolved. A table's free key is written `*`,
        a list's position `0`.
    """

    def walk(node: Mapping[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
        node = resolve(schema, node)
        for name, child in node.get("properties", {}).items():
            yield (*pointer, name), resolve(schema, child)
            yield from walk(child, (*pointer, name))
        extra = node.get("additionalProperties")
        if isinstance(extra, dict):
            yield (*pointer, "*"), resolve(schema, extra)
            yield from walk(extra, (*pointer, "*"))
        if isinstance(node.get("items"), dict):
            yield from walk(node["items"], (*pointer, 0))

    return walk(schema, ())


def resolve(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference inside the schema; what stands beside `$ref` wins over what it leads to."""
    if "$ref" not in node:
        return node
    target: Any = schema
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**resolve(schema, target), **{key: value for key, value in node.items() if key != "$ref"}}


def sample(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """Write a value that would do, with the parts that it needs left open: `{at: …, by: …}`."""
    node = resolve(schema, node)
    if node.get("type") == "array":
        return f"[{sample(schema, node.get('items', {}))}]"
    if node.get("type") != "object":
        return "true" if node.get("type") == "boolean" else "…"
    names = list(dict.fromkeys((*node.get("required", ()), *node.get("properties", ()))))
    names = names[: max(len(node.get("required", ())), node.get("minProperties", 0))]
    return "{" + ", ".join(f"{name}: …" for name in names) + "}" if names else "…"
