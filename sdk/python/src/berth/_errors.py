"""Errors of the client and of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict


class FieldError(TypedDict):
    """One violation in a request: of a member of the body, or of a parameter or header."""

    pointer: NotRequired[str]
    parameter: NotRequired[str]
    detail: str


@dataclass(frozen=True)
class ErrorContext:
    """Facts about the request that failed. They never contain a credential."""

    method: str
    path: str
    attempts: int
    idempotency_key: str | None


@dataclass(frozen=True)
class ErrorBody:
    """Body of an error response, in the terms of `/v1`."""

    code: str | None
    title: str
    detail: str
    errors: list[FieldError]
    request_id: str | None
    conflict_id: str | None
    body: Any = field(repr=False)


class BerthError(Exception):
    """Base class of every error that this client raises."""


class UsageError(BerthError):
    """The client was configured or used wrongly. No request was sent."""


class RequestError(BerthError):
    """Base class of the errors of a request."""

    method: str
    path: str
    attempts: int
    """Number of requests that were sent, at least 1."""
    idempotency_key: str | None
    """Key that was sent as `Idempotency-Key`. To repeat the request safely later, send it again with this key."""

    def __init__(self, message: str, context: ErrorContext) -> None:
        super().__init__(message)
        self.method = context.method
        self.path = context.path
        self.attempts = context.attempts
        self.idempotency_key = context.idempotency_key


class ConnectionFailedError(RequestError):
    """No complete response arrived. Unless `not_sent` is set, the request may have had its effect."""

    not_sent: bool
    """Whether it is certain that the request did not reach the server."""

    def __init__(self, message: str, context: ErrorContext, *, not_sent: bool = False) -> None:
        super().__init__(message, context)
        self.not_sent = not_sent


class TimedOutError(ConnectionFailedError):
    """No complete response arrived within the time-out."""


class ApiError(RequestError):
    """The server responded with an error. Branch on the class or on `code`, not on the texts."""

    status: int
    code: str | None
    """Machine-readable error code; `None` if the response has none. New codes may be added."""
    title: str
    detail: str
    errors: list[FieldError]
    """Violations in the request, if validation failed."""
    request_id: str | None
    """Identifier of the request. Quote it in support requests."""
    conflict_id: str | None
    """Identifier of the conflicting resource, if the status is 409 and you can see it."""
    body: Any
    """The whole body of the response."""
    retry_after: float | None
    """Time to wait before a retry, in seconds, if the server sent `Retry-After`."""

    def __init__(self, status: int, error: ErrorBody, context: ErrorContext, retry_after: float | None = None) -> None:
        code = f" {error.code}" if error.code else ""
        request = f", request {error.request_id}" if error.request_id else ""
        super().__init__(f"{status}{code}: {error.detail} ({context.method} {context.path}{request})", context)
        self.status = status
        self.code = error.code
        self.title = error.title
        self.detail = error.detail
        self.errors = error.errors
        self.request_id = error.request_id
        self.conflict_id = error.conflict_id
        self.body = error.body
        self.retry_after = retry_after


class BadRequestError(ApiError):
    """Status 400: the request is invalid."""


class AuthenticationError(ApiError):
    """Status 401: the credential is missing, unknown, expired or revoked."""


class PermissionDeniedError(ApiError):
    """Status 403: the credential does not permit the request."""


class NotFoundError(ApiError):
    """Status 404: the resource does not exist, or the credential cannot see it."""


class ConflictError(ApiError):
    """Status 409: the request conflicts with the current state."""


class RateLimitError(ApiError):
    """Status 429: too many requests."""


class ServerError(ApiError):
    """Status 5xx: the server failed."""


_STATUSES: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def class_of_status(status: int) -> type[ApiError]:
    """Return the class for a status that has no class of its own code."""
    return _STATUSES.get(status, ServerError if status >= 500 else ApiError)
