"""The language server: a thin adapter between an editor that speaks LSP and the desk. It reads and never writes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from mkdocs_hotfix import gate
from mkdocs_hotfix.desk import Desk, Judgement, Proposal
from mkdocs_hotfix.findings import Finding, Level, Span, visible

_PAUSE = 0.2
"""Seconds without a key before the records are judged anew."""

_SEVERITIES = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.NOTE: types.DiagnosticSeverity.Information,
}


class _Server(LanguageServer):
    """The server of one editor.

    Attributes:
        desk: The open files.
        named: The address under which the editor knows each of them.
    """

    def __init__(self) -> None:
        # Whole texts: where lines end is then never a matter of opinion between the editor and this library.
        super().__init__(
            "mkdocs-hotfix", version("mkdocs-hotfix"), text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.desk = Desk()
        self.named: dict[Path, str] = {}
        self._waiting: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Judge when the keys have been still for a moment."""
        if self._waiting:
            self._waiting.cancel()
        self._waiting = asyncio.get_running_loop().call_later(_PAUSE, self.judge)

    def judge(self) -> None:
        """Judge all open files and tell the editor. A bug of ours is said and never looks like "nothing found"."""
        self._waiting = None
        try:
            judged = self.desk.judge(gate.now())
        except Exception as error:  # noqa: BLE001 - the last line of defence
            trouble = f"This is a bug in mkdocs-hotfix, not in your record. It was not judged: {error!r}"
            judged = {file: Judgement(trouble=trouble) for file in self.named}
        for file, judgement in judged.items():
            self._tell(file, [_diagnostic(self, file, one, judgement) for one in judgement.findings], judgement.trouble)

    def forget(self, file: Path) -> None:
        """Take a closed file's findings away."""
        self.desk.close(file)
        self._tell(file, [], "")
        self.named.pop(file, None)

    def _tell(self, file: Path, diagnostics: list[types.Diagnostic], trouble: str) -> None:
        if trouble:
            here = types.Range(types.Position(0, 0), types.Position(0, 3))
            said = types.Diagnostic(here, trouble, types.DiagnosticSeverity.Error, source="hotfix")
            diagnostics = [said, *diagnostics]
        if file in self.named:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.named[file], diagnostics))

    def file(self, uri: str) -> Path | None:
        """Return the path of a file that the editor names, if it is one of the disk and open."""
        path = uris.to_fs_path(uri) if uri.startswith("file:") else None
        return Path(os.path.abspath(path)) if path else None

    def range(self, file: Path, span: Span) -> types.Range:
        """Write a place in the units that the editor counts in, which are UTF-16's unless it says otherwise."""
        lines = self.desk.lines(file)
        codec = self.workspace.position_codec
        start, end = (
            types.Position(span.line - 1, span.column - 1),
            types.Position(span.end_line - 1, span.end_column - 1),
        )
        return types.Range(codec.position_to_client_units(lines, start), codec.position_to_client_units(lines, end))

    def column(self, file: Path, position: types.Position) -> int:
        """Return the column in characters of a place that the editor names."""
        lines = self.desk.lines(file)
        if position.line >= len(lines):
            return 0
        return self.workspace.position_codec.position_from_client_units(lines, position).character


def make() -> LanguageServer:
    """Make the server with all that it can do."""
    server = _Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        file = server.file(params.text_document.uri)
        if file:
            server.named[file] = params.text_document.uri
            server.desk.open(file, params.text_document.text)
            server.soon()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        file = server.file(params.text_document.uri)
        if file in server.named and params.content_changes:
            server.desk.open(file, params.content_changes[-1].text)
            server.soon()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_params: types.DidSaveTextDocumentParams) -> None:
        server.soon()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def elsewhere(_params: types.DidChangeWatchedFilesParams) -> None:
        server.soon()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        file = server.file(params.text_document.uri)
        if file in server.named:
            server.forget(file)
            server.soon()

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", ":", "{", ","]))
    def complete(params: types.CompletionParams) -> types.CompletionList:
        return _complete(server, params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        file = server.file(params.text_document.uri)
        if file not in server.named:
            return None
        _, told = server.desk.explain(file, params.position.line, server.column(file, params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def mend(params: types.CodeActionParams) -> list[types.CodeAction]:
        return _mend(server, params)

    return server


def serve() -> None:
    """Serve one editor on standard input and output, until it says goodbye."""
    sys.setrecursionlimit(1_000)
    make().start_io()


def _diagnostic(server: _Server, file: Path, finding: Finding, judgement: Judgement) -> types.Diagnostic:
    address = f"{judgement.handbook}/rules/#{finding.slug}" if judgement.handbook else ""
    return types.Diagnostic(
        server.range(file, finding.span),
        "\n".join(map(visible, (finding.message, *finding.help))),
        _SEVERITIES[finding.level],
        code=f"{finding.code} {finding.slug}",
        code_description=types.CodeDescription(address) if address else None,
        source="hotfix",
    )


def _complete(server: _Server, params: types.CompletionParams) -> types.CompletionList:
    file = server.file(params.text_document.uri)
    nothing = types.CompletionList(is_incomplete=False, items=[])
    if file not in server.named:
        return nothing
    column = server.column(file, params.position)
    found = server.desk.complete(file, params.position.line, column, gate.now())
    if found is None:
        return nothing
    cursor, proposals = found
    place = server.range(file, Span(cursor.line + 1, cursor.start + 1, cursor.line + 1, max(cursor.end, column) + 1))
    follows = server.desk.lines(file)[cursor.line][max(cursor.end, column) :].lstrip()[:1] == ":"
    items = [_item(one, number, place, cursor.on == "key", follows) for number, one in enumerate(proposals)]
    return types.CompletionList(is_incomplete=False, items=items)


def _item(one: Proposal, number: int, place: types.Range, is_name: bool, follows: bool) -> types.CompletionItem:
    ending = "" if not is_name or follows else ":" if one.on == "object" else ": "
    return types.CompletionItem(
        one.text,
        kind=types.CompletionItemKind.Field if is_name else types.CompletionItemKind.Value,
        detail=one.means or None,
        sort_text=f"{number:04}",  # the order of the schema and the policy, which is that of the process
        filter_text=one.text,
        text_edit=types.TextEdit(place, f"{one.text}{ending}"),
    )


def _mend(server: _Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    file = server.file(params.text_document.uri)
    if file not in server.named:
        return []
    here = server.desk.mendings(file, params.range.start.line, params.range.end.line)
    made = [_action(server, file, f"Write {visible(one.fix)}", [one], preferred=True) for one in here]
    everywhere = server.desk.mendings(file, 0, len(server.desk.lines(file)))
    if here and len(everywhere) > 1:
        title = f"Mend all {len(everywhere)} places that have one meaning"
        made.append(_action(server, file, title, everywhere, preferred=False))
    return made


def _action(
    server: _Server, file: Path, title: str, findings: Sequence[Finding], *, preferred: bool
) -> types.CodeAction:
    edits = [types.TextEdit(server.range(file, one.span), one.fix) for one in findings]
    change = types.WorkspaceEdit(changes={server.named[file]: edits})
    return types.CodeAction(title, types.CodeActionKind.QuickFix, edit=change, is_preferred=preferred)
