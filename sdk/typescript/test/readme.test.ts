// The examples of the README, as one program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { client, startServer } from "./harness.js";

const server = await startServer();

test("the examples of the README run", async () => {
  const program = fileURLToPath(new URL("readme.js", import.meta.url));
  const env = { ...process.env, BERTH_URL: server.url, BERTH_API_KEY: server.key };
  const child = spawnSync(process.execPath, [program], { env, encoding: "utf8" });
  assert.equal(child.status, 0, child.stderr);
  const [party, page, docks, errors, renamed] = child.stdout.trimEnd().split("\n");
  assert.equal(party, "First American Title");
  assert.match(page ?? "", /^2 organizations, the next page is at \S+$/);
  assert.equal(docks, "0 docks");
  assert.match(errors ?? "", /^\[ 'name must .+' \]$/);
  assert.equal(renamed, "Bank of America N.A.");
  assert.equal((await client(server).organizations.list({ slug: "bank-of-america" })).data[0]?.name, renamed);
});
