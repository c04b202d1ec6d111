"""The scenario of README.md with openapi-python-client."""

import os
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TypeVar

from berth_client import AuthenticatedClient
from berth_client.api.api_keys import create_api_key
from berth_client.api.docks import create_dock, list_docks
from berth_client.api.organizations import create_organization, update_organization
from berth_client.api.parties import create_party, update_party
from berth_client.api.roles import assign_role, list_roles
from berth_client.models import (
    AssignRoleRequest,
    CreateApiKeyRequest,
    CreateApiKeyRequestScopesItem,
    CreateDockRequest,
    CreateOrganizationRequest,
    CreateOrganizationRequestMetadataType0,
    CreatePartyRequest,
    CreatePartyRequestMetadataType0,
    PartyType,
    Problem,
    RoleName,
    UpdateOrganizationRequest,
    UpdateOrganizationRequestMetadataType0,
    UpdatePartyRequest,
)
from berth_client.types import UNSET, Response

Model = TypeVar("Model")


def success(body: Model | Problem | None) -> Model:
    """Returns the body of a successful response."""
    assert body is not None and not isinstance(body, Problem), body
    return body


def problem(response: Response[Model | Problem], status: HTTPStatus) -> Problem:
    """Returns the body of an error response with this status."""
    assert response.status_code == status, response
    assert isinstance(response.parsed, Problem), response
    return response.parsed


client = AuthenticatedClient(base_url=os.environ["BERTH_URL"], token=os.environ["BERTH_KEY"])

organization = success(
    create_organization.sync(
        client=client,
        body=CreateOrganizationRequest(
            name="Client openapi-python-client",
            metadata=CreateOrganizationRequestMetadataType0.from_dict({"tier": "gold"}),
        ),
    )
)
dock = success(create_dock.sync(client=client, body=CreateDockRequest(name="Dock", organization_id=organization.id)))
assert dock.domain is None
party = success(
    create_party.sync(
        organization.id,
        client=client,
        body=CreatePartyRequest(
            type_=PartyType.ORGANIZATION,
            name="Party",
            email="party@example.com",
            external_ref="REF-1",
            metadata=CreatePartyRequestMetadataType0.from_dict({"region": "north"}),
        ),
    )
)


def assign(role: RoleName) -> AssignRoleRequest:
    return AssignRoleRequest(dock_id=dock.id, role=role)


role = success(assign_role.sync(organization.id, party.id, client=client, body=assign(RoleName.DISTRIBUTOR)))
success(assign_role.sync(organization.id, party.id, client=client, body=assign(RoleName.RECIPIENT)))

# Pagination.
listed: list[RoleName] = []
cursor: str | None = None
while True:
    page = success(list_roles.sync(organization.id, party.id, client=client, limit=1, cursor=cursor or UNSET))
    assert len(page.data) == 1
    assert page.meta.total == 2
    listed.extend(row.role for row in page.data)
    cursor = page.meta.next_cursor
    if cursor is None:
        break
assert listed == [RoleName.RECIPIENT, RoleName.DISTRIBUTOR]

# A patch with one member changes this member only.
renamed = success(
    update_party.sync(organization.id, party.id, client=client, body=UpdatePartyRequest(name="Renamed party"))
)
assert renamed.to_dict() == {**party.to_dict(), "name": "Renamed party", "updatedAt": renamed.updated_at.isoformat()}

# A member that is null is removed.
removed = success(update_party.sync(organization.id, party.id, client=client, body=UpdatePartyRequest(email=None)))
assert removed.to_dict() == {**renamed.to_dict(), "email": None, "updatedAt": removed.updated_at.isoformat()}

changed = success(
    update_organization.sync(
        organization.id,
        client=client,
        body=UpdateOrganizationRequest(metadata=UpdateOrganizationRequestMetadataType0.from_dict({"region": "south"})),
    )
)
assert (changed.name, changed.slug) == (organization.name, organization.slug)
assert changed.metadata.to_dict() == {"tier": "gold", "region": "south"}
assert changed.field_count.to_dict() == {"docks": 1, "parties": 1, "machineClients": 0}

expires_at = (datetime.now(timezone.utc) + timedelta(hours=1)).replace(microsecond=0)
key = success(
    create_api_key.sync(
        client=client,
        body=CreateApiKeyRequest(
            name="Key",
            organization_id=organization.id,
            scopes=[CreateApiKeyRequestScopesItem.PARTIESWRITE, CreateApiKeyRequestScopesItem.ROLESREAD],
            expires_at=expires_at,
        ),
    )
)
assert key.key is not None and key.key.startswith("dk_test_")
assert key.scopes == ["parties:write", "roles:read"]
assert key.expires_at == expires_at
assert key.revoked_at is None

# Errors are typed.
conflict = problem(
    assign_role.sync_detailed(organization.id, party.id, client=client, body=assign(RoleName.DISTRIBUTOR)),
    HTTPStatus.CONFLICT,
)
assert conflict.code == "ROLE_ALREADY_ASSIGNED"
assert conflict.conflict_id == role.id

invalid = problem(list_docks.sync_detailed(client=client, cursor="unknown"), HTTPStatus.BAD_REQUEST)
assert invalid.code == "VALIDATION_FAILED"
assert invalid.errors and invalid.errors[0].parameter == "cursor"
assert isinstance(invalid.message, list)
