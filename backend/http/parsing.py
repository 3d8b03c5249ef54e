"""Parses the input of requests, before a schema validates it."""

from __future__ import annotations

import json as plain_json
import math
from typing import Any, NoReturn

import flask_smorest
import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from backend.common.errors import TooLarge, UnsupportedMediaType, ValidationFailed

SMALL_BODY = 4 * 1024  # bytes: enough for a login or a visitor's session
MAX_FIELDS = 100  # of an object; no schema has as many


class _Parser(FlaskParser):
    """The rules for any input; the fields are validated by their schema."""

    # The schema decides about unknown fields, also in the query.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - webargs' own name

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' own
        """Parse a JSON object. Raises TooLarge, UnsupportedMediaType, ValidationFailed."""
        body = req.get_data()
        if len(body) == req.max_content_length:
            # A body without a length is read up to here.
            raise TooLarge("The request body is too large.")
        if body and not req.is_json:
            raise UnsupportedMediaType("The request body must be JSON (application/json).")
        try:
            parsed = _strict_json(body.decode())
        except RecursionError:
            raise _bad_body("Is nested too deeply.") from None
        except ValueError as error:  # UnicodeDecodeError is one too
            raise _bad_body(f"Should be JSON in UTF-8: {_first_line(error)}") from None
        if not isinstance(parsed, dict):
            raise _bad_body("Should be a JSON object.")
        if len(parsed) > MAX_FIELDS:
            raise _bad_body(f"Has more than {MAX_FIELDS} fields.")
        return parsed

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Refuse a repeated parameter: using the first would hide a client's mistake."""
        _refuse_repeated(req.args)
        return super().load_querystring(req, schema)

    def load_files(self, req: Request, schema: ma.Schema) -> Any:
        """Refuse form fields beside the files, which would be ignored."""
        for name in req.form:
            problem = "Should be a file." if name in schema.fields else "Unknown field."
            raise ValidationFailed({name: [problem]})
        _refuse_repeated(req.files)
        return super().load_files(req, schema)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it comes without types
    ARGUMENTS_PARSER = _Parser()


def _refuse_repeated(given: MultiDict[str, Any]) -> None:
    for name, values in given.lists():
        if len(values) > 1:
            raise ValidationFailed({name: ["Must be given only once."]})


def _strict_json(text: str) -> Any:
    """Parse JSON; refuse what two parsers could read differently (RFC 8259, 4 and 6; RFC 7493).

    Raises ValueError.
    """
    parsed = plain_json.loads(
        text,
        object_pairs_hook=_without_duplicates,
        parse_constant=_refuse_number,
        parse_float=_finite,
    )
    if "\\u" in text:  # the only way in for half a surrogate pair, which cannot be stored or sent
        plain_json.dumps(parsed, ensure_ascii=False).encode()
    return parsed


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice in an object.")
    return found


def _refuse_number(number: str) -> NoReturn:
    raise ValueError(f"{number} is not a JSON number.")


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _refuse_number(number)


def _first_line(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "it contains invalid characters."
    return str(error).splitlines()[0]


def _bad_body(problem: str) -> ValidationFailed:
    return ValidationFailed({"body": [problem]}, "The request body is not valid.")
