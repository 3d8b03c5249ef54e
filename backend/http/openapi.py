"""The OpenAPI 3.1 description, generated from the routes and their schemas.

What a route may answer beside success, and the headers it takes and gives, follow from what kind
of operation it is. They are described here once, so that no route can forget them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow
from apispec import BasePlugin
from flask import Flask
from flask_smorest import Api

from backend.http.schemas import Problem

BEARER = "bearer"

VISITOR = "visitor"

# `@blueprint.doc(**PUBLIC)`: needs no login; the others, a web visitor's token, always or perhaps.
PUBLIC: dict[str, Any] = {"security": []}
VISITORS: dict[str, Any] = {"security": [{VISITOR: []}]}
PERHAPS_VISITORS: dict[str, Any] = {"security": [{VISITOR: []}, {}]}

_PROBLEMS = {
    HTTPStatus.UNAUTHORIZED: "Not logged in, or the session has ended.",
    HTTPStatus.FORBIDDEN: "The role or the proof of identity does not allow it.",
    HTTPStatus.NOT_FOUND: "The resource does not exist, or you may not see it.",
    HTTPStatus.CONFLICT: "`conflict` with the current state, or `invalid_transition` of a status.",
    HTTPStatus.PRECONDITION_FAILED: (
        "`version_conflict`: the ticket has another version than `If-Match`; `current` is the "
        "ticket as it is now."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body, the file or the ticket would be too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body has another content type.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "`validation_error`: `errors` has the problems by field.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; `Retry-After` says when to try again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "`database_unavailable` or `busy`: try again in a moment.",
}

_WITH_RETRY_AFTER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

_ETAG = {"description": "The ticket's version, in quotes.", "schema": {"type": "string"}}
_LOCATION = {
    "description": "The address of the new resource.",
    "schema": {"type": "string", "format": "uri-reference"},
}
_RETRY_AFTER = {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}
_REPLAYED = {
    "description": "Present if the `Idempotency-Key` was used before: the first ticket.",
    "schema": {"const": "true"},
}

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "Write only if the ticket is still at this version: its `ETag`.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"1"',
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The `ETag` of the version that the client has.",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": (
        "The same key of the same agent gets the first ticket again. With other fields it is "
        "refused, and `current` is the first ticket."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

_TICKETS = "/api/v2/tickets"
_TICKET = f"{_TICKETS}/{{ticket_id}}"


def config() -> dict[str, Any]:
    return {
        "API_TITLE": "Mostrador",
        "API_VERSION": "v2",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v2",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "security": [{BEARER: []}],
            "components": {
                "securitySchemes": {
                    BEARER: {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "The `accessToken` of an agent's login.",
                    },
                    VISITOR: {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "The `visitorToken` of a web visitor's session.",
                    },
                }
            },
        },
    }


class _Conventions(BasePlugin):
    """Adds to every operation what follows from its path, method, input and security."""

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        **_kwargs: Any,
    ) -> None:
        for method, operation in (operations or {}).items():
            _describe_headers(path or "", method, operation)
            for status in _problems_of(path or "", method, operation):
                operation["responses"].setdefault(status.value, status.name)
            operation["responses"] = dict(sorted(operation["responses"].items()))


def _problems_of(path: str, method: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    public = operation.get("security") == []
    writes = method != "get"
    body = operation.get("requestBody", {}).get("content", {})
    parameters = [p for p in operation.get("parameters", []) if p is not _IF_NONE_MATCH]
    true_of = {
        HTTPStatus.UNAUTHORIZED: not public,
        HTTPStatus.NOT_FOUND: "{" in path,
        HTTPStatus.CONFLICT: writes and not public,
        HTTPStatus.PRECONDITION_FAILED: _IF_MATCH in parameters,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: bool(body),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "application/json" in body,
        HTTPStatus.UNPROCESSABLE_ENTITY: bool(body or parameters),
        HTTPStatus.TOO_MANY_REQUESTS: not public or bool(body),
        HTTPStatus.SERVICE_UNAVAILABLE: True,
    }
    return [status for status, holds in true_of.items() if holds]


def _describe_headers(path: str, method: str, operation: dict[str, Any]) -> None:
    """Describe the headers of the request and of a successful response."""
    parameters: list[dict[str, Any]] = []
    headers: dict[str, Any] = {}
    if path.startswith(_TICKET) and method != "get":
        parameters.append(_IF_MATCH)
        headers["ETag"] = _ETAG
    elif (path, method) == (_TICKET, "get"):
        parameters.append(_IF_NONE_MATCH)
        headers["ETag"] = _ETAG
        operation["responses"][304] = {"description": "It is still this version."}
    elif (path, method) == (_TICKETS, "post"):
        parameters.append(_IDEMPOTENCY_KEY)
        headers |= {"ETag": _ETAG, "Idempotency-Replayed": _REPLAYED}
    new = HTTPStatus.CREATED in operation["responses"]
    if new and "{" not in path and "security" not in operation:
        headers["Location"] = _LOCATION
    if parameters:
        operation.setdefault("parameters", []).extend(parameters)
    for status, response in operation["responses"].items():
        if headers and status < HTTPStatus.BAD_REQUEST:
            response["headers"] = headers


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest comes without types
    """Describes problems by name, and schemas that no operation returns."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # each operation names its own

    def __init__(self, app: Flask) -> None:
        super().__init__(app, spec_kwargs={"extra_plugins": [_Conventions()]})

    def describe(self, *schemas: type[marshmallow.Schema]) -> None:
        """Describe schemas that no operation returns but clients need."""
        for schema in schemas:
            self.spec.components.schema(schema.__name__, schema=schema)

    def _register_responses(self) -> None:
        for status, description in _PROBLEMS.items():
            response: dict[str, Any] = {
                "description": description,
                "content": {"application/problem+json": {"schema": Problem}},
            }
            if status in _WITH_RETRY_AFTER:
                response["headers"] = {"Retry-After": _RETRY_AFTER}
            self.spec.components.response(status.name, response, lazy=True)

    def _register_etag_headers(self) -> None:
        """flask-smorest's own would differ from those above."""

    def _register_pagination_header(self) -> None:
        """Pages are described in the body of every list; there is no header."""
