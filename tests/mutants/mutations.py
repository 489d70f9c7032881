"""What is changed in a module: mutmut's operators on every expression of it, and each condition forced both ways.

mutmut itself leaves out decorated functions, and every rule is one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_HEADED = (cst.If, cst.For, cst.While, cst.With, cst.Match, cst.MatchCase, cst.ExceptHandler, cst.Try)
"""Statements with a body of their own: only the head counts as their line."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module: where it is, how the lines read before and after, and the whole changed text."""

    module: str
    function: str
    """The outermost function or method it lies in; empty for what runs when the module is imported."""
    lines: range
    was: str
    now: str
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by when lines move."""
        return self.module, self.function, self.was, self.now


def of(file: Path, root: Path) -> Iterator[Mutant]:
    """Every mutant of a module, each once."""
    source = file.read_text("utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _Visitor()
    wrapper.visit(visitor)
    before, seen = source.splitlines(), set()
    for node, changed, function, lines in visitor.found:
        text = wrapper.module.deep_replace(node, changed).code
        try:
            compile(text, str(file), "exec", dont_inherit=True)
        except SyntaxError:
            continue
        if text in seen or text == source:
            continue
        seen.add(text)
        was, now = _difference(before, text.splitlines())
        yield Mutant(file.relative_to(root).as_posix(), function, lines, was, now, text)


def _difference(before: list[str], after: list[str]) -> tuple[str, str]:
    was, now = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            was += before[a:b]
            now += after[c:d]
    return " ".join(line.strip() for line in was), " ".join(line.strip() for line in now)


def _for_mypy_only(node: cst.CSTNode) -> bool:
    """Names of types, what makes a class frozen or small, and how it is shown: nothing of it changes an answer."""
    if isinstance(node, cst.If):
        return isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING"
    if isinstance(node, cst.Arg):
        return _is_for_show(node)
    if isinstance(node, cst.Decorator):
        return not cst.Module([]).code_for_node(node.decorator).startswith("judges_")
    if not isinstance(node, cst.Assign | cst.AnnAssign) or node.value is None:
        return False
    target = node.target if isinstance(node, cst.AnnAssign) else node.targets[0].target
    if isinstance(target, cst.Name) and target.value in ("__slots__", "__test__"):
        return True
    return cst.Module([]).code_for_node(node.value).startswith(("Literal[", "TypeVar("))


def _is_for_show(node: cst.Arg) -> bool:
    """`field(repr=False, compare=False)`."""
    return node.keyword is not None and node.keyword.value in ("repr", "compare")


def _told(call: cst.CSTNode) -> str:
    """The code of a call without what is for show."""
    assert isinstance(call, cst.Call)
    kept = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in call.args if not _is_for_show(arg)]
    return cst.Module([]).code_for_node(call.with_changes(args=kept))


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str, range]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom) or _for_mypy_only(node):
            return False
        mutated = [one for kind, operator in mutation_operators if isinstance(node, kind) for one in operator(node)]
        if isinstance(node, cst.Call) and any(map(_is_for_show, node.args)):
            mutated = [one for one in mutated if _told(one) != _told(node)]
        if isinstance(node, cst.SimpleString):
            del mutated[1:]  # the same text in capitals tells nothing that another text did not
        if isinstance(node, cst.If | cst.CompIf):
            mutated += [node.with_changes(test=cst.Name(word)) for word in ("True", "False")]
        if mutated:
            function, lines = self._place(node)
            self.found += [(node, one, function, lines) for one in mutated]
        return True

    def _place(self, node: cst.CSTNode) -> tuple[str, range]:
        """Find the function that has to be changed for this node, and the lines that lead to it when they run."""
        lines: range | None = None
        names: list[str] = []
        below, at = node, node
        while not isinstance(at, cst.Module):
            if lines is None and isinstance(at, cst.SimpleStatementLine):
                lines = self._lines(at)
            elif lines is None and isinstance(at, _HEADED):
                inner = at.cases[0] if isinstance(at, cst.Match) else at.body
                lines = range(self._lines(at).start, max(self._lines(inner).start, self._lines(at).start + 1))
            elif isinstance(at, cst.ClassDef):
                names.insert(0, at.name.value)
            elif isinstance(at, cst.FunctionDef):
                # Decorators and defaults run where the function is defined.
                names = [at.name.value] if below is at.body else []
                if not names:
                    lines = None
            below, at = at, self.get_metadata(ParentNodeProvider, at)
        inside = bool(names) and lines is not None and self._in_function(node)
        return (".".join(names) if inside else ""), lines or self._lines(node)

    def _in_function(self, node: cst.CSTNode) -> bool:
        below, at, inside = node, node, False
        while not isinstance(at, cst.Module):
            if isinstance(at, cst.FunctionDef):
                inside = below is at.body
            below, at = at, self.get_metadata(ParentNodeProvider, at)
        return inside

    def _lines(self, node: cst.CSTNode) -> range:
        place: CodeRange = self.get_metadata(PositionProvider, node)
        return range(place.start.line, place.end.line + 1)
