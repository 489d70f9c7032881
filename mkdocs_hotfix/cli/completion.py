"""`hotfix completion`: teach the shell to complete commands, options, ids, kinds and statuses."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print what teaches your shell to complete commands and ids.

    The tab key then completes commands, options, ids of records, and the kinds of
    evidence and statuses of your policy.

    \b
    Put one line where the shell reads it at its start:
      bash   ~/.bashrc                    source <(hotfix completion bash)
      zsh    ~/.zshrc, after compinit     source <(hotfix completion zsh)
      fish   ~/.config/fish/config.fish   hotfix completion fish | source

    \b
    Examples:
      hotfix completion bash
      hotfix completion fish > ~/.config/fish/completions/hotfix.fish
    """  # noqa: D301 - click marks with a backspace what it shall not wrap
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - no other command needs it

    root = ctx.find_root()
    program = root.info_name or "hotfix"
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click brings all three
    variable = f"_{program}_COMPLETE".replace("-", "_").upper()
    click.echo(made(root.command, {}, program, variable).source())
    return 0
