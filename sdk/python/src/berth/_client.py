"""The clients."""

from __future__ import annotations

from types import TracebackType

import httpx

from ._generated.resources import AsyncResources, Resources
from ._options import ApiKey, AsyncApiKey, Debug, settings_of
from ._transport import AsyncTransport, Transport


class Berth(Resources):
    """Client of the Berth API.

    `base_url` and `api_key` default to the environment variables `BERTH_URL` and `BERTH_API_KEY`. `api_key` can be a
    function that returns the current token. `timeout` is the time for one request and its response in seconds; a
    retry gets the same time again. `strict` lets the server reject unknown members and parameters. `debug` receives
    an event for every request; `True` prints them to the standard error, as does the environment variable
    `BERTH_DEBUG=1`. `http_client` sends the requests, for example through a proxy.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: ApiKey | None = None,
        *,
        timeout: float = 30.0,
        max_retries: int = 3,
        strict: bool = False,
        debug: Debug | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        settings = settings_of(base_url, api_key, timeout, max_retries, strict, debug)
        self._transport = Transport(settings, api_key, http_client)
        super().__init__(self._transport)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Berth:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncBerth(AsyncResources):
    """Client of the Berth API for asyncio and trio, with the parameters of `Berth`.

    `api_key` can be a coroutine function.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: AsyncApiKey | None = None,
        *,
        timeout: float = 30.0,
        max_retries: int = 3,
        strict: bool = False,
        debug: Debug | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        settings = settings_of(base_url, api_key, timeout, max_retries, strict, debug)
        self._transport = AsyncTransport(settings, api_key, http_client)
        super().__init__(self._transport)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> AsyncBerth:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
