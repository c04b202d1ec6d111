// The scenario of README.md with @hey-api/openapi-ts.
import assert from "node:assert/strict";
import { client } from "./generated/client.gen.js";
import {
    assignRole,
    createApiKey,
    createDock,
    createOrganization,
    createParty,
    listDocks,
    listRoles,
    type PartyRoleList,
    type Problem,
    updateOrganization,
    updateParty,
} from "./generated/index.js";

client.setConfig({ baseUrl: process.env["BERTH_URL"] ?? "", auth: () => process.env["BERTH_KEY"] });

/** The body of a successful response. */
function success<Data>(result: { data?: Data | undefined; error?: unknown }): NonNullable<Data> {
    assert.equal(result.error, undefined, JSON.stringify(result.error));
    assert.ok(result.data);
    return result.data;
}

const organization = success(
    await createOrganization({ body: { name: "Client hey-api", metadata: { tier: "gold" } } }),
);
const dock = success(await createDock({ body: { organizationId: organization.id, name: "Dock" } }));
assert.equal(dock.domain, null);
const party = success(
    await createParty({
        path: { orgId: organization.id },
        body: {
            type: "ORGANIZATION",
            name: "Party",
            email: "party@example.com",
            externalRef: "REF-1",
            metadata: { region: "north" },
        },
    }),
);
const path = { orgId: organization.id, partyId: party.id };

const role = success(await assignRole({ path, body: { dockId: dock.id, role: "DISTRIBUTOR" } }));
success(await assignRole({ path, body: { dockId: dock.id, role: "RECIPIENT" } }));

// Pagination.
const listed: string[] = [];
let cursor: string | null = null;
do {
    const page: PartyRoleList = success(
        await listRoles({ path, query: { limit: 1, ...(cursor === null ? {} : { cursor }) } }),
    );
    assert.equal(page.data.length, 1);
    assert.equal(page.meta.total, 2);
    listed.push(...page.data.map((row) => row.role));
    cursor = page.meta.nextCursor;
} while (cursor !== null);
assert.deepEqual(listed, ["RECIPIENT", "DISTRIBUTOR"]);

// A patch with one member changes this member only.
const renamed = success(await updateParty({ path, body: { name: "Renamed party" } }));
assert.deepEqual(renamed, { ...party, name: "Renamed party", updatedAt: renamed.updatedAt });

// A member that is null is removed.
const removed = success(await updateParty({ path, body: { email: null } }));
assert.deepEqual(removed, { ...renamed, email: null, updatedAt: removed.updatedAt });

const changed = success(
    await updateOrganization({ path: { orgId: organization.id }, body: { metadata: { region: "south" } } }),
);
assert.equal(changed.name, organization.name);
assert.equal(changed.slug, organization.slug);
assert.deepEqual(changed.metadata, { tier: "gold", region: "south" });
assert.deepEqual(changed._count, { docks: 1, parties: 1, machineClients: 0 });

const expiresAt = new Date(Date.now() + 3_600_000);
const key = success(
    await createApiKey({
        body: {
            name: "Key",
            organizationId: organization.id,
            scopes: ["parties:write", "roles:read"],
            expiresAt: expiresAt.toISOString(),
        },
    }),
);
assert.match(key.key ?? "", /^dk_test_/);
assert.deepEqual(key.scopes, ["parties:write", "roles:read"]);
assert.equal(Date.parse(key.expiresAt ?? ""), expiresAt.getTime());
assert.equal(key.revokedAt, null);

// Errors are typed.
const conflict = await assignRole({ path, body: { dockId: dock.id, role: "DISTRIBUTOR" } });
assert.equal(conflict.response?.status, 409);
const problem: Problem | undefined = conflict.error;
assert.equal(problem?.code, "ROLE_ALREADY_ASSIGNED");
assert.equal(problem.conflictId, role.id);

const invalid = await listDocks({ query: { cursor: "unknown" } });
assert.equal(invalid.response?.status, 400);
assert.equal(invalid.error?.code, "VALIDATION_FAILED");
assert.equal(invalid.error.errors?.[0]?.parameter, "cursor");
assert.ok(Array.isArray(invalid.error.message));
