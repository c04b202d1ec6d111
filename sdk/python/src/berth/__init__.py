"""Client of the Berth API.

`Berth` is the synchronous client, and `AsyncBerth` the asynchronous one.
"""

from ._client import AsyncBerth, Berth
from ._errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    BerthError,
    ConflictError,
    ConnectionFailedError,
    FieldError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RequestError,
    ServerError,
    TimedOutError,
    UsageError,
)
from ._generated import errors, types
from ._options import CreateOptions, DebugEvent, ReadOptions, RequestOptions, WriteOptions
from ._pages import AsyncList, List, Page
from ._resource import AsyncChange, Change
from ._response import ResponseInfo, response_of

__all__ = [
    "ApiError",
    "AsyncBerth",
    "AsyncChange",
    "AsyncList",
    "AuthenticationError",
    "BadRequestError",
    "Berth",
    "BerthError",
    "Change",
    "ConflictError",
    "ConnectionFailedError",
    "CreateOptions",
    "DebugEvent",
    "FieldError",
    "List",
    "NotFoundError",
    "Page",
    "PermissionDeniedError",
    "RateLimitError",
    "ReadOptions",
    "RequestError",
    "RequestOptions",
    "ResponseInfo",
    "ServerError",
    "TimedOutError",
    "UsageError",
    "WriteOptions",
    "errors",
    "response_of",
    "types",
]
