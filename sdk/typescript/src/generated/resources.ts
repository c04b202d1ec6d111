// Generated from openapi.json by .ci/sdk generate. Do not edit.

import type { CreateOptions, ReadOptions, RequestOptions, WriteOptions } from "../options.js";
import type { List } from "../pages.js";
import { type Change, path, Resource } from "../resource.js";
import type { Transport } from "../transport.js";
import type { components, operations } from "./schema.js";

/** Recipients to add to a group or to remove from it. */
export type AddGroupRecipientsRequest = components["schemas"]["AddGroupRecipientsRequest"];
/** Postal address of a business. */
export type Address = components["schemas"]["Address"];
/** Party to allocate. Every member is optional. */
export type AllocateLedgerPartyRequest = components["schemas"]["AllocateLedgerPartyRequest"];
/** API key without its credential. */
export type ApiKey = components["schemas"]["ApiKey"];
/** Identifier of an API key: `key_` and a ULID in upper case. */
export type ApiKeyId = components["schemas"]["ApiKeyId"];
/** Page of a list. */
export type ApiKeyList = components["schemas"]["ApiKeyList"];
/** Role to assign. */
export type AssignRoleRequest = components["schemas"]["AssignRoleRequest"];
/** Role that a party holds in a dock. */
export type AssignedRole = components["schemas"]["AssignedRole"];
/** Author of a change. */
export type AuditActor = components["schemas"]["AuditActor"];
/**
 * Members of a resource that differ before and after a change. A value above 4096 bytes is replaced by `bytes`, its size,
 * and `sha256`, the digest of its compact JSON.
 */
export type AuditChanges = components["schemas"]["AuditChanges"];
/** Entry of the audit trail: one change of one resource. */
export type AuditEntry = components["schemas"]["AuditEntry"];
/** Identifier of an audit entry: `aud_` and a ULID in upper case. */
export type AuditEntryId = components["schemas"]["AuditEntryId"];
/** Page of a list. */
export type AuditEntryList = components["schemas"]["AuditEntryList"];
/** Name of a change. Entries of other services have `create`, `update` or `delete`. */
export type AuditedAction = components["schemas"]["AuditedAction"];
/** Type of a resource: one of those listed, or one of another service. */
export type AuditedType = components["schemas"]["AuditedType"];
/** Metadata of the authorization server. */
export type AuthorizationServerMetadata = components["schemas"]["AuthorizationServerMetadata"];
/** Roles to check. */
export type CheckRolesRequest = components["schemas"]["CheckRolesRequest"];
/** Results of a check of roles. */
export type CheckRolesResponse = components["schemas"]["CheckRolesResponse"];
/** Synchronizers that the participant is connected to. */
export type ConnectedSynchronizersResponse = components["schemas"]["ConnectedSynchronizersResponse"];
/** Module, style sheet or icon of the console. */
export type ConsoleAsset = components["schemas"]["ConsoleAsset"];
/** API key to create. */
export type CreateApiKeyRequest = components["schemas"]["CreateApiKeyRequest"];
/** Entry to append to the audit trail. */
export type CreateAuditEntryRequest = components["schemas"]["CreateAuditEntryRequest"];
/** Dock to create. */
export type CreateDockRequest = components["schemas"]["CreateDockRequest"];
/** Group to create. */
export type CreateGroupRequest = components["schemas"]["CreateGroupRequest"];
/** Machine client to create. */
export type CreateMachineClientRequest = components["schemas"]["CreateMachineClientRequest"];
/** Organization to create. */
export type CreateOrganizationRequest = components["schemas"]["CreateOrganizationRequest"];
/** Party to create. */
export type CreatePartyRequest = components["schemas"]["CreatePartyRequest"];
/** Recipient to create. */
export type CreateRecipientRequest = components["schemas"]["CreateRecipientRequest"];
/** Recipients to create. */
export type CreateRecipientsBatchRequest = components["schemas"]["CreateRecipientsBatchRequest"];
/** API key with its new credential. */
export type CreatedApiKey = components["schemas"]["CreatedApiKey"];
/** Machine client with its new secret. */
export type CreatedMachineClient = components["schemas"]["CreatedMachineClient"];
/** Workspace of an organization in which parties exchange documents. */
export type Dock = components["schemas"]["Dock"];
/** Identifier of a dock: `dock_` and a ULID in upper case. */
export type DockId = components["schemas"]["DockId"];
/** Page of a list. */
export type DockList = components["schemas"]["DockList"];
/** Role of a party in a dock, with the name and type of the party. */
export type DockParty = components["schemas"]["DockParty"];
/** Page of a list. */
export type DockPartyList = components["schemas"]["DockPartyList"];
/**
 * Status of a dock.
 *
 * - `ACTIVE`: The dock can be used. A dock is active from its creation on.
 *
 * More values may be added. Clients must accept unknown values.
 */
export type DockStatus = components["schemas"]["DockStatus"];
/**
 * State of the verification that a dock controls its domain.
 *
 * - `UNVERIFIED`: Control of the domain has not been verified. Berth does not verify domains yet.
 *
 * More values may be added. Clients must accept unknown values.
 */
export type DomainVerification = components["schemas"]["DomainVerification"];
/**
 * Kind of a deployment. Credentials of the other kind are rejected.
 *
 * - `live`: Production. Credentials begin with `dk_live_`.
 * - `test`: Sandbox. Credentials begin with `dk_test_`.
 */
export type Environment = components["schemas"]["Environment"];
/**
 * Scope that a credential holds. `write` does not include `read`.
 *
 * - `organizations:read`: Read organizations.
 * - `organizations:write`: Create and update organizations.
 * - `docks:read`: Read docks.
 * - `docks:write`: Create and update docks.
 * - `parties:read`: Read parties.
 * - `parties:write`: Create and update parties.
 * - `roles:read`: Read and check roles.
 * - `roles:write`: Assign and revoke roles.
 * - `recipients:read`: Read recipients.
 * - `recipients:write`: Create and update recipients.
 * - `machine-clients:read`: Read machine clients.
 * - `machine-clients:write`: Create and update machine clients.
 * - `api-keys:read`: Read API keys.
 * - `api-keys:write`: Create and revoke API keys.
 * - `audit:read`: Read the audit trail.
 * - `audit:write`: Append entries of other services to the audit trail.
 * - `ledger:read`: Read parties through the ledger API.
 * - `ledger:admin`: Allocate and update parties through the ledger API.
 * - `artifacts:read`: Read artifacts, in services that delegate authorization to Berth.
 * - `artifacts:write`: Create artifacts, in services that delegate authorization to Berth.
 * - `policies:read`: Read policies, in services that delegate authorization to Berth.
 *
 * More values may be added. Clients must accept unknown values.
 */
export type GrantedScope = components["schemas"]["GrantedScope"];
/** Named set of recipients of a dock. */
export type Group = components["schemas"]["Group"];
/** Identifier of a group: `grp_` and a ULID in upper case. */
export type GroupId = components["schemas"]["GroupId"];
/** Page of a list. */
export type GroupList = components["schemas"]["GroupList"];
/** Recipient in a group. */
export type GroupMember = components["schemas"]["GroupMember"];
/** Health of the service. */
export type HealthResponse = components["schemas"]["HealthResponse"];
/** Request about a token. */
export type IntrospectTokenRequest = components["schemas"]["IntrospectTokenRequest"];
/** State of an access token. If it is not active, the response has no other members. */
export type Introspection = components["schemas"]["Introspection"];
/** Request for an access token. */
export type IssueTokenRequest = components["schemas"]["IssueTokenRequest"];
/**
 * State of the identity check (know your customer) of the business that operates a dock.
 *
 * - `NOT_STARTED`: The check has not started.
 *
 * More values may be added. Clients must accept unknown values.
 */
