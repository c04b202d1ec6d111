// The scenario of README.md with orval.
import assert from "node:assert/strict";
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
} from "./generated/berth.js";

/** The body of a successful response. */
function success<Result extends { status: number; data: unknown }>(
    result: Result,
): Extract<Result, { status: 200 | 201 }>["data"] {
    assert.ok(result.status < 300, JSON.stringify(result.data));
    return result.data;
}

const organization = success(await createOrganization({ name: "Client orval", metadata: { tier: "gold" } }));
const dock = success(await createDock({ organizationId: organization.id, name: "Dock" }));
assert.equal(dock.domain, null);
const party = success(
    await createParty(organization.id, {
        type: "ORGANIZATION",
        name: "Party",
        email: "party@example.com",
        externalRef: "REF-1",
        metadata: { region: "north" },
    }),
);

const role = success(await assignRole(organization.id, party.id, { dockId: dock.id, role: "DISTRIBUTOR" }));
success(await assignRole(organization.id, party.id, { dockId: dock.id, role: "RECIPIENT" }));

// Pagination.
const listed: string[] = [];
let cursor: string | null = null;
do {
    const page: PartyRoleList = success(
        await listRoles(organization.id, party.id, { limit: 1, ...(cursor === null ? {} : { cursor }) }),
    );
    assert.equal(page.data.length, 1);
    assert.equal(page.meta.total, 2);
    listed.push(...page.data.map((row) => row.role));
    cursor = page.meta.nextCursor;
} while (cursor !== null);
assert.deepEqual(listed, ["RECIPIENT", "DISTRIBUTOR"]);

// A patch with one member changes this member only.
const renamed = success(await updateParty(organization.id, party.id, { name: "Renamed party" }));
assert.deepEqual(renamed, { ...party, name: "Renamed party", updatedAt: renamed.updatedAt });

// A member that is null is removed.
const removed = success(await updateParty(organization.id, party.id, { email: null }));
assert.deepEqual(removed, { ...renamed, email: null, updatedAt: removed.updatedAt });

const changed = success(await updateOrganization(organization.id, { metadata: { region: "south" } }));
assert.equal(changed.name, organization.name);
assert.equal(changed.slug, organization.slug);
assert.deepEqual(changed.metadata, { tier: "gold", region: "south" });
assert.deepEqual(changed._count, { docks: 1, parties: 1, machineClients: 0 });

const expiresAt = new Date(Date.now() + 3_600_000);
const key = success(
    await createApiKey({
        name: "Key",
        organizationId: organization.id,
        scopes: ["parties:write", "roles:read"],
        expiresAt: expiresAt.toISOString(),
    }),
);
assert.match(key.key ?? "", /^dk_test_/);
assert.deepEqual(key.scopes, ["parties:write", "roles:read"]);
assert.equal(Date.parse(key.expiresAt ?? ""), expiresAt.getTime());
assert.equal(key.revokedAt, null);

// Errors are typed.
const conflict = await assignRole(organization.id, party.id, { dockId: dock.id, role: "DISTRIBUTOR" });
assert.ok(conflict.status === 409);
const problem: Problem = conflict.data;
assert.equal(problem.code, "ROLE_ALREADY_ASSIGNED");
assert.equal(problem.conflictId, role.id);

const invalid = await listDocks({ cursor: "unknown" });
assert.ok(invalid.status === 400);
assert.equal(invalid.data.code, "VALIDATION_FAILED");
assert.equal(invalid.data.errors?.[0]?.parameter, "cursor");
assert.ok(Array.isArray(invalid.data.message));
