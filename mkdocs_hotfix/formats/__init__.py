"""How findings are written. A new format is one module here and one line below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mkdocs_hotfix.formats import concise, github, gitlab, json, junit, sarif, text
from mkdocs_hotfix.gate import Report

Format: TypeAlias = Callable[[Report], str]

FORMATS: Mapping[str, Format] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
