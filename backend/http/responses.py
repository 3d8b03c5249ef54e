"""JSON responses and conditional requests (RFC 9110, 13)."""

from __future__ import annotations

import re

from flask import Response, json, request

from backend.common.documents import Document
from backend.common.errors import ValidationFailed

MAX_VERSION = 999_999_999  # what `If-Match` can name

_ETAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def answer(body: Document, status: int = 200, **headers: str) -> Response:
    """Return a JSON response. Representations have built the body: no schema dumps it again."""
    response = Response(json.dumps(body), status=status, content_type="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version() -> int | None:
    """Return the version in `If-Match`; None without the header or with `*` (RFC 9110, 13.1.1)."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = _ETAG.match(header.strip())
    if match is None:
        raise ValidationFailed({"If-Match": ['Should be a version in quotes, such as "3".']})
    return int(match[1])


def not_modified(version: int) -> bool:
    """Return whether `If-None-Match` names this version, or any with `*` (RFC 9110, 13.1.2)."""
    header = request.headers.get("If-None-Match", "")
    tags = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag(version) in tags or tags == ["*"]
