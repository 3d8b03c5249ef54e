"""Turns stored documents into the JSON that a schema declares.

A representation is declared once, as a schema of `out` fields. The OpenAPI description comes from
the schema, and so does the JSON: a field that is not declared does not leave.

- A field is read under its own name, or under its `attribute`.
- A field that is not required is left out when the document does not have it.
- A field with `compute` is worked out from the document and the time.

The schema is compiled to one Python expression at import, the one a person would write by hand.
Marshmallow's own dump looks up each field each time and takes many times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any, Generic, TypeVar, get_args, get_type_hints, is_typeddict

import marshmallow as ma
from marshmallow import fields

from backend.common.documents import iso
from backend.http.fields import COMPUTE

Json = dict[str, Any]
D = TypeVar("D", bound=Mapping[str, Any])

_Field = fields.Field[Any]


class Representation(Generic[D]):
    """`Representation(TicketRow, of=Ticket)` is a function from a stored ticket to its JSON.

    Raises TypeError, at import, when the schema names a field that the document does not have.
    """

    def __init__(self, schema: type[ma.Schema], of: type[D]) -> None:
        _check(schema, of)
        self._represent = _compile(schema)

    def __call__(self, document: D, now: datetime | None = None) -> Json:
        """`now` is needed where a field is computed."""
        return self._represent(document, now)


def declared_fields(schema: type[ma.Schema]) -> Iterator[tuple[str, str, _Field]]:
    """The name in JSON, the name in the stored document, and the field."""
    for name, field in schema._declared_fields.items():  # noqa: SLF001 - it has no public name
        key = field.data_key or name
        yield key, field.attribute or key, field


# --- compilation ----------------------------------------------------------------------------


def _compile(schema: type[ma.Schema]) -> Callable[[Any, datetime | None], Json]:
    names: dict[str, Any] = {"iso": iso}
    source = f"lambda document, now: {_object(schema, 'document', names, count())}"
    represent: Callable[[Any, datetime | None], Json] = eval(source, names)  # noqa: S307 - our own
    return represent


def _object(
    schema: type[ma.Schema], value: str, names: dict[str, Any], serial: Iterator[int]
) -> str:
    """The source of a dictionary made of `value`; what it refers to is put into `names`."""
    members = []
    for key, stored, field in declared_fields(schema):
        if COMPUTE in field.metadata:
            function = f"compute{next(serial)}"
            names[function] = field.metadata[COMPUTE]
            members.append(f"{key!r}: {function}({value}, now)")
            continue
        source = _value(field, f"{value}[{stored!r}]", names, serial)
        if field.required:
            members.append(f"{key!r}: {source}")
        else:
            members.append(f"**({{{key!r}: {source}}} if {stored!r} in {value} else {{}})")
    return f"{{{', '.join(members)}}}"


def _value(field: _Field, value: str, names: dict[str, Any], serial: Iterator[int]) -> str:
    match field:
        case fields.Nested():
            part = f"part{next(serial)}"
            source = _object(type(field.schema), part, names, serial)
            return f"(None if ({part} := {value}) is None else {source})"
        case fields.List():
            each = f"each{next(serial)}"
            source = _value(field.inner, each, names, serial)
            return value if source == each else f"[{source} for {each} in {value}]"
        case fields.DateTime():
            return f"iso({value})"
        case _:  # stored as JSON has it
            return value


# --- the check at import --------------------------------------------------------------------


def _check(schema: type[ma.Schema], of: Any) -> None:
    """Compare the schema with the types of the stored document, parts included."""
    if not is_typeddict(of):
        return
    stored_types = get_type_hints(of)
    for key, stored, field in declared_fields(schema):
        if COMPUTE in field.metadata:
            continue
        if stored not in stored_types:
            raise TypeError(f"{schema.__name__}.{key}: {of.__name__} has no field {stored!r}")
        part = field.inner if isinstance(field, fields.List) else field
        if isinstance(part, fields.Nested):
            for part_type in _part_types(stored_types[stored]):
                _check(type(part.schema), part_type)


def _part_types(hint: Any) -> list[Any]:
    """The types within `X | None`, `list[X]` and the like."""
    arguments = get_args(hint)
    return [part for each in arguments for part in _part_types(each)] if arguments else [hint]
