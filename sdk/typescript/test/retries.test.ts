// Retries: one effect for each operation, however many responses are lost.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ConnectionError, RateLimitError, responseOf, ServerError, TimeoutError } from "@berth/sdk";
import { client, type Fault, failure, failureOf, startProxy, startServer } from "./harness.js";

const server = await startServer();
const berth = client(server);
const proxy = await startProxy(server.url);
const throughProxy = client({ url: proxy.url, key: server.key });
const organization = await berth.organizations.create({ name: "Retries" });

/** The requests that the proxy receives while it has these faults. */
async function received(faults: Fault[], otherwise: Fault, task: () => Promise<unknown>) {
  proxy.received = [];
  proxy.faults = [...faults];
  proxy.otherwise = otherwise;
  try {
    await task();
  } finally {
    proxy.otherwise = "forward";
  }
  return proxy.received;
}

const unavailable = (headers: Record<string, string> = {}): Fault => ({ status: 503, headers });

test("a creation whose response is lost twice creates one resource", async () => {
  const requests = await received(["lose", "lose"], "forward", async () => {
    const party = await throughProxy.parties.create(organization.id, { type: "INDIVIDUAL", name: "Created once" });
    assert.deepEqual(responseOf(party)?.attempts, 3);
    assert.equal(responseOf(party)?.replayed, true);
    assert.deepEqual((await berth.parties.list(organization.id, { search: "Created once" })).data, [party]);
  });
  const keys = requests.map((request) => request.headers["idempotency-key"]);
  assert.equal(keys.length, 3);
  assert.ok(keys[0]);
  assert.equal(new Set(keys).size, 1);
});

test("each operation has its own key, and a caller can choose it", async () => {
  const requests = await received([], "forward", async () => {
    const create = (idempotencyKey?: string) =>
      throughProxy.organizations.create({ name: "Keys" }, idempotencyKey === undefined ? {} : { idempotencyKey });
    const [first, second] = [await create(), await create()];
    assert.notEqual(first.id, second.id);
    const [third, same] = [await create("order-7"), await create("order-7")];
    assert.equal(third.id, same.id);
  });
  const keys = requests.map((request) => request.headers["idempotency-key"]);
  assert.notEqual(keys[0], keys[1]);
  assert.deepEqual(keys.slice(2), ["order-7", "order-7"]);
});

