"""One exception tree, and the one place that maps it to HTTP (RFC 9457 problem details).

Services raise these; routes let them pass. The assistant's tools and the socket handlers translate
the same tree into their own answers.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers.response import Response as BaseResponse

log = logging.getLogger(__name__)


class AppError(Exception):
    """A failure a caller can understand. `detail` is safe to show to anybody."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal_error"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra  # further members of the problem document
        self.headers: dict[str, str] = {}


class Unauthenticated(AppError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"

    def __init__(self, detail: str = "Log in to continue.") -> None:
        super().__init__(detail)
        self.headers["WWW-Authenticate"] = "Bearer"


class Forbidden(AppError):
    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(AppError):
    """Also the answer for what the actor may not see, so that nobody learns what exists."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(AppError):
    status = HTTPStatus.CONFLICT
    code = "conflict"


class InvalidTransition(AppError):
    status = HTTPStatus.CONFLICT
    code = "invalid_transition"


class VersionConflict(AppError):
    """The ticket changed since the caller read it; `current` is the ticket as it is now."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "version_conflict"

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__("The ticket was changed by somebody else meanwhile.", current=current)


class TooLarge(AppError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class UnsupportedMediaType(AppError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"


class ValidationFailed(AppError):
    """`errors` maps a field to its list of problems."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "validation_error"

    def __init__(self, errors: dict[str, Any], detail: str = "Some fields are not valid.") -> None:
        super().__init__(detail, errors=errors)


class RateLimited(AppError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests; wait a moment.")
        self.headers["Retry-After"] = str(retry_after)


class DatabaseUnavailable(AppError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer; try again in a moment.")
        self.headers["Retry-After"] = "2"


_CODES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "validation_error",
}


# MongoDB's: OutOfDiskSpace, and Unauthorized as of a user who may only read.
_TAKES_NO_WRITES = {14031, 13}


def is_unavailable(error: PyMongoError) -> bool:
    """True when the database could not be reached, did not answer in time or takes no writes."""
    if isinstance(error, OperationFailure) and error.code in _TAKES_NO_WRITES:
        return True
    return does_not_answer(error)


def does_not_answer(error: PyMongoError) -> bool:
    """True when the database could not be reached or did not answer in time."""
    return isinstance(error, ConnectionFailure) or error.timeout


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
    """Werkzeug's and flask-smorest's aborts in the standard shape."""
    if error.response is not None:  # a redirect carries its own
        return error.get_response()
    status = HTTPStatus(error.code or 500)
    messages = getattr(error, "data", {}).get("messages")
    shown: AppError
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        shown = ValidationFailed(_by_field(messages))
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
    """webargs reports `{location: {field: [...]}}`; callers want the fields."""
    if not isinstance(messages, dict):
        return {}
    fields: dict[str, Any] = {}
    for location, errors in messages.items():
        fields.update(errors if isinstance(errors, dict) else {location: errors})
    return fields


def _database_error(error: PyMongoError) -> Response:
    if is_unavailable(error):
        log.warning("database unavailable: %s, request %s", _in_short(error), g.get("request_id"))
        return problem(DatabaseUnavailable())
    return _unexpected(error)


def _in_short(error: PyMongoError) -> str:
    """What an operator needs; the whole of it may quote documents."""
    code = error.code if isinstance(error, OperationFailure) else None
    return f"{type(error).__name__} {code or ''}".strip()


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error in request %s", g.get("request_id"), exc_info=error)
    return problem(AppError("Something went wrong on our side."))
