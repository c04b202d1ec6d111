# Generated from openapi.json by .ci/sdk generate. Do not edit.
"""The resources of the API."""

from __future__ import annotations

from collections.abc import Sequence

from . import types
from .._options import CreateOptions, ReadOptions, RequestOptions, WriteOptions
from .._pages import AsyncList, List, Paging
from .._resource import AsyncChange, AsyncResource, Change, Resource, segment
from .._transport import AsyncTransport, Operation, Transport


class OrganizationsResource(Resource):
    """Organizations: the tenants of a deployment."""

    def list(
        self,
        *,
        search: str | None = None,
        slug: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Organization]:
        """List organizations.

        Returns organizations, newest first. A platform key sees every organization, an organization key only its own.

        Required scope: `organizations:read`.

        search: Return only organizations whose name contains this text, ignoring case and width. 1 to 200 characters.
        slug: Return only the organization with this slug.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/organizations", query={"search": search, "slug": slug, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        body: types.CreateOrganizationRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Organization:
        """Create an organization.

        Creates a tenant. Requires a platform key.

        The slug is derived from the name. If it is taken, the first free number is appended (`-1`, `-2`, …), so two organizations may have the same name. To get either the exact slug or an error, send `slug` or `Prefer: handling=strict`: a slug that is taken is then rejected with `SLUG_ALREADY_TAKEN`.

        These slugs are reserved: `admin`, `administrator`, `api`, `app`, `auth`, `billing`, `blog`, `console`, `dashboard`, `docs`, `help`, `login`, `logout`, `mail`, `oauth`, `root`, `security`, `signin`, `signup`, `sso`, `static`, `status`, `support`, `system`, `www`. A slug that an organization has given up stays reserved for it for 30 days. A slug that is derived from a name gets a number instead; one that you ask for is rejected with `SLUG_RESERVED`. No slug begins with `xn--`.

        Required scope: `organizations:write`.
        """
        result: types.Organization = self._send(Operation(method="POST", path="/v1/organizations", body=body, repeat="with-key", prefer=True), options)
        return result

    def get(
        self,
        org_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Organization:
        """Get an organization.

        Returns an organization with the exact number of resources that it owns in `_count`. The `ETag` changes when these numbers change; `If-Match` on a later update compares only the organization's own version.

        Required scope: `organizations:read`.

        org_id: Organization id.
        """
        result: types.Organization = self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}", repeat="always", prefer=True), options)
        return result

    def delete(
        self,
        org_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete an organization.

        Deletes an organization for ever. Requires a platform key.

        The organization must own no docks, parties and machine clients, and no API keys that are neither revoked nor expired. Otherwise the status is 409, and `counts` has their numbers. The default organization of the deployment cannot be deleted.

        The slug stays reserved for 30 days. The audit entries of the organization stay. If roles of its deleted docks and parties remain to be revoked, the request revokes them first; if they are too many for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `organizations:write`.

        org_id: Organization id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}", repeat="always", prefer=True), options)
        return result

    def update(
        self,
        org_id: str,
        change: types.UpdateOrganizationRequest | Change[types.Organization, types.UpdateOrganizationRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Organization:
        """Update an organization.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged. `metadata` is merged key by key. The slug does not follow the name. A slug that is replaced stays reserved for the organization for 30 days: it can take the slug back, and other organizations get `SLUG_RESERVED`. After that, every organization can use it.

        Required scope: `organizations:write`.

        org_id: Organization id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateOrganizationRequest, options: WriteOptions | None) -> types.Organization:
            result: types.Organization = self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(org_id, options=options), write, change, options)


class DocksResource(Resource):
    """Docks: the workspaces of an organization."""

    def list(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Dock]:
        """List docks.

        Returns docks, newest first. A platform key sees the docks of every organization, an organization key those of its own organization.

        Required scope: `docks:read`.

        organization_id: Return only docks of this organization.
        search: Return only docks whose name contains this text, ignoring case and width. 1 to 200 characters.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/docks", query={"organizationId": organization_id, "search": search, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        body: types.CreateDockRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Dock:
        """Create a dock.

        Creates a workspace of an organization. A platform key must name the organization in `organizationId`; an organization key may omit it.

        A domain belongs to at most one dock, whether as `domain` or as `customDomain`. A new domain is unverified. Berth does not verify domains yet, so after 30 days another dock can take the domain. To claim it for another 30 days, remove it and set it again.

        Required scope: `docks:write`.
        """
        result: types.Dock = self._send(Operation(method="POST", path="/v1/docks", body=body, repeat="with-key", prefer=True), options)
        return result

    def get(
        self,
        dock_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Dock:
        """Get a dock.

        Returns the current state of a dock.

        Required scope: `docks:read`.

        dock_id: Dock id.
        """
        result: types.Dock = self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}", repeat="always", prefer=True), options)
        return result

    def delete(
        self,
        dock_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a dock.

        Deletes a dock for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the dock. Its recipients and groups are deleted. Another dock can take its domains at once.

        The dock and all that belongs to it no longer exist with the first request, whatever its status. If that is too much for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `docks:write`.

        dock_id: Dock id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}", repeat="always", prefer=True), options)
        return result

    def update(
        self,
        dock_id: str,
        change: types.UpdateDockRequest | Change[types.Dock, types.UpdateDockRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Dock:
        """Update a dock.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `businessAddress` is replaced as a whole. A new `domain` is unverified, and after 30 days another dock can take it.

        Required scope: `docks:write`.

        dock_id: Dock id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateDockRequest, options: WriteOptions | None) -> types.Dock:
            result: types.Dock = self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(dock_id, options=options), write, change, options)