export type Kyc = components["schemas"]["Kyc"];
/** Metadata of a party or user on this participant. */
export type LedgerObjectMeta = components["schemas"]["LedgerObjectMeta"];
/** Parties found by identifier. */
export type LedgerPartiesResponse = components["schemas"]["LedgerPartiesResponse"];
/** Party on the ledger. */
export type LedgerPartyDetails = components["schemas"]["LedgerPartyDetails"];
/** Page of a list of parties. */
export type LedgerPartyList = components["schemas"]["LedgerPartyList"];
/** Response with one party. */
export type LedgerPartyResponse = components["schemas"]["LedgerPartyResponse"];
/** Error response of the ledger API. All ten members are always present. */
export type LedgerProblem = components["schemas"]["LedgerProblem"];
/** Right of a user. */
export type LedgerRight = components["schemas"]["LedgerRight"];
/** Rights of a user. */
export type LedgerRightList = components["schemas"]["LedgerRightList"];
/** User of the ledger API. */
export type LedgerUser = components["schemas"]["LedgerUser"];
/** Response with one user. */
export type LedgerUserResponse = components["schemas"]["LedgerUserResponse"];
/** Version of the ledger API. */
export type LedgerVersion = components["schemas"]["LedgerVersion"];
/** Position of a page in its list. */
export type ListMeta = components["schemas"]["ListMeta"];
/** Machine client without its secret. */
export type MachineClient = components["schemas"]["MachineClient"];
/** Identifier of a machine client: `mc_` and a ULID in upper case. */
export type MachineClientId = components["schemas"]["MachineClientId"];
/** Page of a list. */
export type MachineClientList = components["schemas"]["MachineClientList"];
/** Custom attributes: a JSON object of at most 16384 bytes as compact JSON, 50 keys at the top level and 8 levels of nesting. Numbers are returned with the digits that were sent. */
export type Metadata = components["schemas"]["Metadata"];
/** Error response of OAuth 2.0 (RFC 6749, section 5.2). */
export type OAuthProblem = components["schemas"]["OAuthProblem"];
/** OpenAPI document. */
export type OpenApiDocument = components["schemas"]["OpenApiDocument"];
/** Tenant that owns docks, parties and API keys. */
export type Organization = components["schemas"]["Organization"];
/** Exact number of resources that an organization owns. */
export type OrganizationCounts = components["schemas"]["OrganizationCounts"];
/** Identifier of an organization: `org_` and a ULID in upper case. */
export type OrganizationId = components["schemas"]["OrganizationId"];
/** Page of a list. */
export type OrganizationList = components["schemas"]["OrganizationList"];
/** Role that a party holds in a dock, with the names of both. */
export type OrganizationRole = components["schemas"]["OrganizationRole"];
/** Page of a list. */
export type OrganizationRoleList = components["schemas"]["OrganizationRoleList"];
/** Numbers of the resources that prevent the deletion of an organization. */
export type OwnedResources = components["schemas"]["OwnedResources"];
/** Page for browsers, as HTML. */
export type Page = components["schemas"]["Page"];
/** Identifier of the participant. */
export type ParticipantIdResponse = components["schemas"]["ParticipantIdResponse"];
/** Counterparty of an organization: a person or a company that can hold roles in docks. */
export type Party = components["schemas"]["Party"];
/** Identifier of a party: `pty_` and a ULID in upper case. */
export type PartyId = components["schemas"]["PartyId"];
/** Page of a list. */
export type PartyList = components["schemas"]["PartyList"];
/** Role that a party holds in a dock, with the name of the dock. */
export type PartyRole = components["schemas"]["PartyRole"];
/** Page of a list. */
export type PartyRoleList = components["schemas"]["PartyRoleList"];
/**
 * Type of a party.
 *
 * - `INDIVIDUAL`: A natural person.
 * - `ORGANIZATION`: A company, an authority or any other legal body.
 */
export type PartyType = components["schemas"]["PartyType"];
/** Error response (RFC 9457). Programs should branch on `code`. */
export type Problem = components["schemas"]["Problem"];
/** Violation in a request. Exactly one of `pointer` and `parameter` is present. */
export type ProblemDetail = components["schemas"]["ProblemDetail"];
/** Explanation; if validation failed, one string per violation. */
export type ProblemMessage = components["schemas"]["ProblemMessage"];
/** One line for each check, and a last line with the result. */
export type ReadinessReport = components["schemas"]["ReadinessReport"];
/** Contact in a dock, who receives documents and may belong to a party. */
export type Recipient = components["schemas"]["Recipient"];
/** Error of one recipient. */
export type RecipientError = components["schemas"]["RecipientError"];
/** Identifier of a recipient: `rcp_` and a ULID in upper case. */
export type RecipientId = components["schemas"]["RecipientId"];
/** Page of a list. */
export type RecipientList = components["schemas"]["RecipientList"];
/** Results of the creation of several recipients. */
export type RecipientResults = components["schemas"]["RecipientResults"];
/** Recipients to add to a group or to remove from it. */
export type RemoveGroupRecipientsRequest = components["schemas"]["RemoveGroupRecipientsRequest"];
/** Request about a token. */
export type RevokeTokenRequest = components["schemas"]["RevokeTokenRequest"];
/** Result of the check of one role. */
export type RoleCheckResult = components["schemas"]["RoleCheckResult"];
/** Identifier of a role: `dpr_` and a ULID in upper case. */
export type RoleId = components["schemas"]["RoleId"];
/**
 * Role of a party in a dock.
 *
 * - `DISTRIBUTOR`: The party sends documents.
 * - `RECIPIENT`: The party receives documents.
 */
export type RoleName = components["schemas"]["RoleName"];
/** Rotation of a secret. */
export type RotateApiKeyRequest = components["schemas"]["RotateApiKeyRequest"];
/** Rotation of a secret. */
export type RotateMachineClientRequest = components["schemas"]["RotateMachineClientRequest"];
/** Name, version and documents of the service. */
export type ServiceDescription = components["schemas"]["ServiceDescription"];
/** Paths of the documents of a service. */
export type ServiceLinks = components["schemas"]["ServiceLinks"];
/**
 * Relation of a recipient to the documents of a dock.
 *
 * - `mortgagee`: A lender or another holder of a mortgage.
 * - `agent`: An agent or a broker.
 * - `policyholder`: The holder of a policy.
 * - `auditor`: An auditor.
 */
