"""Any body on any route gets a 4xx problem, never a 500."""

from __future__ import annotations

import io
from typing import Any

import pytest

from backend.http.parsing import SMALL_BODY
from tests.api.operations import refused, send, with_body
from tests.desk import Desk

MIB = 1024 * 1024

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{subject: 1}",
    "two documents": b"{} {}",
    "an array": b"[]",
    "a string": b'"text"',
    "a number": b"1",
    "null": b"null",
    "invalid UTF-8": b'{"subject": "\xff\xfe"}',
    "UTF-16": '{"subject": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"latitude": NaN}',
    "Infinity": b'{"latitude": -Infinity}',
    "a float that overflows": b'{"latitude": 1e999}',
    "a number of 10,000 digits": b'{"latitude": ' + b"9" * 10_000 + b"}",
    "a name given twice": b'{"subject": "a", "subject": "b"}',
    "a name given twice inside": b'{"location": {"latitude": 1, "latitude": 2}}',
    "half a surrogate pair": b'{"subject": "\\ud800"}',
    "half a surrogate pair in a name": b'{"\\udc00": 1}',
    "half a surrogate pair in a list": b'{"tags": [["\\ud800"]]}',
    "33 levels": b'{"tags": ' + b"[" * 33 + b"]" * 33 + b"}",
    "100,000 levels": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "an unknown field": b'{"$where": "1"}',
    "a field with a NUL byte": b'{"a\\u0000b": 1}',
    "a prototype": b'{"__proto__": {"admin": true}}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_with_unknown_fields_or_of_another_type_is_refused(desk: Desk, name: str) -> None:
    answers = {
        str(operation): send(
            desk, operation, data=BODIES[name], content_type="application/json; charset=utf-8"
        )
        for operation in with_body(desk)
    }
    wrong = {
        operation: answer.text
        for operation, answer in answers.items()
        if not refused(answer, too_large_for(operation, len(BODIES[name])) or 422)
    }
    assert wrong == {}


def too_large_for(operation: str, size: int) -> int | None:
    """413 for logins and sessions, whose bodies are small."""
    small = ("/auth/login", "/auth/setup", "/channels/web/sessions")
    return 413 if operation.endswith(small) and size > SMALL_BODY else None


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_a_body_of_another_type_is_refused(desk: Desk, kind: str) -> None:
    answers = {
        str(operation): send(desk, operation, data=b"{}", content_type=kind)
        for operation in with_body(desk)
    }
    assert {op: a.text for op, a in answers.items() if not refused(a, 415)} == {}


@pytest.mark.parametrize("size", [MIB + 1, 5 * MIB])
def test_a_body_over_one_mebibyte_is_refused(desk: Desk, size: int) -> None:
    body = b'{"subject": "' + b"x" * size + b'"}'
    answers = {
        str(operation): send(desk, operation, data=body, content_type="application/json")
        for operation in with_body(desk)
    }
    assert {op: a.text for op, a in answers.items() if not refused(a, 413)} == {}


def test_a_large_body_without_a_length_is_refused_too(desk: Desk) -> None:
    """An unread rest must not be ignored."""
    body = b'{"name": "x", "phone": "+34600123456"}'.ljust(MIB) + b"and more"
    answer = desk.ana.request(
        "POST",
        "/customers",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert refused(answer, 413)


VALUES: dict[str, Any] = {
    "an operator": {"$gt": ""},
    "a list": ["x"],
    "a nested list": [[[]]],
    "a number": 7,
    "a huge number": 10**400,
    "a boolean": True,
    "a NUL byte": "a\u0000b",
    "an override": "a\u202eb",
    "too long": "x" * 20_000,
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_another_kind_is_refused_by_its_field(desk: Desk, name: str) -> None:
    checked, wrong = 0, {}
    for operation in with_body(desk):
        assert operation.body is not None
        for field, schema in operation.body["properties"].items():
            if not _is_text(schema) or (name in ("a NUL byte", "an override") and field in OPAQUE):
                continue
            answer = send(desk, operation, json={field: VALUES[name]})
            checked += 1
            if too_large_for(str(operation), len(str(VALUES[name]))) and refused(answer, 413):
                continue
            if not (refused(answer, 422) and field in answer.json["errors"]):
                wrong[f"{operation} {field}"] = answer.text
    assert checked >= 20
    assert wrong == {}


# Compared with what is stored, and never shown: any character may be in them.
OPAQUE = {
    "password",
    "identityHash",
    "customerId",
    "conversationId",
    "assignedTo",
    "agentId",
    "toAgentId",
}


def _is_text(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    return "string" in (kinds if isinstance(kinds, list) else [kinds])
