"""What every route shares: the input schema's policy, paging, versions and the JSON answer."""

from __future__ import annotations

import json as plain_json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NoReturn

import flask_smorest
import marshmallow as ma
from flask import Request, Response, json, request
from marshmallow import ValidationError, fields, validate
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from backend.documents import Document
from backend.errors import TooLarge, UnsupportedMediaType, ValidationFailed

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_ID = 128
MAX_EMAIL = 254

_ETAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


class _Parser(FlaskParser):
    """The policy for input as such; what each field may hold is its schema's matter."""

    # The schema decides about unknown fields, also in the query.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - webargs' own name

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' own
        """Only a JSON object will do. Raises TooLarge, UnsupportedMediaType, ValidationFailed."""
        body = req.get_data()
        if len(body) == req.max_content_length:
            # Of a body that does not say how long it is, no more is read.
            raise TooLarge("The body is too large.")
        if body and not req.is_json:
            raise UnsupportedMediaType("The body should be JSON: application/json.")
        try:
            parsed = _strict_json(body.decode())
        except RecursionError:
            raise _bad_body("Is nested too deeply.") from None
        except ValueError as error:  # UnicodeDecodeError is one too
            raise _bad_body(f"Should be JSON in UTF-8: {_first_line(error)}") from None
        if not isinstance(parsed, dict):
            raise _bad_body("Should be a JSON object.")
        return parsed

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """One value a name: taking the first of several would hide a client's mistake."""
        _refuse_repeated(req.args)
        return super().load_querystring(req, schema)

    def load_files(self, req: Request, schema: ma.Schema) -> Any:
        """Files alone: what else a form holds would be ignored."""
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
            raise ValidationFailed({name: ["Is given more than once."]})


def _strict_json(text: str) -> Any:
    """What two readers could understand differently is refused (RFC 8259, 4 and 6; RFC 7493).

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
    raise ValueError(f"{number} is not a number of JSON.")


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _refuse_number(number)


def _first_line(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "it holds what is no character."
    return str(error).splitlines()[0]


def _bad_body(problem: str) -> ValidationFailed:
    return ValidationFailed({"body": [problem]}, "The body is not what it should be.")


class Schema(ma.Schema):
    """Unknown fields are refused. Field names are the wire's names, in camelCase."""

    class Meta:
        unknown = ma.RAISE


# Control characters (NUL would truncate in other tools) and bidirectional overrides (they disguise
# file names and links); a text of several lines may have its tabs and line breaks.
_DISGUISES = r"\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_UNSAFE_IN_LINE = rf"\u0000-\u001f{_DISGUISES}"
_UNSAFE_IN_LINES = rf"\u0000-\u0008\u000b\u000c\u000e-\u001f{_DISGUISES}"


_UNSAFE = re.compile(f"[{_UNSAFE_IN_LINES}\\ud800-\\udfff]")


def harmless(text: str, longest: int) -> str:
    """A text that is taken as it comes, as from another system: what `Text` refuses is left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("", text).strip()[:longest].rstrip()


class Text(fields.String):
    """A person's text: trimmed, not blank, and free of what only an attacker types."""

    def __init__(self, *, longest: int, multiline: bool = False, **kwargs: Any) -> None:
        unsafe = _UNSAFE_IN_LINES if multiline else _UNSAFE_IN_LINE
        self._longest = longest
        self._unsafe = re.compile(f"[{unsafe}]")
        pattern = rf"^\s*[^\s{unsafe}]([^{unsafe}]*[^\s{unsafe}])?\s*$"
        kwargs["metadata"] = {"pattern": pattern} | kwargs.get("metadata", {})
        super().__init__(validate=validate.Length(min=1, max=longest), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None:
            return text
        if len(text) > self._longest:  # as it was sent, so that clients can tell
            raise ValidationError(f"Longer than maximum length {self._longest}.")
        text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
        if self._unsafe.search(text):
            raise ValidationError("Contains characters that are not allowed.")
        return text


class Email(fields.Email):
    """Trimmed, and free of the control characters that a quoted name in it could hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=MAX_EMAIL), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        address = super()._deserialize(value, attr, data, **kwargs).strip()
        if re.search(f"[{_UNSAFE_IN_LINE}]", address):
            raise self.make_error("invalid")
        return address


class JsonBoolean(fields.Boolean):
    """`true` or `false`, and no other way to say it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class JsonNumber(fields.Float):
    """A number, and no text that looks like one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if isinstance(value, (str, bool)):
            raise self.make_error("invalid", input=value)
        number: float = super()._deserialize(value, attr, data, **kwargs)
        return number


def query_boolean() -> fields.Boolean:
    return fields.Boolean(truthy={"true"}, falsy={"false"})


def out(kind: Any, *args: Any, nullable: bool = False, **kwargs: Any) -> Any:
    """A field of an answer: always there, though perhaps null, so that clients' types are exact."""
    return kind(*args, required=True, dump_only=True, allow_none=nullable, **kwargs)


def enum(kind: type[Enum], **kwargs: Any) -> fields.Enum[Any]:
    """An enum field that speaks the values, not the names."""
    return fields.Enum(kind, by_value=fields.String, **kwargs)


class Moment(fields.AwareDateTime):
    """A point in time with its offset from UTC, as ISO 8601; loaded in UTC."""

    default_error_messages = dict.fromkeys(
        ("invalid", "invalid_awareness"),
        "Should be ISO 8601 with its offset from UTC, such as 2026-11-25T10:00:00Z "
        "(a + in an address is written %2B).",
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError:  # 9999-12-31T23:59:59-12:00 is in the year 10,000
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None


def identifier(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=1, max=MAX_ID), **kwargs)


class Author(Schema):
    """Who wrote or did something."""

    type = out(fields.String, validate=validate.OneOf(["agent", "customer", "assistant", "system"]))
    id = out(fields.String)
    name = out(fields.String)


class PageQuery(Schema):
    """`page` for people, `cursor` for walking through everything."""

    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=100_000))
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAX_LIMIT)
    )
    cursor = fields.String(validate=validate.Length(max=1_000))


class Pagination(Schema):
    page = fields.Integer(required=True, dump_only=True, allow_none=True)
    limit = fields.Integer(required=True, dump_only=True)
    total = fields.Integer(required=True, dump_only=True)
    totalIsExact = fields.Boolean(required=True, dump_only=True)
    pages = fields.Integer(required=True, dump_only=True)
    nextCursor = fields.String(required=True, dump_only=True, allow_none=True)


class Problem(Schema):
    """RFC 9457 problem details; `code` is for programs, `detail` for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    requestId = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())
    legal = fields.List(fields.String())
    current = fields.Dict(keys=fields.String())


def answer(body: Document, status: int = 200, **headers: str) -> Response:
    """A JSON answer. The features' allow-lists build bodies, so no schema dumps them again."""
    response = Response(json.dumps(body), status=status, content_type="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version() -> int | None:
    """The version in `If-Match`; None without the header or with `*` (RFC 9110, 13.1.1)."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = _ETAG.match(header.strip())
    if match is None:
        raise ValidationFailed({"If-Match": ['Should be a version in quotes, such as "3".']})
    return int(match[1])


def not_modified(version: int) -> bool:
    """True when `If-None-Match` names this version, or any with `*` (RFC 9110, 13.1.2)."""
    header = request.headers.get("If-None-Match", "")
    tags = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag(version) in tags or tags == ["*"]
