// Lists: one page, all pages, and the costs of an iteration.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BerthError } from "@berth/sdk";
import { client, failure, startProxy, startServer } from "./harness.js";

const ROWS = 1050;

const server = await startServer();
const berth = client(server);
const proxy = await startProxy(server.url);
const throughProxy = client({ url: proxy.url, key: server.key });
const { id: orgId } = await berth.organizations.create({ name: "Pages" });
let created = 0;
const worker = async () => {
  while (created < ROWS) {
    created += 1;
    await berth.parties.create(orgId, { type: "INDIVIDUAL", name: `Party ${created}` });
  }
};
await Promise.all(Array.from({ length: 8 }, worker));

test("an iteration has every row once, newest first, in the fewest requests", async () => {
  proxy.received = [];
  const ids: string[] = [];
  for await (const party of throughProxy.parties.list(orgId)) ids.push(party.id);
  assert.equal(ids.length, ROWS);
  assert.deepEqual(ids, [...new Set(ids)].sort().reverse());
  assert.equal(proxy.received.length, Math.ceil(ROWS / 100));
});

test("a list is also a page", async () => {
  const list = berth.parties.list(orgId, { limit: 10 });
  const page = await list;
  assert.equal(page.data.length, 10);
  assert.equal(page.total, ROWS);
  assert.ok(page.nextCursor);
  const next = await berth.parties.list(orgId, { limit: 10, cursor: page.nextCursor });
  assert.ok(next.data.every((party) => !page.data.some((other) => other.id === party.id)));
});

test("a list sends no request before it is awaited", async () => {
  proxy.received = [];
  const list = throughProxy.parties.list(orgId);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(proxy.received.length, 0);
  await list;
  assert.equal(proxy.received.length, 1);
});

test("an iteration begins at an offset or a cursor and ends early", async () => {
  const rows = await berth.parties.list(orgId, { limit: 100, offset: 1000 }).toArray();
  assert.equal(rows.length, 50);
  proxy.received = [];
  for await (const page of throughProxy.parties.list(orgId, { offset: 5 }).pages()) {
    assert.equal(page.data.length, 100);
    if (proxy.received.length === 2) break;
  }
  assert.match(proxy.received[0]?.path ?? "", /offset=5/);
  assert.doesNotMatch(proxy.received[1]?.path ?? "", /offset=/);
});

test("rows that are created during an iteration do not shift it", async () => {
  const seen: string[] = [];
  for await (const page of berth.parties.list(orgId, { limit: 100 }).pages()) {
    if (seen.length === 0) await berth.parties.create(orgId, { type: "INDIVIDUAL", name: "New" });
    seen.push(...page.data.map((party) => party.id));
  }
  assert.equal(seen.length, ROWS);
  assert.equal(new Set(seen).size, ROWS);
});

test("toArray has a limit", async () => {
  assert.equal((await berth.parties.list(orgId, { limit: 100 }).toArray({ max: ROWS + 1 })).length, ROWS + 1);
  const error = await failure(BerthError, berth.parties.list(orgId).toArray({ max: 100 }));
  assert.match(error.message, /more than 100 rows/);
});

test("lists of the ledger dialect are iterated in the same way", async () => {
  let count = 0;
  proxy.received = [];
  for await (const party of throughProxy.ledger.listParties({ pageSize: 300 })) {
    assert.ok(party.party);
    count += 1;
  }
  assert.equal(count, ROWS + 1);
  assert.equal(proxy.received.length, 4);
});
