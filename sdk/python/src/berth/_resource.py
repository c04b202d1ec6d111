"""Base classes of the resources."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import quote

from ._errors import BerthError, UsageError
from ._generated.errors import PreconditionFailedError
from ._options import AnyOptions, ReadOptions, RequestOptions, WriteOptions
from ._pages import AsyncList, List, Paging
from ._response import response_of
from ._retry import delay_of
from ._transport import AsyncTransport, Operation, Transport

T = TypeVar("T")
Patch = TypeVar("Patch")

Change = Callable[[T], Patch | None]
"""Returns the changes to a resource, given its current state; `None` leaves it as it is. It can run several times, so
it must have no other effect."""

AsyncChange = Callable[[T], Patch | Awaitable[Patch | None] | None]
"""As `Change`, or a coroutine function."""

UPDATE_ATTEMPTS = 10
"""How often a change is applied to a newer version before its conflict is reported."""
FIRST_DELAY = 0.05
LONGEST_DELAY = 0.8


def segment(value: str) -> str:
    """Encode a value as one segment of a path. A value that would change the path is an error."""
    if not isinstance(value, str) or value in ("", ".", ".."):
        raise UsageError("an identifier in the path must be text, not empty, and not . or ..")
    return quote(value, safe="")


def _options(options: RequestOptions | None) -> AnyOptions:
    return cast(AnyOptions, options or {})


def _etag_of(current: Any) -> str:
    response = response_of(cast(Mapping[str, object], current))
    if response is None or response.etag is None:
        raise BerthError("the response has no ETag")
    return response.etag


def _read_options(options: WriteOptions | None) -> ReadOptions:
    if options and "if_match" in options:
        raise UsageError("if_match and a function exclude each other")
    return cast(ReadOptions, {**(options or {}), "fresh": True})


def _write_options(options: WriteOptions | None, etag: str) -> WriteOptions:
    return cast(WriteOptions, {**(options or {}), "if_match": etag})


class Resource:
    """Base class of the resources."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _send(self, operation: Operation, options: RequestOptions | None) -> Any:
        return self._transport.send(operation, _options(options))

    def _list(self, operation: Operation, options: RequestOptions | None, paging: Paging) -> List[Any]:
        return List(self._transport, operation, _options(options), paging)

    def _change(
        self,
        read: Callable[[ReadOptions], T],
        write: Callable[[Patch, WriteOptions | None], T],
        change: Change[T, Patch],
        options: WriteOptions | None,
    ) -> T:
        """Read, apply the change, and write if no other client has written meanwhile. Otherwise, begin again."""
        attempt = 1
        while True:
            current = read(_read_options(options))
            etag = _etag_of(current)
            patch = change(current)
            if patch is None:
                return current
            try:
                return write(patch, _write_options(options, etag))
            except PreconditionFailedError as error:
                if attempt == UPDATE_ATTEMPTS:
                    raise
                self._transport.sleep(delay_of(error, attempt, FIRST_DELAY, LONGEST_DELAY))
            attempt += 1


class AsyncResource:
    """Base class of the resources of the asynchronous client."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _send(self, operation: Operation, options: RequestOptions | None) -> Any:
        return await self._transport.send(operation, _options(options))

    def _list(self, operation: Operation, options: RequestOptions | None, paging: Paging) -> AsyncList[Any]:
        return AsyncList(self._transport, operation, _options(options), paging)

    async def _change(
        self,
        read: Callable[[ReadOptions], Awaitable[T]],
        write: Callable[[Patch, WriteOptions | None], Awaitable[T]],
        change: AsyncChange[T, Patch],
        options: WriteOptions | None,
    ) -> T:
        """Read, apply the change, and write if no other client has written meanwhile. Otherwise, begin again."""
        attempt = 1
        while True:
            current = await read(_read_options(options))
            etag = _etag_of(current)
            changed = change(current)
            patch = await changed if inspect.isawaitable(changed) else changed
            if patch is None:
                return current
            try:
                return await write(cast(Patch, patch), _write_options(options, etag))
            except PreconditionFailedError as error:
                if attempt == UPDATE_ATTEMPTS:
                    raise
                await self._transport.sleep(delay_of(error, attempt, FIRST_DELAY, LONGEST_DELAY))
            attempt += 1
