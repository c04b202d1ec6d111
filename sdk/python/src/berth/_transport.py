"""Sends requests, and repeats those that can be repeated."""

from __future__ import annotations

import inspect
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anyio
import httpx

from ._errors import ConnectionFailedError, ErrorContext, RequestError, TimedOutError, UsageError
from ._generated.errors import VERSION
from ._options import AnyOptions, AsyncApiKey, Credential, DebugEvent, Settings, check_retries, check_timeout
from ._problem import error_of
from ._response import result_of
from ._retry import Repeat, delay_of, retryable

Primitive = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One request, as the contract describes it."""

    method: str
    path: str
    query: Mapping[str, object] | None = None
    """Values for the query. Those that are `None` are not sent."""
    body: object = None
    repeat: Repeat
    public: bool = False
    """Whether the request is sent without a credential."""
    prefer: bool = False
    """Whether the request accepts `Prefer`."""
    text: bool = False
    """Whether the response is text, not JSON."""
    secrets: Sequence[str] = ()
    """Members of the response that are credentials."""


class _Attempts:
    """The attempts of one request, without input and output."""

    def __init__(self, settings: Settings, operation: Operation, options: AnyOptions) -> None:
        self._settings = settings
        self._operation = operation
        self._key = options.get("idempotency_key") or str(uuid.uuid4()) if operation.repeat == "with-key" else None
        # If its response is lost, a conditional write cannot distinguish its own change from another one.
        self._repeatable = operation.repeat != "never" and options.get("if_match") is None
        self._retries = check_retries(options.get("max_retries", settings.max_retries))
        self.timeout = check_timeout(options.get("timeout", settings.timeout))
        self._headers = self._headers_of(options)
        self._attempt = 0
        self._started = 0.0
        self._status: int | None = None
        self._request_id: str | None = None

    def _headers_of(self, options: AnyOptions) -> dict[str, str]:
        operation = self._operation
        headers = {"accept": "*/*" if operation.text else "application/json", "user-agent": f"berth-python/{VERSION}"}
        if operation.body is not None:
            headers["content-type"] = "application/json"
        optional = {
            "idempotency-key": self._key,
            "if-match": options.get("if_match"),
            "cache-control": "no-cache" if options.get("fresh") else None,
            "x-request-id": options.get("request_id"),
            "prefer": "handling=strict" if operation.prefer and options.get("strict", self._settings.strict) else None,
        }
        for name, value in optional.items():
            if value is None:
                continue
            if not value or not value.isascii() or not value.isprintable():
                raise UsageError(f"the header {name} must be visible ASCII characters")
            headers[name] = value
        return headers

    def begin(self, credential: Credential | None) -> httpx.Request:
        """Return the request of the next attempt."""
        operation = self._operation
        self._attempt += 1
        self._started = time.monotonic()
        self._status = self._request_id = None
        request = httpx.Request(
            operation.method,
            self._settings.base_url + operation.path,
            params=_query_of(operation.query),
            content=None if operation.body is None else json.dumps(operation.body).encode(),
            headers=self._headers,
            extensions={"timeout": httpx.Timeout(self.timeout).as_dict()},
        )
        if not operation.public:
            if credential is None:
                raise UsageError("set api_key, or the environment variable BERTH_API_KEY")
            credential.authorize(request)
        return request

    def check_time(self) -> None:
        """Raise if the time of the attempt is over. httpx limits the time between two parts of a response only."""
        if time.monotonic() - self._started > self.timeout:
            raise httpx.ReadTimeout("the response is not complete")

    def arrived(self, response: httpx.Response) -> None:
        """Note a response, before its body."""
        self._status = response.status_code
        self._request_id = response.headers.get("x-request-id")

    def result(self, response: httpx.Response, body: bytes) -> Any:
        """Return the value of a success, or raise the error."""
        text = body.decode("utf-8", "replace")
        if not response.is_success:
            raise error_of(response, text, self._context())
        if not self._operation.text:
            try:
                value = None if text == "" else json.loads(text)
            except ValueError:
                raise ConnectionFailedError(f"{self._name()}: the response is not JSON", self._context()) from None
        else:
            value = text
        result = result_of(value, response, self._attempt, self._operation.secrets)
        self._report(None, None)
        return result

    def pause(self, failure: Exception) -> float:
        """Return the seconds until the next attempt, or raise the error."""
        error = failure if isinstance(failure, RequestError) else self._connection_error(failure)
        retry = self._attempt <= self._retries and retryable(error, self._repeatable)
        delay = delay_of(error, self._attempt) if retry else None
        self._report(str(error) if isinstance(error, ConnectionFailedError) else None, delay)
        if delay is not None:
            return delay
        # Without its cause: a traceback with local variables would show the headers of the request.
        raise error from None

    def _connection_error(self, failure: Exception) -> RequestError:
        not_sent = isinstance(failure, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        if isinstance(failure, httpx.TimeoutException):
            message = f"{self._name()}: no complete response within {self.timeout:g} s"
            return TimedOutError(message, self._context(), not_sent=not_sent)
        message = f"{self._name()}: no complete response ({type(failure).__name__})"
        return ConnectionFailedError(message, self._context(), not_sent=not_sent)

    def _context(self) -> ErrorContext:
        return ErrorContext(self._operation.method, self._operation.path, self._attempt, self._key)

    def _name(self) -> str:
        return f"{self._operation.method} {self._operation.path}"

    def _report(self, failure: str | None, retry_in: float | None) -> None:
        if self._settings.debug is None:
            return
        headers = dict(self._headers)
        if not self._operation.public:
            headers["authorization"] = "Bearer [redacted]"
        event = DebugEvent(
            method=self._operation.method,
            path=self._operation.path,
            attempt=self._attempt,
            headers=headers,
            duration=time.monotonic() - self._started,
            status=self._status,
            request_id=self._request_id,
            failure=failure,
            retry_in=retry_in,
        )
        self._settings.debug(event)


class Transport:
    """Sends requests, and blocks until the response."""

    def __init__(self, settings: Settings, api_key: object, http_client: httpx.Client | None) -> None:
        self._settings = settings
        self._provider = api_key if callable(api_key) else None
        self._http = http_client if http_client is not None else httpx.Client()

    def send(self, operation: Operation, options: AnyOptions | None) -> Any:
        """Return the value of the response."""
        attempts = _Attempts(self._settings, operation, options or {})
        while True:
            credential = self._settings.credential
            if self._provider is not None and not operation.public:
                credential = Credential(self._provider())
            request = attempts.begin(credential)
            try:
                response = self._http.send(request, stream=True, follow_redirects=False)
                try:
                    attempts.arrived(response)
                    body = b""
                    for part in response.iter_bytes():
                        attempts.check_time()
                        body += part
                finally:
                    response.close()
                return attempts.result(response, body)
            except (httpx.TransportError, httpx.DecodingError, RequestError) as failure:
                pause = attempts.pause(failure)
            time.sleep(pause)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport:
    """Sends requests in an event loop of asyncio or trio."""

    def __init__(self, settings: Settings, api_key: AsyncApiKey | None, http_client: httpx.AsyncClient | None) -> None:
        self._settings = settings
        self._provider = api_key if callable(api_key) else None
        self._http = http_client if http_client is not None else httpx.AsyncClient()

    async def send(self, operation: Operation, options: AnyOptions | None) -> Any:
        """Return the value of the response."""
        attempts = _Attempts(self._settings, operation, options or {})
        while True:
            credential = self._settings.credential
            if self._provider is not None and not operation.public:
                value = self._provider()
                credential = Credential(await value if inspect.isawaitable(value) else value)
            request = attempts.begin(credential)
            try:
                response = await self._http.send(request, stream=True, follow_redirects=False)
                try:
                    attempts.arrived(response)
                    body = b""
                    async for part in response.aiter_bytes():
                        attempts.check_time()
                        body += part
                finally:
                    await response.aclose()
                return attempts.result(response, body)
            except (httpx.TransportError, httpx.DecodingError, RequestError) as failure:
                pause = attempts.pause(failure)
            await anyio.sleep(pause)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _query_of(query: Mapping[str, object] | None) -> list[tuple[str, Primitive]]:
    """Return the parameters of a query. A parameter with several values is repeated."""
    pairs: list[tuple[str, Primitive]] = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        pairs.extend((name, _text_of(one)) for one in values)
    return pairs


def _text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_query(operation: Operation, query: Mapping[str, object]) -> Operation:
    """Return the same request with another query."""
    return replace(operation, query=query)
