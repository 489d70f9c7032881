"""`hotfix lsp`: the gate in an editor."""

from __future__ import annotations

from importlib.util import find_spec

import click

from mkdocs_hotfix.findings import SetupError


@click.command()
def lsp() -> int:
    """Serve an editor: findings while you type, proposals, explanations, quick fixes.

    An editor that speaks the Language Server Protocol starts this command for files
    of Markdown and talks to it on standard input and output. What is typed and not
    saved yet counts. Nothing is ever written.

    \b
    Examples:
      hotfix lsp
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    if find_spec("pygls") is None:
        raise SetupError("The language server needs pygls, which is not installed: `pip install 'mkdocs-hotfix[lsp]'`.")
    from mkdocs_hotfix import languageserver  # noqa: PLC0415 - an extra

    languageserver.serve()
    return 0