class PartiesResource(Resource):
    """Parties: the counterparties of an organization."""

    def list(
        self,
        org_id: str,
        *,
        type: types.PartyType | None = None,
        search: str | None = None,
        external_ref: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Party]:
        """List parties.

        Returns the parties of an organization, newest first. The cost of a search by `externalRef` does not depend on the number of parties.

        Required scope: `parties:read`.

        org_id: Organization id.
        type: Return only parties of this type: `INDIVIDUAL` or `ORGANIZATION`.
        search: Return only parties whose name contains this text, ignoring case and width. 1 to 200 characters.
        external_ref: Return only parties with exactly this external reference. 1 to 256 characters.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties", query={"type": type, "search": search, "externalRef": external_ref, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        org_id: str,
        body: types.CreatePartyRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Party:
        """Create a party.

        Creates a counterparty of an organization: a person or a company that takes part in docks once it holds roles. Name, e-mail address and external reference need not be unique.

        Required scope: `parties:write`.

        org_id: Organization id.
        """
        result: types.Party = self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/parties", body=body, repeat="with-key", prefer=True), options)
        return result

    def get(
        self,
        org_id: str,
        party_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Party:
        """Get a party.

        Returns a party. The read is eventually consistent: a party that was just created is found, a change or a deletion may take some milliseconds to become visible. `Cache-Control: no-cache` requests the current state.

        Required scope: `parties:read`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.Party = self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", repeat="always", prefer=True), options)
        return result

    def delete(
        self,
        org_id: str,
        party_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a party.

        Deletes a party for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the party. The ledger API no longer returns the party, and its ledger id is never used again.

        The party and its roles no longer exist with the first request, whatever its status. If the party has too many roles for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `parties:write`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", repeat="always", prefer=True), options)
        return result

    def update(
        self,
        org_id: str,
        party_id: str,
        change: types.UpdatePartyRequest | Change[types.Party, types.UpdatePartyRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Party:
        """Update a party.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `metadata` is merged key by key.

        Required scope: `parties:write`.

        org_id: Organization id.
        party_id: Party id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdatePartyRequest, options: WriteOptions | None) -> types.Party:
            result: types.Party = self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(org_id, party_id, options=options), write, change, options)


class RolesResource(Resource):
    """Roles of parties in docks, and their history."""

    def list_for_organization(
        self,
        org_id: str,
        *,
        role: types.RoleName | None = None,
        dock_id: str | None = None,
        party_id: str | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.OrganizationRole]:
        """List the roles of an organization.

        Returns the roles that parties hold in the docks of the organization, newest party first. The roles of one party follow each other, newest first. `dockName` and `partyName` are the current names; of a deleted dock or party, the last ones.

        Unknown ids in `dockId` and `partyId` match nothing. With `asOf`, with `role`, with both `dockId` and `partyId`, or while a deletion is in progress, a page may be short while `hasMore` is true.

        `meta.total` is exact if the first page has all roles. It is also exact with either `partyId` or `dockId`, with or without `role`. In all other cases it is `null`.

        Required scope: `roles:read`.

        org_id: Organization id.
        role: Return only this role: `DISTRIBUTOR` or `RECIPIENT`.
        dock_id: Return only roles in these docks: 1 to 50 ids, comma-separated.
        party_id: Return only roles of these parties: 1 to 50 ids, comma-separated.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 500. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/roles", query={"role": role, "dockId": dock_id, "partyId": party_id, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=500, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def list_for_dock(
        self,
        dock_id: str,
        *,
        role: types.RoleName | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.DockParty]:
        """List the parties of a dock.

        Returns one row for each role that a party holds in the dock, newest party first. A party with both roles has two rows, `DISTRIBUTOR` before `RECIPIENT`. `partyName` and `partyType` are the current ones; of a deleted party, the last ones.

        Required scope: `roles:read`.

        dock_id: Dock id.
        role: Return only parties with this role: `DISTRIBUTOR` or `RECIPIENT`.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/parties", query={"role": role, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def list(
        self,
        org_id: str,
        party_id: str,
        *,
        role: types.RoleName | None = None,
        dock_id: types.DockId | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.PartyRole]:
        """List the roles of a party.

        Returns the roles that a party holds in the docks of its organization, newest first. `dockName` is the current name of the dock; of a deleted dock, its last name.

        Required scope: `roles:read`.

        org_id: Organization id.
        party_id: Party id.
        role: Return only this role: `DISTRIBUTOR` or `RECIPIENT`.
        dock_id: Return only roles in this dock.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles", query={"role": role, "dockId": dock_id, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def assign(
        self,
        org_id: str,
        party_id: str,
        body: types.AssignRoleRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.AssignedRole:
        """Assign a role.

        Assigns a party the role `DISTRIBUTOR` or `RECIPIENT` in a dock of the same organization. A party may hold both roles in one dock, each once.

        If the party or dock belongs to another organization, the status is 403 with a platform key. With an organization key it is 404, as for a resource that does not exist.

        Required scope: `roles:write`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.AssignedRole = self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles", body=body, repeat="with-key", prefer=True), options)
        return result

    def get(
        self,
        org_id: str,
        party_id: str,
        role_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.AssignedRole:
        """Get a role.

        Returns a role that a party holds in a dock. A revoked role is not found; it stays in the history that lists return with `asOf`.

        Required scope: `roles:read`.

        org_id: Organization id.
        party_id: Party id.
        role_id: Role id.
        """
        result: types.AssignedRole = self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles/{segment(role_id)}", repeat="always", prefer=True), options)
        return result

    def revoke(
        self,
        org_id: str,
        party_id: str,
        role_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Revoke a role.

        Revokes a role. It stays in the history that lists return with `asOf`. The same role can be assigned again and then has a new identifier.

        Required scope: `roles:write`.

        org_id: Organization id.
        party_id: Party id.
        role_id: Role id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles/{segment(role_id)}", repeat="always", prefer=True), options)
        return result

    def check(
        self,
        org_id: str,
        body: types.CheckRolesRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.CheckRolesResponse:
        """Check roles.

        Returns whether parties hold roles in docks: 1 to 100 checks per request, with results in the order of the checks. A party or dock that does not exist, or belongs to another organization, yields `assigned: false`, as does another dock for a credential that is bound to a dock.

        Required scope: `roles:read`.

        org_id: Organization id.
        """
        result: types.CheckRolesResponse = self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/roles/check", body=body, repeat="always", prefer=True), options)
        return result


class RecipientsResource(Resource):
    """Recipients: the contacts of a dock, who may belong to a party."""

    def list(
        self,
        dock_id: str,
        *,
        email: str | None = None,
        search: str | None = None,
        stakeholder_class: types.StakeholderClass | None = None,
        party_id: types.PartyId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Recipient]:
        """List recipients.

        Returns the recipients of a dock, newest first. The cost of a search by `email` does not depend on the number of recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        email: Return only the recipient with this e-mail address, ignoring case. At most 254 characters.
        search: Return only recipients whose name or e-mail address contains this text, ignoring case and width. 1 to 200 characters.
        stakeholder_class: Return only recipients with this relation to the documents: `mortgagee`, `agent`, `policyholder` or `auditor`.
        party_id: Return only recipients that belong to this party.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/recipients", query={"email": email, "search": search, "stakeholderClass": stakeholder_class, "partyId": party_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        dock_id: str,
        body: types.CreateRecipientRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Recipient:
        """Create a recipient.

        Creates a recipient in a dock. Its e-mail address is unique in the dock.

        With `partyId`, the recipient belongs to a party of the same organization. If that party lacks the role `RECIPIENT` in the dock, the same transaction assigns it. `roleId` in the response is the role. If the party belongs to another organization, the status is 403 with a platform key, and 404 with an organization key.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.Recipient = self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/recipients", body=body, repeat="with-key", prefer=True), options)
        return result

    def create_batch(
        self,
        dock_id: str,
        body: types.CreateRecipientsBatchRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.RecipientResults:
        """Create recipients.

        Creates 1 to 100 recipients. Each is created or rejected on its own, as by `POST …/recipients`, so one that is rejected does not affect the others. Of two recipients with one e-mail address, the second is rejected.

        With an `Idempotency-Key`, a repetition of the request returns the recipients that were created before, and tries the others again. If DynamoDB is unavailable meanwhile, the status is 503, and a repetition creates the rest.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.RecipientResults = self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/recipients/batch", body=body, repeat="with-key", prefer=True), options)
        return result

    def get(
        self,
        dock_id: str,
        recipient_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Recipient:
        """Get a recipient.

        Returns the current state of a recipient.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        """
        result: types.Recipient = self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result

    def delete(
        self,
        dock_id: str,
        recipient_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a recipient.

        Deletes a recipient, and removes it from its groups. Another recipient can take its e-mail address. The party of the recipient keeps its role, and the audit entries stay.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result

    def update(
        self,
        dock_id: str,
        recipient_id: str,
        change: types.UpdateRecipientRequest | Change[types.Recipient, types.UpdateRecipientRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Recipient:
        """Update a recipient.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `identifiers` is merged key by key.

        With `partyId`, the party gets the role `RECIPIENT` in the dock, unless it holds it. `null` removes the link to the party, which keeps the role.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateRecipientRequest, options: WriteOptions | None) -> types.Recipient:
            result: types.Recipient = self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(dock_id, recipient_id, options=options), write, change, options)

    def list_groups(
        self,
        dock_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Group]:
        """List groups.

        Returns the groups of a dock, newest first, each with its first 100 recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups", query={"limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create_group(
        self,
        dock_id: str,
        body: types.CreateGroupRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Group:
        """Create a group.

        Creates a group of recipients of a dock. Its name is unique in the dock; names are compared exactly. If a recipient does not exist, or belongs to another dock, the status is 404 and no group is created.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.Group = self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/groups", body=body, repeat="with-key", prefer=True), options)
        return result

    def get_group(
        self,
        dock_id: str,
        group_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Group:
        """Get a group.

        Returns the current state of a group with its first 100 recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", repeat="always", prefer=True), options)
        return result

    def delete_group(
        self,
        dock_id: str,
        group_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a group.

        Deletes a group. Its recipients stay. A large group is emptied first; if the time of the request does not suffice, the status is 503, and the same request without `If-Match` continues.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", repeat="always", prefer=True), options)
        return result

    def update_group(
        self,
        dock_id: str,
        group_id: str,
        change: types.UpdateGroupRequest | Change[types.Group, types.UpdateGroupRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Update a group.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes the description. Other operations add and remove recipients.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateGroupRequest, options: WriteOptions | None) -> types.Group:
            result: types.Group = self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get_group(dock_id, group_id, options=options), write, change, options)

    def list_group_members(
        self,
        dock_id: str,
        group_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.Recipient]:
        """List the recipients of a group.

        Returns the recipients in a group, newest recipient first.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        group_id: Group id.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", query={"limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def add_to_group(
        self,
        dock_id: str,
        group_id: str,
        body: types.AddGroupRecipientsRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Group:
        """Add recipients to a group.

        Adds 1 to 100 recipients of the dock to a group. One that is in the group already is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is added.

        More than 45 recipients are added in several transactions. If the status is 503, the same request adds the rest.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", body=body, repeat="with-key", prefer=True), options)
        return result

    def remove_from_group(
        self,
        dock_id: str,
        group_id: str,
        body: types.RemoveGroupRecipientsRequest,
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Remove recipients from a group.

        Removes 1 to 100 recipients from a group. One that is not in the group is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is removed. The recipients themselves stay.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", body=body, repeat="always", prefer=True), options)
        return result

    def remove_one_from_group(
        self,
        dock_id: str,
        group_id: str,
        recipient_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Remove a recipient from a group.

        Removes a recipient from a group, and returns the group. A recipient that is not in the group is no error. The recipient itself stays.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        recipient_id: Recipient id.
        """
        result: types.Group = self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result


class ApiKeysResource(Resource):
    """API keys: the credentials of programs."""

    def list(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.ApiKey]:
        """List API keys.

        Returns API keys, newest first, including revoked ones. A platform key sees the keys of every owner, an organization key those of its own organization.

        Required scope: `api-keys:read`.

        organization_id: Return only keys of this organization.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/api-keys", query={"organizationId": organization_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        body: types.CreateApiKeyRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedApiKey:
        """Create an API key.

        Creates an API key. `key` in the response is the credential and is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead.

        A key can grant only scopes that it holds itself, and only until it expires itself. An organization key can create keys only for its own organization.

        Required scope: `api-keys:write`.
        """
        result: types.CreatedApiKey = self._send(Operation(method="POST", path="/v1/api-keys", body=body, repeat="with-key", prefer=True, secrets=("key",)), options)
        return result

    def get(
        self,
        key_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.ApiKey:
        """Get an API key.

        Returns an API key without its credential, also a revoked one. An organization key finds only keys of its own organization.

        Required scope: `api-keys:read`.

        key_id: API key id.
        """
        result: types.ApiKey = self._send(Operation(method="GET", path=f"/v1/api-keys/{segment(key_id)}", repeat="always", prefer=True), options)
        return result

    def revoke(
        self,
        key_id: str,
        *,
        descendants: bool | None = None,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Revoke an API key.

        Revokes an API key. Requests with it are rejected from then on; a process that has just verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.

        A key can revoke only keys whose scopes it holds itself. With `descendants=true`, the request also revokes every key and deactivates every machine client that descends from the key: those that it created, those that they created, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.

        Required scope: `api-keys:write`.

        key_id: API key id.
        descendants: `true` also revokes all keys that descend from the key. Default: `false`.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/api-keys/{segment(key_id)}", query={"descendants": descendants}, repeat="always", prefer=True), options)
        return result

    def update(
        self,
        key_id: str,
        change: types.UpdateApiKeyRequest | Change[types.ApiKey, types.UpdateApiKeyRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.ApiKey:
        """Update an API key.

        Applies a JSON merge patch (RFC 7396) to an API key: a new name, fewer scopes, or an earlier expiry. Nothing else can change, and nothing is widened. A process that has just verified the key may accept it with its earlier scopes for up to 30 more seconds. Keys that the key created stay as they are.

        A key can change only keys whose scopes it holds itself.

        Required scope: `api-keys:write`.

        key_id: API key id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateApiKeyRequest, options: WriteOptions | None) -> types.ApiKey:
            result: types.ApiKey = self._send(Operation(method="PATCH", path=f"/v1/api-keys/{segment(key_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(key_id, options=options), write, change, options)

    def rotate(
        self,
        key_id: str,
        body: types.RotateApiKeyRequest | None = None,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedApiKey:
        """Rotate the secret of an API key.

        Replaces the secret of an API key. `key` in the response is the new credential and is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The id, the scopes and all other properties stay.

        The previous credential is accepted for `graceSeconds` more, and never beyond the expiry of the key. A second rotation in that time ends the first credential. A process that has just verified a credential may accept it for up to 30 seconds after the rotation, if its grace period is shorter.

        A key can rotate only keys whose scopes it holds itself. It can rotate itself.

        Required scope: `api-keys:write`.

        key_id: API key id.
        """
        result: types.CreatedApiKey = self._send(Operation(method="POST", path=f"/v1/api-keys/{segment(key_id)}/rotate", body=body or {}, repeat="with-key", prefer=True, secrets=("key",)), options)
        return result


class MachineClientsResource(Resource):
    """Machine clients: OAuth 2.0 clients of an organization."""

    def list(
        self,
        org_id: str,
        *,
        dock_id: types.DockId | None = None,
        is_active: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.MachineClient]:
        """List machine clients.

        Returns the machine clients of an organization, newest first, including inactive ones.

        Required scope: `machine-clients:read`.

        org_id: Organization id.
        dock_id: Return only machine clients that are bound to this dock.
        is_active: `true` returns only active machine clients, `false` only inactive ones. Default: both.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/machine-clients", query={"dockId": dock_id, "isActive": is_active, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create(
        self,
        org_id: str,
        body: types.CreateMachineClientRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedMachineClient:
        """Create a machine client.

        Creates an OAuth 2.0 client of an organization. `clientSecret` in the response is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The client exchanges its secret for access tokens at `POST /v1/oauth/token`.

        A credential can grant only scopes that it holds itself, only until it expires itself, and only from networks from which it can be used itself.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        """
        result: types.CreatedMachineClient = self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/machine-clients", body=body, repeat="with-key", prefer=True, secrets=("clientSecret",)), options)
        return result

    def get(
        self,
        org_id: str,
        machine_client_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.MachineClient:
        """Get a machine client.

        Returns a machine client without its secret.

        Required scope: `machine-clients:read`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        """
        result: types.MachineClient = self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", repeat="always", prefer=True), options)
        return result

    def delete(
        self,
        org_id: str,
        machine_client_id: str,
        *,
        descendants: bool | None = None,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a machine client.

        Deletes a machine client, which ends its tokens. A process that has just verified a token may accept it for up to 30 more seconds.

        A credential can delete only machine clients whose scopes it holds. With `descendants=true`, the request also revokes every API key and deactivates every machine client that descends from the client: those that were created with its tokens, those that were created with these, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        descendants: `true` also revokes all credentials that descend from the client. Default: `false`.
        """
        result: types.SuccessResponse = self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", query={"descendants": descendants}, repeat="always", prefer=True), options)
        return result

    def update(
        self,
        org_id: str,
        machine_client_id: str,
        change: types.UpdateMachineClientRequest | Change[types.MachineClient, types.UpdateMachineClientRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.MachineClient:
        """Update a machine client.

        Applies a JSON merge patch (RFC 7396) to a machine client. `isActive: false` ends its tokens: they are rejected from then on, also after a later `isActive: true`. A process that has just verified a token may accept it for up to 30 more seconds. The dock, the networks and the expiry of a client cannot change.

        A credential can change only machine clients whose scopes it holds, and grant only scopes that it holds.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        change: The changes, or a function that returns them for the current state.
        """
        def write(patch: types.UpdateMachineClientRequest, options: WriteOptions | None) -> types.MachineClient:
            result: types.MachineClient = self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return write(change, options)
        return self._change(lambda options: self.get(org_id, machine_client_id, options=options), write, change, options)

    def rotate(
        self,
        org_id: str,
        machine_client_id: str,
        body: types.RotateMachineClientRequest | None = None,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedMachineClient:
        """Rotate the secret of a machine client.

        Replaces the secret of a machine client. `clientSecret` in the response is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The ids and all other properties stay, and so do the tokens of the client.

        The previous secret is accepted for `graceSeconds` more, and never beyond the expiry of the client. A second rotation in that time ends the first secret.

        A credential can rotate only machine clients whose scopes it holds.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        """
        result: types.CreatedMachineClient = self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}/rotate", body=body or {}, repeat="with-key", prefer=True, secrets=("clientSecret",)), options)
        return result


class OauthResource(Resource):
    """Access tokens of machine clients, by the conventions of OAuth 2.0."""

    def issue_token(
        self,
        body: types.IssueTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.TokenResponse:
        """Issue an access token.

        Issues an access token to a machine client: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). The parameters are a form or a JSON object. The client authenticates by `Authorization: Basic`, or by `client_id` and `client_secret` in the body.

        The token is opaque. It is sent like an API key, in `Authorization: Bearer`. A client can obtain 10 tokens in any minute; beyond that, the status is 429 with `Retry-After`.

        Requires the credentials of a machine client.
        """
        result: types.TokenResponse = self._send(Operation(method="POST", path="/v1/oauth/token", body=body, repeat="never", secrets=("access_token",)), options)
        return result

    def introspect_token(
        self,
        body: types.IntrospectTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.Introspection:
        """Introspect an access token.

        Returns whether an access token is valid, and what it permits (RFC 7662). A machine client can introspect its own tokens, and a token itself. An API key or access token with the scope `machine-clients:read` can introspect the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the response is `{"active": false}`.

        Requires the credentials of a machine client, or an API key or access token.
        """
        result: types.Introspection = self._send(Operation(method="POST", path="/v1/oauth/introspect", body=body, repeat="never"), options)
        return result

    def revoke_token(
        self,
        body: types.RevokeTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> None:
        """Revoke an access token.

        Revokes an access token (RFC 7009). A machine client can revoke its own tokens, and a token itself. An API key or access token with the scope `machine-clients:write` can revoke the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the request has no effect, and the status is 200, too. A process that has just verified the token may accept it for up to 30 more seconds.

        Requires the credentials of a machine client, or an API key or access token.
        """
        self._send(Operation(method="POST", path="/v1/oauth/revoke", body=body, repeat="never"), options)

    def get_metadata(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.AuthorizationServerMetadata:
        """Get the metadata of the authorization server.

        Returns the endpoints and the capabilities of the OAuth 2.0 authorization server (RFC 8414).

        Requires no credential.
        """
        result: types.AuthorizationServerMetadata = self._send(Operation(method="GET", path="/.well-known/oauth-authorization-server", repeat="always", public=True), options)
        return result


class LedgerResource(Resource):
    """The same parties by the conventions of Canton's JSON Ledger API."""

    def list_parties(
        self,
        *,
        identity_provider_id: str | None = None,
        filter_party: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.LedgerPartyDetails]:
        """List parties.

        Returns parties in byte order of their identifiers. Parties created under `/v1` are included; their hint is their identifier there. A platform key lists the parties of all identity providers, an organization key those of its own. Annotations are returned only for parties of the given identity provider. A page of 5 MB ends early: follow `nextPageToken` until it is empty.

        Required scope: `ledger:admin`.

        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key. Parties of others are returned without annotations.
        filter_party: Return only parties whose identifier begins with this text, at most 185 characters.
        page_size: Maximum number of parties on the page, 0 to 10000. Default and meaning of 0: 10000.
        page_token: Position of the page: `nextPageToken` of the previous page. Empty or omitted: the first page.
        """
        operation = Operation(method="GET", path="/v2/parties", query={"identity-provider-id": identity_provider_id, "filter-party": filter_party, "pageSize": page_size, "pageToken": page_token}, repeat="always")
        paging = Paging(parameter="pageToken", size="pageSize", largest=1000, drop=(), rows="partyDetails", next=("nextPageToken",))
        return self._list(operation, options, paging)

    def allocate_party(
        self,
        body: types.AllocateLedgerPartyRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartyResponse:
        """Allocate a party.

        Creates a party with the identifier `<hint>::<namespace>`. It belongs to the organization that the identity provider stands for and can hold roles. A hint can be used only once. With `userId`, the user gets the right to act as the party; a user has at most 1000 rights.

        Required scope: `ledger:admin`.
        """
        result: types.LedgerPartyResponse = self._send(Operation(method="POST", path="/v2/parties", body=body, repeat="never"), options)
        return result

    def get_participant_id(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.ParticipantIdResponse:
        """Get the participant identifier.

        Returns the identifier of the participant. Its namespace is that of every party allocated here.

        Required scope: `ledger:read` or `ledger:admin`.
        """
        result: types.ParticipantIdResponse = self._send(Operation(method="GET", path="/v2/parties/participant-id", repeat="always"), options)
        return result

    def get_party(
        self,
        party: str,
        *,
        parties: Sequence[str] | None = None,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartiesResponse:
        """Get parties by identifier.

        Returns the party in the path and those in `parties`. Identifiers that do not exist are left out. Annotations are returned only for parties of the given identity provider. Parties with more than 5 MB of annotations cannot be requested at once.

        Required scope: `ledger:read` or `ledger:admin`.

        party: Ledger party id: a hint, `::` and the namespace of the participant.
        parties: Further party identifiers. The parameter may be repeated.
        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key. Parties of others are returned without annotations.
        """
        result: types.LedgerPartiesResponse = self._send(Operation(method="GET", path=f"/v2/parties/{segment(party)}", query={"parties": parties, "identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    def update_party(
        self,
        party: str,
        body: types.UpdateLedgerPartyRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartyResponse:
        """Update a party.

        Merges annotations into those of the party; an empty value removes its key. Without `resourceVersion` the update never conflicts, and concurrent updates are all applied.

        Required scope: `ledger:admin`.

        party: Ledger party id: a hint, `::` and the namespace of the participant.
        """
        result: types.LedgerPartyResponse = self._send(Operation(method="PATCH", path=f"/v2/parties/{segment(party)}", body=body, repeat="never"), options)
        return result

    def authenticated_user(
        self,
        *,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerUserResponse:
        """Get the authenticated user.

        Returns the user that the token or API key stands for.

        Required scope: `ledger:read` or `ledger:admin`.

        identity_provider_id: Identity provider of the user: the identifier of an organization. Empty or omitted: that of the authenticated user.
        """
        result: types.LedgerUserResponse = self._send(Operation(method="GET", path="/v2/authenticated-user", query={"identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    def get_user(
        self,
        user_id: str,
        *,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerUserResponse:
        """Get a user.

        Returns a user. Only the authenticated user is visible.

        Required scope: `ledger:read` or `ledger:admin`.

        user_id: Ledger user id: of an API key, or the subject of a signed token.
        identity_provider_id: Identity provider of the user: the identifier of an organization. Empty or omitted: that of the authenticated user.
        """
        result: types.LedgerUserResponse = self._send(Operation(method="GET", path=f"/v2/users/{segment(user_id)}", query={"identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    def list_user_rights(
        self,
        user_id: str,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerRightList:
        """List the rights of a user.

        Returns the rights of a user. Only the authenticated user is visible.

        Required scope: `ledger:read` or `ledger:admin`.

        user_id: Ledger user id: of an API key, or the subject of a signed token.
        """
        result: types.LedgerRightList = self._send(Operation(method="GET", path=f"/v2/users/{segment(user_id)}/rights", repeat="always"), options)
        return result

    def connected_synchronizers(
        self,
        *,
        party: str | None = None,
        participant_id: str | None = None,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.ConnectedSynchronizersResponse:
        """List connected synchronizers.

        Returns the synchronizers that the participant is connected to: always one. With `party`, those on which the party is hosted: that one, or none if the party does not exist.

        Required scope: `ledger:read` or `ledger:admin`.

        party: Return only synchronizers on which this party is hosted, with the permission of the party. Empty or omitted: all. A user that is not an admin needs a right on the party.
        participant_id: Participant that hosts `party`. Empty or omitted: this one.
        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key.
        """
        result: types.ConnectedSynchronizersResponse = self._send(Operation(method="GET", path="/v2/state/connected-synchronizers", query={"party": party, "participantId": participant_id, "identityProviderId": identity_provider_id}, repeat="always"), options)
        return result

    def version(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerVersion:
        """Get the version of the ledger API.

        Returns the version of the ledger API and its features, for example the largest page of parties (10000).

        Requires no credential.
        """
        result: types.LedgerVersion = self._send(Operation(method="GET", path="/v2/version", repeat="always", public=True), options)
        return result

    def livez(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> None:
        """Check that the service runs.

        Returns an empty response.

        Requires no credential.
        """
        self._send(Operation(method="GET", path="/livez", repeat="always", public=True), options)

    def readyz(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> str:
        """Check that the service is ready.

        Reads one item of the table and returns one line for each check, followed by the result.

        Requires no credential.
        """
        result: str = self._send(Operation(method="GET", path="/readyz", repeat="always", public=True, text=True), options)
        return result


class ServiceResource(Resource):
    """Health and contract of the service."""

    def health(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.HealthResponse:
        """Check the health of the service.

        Returns that the service responds, and its version. The table is not queried.

        Requires no credential.
        """
        result: types.HealthResponse = self._send(Operation(method="GET", path="/v1/healthz", repeat="always", public=True), options)
        return result

    def openapi(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.OpenApiDocument:
        """Get the OpenAPI document.

        Returns this description of the API as OpenAPI 3.1, compressed if the client accepts `br` or `gzip`. Caches can use it for five minutes.

        Requires no credential.
        """
        result: types.OpenApiDocument = self._send(Operation(method="GET", path="/openapi.json", repeat="always", public=True, prefer=True), options)
        return result

    def describe(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.ServiceDescription:
        """Describe the service.

        Returns the name and the version of the service, and links to its documents: as JSON, or as a page if the client prefers `text/html`.

        Requires no credential.
        """
        result: types.ServiceDescription = self._send(Operation(method="GET", path="/", repeat="always", public=True, prefer=True), options)
        return result


class AuditResource(Resource):
    """Operations of `audit`."""

    def list_entries(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        dock_id: types.DockId | None = None,
        entity_type: types.AuditedType | None = None,
        entity_id: str | None = None,
        actor_id: str | None = None,
        action: types.AuditedAction | None = None,
        from_: types.Time | None = None,
        to: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.AuditEntry]:
        """List audit entries.

        Returns the entries of the audit trail of one organization, newest first. A change is in the trail with the next request.

        An organization key reads the trail of its own organization. A platform key names the organization by `organizationId` or by `dockId`, else it gets the entries about resources of the platform. The trail outlives its resources.

        `meta.total` is `null`, because nothing counts the entries. With several filters, a page may be short while `hasMore` is true.

        Required scope: `audit:read`.

        organization_id: Return the entries of this organization. Default: the organization of the API key.
        dock_id: Return only entries about this dock and its roles.
        entity_type: Return only entries about resources of this type.
        entity_id: Return only entries about this resource. 1 to 256 characters.
        actor_id: Return only changes of this author, for example an API key id. 1 to 256 characters.
        action: Return only changes with this name.
        from_: Return only entries from this time on, inclusive. RFC 3339 with any offset; encode `+` as `%2B`.
        to: Return only entries before this time, exclusive. RFC 3339 with any offset; encode `+` as `%2B`.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/audit/logs", query={"organizationId": organization_id, "dockId": dock_id, "entityType": entity_type, "entityId": entity_id, "actorId": actor_id, "action": action, "from": from_, "to": to, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def create_entry(
        self,
        body: types.CreateAuditEntryRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.AuditEntry:
        """Append an audit entry.

        Appends an entry of another service to the audit trail of an organization. The entry is about a resource whose type is not one of Berth's. It cannot be changed or deleted.

        A platform key names the organization by `organizationId` or by `dockId`.

        Required scope: `audit:write`.
        """
        result: types.AuditEntry = self._send(Operation(method="POST", path="/v1/audit/logs", body=body, repeat="with-key", prefer=True), options)
        return result

    def list_entries_by_entity(
        self,
        entity_type: str,
        entity_id: str,
        *,
        organization_id: types.OrganizationId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> List[types.AuditEntry]:
        """List the audit entries of a resource.

        Returns the entries of the audit trail about one resource, newest first, across all docks. They outlive the resource.

        An organization key reads the trail of its own organization. For a platform key, Berth finds the organization of an organization, a dock, a party, a recipient, an API key or a machine client that exists. For other resources, the request names it by `organizationId`.

        Required scope: `audit:read`.

        entity_type: Type of the audited resource.
        entity_id: Identifier of the audited resource.
        organization_id: Organization that owns the resource. Default: the organization of the API key.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/audit/logs/entity/{segment(entity_type)}/{segment(entity_id)}", query={"organizationId": organization_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)


class Resources:
    """Every resource of the API."""

    def __init__(self, transport: Transport) -> None:
        self.organizations = OrganizationsResource(transport)
        """Organizations: the tenants of a deployment."""
        self.docks = DocksResource(transport)
        """Docks: the workspaces of an organization."""
        self.parties = PartiesResource(transport)
        """Parties: the counterparties of an organization."""
        self.roles = RolesResource(transport)
        """Roles of parties in docks, and their history."""
        self.recipients = RecipientsResource(transport)
        """Recipients: the contacts of a dock, who may belong to a party."""
        self.api_keys = ApiKeysResource(transport)
        """API keys: the credentials of programs."""
        self.machine_clients = MachineClientsResource(transport)
        """Machine clients: OAuth 2.0 clients of an organization."""
        self.oauth = OauthResource(transport)
        """Access tokens of machine clients, by the conventions of OAuth 2.0."""
        self.ledger = LedgerResource(transport)
        """The same parties by the conventions of Canton's JSON Ledger API."""
        self.service = ServiceResource(transport)
        """Health and contract of the service."""
        self.audit = AuditResource(transport)
        """Operations of `audit`."""


class AsyncOrganizationsResource(AsyncResource):
    """Organizations: the tenants of a deployment."""

    def list(
        self,
        *,
        search: str | None = None,
        slug: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Organization]:
        """List organizations.

        Returns organizations, newest first. A platform key sees every organization, an organization key only its own.

        Required scope: `organizations:read`.

        search: Return only organizations whose name contains this text, ignoring case and width. 1 to 200 characters.
        slug: Return only the organization with this slug.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/organizations", query={"search": search, "slug": slug, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        body: types.CreateOrganizationRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Organization:
        """Create an organization.

        Creates a tenant. Requires a platform key.

        The slug is derived from the name. If it is taken, the first free number is appended (`-1`, `-2`, …), so two organizations may have the same name. To get either the exact slug or an error, send `slug` or `Prefer: handling=strict`: a slug that is taken is then rejected with `SLUG_ALREADY_TAKEN`.

        These slugs are reserved: `admin`, `administrator`, `api`, `app`, `auth`, `billing`, `blog`, `console`, `dashboard`, `docs`, `help`, `login`, `logout`, `mail`, `oauth`, `root`, `security`, `signin`, `signup`, `sso`, `static`, `status`, `support`, `system`, `www`. A slug that an organization has given up stays reserved for it for 30 days. A slug that is derived from a name gets a number instead; one that you ask for is rejected with `SLUG_RESERVED`. No slug begins with `xn--`.

        Required scope: `organizations:write`.
        """
        result: types.Organization = await self._send(Operation(method="POST", path="/v1/organizations", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get(
        self,
        org_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Organization:
        """Get an organization.

        Returns an organization with the exact number of resources that it owns in `_count`. The `ETag` changes when these numbers change; `If-Match` on a later update compares only the organization's own version.

        Required scope: `organizations:read`.

        org_id: Organization id.
        """
        result: types.Organization = await self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}", repeat="always", prefer=True), options)
        return result

    async def delete(
        self,
        org_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete an organization.

        Deletes an organization for ever. Requires a platform key.

        The organization must own no docks, parties and machine clients, and no API keys that are neither revoked nor expired. Otherwise the status is 409, and `counts` has their numbers. The default organization of the deployment cannot be deleted.

        The slug stays reserved for 30 days. The audit entries of the organization stay. If roles of its deleted docks and parties remain to be revoked, the request revokes them first; if they are too many for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `organizations:write`.

        org_id: Organization id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}", repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        org_id: str,
        change: types.UpdateOrganizationRequest | AsyncChange[types.Organization, types.UpdateOrganizationRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Organization:
        """Update an organization.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged. `metadata` is merged key by key. The slug does not follow the name. A slug that is replaced stays reserved for the organization for 30 days: it can take the slug back, and other organizations get `SLUG_RESERVED`. After that, every organization can use it.

        Required scope: `organizations:write`.

        org_id: Organization id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateOrganizationRequest, options: WriteOptions | None) -> types.Organization:
            result: types.Organization = await self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(org_id, options=options), write, change, options)


class AsyncDocksResource(AsyncResource):
    """Docks: the workspaces of an organization."""

    def list(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        search: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Dock]:
        """List docks.

        Returns docks, newest first. A platform key sees the docks of every organization, an organization key those of its own organization.

        Required scope: `docks:read`.

        organization_id: Return only docks of this organization.
        search: Return only docks whose name contains this text, ignoring case and width. 1 to 200 characters.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/docks", query={"organizationId": organization_id, "search": search, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        body: types.CreateDockRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Dock:
        """Create a dock.

        Creates a workspace of an organization. A platform key must name the organization in `organizationId`; an organization key may omit it.

        A domain belongs to at most one dock, whether as `domain` or as `customDomain`. A new domain is unverified. Berth does not verify domains yet, so after 30 days another dock can take the domain. To claim it for another 30 days, remove it and set it again.

        Required scope: `docks:write`.
        """
        result: types.Dock = await self._send(Operation(method="POST", path="/v1/docks", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get(
        self,
        dock_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Dock:
        """Get a dock.

        Returns the current state of a dock.

        Required scope: `docks:read`.

        dock_id: Dock id.
        """
        result: types.Dock = await self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}", repeat="always", prefer=True), options)
        return result

    async def delete(
        self,
        dock_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a dock.

        Deletes a dock for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the dock. Its recipients and groups are deleted. Another dock can take its domains at once.

        The dock and all that belongs to it no longer exist with the first request, whatever its status. If that is too much for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `docks:write`.

        dock_id: Dock id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}", repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        dock_id: str,
        change: types.UpdateDockRequest | AsyncChange[types.Dock, types.UpdateDockRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Dock:
        """Update a dock.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `businessAddress` is replaced as a whole. A new `domain` is unverified, and after 30 days another dock can take it.

        Required scope: `docks:write`.

        dock_id: Dock id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateDockRequest, options: WriteOptions | None) -> types.Dock:
            result: types.Dock = await self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(dock_id, options=options), write, change, options)


class AsyncPartiesResource(AsyncResource):
    """Parties: the counterparties of an organization."""

    def list(
        self,
        org_id: str,
        *,
        type: types.PartyType | None = None,
        search: str | None = None,
        external_ref: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Party]:
        """List parties.

        Returns the parties of an organization, newest first. The cost of a search by `externalRef` does not depend on the number of parties.

        Required scope: `parties:read`.

        org_id: Organization id.
        type: Return only parties of this type: `INDIVIDUAL` or `ORGANIZATION`.
        search: Return only parties whose name contains this text, ignoring case and width. 1 to 200 characters.
        external_ref: Return only parties with exactly this external reference. 1 to 256 characters.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties", query={"type": type, "search": search, "externalRef": external_ref, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        org_id: str,
        body: types.CreatePartyRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Party:
        """Create a party.

        Creates a counterparty of an organization: a person or a company that takes part in docks once it holds roles. Name, e-mail address and external reference need not be unique.

        Required scope: `parties:write`.

        org_id: Organization id.
        """
        result: types.Party = await self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/parties", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get(
        self,
        org_id: str,
        party_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Party:
        """Get a party.

        Returns a party. The read is eventually consistent: a party that was just created is found, a change or a deletion may take some milliseconds to become visible. `Cache-Control: no-cache` requests the current state.

        Required scope: `parties:read`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.Party = await self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", repeat="always", prefer=True), options)
        return result

    async def delete(
        self,
        org_id: str,
        party_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a party.

        Deletes a party for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the party. The ledger API no longer returns the party, and its ledger id is never used again.

        The party and its roles no longer exist with the first request, whatever its status. If the party has too many roles for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.

        Required scope: `parties:write`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        org_id: str,
        party_id: str,
        change: types.UpdatePartyRequest | AsyncChange[types.Party, types.UpdatePartyRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Party:
        """Update a party.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `metadata` is merged key by key.

        Required scope: `parties:write`.

        org_id: Organization id.
        party_id: Party id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdatePartyRequest, options: WriteOptions | None) -> types.Party:
            result: types.Party = await self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(org_id, party_id, options=options), write, change, options)


class AsyncRolesResource(AsyncResource):
    """Roles of parties in docks, and their history."""

    def list_for_organization(
        self,
        org_id: str,
        *,
        role: types.RoleName | None = None,
        dock_id: str | None = None,
        party_id: str | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.OrganizationRole]:
        """List the roles of an organization.

        Returns the roles that parties hold in the docks of the organization, newest party first. The roles of one party follow each other, newest first. `dockName` and `partyName` are the current names; of a deleted dock or party, the last ones.

        Unknown ids in `dockId` and `partyId` match nothing. With `asOf`, with `role`, with both `dockId` and `partyId`, or while a deletion is in progress, a page may be short while `hasMore` is true.

        `meta.total` is exact if the first page has all roles. It is also exact with either `partyId` or `dockId`, with or without `role`. In all other cases it is `null`.

        Required scope: `roles:read`.

        org_id: Organization id.
        role: Return only this role: `DISTRIBUTOR` or `RECIPIENT`.
        dock_id: Return only roles in these docks: 1 to 50 ids, comma-separated.
        party_id: Return only roles of these parties: 1 to 50 ids, comma-separated.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 500. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/roles", query={"role": role, "dockId": dock_id, "partyId": party_id, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=500, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def list_for_dock(
        self,
        dock_id: str,
        *,
        role: types.RoleName | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.DockParty]:
        """List the parties of a dock.

        Returns one row for each role that a party holds in the dock, newest party first. A party with both roles has two rows, `DISTRIBUTOR` before `RECIPIENT`. `partyName` and `partyType` are the current ones; of a deleted party, the last ones.

        Required scope: `roles:read`.

        dock_id: Dock id.
        role: Return only parties with this role: `DISTRIBUTOR` or `RECIPIENT`.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/parties", query={"role": role, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    def list(
        self,
        org_id: str,
        party_id: str,
        *,
        role: types.RoleName | None = None,
        dock_id: types.DockId | None = None,
        as_of: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.PartyRole]:
        """List the roles of a party.

        Returns the roles that a party holds in the docks of its organization, newest first. `dockName` is the current name of the dock; of a deleted dock, its last name.

        Required scope: `roles:read`.

        org_id: Organization id.
        party_id: Party id.
        role: Return only this role: `DISTRIBUTOR` or `RECIPIENT`.
        dock_id: Return only roles in this dock.
        as_of: Return the roles held at this time instead of those held now. A role is held from `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in the future; encode `+` as `%2B`. Default: now.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles", query={"role": role, "dockId": dock_id, "asOf": as_of, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def assign(
        self,
        org_id: str,
        party_id: str,
        body: types.AssignRoleRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.AssignedRole:
        """Assign a role.

        Assigns a party the role `DISTRIBUTOR` or `RECIPIENT` in a dock of the same organization. A party may hold both roles in one dock, each once.

        If the party or dock belongs to another organization, the status is 403 with a platform key. With an organization key it is 404, as for a resource that does not exist.

        Required scope: `roles:write`.

        org_id: Organization id.
        party_id: Party id.
        """
        result: types.AssignedRole = await self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get(
        self,
        org_id: str,
        party_id: str,
        role_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.AssignedRole:
        """Get a role.

        Returns a role that a party holds in a dock. A revoked role is not found; it stays in the history that lists return with `asOf`.

        Required scope: `roles:read`.

        org_id: Organization id.
        party_id: Party id.
        role_id: Role id.
        """
        result: types.AssignedRole = await self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles/{segment(role_id)}", repeat="always", prefer=True), options)
        return result

    async def revoke(
        self,
        org_id: str,
        party_id: str,
        role_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Revoke a role.

        Revokes a role. It stays in the history that lists return with `asOf`. The same role can be assigned again and then has a new identifier.

        Required scope: `roles:write`.

        org_id: Organization id.
        party_id: Party id.
        role_id: Role id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/parties/{segment(party_id)}/roles/{segment(role_id)}", repeat="always", prefer=True), options)
        return result

    async def check(
        self,
        org_id: str,
        body: types.CheckRolesRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.CheckRolesResponse:
        """Check roles.

        Returns whether parties hold roles in docks: 1 to 100 checks per request, with results in the order of the checks. A party or dock that does not exist, or belongs to another organization, yields `assigned: false`, as does another dock for a credential that is bound to a dock.

        Required scope: `roles:read`.

        org_id: Organization id.
        """
        result: types.CheckRolesResponse = await self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/roles/check", body=body, repeat="always", prefer=True), options)
        return result


class AsyncRecipientsResource(AsyncResource):
    """Recipients: the contacts of a dock, who may belong to a party."""

    def list(
        self,
        dock_id: str,
        *,
        email: str | None = None,
        search: str | None = None,
        stakeholder_class: types.StakeholderClass | None = None,
        party_id: types.PartyId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Recipient]:
        """List recipients.

        Returns the recipients of a dock, newest first. The cost of a search by `email` does not depend on the number of recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        email: Return only the recipient with this e-mail address, ignoring case. At most 254 characters.
        search: Return only recipients whose name or e-mail address contains this text, ignoring case and width. 1 to 200 characters.
        stakeholder_class: Return only recipients with this relation to the documents: `mortgagee`, `agent`, `policyholder` or `auditor`.
        party_id: Return only recipients that belong to this party.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/recipients", query={"email": email, "search": search, "stakeholderClass": stakeholder_class, "partyId": party_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        dock_id: str,
        body: types.CreateRecipientRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Recipient:
        """Create a recipient.

        Creates a recipient in a dock. Its e-mail address is unique in the dock.

        With `partyId`, the recipient belongs to a party of the same organization. If that party lacks the role `RECIPIENT` in the dock, the same transaction assigns it. `roleId` in the response is the role. If the party belongs to another organization, the status is 403 with a platform key, and 404 with an organization key.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.Recipient = await self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/recipients", body=body, repeat="with-key", prefer=True), options)
        return result

    async def create_batch(
        self,
        dock_id: str,
        body: types.CreateRecipientsBatchRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.RecipientResults:
        """Create recipients.

        Creates 1 to 100 recipients. Each is created or rejected on its own, as by `POST …/recipients`, so one that is rejected does not affect the others. Of two recipients with one e-mail address, the second is rejected.

        With an `Idempotency-Key`, a repetition of the request returns the recipients that were created before, and tries the others again. If DynamoDB is unavailable meanwhile, the status is 503, and a repetition creates the rest.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.RecipientResults = await self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/recipients/batch", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get(
        self,
        dock_id: str,
        recipient_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Recipient:
        """Get a recipient.

        Returns the current state of a recipient.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        """
        result: types.Recipient = await self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result

    async def delete(
        self,
        dock_id: str,
        recipient_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a recipient.

        Deletes a recipient, and removes it from its groups. Another recipient can take its e-mail address. The party of the recipient keeps its role, and the audit entries stay.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        dock_id: str,
        recipient_id: str,
        change: types.UpdateRecipientRequest | AsyncChange[types.Recipient, types.UpdateRecipientRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Recipient:
        """Update a recipient.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `identifiers` is merged key by key.

        With `partyId`, the party gets the role `RECIPIENT` in the dock, unless it holds it. `null` removes the link to the party, which keeps the role.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        recipient_id: Recipient id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateRecipientRequest, options: WriteOptions | None) -> types.Recipient:
            result: types.Recipient = await self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}/recipients/{segment(recipient_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(dock_id, recipient_id, options=options), write, change, options)

    def list_groups(
        self,
        dock_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Group]:
        """List groups.

        Returns the groups of a dock, newest first, each with its first 100 recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups", query={"limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create_group(
        self,
        dock_id: str,
        body: types.CreateGroupRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Group:
        """Create a group.

        Creates a group of recipients of a dock. Its name is unique in the dock; names are compared exactly. If a recipient does not exist, or belongs to another dock, the status is 404 and no group is created.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        """
        result: types.Group = await self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/groups", body=body, repeat="with-key", prefer=True), options)
        return result

    async def get_group(
        self,
        dock_id: str,
        group_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.Group:
        """Get a group.

        Returns the current state of a group with its first 100 recipients.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = await self._send(Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", repeat="always", prefer=True), options)
        return result

    async def delete_group(
        self,
        dock_id: str,
        group_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a group.

        Deletes a group. Its recipients stay. A large group is emptied first; if the time of the request does not suffice, the status is 503, and the same request without `If-Match` continues.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", repeat="always", prefer=True), options)
        return result

    async def update_group(
        self,
        dock_id: str,
        group_id: str,
        change: types.UpdateGroupRequest | AsyncChange[types.Group, types.UpdateGroupRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Update a group.

        Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes the description. Other operations add and remove recipients.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateGroupRequest, options: WriteOptions | None) -> types.Group:
            result: types.Group = await self._send(Operation(method="PATCH", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get_group(dock_id, group_id, options=options), write, change, options)

    def list_group_members(
        self,
        dock_id: str,
        group_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.Recipient]:
        """List the recipients of a group.

        Returns the recipients in a group, newest recipient first.

        Required scope: `recipients:read`.

        dock_id: Dock id.
        group_id: Group id.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", query={"limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def add_to_group(
        self,
        dock_id: str,
        group_id: str,
        body: types.AddGroupRecipientsRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.Group:
        """Add recipients to a group.

        Adds 1 to 100 recipients of the dock to a group. One that is in the group already is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is added.

        More than 45 recipients are added in several transactions. If the status is 503, the same request adds the rest.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = await self._send(Operation(method="POST", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", body=body, repeat="with-key", prefer=True), options)
        return result

    async def remove_from_group(
        self,
        dock_id: str,
        group_id: str,
        body: types.RemoveGroupRecipientsRequest,
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Remove recipients from a group.

        Removes 1 to 100 recipients from a group. One that is not in the group is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is removed. The recipients themselves stay.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        """
        result: types.Group = await self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients", body=body, repeat="always", prefer=True), options)
        return result

    async def remove_one_from_group(
        self,
        dock_id: str,
        group_id: str,
        recipient_id: str,
        *,
        options: WriteOptions | None = None,
    ) -> types.Group:
        """Remove a recipient from a group.

        Removes a recipient from a group, and returns the group. A recipient that is not in the group is no error. The recipient itself stays.

        Required scope: `recipients:write`.

        dock_id: Dock id.
        group_id: Group id.
        recipient_id: Recipient id.
        """
        result: types.Group = await self._send(Operation(method="DELETE", path=f"/v1/docks/{segment(dock_id)}/groups/{segment(group_id)}/recipients/{segment(recipient_id)}", repeat="always", prefer=True), options)
        return result


class AsyncApiKeysResource(AsyncResource):
    """API keys: the credentials of programs."""

    def list(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.ApiKey]:
        """List API keys.

        Returns API keys, newest first, including revoked ones. A platform key sees the keys of every owner, an organization key those of its own organization.

        Required scope: `api-keys:read`.

        organization_id: Return only keys of this organization.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/api-keys", query={"organizationId": organization_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        body: types.CreateApiKeyRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedApiKey:
        """Create an API key.

        Creates an API key. `key` in the response is the credential and is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead.

        A key can grant only scopes that it holds itself, and only until it expires itself. An organization key can create keys only for its own organization.

        Required scope: `api-keys:write`.
        """
        result: types.CreatedApiKey = await self._send(Operation(method="POST", path="/v1/api-keys", body=body, repeat="with-key", prefer=True, secrets=("key",)), options)
        return result

    async def get(
        self,
        key_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.ApiKey:
        """Get an API key.

        Returns an API key without its credential, also a revoked one. An organization key finds only keys of its own organization.

        Required scope: `api-keys:read`.

        key_id: API key id.
        """
        result: types.ApiKey = await self._send(Operation(method="GET", path=f"/v1/api-keys/{segment(key_id)}", repeat="always", prefer=True), options)
        return result

    async def revoke(
        self,
        key_id: str,
        *,
        descendants: bool | None = None,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Revoke an API key.

        Revokes an API key. Requests with it are rejected from then on; a process that has just verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.

        A key can revoke only keys whose scopes it holds itself. With `descendants=true`, the request also revokes every key and deactivates every machine client that descends from the key: those that it created, those that they created, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.

        Required scope: `api-keys:write`.

        key_id: API key id.
        descendants: `true` also revokes all keys that descend from the key. Default: `false`.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/api-keys/{segment(key_id)}", query={"descendants": descendants}, repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        key_id: str,
        change: types.UpdateApiKeyRequest | AsyncChange[types.ApiKey, types.UpdateApiKeyRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.ApiKey:
        """Update an API key.

        Applies a JSON merge patch (RFC 7396) to an API key: a new name, fewer scopes, or an earlier expiry. Nothing else can change, and nothing is widened. A process that has just verified the key may accept it with its earlier scopes for up to 30 more seconds. Keys that the key created stay as they are.

        A key can change only keys whose scopes it holds itself.

        Required scope: `api-keys:write`.

        key_id: API key id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateApiKeyRequest, options: WriteOptions | None) -> types.ApiKey:
            result: types.ApiKey = await self._send(Operation(method="PATCH", path=f"/v1/api-keys/{segment(key_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(key_id, options=options), write, change, options)

    async def rotate(
        self,
        key_id: str,
        body: types.RotateApiKeyRequest | None = None,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedApiKey:
        """Rotate the secret of an API key.

        Replaces the secret of an API key. `key` in the response is the new credential and is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The id, the scopes and all other properties stay.

        The previous credential is accepted for `graceSeconds` more, and never beyond the expiry of the key. A second rotation in that time ends the first credential. A process that has just verified a credential may accept it for up to 30 seconds after the rotation, if its grace period is shorter.

        A key can rotate only keys whose scopes it holds itself. It can rotate itself.

        Required scope: `api-keys:write`.

        key_id: API key id.
        """
        result: types.CreatedApiKey = await self._send(Operation(method="POST", path=f"/v1/api-keys/{segment(key_id)}/rotate", body=body or {}, repeat="with-key", prefer=True, secrets=("key",)), options)
        return result


class AsyncMachineClientsResource(AsyncResource):
    """Machine clients: OAuth 2.0 clients of an organization."""

    def list(
        self,
        org_id: str,
        *,
        dock_id: types.DockId | None = None,
        is_active: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.MachineClient]:
        """List machine clients.

        Returns the machine clients of an organization, newest first, including inactive ones.

        Required scope: `machine-clients:read`.

        org_id: Organization id.
        dock_id: Return only machine clients that are bound to this dock.
        is_active: `true` returns only active machine clients, `false` only inactive ones. Default: both.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/machine-clients", query={"dockId": dock_id, "isActive": is_active, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create(
        self,
        org_id: str,
        body: types.CreateMachineClientRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedMachineClient:
        """Create a machine client.

        Creates an OAuth 2.0 client of an organization. `clientSecret` in the response is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The client exchanges its secret for access tokens at `POST /v1/oauth/token`.

        A credential can grant only scopes that it holds itself, only until it expires itself, and only from networks from which it can be used itself.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        """
        result: types.CreatedMachineClient = await self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/machine-clients", body=body, repeat="with-key", prefer=True, secrets=("clientSecret",)), options)
        return result

    async def get(
        self,
        org_id: str,
        machine_client_id: str,
        *,
        options: ReadOptions | None = None,
    ) -> types.MachineClient:
        """Get a machine client.

        Returns a machine client without its secret.

        Required scope: `machine-clients:read`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        """
        result: types.MachineClient = await self._send(Operation(method="GET", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", repeat="always", prefer=True), options)
        return result

    async def delete(
        self,
        org_id: str,
        machine_client_id: str,
        *,
        descendants: bool | None = None,
        options: WriteOptions | None = None,
    ) -> types.SuccessResponse:
        """Delete a machine client.

        Deletes a machine client, which ends its tokens. A process that has just verified a token may accept it for up to 30 more seconds.

        A credential can delete only machine clients whose scopes it holds. With `descendants=true`, the request also revokes every API key and deactivates every machine client that descends from the client: those that were created with its tokens, those that were created with these, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        descendants: `true` also revokes all credentials that descend from the client. Default: `false`.
        """
        result: types.SuccessResponse = await self._send(Operation(method="DELETE", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", query={"descendants": descendants}, repeat="always", prefer=True), options)
        return result

    async def update(
        self,
        org_id: str,
        machine_client_id: str,
        change: types.UpdateMachineClientRequest | AsyncChange[types.MachineClient, types.UpdateMachineClientRequest],
        *,
        options: WriteOptions | None = None,
    ) -> types.MachineClient:
        """Update a machine client.

        Applies a JSON merge patch (RFC 7396) to a machine client. `isActive: false` ends its tokens: they are rejected from then on, also after a later `isActive: true`. A process that has just verified a token may accept it for up to 30 more seconds. The dock, the networks and the expiry of a client cannot change.

        A credential can change only machine clients whose scopes it holds, and grant only scopes that it holds.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        change: The changes, or a function that returns them for the current state.
        """
        async def write(patch: types.UpdateMachineClientRequest, options: WriteOptions | None) -> types.MachineClient:
            result: types.MachineClient = await self._send(Operation(method="PATCH", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}", body=patch, repeat="always", prefer=True), options)
            return result
        
        if not callable(change):
            return await write(change, options)
        return await self._change(lambda options: self.get(org_id, machine_client_id, options=options), write, change, options)

    async def rotate(
        self,
        org_id: str,
        machine_client_id: str,
        body: types.RotateMachineClientRequest | None = None,
        *,
        options: CreateOptions | None = None,
    ) -> types.CreatedMachineClient:
        """Rotate the secret of a machine client.

        Replaces the secret of a machine client. `clientSecret` in the response is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The ids and all other properties stay, and so do the tokens of the client.

        The previous secret is accepted for `graceSeconds` more, and never beyond the expiry of the client. A second rotation in that time ends the first secret.

        A credential can rotate only machine clients whose scopes it holds.

        Required scope: `machine-clients:write`.

        org_id: Organization id.
        machine_client_id: Machine client id.
        """
        result: types.CreatedMachineClient = await self._send(Operation(method="POST", path=f"/v1/organizations/{segment(org_id)}/machine-clients/{segment(machine_client_id)}/rotate", body=body or {}, repeat="with-key", prefer=True, secrets=("clientSecret",)), options)
        return result


class AsyncOauthResource(AsyncResource):
    """Access tokens of machine clients, by the conventions of OAuth 2.0."""

    async def issue_token(
        self,
        body: types.IssueTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.TokenResponse:
        """Issue an access token.

        Issues an access token to a machine client: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). The parameters are a form or a JSON object. The client authenticates by `Authorization: Basic`, or by `client_id` and `client_secret` in the body.

        The token is opaque. It is sent like an API key, in `Authorization: Bearer`. A client can obtain 10 tokens in any minute; beyond that, the status is 429 with `Retry-After`.

        Requires the credentials of a machine client.
        """
        result: types.TokenResponse = await self._send(Operation(method="POST", path="/v1/oauth/token", body=body, repeat="never", secrets=("access_token",)), options)
        return result

    async def introspect_token(
        self,
        body: types.IntrospectTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.Introspection:
        """Introspect an access token.

        Returns whether an access token is valid, and what it permits (RFC 7662). A machine client can introspect its own tokens, and a token itself. An API key or access token with the scope `machine-clients:read` can introspect the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the response is `{"active": false}`.

        Requires the credentials of a machine client, or an API key or access token.
        """
        result: types.Introspection = await self._send(Operation(method="POST", path="/v1/oauth/introspect", body=body, repeat="never"), options)
        return result

    async def revoke_token(
        self,
        body: types.RevokeTokenRequest,
        *,
        options: RequestOptions | None = None,
    ) -> None:
        """Revoke an access token.

        Revokes an access token (RFC 7009). A machine client can revoke its own tokens, and a token itself. An API key or access token with the scope `machine-clients:write` can revoke the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the request has no effect, and the status is 200, too. A process that has just verified the token may accept it for up to 30 more seconds.

        Requires the credentials of a machine client, or an API key or access token.
        """
        await self._send(Operation(method="POST", path="/v1/oauth/revoke", body=body, repeat="never"), options)

    async def get_metadata(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.AuthorizationServerMetadata:
        """Get the metadata of the authorization server.

        Returns the endpoints and the capabilities of the OAuth 2.0 authorization server (RFC 8414).

        Requires no credential.
        """
        result: types.AuthorizationServerMetadata = await self._send(Operation(method="GET", path="/.well-known/oauth-authorization-server", repeat="always", public=True), options)
        return result


class AsyncLedgerResource(AsyncResource):
    """The same parties by the conventions of Canton's JSON Ledger API."""

    def list_parties(
        self,
        *,
        identity_provider_id: str | None = None,
        filter_party: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.LedgerPartyDetails]:
        """List parties.

        Returns parties in byte order of their identifiers. Parties created under `/v1` are included; their hint is their identifier there. A platform key lists the parties of all identity providers, an organization key those of its own. Annotations are returned only for parties of the given identity provider. A page of 5 MB ends early: follow `nextPageToken` until it is empty.

        Required scope: `ledger:admin`.

        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key. Parties of others are returned without annotations.
        filter_party: Return only parties whose identifier begins with this text, at most 185 characters.
        page_size: Maximum number of parties on the page, 0 to 10000. Default and meaning of 0: 10000.
        page_token: Position of the page: `nextPageToken` of the previous page. Empty or omitted: the first page.
        """
        operation = Operation(method="GET", path="/v2/parties", query={"identity-provider-id": identity_provider_id, "filter-party": filter_party, "pageSize": page_size, "pageToken": page_token}, repeat="always")
        paging = Paging(parameter="pageToken", size="pageSize", largest=1000, drop=(), rows="partyDetails", next=("nextPageToken",))
        return self._list(operation, options, paging)

    async def allocate_party(
        self,
        body: types.AllocateLedgerPartyRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartyResponse:
        """Allocate a party.

        Creates a party with the identifier `<hint>::<namespace>`. It belongs to the organization that the identity provider stands for and can hold roles. A hint can be used only once. With `userId`, the user gets the right to act as the party; a user has at most 1000 rights.

        Required scope: `ledger:admin`.
        """
        result: types.LedgerPartyResponse = await self._send(Operation(method="POST", path="/v2/parties", body=body, repeat="never"), options)
        return result

    async def get_participant_id(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.ParticipantIdResponse:
        """Get the participant identifier.

        Returns the identifier of the participant. Its namespace is that of every party allocated here.

        Required scope: `ledger:read` or `ledger:admin`.
        """
        result: types.ParticipantIdResponse = await self._send(Operation(method="GET", path="/v2/parties/participant-id", repeat="always"), options)
        return result

    async def get_party(
        self,
        party: str,
        *,
        parties: Sequence[str] | None = None,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartiesResponse:
        """Get parties by identifier.

        Returns the party in the path and those in `parties`. Identifiers that do not exist are left out. Annotations are returned only for parties of the given identity provider. Parties with more than 5 MB of annotations cannot be requested at once.

        Required scope: `ledger:read` or `ledger:admin`.

        party: Ledger party id: a hint, `::` and the namespace of the participant.
        parties: Further party identifiers. The parameter may be repeated.
        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key. Parties of others are returned without annotations.
        """
        result: types.LedgerPartiesResponse = await self._send(Operation(method="GET", path=f"/v2/parties/{segment(party)}", query={"parties": parties, "identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    async def update_party(
        self,
        party: str,
        body: types.UpdateLedgerPartyRequest,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerPartyResponse:
        """Update a party.

        Merges annotations into those of the party; an empty value removes its key. Without `resourceVersion` the update never conflicts, and concurrent updates are all applied.

        Required scope: `ledger:admin`.

        party: Ledger party id: a hint, `::` and the namespace of the participant.
        """
        result: types.LedgerPartyResponse = await self._send(Operation(method="PATCH", path=f"/v2/parties/{segment(party)}", body=body, repeat="never"), options)
        return result

    async def authenticated_user(
        self,
        *,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerUserResponse:
        """Get the authenticated user.

        Returns the user that the token or API key stands for.

        Required scope: `ledger:read` or `ledger:admin`.

        identity_provider_id: Identity provider of the user: the identifier of an organization. Empty or omitted: that of the authenticated user.
        """
        result: types.LedgerUserResponse = await self._send(Operation(method="GET", path="/v2/authenticated-user", query={"identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    async def get_user(
        self,
        user_id: str,
        *,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.LedgerUserResponse:
        """Get a user.

        Returns a user. Only the authenticated user is visible.

        Required scope: `ledger:read` or `ledger:admin`.

        user_id: Ledger user id: of an API key, or the subject of a signed token.
        identity_provider_id: Identity provider of the user: the identifier of an organization. Empty or omitted: that of the authenticated user.
        """
        result: types.LedgerUserResponse = await self._send(Operation(method="GET", path=f"/v2/users/{segment(user_id)}", query={"identity-provider-id": identity_provider_id}, repeat="always"), options)
        return result

    async def list_user_rights(
        self,
        user_id: str,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerRightList:
        """List the rights of a user.

        Returns the rights of a user. Only the authenticated user is visible.

        Required scope: `ledger:read` or `ledger:admin`.

        user_id: Ledger user id: of an API key, or the subject of a signed token.
        """
        result: types.LedgerRightList = await self._send(Operation(method="GET", path=f"/v2/users/{segment(user_id)}/rights", repeat="always"), options)
        return result

    async def connected_synchronizers(
        self,
        *,
        party: str | None = None,
        participant_id: str | None = None,
        identity_provider_id: str | None = None,
        options: RequestOptions | None = None,
    ) -> types.ConnectedSynchronizersResponse:
        """List connected synchronizers.

        Returns the synchronizers that the participant is connected to: always one. With `party`, those on which the party is hosted: that one, or none if the party does not exist.

        Required scope: `ledger:read` or `ledger:admin`.

        party: Return only synchronizers on which this party is hosted, with the permission of the party. Empty or omitted: all. A user that is not an admin needs a right on the party.
        participant_id: Participant that hosts `party`. Empty or omitted: this one.
        identity_provider_id: Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key.
        """
        result: types.ConnectedSynchronizersResponse = await self._send(Operation(method="GET", path="/v2/state/connected-synchronizers", query={"party": party, "participantId": participant_id, "identityProviderId": identity_provider_id}, repeat="always"), options)
        return result

    async def version(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.LedgerVersion:
        """Get the version of the ledger API.

        Returns the version of the ledger API and its features, for example the largest page of parties (10000).

        Requires no credential.
        """
        result: types.LedgerVersion = await self._send(Operation(method="GET", path="/v2/version", repeat="always", public=True), options)
        return result

    async def livez(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> None:
        """Check that the service runs.

        Returns an empty response.

        Requires no credential.
        """
        await self._send(Operation(method="GET", path="/livez", repeat="always", public=True), options)

    async def readyz(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> str:
        """Check that the service is ready.

        Reads one item of the table and returns one line for each check, followed by the result.

        Requires no credential.
        """
        result: str = await self._send(Operation(method="GET", path="/readyz", repeat="always", public=True, text=True), options)
        return result


class AsyncServiceResource(AsyncResource):
    """Health and contract of the service."""

    async def health(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.HealthResponse:
        """Check the health of the service.

        Returns that the service responds, and its version. The table is not queried.

        Requires no credential.
        """
        result: types.HealthResponse = await self._send(Operation(method="GET", path="/v1/healthz", repeat="always", public=True), options)
        return result

    async def openapi(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.OpenApiDocument:
        """Get the OpenAPI document.

        Returns this description of the API as OpenAPI 3.1, compressed if the client accepts `br` or `gzip`. Caches can use it for five minutes.

        Requires no credential.
        """
        result: types.OpenApiDocument = await self._send(Operation(method="GET", path="/openapi.json", repeat="always", public=True, prefer=True), options)
        return result

    async def describe(
        self,
        *,
        options: RequestOptions | None = None,
    ) -> types.ServiceDescription:
        """Describe the service.

        Returns the name and the version of the service, and links to its documents: as JSON, or as a page if the client prefers `text/html`.

        Requires no credential.
        """
        result: types.ServiceDescription = await self._send(Operation(method="GET", path="/", repeat="always", public=True, prefer=True), options)
        return result


class AsyncAuditResource(AsyncResource):
    """Operations of `audit`."""

    def list_entries(
        self,
        *,
        organization_id: types.OrganizationId | None = None,
        dock_id: types.DockId | None = None,
        entity_type: types.AuditedType | None = None,
        entity_id: str | None = None,
        actor_id: str | None = None,
        action: types.AuditedAction | None = None,
        from_: types.Time | None = None,
        to: types.Time | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.AuditEntry]:
        """List audit entries.

        Returns the entries of the audit trail of one organization, newest first. A change is in the trail with the next request.

        An organization key reads the trail of its own organization. A platform key names the organization by `organizationId` or by `dockId`, else it gets the entries about resources of the platform. The trail outlives its resources.

        `meta.total` is `null`, because nothing counts the entries. With several filters, a page may be short while `hasMore` is true.

        Required scope: `audit:read`.

        organization_id: Return the entries of this organization. Default: the organization of the API key.
        dock_id: Return only entries about this dock and its roles.
        entity_type: Return only entries about resources of this type.
        entity_id: Return only entries about this resource. 1 to 256 characters.
        actor_id: Return only changes of this author, for example an API key id. 1 to 256 characters.
        action: Return only changes with this name.
        from_: Return only entries from this time on, inclusive. RFC 3339 with any offset; encode `+` as `%2B`.
        to: Return only entries before this time, exclusive. RFC 3339 with any offset; encode `+` as `%2B`.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path="/v1/audit/logs", query={"organizationId": organization_id, "dockId": dock_id, "entityType": entity_type, "entityId": entity_id, "actorId": actor_id, "action": action, "from": from_, "to": to, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)

    async def create_entry(
        self,
        body: types.CreateAuditEntryRequest,
        *,
        options: CreateOptions | None = None,
    ) -> types.AuditEntry:
        """Append an audit entry.

        Appends an entry of another service to the audit trail of an organization. The entry is about a resource whose type is not one of Berth's. It cannot be changed or deleted.

        A platform key names the organization by `organizationId` or by `dockId`.

        Required scope: `audit:write`.
        """
        result: types.AuditEntry = await self._send(Operation(method="POST", path="/v1/audit/logs", body=body, repeat="with-key", prefer=True), options)
        return result

    def list_entries_by_entity(
        self,
        entity_type: str,
        entity_id: str,
        *,
        organization_id: types.OrganizationId | None = None,
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        anchor: str | None = None,
        options: RequestOptions | None = None,
    ) -> AsyncList[types.AuditEntry]:
        """List the audit entries of a resource.

        Returns the entries of the audit trail about one resource, newest first, across all docks. They outlive the resource.

        An organization key reads the trail of its own organization. For a platform key, Berth finds the organization of an organization, a dock, a party, a recipient, an API key or a machine client that exists. For other resources, the request names it by `organizationId`.

        Required scope: `audit:read`.

        entity_type: Type of the audited resource.
        entity_id: Identifier of the audited resource.
        organization_id: Organization that owns the resource. Default: the organization of the API key.
        limit: Maximum number of rows on the page, 1 to 100. Default: 20.
        offset: Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.
        cursor: Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not together with `offset` or `anchor`. Default: the first page.
        anchor: Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: `offset` counts from the newest row.
        """
        operation = Operation(method="GET", path=f"/v1/audit/logs/entity/{segment(entity_type)}/{segment(entity_id)}", query={"organizationId": organization_id, "limit": limit, "offset": offset, "cursor": cursor, "anchor": anchor}, repeat="always", prefer=True)
        paging = Paging(parameter="cursor", size="limit", largest=100, drop=("offset", "anchor",), rows="data", next=("meta", "nextCursor",))
        return self._list(operation, options, paging)


class AsyncResources:
    """Every resource of the API."""

    def __init__(self, transport: AsyncTransport) -> None:
        self.organizations = AsyncOrganizationsResource(transport)
        """Organizations: the tenants of a deployment."""
        self.docks = AsyncDocksResource(transport)
        """Docks: the workspaces of an organization."""
        self.parties = AsyncPartiesResource(transport)
        """Parties: the counterparties of an organization."""
        self.roles = AsyncRolesResource(transport)
        """Roles of parties in docks, and their history."""
        self.recipients = AsyncRecipientsResource(transport)
        """Recipients: the contacts of a dock, who may belong to a party."""
        self.api_keys = AsyncApiKeysResource(transport)
        """API keys: the credentials of programs."""
        self.machine_clients = AsyncMachineClientsResource(transport)
        """Machine clients: OAuth 2.0 clients of an organization."""
        self.oauth = AsyncOauthResource(transport)
        """Access tokens of machine clients, by the conventions of OAuth 2.0."""
        self.ledger = AsyncLedgerResource(transport)
        """The same parties by the conventions of Canton's JSON Ledger API."""
        self.service = AsyncServiceResource(transport)
        """Health and contract of the service."""
        self.audit = AsyncAuditResource(transport)
        """Operations of `audit`."""
