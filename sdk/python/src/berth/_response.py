"""Results, and facts about the responses that they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class ResponseInfo:
    """Facts about the response that a result came from."""

    status: int
    request_id: str | None
    """Identifier of the request."""
    etag: str | None
    """Version of the resource, for `if_match`."""
    location: str | None
    """Path of the created resource."""
    replayed: bool
    """Whether this is the recorded response to an earlier request with the same `Idempotency-Key`."""
    attempts: int
    """Number of requests that were sent, at least 1."""


class Result(dict[str, Any]):
    """The object of a response. Its credentials are members, but not in its output."""

    __slots__ = ("hidden", "response")
    response: ResponseInfo
    hidden: Sequence[str]

    def __repr__(self) -> str:
        shown = {name: "[redacted]" if name in self.hidden and value else value for name, value in self.items()}
        return repr(shown)


def result_of(value: Any, response: httpx.Response, attempts: int, hidden: Sequence[str]) -> Any:
    """Return an object of a response with the facts about it, and every other value as it is."""
    if not isinstance(value, dict):
        return value
    result = Result(value)
    result.hidden = hidden
    headers = response.headers
    result.response = ResponseInfo(
        status=response.status_code,
        request_id=headers.get("x-request-id"),
        etag=headers.get("etag"),
        location=headers.get("location"),
        replayed=headers.get("idempotency-replayed") == "true",
        attempts=attempts,
    )
    return result


def response_of(result: Mapping[str, object]) -> ResponseInfo | None:
    """Return facts about the response that an object came from: `ETag`, request id, status."""
    return result.response if isinstance(result, Result) else None
