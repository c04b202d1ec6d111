"""The scenario of README.md with the generator python of OpenAPI Generator."""

import os
from datetime import datetime, timedelta, timezone

from berth_client import (
    ApiClient,
    ApiKeysApi,
    AssignRoleRequest,
    Configuration,
    CreateApiKeyRequest,
    CreateDockRequest,
    CreateOrganizationRequest,
    CreatePartyRequest,
    DocksApi,
    OrganizationsApi,
    PartiesApi,
    PartyType,
    Problem,
    RoleName,
    RolesApi,
    UpdateOrganizationRequest,
    UpdatePartyRequest,
)
from berth_client.exceptions import ApiException, BadRequestException, ConflictException


def problem(error: ApiException) -> Problem:
    """Returns the body of an error response."""
    assert isinstance(error.data, Problem), error
    return error.data


with ApiClient(Configuration(host=os.environ["BERTH_URL"], access_token=os.environ["BERTH_KEY"])) as client:
    organizations, docks, parties = OrganizationsApi(client), DocksApi(client), PartiesApi(client)
    roles, api_keys = RolesApi(client), ApiKeysApi(client)

    organization = organizations.create_organization(
        CreateOrganizationRequest(name="Client openapi-generator-python", metadata={"tier": "gold"})
    )
    dock = docks.create_dock(CreateDockRequest(name="Dock", organization_id=organization.id))
    assert dock.domain is None
    party = parties.create_party(
        organization.id,
        CreatePartyRequest(
            type=PartyType.ORGANIZATION,
            name="Party",
            email="party@example.com",
            external_ref="REF-1",
            metadata={"region": "north"},
        ),
    )

    def assign(role: RoleName) -> AssignRoleRequest:
        return AssignRoleRequest(dock_id=dock.id, role=role)

    role = roles.assign_role(organization.id, party.id, assign(RoleName.DISTRIBUTOR))
    roles.assign_role(organization.id, party.id, assign(RoleName.RECIPIENT))

    # Pagination.
    listed: list[RoleName] = []
    cursor: str | None = None
    while True:
        page = roles.list_roles(organization.id, party.id, limit=1, cursor=cursor)
        assert len(page.data) == 1
        assert page.meta.total == 2
        listed.extend(row.role for row in page.data)
        cursor = page.meta.next_cursor
        if cursor is None:
            break
    assert listed == [RoleName.RECIPIENT, RoleName.DISTRIBUTOR]

    # A patch with one member changes this member only.
    renamed = parties.update_party(organization.id, party.id, UpdatePartyRequest(name="Renamed party"))
    assert renamed == party.model_copy(update={"name": "Renamed party", "updated_at": renamed.updated_at})

    # A member that is null is removed.
    removed = parties.update_party(organization.id, party.id, UpdatePartyRequest(email=None))
    assert removed == renamed.model_copy(update={"email": None, "updated_at": removed.updated_at})

    changed = organizations.update_organization(
        organization.id, UpdateOrganizationRequest(metadata={"region": "south"})
    )
    assert (changed.name, changed.slug) == (organization.name, organization.slug)
    assert changed.metadata == {"tier": "gold", "region": "south"}
    assert changed.count.to_dict() == {"docks": 1, "parties": 1, "machineClients": 0}

    expires_at = (datetime.now(timezone.utc) + timedelta(hours=1)).replace(microsecond=0)
    key = api_keys.create_api_key(
        CreateApiKeyRequest(
            name="Key",
            organization_id=organization.id,
            scopes=["parties:write", "roles:read"],
            expires_at=expires_at,
        )
    )
    assert key.key is not None and key.key.startswith("dk_test_")
    assert key.scopes == ["parties:write", "roles:read"]
    assert key.expires_at == expires_at
    assert key.revoked_at is None

    # Errors are typed.
    try:
        roles.assign_role(organization.id, party.id, assign(RoleName.DISTRIBUTOR))
    except ConflictException as error:
        conflict = problem(error)
    assert conflict.code == "ROLE_ALREADY_ASSIGNED"
    assert conflict.conflict_id == role.id

    try:
        docks.list_docks(cursor="unknown")
    except BadRequestException as error:
        invalid = problem(error)
    assert invalid.code == "VALIDATION_FAILED"
    assert invalid.errors and invalid.errors[0].parameter == "cursor"
    assert isinstance(invalid.message.actual_instance, list)
