"""MkDocs' own configuration, changed at the places that change. It may hold tags and anchors that no record may hold.

It is never loaded: a tag there can name any function of Python, and only MkDocs shall call that.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from mkdocs_hotfix import outline
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.outline import At, Node

PLUGIN = "hotfix"
OWN = frozenset([PLUGIN, "mkdocs-hotfix/hotfix"])
"""Names under which MkDocs may know it."""


@dataclass(frozen=True)
class SiteConfig:
    """The text of a `mkdocs.yml`, with line breaks as they are, and how it is laid out."""

    name: str
    text: str
    root: Node

    @classmethod
    def read(cls, raw: bytes, name: str) -> SiteConfig:
        """Lay out a configuration.

        Raises:
            SetupError: It is not YAML, or not a mapping.
        """
        try:
            text = raw.decode("utf-8")
            root = outline.read(text.replace("\r\n", "\n").removeprefix("\ufeff"))
        except UnicodeDecodeError:
            raise SetupError(f"{name} is not UTF-8. Save it so, and run this again.") from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise SetupError(
                f"{name}:{line}: YAML can not read this: {error.problem}. Mend it, and run this again."
            ) from None
        if not root.is_map:
            raise SetupError(f"{name} holds no fields. Write at least `site_name: …`, or delete it.")
        names = [key for key, _ in root.keys]
        for key in ("plugins", "docs_dir", "nav"):
            if names.count(key) > 1:
                raise SetupError(f"{name} says `{key}` twice. Keep one of the two, and run this again.")
        return cls(name, text, root)

    def has(self, key: str) -> bool:
        """Tell whether it says something about a key, if only nothing."""
        return self.root.index(key) is not None

    def scalar(self, key: str) -> str | None:
        """Return a plain value as text; nothing where there is none.

        Raises:
            SetupError: The value is computed.
        """
        node = self.root.at((key,))
        if node is None:
            return None
        written = self._slice(node)
        if written[:1] in ("!", "*", "&", "[", "{") or "\n" in written:
            raise SetupError(
                f"{self._place(node)} `{key}` is computed, and only MkDocs can tell what it is. Set this up by hand."
            )
        return written.strip("\"'") or None

    def plugins(self) -> list[str] | None:
        """Name the plugins; nothing where it does not say any.

        Raises:
            SetupError: They are written in a way that can not be told without MkDocs.
        """
        node = self.root.at(("plugins",))
        if node is None or self._slice(node) in ("", "~", "null"):
            return None
        if self._slice(node)[:1] in ("!", "*", "&") or not (node.is_map or node.is_list):
            raise SetupError(
                f"{self._place(node)} `plugins` is not a plain list. Add `{PLUGIN}` to it by hand, and run this again."
            )
        if node.is_map:
            return [key for key, _ in node.keys]
        return [part.keys[0][0] if part.is_map and part.keys else self._slice(part).strip("\"'") for part in node.parts]

    def option(self, name: str) -> str | None:
        """Return an option of our plugin as text; nothing where it is not given."""
        node = self.root.at(("plugins",))
        if node is None:
            return None
        for one in [node] if node.is_map else [part for part in node.parts if part.is_map]:
            given = next((found for own in OWN if (found := one.at((own, name)))), None)
            if given is not None:
                return self._slice(given).strip("\"'") or None
        return None

    def with_plugin(self) -> str:
        """Return the text with our plugin among the others, as the last one."""
        node = self.root.at(("plugins",))
        if node is None:
            return self._appended(["plugins:", "  - search", f"  - {PLUGIN}"])
        if self.plugins() is None:
            # Naming one plugin drops the search that MkDocs has by itself.
            return self._spliced(node.start, node.end, ("" if self._slice(node) else " ") + f"[search, {PLUGIN}]")
        return self._with_item(node, PLUGIN, [f"- {PLUGIN}"] if node.is_list else [f"{PLUGIN}: {{}}"])

    def with_pages(self, section: list[str]) -> str | None:
        """Return the text with a section behind the others of `nav`; nothing where that is no list with a line each."""
        node = self.root.at(("nav",))
        if node is None or node.style != "list" or not node.parts:
            return None
        return self._with_item(node, "", section)

    def _with_item(self, node: Node, word: str, lines: list[str]) -> str:
        if node.is_flow:
            short = word if node.is_list else f"{word}: {{}}"
            if not node.parts:
                return self._spliced(node.start, node.end, f"[{short}]" if node.is_list else f"{{{short}}}")
            end = max(node.parts[-1].end, node.keys[-1][1].end) if node.keys else node.parts[-1].end
            return self._spliced(end, end, f", {short}")
        last = max(node.parts[-1].end, node.keys[-1][1].end) if node.keys else node.parts[-1].end
        end = At(last.line, len(self._lines()[last.line]))
        return self._spliced(end, end, "".join(f"\n{' ' * node.start.column}{line}" for line in lines))

    def _appended(self, lines: list[str]) -> str:
        if self.root.is_flow:
            end = max(self.root.parts[-1].end, self.root.keys[-1][1].end)
            return self._spliced(end, end, f', "plugins": ["search", "{PLUGIN}"]')
        rows = self._lines()
        last = max(number for number, row in enumerate(rows) if row.strip())
        end = At(last, len(rows[last]))
        break_ = "" if last < len(rows) - 1 else "\n"
        return self._spliced(end, end, "\n\n" + "\n".join(lines) + break_)

    # -- the text ------------------------------------------------------------------------------------------

    def _lines(self) -> list[str]:
        return self.text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")

    def _slice(self, node: Node) -> str:
        lines = self._lines()[node.start.line : node.end.line + 1]
        lines[-1] = lines[-1][: node.end.column]
        lines[0] = lines[0][node.start.column :]
        return "\n".join(lines)

    def _spliced(self, start: At, end: At, text: str) -> str:
        mark = "\ufeff" if self.text.startswith("\ufeff") else ""
        lines = self.text.removeprefix(mark).split("\n")  # CR stays at the end of its line
        head, tail = lines[start.line][: start.column], lines[end.line][end.column :]
        text = text.replace("\n", "\r\n" if "\r\n" in self.text else "\n")
        return mark + "\n".join([*lines[: start.line], head + text + tail, *lines[end.line + 1 :]])

    def _place(self, node: Node) -> str:
        return f"{self.name}:{node.start.line + 1}:{node.start.column + 1}:"
