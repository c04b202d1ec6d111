"""Updates that lose no change of another client."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from berth import Berth, ConnectionFailedError, UsageError, errors, response_of, types
from conftest import Proxy


def increment(party: types.Party) -> types.UpdatePartyRequest:
    return {"metadata": {"count": party["metadata"]["count"] + 1}}


def test_a_patch_changes_the_given_members_only_and_none_removes_one(
    berth: Berth, org_id: str, create_party: Callable[[], str]
) -> None:
    party_id = create_party()
    renamed = berth.parties.update(org_id, party_id, {"name": "After"})
    assert (renamed["name"], renamed["email"]) == ("After", "a@example.com")
    assert berth.parties.update(org_id, party_id, {"email": None})["email"] is None


def test_a_stale_version_is_rejected(berth: Berth, org_id: str, create_party: Callable[[], str]) -> None:
    party_id = create_party()
    response = response_of(berth.parties.get(org_id, party_id))
    assert response
    assert response.etag
    berth.parties.update(org_id, party_id, {"name": "Second"}, options={"if_match": response.etag})
    with pytest.raises(errors.PreconditionFailedError):
        berth.parties.update(org_id, party_id, {"name": "Third"}, options={"if_match": response.etag})
    assert berth.parties.get(org_id, party_id, options={"fresh": True})["name"] == "Second"


def test_a_function_is_applied_to_the_newer_version_if_another_client_was_faster(
    berth: Berth, org_id: str, create_party: Callable[[], str]
) -> None:
    party_id = create_party()
    names: list[str] = []

    def rename(party: types.Party) -> types.UpdatePartyRequest:
        names.append(party["name"])
        if len(names) == 1:
            berth.parties.update(org_id, party_id, {"name": "Faster"})
        return {"name": f"{party['name']} and after"}

    assert berth.parties.update(org_id, party_id, rename)["name"] == "Faster and after"
    assert names == ["Before", "Faster"]


def test_simultaneous_functions_lose_no_change(berth: Berth, org_id: str, create_party: Callable[[], str]) -> None:
    party_id = create_party()
    with ThreadPoolExecutor(4) as threads:
        updates = [threads.submit(berth.parties.update, org_id, party_id, increment) for _ in range(4)]
        for update in updates:
            update.result()
    assert berth.parties.get(org_id, party_id, options={"fresh": True})["metadata"]["count"] == 4


def test_a_conflict_that_does_not_end_is_reported(berth: Berth, org_id: str) -> None:
    dock_id = berth.docks.create({"organizationId": org_id, "name": "Dock"})["id"]
    calls = 0

    def rename(_: types.Dock) -> types.UpdateDockRequest:
        nonlocal calls
        calls += 1
        berth.docks.update(dock_id, {"name": f"Other {calls}"})
        return {"name": "Mine"}

    with pytest.raises(errors.PreconditionFailedError):
        berth.docks.update(dock_id, rename)
    assert calls == 10


def test_a_function_that_returns_none_writes_nothing(through_proxy: Berth, proxy: Proxy, org_id: str) -> None:
    assert through_proxy.organizations.update(org_id, lambda _: None)["id"] == org_id
    assert [request.method for request in proxy.received] == ["GET"]


def test_a_conditional_write_whose_response_is_lost_is_not_repeated(
    berth: Berth, through_proxy: Berth, proxy: Proxy, org_id: str, create_party: Callable[[], str]
) -> None:
    party_id = create_party()
    proxy.faults = ["forward", "lose"]
    with pytest.raises(ConnectionFailedError):
        through_proxy.parties.update(org_id, party_id, increment)
    assert [request.method for request in proxy.received] == ["GET", "PATCH"]
    assert berth.parties.get(org_id, party_id, options={"fresh": True})["metadata"]["count"] == 1

    proxy.faults = ["lose"]
    assert through_proxy.parties.update(org_id, party_id, {"name": "Repeated"})["name"] == "Repeated"


def test_a_function_and_if_match_exclude_each_other(berth: Berth, org_id: str) -> None:
    with pytest.raises(UsageError):
        berth.organizations.update(org_id, lambda _: {"name": "Both"}, options={"if_match": '"1"'})
