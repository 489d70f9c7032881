"""Text that no reader obeys: not a job's log, not a page, not an XML parser."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from mkdocs_hotfix.findings import visible

_COMMAND = re.compile(r"##(?=\w*\[)")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!~$@:^=\"']")


def inert(text: str) -> str:
    """Break the commands that runners obey in the middle of a line: `##[command]` of GitHub, `##vso[…]` of Azure."""
    return _COMMAND.sub("# #", text)


def ascii_json(value: Any) -> str:
    """Write JSON in ASCII and without a runner's command, so that no terminal or log stumbles over it."""
    return _COMMAND.sub(r"#\\u0023", json.dumps(value, indent=2)) + "\n"


def xml_text(text: str) -> str:
    """Replace what XML 1.0 can not say: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _not_xml().sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


@cache
def _not_xml() -> re.Pattern[str]:
    return re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # takes a while, and few ask for it


def markdown_text(text: str) -> str:
    """Escape one line of text for GitHub's and GitLab's Markdown, also within a table."""
    shown = _MARKDOWN.sub(lambda found: f"\\{found[0]}", visible(text))
    return shown.translate({ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("|"): "&#124;"})
