"""The examples of docs/API_DOCUMENTATION.md run, and every endpoint has one."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from backend.common.documents import Db
from backend.ops.demo import load_demo_data
from tests.conformance import specification

PAGE = Path(__file__).parents[2] / "docs" / "API_DOCUMENTATION.md"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)

_EXAMPLE = re.compile(r"^```(http|sh)\n(.*?)^```\n`(\d{3})`", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    kind: str
    text: str
    status: int


def examples() -> list[Example]:
    found = _EXAMPLE.findall(PAGE.read_text())
    return [Example(kind, text, int(status)) for kind, text, status in found]


def test_every_example_answers_as_it_says(app: Flask, db: Db) -> None:
    load_demo_data(db)
    known: dict[str, str] = {}
    spec = specification(lambda: description(app))
    with app.test_client() as client:
        for example in examples():
            text = re.sub(r"\{(\w+)\}", lambda name: known[name[1]], example.text)
            method, path, answer = send(client, example.kind, text, known)
            assert answer.status_code == example.status, f"{text}\n{answer.text}"
            assert not spec.violations(method, path.partition("?")[0], answer)
            if answer.is_json and method == "POST":
                remember(answer.json, known)
    assert len(examples()) > 35


def test_every_endpoint_has_an_example(app: Flask) -> None:
    described = description(app)
    shown = {endpoint(example) for example in examples()}
    missing = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, operations in described["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "delete")
        and "/whatsapp/" not in path  # Meta is the only client
    } - shown
    assert not missing


def description(app: Flask) -> dict[str, Any]:
    found = app.test_client().get("/api/v2/openapi.json").json
    assert isinstance(found, dict)
    return found


def endpoint(example: Example) -> tuple[str, str]:
    path = re.search(r"(/api/v2/[^\s?]*)", example.text)
    assert path is not None
    method = "POST" if example.kind == "sh" else example.text.partition(" ")[0]
    return method, re.sub(r"\{\w+\}", "{}", path[1])


def send(client: FlaskClient, kind: str, text: str, known: dict[str, str]) -> tuple[str, str, Any]:
    headers = {"Authorization": f"Bearer {known['accessToken']}"} if known else {}
    if kind == "sh":
        path = re.search(r"http://[^/]+(\S+)", text)
        name = re.search(r"file=@(\S+)", text)
        assert path is not None
        assert name is not None
        data = {"file": (io.BytesIO(PNG), name[1])}
        return "POST", path[1], client.post(path[1], data=data, headers=headers)
    head, _, body = text.partition("\n\n")
    request, *lines = head.strip().split("\n")
    method, path_ = request.split(" ")
    headers |= dict(line.split(": ", 1) for line in lines)
    return method, path_, client.open(path_, method=method, headers=headers, data=body)


def remember(answer: Any, known: dict[str, str]) -> None:
    """Ids and tokens, for the braces of later examples; the outermost wins."""
    if not isinstance(answer, dict):
        return
    for value in answer.values():
        remember(value, known)
    known |= {
        name: value
        for name, value in answer.items()
        if name.endswith(("Id", "Token")) and isinstance(value, str)
    }