export type StakeholderClass = components["schemas"]["StakeholderClass"];
/** Confirmation of a deletion or revocation. */
export type SuccessResponse = components["schemas"]["SuccessResponse"];
/** Synchronizer that the participant is connected to. */
export type Synchronizer = components["schemas"]["Synchronizer"];
/** Point in time (RFC 3339). Responses use UTC with milliseconds; requests may use any offset. */
export type Time = components["schemas"]["Time"];
/** New access token. */
export type TokenResponse = components["schemas"]["TokenResponse"];
/** Changes to an API key, as a JSON merge patch. */
export type UpdateApiKeyRequest = components["schemas"]["UpdateApiKeyRequest"];
/** Changes to a dock, as a JSON merge patch. */
export type UpdateDockRequest = components["schemas"]["UpdateDockRequest"];
/** Changes to a group, as a JSON merge patch. */
export type UpdateGroupRequest = components["schemas"]["UpdateGroupRequest"];
/** Changes to a party on the ledger. */
export type UpdateLedgerPartyRequest = components["schemas"]["UpdateLedgerPartyRequest"];
/** Changes to a machine client, as a JSON merge patch. */
export type UpdateMachineClientRequest = components["schemas"]["UpdateMachineClientRequest"];
/** Changes to an organization, as a JSON merge patch. */
export type UpdateOrganizationRequest = components["schemas"]["UpdateOrganizationRequest"];
/** Changes to a party, as a JSON merge patch. */
export type UpdatePartyRequest = components["schemas"]["UpdatePartyRequest"];
/** Changes to a recipient, as a JSON merge patch. */
export type UpdateRecipientRequest = components["schemas"]["UpdateRecipientRequest"];

/** Parameters of `listOrganizations`. */
export type ListOrganizationsQuery = NonNullable<operations["listOrganizations"]["parameters"]["query"]>;

/** Parameters of `listDocks`. */
export type ListDocksQuery = NonNullable<operations["listDocks"]["parameters"]["query"]>;

/** Parameters of `listParties`. */
export type ListPartiesQuery = NonNullable<operations["listParties"]["parameters"]["query"]>;

/** Parameters of `listOrganizationRoles`. */
export type ListOrganizationRolesQuery = NonNullable<operations["listOrganizationRoles"]["parameters"]["query"]>;

/** Parameters of `listDockParties`. */
export type ListDockPartiesQuery = NonNullable<operations["listDockParties"]["parameters"]["query"]>;

/** Parameters of `listRoles`. */
export type ListRolesQuery = NonNullable<operations["listRoles"]["parameters"]["query"]>;

/** Parameters of `listRecipients`. */
export type ListRecipientsQuery = NonNullable<operations["listRecipients"]["parameters"]["query"]>;

/** Parameters of `listGroups`. */
export type ListGroupsQuery = NonNullable<operations["listGroups"]["parameters"]["query"]>;

/** Parameters of `listGroupRecipients`. */
export type ListGroupRecipientsQuery = NonNullable<operations["listGroupRecipients"]["parameters"]["query"]>;

/** Parameters of `listApiKeys`. */
export type ListApiKeysQuery = NonNullable<operations["listApiKeys"]["parameters"]["query"]>;

/** Parameters of `revokeApiKey`. */
export type RevokeApiKeyQuery = NonNullable<operations["revokeApiKey"]["parameters"]["query"]>;

/** Parameters of `listMachineClients`. */
export type ListMachineClientsQuery = NonNullable<operations["listMachineClients"]["parameters"]["query"]>;

/** Parameters of `deleteMachineClient`. */
export type DeleteMachineClientQuery = NonNullable<operations["deleteMachineClient"]["parameters"]["query"]>;

/** Parameters of `listLedgerParties`. */
export type ListLedgerPartiesQuery = NonNullable<operations["listLedgerParties"]["parameters"]["query"]>;

/** Parameters of `getLedgerParty`. */
export type GetLedgerPartyQuery = NonNullable<operations["getLedgerParty"]["parameters"]["query"]>;

/** Parameters of `authenticatedUser`. */
export type AuthenticatedUserQuery = NonNullable<operations["authenticatedUser"]["parameters"]["query"]>;

/** Parameters of `getLedgerUser`. */
export type GetLedgerUserQuery = NonNullable<operations["getLedgerUser"]["parameters"]["query"]>;

/** Parameters of `connectedSynchronizers`. */
export type ConnectedSynchronizersQuery = NonNullable<operations["connectedSynchronizers"]["parameters"]["query"]>;

/** Parameters of `listAuditEntries`. */
export type ListAuditEntriesQuery = NonNullable<operations["listAuditEntries"]["parameters"]["query"]>;

/** Parameters of `listAuditEntriesByEntity`. */
export type ListAuditEntriesByEntityQuery = NonNullable<operations["listAuditEntriesByEntity"]["parameters"]["query"]>;

