// Updates that lose no change of another client.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, PreconditionFailedError, responseOf, UsageError } from "@berth/sdk";
import { client, failure, startProxy, startServer } from "./harness.js";

const server = await startServer();
const berth = client(server);
const { id: orgId } = await berth.organizations.create({ name: "Updates" });

const createParty = () =>
  berth.parties.create(orgId, { type: "ORGANIZATION", name: "Before", email: "a@example.com", metadata: { count: 0 } });

test("a patch changes the given members only, and null removes one", async () => {
  const party = await createParty();
  const renamed = await berth.parties.update(orgId, party.id, { name: "After" });
  assert.deepEqual(renamed, { ...party, name: "After", updatedAt: renamed.updatedAt });
  assert.equal((await berth.parties.update(orgId, party.id, { email: null })).email, null);
});

test("a stale version is rejected", async () => {
  const party = await createParty();
  const ifMatch = responseOf(party)?.etag;
  assert.ok(ifMatch);
  await berth.parties.update(orgId, party.id, { name: "Second" }, { ifMatch });
  const error = await failure(
    PreconditionFailedError,
    berth.parties.update(orgId, party.id, { name: "Third" }, { ifMatch }),
  );
  assert.equal(error.status, 412);
  assert.equal((await berth.parties.get(orgId, party.id, { fresh: true })).name, "Second");
});

test("a function is applied to the newer version if another client was faster", async () => {
  const party = await createParty();
  const names: string[] = [];
  const updated = await berth.parties.update(orgId, party.id, async (current) => {
    names.push(current.name);
    if (names.length === 1) await berth.parties.update(orgId, party.id, { name: "Faster" });
    return { name: `${current.name} and after` };
  });
  assert.deepEqual(names, ["Before", "Faster"]);
  assert.equal(updated.name, "Faster and after");
});

test("simultaneous functions lose no change", async () => {
  const party = await createParty();
  const increment = () =>
    berth.parties.update(orgId, party.id, ({ metadata }) => ({ metadata: { count: Number(metadata["count"]) + 1 } }));
  await Promise.all(Array.from({ length: 5 }, increment));
  assert.equal((await berth.parties.get(orgId, party.id, { fresh: true })).metadata["count"], 5);
});

test("a conflict that does not end is reported", async () => {
  const dock = await berth.docks.create({ organizationId: orgId, name: "Dock" });
  let calls = 0;
  const update = berth.docks.update(dock.id, async () => {
    calls += 1;
    await berth.docks.update(dock.id, { name: `Other ${calls}` });
    return { name: "Mine" };
  });
  await failure(PreconditionFailedError, update);
  assert.equal(calls, 10);
});

test("a function that returns nothing writes nothing", async () => {
  const proxy = await startProxy(server.url);
  const throughProxy = client({ url: proxy.url, key: server.key });
  const organization = await throughProxy.organizations.update(orgId, () => undefined);
  assert.equal(organization.name, "Updates");
  assert.deepEqual(
    proxy.received.map((request) => request.method),
    ["GET"],
  );
});

test("a conditional write whose response is lost is not repeated, because its own change looks like another one", async () => {
  const proxy = await startProxy(server.url);
  const throughProxy = client({ url: proxy.url, key: server.key });
  const party = await createParty();
  proxy.faults = ["forward", "lose"];
  const increment = throughProxy.parties.update(orgId, party.id, ({ metadata }) => ({
    metadata: { count: Number(metadata["count"]) + 1 },
  }));
  await failure(ConnectionError, increment);
  assert.deepEqual(
    proxy.received.map((request) => request.method),
    ["GET", "PATCH"],
  );
  assert.equal((await berth.parties.get(orgId, party.id, { fresh: true })).metadata["count"], 1);

  proxy.faults = ["lose"];
  assert.equal((await throughProxy.parties.update(orgId, party.id, { name: "Repeated" })).name, "Repeated");
});

test("a function and ifMatch exclude each other", async () => {
  await failure(
    UsageError,
    berth.organizations.update(orgId, () => ({ name: "Both" }), { ifMatch: '"1"' }),
  );
});
