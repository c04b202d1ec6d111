"""A local server as a process, and a proxy in front of it that can lose responses."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

import pytest

from berth import Berth


@dataclass(frozen=True)
class Server:
    """A server with its first platform key."""

    url: str
    key: str


@dataclass(frozen=True)
class Respond:
    """A response of the proxy itself."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Fault = Literal["forward", "lose", "hang"] | Respond
"""Handling of a request: forward it, forward it and lose the response, never respond, or respond itself."""


@dataclass(frozen=True)
class Received:
    """A request that the proxy received."""

    method: str
    path: str
    headers: dict[str, str]
    at: float
    """Time of arrival, in seconds since 1970."""


class Proxy:
    """Forwards requests, except those that have a fault."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.received: list[Received] = []
        self.faults: list[Fault] = []
        self.otherwise: Fault = "forward"
        self.closed = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.handle(self)

            do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Handle one request."""
        body = request.rfile.read(int(request.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.command, request.path, headers, time.time()))
        fault = self.faults.pop(0) if self.faults else self.otherwise
        if fault == "hang":
            self.closed.wait(60)
            request.close_connection = True
            return
        if isinstance(fault, Respond):
            self.respond(request, fault)
            return
        connection = http.client.HTTPConnection(str(self.target.hostname), self.target.port, timeout=60)
        kept = {name: value for name, value in headers.items() if name not in ("host", "connection", "accept-encoding")}
        connection.request(request.command, request.path, body or None, kept)
        upstream = connection.getresponse()
        # The effect is committed: the whole response has arrived here.
        data = upstream.read()
        connection.close()
        if fault == "lose":
            request.close_connection = True
            return
        passed = ("content-type", "etag", "location", "x-request-id", "retry-after", "idempotency-replayed")
        self.respond(
            request, Respond(upstream.status, {n: v for n, v in upstream.getheaders() if n.lower() in passed}, data)
        )

    def respond(self, request: BaseHTTPRequestHandler, response: Respond) -> None:
        """Send a response. A header `content-length` that is too large cuts it off."""
        request.send_response(response.status)
        length = response.headers.get("content-length", str(len(response.body)))
        for name, value in {**response.headers, "content-length": length}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(response.body)
        if int(length) != len(response.body):
            request.close_connection = True

    def close(self) -> None:
        """End the proxy and the requests that hang."""
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start `berth serve` with an in-memory table."""
    program = [os.environ["BERTH_PROGRAM"], "serve", "--in-memory", "--port", "0"]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Ctrl-C"):
                break
        url = re.search(r"http://127\.0\.0\.1:\d+", " ".join(lines))
        assert url, lines
        yield Server(url[0], next(line for line in lines if line.startswith("dk_test_")))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    """Start a proxy in front of the server."""
    proxy = Proxy(server.url)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def berth(server: Server) -> Iterator[Berth]:
    """Return a client of the server."""
    with Berth(server.url, server.key) as berth:
        yield berth


@pytest.fixture
def through_proxy(proxy: Proxy, server: Server) -> Iterator[Berth]:
    """Return a client of the proxy."""
    with Berth(proxy.url, server.key) as berth:
        yield berth


@pytest.fixture(scope="session")
def org_id(berth: Berth) -> str:
    """Create an organization for the tests that need no other."""
    return berth.organizations.create({"name": "Tests"})["id"]


@pytest.fixture
def create_party(berth: Berth, org_id: str) -> Callable[[], str]:
    """Return a function that creates a party and returns its id."""

    def create() -> str:
        party = berth.parties.create(
            org_id, {"type": "ORGANIZATION", "name": "Before", "email": "a@example.com", "metadata": {"count": 0}}
        )
        return party["id"]

    return create
