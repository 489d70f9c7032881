"""Questions on a terminal; elsewhere the options that are missing, all at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from mkdocs_hotfix.findings import shorten, visible

_NAMED = 12


class Questions:
    """Asks for what was not given. Without a terminal nothing is asked: `done` says what is missing."""

    def __init__(self) -> None:
        self.asks = sys.stdin.isatty()
        self._missing: list[str] = []
        self._why: list[str] = []

    def text(self, given: str | None, option: str, question: str, default: str = "", *, why: str = "") -> str:
        """Return what was given for an option, else ask; where nothing can be asked, the default.

        `why` says why it is not known, for the sentence that it is missing.
        """
        if given is not None and given.strip():
            return given.strip().replace("\r\n", "\n")
        if self.asks:
            answer: str = click.prompt(question, default=default or None, err=True)
            return answer.strip()
        if not default:
            self._missing.append(option)
            self._why += [why] if why else []
        return default

    def texts(self, given: Sequence[str], option: str, question: str) -> list[str]:
        """Return what was given for an option of which there can be several, else ask until a line is empty."""
        found = [one.strip() for one in given if one.strip()]
        if not found and self.asks:
            while answer := click.prompt(
                question if not found else "and", default="", show_default=False, err=True
            ).strip():
                found.append(answer)
        if not found:
            self._missing.append(option)
        return found

    def choice(self, given: str | None, option: str, question: str, known: Mapping[str, str]) -> str:
        """Return one of the names that are known.

        Args:
            given: What was given for the option.
            option: The option.
            question: The question, where nothing was given.
            known: The names, each with what it is called.

        Raises:
            click.UsageError: There is no such name.
        """
        if given is None and self.asks:
            for name, title in known.items():
                click.echo(f"  {visible(name)}" + (f"  {visible(title)}" if title != name else ""), err=True)
            answer: str = click.prompt(question, type=click.Choice(list(known)), show_choices=False, err=True)
            return answer
        if given is None:
            some = ", ".join([*known][:_NAMED]) + (", …" if len(known) > _NAMED else "")
            self._missing.append(f"{option} ({visible(some)})" if some else option)
            return ""
        return one_of_these(given, known, option)

    def yes(self, question: str) -> bool:
        """Ask a question that is answered with yes or no."""
        answer: bool = click.prompt(f"{question} [y/n]", value_proc=_yes_or_no, err=True)
        return answer

    def done(self) -> None:
        """End the program if something is missing.

        Raises:
            click.UsageError: Something is.
        """
        if self._missing:
            names = ", ".join(dict.fromkeys(self._missing))
            why = "".join(f" {one}" for one in dict.fromkeys(self._why))
            raise click.UsageError(f"Missing: {names}.{why} Nothing is asked here, since this is no terminal.")


def _yes_or_no(answer: str) -> bool:
    word = answer.strip().lower()
    if word not in ("y", "yes", "n", "no"):
        raise click.UsageError("Answer with y or n.")
    return word in ("y", "yes")


def one_of_these(given: str, known: Mapping[str, str], option: str) -> str:
    """Return a name if it is known; raises `click.UsageError` with the one that was probably meant."""
    from mkdocs_hotfix.wording import guess, one_of  # noqa: PLC0415 - `--help` starts without it

    if given in known:
        return given
    meant = guess(given, known)
    advice = f"Did you mean `{meant}`?" if meant else f"Known: {one_of(known)}." if known else "The policy has none."
    raise click.UsageError(f"{option}: `{shorten(visible(given))}` is not known. {visible(advice)}")


def pair(given: str, option: str) -> tuple[str, str]:
    """Part `NAME=TEXT`.

    Raises:
        click.UsageError: It is not written like that.
    """
    name, sign, text = given.partition("=")
    if not sign or not name.strip() or not text.strip():
        raise click.UsageError(f"{option} {shorten(visible(given))}: Write it as `{option} NAME=TEXT`.")
    return name.strip(), text.strip().replace("\r\n", "\n")
