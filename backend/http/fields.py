"""The fields of requests and responses, and the policy of every schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma
from marshmallow import ValidationError, fields, validate

MAX_ID = 128
MAX_EMAIL = 254


class Schema(ma.Schema):
    """Refuses unknown fields. Fields have the names of the JSON, in camelCase."""

    class Meta:
        unknown = ma.RAISE


# Control characters (NUL truncates a text in other tools) and bidirectional overrides (for
# disguised file names and links). A text of several lines may contain tabs and line breaks.
_DISGUISES = r"\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_UNSAFE_IN_LINE = rf"\u0000-\u001f{_DISGUISES}"
_UNSAFE_IN_LINES = rf"\u0000-\u0008\u000b\u000c\u000e-\u001f{_DISGUISES}"


_UNSAFE = re.compile(f"[{_UNSAFE_IN_LINES}\\ud800-\\udfff]")


def sanitize(text: str, max_length: int) -> str:
    """Remove what `Text` refuses from a text of another system, and cut it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("", text).strip()[:max_length].rstrip()


class Text(fields.String):
    """Text that a person types: trimmed, not blank, without control characters."""

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        unsafe = _UNSAFE_IN_LINES if multiline else _UNSAFE_IN_LINE
        self._max_length = max_length
        self._unsafe = re.compile(f"[{unsafe}]")
        pattern = rf"^\s*[^\s{unsafe}]([^{unsafe}]*[^\s{unsafe}])?\s*$"
        kwargs["metadata"] = {"pattern": pattern} | kwargs.get("metadata", {})
        super().__init__(validate=validate.Length(min=1, max=max_length), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None:
            return text
        if len(text) > self._max_length:  # before trimming, so that clients can check it
            raise ValidationError(f"Longer than maximum length {self._max_length}.")
        text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
        if self._unsafe.search(text):
            raise ValidationError("Contains characters that are not allowed.")
        return text


class Email(fields.Email):
    """An e-mail address: trimmed, without the control characters that a quoted part may contain."""

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
    """`true` or `false`, no other spelling."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class JsonNumber(fields.Float):
    """A number; a text that looks like one is refused."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if isinstance(value, (str, bool)):
            raise self.make_error("invalid", input=value)
        number: float = super()._deserialize(value, attr, data, **kwargs)
        return number


class JsonInteger(fields.Integer):
    """An integer, also when written as 3.0, and no text that looks like one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, (str, bool)) or (isinstance(value, float) and value % 1):
            raise self.make_error("invalid", input=value)
        number: int = super()._deserialize(value, attr, data, **kwargs)
        return number


def query_boolean() -> fields.Boolean:
    return fields.Boolean(truthy={"true"}, falsy={"false"})


# In a field's metadata: the function that works its value out (see `representations.py`).
COMPUTE = "compute"


def out(
    kind: Any,
    *args: Any,
    nullable: bool = False,
    compute: Callable[[Any, datetime], object] | None = None,
    **kwargs: Any,
) -> Any:
    """A field of a response: always present, perhaps null, so that clients' types are exact.

    `attribute` names the stored field where it has another name. `compute` works the value out
    from the whole document and the time.
    """
    if compute is not None:
        kwargs["metadata"] = {COMPUTE: compute} | kwargs.get("metadata", {})
    return kind(*args, required=True, dump_only=True, allow_none=nullable, **kwargs)


def enum(kind: type[Enum], **kwargs: Any) -> fields.Enum[Any]:
    """An enum field whose JSON is the values, not the names."""
    return fields.Enum(kind, by_value=fields.String, **kwargs)


class Moment(fields.AwareDateTime):
    """A time with its offset from UTC, as ISO 8601; loaded in UTC."""

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


def time_zone(**kwargs: Any) -> fields.String:
    """An IANA name of a time zone."""
    return fields.String(validate=_check_time_zone, **kwargs)


def _check_time_zone(name: str) -> None:
    if name not in _time_zones():
        raise ValidationError("Should be an IANA time zone, such as America/Mexico_City.")


@cache
def _time_zones() -> set[str]:
    return available_timezones()


def identifier(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=1, max=MAX_ID), **kwargs)


DOCUMENT_ID = "[0-9a-f]{24}"  # what `new_id` makes


def document_id(**kwargs: Any) -> fields.String:
    """The id of a document in a filter. One that cannot exist is refused."""
    is_id = validate.Regexp(f"{DOCUMENT_ID}\\Z", error="Should be 24 hexadecimal digits.")
    return fields.String(validate=is_id, metadata={"pattern": f"^{DOCUMENT_ID}$"}, **kwargs)
