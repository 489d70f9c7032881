"""The same records as directives of sphinx-needs, line by line, and the same schema as far as it can be told there.

What goes over: every field that is a text, a number or a yes, however deep it lies, as an option (`triage.at` is `:triage_at:`),
and lists of texts. What does not: lists of objects (links, approvals, merges back, actions), since an option holds none; and that
a version is text, since every option is. Values stay as they are written, so that a wrong one stays wrong. The directive stands in line 1,
where no record has an error: it is the line that sphinx-needs names. A record's text is a literal block, which costs the least.
Which fields a status must carry is the policy's, so no peer is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FIELD = re.compile(r"( *)(- )?([A-Za-z][A-Za-z0-9_-]*):(?: (.*))?")
_OWN = ("id", "title", "status")  # options or arguments of every need
_TAKEN = {"links": "record_links", "layout": "layout_", "style": "style_", "tags": "tags_"}


def directive(text: str) -> str:
    """Write a record as a directive, each line of its front matter that has an option on a line of its own."""
    head, body = text.removeprefix("---\n").split("---\n", 1)
    lines = head.split("\n")
    title = next((line[7:].strip().strip('"') for line in lines if line.startswith("title: ")), "")
    options = [f"   :{name}: {value}" for name, value in _options(lines) if name != "title"]
    quoted = "\n".join(f"      {line}".rstrip() for line in body.split("\n"))
    return "\n".join([f".. hotfix:: {title}", *options, "", "   ::", "", quoted, ""])


def _options(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each field that an option can hold, under the names of all that it lies in."""
    path: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        found = _FIELD.fullmatch(lines[at])
        at += 1
        if not found or found[2]:
            continue  # an item of a list
        indent = len(found[1])
        path = [*((deep, name) for deep, name in path if deep < indent), (indent, found[3])]
        name = "_".join(part for _, part in path).replace("-", "_")
        name = _TAKEN.get(name, name)
        below = []
        while at < len(lines) and lines[at].startswith(" " * (indent + 1)):
            below.append(lines[at].strip())
            at += 1
        if found[4] in (">-", "|", "|-"):
            yield name, " ".join(below)
        elif found[4]:
            yield name, found[4].strip('"')
        elif below and all(line.startswith("- ") and not re.match(r"- [a-z_]+: ", line) for line in below):
            yield name, ", ".join(line[2:].strip('"') for line in below)
        elif (below and below[0].startswith("- ")) or name == "extra":
            continue  # a list of objects, or fields that the schema does not name
        else:
            at -= len(below)


def fields(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Tell which options there are, and the shape of each, from the schema of records."""
    found: dict[str, dict[str, Any]] = {}

    def collect(name: str, here: dict[str, Any]) -> None:
        while "$ref" in here:
            here = {
                **schema["$defs"][here["$ref"].rsplit("/", 1)[-1]],
                **{k: v for k, v in here.items() if k != "$ref"},
            }
        for key, inner in here.get("properties", {}).items():
            collect(f"{name}_{key}".strip("_").replace("-", "_"), inner)
        if not here.get("properties") and name not in _OWN:
            found[_TAKEN.get(name, name)] = _shape(here)

    collect("", schema)
    return found


def _shape(here: dict[str, Any]) -> dict[str, Any]:
    kind = here.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return {"type": "array", "items": {"type": "string"}}
    if kind == "object":
        return {"type": "string"}
    known = {
        key: here[key] for key in ("enum", "minLength", "maxLength", "minimum", "maximum", "format") if key in here
    }
    if kind != "string":
        known = {key: one for key, one in known.items() if key in ("enum", "minimum", "maximum")}
    if known.get("format") not in (None, "date-time", "date", "uri"):
        known.pop("format")
    return {"type": kind, **known}


def write(schema: Path, records: Path, source: Path) -> None:
    """Write the project: its settings, the schema of its needs, and a page for each record."""
    read = json.loads(schema.read_text("utf-8"))
    source.mkdir()
    shapes = fields(read)
    status = {"type": "string", "enum": read["properties"]["status"]["enum"]}
    local = {"required": ["status"], "properties": {"status": status}}  # an id and a title it asks for itself
    (source / "schemas.json").write_text(json.dumps({"schemas": [{"id": "record", "validate": {"local": local}}]}))
    (source / "conf.py").write_text(
        "extensions = ['sphinx_needs']\n"
        "needs_types = [{'directive': 'hotfix', 'title': 'Hotfix', 'prefix': 'HF-'}]\n"
        "needs_id_regex = '^HF-[0-9]{4}-[0-9]{4}$'\n"
        f"needs_fields = { ({name: {'schema': shape} for name, shape in shapes.items()})!r}\n"
        "needs_schema_definitions_from_json = 'schemas.json'\n"
        "show_warning_types = True\n"
    )
    names = sorted(file.stem for file in records.glob("HF-*.md"))
    for name in names:
        (source / f"{name}.rst").write_text(
            f"{directive((records / f'{name}.md').read_text('utf-8'))}\n{name}\n{'=' * len(name)}\n", "utf-8"
        )
    listed = "\n".join(f"   {name}" for name in names)
    (source / "index.rst").write_text(f"Hotfixes\n========\n\n.. toctree::\n\n{listed}\n", "utf-8")
