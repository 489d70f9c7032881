"""The language server over standard input and output, with the client of another program's makers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from mkdocs_hotfix.cli.lsp import lsp

PROGRAM = Path(sys.executable).parent / "hotfix"
RECORD = """\
---
id: HF-2026-0042
title: "🔥🔥 Checkout fails"
status: reported
severity: major
service: checkout
reported: {at: 2026-04-14T01:04:00Z, by: support-lead}
---

The release renamed a field.
"""


class Editor:
    """An editor with one file open."""

    def __init__(self, file: Path) -> None:
        self.client = LanguageClient("an editor", "1")
        self.uri = file.as_uri()
        self.version = 0
        self.shown: asyncio.Queue[list[types.Diagnostic]] = asyncio.Queue()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            assert params.uri == self.uri
            self.shown.put_nowait(list(params.diagnostics))

    async def start(self) -> types.InitializeResult:
        await self.client.start_io(str(PROGRAM), "lsp")
        started = await self.client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
        self.client.initialized(types.InitializedParams())
        return started

    async def open(self, text: str) -> list[types.Diagnostic]:
        item = types.TextDocumentItem(self.uri, "markdown", self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.next()

    async def type(self, text: str) -> list[types.Diagnostic]:
        self.version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        return await self.next()

    async def next(self) -> list[types.Diagnostic]:
        return await asyncio.wait_for(self.shown.get(), 30)

    @property
    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1776130200")
    monkeypatch.chdir("/")
    file = tmp_path / "docs" / "hotfixes" / "HF-2026-0042.md"
    file.parent.mkdir(parents=True)
    return file


def session(file: Path, act: Callable[[Editor], Awaitable[None]]) -> None:
    async def run() -> None:
        editor = Editor(file)
        await editor.start()
        try:
            await act(editor)
        finally:
            await editor.stop()

    # In a thread of its own: in the main one the browser of other tests keeps a loop going.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()


@pytest.mark.slow
def test_an_editor_shows_what_the_gate_says_while_one_types(file: Path):
    async def act(editor: Editor) -> None:
        assert await editor.open(RECORD) == []
        (found,) = await editor.type(RECORD.replace("status: reported", "status: triaged"))
        assert found.code == "APP605 missing-requirement"
        assert found.severity == types.DiagnosticSeverity.Error
        assert found.source == "hotfix"
        assert "triage" in found.message
        assert (found.range.start, found.range.end) == (types.Position(3, 8), types.Position(3, 15))
        assert await editor.type(RECORD) == []
        wide = RECORD.replace("reported: {", 'summary: "🔥é値"\nreported: {because: "🔥🔥", nonsense: 1, ')
        (found,) = await editor.type(wide)
        line = wide.split("\n")[7]
        before = line[: line.index("nonsense")]
        assert found.range.start == types.Position(7, len(before.encode("utf-16-le")) // 2)
        assert found.range.end.character - found.range.start.character == len("nonsense")
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(editor.document))
        assert await editor.next() == []

    session(file, act)
    assert not file.exists()


@pytest.mark.slow
def test_an_editor_gets_proposals_explanations_and_mendings(file: Path):
    text = RECORD.replace("severity: major", "severity: ").replace("title:", "titel:")

    async def act(editor: Editor) -> None:
        shown = await editor.open(text)
        offered = await editor.client.text_document_completion_async(
            types.CompletionParams(editor.document, types.Position(4, 10))
        )
        assert isinstance(offered, types.CompletionList)
        assert [one.label for one in offered.items] == ["critical", "major"]
        edit = offered.items[0].text_edit
        assert isinstance(edit, types.TextEdit)
        assert edit.range == types.Range(types.Position(4, 10), types.Position(4, 10))
        names = await editor.client.text_document_completion_async(
            types.CompletionParams(editor.document, types.Position(3, 2))
        )
        assert isinstance(names, types.CompletionList)
        assert {one.text_edit.new_text for one in names.items if one.text_edit} >= {"triage", "work"}
        told = await editor.client.text_document_hover_async(types.HoverParams(editor.document, types.Position(3, 2)))
        assert told
        assert isinstance(told.contents, types.MarkupContent)
        assert "**status**: What the record claims" in told.contents.value
        misspelt = next(one for one in shown if one.message.startswith("Field `titel`"))
        actions = await editor.client.text_document_code_action_async(
            types.CodeActionParams(editor.document, misspelt.range, types.CodeActionContext([misspelt]))
        )
        assert actions
        action = actions[0]
        assert isinstance(action, types.CodeAction)
        assert (action.title, action.kind) == ("Write title", types.CodeActionKind.QuickFix)
        assert action.edit
        assert action.edit.changes
        (change,) = action.edit.changes[editor.uri]
        assert (change.range, change.new_text) == (misspelt.range, "title")
        nothing = await editor.client.text_document_hover_async(
            types.HoverParams(editor.document, types.Position(9, 2))
        )
        assert nothing is None

    session(file, act)


@pytest.mark.slow
def test_hostile_documents_and_positions_leave_the_server_alive(file: Path):
    async def act(editor: Editor) -> None:
        assert await editor.open("---\n" + "[" * 30_000)
        for text in (
            "",
            "---\n" + "a: {" * 5_000,
            "---\na: &a [*a]\n---\n",
            "x" * (2 << 20),
            "---\r\na\u2028b: \U0001f525\r\n",
        ):
            assert await editor.type(text)
        for position in (types.Position(0, 0), types.Position(10**6, 10**6), types.Position(1, 10**6)):
            await editor.client.text_document_completion_async(types.CompletionParams(editor.document, position))
            await editor.client.text_document_hover_async(types.HoverParams(editor.document, position))
        assert await editor.type(RECORD.replace("\n", "\r\n")) == []

    session(file, act)


def test_without_its_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("mkdocs_hotfix.cli.lsp"), "find_spec", lambda _: None)
    result = CliRunner().invoke(lsp, [], standalone_mode=False)
    assert str(result.exception) == (
        "The language server needs pygls, which is not installed: `pip install 'mkdocs-hotfix[lsp]'`."
    )


@pytest.mark.slow
def test_an_editor_that_goes_away_ends_the_server():
    ended = subprocess.run([PROGRAM, "lsp"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    assert b"Traceback" not in ended.stderr
