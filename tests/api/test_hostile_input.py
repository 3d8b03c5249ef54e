"""Whatever is thrown at any route, the answer is a 4xx in the standard shape, never a 500."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bson
import pytest

from tests.desk import API, Desk, Person, Reply

MIB = 1024 * 1024
PUBLIC = r"/auth/|/channels/|/config"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str  # below /api/v2, with real ids
    body: dict[str, Any] | None  # the JSON schema of the body
    query: list[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(desk: Desk) -> list[Operation]:
    """Everything that the specification describes, with ids of what is there."""
    specification: Any = desk.app.test_client().get(f"{API}/openapi.json").json
    ticket = desk.ticket()["ticketId"]
    conversation = desk.nobody.post("/channels/web/sessions", {}).json["conversationId"]
    ids = {
        "ticket_id": ticket,
        "customer_id": desk.customer()["customerId"],
        "agent_id": desk.ana.agent_id,
        "conversation_id": conversation,
        "attachment_id": "missing",
    }
    found = []
    for path, described in specification["paths"].items():
        for method, operation in described.items():
            if method == "parameters":
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            found.append(
                Operation(
                    method.upper(),
                    path.removeprefix(API).format(**ids),
                    schema and _resolved(schema, specification),
                    [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"],
                )
            )
    assert len(found) > 30
    return found


def with_body(desk: Desk) -> list[Operation]:
    return [operation for operation in operations(desk) if operation.body]


def _resolved(schema: dict[str, Any], specification: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = specification["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def send(desk: Desk, operation: Operation, **request: Any) -> Reply:
    # An address of its own for each request: the limits by address are not the matter here.
    address = f"10.{_next(256)}.{_next(256)}.{_next(256)}"
    who = desk.nobody if re.search(PUBLIC, operation.path) else desk.admin
    return who.request(
        operation.method, operation.path, environ_overrides={"REMOTE_ADDR": address}, **request
    )


_counter = iter(range(1, 10**9))


def _next(bound: int) -> int:
    return next(_counter) % bound


def refused(answer: Reply, *statuses: int) -> bool:
    return (
        answer.status_code in statuses
        and answer.content_type == "application/problem+json"
        and answer.json["status"] == answer.status_code
        and {"type", "title", "detail", "code", "requestId"} <= answer.json.keys()
    )


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
def test_a_body_that_is_no_object_of_known_fields_is_refused(desk: Desk, name: str) -> None:
    answers = {
        str(operation): send(
            desk, operation, data=BODIES[name], content_type="application/json; charset=utf-8"
        )
        for operation in with_body(desk)
    }
    assert {op: a.text for op, a in answers.items() if not refused(a, 422)} == {}


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


@pytest.mark.parametrize(
    "value",
    [
        "x" * 100_000,
        "\u0000",
        "%00",
        "$gt",
        "[$gt]=1",
        "-1",
        "0",
        "999999999999999999999999",
        "NaN",
        "1e999",
        "🙂" * 500,
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "2026-13-45",
        "(((((((((((",
        '"',
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_odd_values_in_the_query_are_answered(desk: Desk, value: str) -> None:
    wrong = {}
    for operation in operations(desk):
        for name in operation.query:
            answer = send(desk, operation, query_string={name: value})
            if answer.status_code != 200 and not refused(answer, 401, 422):
                wrong[f"{operation} {name}"] = answer.text
    assert wrong == {}


def test_unknown_and_repeated_names_in_the_query_are_refused(desk: Desk) -> None:
    wrong = {}
    for operation in operations(desk):
        if operation.query:
            for query in ("nope=1", "$where=1", "limit=1&limit=2", "%ff=1", "limit[]=1"):
                answer = send(desk, operation, query_string=query)
                if not refused(answer, 401, 422):
                    wrong[f"{operation}?{query}"] = answer.text
    assert wrong == {}


def _cursors() -> Iterator[str]:
    def encoded(document: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(bson.encode(document)).decode()

    yield from ("", "x", "====", "é", "e30", base64.b64encode(b"\xff" * 300).decode())
    yield encoded({})
    yield encoded({"after": []})
    yield encoded({"after": [1, 2, 3]})
    yield encoded({"after": [{"$gt": ""}, 1]})
    yield encoded({"after": [1, {"$gt": 1}]})
    yield encoded({"after": [bson.Regex("(a+)+$"), bson.Code("while(1);")]})
    yield encoded({"after": {"0": 1, "1": 2}})
    yield base64.urlsafe_b64encode(json.dumps([10**30, 1]).encode()).decode()


@pytest.mark.parametrize("cursor", list(_cursors()), ids=range(14))
def test_a_cursor_that_the_list_did_not_give_out_is_refused(desk: Desk, cursor: str) -> None:
    answers = {
        str(operation): send(desk, operation, query_string={"cursor": cursor})
        for operation in operations(desk)
        if "cursor" in operation.query
    }
    assert {op: a.text for op, a in answers.items() if not refused(a, 401, 422)} == {}


@pytest.mark.parametrize(
    "odd",
    [
        "%00",
        "%FF%FE",
        "%ED%A0%80",
        "..%2F..%2Fetc",
        "a%2Fb",
        "%24gt",
        "x" * 5_000,
        "{}",
        "' or 1=1",
        "🙂",
        ".",
        "a.b",
        "%0d%0aX: y",
        "TICKET-0000-0",
    ],
    ids=lambda odd: ascii(odd)[:30],
)
def test_odd_ids_are_ids_of_nothing(desk: Desk, odd: str) -> None:
    wrong = {}
    for rule in desk.app.url_map.iter_rules():
        if not rule.rule.startswith(API) or not rule.arguments:
            continue
        path = re.sub(r"<[^>]+>", odd, rule.rule).removeprefix(API)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = desk.admin.request(method, path, json=None if method == "GET" else {})
            # A path that is another route's, such as /tickets/. for /tickets/, may be that one's.
            if not refused(answer, 404, 405, 415, 422):
                wrong[f"{method} {path}"] = answer.text
    assert wrong == {}


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer " + "é" * 300},
        {"Authorization": "Bearer " + "x" * 60_000},
        {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJhdWQiOiJhY2Nlc3MifQ."},
        {"Authorization": "Basic YTpi"},
    ],
    ids=lambda header: ascii(header["Authorization"])[:40],
)
def test_an_authorization_that_is_none_gets_401(desk: Desk, header: dict[str, str]) -> None:
    wrong = {}
    for operation in operations(desk):
        if re.search(PUBLIC, operation.path):
            continue
        person = Person(desk.app, None)
        answer = person.request(operation.method, operation.path, headers=header)
        if not (refused(answer, 401) and answer.headers["WWW-Authenticate"] == "Bearer"):
            wrong[str(operation)] = answer.text
    assert wrong == {}


@pytest.mark.parametrize("value", ["x", "1", '"', '"-1"', '""', "é", '"1", "2"', '"' + "9" * 30])
def test_an_if_match_that_is_no_version_is_refused(desk: Desk, value: str) -> None:
    ticket = desk.ticket()["ticketId"]
    answer = desk.ana.put(f"/tickets/{ticket}", {"subject": "new"}, If_Match=value)
    assert refused(answer, 412, 422)
    assert desk.ana.get(f"/tickets/{ticket}").json["version"] == 1


@pytest.mark.parametrize("value", ["", "x" * 201, "x" * 50_000])
def test_an_idempotency_key_of_odd_length_is_refused(desk: Desk, value: str) -> None:
    answer = desk.ana.post("/tickets", desk.ticket_body(), Idempotency_Key=value)
    assert refused(answer, 422)
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_if_none_match_takes_lists_weak_tags_and_the_asterisk(desk: Desk) -> None:
    path = f"/tickets/{desk.ticket()['ticketId']}"
    for value, status in (
        ('"7", "1"', 304),
        ('W/"1"', 304),
        ("*", 304),
        ('"7"', 200),
        ("nonsense", 200),
        ("é", 200),
        ("," * 5_000, 200),
    ):
        answer = desk.ana.request("GET", path, headers={"If-None-Match": value})
        assert answer.status_code == status, value


def test_other_methods_get_405_that_names_the_allowed_ones(desk: Desk) -> None:
    wrong = {}
    every = operations(desk)
    for path in {operation.path for operation in every}:
        allowed = {operation.method for operation in every if operation.path == path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - allowed:
            answer = desk.admin.request(method, path)
            named = {name.strip() for name in answer.headers.get("Allow", "").split(",")}
            if not refused(answer, 405) or named - {"HEAD", "OPTIONS"} != allowed:
                wrong[f"{method} {path}"] = (answer.status_code, named, answer.text)
    assert wrong == {}


def test_head_and_options_are_answered_without_a_body(desk: Desk) -> None:
    wrong = {}
    for operation in operations(desk):
        for method in ["OPTIONS"] + ["HEAD"] * (operation.method == "GET"):
            answer = desk.admin.request(method, operation.path)
            if answer.status_code >= 500 or answer.data:
                wrong[f"{method} {operation.path}"] = (answer.status_code, answer.data)
    assert wrong == {}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_path_that_is_none_gets_404(desk: Desk, method: str) -> None:
    for path in ("/nothing", "/nothing.csv", "", "/tickets/", "/tickets/a/b/c/d"):
        assert refused(desk.admin.request(method, path), 404), path


def test_the_page_of_the_application_takes_no_odd_paths(desk: Desk) -> None:
    client = desk.app.test_client()
    for path in ("/%00.js", "/..%2f..%2fpyproject.toml", "/a%00/b.css", "//evil.test/x.js"):
        assert client.get(path).status_code in (308, 404), path
