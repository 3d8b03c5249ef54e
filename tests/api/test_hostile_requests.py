"""Odd queries, ids, headers and methods: each route returns a 4xx problem."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import bson
import pytest

from tests.api.operations import PUBLIC, operations, refused, send
from tests.desk import API, Desk, Person


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
def test_an_unknown_cursor_is_refused(desk: Desk, cursor: str) -> None:
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
def test_odd_ids_are_not_found(desk: Desk, odd: str) -> None:
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
def test_an_invalid_authorization_gets_401(desk: Desk, header: dict[str, str]) -> None:
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
def test_an_invalid_if_match_is_refused(desk: Desk, value: str) -> None:
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
def test_an_unknown_path_gets_404(desk: Desk, method: str) -> None:
    for path in ("/nothing", "/nothing.csv", "", "/tickets/", "//tickets", "/tickets/a/b/c/d"):
        assert refused(desk.admin.request(method, path), 404), path


def test_the_page_of_the_application_refuses_odd_paths(desk: Desk) -> None:
    client = desk.app.test_client()
    for path in ("/%00.js", "/..%2f..%2fpyproject.toml", "/a%00/b.css", "//evil.test/x.js"):
        host = {"HTTP_HOST": "localhost"}  # of `//evil.test` the client takes another
        assert client.get(path, environ_overrides=host).status_code == 404, path
