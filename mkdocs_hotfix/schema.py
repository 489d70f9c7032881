"""Does the data have the agreed shape? Every failure in our own words, at its place.

A fast validator (jsonschema-rs) says yes to what is right, which is nearly everything. What it refuses goes to
`jsonschema`, whose errors are turned into sentences here. Both check formats with the same functions and neither
ever fetches a `$ref`. Should the two disagree, the record is refused.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mkdocs_hotfix import spelling
from mkdocs_hotfix.findings import Pointer, Problem, dotted, shorten

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from mkdocs_hotfix.source import Source

UNKNOWN, MISSING, WRONG_TYPE = "unknown-field", "missing-field", "wrong-type"
NOT_ALLOWED, NOT_TEXT = "not-allowed-value", "not-text"
MAX_PROBLEMS = 50


@cache
def published(name: str) -> Mapping[str, Any]:
    """Return one of the published schemas: `record`, `policy`, `findings` or `releases`."""
    text = files("mkdocs_hotfix.schemas").joinpath(f"{name}.schema.json").read_text("utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


# -- formats -----------------------------------------------------------------------------------------------

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_PLAIN_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


@lru_cache(maxsize=1 << 14)
def time(text: str) -> datetime:
    """Read a time as RFC 3339 section 5.6 writes it.

    Args:
        text: `2026-04-14T01:04:00Z`, `2026-04-14t03:04:00.5+02:00`. The zone is required. A leap second
            (`23:59:60Z`) counts as the second after it.

    Raises:
        ValueError: It is not such a time, or no such day or hour exists.
    """
    if _PLAIN_TIME.fullmatch(text):  # nearly all
        return datetime.fromisoformat(text)
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, clock, fraction, zone = found[1], found[2], (found[3] or "")[:7], found[4].upper()
    leap = clock.endswith(":60")
    clock = clock[:-2] + "59" if leap else clock
    if zone != "Z" and (int(zone[1:3]) > 23 or int(zone[4:]) > 59):  # noqa: PLR2004
        raise ValueError(text)
    at = datetime.fromisoformat(f"{day}T{clock}{fraction.ljust(7, '0') if fraction else ''}{zone}")
    offset = at.utcoffset()
    if offset is None:  # pragma: no cover - the pattern asks for a zone
        raise ValueError(text)
    in_utc = at.replace(tzinfo=None) - offset  # OverflowError is no ValueError: year 1 with an offset
    if leap:
        if in_utc.strftime("%H:%M") != "23:59":
            raise ValueError(text)
        at += timedelta(seconds=1)
    return at


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or _accepts(time, value)


def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(_DAY.fullmatch(value) and _accepts(date.fromisoformat, value))


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(_URI.fullmatch(value) and _accepts(_web_address, value))


def _web_address(text: str) -> None:
    parts = urlsplit(text)
    parts.port  # noqa: B018 - raises on a port that is no number
    if parts.scheme.lower() in ("http", "https") and (not parts.hostname or "[" in parts.path + parts.query):
        raise ValueError(text)


def _accepts(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, OverflowError):
        return False
    return True


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
        import jsonschema_rs  # noqa: PLC0415 - commands that check nothing start without it

        return jsonschema_rs.Draft202012Validator(
            dict(self.schema),
            formats=dict(FORMATS),
            validate_formats=True,
            ignore_unknown_formats=False,
            retriever=_never,
        )

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker, validators  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415

        formats = FormatChecker(formats=())
        for name, check in FORMATS.items():
            formats.checks(name)(check)
        extend: Any = validators.extend  # untyped in the library's stubs
        validator = extend(Draft202012Validator, {"pattern": _pattern})
        return validator(self.schema, registry=Registry(), format_checker=formats)

    def check(self, source: Source) -> tuple[Problem, ...]:
        """Compare a file's data with the schema.

        Returns:
            Nothing for data of the right shape; else every departure, in the order of the file.
        """
        if self._fast.is_valid(source.data):
            return ()
        problems = list({(p.pointer, p.on): p for p in self._explain(source)}.values())[:MAX_PROBLEMS]
        if not problems:  # the two validators disagree: say no
            problems = [Problem("The front matter does not have the shape of a record", slug=WRONG_TYPE)]
        return tuple(sorted(problems, key=lambda p: source.span(p.pointer, p.on)))

    def _explain(
        self, source: Source, part: Mapping[str, Any] | None = None, inside: Pointer = ()
    ) -> Iterator[Problem]:
        """Tell every departure from the schema; or those of a part of the data from a part of the schema."""
        missing: set[Pointer] = set()
        slow = self._slow if part is None else self._slow.evolve(schema=part)
        for error in slow.iter_errors(source.value(inside)):
            here: Pointer = (*inside, *error.absolute_path)
            if error.validator == "required":
                names = [name for name in error.validator_value if name not in error.instance]
                for name in names:
                    if (*here, name) not in missing:
                        missing.add((*here, name))
                        yield _missing(here, name, error, self.schema)
            elif error.validator == "additionalProperties" and error.validator_value is False:
                known = list(error.schema.get("properties", {}))
                names = [name for name in error.instance if name not in known]
                # Where nothing is right, nothing is a slip; and to compare all with all would take for ever.
                meant = {name: spelling.only(name, known) for name in names} if len(names) <= MAX_PROBLEMS else {}
                for name in names:
                    found = _unknown(here, name, known, error.instance, self._places)
                    yield self._renamed(found, source, error, meant)
            elif "propertyNames" in error.absolute_schema_path:
                yield _say_names(here, error)
            else:
                found = _SAY.get(str(error.validator), _say_other)(here, error, source)
                values = spelling.values(error, source.written(here) if source.has(here) else "")
                fits = self._slow.evolve(schema=error.schema).is_valid
                value = next((one for one in values if fits(one)), None)
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
        return _sample(self.schema, node)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """Where in the schema each field name belongs, for `did you mean`."""
        places: dict[str, list[str]] = {}
        for pointer, _ in fields(self.schema):
            places.setdefault(str(pointer[-1]), []).append(dotted(pointer))
        return places


def _never(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched: references lead inside the schema only")


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415

    # Python's `$` also matches before a last line break; a schema's pattern means the very end.
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def fields(schema: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Walk the named fields of a schema in order.

    Yields:
        The pointer of each field and its schema with `$ref` resolved. A table's free key is written `*`,
        a list's position `0`.
    """

    def walk(node: Mapping[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
        node = resolve(schema, node)
        for name, child in node.get("properties", {}).items():
            yield (*pointer, name), resolve(schema, child)
            yield from walk(child, (*pointer, name))
        extra = node.get("additionalProperties")
        if isinstance(extra, dict):
            yield (*pointer, "*"), resolve(schema, extra)
            yield from walk(extra, (*pointer, "*"))
        if isinstance(node.get("items"), dict):
            yield from walk(node["items"], (*pointer, 0))

    return walk(schema, ())


def resolve(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference inside the schema; what stands beside `$ref` wins over what it leads to."""
    if "$ref" not in node:
        return node
    target: Any = schema
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**resolve(schema, target), **{key: value for key, value in node.items() if key != "$ref"}}


# -- our own words -----------------------------------------------------------------------------------------


def guess(word: str, known: Iterable[str]) -> str | None:
    """Find the one name that was probably meant."""
    plain = {name.lower().replace("_", "-"): name for name in known}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), plain, n=1, cutoff=0.7)
    return plain[close[0]] if close else None


def one_of(names: Iterable[str], limit: int = 12) -> str:
    """Write a list of names as people read it: `a`, `b` or `c`."""
    shown = [f"`{shorten(str(name), 40)}`" for name in names]
    if len(shown) > limit:
        shown = [*shown[:limit], f"{len(shown) - limit} more"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _name(here: Pointer) -> str:
    return f"`{shorten(dotted(here))}`" if here else "The front matter"


def _sample(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """Write a value that would do, with the parts that it needs left open: `{at: …, by: …}`."""
    node = resolve(schema, node)
    if node.get("type") == "array":
        return f"[{_sample(schema, node.get('items', {}))}]"
    if node.get("type") != "object":
        return "true" if node.get("type") == "boolean" else "…"
    names = list(dict.fromkeys((*node.get("required", ()), *node.get("properties", ()))))
    names = names[: max(len(node.get("required", ())), node.get("minProperties", 0))]
    return "{" + ", ".join(f"{name}: …" for name in names) + "}" if names else "…"


def _missing(here: Pointer, name: str, error: ValidationError, schema: Mapping[str, Any]) -> Problem:
    rule = error.schema.get("properties", {}).get(name, {}) if isinstance(error.schema, dict) else {}
    return Problem(
        f"{_name(here)} has no `{name}`",
        pointer=(*here, name),
        help=(f"Add `{name}: {_sample(schema, rule)}` {f'under {_name(here)}' if here else 'to the front matter'}.",),
        label=f"`{name}` is missing",
        slug=MISSING,
    )


def _unknown(
    here: Pointer, name: str, known: list[str], instance: Mapping[str, Any], places: Mapping[str, list[str]]
) -> Problem:
    intended: Pointer = ()
    meant = guess(name, known)
    if meant and meant not in instance:
        intended = (*here, meant)
        label, advice = f"did you mean `{meant}`?", f"Rename it to `{meant}`."
    elif meant:
        label, advice = f"did you mean `{meant}`?", f"`{meant}` is already given: delete one of the two."
    elif elsewhere := [place for place in places.get(name, []) if "*" not in place and "[" not in place]:
        intended = tuple(elsewhere[0].split(".")) if len(elsewhere) == 1 else ()
        label = f"did you mean `{elsewhere[0]}`?"
        homes = [place.rpartition(".")[0] for place in elsewhere]
        advice = f"Move it: `{name}` belongs {f'in {one_of(homes)}' if all(homes) else 'at the top level'}."
    else:
        label, advice = (
            "not known here",
            f"Known here: {one_of(known, 40)}." if known else "Nothing can stand here.",
        )
    more = (
        ()
        if here
        else ("Put a field of your own under `extra`.",)
        if "extra" in known and "did you mean" not in label
        else ()
    )
    return Problem(
        f"Field `{shorten(name)}` is not known" + (f" in {_name(here)}" if here else ""),
        pointer=(*here, name),
        help=(advice, *more),
        label=label,
        meant=intended,
        slug=UNKNOWN,
    )


_FEW = 12
_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "fields (`name: value`)",
    "null": "nothing",
}


def _found(value: Any) -> str:
    for kind, name in (
        (bool, "`true` or `false`"),
        (int, "a number"),
        (float, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "fields"),
    ):
        if isinstance(value, kind):
            return name
    return "nothing"


def _empty(here: Pointer, advice: str) -> Problem:
    return Problem(
        f"{_name(here)} is empty", pointer=here, help=(advice,), label="nothing here", on="key", slug=WRONG_TYPE
    )


def _say_type(here: Pointer, error: ValidationError, source: Source) -> Problem:
    wanted: Any = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    value, name = error.instance, _name(here)
    if value is None:
        timed = isinstance(error.schema, dict) and error.schema.get("format") == "date-time"
        return _empty(here, _TIME_HELP if timed else f"Write {_KINDS[wanted[0]]}, or delete the line.")
    if "string" in wanted and isinstance(value, bool | int | float):
        written = source.written(here)
        key = "" if isinstance(here[-1], int) else f"{here[-1]}: "
        shown = json.dumps(value)
        reads = f"the number {shown}" if not isinstance(value, bool) else f"yes or no ({shown})"
        return Problem(
            f"YAML reads `{shorten(written)}` as {reads}, not as text",
            pointer=here,
            help=(f'Write it in quotes: `{key}"{shorten(written)}"`',),
            label="quote it",
            on="value",
            slug=NOT_TEXT,
        )
    *most, last = (_KINDS[kind] for kind in wanted)
    want = f"{', '.join(most)} or {last}" if most else last
    helps: tuple[str, ...] = ()
    if wanted == ["boolean"]:
        helps = (f"Write `{here[-1]}: true` or `{here[-1]}: false`.",)
    if "boolean" in wanted and isinstance(value, str):
        plain = value.strip().lower()
        word = (
            "true"
            if plain in ("yes", "y", "on", "true") or plain.startswith("yes")
            else "false"
            if plain in ("no", "n", "off", "false") or plain.startswith("no")
            else None
        )
        helps = (
            f"Write `{here[-1]}: {word or 'true'}`"
            + (
                " in lower case and without quotes."
                if plain == word
                else ""
                if plain in ("yes", "no", "y", "n", "on", "off")
                else ", and put the text into `because`."
            ),
        )
    elif "number" in wanted and isinstance(value, str):
        helps = ("Write the number alone, without quotes, unit or thousands separator: `14`, `0.5`.",)
    elif "array" in wanted and "string" not in wanted:
        helps = ("Write a list: `[one, two]`, or one item a line, each after `- `.",)
    elif "object" in wanted:
        helps = ("Write fields below it, indented: `name: value`.",)
    elif not helps:
        helps = ("Write one text.",) if wanted == ["string"] else (f"Write {want}.",)
    return Problem(
        f"{name} must be {want}",
        pointer=here,
        help=helps,
        label=f"found {_found(value)}",
        on="value",
        slug=WRONG_TYPE,
    )


def _say_enum(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    choices: Any = error.validator_value
    allowed = [str(one) for one in (choices if error.validator == "enum" else [choices])]
    value = error.instance
    if value is None:
        return _empty(here, f"Allowed: {one_of(allowed, 20)}.")
    if not isinstance(value, str):
        return Problem(
            f"{_name(here)} can not be {_found(value)}",
            pointer=here,
            help=(f"Allowed: {one_of(allowed, 20)}.",),
            label="not one of them",
            on="value",
            slug=NOT_ALLOWED if isinstance(value, bool | int | float) else WRONG_TYPE,
        )
    meant = guess(value, allowed)
    helps: tuple[str, ...] = (f"Write `{meant}`.",) if meant else ()
    if not meant or len(allowed) <= _FEW:  # a long list helps nobody who has only slipped
        helps += (f"Allowed: {one_of(allowed, 20)}.",)
    return Problem(
        f"{_name(here)} can not be `{shorten(value)}`",
        pointer=here,
        help=helps,
        label=f"did you mean `{meant}`?" if meant else "not one of them",
        on="value",
        slug=NOT_ALLOWED,
    )


_DAY_HELP = "Write a day: `2026-04-14`."
_TIME_HELP = "Write day, time and zone: `2026-04-14T01:04:00Z` (UTC) or `2026-04-14T03:04:00+02:00`."


def _say_time(here: Pointer, value: str) -> Problem:
    full, zoned = spelling.full_time(value.strip())
    if _DAY.fullmatch(value.strip()):
        message, label = f"{_name(here)} is a day without a time", "when on that day?"
        advice = _TIME_HELP
    elif full and full != value and _accepts(time, full):
        message = f"{_name(here)} {'is not written as RFC 3339 asks' if zoned else 'has no time zone'}"
        label = "not in full" if zoned else "which zone?"
        advice = f"Write `{here[-1]}: {full}`" + ("" if zoned else " if it is UTC; else name the offset: `+02:00`.")
    elif full:
        message, label = f"{_name(here)} is a day or time that does not exist", "not in the calendar"
        advice = "Check day, hour and zone."
    else:
        message, label, advice = f"{_name(here)} is not a time", "not a time", _TIME_HELP
    return Problem(message, pointer=here, help=(advice,), label=label, on="value", slug=NOT_ALLOWED)


def _say_form(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    """Say what `format` and `pattern` found."""
    value = str(error.instance)
    if error.validator == "format" and error.validator_value == "date-time":
        return _say_time(here, value)
    if not value:
        return Problem(
            f"{_name(here)} is empty",
            pointer=here,
            help=("Write it, or delete the line.",),
            label="nothing here",
            on="value",
            slug=NOT_ALLOWED,
        )
    rule = error.schema if isinstance(error.schema, dict) else {}
    pattern = str(rule.get("pattern", ""))
    message, label = f"{_name(here)} can not be `{shorten(value)}`", "not in the agreed form"
    if rule.get("format") == "uri":
        label, advice = (
            "not a web address",
            "Write the full address: `https://…`; percent-encode blanks and other special characters.",
        )
    elif error.validator == "format":
        label, advice = "not a day", _DAY_HELP
    elif pattern == _form("line"):
        label = "not on one line" if "\n" in value else "a blank at its start"
        advice = "Write it on one line." if "\n" in value else "Delete the blank."
    elif pattern in _forms():
        advice = _forms()[pattern]
    else:
        rest = f" ({rule['description'].rstrip('.')})" if "description" in rule else ""
        advice = f"It has to match `{shorten(pattern)}`{rest}."
    return Problem(message, pointer=here, help=(advice,), label=label, on="value", slug=NOT_ALLOWED)


def _form(name: str) -> str:
    pattern: str = published("record")["$defs"][name]["pattern"]
    return pattern


@cache
def _forms() -> Mapping[str, str]:
    """Say what each pattern of the schemas asks for."""
    return {
        _form("id"): "Write `HF-`, the year, `-` and four digits: `HF-2026-0001`.",
        _form("slug"): "Use lower-case letters, digits and `. _ -`, starting with a letter or digit: `checkout`.",
        _form(
            "version"
        ): "Use letters, digits and `. + _ -` without blanks, starting with a letter or digit: `4.12.3`.",
        _form("branch"): "Write the branch's name as git does: no blanks, and no `-` at its start.",
        _form("commit"): "Write the commit's hash, 7 to 64 digits in lower case, as `git rev-parse HEAD` prints it.",
        "^[0-9a-f]{64}$": "Write the 64 digits that `sha256sum FILE` prints.",
        "^[0-9A-Za-z_][0-9A-Za-z._/-]*$": "Write a path that starts where this file lies: `hotfixes`.",
        "^CVE-[0-9]{4}-[0-9]{4,7}$": "Write `CVE-`, the year, `-` and the number: `CVE-2026-12345`.",
        "^[1-9][0-9]{0,5}[mhdw]$": "Write a number and a unit: `30m`, `4h`, `5d`, `2w`.",
        "^[a-z_]+(\\.[a-z0-9][a-z0-9._-]*)?$": "Write a field of the record, or a kind of evidence: `work.hours`, `evidence.smoke-test`.",
    }


def _say_size(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    limit, name = error.validator_value, _name(here)
    number = len(error.instance) if isinstance(error.instance, str | list | dict) else error.instance
    message, advice = {
        "minLength": (
            f"{name} is empty" if not number else f"{name} has {number} characters and needs at least {limit}",
            "Write it, or delete the line.",
        ),
        "maxLength": (
            f"{name} has {number:,} characters; at most {limit:,} fit",
            "Say it shorter here; details go below the front matter.",
        ),
        "minItems": (f"{name} is an empty list", "Write at least one item, or delete the line."),
        "maxItems": (f"{name} has {number:,} items; at most {limit:,} fit", "Keep the ones that matter."),
        "minProperties": (
            f"{name} does not say enough",
            "Add `url` or `commit`." if "merge_back" in here else "Write at least one field.",
        ),
        "maxProperties": (
            f"{name} has {number:,} fields; at most {limit:,} fit",
            "Keep the ones that matter.",
        ),
        "minimum": (f"{name} can not be less than {limit:,}", "Check the number."),
        "maximum": (f"{name} can not be more than {limit:,}", "Check the number."),
    }[str(error.validator)]
    return Problem(message, pointer=here, help=(advice,), on="value", slug=NOT_ALLOWED)


def _say_names(here: Pointer, error: ValidationError) -> Problem:
    """Say what `propertyNames` found; its errors carry the name as their instance."""
    name = str(error.instance)
    return Problem(
        f"`{shorten(name)}` can not be a name in {_name(here)}",
        pointer=(*here, name),
        help=("Use at most 60 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit.",),
        label="not a name",
        slug=NOT_ALLOWED,
    )


def _say_any(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    value = error.instance
    helps: tuple[str, ...] = (_DAY_HELP, _TIME_HELP)
    if value is None:
        return _empty(here, _DAY_HELP)
    if not isinstance(value, str):
        message, label = f"{_name(here)} must be a day or a time", f"found {_found(value)}"
    elif _DAY.fullmatch(value) or _TIME.fullmatch(value):
        message, label = f"{_name(here)} is a day or time that does not exist", "not in the calendar"
        helps = ("Check day, hour and zone.",)
    else:
        message, label = f"{_name(here)} is neither a day nor a time with its zone", "neither day nor time"
    slug = NOT_ALLOWED if isinstance(value, str) else WRONG_TYPE
    return Problem(message, pointer=here, help=helps, label=label, on="value", slug=slug)


def _say_other(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    """Say what a keyword found that only an organisation's own schema uses."""
    return Problem(
        f"{_name(here)} does not fit the schema of this organisation (`{error.validator}`)",
        pointer=here,
        help=("The handbook's page of record fields says what it may hold.",),
        on="value",
        slug=NOT_ALLOWED,
    )


_SAY: Mapping[str, Callable[[Pointer, ValidationError, Source], Problem]] = {
    "type": _say_type,
    "enum": _say_enum,
    "const": _say_enum,
    "format": _say_form,
    "pattern": _say_form,
    "anyOf": _say_any,
    **dict.fromkeys(
        (
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minimum",
            "maximum",
        ),
        _say_size,
    ),
}
