// No credential is in any output.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { inspect } from "node:util";
import { type DebugEvent, UsageError } from "@berth/sdk";
import { client, failure, failureOf, startProxy, startServer } from "./harness.js";

const server = await startServer();
const SECRET = server.key.slice("dk_test_".length + 6);

/** Everything that a program can print of a value without naming its members. */
function outputs(value: unknown): string {
  const options = { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true };
  const stack = value instanceof Error ? `${value.stack}${value.message}` : "";
  return [inspect(value), inspect(value, options), JSON.stringify(value), String(value), stack].join("\n");
}

test("the secret part of the key is what these tests look for", () => {
  assert.ok(SECRET.length > 20);
  assert.ok(outputs({ key: server.key }).includes(SECRET));
});

test("a client does not show its key", () => {
  const berth = client(server);
  assert.doesNotMatch(outputs(berth), new RegExp(SECRET));
  assert.doesNotMatch(outputs(berth.parties), new RegExp(SECRET));
  assert.doesNotMatch(outputs(berth.parties.list("org_1")), new RegExp(SECRET));
});

test("errors do not show the key", async () => {
  const proxy = await startProxy(server.url);
  const berth = client({ url: proxy.url, key: server.key }, { maxRetries: 0, timeoutMs: 500 });
  const errors = [await failureOf(berth.organizations.get("org_1"))];
  proxy.faults = ["lose", "hang", { status: 500, body: "failed" }];
  for (let count = 0; count < 3; count += 1) errors.push(await failureOf(berth.docks.list()));
  errors.push(await failureOf(client({ url: "http://127.0.0.1:1", key: server.key }, { maxRetries: 0 }).docks.list()));
  for (const error of errors) {
    assert.ok(error instanceof Error);
    assert.doesNotMatch(outputs(error), new RegExp(SECRET));
  }
});

test("a key that cannot be sent is not in the error", async () => {
  for (const suffix of ["\n", " ", "é"]) {
    const options = { apiKey: `${server.key}${suffix}` };
    assert.throws(
      () => client(server, options),
      (error) => error instanceof UsageError && !outputs(error).includes(SECRET),
    );
    const provided = client(server, { apiKey: () => options.apiKey });
    assert.ok(!outputs(await failure(UsageError, provided.docks.list())).includes(SECRET));
  }
  const url = `http://${server.key}:@127.0.0.1`;
  assert.throws(
    () => client({ url, key: server.key }),
    (error) => error instanceof UsageError && !outputs(error).includes(SECRET),
  );
});

test("debug events do not show the key, and name the request", async () => {
  const events: DebugEvent[] = [];
  const proxy = await startProxy(server.url);
  proxy.faults = ["lose"];
  const berth = client({ url: proxy.url, key: server.key }, { debug: (event) => events.push(event) });
  await berth.organizations.list({ search: "private" });
  assert.doesNotMatch(outputs(events), new RegExp(`${SECRET}|private`));
  assert.equal(events.length, 2);
  assert.match(events[0]?.failure ?? "", /no complete response/);
  assert.ok((events[0]?.retryInMs ?? -1) >= 0);
  const { method, path, status, attempt, requestId, headers } = events[1] ?? {};
  assert.deepEqual([method, path, status, attempt], ["GET", "/v1/organizations", 200, 2]);
  assert.match(requestId ?? "", /^req_/);
  assert.equal(headers?.["authorization"], "Bearer [redacted]");
});

test("BERTH_DEBUG prints a line for each request, without the key", () => {
  const program = `
    import { Berth } from "@berth/sdk";
    const berth = new Berth();
    await berth.organizations.create({ name: "Printed" });
    console.log(berth, await berth.apiKeys.create({ name: "Printed", scopes: ["docks:read"] }));
  `;
  const env = { ...process.env, BERTH_URL: server.url, BERTH_API_KEY: server.key, BERTH_DEBUG: "1" };
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { env, encoding: "utf8" });
  assert.equal(child.status, 0, child.stderr);
  assert.match(child.stderr, /^berth: POST \/v1\/organizations: 201, request req_\w+ \(attempt 1, \d+ ms\)$/m);
  assert.doesNotMatch(child.stderr + child.stdout, new RegExp(SECRET));
  assert.match(child.stdout, /key: '\[redacted\]'/);
});

test("a created credential is in the object, and not in its output", async () => {
  const created = await client(server).apiKeys.create({ name: "Created", scopes: ["docks:read"] });
  assert.match(created.key ?? "", /^dk_test_/);
  assert.equal(JSON.parse(JSON.stringify(created)).key, created.key);
  for (const output of [inspect(created), inspect([created], { depth: 5 }), inspect({ created })]) {
    assert.doesNotMatch(output, new RegExp(String(created.key)));
    assert.match(output, /\[redacted\]/);
  }
});
