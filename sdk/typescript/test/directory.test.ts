// The story of a directory: every resource, its errors, and the forms of a client.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  type Berth,
  ConflictError,
  NotFoundError,
  OrganizationNotFoundError,
  PermissionError,
  RoleAlreadyAssignedError,
  responseOf,
  UsageError,
  ValidationFailedError,
} from "@berth/sdk";
import { client, failure, startProxy, startServer } from "./harness.js";

const server = await startServer();
const berth = client(server);

/** An organization with a dock and a party. */
async function directory(name: string) {
  const organization = await berth.organizations.create({ name });
  const dock = await berth.docks.create({ organizationId: organization.id, name: "Dock" });
  const party = await berth.parties.create(organization.id, { type: "ORGANIZATION", name: "First American Title" });
  return { organization, dock, party };
}

test("created resources are in their lists", async () => {
  const { organization, dock, party } = await directory("Bank of America");
  assert.deepEqual((await berth.parties.list(organization.id)).data, [party]);
  assert.deepEqual((await berth.docks.list({ organizationId: organization.id })).data, [dock]);
  assert.deepEqual((await berth.organizations.list({ slug: organization.slug })).data[0]?.name, "Bank of America");
  assert.deepEqual(await berth.parties.get(organization.id, party.id), party);

  const role = await berth.roles.assign(organization.id, party.id, { dockId: dock.id, role: "DISTRIBUTOR" });
  assert.deepEqual(await berth.roles.get(organization.id, party.id, role.id), role);
  const check = { dockId: dock.id, partyId: party.id, role: "DISTRIBUTOR" } as const;
  const { results } = await berth.roles.check(organization.id, { checks: [check] });
  assert.deepEqual(results, [{ ...check, assigned: true, roleId: role.id }]);
  for (const list of [
    berth.roles.list(organization.id, party.id),
    berth.roles.listForOrganization(organization.id, { role: "DISTRIBUTOR" }),
    berth.roles.listForDock(dock.id),
  ]) {
    const page = await list;
    assert.deepEqual([page.total, page.data.map((row) => row.id)], [1, [role.id]]);
  }
  assert.deepEqual(await berth.roles.revoke(organization.id, party.id, role.id), { success: true });
  assert.deepEqual((await berth.roles.list(organization.id, party.id)).data, []);
  const before = await berth.roles.list(organization.id, party.id, { asOf: role.createdAt });
  assert.deepEqual(before.data[0]?.id, role.id);
});

test("API keys are created, listed and revoked, and a client uses them", async () => {
  const { organization, party } = await directory("Keys");
  const created = await berth.apiKeys.create({
    name: "Reader",
    organizationId: organization.id,
    scopes: ["parties:read"],
  });
  assert.ok(created.key);
  const reader = client(server, { apiKey: created.key });
  assert.deepEqual(await reader.parties.get(organization.id, party.id), party);
  const denied = await failure(PermissionError, reader.docks.list());
  assert.equal(denied.code, "INSUFFICIENT_SCOPE");
  const keys = async () => (await berth.apiKeys.list({ organizationId: organization.id })).data;
  assert.deepEqual(
    (await keys()).map((key) => [key.id, key.revokedAt]),
    [[created.id, null]],
  );
  assert.deepEqual(await berth.apiKeys.revoke(created.id, { descendants: true }), { success: true });
  assert.ok((await keys()).every((key) => key.revokedAt !== null));
});

test("the ledger dialect shows the same parties", async () => {
  const { partyDetails } = await berth.ledger.allocateParty({ partyIdHint: "Alice" });
  const { party } = partyDetails;
  assert.deepEqual(
    (await berth.ledger.getParty(party)).partyDetails.map((one) => one.party),
    [party],
  );
  const other = (await berth.ledger.allocateParty({ partyIdHint: "Bob" })).partyDetails.party;
  const both = await berth.ledger.getParty(party, { parties: [other] });
  assert.deepEqual(both.partyDetails.map((one) => one.party).sort(), [party, other].sort());

  const updated = await berth.ledger.updateParty(party, {
    partyDetails: { party, localMetadata: { annotations: { region: "emea" } } },
    updateMask: { paths: ["local_metadata.annotations"] },
  });
  assert.deepEqual(updated.partyDetails.localMetadata?.annotations, { region: "emea" });
  const { participantId } = await berth.ledger.getParticipantId();
  assert.match(participantId, /::/);
  const { user } = await berth.ledger.authenticatedUser();
  assert.deepEqual((await berth.ledger.getUser(user.id)).user.id, user.id);
  assert.ok(Array.isArray((await berth.ledger.listUserRights(user.id)).rights));
  assert.ok((await berth.ledger.connectedSynchronizers({ party })).connectedSynchronizers);

  const invalid = await failure(BadRequestError, berth.ledger.allocateParty({ partyIdHint: "Alice" }));
  assert.equal(invalid.code, "INVALID_ARGUMENT");
  assert.match(invalid.detail, /Alice/);
  assert.ok(invalid.requestId);
});

