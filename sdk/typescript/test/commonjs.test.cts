// The package in a CommonJS program.
import assert = require("node:assert/strict");

import { test } from "node:test";

import sdk = require("@berth/sdk");

test("require gives the same client", async () => {
  const harness = await import("./harness.js");
  const server = await harness.startServer();
  const berth = new sdk.Berth({ baseUrl: server.url, apiKey: server.key });
  const organization = await berth.organizations.create({ name: "CommonJS" });
  const names: string[] = [];
  for await (const { name } of berth.organizations.list({ slug: organization.slug })) names.push(name);
  assert.deepEqual(names, ["CommonJS"]);
  await assert.rejects(berth.organizations.get("org_1"), sdk.NotFoundError);
  assert.match(require.resolve("@berth/sdk"), /dist\/cjs\/index\.js$/);
});