/** Organizations: the tenants of a deployment. */
export class OrganizationsResource extends Resource {
  /**
   * List organizations.
   *
   * Returns organizations, newest first. A platform key sees every organization, an organization key only its own.
   *
   * Required scope: `organizations:read`.
   */
  list(query: ListOrganizationsQuery = {}, options?: RequestOptions): List<Organization> {
    return this.$list({ method: "GET", path: path`/v1/organizations`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create an organization.
   *
   * Creates a tenant. Requires a platform key.
   *
   * The slug is derived from the name. If it is taken, the first free number is appended (`-1`, `-2`, …), so two organizations may have the same name. To get either the exact slug or an error, send `slug` or `Prefer: handling=strict`: a slug that is taken is then rejected with `SLUG_ALREADY_TAKEN`.
   *
   * These slugs are reserved: `admin`, `administrator`, `api`, `app`, `auth`, `billing`, `blog`, `console`, `dashboard`, `docs`, `help`, `login`, `logout`, `mail`, `oauth`, `root`, `security`, `signin`, `signup`, `sso`, `static`, `status`, `support`, `system`, `www`. A slug that an organization has given up stays reserved for it for 30 days. A slug that is derived from a name gets a number instead; one that you ask for is rejected with `SLUG_RESERVED`. No slug begins with `xn--`.
   *
   * Required scope: `organizations:write`.
   */
  async create(body: CreateOrganizationRequest, options?: CreateOptions): Promise<Organization> {
    return this.$send({ method: "POST", path: path`/v1/organizations`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get an organization.
   *
   * Returns an organization with the exact number of resources that it owns in `_count`. The `ETag` changes when these numbers change; `If-Match` on a later update compares only the organization's own version.
   *
   * Required scope: `organizations:read`.
   *
   * @param orgId Organization id.
   */
  async get(orgId: string, options?: ReadOptions): Promise<Organization> {
    return this.$send({ method: "GET", path: path`/v1/organizations/${orgId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete an organization.
   *
   * Deletes an organization for ever. Requires a platform key.
   *
   * The organization must own no docks, parties and machine clients, and no API keys that are neither revoked nor expired. Otherwise the status is 409, and `counts` has their numbers. The default organization of the deployment cannot be deleted.
   *
   * The slug stays reserved for 30 days. The audit entries of the organization stay. If roles of its deleted docks and parties remain to be revoked, the request revokes them first; if they are too many for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.
   *
   * Required scope: `organizations:write`.
   *
   * @param orgId Organization id.
   */
  async delete(orgId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/organizations/${orgId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Update an organization.
   *
   * Applies a JSON merge patch (RFC 7396): omitted members stay unchanged. `metadata` is merged key by key. The slug does not follow the name. A slug that is replaced stays reserved for the organization for 30 days: it can take the slug back, and other organizations get `SLUG_RESERVED`. After that, every organization can use it.
   *
   * Required scope: `organizations:write`.
   *
   * @param orgId Organization id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(orgId: string, change: UpdateOrganizationRequest | Change<Organization, UpdateOrganizationRequest>, options?: WriteOptions): Promise<Organization> {
    const write = (patch: UpdateOrganizationRequest, options?: WriteOptions) =>
      this.$send<Organization>({ method: "PATCH", path: path`/v1/organizations/${orgId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(orgId, options), write, change, options);
  }
}

/** Docks: the workspaces of an organization. */
export class DocksResource extends Resource {
  /**
   * List docks.
   *
   * Returns docks, newest first. A platform key sees the docks of every organization, an organization key those of its own organization.
   *
   * Required scope: `docks:read`.
   */
  list(query: ListDocksQuery = {}, options?: RequestOptions): List<Dock> {
    return this.$list({ method: "GET", path: path`/v1/docks`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create a dock.
   *
   * Creates a workspace of an organization. A platform key must name the organization in `organizationId`; an organization key may omit it.
   *
   * A domain belongs to at most one dock, whether as `domain` or as `customDomain`. A new domain is unverified. Berth does not verify domains yet, so after 30 days another dock can take the domain. To claim it for another 30 days, remove it and set it again.
   *
   * Required scope: `docks:write`.
   */
  async create(body: CreateDockRequest, options?: CreateOptions): Promise<Dock> {
    return this.$send({ method: "POST", path: path`/v1/docks`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get a dock.
   *
   * Returns the current state of a dock.
   *
   * Required scope: `docks:read`.
   *
   * @param dockId Dock id.
   */
  async get(dockId: string, options?: ReadOptions): Promise<Dock> {
    return this.$send({ method: "GET", path: path`/v1/docks/${dockId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete a dock.
   *
   * Deletes a dock for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the dock. Its recipients and groups are deleted. Another dock can take its domains at once.
   *
   * The dock and all that belongs to it no longer exist with the first request, whatever its status. If that is too much for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.
   *
   * Required scope: `docks:write`.
   *
   * @param dockId Dock id.
   */
  async delete(dockId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/docks/${dockId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Update a dock.
   *
   * Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `businessAddress` is replaced as a whole. A new `domain` is unverified, and after 30 days another dock can take it.
   *
   * Required scope: `docks:write`.
   *
   * @param dockId Dock id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(dockId: string, change: UpdateDockRequest | Change<Dock, UpdateDockRequest>, options?: WriteOptions): Promise<Dock> {
    const write = (patch: UpdateDockRequest, options?: WriteOptions) =>
      this.$send<Dock>({ method: "PATCH", path: path`/v1/docks/${dockId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(dockId, options), write, change, options);
  }
}

/** Parties: the counterparties of an organization. */
export class PartiesResource extends Resource {
  /**
   * List parties.
   *
   * Returns the parties of an organization, newest first. The cost of a search by `externalRef` does not depend on the number of parties.
   *
   * Required scope: `parties:read`.
   *
   * @param orgId Organization id.
   */
  list(orgId: string, query: ListPartiesQuery = {}, options?: RequestOptions): List<Party> {
    return this.$list({ method: "GET", path: path`/v1/organizations/${orgId}/parties`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create a party.
   *
   * Creates a counterparty of an organization: a person or a company that takes part in docks once it holds roles. Name, e-mail address and external reference need not be unique.
   *
   * Required scope: `parties:write`.
   *
   * @param orgId Organization id.
   */
  async create(orgId: string, body: CreatePartyRequest, options?: CreateOptions): Promise<Party> {
    return this.$send({ method: "POST", path: path`/v1/organizations/${orgId}/parties`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get a party.
   *
   * Returns a party. The read is eventually consistent: a party that was just created is found, a change or a deletion may take some milliseconds to become visible. `Cache-Control: no-cache` requests the current state.
   *
   * Required scope: `parties:read`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   */
  async get(orgId: string, partyId: string, options?: ReadOptions): Promise<Party> {
    return this.$send({ method: "GET", path: path`/v1/organizations/${orgId}/parties/${partyId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete a party.
   *
   * Deletes a party for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the history that lists return with `asOf`, with the last name of the party. The ledger API no longer returns the party, and its ledger id is never used again.
   *
   * The party and its roles no longer exist with the first request, whatever its status. If the party has too many roles for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.
   *
   * Required scope: `parties:write`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   */
  async delete(orgId: string, partyId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/organizations/${orgId}/parties/${partyId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Update a party.
   *
   * Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `metadata` is merged key by key.
   *
   * Required scope: `parties:write`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(orgId: string, partyId: string, change: UpdatePartyRequest | Change<Party, UpdatePartyRequest>, options?: WriteOptions): Promise<Party> {
    const write = (patch: UpdatePartyRequest, options?: WriteOptions) =>
      this.$send<Party>({ method: "PATCH", path: path`/v1/organizations/${orgId}/parties/${partyId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(orgId, partyId, options), write, change, options);
  }
}

/** Roles of parties in docks, and their history. */
export class RolesResource extends Resource {
  /**
   * List the roles of an organization.
   *
   * Returns the roles that parties hold in the docks of the organization, newest party first. The roles of one party follow each other, newest first. `dockName` and `partyName` are the current names; of a deleted dock or party, the last ones.
   *
   * Unknown ids in `dockId` and `partyId` match nothing. With `asOf`, with `role`, with both `dockId` and `partyId`, or while a deletion is in progress, a page may be short while `hasMore` is true.
   *
   * `meta.total` is exact if the first page has all roles. It is also exact with either `partyId` or `dockId`, with or without `role`. In all other cases it is `null`.
   *
   * Required scope: `roles:read`.
   *
   * @param orgId Organization id.
   */
  listForOrganization(orgId: string, query: ListOrganizationRolesQuery = {}, options?: RequestOptions): List<OrganizationRole> {
    return this.$list({ method: "GET", path: path`/v1/organizations/${orgId}/roles`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":500,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * List the parties of a dock.
   *
   * Returns one row for each role that a party holds in the dock, newest party first. A party with both roles has two rows, `DISTRIBUTOR` before `RECIPIENT`. `partyName` and `partyType` are the current ones; of a deleted party, the last ones.
   *
   * Required scope: `roles:read`.
   *
   * @param dockId Dock id.
   */
  listForDock(dockId: string, query: ListDockPartiesQuery = {}, options?: RequestOptions): List<DockParty> {
    return this.$list({ method: "GET", path: path`/v1/docks/${dockId}/parties`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * List the roles of a party.
   *
   * Returns the roles that a party holds in the docks of its organization, newest first. `dockName` is the current name of the dock; of a deleted dock, its last name.
   *
   * Required scope: `roles:read`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   */
  list(orgId: string, partyId: string, query: ListRolesQuery = {}, options?: RequestOptions): List<PartyRole> {
    return this.$list({ method: "GET", path: path`/v1/organizations/${orgId}/parties/${partyId}/roles`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Assign a role.
   *
   * Assigns a party the role `DISTRIBUTOR` or `RECIPIENT` in a dock of the same organization. A party may hold both roles in one dock, each once.
   *
   * If the party or dock belongs to another organization, the status is 403 with a platform key. With an organization key it is 404, as for a resource that does not exist.
   *
   * Required scope: `roles:write`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   */
  async assign(orgId: string, partyId: string, body: AssignRoleRequest, options?: CreateOptions): Promise<AssignedRole> {
    return this.$send({ method: "POST", path: path`/v1/organizations/${orgId}/parties/${partyId}/roles`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get a role.
   *
   * Returns a role that a party holds in a dock. A revoked role is not found; it stays in the history that lists return with `asOf`.
   *
   * Required scope: `roles:read`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   * @param roleId Role id.
   */
  async get(orgId: string, partyId: string, roleId: string, options?: ReadOptions): Promise<AssignedRole> {
    return this.$send({ method: "GET", path: path`/v1/organizations/${orgId}/parties/${partyId}/roles/${roleId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Revoke a role.
   *
   * Revokes a role. It stays in the history that lists return with `asOf`. The same role can be assigned again and then has a new identifier.
   *
   * Required scope: `roles:write`.
   *
   * @param orgId Organization id.
   * @param partyId Party id.
   * @param roleId Role id.
   */
  async revoke(orgId: string, partyId: string, roleId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/organizations/${orgId}/parties/${partyId}/roles/${roleId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Check roles.
   *
   * Returns whether parties hold roles in docks: 1 to 100 checks per request, with results in the order of the checks. A party or dock that does not exist, or belongs to another organization, yields `assigned: false`, as does another dock for a credential that is bound to a dock.
   *
   * Required scope: `roles:read`.
   *
   * @param orgId Organization id.
   */
  async check(orgId: string, body: CheckRolesRequest, options?: RequestOptions): Promise<CheckRolesResponse> {
    return this.$send({ method: "POST", path: path`/v1/organizations/${orgId}/roles/check`, body, repeat: "always", prefer: true }, options);
  }
}

/** Recipients: the contacts of a dock, who may belong to a party. */
export class RecipientsResource extends Resource {
  /**
   * List recipients.
   *
   * Returns the recipients of a dock, newest first. The cost of a search by `email` does not depend on the number of recipients.
   *
   * Required scope: `recipients:read`.
   *
   * @param dockId Dock id.
   */
  list(dockId: string, query: ListRecipientsQuery = {}, options?: RequestOptions): List<Recipient> {
    return this.$list({ method: "GET", path: path`/v1/docks/${dockId}/recipients`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create a recipient.
   *
   * Creates a recipient in a dock. Its e-mail address is unique in the dock.
   *
   * With `partyId`, the recipient belongs to a party of the same organization. If that party lacks the role `RECIPIENT` in the dock, the same transaction assigns it. `roleId` in the response is the role. If the party belongs to another organization, the status is 403 with a platform key, and 404 with an organization key.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   */
  async create(dockId: string, body: CreateRecipientRequest, options?: CreateOptions): Promise<Recipient> {
    return this.$send({ method: "POST", path: path`/v1/docks/${dockId}/recipients`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Create recipients.
   *
   * Creates 1 to 100 recipients. Each is created or rejected on its own, as by `POST …/recipients`, so one that is rejected does not affect the others. Of two recipients with one e-mail address, the second is rejected.
   *
   * With an `Idempotency-Key`, a repetition of the request returns the recipients that were created before, and tries the others again. If DynamoDB is unavailable meanwhile, the status is 503, and a repetition creates the rest.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   */
  async createBatch(dockId: string, body: CreateRecipientsBatchRequest, options?: CreateOptions): Promise<RecipientResults> {
    return this.$send({ method: "POST", path: path`/v1/docks/${dockId}/recipients/batch`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get a recipient.
   *
   * Returns the current state of a recipient.
   *
   * Required scope: `recipients:read`.
   *
   * @param dockId Dock id.
   * @param recipientId Recipient id.
   */
  async get(dockId: string, recipientId: string, options?: ReadOptions): Promise<Recipient> {
    return this.$send({ method: "GET", path: path`/v1/docks/${dockId}/recipients/${recipientId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete a recipient.
   *
   * Deletes a recipient, and removes it from its groups. Another recipient can take its e-mail address. The party of the recipient keeps its role, and the audit entries stay.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param recipientId Recipient id.
   */
  async delete(dockId: string, recipientId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/docks/${dockId}/recipients/${recipientId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Update a recipient.
   *
   * Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional member. `identifiers` is merged key by key.
   *
   * With `partyId`, the party gets the role `RECIPIENT` in the dock, unless it holds it. `null` removes the link to the party, which keeps the role.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param recipientId Recipient id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(dockId: string, recipientId: string, change: UpdateRecipientRequest | Change<Recipient, UpdateRecipientRequest>, options?: WriteOptions): Promise<Recipient> {
    const write = (patch: UpdateRecipientRequest, options?: WriteOptions) =>
      this.$send<Recipient>({ method: "PATCH", path: path`/v1/docks/${dockId}/recipients/${recipientId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(dockId, recipientId, options), write, change, options);
  }

  /**
   * List groups.
   *
   * Returns the groups of a dock, newest first, each with its first 100 recipients.
   *
   * Required scope: `recipients:read`.
   *
   * @param dockId Dock id.
   */
  listGroups(dockId: string, query: ListGroupsQuery = {}, options?: RequestOptions): List<Group> {
    return this.$list({ method: "GET", path: path`/v1/docks/${dockId}/groups`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create a group.
   *
   * Creates a group of recipients of a dock. Its name is unique in the dock; names are compared exactly. If a recipient does not exist, or belongs to another dock, the status is 404 and no group is created.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   */
  async createGroup(dockId: string, body: CreateGroupRequest, options?: CreateOptions): Promise<Group> {
    return this.$send({ method: "POST", path: path`/v1/docks/${dockId}/groups`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Get a group.
   *
   * Returns the current state of a group with its first 100 recipients.
   *
   * Required scope: `recipients:read`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   */
  async getGroup(dockId: string, groupId: string, options?: ReadOptions): Promise<Group> {
    return this.$send({ method: "GET", path: path`/v1/docks/${dockId}/groups/${groupId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete a group.
   *
   * Deletes a group. Its recipients stay. A large group is emptied first; if the time of the request does not suffice, the status is 503, and the same request without `If-Match` continues.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   */
  async deleteGroup(dockId: string, groupId: string, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/docks/${dockId}/groups/${groupId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Update a group.
   *
   * Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes the description. Other operations add and remove recipients.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async updateGroup(dockId: string, groupId: string, change: UpdateGroupRequest | Change<Group, UpdateGroupRequest>, options?: WriteOptions): Promise<Group> {
    const write = (patch: UpdateGroupRequest, options?: WriteOptions) =>
      this.$send<Group>({ method: "PATCH", path: path`/v1/docks/${dockId}/groups/${groupId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.getGroup(dockId, groupId, options), write, change, options);
  }

  /**
   * List the recipients of a group.
   *
   * Returns the recipients in a group, newest recipient first.
   *
   * Required scope: `recipients:read`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   */
  listGroupMembers(dockId: string, groupId: string, query: ListGroupRecipientsQuery = {}, options?: RequestOptions): List<Recipient> {
    return this.$list({ method: "GET", path: path`/v1/docks/${dockId}/groups/${groupId}/recipients`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Add recipients to a group.
   *
   * Adds 1 to 100 recipients of the dock to a group. One that is in the group already is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is added.
   *
   * More than 45 recipients are added in several transactions. If the status is 503, the same request adds the rest.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   */
  async addToGroup(dockId: string, groupId: string, body: AddGroupRecipientsRequest, options?: CreateOptions): Promise<Group> {
    return this.$send({ method: "POST", path: path`/v1/docks/${dockId}/groups/${groupId}/recipients`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * Remove recipients from a group.
   *
   * Removes 1 to 100 recipients from a group. One that is not in the group is no error. If a recipient does not exist, or belongs to another dock, the status is 404 and none is removed. The recipients themselves stay.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   */
  async removeFromGroup(dockId: string, groupId: string, body: RemoveGroupRecipientsRequest, options?: WriteOptions): Promise<Group> {
    return this.$send({ method: "DELETE", path: path`/v1/docks/${dockId}/groups/${groupId}/recipients`, body, repeat: "always", prefer: true }, options);
  }

  /**
   * Remove a recipient from a group.
   *
   * Removes a recipient from a group, and returns the group. A recipient that is not in the group is no error. The recipient itself stays.
   *
   * Required scope: `recipients:write`.
   *
   * @param dockId Dock id.
   * @param groupId Group id.
   * @param recipientId Recipient id.
   */
  async removeOneFromGroup(dockId: string, groupId: string, recipientId: string, options?: WriteOptions): Promise<Group> {
    return this.$send({ method: "DELETE", path: path`/v1/docks/${dockId}/groups/${groupId}/recipients/${recipientId}`, repeat: "always", prefer: true }, options);
  }
}

/** API keys: the credentials of programs. */
export class ApiKeysResource extends Resource {
  /**
   * List API keys.
   *
   * Returns API keys, newest first, including revoked ones. A platform key sees the keys of every owner, an organization key those of its own organization.
   *
   * Required scope: `api-keys:read`.
   */
  list(query: ListApiKeysQuery = {}, options?: RequestOptions): List<ApiKey> {
    return this.$list({ method: "GET", path: path`/v1/api-keys`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create an API key.
   *
   * Creates an API key. `key` in the response is the credential and is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead.
   *
   * A key can grant only scopes that it holds itself, and only until it expires itself. An organization key can create keys only for its own organization.
   *
   * Required scope: `api-keys:write`.
   */
  async create(body: CreateApiKeyRequest, options?: CreateOptions): Promise<CreatedApiKey> {
    return this.$send({ method: "POST", path: path`/v1/api-keys`, body, repeat: "with-key", prefer: true, secrets: ["key"] }, options);
  }

  /**
   * Get an API key.
   *
   * Returns an API key without its credential, also a revoked one. An organization key finds only keys of its own organization.
   *
   * Required scope: `api-keys:read`.
   *
   * @param keyId API key id.
   */
  async get(keyId: string, options?: ReadOptions): Promise<ApiKey> {
    return this.$send({ method: "GET", path: path`/v1/api-keys/${keyId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Revoke an API key.
   *
   * Revokes an API key. Requests with it are rejected from then on; a process that has just verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.
   *
   * A key can revoke only keys whose scopes it holds itself. With `descendants=true`, the request also revokes every key and deactivates every machine client that descends from the key: those that it created, those that they created, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.
   *
   * Required scope: `api-keys:write`.
   *
   * @param keyId API key id.
   */
  async revoke(keyId: string, query: RevokeApiKeyQuery = {}, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/api-keys/${keyId}`, query, repeat: "always", prefer: true }, options);
  }

  /**
   * Update an API key.
   *
   * Applies a JSON merge patch (RFC 7396) to an API key: a new name, fewer scopes, or an earlier expiry. Nothing else can change, and nothing is widened. A process that has just verified the key may accept it with its earlier scopes for up to 30 more seconds. Keys that the key created stay as they are.
   *
   * A key can change only keys whose scopes it holds itself.
   *
   * Required scope: `api-keys:write`.
   *
   * @param keyId API key id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(keyId: string, change: UpdateApiKeyRequest | Change<ApiKey, UpdateApiKeyRequest>, options?: WriteOptions): Promise<ApiKey> {
    const write = (patch: UpdateApiKeyRequest, options?: WriteOptions) =>
      this.$send<ApiKey>({ method: "PATCH", path: path`/v1/api-keys/${keyId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(keyId, options), write, change, options);
  }

  /**
   * Rotate the secret of an API key.
   *
   * Replaces the secret of an API key. `key` in the response is the new credential and is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The id, the scopes and all other properties stay.
   *
   * The previous credential is accepted for `graceSeconds` more, and never beyond the expiry of the key. A second rotation in that time ends the first credential. A process that has just verified a credential may accept it for up to 30 seconds after the rotation, if its grace period is shorter.
   *
   * A key can rotate only keys whose scopes it holds itself. It can rotate itself.
   *
   * Required scope: `api-keys:write`.
   *
   * @param keyId API key id.
   */
  async rotate(keyId: string, body: RotateApiKeyRequest = {}, options?: CreateOptions): Promise<CreatedApiKey> {
    return this.$send({ method: "POST", path: path`/v1/api-keys/${keyId}/rotate`, body, repeat: "with-key", prefer: true, secrets: ["key"] }, options);
  }
}

/** Machine clients: OAuth 2.0 clients of an organization. */
export class MachineClientsResource extends Resource {
  /**
   * List machine clients.
   *
   * Returns the machine clients of an organization, newest first, including inactive ones.
   *
   * Required scope: `machine-clients:read`.
   *
   * @param orgId Organization id.
   */
  list(orgId: string, query: ListMachineClientsQuery = {}, options?: RequestOptions): List<MachineClient> {
    return this.$list({ method: "GET", path: path`/v1/organizations/${orgId}/machine-clients`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Create a machine client.
   *
   * Creates an OAuth 2.0 client of an organization. `clientSecret` in the response is shown only once: only a digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The client exchanges its secret for access tokens at `POST /v1/oauth/token`.
   *
   * A credential can grant only scopes that it holds itself, only until it expires itself, and only from networks from which it can be used itself.
   *
   * Required scope: `machine-clients:write`.
   *
   * @param orgId Organization id.
   */
  async create(orgId: string, body: CreateMachineClientRequest, options?: CreateOptions): Promise<CreatedMachineClient> {
    return this.$send({ method: "POST", path: path`/v1/organizations/${orgId}/machine-clients`, body, repeat: "with-key", prefer: true, secrets: ["clientSecret"] }, options);
  }

  /**
   * Get a machine client.
   *
   * Returns a machine client without its secret.
   *
   * Required scope: `machine-clients:read`.
   *
   * @param orgId Organization id.
   * @param machineClientId Machine client id.
   */
  async get(orgId: string, machineClientId: string, options?: ReadOptions): Promise<MachineClient> {
    return this.$send({ method: "GET", path: path`/v1/organizations/${orgId}/machine-clients/${machineClientId}`, repeat: "always", prefer: true }, options);
  }

  /**
   * Delete a machine client.
   *
   * Deletes a machine client, which ends its tokens. A process that has just verified a token may accept it for up to 30 more seconds.
   *
   * A credential can delete only machine clients whose scopes it holds. With `descendants=true`, the request also revokes every API key and deactivates every machine client that descends from the client: those that were created with its tokens, those that were created with these, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.
   *
   * Required scope: `machine-clients:write`.
   *
   * @param orgId Organization id.
   * @param machineClientId Machine client id.
   */
  async delete(orgId: string, machineClientId: string, query: DeleteMachineClientQuery = {}, options?: WriteOptions): Promise<SuccessResponse> {
    return this.$send({ method: "DELETE", path: path`/v1/organizations/${orgId}/machine-clients/${machineClientId}`, query, repeat: "always", prefer: true }, options);
  }

  /**
   * Update a machine client.
   *
   * Applies a JSON merge patch (RFC 7396) to a machine client. `isActive: false` ends its tokens: they are rejected from then on, also after a later `isActive: true`. A process that has just verified a token may accept it for up to 30 more seconds. The dock, the networks and the expiry of a client cannot change.
   *
   * A credential can change only machine clients whose scopes it holds, and grant only scopes that it holds.
   *
   * Required scope: `machine-clients:write`.
   *
   * @param orgId Organization id.
   * @param machineClientId Machine client id.
   * @param change The changes, or a function that returns them for the current state.
   */
  async update(orgId: string, machineClientId: string, change: UpdateMachineClientRequest | Change<MachineClient, UpdateMachineClientRequest>, options?: WriteOptions): Promise<MachineClient> {
    const write = (patch: UpdateMachineClientRequest, options?: WriteOptions) =>
      this.$send<MachineClient>({ method: "PATCH", path: path`/v1/organizations/${orgId}/machine-clients/${machineClientId}`, body: patch, repeat: "always", prefer: true }, options);
    if (typeof change !== "function") return write(change, options);
    return this.$change((options) => this.get(orgId, machineClientId, options), write, change, options);
  }

  /**
   * Rotate the secret of a machine client.
   *
   * Replaces the secret of a machine client. `clientSecret` in the response is shown only once. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The ids and all other properties stay, and so do the tokens of the client.
   *
   * The previous secret is accepted for `graceSeconds` more, and never beyond the expiry of the client. A second rotation in that time ends the first secret.
   *
   * A credential can rotate only machine clients whose scopes it holds.
   *
   * Required scope: `machine-clients:write`.
   *
   * @param orgId Organization id.
   * @param machineClientId Machine client id.
   */
  async rotate(orgId: string, machineClientId: string, body: RotateMachineClientRequest = {}, options?: CreateOptions): Promise<CreatedMachineClient> {
    return this.$send({ method: "POST", path: path`/v1/organizations/${orgId}/machine-clients/${machineClientId}/rotate`, body, repeat: "with-key", prefer: true, secrets: ["clientSecret"] }, options);
  }
}

/** Access tokens of machine clients, by the conventions of OAuth 2.0. */
export class OauthResource extends Resource {
  /**
   * Issue an access token.
   *
   * Issues an access token to a machine client: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). The parameters are a form or a JSON object. The client authenticates by `Authorization: Basic`, or by `client_id` and `client_secret` in the body.
   *
   * The token is opaque. It is sent like an API key, in `Authorization: Bearer`. A client can obtain 10 tokens in any minute; beyond that, the status is 429 with `Retry-After`.
   *
   * Requires the credentials of a machine client.
   */
  async issueToken(body: IssueTokenRequest, options?: RequestOptions): Promise<TokenResponse> {
    return this.$send({ method: "POST", path: path`/v1/oauth/token`, body, repeat: "never", secrets: ["access_token"] }, options);
  }

  /**
   * Introspect an access token.
   *
   * Returns whether an access token is valid, and what it permits (RFC 7662). A machine client can introspect its own tokens, and a token itself. An API key or access token with the scope `machine-clients:read` can introspect the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the response is `{"active": false}`.
   *
   * Requires the credentials of a machine client, or an API key or access token.
   */
  async introspectToken(body: IntrospectTokenRequest, options?: RequestOptions): Promise<Introspection> {
    return this.$send({ method: "POST", path: path`/v1/oauth/introspect`, body, repeat: "never" }, options);
  }

  /**
   * Revoke an access token.
   *
   * Revokes an access token (RFC 7009). A machine client can revoke its own tokens, and a token itself. An API key or access token with the scope `machine-clients:write` can revoke the tokens of its organization, a platform key those of every organization. For every other token, and for API keys, the request has no effect, and the status is 200, too. A process that has just verified the token may accept it for up to 30 more seconds.
   *
   * Requires the credentials of a machine client, or an API key or access token.
   */
  async revokeToken(body: RevokeTokenRequest, options?: RequestOptions): Promise<void> {
    return this.$send({ method: "POST", path: path`/v1/oauth/revoke`, body, repeat: "never" }, options);
  }

  /**
   * Get the metadata of the authorization server.
   *
   * Returns the endpoints and the capabilities of the OAuth 2.0 authorization server (RFC 8414).
   *
   * Requires no credential.
   */
  async getMetadata(options?: RequestOptions): Promise<AuthorizationServerMetadata> {
    return this.$send({ method: "GET", path: path`/.well-known/oauth-authorization-server`, repeat: "always", public: true }, options);
  }
}

/** The same parties by the conventions of Canton's JSON Ledger API. */
export class LedgerResource extends Resource {
  /**
   * List parties.
   *
   * Returns parties in byte order of their identifiers. Parties created under `/v1` are included; their hint is their identifier there. A platform key lists the parties of all identity providers, an organization key those of its own. Annotations are returned only for parties of the given identity provider. A page of 5 MB ends early: follow `nextPageToken` until it is empty.
   *
   * Required scope: `ledger:admin`.
   */
  listParties(query: ListLedgerPartiesQuery = {}, options?: RequestOptions): List<LedgerPartyDetails> {
    return this.$list({ method: "GET", path: path`/v2/parties`, query, repeat: "always" }, options, {"parameter":"pageToken","size":"pageSize","largest":1000,"drop":[],"rows":"partyDetails","next":["nextPageToken"]});
  }

  /**
   * Allocate a party.
   *
   * Creates a party with the identifier `<hint>::<namespace>`. It belongs to the organization that the identity provider stands for and can hold roles. A hint can be used only once. With `userId`, the user gets the right to act as the party; a user has at most 1000 rights.
   *
   * Required scope: `ledger:admin`.
   */
  async allocateParty(body: AllocateLedgerPartyRequest, options?: RequestOptions): Promise<LedgerPartyResponse> {
    return this.$send({ method: "POST", path: path`/v2/parties`, body, repeat: "never" }, options);
  }

  /**
   * Get the participant identifier.
   *
   * Returns the identifier of the participant. Its namespace is that of every party allocated here.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   */
  async getParticipantId(options?: RequestOptions): Promise<ParticipantIdResponse> {
    return this.$send({ method: "GET", path: path`/v2/parties/participant-id`, repeat: "always" }, options);
  }

  /**
   * Get parties by identifier.
   *
   * Returns the party in the path and those in `parties`. Identifiers that do not exist are left out. Annotations are returned only for parties of the given identity provider. Parties with more than 5 MB of annotations cannot be requested at once.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   *
   * @param party Ledger party id: a hint, `::` and the namespace of the participant.
   */
  async getParty(party: string, query: GetLedgerPartyQuery = {}, options?: RequestOptions): Promise<LedgerPartiesResponse> {
    return this.$send({ method: "GET", path: path`/v2/parties/${party}`, query, repeat: "always" }, options);
  }

  /**
   * Update a party.
   *
   * Merges annotations into those of the party; an empty value removes its key. Without `resourceVersion` the update never conflicts, and concurrent updates are all applied.
   *
   * Required scope: `ledger:admin`.
   *
   * @param party Ledger party id: a hint, `::` and the namespace of the participant.
   */
  async updateParty(party: string, body: UpdateLedgerPartyRequest, options?: RequestOptions): Promise<LedgerPartyResponse> {
    return this.$send({ method: "PATCH", path: path`/v2/parties/${party}`, body, repeat: "never" }, options);
  }

  /**
   * Get the authenticated user.
   *
   * Returns the user that the token or API key stands for.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   */
  async authenticatedUser(query: AuthenticatedUserQuery = {}, options?: RequestOptions): Promise<LedgerUserResponse> {
    return this.$send({ method: "GET", path: path`/v2/authenticated-user`, query, repeat: "always" }, options);
  }

  /**
   * Get a user.
   *
   * Returns a user. Only the authenticated user is visible.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   *
   * @param userId Ledger user id: of an API key, or the subject of a signed token.
   */
  async getUser(userId: string, query: GetLedgerUserQuery = {}, options?: RequestOptions): Promise<LedgerUserResponse> {
    return this.$send({ method: "GET", path: path`/v2/users/${userId}`, query, repeat: "always" }, options);
  }

  /**
   * List the rights of a user.
   *
   * Returns the rights of a user. Only the authenticated user is visible.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   *
   * @param userId Ledger user id: of an API key, or the subject of a signed token.
   */
  async listUserRights(userId: string, options?: RequestOptions): Promise<LedgerRightList> {
    return this.$send({ method: "GET", path: path`/v2/users/${userId}/rights`, repeat: "always" }, options);
  }

  /**
   * List connected synchronizers.
   *
   * Returns the synchronizers that the participant is connected to: always one. With `party`, those on which the party is hosted: that one, or none if the party does not exist.
   *
   * Required scope: `ledger:read` or `ledger:admin`.
   */
  async connectedSynchronizers(query: ConnectedSynchronizersQuery = {}, options?: RequestOptions): Promise<ConnectedSynchronizersResponse> {
    return this.$send({ method: "GET", path: path`/v2/state/connected-synchronizers`, query, repeat: "always" }, options);
  }

  /**
   * Get the version of the ledger API.
   *
   * Returns the version of the ledger API and its features, for example the largest page of parties (10000).
   *
   * Requires no credential.
   */
  async version(options?: RequestOptions): Promise<LedgerVersion> {
    return this.$send({ method: "GET", path: path`/v2/version`, repeat: "always", public: true }, options);
  }

  /**
   * Check that the service runs.
   *
   * Returns an empty response.
   *
   * Requires no credential.
   */
  async livez(options?: RequestOptions): Promise<void> {
    return this.$send({ method: "GET", path: path`/livez`, repeat: "always", public: true }, options);
  }

  /**
   * Check that the service is ready.
   *
   * Reads one item of the table and returns one line for each check, followed by the result.
   *
   * Requires no credential.
   */
  async readyz(options?: RequestOptions): Promise<string> {
    return this.$send({ method: "GET", path: path`/readyz`, repeat: "always", public: true, text: true }, options);
  }
}

/** Health and contract of the service. */
export class ServiceResource extends Resource {
  /**
   * Check the health of the service.
   *
   * Returns that the service responds, and its version. The table is not queried.
   *
   * Requires no credential.
   */
  async health(options?: RequestOptions): Promise<HealthResponse> {
    return this.$send({ method: "GET", path: path`/v1/healthz`, repeat: "always", public: true }, options);
  }

  /**
   * Get the OpenAPI document.
   *
   * Returns this description of the API as OpenAPI 3.1, compressed if the client accepts `br` or `gzip`. Caches can use it for five minutes.
   *
   * Requires no credential.
   */
  async openapi(options?: RequestOptions): Promise<OpenApiDocument> {
    return this.$send({ method: "GET", path: path`/openapi.json`, repeat: "always", public: true, prefer: true }, options);
  }

  /**
   * Describe the service.
   *
   * Returns the name and the version of the service, and links to its documents: as JSON, or as a page if the client prefers `text/html`.
   *
   * Requires no credential.
   */
  async describe(options?: RequestOptions): Promise<ServiceDescription> {
    return this.$send({ method: "GET", path: path`/`, repeat: "always", public: true, prefer: true }, options);
  }
}

/** Operations of `audit`. */
export class AuditResource extends Resource {
  /**
   * List audit entries.
   *
   * Returns the entries of the audit trail of one organization, newest first. A change is in the trail with the next request.
   *
   * An organization key reads the trail of its own organization. A platform key names the organization by `organizationId` or by `dockId`, else it gets the entries about resources of the platform. The trail outlives its resources.
   *
   * `meta.total` is `null`, because nothing counts the entries. With several filters, a page may be short while `hasMore` is true.
   *
   * Required scope: `audit:read`.
   */
  listEntries(query: ListAuditEntriesQuery = {}, options?: RequestOptions): List<AuditEntry> {
    return this.$list({ method: "GET", path: path`/v1/audit/logs`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }

  /**
   * Append an audit entry.
   *
   * Appends an entry of another service to the audit trail of an organization. The entry is about a resource whose type is not one of Berth's. It cannot be changed or deleted.
   *
   * A platform key names the organization by `organizationId` or by `dockId`.
   *
   * Required scope: `audit:write`.
   */
  async createEntry(body: CreateAuditEntryRequest, options?: CreateOptions): Promise<AuditEntry> {
    return this.$send({ method: "POST", path: path`/v1/audit/logs`, body, repeat: "with-key", prefer: true }, options);
  }

  /**
   * List the audit entries of a resource.
   *
   * Returns the entries of the audit trail about one resource, newest first, across all docks. They outlive the resource.
   *
   * An organization key reads the trail of its own organization. For a platform key, Berth finds the organization of an organization, a dock, a party, a recipient, an API key or a machine client that exists. For other resources, the request names it by `organizationId`.
   *
   * Required scope: `audit:read`.
   *
   * @param entityType Type of the audited resource.
   * @param entityId Identifier of the audited resource.
   */
  listEntriesByEntity(entityType: string, entityId: string, query: ListAuditEntriesByEntityQuery = {}, options?: RequestOptions): List<AuditEntry> {
    return this.$list({ method: "GET", path: path`/v1/audit/logs/entity/${entityType}/${entityId}`, query, repeat: "always", prefer: true }, options, {"parameter":"cursor","size":"limit","largest":100,"drop":["offset","anchor"],"rows":"data","next":["meta","nextCursor"]});
  }
}

/** Every resource of the API. */
export abstract class Resources {
  /** Organizations: the tenants of a deployment. */
  readonly organizations: OrganizationsResource;
  /** Docks: the workspaces of an organization. */
  readonly docks: DocksResource;
  /** Parties: the counterparties of an organization. */
  readonly parties: PartiesResource;
  /** Roles of parties in docks, and their history. */
  readonly roles: RolesResource;
  /** Recipients: the contacts of a dock, who may belong to a party. */
  readonly recipients: RecipientsResource;
  /** API keys: the credentials of programs. */
  readonly apiKeys: ApiKeysResource;
  /** Machine clients: OAuth 2.0 clients of an organization. */
  readonly machineClients: MachineClientsResource;
  /** Access tokens of machine clients, by the conventions of OAuth 2.0. */
  readonly oauth: OauthResource;
  /** The same parties by the conventions of Canton's JSON Ledger API. */
  readonly ledger: LedgerResource;
  /** Health and contract of the service. */
  readonly service: ServiceResource;
  /** Operations of `audit`. */
  readonly audit: AuditResource;

  constructor(transport: Transport) {
    this.organizations = new OrganizationsResource(transport);
    this.docks = new DocksResource(transport);
    this.parties = new PartiesResource(transport);
    this.roles = new RolesResource(transport);
    this.recipients = new RecipientsResource(transport);
    this.apiKeys = new ApiKeysResource(transport);
    this.machineClients = new MachineClientsResource(transport);
    this.oauth = new OauthResource(transport);
    this.ledger = new LedgerResource(transport);
    this.service = new ServiceResource(transport);
    this.audit = new AuditResource(transport);
  }
}
