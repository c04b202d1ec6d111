"""Retries: one effect for each operation, however many responses are lost."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from berth import (
    ApiError,
    Berth,
    ConnectionFailedError,
    CreateOptions,
    DebugEvent,
    ServerError,
    TimedOutError,
    response_of,
)
from conftest import Proxy, Respond, Server


def test_a_creation_whose_response_is_lost_twice_creates_one_resource(
    berth: Berth, through_proxy: Berth, proxy: Proxy
) -> None:
    org_id = berth.organizations.create({"name": "Retries"})["id"]
    proxy.faults = ["lose", "lose"]
    party = through_proxy.parties.create(org_id, {"type": "INDIVIDUAL", "name": "Created once"})
    response = response_of(party)
    assert response
    assert response.attempts == 3
    assert response.replayed
    assert list(berth.parties.list(org_id)) == [party]
    keys = [request.headers["idempotency-key"] for request in proxy.received]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_each_operation_has_its_own_key_and_a_caller_can_choose_it(through_proxy: Berth, proxy: Proxy) -> None:
    ids = [through_proxy.organizations.create({"name": "Keys"})["id"] for _ in range(2)]
    chosen = [
        through_proxy.organizations.create({"name": "Keys"}, options={"idempotency_key": "order-7"})["id"]
        for _ in range(2)
    ]
    assert len(set(ids)) == 2
    assert len(set(chosen)) == 1
    keys = [request.headers["idempotency-key"] for request in proxy.received]
    assert len(set(keys)) == 3
    assert keys[2:] == ["order-7", "order-7"]


def test_the_number_of_retries_is_bounded_and_the_error_has_the_key(
    berth: Berth, through_proxy: Berth, proxy: Proxy
) -> None:
    org_id = berth.organizations.create({"name": "Bounded"})["id"]
    proxy.otherwise = "lose"
    with pytest.raises(ConnectionFailedError) as raised:
        through_proxy.docks.create({"organizationId": org_id, "name": "Bounded"}, options={"max_retries": 2})
    assert raised.value.attempts == len(proxy.received) == 3
    assert not raised.value.not_sent
    assert raised.value.idempotency_key
    options: CreateOptions = {"idempotency_key": raised.value.idempotency_key}
    dock = berth.docks.create({"organizationId": org_id, "name": "Bounded"}, options=options)
    assert list(berth.docks.list(organization_id=org_id)) == [dock]


def test_a_post_without_a_key_is_sent_once_if_its_response_is_lost(
    berth: Berth, through_proxy: Berth, proxy: Proxy
) -> None:
    proxy.faults = ["lose"]
    with pytest.raises(ConnectionFailedError):
        through_proxy.ledger.allocate_party({"partyIdHint": "Once"})
    assert len(proxy.received) == 1
    assert len(list(berth.ledger.list_parties(filter_party="Once::"))) == 1


def test_reads_are_repeated_also_those_by_post(through_proxy: Berth, proxy: Proxy, org_id: str) -> None:
    proxy.faults = ["lose", "forward", Respond(503)]
    through_proxy.organizations.get(org_id)
    dock_id, party_id = "dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS"
    checks = through_proxy.roles.check(
        org_id, {"checks": [{"dockId": dock_id, "partyId": party_id, "role": "RECIPIENT"}]}
    )
    assert checks["results"][0]["assigned"] is False
    assert [request.method for request in proxy.received] == ["GET", "GET", "POST", "POST"]
    assert "idempotency-key" not in proxy.received[3].headers


def test_an_error_that_a_retry_cannot_help_is_not_retried(through_proxy: Berth, proxy: Proxy) -> None:
    with pytest.raises(ApiError):
        through_proxy.organizations.create({"name": ""})
    assert len(proxy.received) == 1


def test_retry_after_is_honored(through_proxy: Berth, proxy: Proxy) -> None:
    proxy.faults = [Respond(503, {"retry-after": "1"})]
    through_proxy.docks.list().page()
    assert len(proxy.received) == 2
    assert proxy.received[1].at - proxy.received[0].at >= 0.99

    # Dates have whole seconds.
    date = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
    proxy.faults = [Respond(503, {"retry-after": format_datetime(date, usegmt=True)})]
    through_proxy.docks.list().page()
    assert proxy.received[3].at >= date.timestamp() - 0.01


def test_a_retry_after_that_is_too_long_is_left_to_the_caller(through_proxy: Berth, proxy: Proxy) -> None:
    proxy.faults = [Respond(503, {"retry-after": "3600"})]
    with pytest.raises(ServerError) as raised:
        through_proxy.docks.list().page()
    assert raised.value.retry_after == 3600
    assert len(proxy.received) == 1


def test_status_429_is_retried_for_every_method(through_proxy: Berth, proxy: Proxy) -> None:
    proxy.faults = [Respond(429, {"retry-after": "0"})]
    through_proxy.ledger.allocate_party({"partyIdHint": "Limited"})
    assert len(proxy.received) == 2


def test_pauses_have_full_jitter_below_a_bound_that_doubles(server: Server, proxy: Proxy) -> None:
    first: list[float] = []
    for _ in range(6):
        events: list[DebugEvent] = []
        proxy.faults = [Respond(503), Respond(503)]
        with Berth(proxy.url, server.key, debug=events.append) as berth:
            berth.docks.list().page()
        pauses = [event.retry_in for event in events]
        assert pauses[2] is None
        assert pauses[0] is not None
        assert 0 <= pauses[0] <= 0.5
        assert pauses[1] is not None
        assert 0 <= pauses[1] <= 1
        first.append(pauses[0])
    assert len(set(first)) > 2


@pytest.mark.parametrize(
    "response",
    [Respond(200, {"content-length": "100"}, b'{"data":'), Respond(200, {"content-type": "text/html"}, b"<p>")],
)
def test_a_response_that_is_not_complete_counts_as_lost(through_proxy: Berth, proxy: Proxy, response: Respond) -> None:
    proxy.faults = [response]
    assert through_proxy.organizations.list().page()
    assert len(proxy.received) == 2


def test_a_redirect_is_not_followed(through_proxy: Berth, proxy: Proxy, server: Server) -> None:
    proxy.faults = [Respond(302, {"location": server.url})]
    with pytest.raises(ApiError) as raised:
        through_proxy.docks.list().page()
    assert raised.value.status == 302


def test_a_request_that_never_reached_the_server_is_repeated_for_every_method(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    berth = Berth(f"http://127.0.0.1:{port}", server.key, max_retries=1)
    with berth, pytest.raises(ConnectionFailedError) as raised:
        berth.ledger.allocate_party({"partyIdHint": "Never"})
    assert raised.value.not_sent
    assert raised.value.attempts == 2


def test_a_request_ends_after_the_time_out(through_proxy: Berth, proxy: Proxy) -> None:
    proxy.otherwise = "hang"
    started = time.monotonic()
    with pytest.raises(TimedOutError, match=r"GET /v1/docks: no complete response within 0\.2 s"):
        through_proxy.docks.list(options={"timeout": 0.2, "max_retries": 1}).page()
    assert time.monotonic() - started < 20
    assert len(proxy.received) == 2
