"""No credential is in any output."""

from __future__ import annotations

import json
import os
import pprint
import subprocess
import sys
import traceback
from collections.abc import Callable

import pytest

from berth import Berth, BerthError, DebugEvent, UsageError
from conftest import Proxy, Respond, Server


def outputs(value: object) -> str:
    """Return everything that a program can print of a value without naming its members."""
    texts = [repr(value), str(value), f"{value}", pprint.pformat(value)]
    if isinstance(value, BaseException):
        texts += traceback.format_exception(value)
        texts += traceback.TracebackException.from_exception(value, capture_locals=True).format()
    else:
        texts.append(repr(getattr(value, "__dict__", {})))
    return "\n".join(texts)


def secret_of(server: Server) -> str:
    """Return the part of the key that is secret."""
    return server.key[len("dk_test_") + 6 :]


def test_a_client_does_not_show_its_key(server: Server, berth: Berth) -> None:
    secret = secret_of(server)
    assert len(secret) > 20
    assert secret in outputs({"key": server.key})
    settings = berth._transport._settings
    for value in (berth, berth.parties, berth.parties.list("org_1"), berth._transport, settings, settings.credential):
        assert secret not in outputs(value)


def failure_of(request: Callable[[], object]) -> BerthError:
    """Return the error of a request. Its traceback begins here, so its local variables are those of the SDK."""
    try:
        request()
    except BerthError as error:
        return error
    raise AssertionError("the request succeeded")


def test_errors_do_not_show_the_key(server: Server, proxy: Proxy) -> None:
    berth = Berth(proxy.url, server.key, max_retries=0, timeout=0.5)
    unreachable = Berth("http://127.0.0.1:1", server.key, max_retries=0)
    raised = [failure_of(lambda: berth.organizations.get("org_1"))]
    proxy.faults = ["lose", "hang", Respond(500, body=b"failed")]
    raised += [failure_of(lambda: berth.docks.list().page()) for _ in range(3)]
    raised.append(failure_of(lambda: unreachable.docks.list().page()))
    names = ["NotFoundError", "ConnectionFailedError", "TimedOutError", "ServerError", "ConnectionFailedError"]
    for error, name in zip(raised, names, strict=True):
        shown = outputs(error)
        assert name in shown
        assert secret_of(server) not in shown


@pytest.mark.parametrize("suffix", ["\n", " ", "é"])
def test_a_key_that_cannot_be_sent_is_not_in_the_error(server: Server, suffix: str) -> None:
    with pytest.raises(UsageError) as raised:
        Berth(server.url, server.key + suffix)
    assert secret_of(server) not in str(raised.value)
    with pytest.raises(UsageError) as raised:
        Berth(f"http://{server.key}:@127.0.0.1", server.key)
    assert secret_of(server) not in str(raised.value)


def test_debug_events_do_not_show_the_key_and_name_the_request(server: Server, proxy: Proxy) -> None:
    events: list[DebugEvent] = []
    proxy.faults = ["lose"]
    with Berth(proxy.url, server.key, debug=events.append) as berth:
        berth.organizations.list(search="private").page()
    assert secret_of(server) not in outputs(events)
    assert "private" not in outputs(events)
    first, second = events
    assert first.failure
    assert first.retry_in is not None
    assert (second.method, second.path, second.status, second.attempt) == ("GET", "/v1/organizations", 200, 2)
    assert second.request_id
    assert second.headers["authorization"] == "Bearer [redacted]"


def test_berth_debug_prints_a_line_for_each_request_without_the_key(server: Server) -> None:
    program = """
import logging
logging.basicConfig(level=logging.DEBUG)
from berth import Berth
with Berth() as berth:
    print(berth, berth.organizations.create({"name": "Printed"}))
    print(berth.api_keys.create({"name": "Printed", "scopes": ["docks:read"]}))
"""
    env = {**os.environ, "BERTH_URL": server.url, "BERTH_API_KEY": server.key, "BERTH_DEBUG": "1"}
    child = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert "berth: POST /v1/organizations: 201, request req_" in child.stderr
    assert secret_of(server) not in child.stderr + child.stdout
    assert "'key': '[redacted]'" in child.stdout


def test_a_created_credential_is_in_the_object_and_not_in_its_output(berth: Berth) -> None:
    created = berth.api_keys.create({"name": "Created", "scopes": ["docks:read"]})
    key = created["key"]
    assert key
    assert key.startswith("dk_test_")
    assert json.loads(json.dumps(created))["key"] == key
    for shown in (outputs(created), outputs([created]), outputs({"created": created})):
        assert key not in shown
        assert "[redacted]" in shown
