"""What `jsonschema` found, in our own words: what is wrong, where, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mkdocs_hotfix.findings import Pointer, Problem, shorten
from mkdocs_hotfix.forms import TIME_HELP, say_any, say_form
from mkdocs_hotfix.published import sample
from mkdocs_hotfix.wording import (
    MISSING,
    NOT_ALLOWED,
    NOT_TEXT,
    UNKNOWN,
    WRONG_TYPE,
    empty,
    found,
    guess,
    name_of,
    one_of,
)

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from mkdocs_hotfix.source import Source


def missing_field(here: Pointer, name: str, error: ValidationError, schema: Mapping[str, Any]) -> Problem:
    """Say that a field is missing, with what would do."""
    rule = error.schema.get("properties", {}).get(name, {}) if isinstance(error.schema, dict) else {}
    return Problem(
        f"{name_of(here)} has no `{name}`",
        pointer=(*here, name),
        help=(f"Add `{name}: {sample(schema, rule)}` {f'under {name_of(here)}' if here else 'to the front matter'}.",),
        label=f"`{name}` is missing",
        slug=MISSING,
    )


def unknown_field(
    here: Pointer, name: str, known: list[str], instance: Mapping[str, Any], places: Mapping[str, list[str]]
) -> Problem:
    """Say that a field is not known, and which name or place was probably meant."""
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
        f"Field `{shorten(name)}` is not known" + (f" in {name_of(here)}" if here else ""),
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


def _say_type(here: Pointer, error: ValidationError, source: Source) -> Problem:
    wanted: Any = error.validator_value
    wanted = wanted if isinstance(wanted, list) else [wanted]
    value, name = error.instance, name_of(here)
    if value is None:
        timed = isinstance(error.schema, dict) and error.schema.get("format") == "date-time"
        return empty(here, TIME_HELP if timed else f"Write {_KINDS[wanted[0]]}, or delete the line.")
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
        label=f"found {found(value)}",
        on="value",
        slug=WRONG_TYPE,
    )


def _say_enum(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    choices: Any = error.validator_value
    allowed = [str(one) for one in (choices if error.validator == "enum" else [choices])]
    value = error.instance
    if value is None:
        return empty(here, f"Allowed: {one_of(allowed, 20)}.")
    if not isinstance(value, str):
        return Problem(
            f"{name_of(here)} can not be {found(value)}",
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
        f"{name_of(here)} can not be `{shorten(value)}`",
        pointer=here,
        help=helps,
        label=f"did you mean `{meant}`?" if meant else "not one of them",
        on="value",
        slug=NOT_ALLOWED,
    )


def _say_size(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    limit, name = error.validator_value, name_of(here)
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


def say_name(here: Pointer, error: ValidationError) -> Problem:
    """Say what `propertyNames` found; its errors carry the name as their instance."""
    name = str(error.instance)
    return Problem(
        f"`{shorten(name)}` can not be a name in {name_of(here)}",
        pointer=(*here, name),
        help=("Use at most 60 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit.",),
        label="not a name",
        slug=NOT_ALLOWED,
    )


def _say_other(here: Pointer, error: ValidationError, _source: Source) -> Problem:
    """Say what a keyword found that only an organisation's own schema uses."""
    return Problem(
        f"{name_of(here)} does not fit the schema of this organisation (`{error.validator}`)",
        pointer=here,
        help=("The handbook's page of record fields says what it may hold.",),
        on="value",
        slug=NOT_ALLOWED,
    )


_SAY: Mapping[str, Callable[[Pointer, ValidationError, Source], Problem]] = {
    "type": _say_type,
    "enum": _say_enum,
    "const": _say_enum,
    "format": say_form,
    "pattern": say_form,
    "anyOf": say_any,
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


def say(here: Pointer, error: ValidationError, source: Source) -> Problem:
    """Say what one keyword found at a place."""
    return _SAY.get(str(error.validator), _say_other)(here, error, source)
