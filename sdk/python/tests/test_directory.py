"""The story of a directory: every resource, its errors, and the settings of a client."""

from __future__ import annotations

import pytest

from berth import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    Berth,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UsageError,
    errors,
    response_of,
    types,
)
from conftest import Proxy, Server


def test_created_resources_are_in_their_lists(berth: Berth) -> None:
    organization = berth.organizations.create({"name": "Bank of America"})
    org_id = organization["id"]
    dock = berth.docks.create({"organizationId": org_id, "name": "Dock"})
    party = berth.parties.create(org_id, {"type": "ORGANIZATION", "name": "First American Title"})
    assert berth.parties.list(org_id).page().data == [party]
    assert berth.docks.list(organization_id=org_id).page().data == [dock]
    assert [one["name"] for one in berth.organizations.list(slug=organization["slug"])] == ["Bank of America"]
    assert berth.parties.get(org_id, party["id"]) == party

    role = berth.roles.assign(org_id, party["id"], {"dockId": dock["id"], "role": "DISTRIBUTOR"})
    assert berth.roles.get(org_id, party["id"], role["id"])["role"] == "DISTRIBUTOR"
    check: types.Check = {"dockId": dock["id"], "partyId": party["id"], "role": "DISTRIBUTOR"}
    assert berth.roles.check(org_id, {"checks": [check]})["results"][0]["assigned"] is True
    assert [row["id"] for row in berth.roles.list(org_id, party["id"])] == [role["id"]]
    assert [row["id"] for row in berth.roles.list_for_organization(org_id, role="DISTRIBUTOR")] == [role["id"]]
    assert [row["id"] for row in berth.roles.list_for_dock(dock["id"])] == [role["id"]]
    assert berth.roles.revoke(org_id, party["id"], role["id"]) == {"success": True}
    assert berth.roles.list(org_id, party["id"]).page().total == 0
    before = berth.roles.list(org_id, party["id"], as_of=role["createdAt"])
    assert [row["id"] for row in before] == [role["id"]]


def test_a_client_uses_a_key_that_it_created(berth: Berth, server: Server, org_id: str) -> None:
    created = berth.api_keys.create({"name": "Reader", "organizationId": org_id, "scopes": ["parties:read"]})
    assert created["key"]
    with Berth(server.url, created["key"]) as reader:
        assert reader.parties.list(org_id).page()
        with pytest.raises(PermissionDeniedError) as denied:
            reader.docks.list().page()
    assert denied.value.code == "INSUFFICIENT_SCOPE"
    assert berth.api_keys.revoke(created["id"], descendants=True) == {"success": True}
    assert all(key["revokedAt"] for key in berth.api_keys.list(organization_id=org_id))


def test_the_ledger_dialect_shows_the_same_parties(berth: Berth) -> None:
    parties = [berth.ledger.allocate_party({"partyIdHint": hint})["partyDetails"]["party"] for hint in ("Alice", "Bob")]
    details = berth.ledger.get_party(parties[0], parties=parties[1:])["partyDetails"]
    assert sorted(one["party"] for one in details) == sorted(parties)
    user = berth.ledger.authenticated_user()["user"]
    assert berth.ledger.get_user(user["id"])["user"]["id"] == user["id"]
    with pytest.raises(BadRequestError) as invalid:
        berth.ledger.allocate_party({"partyIdHint": "Alice"})
    assert invalid.value.code == "INVALID_ARGUMENT"
    assert "Alice" in invalid.value.detail
    assert invalid.value.request_id


def test_public_endpoints_need_no_credential(proxy: Proxy) -> None:
    with Berth(proxy.url) as anonymous:
        assert anonymous.service.health()["status"] == "ok"
        assert anonymous.ledger.version()["version"]
        assert isinstance(anonymous.ledger.readyz(), str)
        anonymous.ledger.livez()
        with pytest.raises(UsageError):
            anonymous.docks.list().page()
    assert len(proxy.received) == 4
    assert not any("authorization" in request.headers for request in proxy.received)