test("the number of retries is bounded, and the error has the key to continue", async () => {
  let key: string | undefined;
  const create = (idempotencyKey?: string) =>
    throughProxy.docks.create(
      { organizationId: organization.id, name: "Bounded" },
      { maxRetries: 2, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
    );
  const requests = await received([], "lose", async () => {
    const error = await failure(ConnectionError, create());
    assert.equal(error.attempts, 3);
    assert.equal(error.notSent, false);
    key = error.idempotencyKey;
  });
  assert.equal(requests.length, 3);
  assert.ok(key);
  const dock = await create(key);
  assert.deepEqual((await berth.docks.list({ organizationId: organization.id })).data, [dock]);
});

test("a POST without a key is sent once if its response is lost", async () => {
  const requests = await received(["lose"], "forward", async () => {
    await failure(ConnectionError, throughProxy.ledger.allocateParty({ partyIdHint: "Once" }));
  });
  assert.equal(requests.length, 1);
  const parties = await berth.ledger.listParties({ "filter-party": "Once::" });
  assert.equal(parties.data.length, 1);
});

test("reads are repeated, also those by POST", async () => {
  const dock = await berth.docks.create({ organizationId: organization.id, name: "Reads" });
  const party = await berth.parties.create(organization.id, { type: "INDIVIDUAL", name: "Reads" });
  const requests = await received(["lose", "forward", unavailable(), "forward"], "forward", async () => {
    await throughProxy.docks.get(dock.id);
    const checks = [{ dockId: dock.id, partyId: party.id, role: "RECIPIENT" as const }];
    assert.equal((await throughProxy.roles.check(organization.id, { checks })).results[0]?.assigned, false);
  });
  assert.deepEqual(
    requests.map((request) => request.method),
    ["GET", "GET", "POST", "POST"],
  );
  assert.equal(requests[3]?.headers["idempotency-key"], undefined);
});

test("an error that a retry cannot help is not retried", async () => {
  const requests = await received([], "forward", async () => {
    await failureOf(throughProxy.organizations.create({ name: "" }));
    await failureOf(throughProxy.organizations.get("org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"));
  });
  assert.equal(requests.length, 2);
});

test("Retry-After is honored", async () => {
  const requests = await received([unavailable({ "retry-after": "1" })], "forward", () =>
    throughProxy.docks.list().then(),
  );
  assert.equal(requests.length, 2);
  const pause = (requests[1]?.at ?? 0) - (requests[0]?.at ?? 0);
  assert.ok(pause >= 990, `the pause was ${pause} ms`);

  // Dates have whole seconds.
  const date = new Date(Date.now() + 3000).toUTCString();
  const dated = await received([unavailable({ "retry-after": date })], "forward", () =>
    throughProxy.docks.list().then(),
  );
  assert.ok((dated[1]?.at ?? 0) >= Date.parse(date) - 10);
});

test("a Retry-After that is too long is left to the caller", async () => {
  const requests = await received([unavailable({ "retry-after": "3600" })], "forward", async () => {
    const error = await failure(ServerError, throughProxy.docks.list());
    assert.equal(error.retryAfterMs, 3_600_000);
  });
  assert.equal(requests.length, 1);
});

test("status 429 is retried for every method, because the server has done nothing", async () => {
  const limited: Fault = { status: 429, headers: { "retry-after": "0" } };
  const requests = await received([limited], "forward", () =>
    throughProxy.ledger.allocateParty({ partyIdHint: "Limited" }),
  );
  assert.equal(requests.length, 2);
  await received([], limited, async () => {
    await failure(RateLimitError, throughProxy.docks.list({}, { maxRetries: 1 }));
  });
});

test("pauses have full jitter below a bound that doubles", async () => {
  const pauses: number[][] = [];
  for (let round = 0; round < 6; round += 1) {
    const events: number[] = [];
    const debug = (event: { retryInMs?: number }) => event.retryInMs !== undefined && events.push(event.retryInMs);
    const eager = client({ url: proxy.url, key: server.key }, { debug });
    await received([unavailable(), unavailable()], "forward", () => eager.docks.list().then());
    pauses.push(events);
  }
  assert.ok(pauses.every(([first = Number.NaN, second = Number.NaN]) => first <= 500 && second <= 1000));
  assert.ok(new Set(pauses.map(([first]) => first)).size > 2, `no jitter: ${pauses}`);
});

test("a response that is cut off counts as lost", async () => {
  const cut: Fault = { status: 200, headers: { "content-length": "100" }, body: '{"data":' };
  const requests = await received([cut], "forward", () => throughProxy.docks.list().then());
  assert.equal(requests.length, 2);
});

test("a response that is not JSON is no success", async () => {
  const page: Fault = { status: 200, headers: { "content-type": "text/html" }, body: "<title>Sign in</title>" };
  await received([], page, async () => {
    const error = await failure(ConnectionError, throughProxy.docks.list({}, { maxRetries: 0 }));
    assert.match(error.message, /not JSON/);
  });
  await received([], { status: 302, headers: { location: server.url } }, async () => {
    const error = await failureOf(throughProxy.docks.list());
    assert.equal((error as { status?: number }).status, 302);
  });
});

test("a request that never reached the server is repeated for every method", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const unreachable = client({ url: `http://127.0.0.1:${port}`, key: server.key }, { maxRetries: 1 });
  const error = await failure(ConnectionError, unreachable.ledger.allocateParty({ partyIdHint: "Never" }));
  assert.equal(error.notSent, true);
  assert.equal(error.attempts, 2);
  assert.match(error.message, /ECONNREFUSED/);
});

test("a request ends after the time-out", async () => {
  const started = performance.now();
  const requests = await received([], "hang", async () => {
    const error = await failure(TimeoutError, throughProxy.docks.list({}, { timeoutMs: 200, maxRetries: 1 }));
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /GET \/v1\/docks: no complete response within 200 ms/);
  });
  assert.equal(requests.length, 2);
  assert.ok(performance.now() - started < 20_000);
});

test("a signal aborts a request, a pause and an iteration", async () => {
  const hanging = new AbortController();
  const requests = await received([], "hang", async () => {
    const listed = failureOf(throughProxy.docks.list({}, { signal: hanging.signal }));
    while (proxy.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    hanging.abort(new Error("closed by the user"));
    assert.equal(((await listed) as Error).message, "closed by the user");
  });
  assert.equal(requests.length, 1);

  const pausing = new AbortController();
  const debug = () => setTimeout(() => pausing.abort(), 10);
  const started = performance.now();
  await received([], unavailable({ "retry-after": "60" }), async () => {
    const pauses = client({ url: proxy.url, key: server.key }, { debug });
    const error = await failureOf(pauses.docks.list({}, { signal: pausing.signal }));
    assert.equal((error as Error).name, "AbortError");
  });
  assert.ok(performance.now() - started < 50_000);

  const iterating = new AbortController();
  const iterate = async () => {
    for await (const _ of berth.organizations.list({ limit: 1 }, { signal: iterating.signal })) iterating.abort();
  };
  assert.equal(((await failureOf(iterate())) as Error).name, "AbortError");
});
