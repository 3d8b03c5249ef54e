"""The exception tree. Services raise these; routes let them pass.

`http/problems.py` maps them to HTTP, the assistant's tools and the socket handlers to their own
answers.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError


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
    """Also raised for what the actor may not see, to hide that it exists."""

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
        super().__init__("The ticket has changed since you read it.", current=current)


class TooLarge(AppError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class RequestTimeout(AppError):
    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_timeout"

    def __init__(self) -> None:
        super().__init__("The body did not arrive in time.")


class UnsupportedMediaType(AppError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"


class ValidationFailed(AppError):
    """`errors` maps a field to its list of problems."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "validation_error"

    def __init__(self, errors: dict[str, Any], detail: str = "Some fields are not valid.") -> None:
        super().__init__(detail, errors=errors)


class IdempotencyKeyReused(ValidationFailed):
    """The key has created another ticket than the one asked for: `current`."""

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__(
            {"Idempotency-Key": ["Was used for a ticket with different fields. Use a new key."]}
        )
        self.extra["current"] = current


class RateLimited(AppError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests; wait a moment.")
        self.headers["Retry-After"] = str(retry_after)


class Busy(AppError):
    """More of this at a time would slow everything else down."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "busy"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers["Retry-After"] = "2"


class DatabaseUnavailable(AppError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__("The database is unavailable. Try again in a moment.")
        self.headers["Retry-After"] = "2"


# MongoDB's OutOfDiskSpace, and Unauthorized for a user who may only read.
_REFUSES_WRITES = {14031, 13}


def is_unavailable(error: PyMongoError) -> bool:
    """Return whether the database is unreachable, too slow or refuses writes."""
    if isinstance(error, OperationFailure) and error.code in _REFUSES_WRITES:
        return True
    return does_not_answer(error)


def does_not_answer(error: PyMongoError) -> bool:
    """Return whether the database is unreachable or too slow."""
    return isinstance(error, ConnectionFailure) or error.timeout