def test_a_conflict_is_a_typed_error(berth: Berth, org_id: str) -> None:
    dock = berth.docks.create({"organizationId": org_id, "name": "Dock"})
    party = berth.parties.create(org_id, {"type": "INDIVIDUAL", "name": "Party"})
    body: types.AssignRoleRequest = {"dockId": dock["id"], "role": "RECIPIENT"}
    role = berth.roles.assign(org_id, party["id"], body)
    with pytest.raises(errors.RoleAlreadyAssignedError) as raised:
        berth.roles.assign(org_id, party["id"], body)
    conflict = raised.value
    assert isinstance(conflict, ConflictError)
    assert isinstance(conflict, ApiError)
    assert (conflict.status, conflict.code, conflict.title) == (409, "ROLE_ALREADY_ASSIGNED", "Conflict")
    assert conflict.detail == "The party holds this role in this dock"
    assert conflict.conflict_id == role["id"]
    assert conflict.request_id
    assert conflict.attempts == 1
    assert str(conflict).startswith("409 ROLE_ALREADY_ASSIGNED: The party holds this role in this dock (POST /v1/")


def test_a_validation_error_lists_its_violations(berth: Berth) -> None:
    with pytest.raises(errors.ValidationFailedError) as invalid:
        berth.organizations.create({"name": "", "slug": "-"})
    assert [error.get("pointer") for error in invalid.value.errors] == ["/name", "/slug"]
    with pytest.raises(BadRequestError) as parameter:
        berth.docks.list(limit=0).page()
    assert [error.get("parameter") for error in parameter.value.errors] == ["limit"]


def test_missing_resources_and_credentials_have_their_classes(berth: Berth, server: Server) -> None:
    with pytest.raises(errors.OrganizationNotFoundError):
        berth.organizations.get("org_01HQ3K9B2V6R4X8ZT1M5N7P0QS")
    with pytest.raises(NotFoundError):
        berth.organizations.get("../healthz")
    with pytest.raises(AuthenticationError), Berth(server.url, "dk_test_unknown") as unknown:
        unknown.docks.list().page()


@pytest.mark.parametrize("identifier", ["", ".", "..", None])
def test_an_identifier_that_would_change_the_path_is_rejected(berth: Berth, identifier: str) -> None:
    with pytest.raises(UsageError):
        berth.organizations.get(identifier)


def test_a_result_knows_its_response(berth: Berth) -> None:
    organization = berth.organizations.create({"name": "Response"})
    created = response_of(organization)
    read = response_of(berth.organizations.get(organization["id"], options={"request_id": "request-1"}))
    assert created
    assert created.location == f"/v1/organizations/{organization['id']}"
    assert read
    assert (read.status, read.request_id) == (200, "request-1")
    assert read.etag
    assert response_of({}) is None


def test_a_strict_client_rejects_unknown_members(berth: Berth, server: Server) -> None:
    body: types.CreateOrganizationRequest = {"name": "Strict", "unknown": True}  # type: ignore[typeddict-unknown-key]
    berth.organizations.create(body)
    with Berth(server.url, server.key, strict=True) as strict:
        with pytest.raises(errors.ValidationFailedError):
            strict.organizations.create(body)
        strict.organizations.create(body, options={"strict": False})


def test_the_environment_has_the_url_and_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="BERTH_URL"):
        Berth()
    monkeypatch.setenv("BERTH_URL", f"{server.url}/")
    monkeypatch.setenv("BERTH_API_KEY", server.key)
    with Berth() as berth:
        assert berth.organizations.list().page()


@pytest.mark.parametrize(
    "url", ["berth", "ftp://127.0.0.1", "https://user:password@127.0.0.1", "https://127.0.0.1/?key=value"]
)
def test_a_url_that_cannot_work_is_rejected(url: str) -> None:
    with pytest.raises(UsageError):
        Berth(url, "key")


def test_settings_that_cannot_work_are_rejected(server: Server) -> None:
    with pytest.raises(UsageError):
        Berth(server.url, server.key, timeout=0)
    with pytest.raises(UsageError):
        Berth(server.url, server.key, max_retries=-1)


def test_a_function_can_provide_the_credential(server: Server) -> None:
    keys = iter(["dk_test_expired", server.key])
    with Berth(server.url, lambda: next(keys)) as rotating:
        with pytest.raises(AuthenticationError):
            rotating.docks.list().page()
        rotating.docks.list().page()
