"""Settings of a client, and options of its methods."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

import httpx

from ._errors import UsageError


class RequestOptions(TypedDict, total=False):
    """Options of every method."""

    timeout: float
    """Time for one request and its response, in seconds. Default: that of the client."""
    max_retries: int
    """Number of retries after the first request. Default: that of the client."""
    request_id: str
    """Identifier to send as `X-Request-Id`: 1 to 128 of `A-Za-z0-9._-`. Default: the server generates one."""
    strict: bool
    """Whether the server rejects unknown members and parameters. Default: that of the client."""


class ReadOptions(RequestOptions, total=False):
    """Options of a method that reads one resource."""

    fresh: bool
    """Read the current state, where the server otherwise reads with eventual consistency."""


class CreateOptions(RequestOptions, total=False):
    """Options of a method that accepts an `Idempotency-Key`."""

    idempotency_key: str
    """Key of the operation, for 24 hours. Default: a new one for each operation, the same for its retries."""


class WriteOptions(RequestOptions, total=False):
    """Options of a method that changes one resource."""

    if_match: str
    """`ETag` of the version to change: `response_of(resource).etag`. If the version is another, the status is 412."""


class AnyOptions(RequestOptions, total=False):
    """Options of all kinds of methods."""

    fresh: bool
    idempotency_key: str
    if_match: str


@dataclass(frozen=True)
class DebugEvent:
    """Outcome of one request."""

    method: str
    path: str
    """Path without the query."""
    attempt: int
    """Number of this attempt, from 1."""
    headers: Mapping[str, str]
    """Headers of the request. The credential is replaced by `[redacted]`."""
    duration: float
    """Time that the attempt took, in seconds."""
    status: int | None = None
    """Status of the response, if one arrived."""
    request_id: str | None = None
    """`X-Request-Id` of the response, if it has one."""
    failure: str | None = None
    """Why no complete response arrived."""
    retry_in: float | None = None
    """Seconds until the next attempt, if there is one."""


class Credential:
    """A credential that is in no output."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        # The message does not contain the credential.
        if not re.fullmatch(r"[!-~]+", value):
            raise UsageError("the API key must be visible ASCII characters without spaces and line breaks") from None
        self._value = value

    def __repr__(self) -> str:
        return "[redacted]"

    def authorize(self, request: httpx.Request) -> None:
        """Add the credential to a request. httpx does not show this header."""
        request.headers["authorization"] = f"Bearer {self._value}"


ApiKey = str | Callable[[], str]
AsyncApiKey = str | Callable[[], str] | Callable[[], Awaitable[str]]
Debug = bool | Callable[[DebugEvent], None]


@dataclass(frozen=True)
class Settings:
    """The options of a client with their defaults."""

    base_url: str
    credential: Credential | None
    timeout: float
    max_retries: int
    strict: bool
    debug: Callable[[DebugEvent], None] | None


def settings_of(
    base_url: str | None,
    api_key: object,
    timeout: float,
    max_retries: int,
    strict: bool,
    debug: Debug | None,
) -> Settings:
    """Return the options with their defaults. Raises for values that cannot work."""
    url = base_url if base_url is not None else os.environ.get("BERTH_URL")
    if not url:
        raise UsageError("set base_url, or the environment variable BERTH_URL")
    key = api_key if api_key is not None else os.environ.get("BERTH_API_KEY") or None
    if debug is None:
        debug = os.environ.get("BERTH_DEBUG") == "1"
    return Settings(
        base_url=_check_url(url),
        credential=Credential(key) if isinstance(key, str) else None,
        timeout=check_timeout(timeout),
        max_retries=check_retries(max_retries),
        strict=strict,
        debug=debug if callable(debug) else (_print if debug else None),
    )


def check_timeout(value: float) -> float:
    """Return a time-out, unless it is not positive."""
    if not value > 0:
        raise UsageError("timeout must be above 0")
    return value


def check_retries(value: int) -> int:
    """Return a number of retries, unless it is negative."""
    if value < 0:
        raise UsageError("max_retries must be at least 0")
    return value


def _check_url(value: str) -> str:
    """Return the URL without a slash at its end. Credentials do not belong in URLs."""
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL:
        raise UsageError("base_url must be an absolute URL") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError("base_url must be an http or https URL")
    if url.userinfo or url.query or url.fragment:
        raise UsageError("base_url must have no user, password, query or fragment")
    return str(url).rstrip("/")


def _print(event: DebugEvent) -> None:
    request = f", request {event.request_id}" if event.request_id else ""
    outcome = event.failure or f"{event.status}{request}"
    retry = f", retry in {event.retry_in:.3f} s" if event.retry_in is not None else ""
    attempt = f"attempt {event.attempt}, {event.duration:.3f} s{retry}"
    print(f"berth: {event.method} {event.path}: {outcome} ({attempt})", file=sys.stderr)
