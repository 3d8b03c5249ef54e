"""Maps every error to problem details (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json
from pymongo.errors import OperationFailure, PyMongoError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers.response import Response as BaseResponse

from backend.common.errors import AppError, DatabaseUnavailable, ValidationFailed, is_unavailable

log = logging.getLogger(__name__)

MAX_ERRORS = 20  # in one answer

_CODES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "validation_error",
}


def problem(error: AppError) -> Response:
    body = {
        "type": "about:blank",
        "title": error.status.phrase,
        "status": error.status.value,
        "detail": error.detail,
        "code": error.code,
        "requestId": g.get("request_id", ""),
        **error.extra,
    }
    response = Response(
        json.dumps(body), status=error.status, content_type="application/problem+json"
    )
    response.headers.update(error.headers)
    return response


def register_error_handlers(app: Flask) -> None:
    app.register_error_handler(AppError, problem)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(PyMongoError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _http_exception(error: HTTPException) -> BaseResponse:
    """Map the aborts of Werkzeug and flask-smorest."""
    if error.response is not None:  # a redirect carries its own
        return error.get_response()
    status = HTTPStatus(error.code or 500)
    messages = getattr(error, "data", {}).get("messages")
    shown: AppError
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        shown = ValidationFailed(_first(_by_field(messages), MAX_ERRORS))
    else:
        shown = AppError(error.description or status.phrase)
        shown.status = status
        shown.code = _CODES.get(status, status.name.lower())
    headers = dict(error.get_headers())
    for name in ("Allow", "Retry-After"):  # RFC 9110: a 405 names the allowed methods
        if name in headers:
            shown.headers[name] = headers[name]
    return problem(shown)


def _by_field(messages: Any) -> dict[str, Any]:
    """Return the errors by field; webargs reports `{location: {field: [...]}}`."""
    if not isinstance(messages, dict):
        return {}
    fields: dict[str, Any] = {}
    for location, errors in messages.items():
        fields.update(errors if isinstance(errors, dict) else {location: errors})
    return fields


def _first(errors: dict[str, Any], most: int) -> dict[str, Any]:
    """The first messages, of whatever depth, as they are in `errors`."""
    kept: dict[str, Any] = {}
    for name, found in errors.items():
        if most <= 0:
            break
        kept[name] = _first(found, most) if isinstance(found, dict) else found[:most]
        most -= _count(kept[name])
    return kept


def _count(errors: Any) -> int:
    return sum(map(_count, errors.values())) if isinstance(errors, dict) else len(errors)


def _database_error(error: PyMongoError) -> Response:
    if is_unavailable(error):
        log.warning("database unavailable: %s, request %s", _in_short(error), g.get("request_id"))
        return problem(DatabaseUnavailable())
    return _unexpected(error)


def _in_short(error: PyMongoError) -> str:
    """Return what an operator needs; the full message may quote documents."""
    code = error.code if isinstance(error, OperationFailure) else None
    return f"{type(error).__name__} {code or ''}".strip()


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error in request %s", g.get("request_id"), exc_info=error)
    return problem(AppError("Something went wrong on our side."))
