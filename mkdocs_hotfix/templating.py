"""The templates that come with the package. They escape everything, and know no undefined name.

Values of a record reach them as data and are never run as a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mkdocs_hotfix import times
from mkdocs_hotfix.verdicts import Verdict

TEMPLATES = PackageLoader("mkdocs_hotfix", "templates")


class _Context(Context):
    """Calls what templates call as Python does: no function of ours asks for the context, and looking for that takes longer."""

    def call(self, called: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Call a function, a method or a macro."""
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return called(*arguments, **named)


class _Inline(Extension):
    """`{% inline "NAME" %}` puts a template in its place when it is compiled: including ten at each record takes longer."""

    tags = {"inline"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Read the name, and return what stands in that template."""
        next(parser.stream)
        return self.environment.parse(source(parser.stream.expect("string").value)).body


class _Template(Template):
    """Escapes what it prints as all templates do, and leaves a text in which nothing is to be escaped as it is: nearly all."""

    @classmethod
    def from_code(cls, *compiled: Any, **named: Any) -> Template:
        """Make a template of what was compiled."""
        made = super().from_code(*compiled, **named)
        vars(made)["root_render_func"].__globals__["escape"] = _escaped
        return made


_SPECIAL = re.compile("[&<>'\"]").search


def _escaped(value: object) -> str:
    return value if type(value) is str and not _SPECIAL(value) else escape(value)


class _Environment(Environment):
    context_class = _Context
    template_class = _Template


@cache
def environment() -> Environment:
    """Make the environment of the templates that come with the package, once: compiling them takes half of a build."""
    made = _Environment(
        loader=TEMPLATES,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Inline],
        auto_reload=False,  # or each use of a template asks the disk whether it has changed
        optimized=False,  # there is next to nothing to work out beforehand, and to look for it takes a tenth of the time
    )
    made.filters.update(
        ticks=ticks,
        day=times.day,
        date=times.of_date,
        clock=times.clock,
        short_day=times.short_day,
        moment=times.moment,
        spell=times.spell,
        rfc3339=times.rfc3339,
        icon=partial(_drawn, "state"),
        squares=squares,
    )
    return made


def ticks(text: str) -> Markup:
    """Escape a sentence and set what stands between backticks as code."""
    parts = str(text).split("`")
    made = [Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)]
    return Markup().join(made)


def squares(verdicts: Sequence[Verdict]) -> Markup:
    """Draw a square for each verdict."""
    looks = (
        "met" if one.state == "met" else "bad" if one.is_open or one.state == "failed" else "open" for one in verdicts
    )
    return _drawn("squares", tuple(looks))


@lru_cache(maxsize=1 << 10)
def _drawn(macro: str, what: str | tuple[str, ...]) -> Markup:
    """Draw an icon once: the same few stand on every page."""
    return cast("Markup", getattr(environment().get_template("icons.html.j2").module, macro)(what))


def source(name: str) -> str:
    """Return the text of a template as its author wrote it."""
    return TEMPLATES.get_source(environment(), name)[0]
