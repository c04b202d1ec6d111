"""Lists: one page, or all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ._errors import BerthError
from ._options import AnyOptions
from ._transport import AsyncTransport, Operation, Transport, with_query

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    data: Sequence[Row]
    """Rows of the page."""
    total: int | None
    """Number of rows of the whole list; `None` if the server does not count them."""
    next_cursor: str | None
    """Position of the next page; `None` on the last page."""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """How the pages of a list follow each other."""

    parameter: str
    """Query parameter with the position of a page."""
    size: str
    """Query parameter with the size of a page."""
    largest: int
    """Size of the pages of an iteration."""
    drop: Sequence[str]
    """Query parameters that only the first page has."""
    rows: str
    """Member with the rows."""
    next: Sequence[str]
    """Member with the position of the next page."""

    def first_query(self, query: Mapping[str, object]) -> dict[str, object]:
        """Return the query of the first page of an iteration."""
        size = query.get(self.size)
        return {**query, self.size: self.largest if size is None else size}

    def next_query(self, query: Mapping[str, object], cursor: str) -> dict[str, object]:
        """Return the query of the page at a position."""
        if query.get(self.parameter) == cursor:
            raise BerthError("the next page has the position of this page")
        kept = {name: value for name, value in query.items() if name not in self.drop}
        return {**kept, self.parameter: cursor}

    def page(self, response: Any) -> Page[Any]:
        """Return the page of a response."""
        cursor = response
        for member in self.next:
            cursor = cursor[member]
        return Page(response[self.rows], response.get("meta", {}).get("total"), cursor or None)


class List(Generic[Row]):
    """A list. Iterating requests page after page until the end; `page()` requests one page.

    An iteration requests the largest pages, unless you set their size. Rows that are created meanwhile do not shift it.
    """

    def __init__(self, transport: Transport, operation: Operation, options: AnyOptions | None, paging: Paging) -> None:
        self._transport = transport
        self._operation = operation
        self._options = options
        self._paging = paging

    def page(self) -> Page[Row]:
        """Request one page."""
        return self._page(self._operation.query or {})

    def pages(self) -> Iterator[Page[Row]]:
        """Iterate over whole pages."""
        query = self._paging.first_query(self._operation.query or {})
        while True:
            page = self._page(query)
            yield page
            if page.next_cursor is None:
                return
            query = self._paging.next_query(query, page.next_cursor)

    def __iter__(self) -> Iterator[Row]:
        for page in self.pages():
            yield from page.data

    def _page(self, query: Mapping[str, object]) -> Page[Row]:
        return self._paging.page(self._transport.send(with_query(self._operation, query), self._options))


class AsyncList(Generic[Row]):
    """A list. `async for` requests page after page until the end; `await list.page()` requests one page.

    An iteration requests the largest pages, unless you set their size. Rows that are created meanwhile do not shift it.
    """

    def __init__(
        self, transport: AsyncTransport, operation: Operation, options: AnyOptions | None, paging: Paging
    ) -> None:
        self._transport = transport
        self._operation = operation
        self._options = options
        self._paging = paging

    async def page(self) -> Page[Row]:
        """Request one page."""
        return await self._page(self._operation.query or {})

    async def pages(self) -> AsyncIterator[Page[Row]]:
        """Iterate over whole pages."""
        query = self._paging.first_query(self._operation.query or {})
        while True:
            page = await self._page(query)
            yield page
            if page.next_cursor is None:
                return
            query = self._paging.next_query(query, page.next_cursor)

    async def __aiter__(self) -> AsyncIterator[Row]:
        async for page in self.pages():
            for row in page.data:
                yield row

    async def _page(self, query: Mapping[str, object]) -> Page[Row]:
        return self._paging.page(await self._transport.send(with_query(self._operation, query), self._options))
