// The scenario of README.md with the generator typescript-fetch of OpenAPI Generator.
import assert from "node:assert/strict";
import {
    ApiKeysApi,
    Configuration,
    DocksApi,
    OrganizationsApi,
    PartiesApi,
    PartyType,
    type Problem,
    ProblemFromJSON,
    ResponseError,
    RoleName,
    RolesApi,
} from "./generated/index.js";

const configuration = new Configuration({
    basePath: process.env["BERTH_URL"] ?? "",
    accessToken: () => process.env["BERTH_KEY"] ?? "",
});
const organizations = new OrganizationsApi(configuration);
const docks = new DocksApi(configuration);
const parties = new PartiesApi(configuration);
const roles = new RolesApi(configuration);
const apiKeys = new ApiKeysApi(configuration);

const organization = await organizations.createOrganization({
    createOrganizationRequest: { name: "Client typescript-fetch", metadata: { tier: "gold" } },
});
const dock = await docks.createDock({ createDockRequest: { organizationId: organization.id, name: "Dock" } });
assert.equal(dock.domain, null);
const party = await parties.createParty({
    orgId: organization.id,
    createPartyRequest: {
        type: PartyType.ORGANIZATION,
        name: "Party",
        email: "party@example.com",
        externalRef: "REF-1",
        metadata: { region: "north" },
    },
});
const path = { orgId: organization.id, partyId: party.id };

const assign = (role: RoleName) => roles.assignRole({ ...path, assignRoleRequest: { dockId: dock.id, role } });
const role = await assign(RoleName.DISTRIBUTOR);
await assign(RoleName.RECIPIENT);

// Pagination.
const listed: string[] = [];
let cursor: string | null = null;
do {
    const page = await roles.listRoles({ ...path, limit: 1, ...(cursor === null ? {} : { cursor }) });
    assert.equal(page.data.length, 1);
    assert.equal(page.meta.total, 2);
    listed.push(...page.data.map((row) => row.role));
    cursor = page.meta.nextCursor;
} while (cursor !== null);
assert.deepEqual(listed, ["RECIPIENT", "DISTRIBUTOR"]);

// A patch with one member changes this member only.
const renamed = await parties.updateParty({ ...path, updatePartyRequest: { name: "Renamed party" } });
assert.deepEqual(renamed, { ...party, name: "Renamed party", updatedAt: renamed.updatedAt });

// A member that is null is removed.
const removed = await parties.updateParty({ ...path, updatePartyRequest: { email: null } });
assert.deepEqual(removed, { ...renamed, email: null, updatedAt: removed.updatedAt });

const changed = await organizations.updateOrganization({
    orgId: organization.id,
    updateOrganizationRequest: { metadata: { region: "south" } },
});
assert.equal(changed.name, organization.name);
assert.equal(changed.slug, organization.slug);
assert.deepEqual(changed.metadata, { tier: "gold", region: "south" });
assert.deepEqual(changed.count, { docks: 1, parties: 1, machineClients: 0 });

const expiresAt = new Date(Date.now() + 3_600_000);
const key = await apiKeys.createApiKey({
    createApiKeyRequest: {
        name: "Key",
        organizationId: organization.id,
        scopes: ["parties:write", "roles:read"],
        expiresAt,
    },
});
assert.match(key.key ?? "", /^dk_test_/);
assert.deepEqual(key.scopes, ["parties:write", "roles:read"]);
assert.equal(key.expiresAt?.getTime(), expiresAt.getTime());
assert.equal(key.revokedAt, null);

/** The problem that a request is rejected with. */
async function problemOf(status: number, request: Promise<unknown>): Promise<Problem> {
    const error: unknown = await request.then(() => undefined, (reason: unknown) => reason);
    assert.ok(error instanceof ResponseError);
    assert.equal(error.response.status, status);
    return ProblemFromJSON(await error.response.json());
}

// Errors are typed.
const conflict = await problemOf(409, assign(RoleName.DISTRIBUTOR));
assert.equal(conflict.code, "ROLE_ALREADY_ASSIGNED");
assert.equal(conflict.conflictId, role.id);

const invalid = await problemOf(400, docks.listDocks({ cursor: "unknown" }));
assert.equal(invalid.code, "VALIDATION_FAILED");
assert.equal(invalid.errors?.[0]?.parameter, "cursor");
assert.ok(Array.isArray(invalid.message));
