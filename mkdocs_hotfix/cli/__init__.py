"""The command line: a thin door to the gate. Also installed as `hotfix`. A new command is one module here and its name below."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping

import click

from mkdocs_hotfix.cli.group import Path
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.plain import inert

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Start": ("init",),
    "File a hotfix": ("new", "triage"),
    "Complete its record": (
        "set",
        "attach",
        "approve",
        "deploy",
        "communicate",
        "review",
        "advance",
        "rollback",
        "withdraw",
    ),
    "Review": ("next", "list", "check"),
    "Publish": ("eject", "render", "verify-site"),
    "Explain": ("rule", "schema", "completion", "lsp"),
}
"""Every command, in the order of the help: as a hotfix needs them. A command's module has its name, if not told below."""

_MODULES = {"communicate": "attach", "rollback": "deploy", "withdraw": "deploy"}


def main() -> None:
    """Run the program and leave with its exit code.

    0: nothing to do. 1: the gate is closed. 2: wrong usage or set-up, no records found. 3: a bug of ours.
    130: interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        click.echo(inert(told.getvalue()), err=True, nl=False)
        code = 2
    except SetupError as error:
        click.echo(inert(str(error)), err=True)
        code = 2
    except BrokenPipeError:
        # The reader has gone; the gate's answer has not been heard, so it is not yes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception:  # noqa: BLE001 - the last line of defence: never a green exit on a crash
        import traceback  # noqa: PLC0415 - a check starts without it

        traceback.print_exc()
        click.echo("This is a bug in mkdocs-hotfix, not in your records. Nothing was approved.", err=True)
        code = 3
    sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Path, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mkdocs-hotfix", prog_name="mkdocs-hotfix")
def cli() -> None:
    """The hot-fix process, from the first report to the published record.

    One policy file says what a record must carry to claim what it claims. The
    commands stand in the order in which a hotfix needs them.

    \b
    Examples:
      hotfix init                 set a handbook up
      hotfix new                  file a hotfix: what is not given is asked
      hotfix next                 what is due now, and the command for it
      hotfix check                judge every record
      hotfix check --help         more about one command
    """  # noqa: D301 - click marks with a backspace what it shall not wrap


cli.arrange(SECTIONS, _MODULES)
