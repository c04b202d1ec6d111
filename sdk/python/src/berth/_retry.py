"""When and after which pause a request is sent again."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from ._errors import ApiError, ConnectionFailedError, RequestError

Repeat = Literal["always", "with-key", "never"]
"""When a request may be sent again. `with-key`: because it carries an `Idempotency-Key`."""

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0

LONGEST_RETRY_AFTER = 60.0
"""A server that asks for a longer pause gets no retry: the caller decides."""


def retryable(error: RequestError, repeatable: bool) -> bool:
    """Return whether the request can be sent again without a second effect, and whether that may help."""
    if isinstance(error, ConnectionFailedError):
        return repeatable or error.not_sent
    if not isinstance(error, ApiError) or (error.retry_after or 0) > LONGEST_RETRY_AFTER:
        return False
    # With status 429, the server has done nothing.
    return error.status == 429 or (repeatable and (error.status == 408 or error.status >= 500))


def delay_of(error: RequestError, attempt: int, first: float = FIRST_DELAY, longest: float = LONGEST_DELAY) -> float:
    """Full jitter: a random time below a bound that doubles with each attempt. `Retry-After` comes on top."""
    bound = min(longest, first * 2 ** (attempt - 1))
    retry_after = error.retry_after or 0 if isinstance(error, ApiError) else 0
    return retry_after + random.uniform(0, bound)  # noqa: S311


def retry_after_of(value: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header: seconds, or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