test("public endpoints need no credential", async () => {
  const proxy = await startProxy(server.url);
  const anonymous = client({ url: proxy.url, key: "" }, { apiKey: () => assert.fail("the credential was read") });
  assert.equal((await anonymous.service.health()).status, "ok");
  assert.equal((await anonymous.service.openapi()).openapi, "3.1.0");
  assert.ok((await anonymous.ledger.version()).version);
  assert.equal(await anonymous.ledger.livez(), undefined);
  assert.equal(typeof (await anonymous.ledger.readyz()), "string");
  assert.deepEqual(new Set(proxy.received.map((request) => request.headers.authorization)), new Set([undefined]));
});

test("a conflict is a typed error", async () => {
  const { organization, dock, party } = await directory("Conflict");
  const assign = () => berth.roles.assign(organization.id, party.id, { dockId: dock.id, role: "RECIPIENT" });
  const role = await assign();
  const conflict = await failure(RoleAlreadyAssignedError, assign());
  assert.ok(conflict instanceof ConflictError && conflict instanceof ApiError);
  assert.equal(conflict.name, "RoleAlreadyAssignedError");
  assert.equal(conflict.status, 409);
  assert.equal(conflict.code, "ROLE_ALREADY_ASSIGNED");
  assert.equal(conflict.title, "Conflict");
  assert.equal(conflict.detail, "The party holds this role in this dock");
  assert.equal(conflict.conflictId, role.id);
  assert.match(conflict.requestId ?? "", /^req_/);
  assert.equal(conflict.attempts, 1);
  assert.match(conflict.message, /^409 ROLE_ALREADY_ASSIGNED: .+ \(POST \/v1\/.+, request req_/);
});

test("a validation error lists its violations", async () => {
  const invalid = await failure(ValidationFailedError, berth.organizations.create({ name: "", slug: "-" }));
  assert.deepEqual(
    invalid.errors.map((error) => error.pointer),
    ["/name", "/slug"],
  );
  const parameter = await failure(BadRequestError, berth.docks.list({ limit: 0 }));
  assert.deepEqual(
    parameter.errors.map((error) => error.parameter),
    ["limit"],
  );
});

test("missing resources and credentials have their classes", async () => {
  const missing = "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
  await failure(OrganizationNotFoundError, berth.organizations.get(missing));
  await failure(NotFoundError, berth.organizations.get("../healthz"));
  const unknown = await failure(AuthenticationError, client(server, { apiKey: "dk_test_unknown" }).docks.list());
  assert.equal(unknown.code, "UNAUTHORIZED");
});

test("an identifier that would change the path is rejected before a request", async () => {
  for (const id of ["", ".", ".."]) await failure(UsageError, berth.organizations.get(id));
  // @ts-expect-error: from a program without types.
  await failure(UsageError, berth.organizations.get(undefined));
});

test("a result knows its response", async () => {
  const { organization } = await directory("Response");
  const read = await berth.organizations.get(organization.id, { requestId: "request-1" });
  const response = responseOf(read);
  assert.equal(response?.status, 200);
  assert.equal(response.requestId, "request-1");
  assert.ok(response.etag);
  assert.equal(responseOf(organization)?.location, `/v1/organizations/${organization.id}`);
  assert.equal(responseOf({}), undefined);
});

test("a strict client rejects unknown members", async () => {
  const body = { name: "Strict", unknown: true };
  await berth.organizations.create(body);
  const strict = client(server, { strict: true });
  const rejected = await failure(ValidationFailedError, strict.organizations.create(body));
  assert.deepEqual(
    rejected.errors.map((error) => error.pointer),
    ["/unknown"],
  );
  await strict.organizations.create(body, { strict: false });
  await failure(ValidationFailedError, berth.organizations.create(body, { strict: true }));
});

test("the environment has the URL and the key", async () => {
  const { Berth } = await import("@berth/sdk");
  const create = (): Berth => new Berth();
  assert.throws(create, /BERTH_URL/);
  process.env["BERTH_URL"] = `${server.url}/`;
  await failure(UsageError, create().docks.list());
  process.env["BERTH_API_KEY"] = server.key;
  assert.ok((await create().organizations.list()).data.length > 0);
  delete process.env["BERTH_URL"];
  delete process.env["BERTH_API_KEY"];
});

test("settings that cannot work are rejected", () => {
  const invalid = [
    { baseUrl: "berth" },
    { baseUrl: "ftp://127.0.0.1" },
    { baseUrl: "https://user:password@127.0.0.1" },
    { baseUrl: "https://127.0.0.1/?key=value" },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { maxRetries: -1 },
    { apiKey: "two words" },
  ];
  for (const options of invalid) assert.throws(() => client(server, options), UsageError, JSON.stringify(options));
});

test("a function can provide the credential", async () => {
  let provided = 0;
  const rotating = client(server, { apiKey: async () => (provided++ === 0 ? "dk_test_expired" : server.key) });
  await failure(AuthenticationError, rotating.docks.list());
  await rotating.docks.list();
  assert.equal(provided, 2);
});
