"""Does the data have the agreed shape? Every failure in our own words, at its place.

A fast validator (jsonschema-rs) says yes to what is right, which is nearly everything. What it refuses goes to
`jsonschema`, whose errors are turned into sentences. Both check formats with the same functions and neither
ever fetches a `$ref`. Should the two disagree, the record is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mkdocs_hotfix import spelling, times
from mkdocs_hotfix.findings import Pointer, Problem, cap, dotted
from mkdocs_hotfix.published import fields, resolve, sample
from mkdocs_hotfix.quickly import at_a_glance, departures
from mkdocs_hotfix.telling import missing_field, say, say_name, unknown_field
from mkdocs_hotfix.times import DAY, accepts
from mkdocs_hotfix.wording import MISSING, UNKNOWN, WRONG_TYPE

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from mkdocs_hotfix.source import Source

MAX_PROBLEMS = 50


# -- formats -----------------------------------------------------------------------------------------------

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]++(?::[0-9]{1,4})?+(?:/[A-Za-z0-9._~/+,=-]*+)?+")  # nearly all


def _is_time(value: object) -> bool:
    try:  # as `accepts` does: a record has a dozen
        return not isinstance(value, str) or bool(times.read(value))
    except (ValueError, OverflowError):
        return False


def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(DAY.fullmatch(value) and accepts(date.fromisoformat, value))


def _is_uri(value: object) -> bool:
    if not isinstance(value, str) or _PLAIN_ADDRESS.fullmatch(value):
        return True
    return bool(_URI.fullmatch(value) and accepts(_web_address, value))


def _web_address(text: str) -> None:
    parts = urlsplit(text)
    parts.port  # noqa: B018 - raises on a port that is no number
    if parts.scheme.lower() in ("http", "https") and (not parts.hostname or "[" in parts.path + parts.query):
        raise ValueError(text)


FORMATS: Mapping[str, Callable[[object], bool]] = {"date-time": _is_time, "date": _is_day, "uri": _is_uri}
"""Every format that a schema may name; what is not here is not checked by anybody, so a test keeps them equal."""


# -- checking ----------------------------------------------------------------------------------------------


class Shape:
    """A compiled schema.

    Args:
        schema: A draft 2020-12 schema. References lead inside it only.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    @cached_property
    def _fast(self) -> Any:
        return _compiled(at_a_glance(self.schema))

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker, validators  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415

        formats = FormatChecker(formats=())
        for name, check in FORMATS.items():
            formats.checks(name)(check)
        extend: Any = validators.extend  # untyped in the library's stubs
        validator = extend(Draft202012Validator, {"pattern": self._pattern})
        return validator(self.schema, registry=Registry(), format_checker=formats)

    @cached_property
    def _matchers(self) -> dict[str, Any]:
        return {}

    def _pattern(self, _validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        """Ask the fast validator's engine, whose time is linear: Python's own hangs on `^(a+)+$`, and its `$` is not the end."""
        from jsonschema.exceptions import ValidationError  # noqa: PLC0415

        if pattern not in self._matchers:
            self._matchers[pattern] = matcher(pattern)
        if isinstance(instance, str) and not self._matchers[pattern].is_valid(instance):
            yield ValidationError(f"{instance!r} does not match {pattern!r}")

    def check(self, source: Source) -> tuple[Problem, ...]:
        """Compare a file's data with the schema; as many departures as somebody would read."""
        return cap(self.departures(source), MAX_PROBLEMS)

    def departures(self, source: Source) -> list[Problem]:
        """Compare a file's data with the schema.

        Returns:
            Nothing for data of the right shape; else every departure, in the order of the file.
        """
        if self._fast.is_valid(source.data):
            return []
        problems = list({(p.pointer, p.on): p for p in self._explain(source)}.values())
        if not problems:  # the two validators disagree: say no
            problems = [Problem("The front matter does not have the shape of a record", slug=WRONG_TYPE)]
        return sorted(problems, key=lambda p: source.span(p.pointer, p.on))

    def _errors(self, data: Any, part: Mapping[str, Any] | None) -> Iterable[Any]:
        """List what there is against data, or against a part of it; thoroughly where that is not plain."""
        schema = self.schema if part is None else part
        if isinstance(schema, dict):
            whole = self._whole(schema)
            found = departures(_compiled(whole).iter_errors(data), data, whole)
            if found is not None:
                return found
        slow = self._slow if part is None else self._slow.evolve(schema=part)
        thorough: Iterable[Any] = slow.iter_errors(data)
        return thorough

    def _whole(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """Give a part of the schema what it may refer to."""
        return {**part, "$defs": self.schema.get("$defs", {})}

    def _explain(
        self, source: Source, part: Mapping[str, Any] | None = None, inside: Pointer = ()
    ) -> Iterator[Problem]:
        """Tell every departure from the schema; or those of a part of the data from a part of the schema."""
        missing: set[Pointer] = set()
        for error in self._errors(source.value(inside), part):
            here: Pointer = (*inside, *error.absolute_path)
            if error.validator == "required":
                names = [name for name in error.validator_value if name not in error.instance]
                for name in names:
                    if (*here, name) not in missing:
                        missing.add((*here, name))
                        yield missing_field(here, name, error, self.schema)
            elif error.validator == "additionalProperties" and error.validator_value is False:
                known = list(error.schema.get("properties", {}))
                names = [name for name in error.instance if name not in known]
                # Where nothing is right, nothing is a slip; and to compare all with all would take for ever.
                meant = {name: spelling.only(name, known) for name in names} if len(names) <= MAX_PROBLEMS else {}
                for name in names:
                    found = unknown_field(here, name, known, error.instance, self._places)
                    yield self._renamed(found, source, error, meant)
            elif "propertyNames" in error.absolute_schema_path:
                yield say_name(here, error)
            else:
                found = say(here, error, source)
                values = spelling.values(error, source.written(here) if source.has(here) else "")
                value = next((one for one in values if _compiled(self._whole(error.schema)).is_valid(one)), None)
                yield found if value is None else replace(found, fix=source.rewritten(here, value))

    def _renamed(
        self, found: Problem, source: Source, error: ValidationError, meant: Mapping[str, str | None]
    ) -> Problem:
        """Mend a misspelt name if only one can be meant, nothing else claims that, and what stands there fits it."""
        name = meant.get(str(found.pointer[-1]))
        instance, schema = cast("Mapping[str, Any]", error.instance), cast("Mapping[str, Any]", error.schema)
        if name is None or name in instance or list(meant.values()).count(name) != 1:
            return found
        rest = list(self._explain(source, schema["properties"][name], found.pointer))
        back = {(*one.pointer[:-1], one.fix) for one in rest if one.slug == UNKNOWN and one.fix}
        fits = all(one.fix or (one.slug == MISSING and one.pointer in back) for one in rest)
        return replace(found, fix=name) if fits else found

    def sample(self, pointer: Pointer) -> str:
        """Write a value that would do at a place, with the parts that it needs left open: `{at: …, by: …}`."""
        node: Mapping[str, Any] = self.schema
        for part in pointer:
            node = resolve(self.schema, node).get("properties", {}).get(part, {})
        return sample(self.schema, node)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """Where in the schema each field name belongs, for `did you mean`."""
        places: dict[str, list[str]] = {}
        for pointer, _ in fields(self.schema):
            places.setdefault(str(pointer[-1]), []).append(dotted(pointer))
        return places


def _compiled(schema: Mapping[str, Any]) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - commands that check nothing start without it

    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        formats=dict(FORMATS),
        validate_formats=True,
        ignore_unknown_formats=False,
        retriever=_never,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def _never(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched: references lead inside the schema only")


def matcher(pattern: str) -> Any:
    """Compile a pattern so that it takes linear time, whatever it is compared with.

    Raises:
        ValueError: It can not be: it looks around or back, or it is too large.
    """
    import jsonschema_rs  # noqa: PLC0415 - commands that check nothing start without it

    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
