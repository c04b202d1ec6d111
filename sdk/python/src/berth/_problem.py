"""Errors of responses."""

from __future__ import annotations

import json
from typing import Any

import httpx

from ._errors import ApiError, ErrorBody, ErrorContext, class_of_status
from ._generated.errors import CLASSES
from ._retry import retry_after_of


def error_of(response: httpx.Response, text: str, context: ErrorContext) -> ApiError:
    """Return the error of a response whose status is not a success."""
    error = _body_of(response, text)
    error_class = CLASSES.get(error.code or "") or class_of_status(response.status_code)
    return error_class(response.status_code, error, context, retry_after_of(response.headers.get("retry-after")))


def _body_of(response: httpx.Response, text: str) -> ErrorBody:
    """Read each of the API's forms: problems (RFC 9457), errors of the ledger and of OAuth, and plain text."""
    title = response.reason_phrase or f"Status {response.status_code}"
    body: Any
    try:
        body = json.loads(text)
    except ValueError:
        body = text
    members = body if isinstance(body, dict) else {}

    def first(*names: str) -> str | None:
        return next((members[name] for name in names if isinstance(members.get(name), str) and members[name]), None)

    plain = body[:1000] if isinstance(body, str) else ""
    errors = members.get("errors")
    return ErrorBody(
        code=first("code", "error"),
        title=first("title") or title,
        detail=first("detail", "cause", "error_description") or plain or title,
        errors=errors if isinstance(errors, list) else [],
        request_id=first("requestId") or response.headers.get("x-request-id"),
        conflict_id=first("conflictId"),
        body=body,
    )
