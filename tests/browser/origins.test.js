// Pages of other origins in a browser cannot use a local server: neither its API nor its DynamoDB port.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { startServer } from "./server.js";

/** A name that an attacker's DNS resolves to this machine. */
const REBOUND = "attacker.example";

let browser, pages, pageUrl, server;

before(async () => {
  server = await startServer("--store-port", "0");
  pages = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>A page</title>"));
  await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));
  pageUrl = (host) => `http://${host}:${pages.address().port}/`;
  browser = await chromium.launch({
    executablePath: process.env.BERTH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`],
  });
});

after(async () => {
  await browser?.close();
  pages?.close();
  await server?.stop();
});

/** Opens a page of an origin, runs `task` in it, and returns its result and the status of each response. */
async function from(origin, task, argument) {
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    const statuses = [];
    page.on("response", (response) => {
      if (!response.url().startsWith(origin)) statuses.push(response.status());
    });
    const result = await page.evaluate(task, argument);
    return { result, statuses };
  } finally {
    await page.close();
  }
}

/** Returns the names of the organizations. */
async function organizations() {
  const response = await fetch(`${server.url}/v1/organizations`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  assert.equal(response.status, 200);
  return (await response.json()).data.map((organization) => organization.name);
}

/** The requests that a page can attempt, each with its result: a status, or the error that the page gets. */
async function attempts({ url, key }) {
  const attempt = async (name, target, options) => {
    try {
      const response = await fetch(target, options);
      return { name, seen: response.type === "opaque" ? "opaque" : response.status };
    } catch (error) {
      return { name, seen: error.name };
    }
  };
  const body = JSON.stringify({ name: "Forged" });
  const item = JSON.stringify({ TableName: "berth", Item: { pk: { S: "KEY#forged" }, sk: { S: "KEY" } } });
  const dynamodb = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.PutItem" };
  return Promise.all([
    // With a preflight request.
    attempt("read with a key", `${url}/v1/organizations`, { headers: { authorization: `Bearer ${key}` } }),
    attempt("create with a key", `${url}/v1/organizations`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body,
    }),
    attempt("put an item", `${url}/`, { method: "POST", headers: dynamodb, body: item }),
    // Without one.
    attempt("read", `${url}/v1/healthz`, {}),
    attempt("post a text", `${url}/v1/organizations`, { method: "POST", body }),
    attempt("post without CORS", `${url}/`, { method: "POST", mode: "no-cors", body: item }),
    attempt("include", `${url}/openapi.json`, { mode: "no-cors" }),
  ]);
}

describe("a page of another origin", () => {
  test("both ports listen", () => assert.equal(server.ports.length, 2, `ports: ${server.ports}`));

  // Another port of this machine is the same site, but another origin.
  for (const host of ["127.0.0.1", REBOUND]) {
    test(`at ${host} is refused by every listening port`, async () => {
      const existing = await organizations();
      for (const port of server.ports) {
        const target = { url: `http://127.0.0.1:${port}`, key: server.key };
        const { result, statuses } = await from(pageUrl(host), attempts, target);
        for (const { name, seen } of result) {
          const expected = ["post without CORS", "include"].includes(name) ? "opaque" : "TypeError";
          assert.equal(seen, expected, `${name} at port ${port}`);
        }
        assert.ok(statuses.length >= 2 && statuses.every((status) => status === 403), `port ${port}: ${statuses}`);
      }
      assert.deepEqual(await organizations(), existing);
    });
  }

  test("that posts a form is refused by every listening port", async () => {
    const existing = await organizations();
    for (const port of server.ports) {
      const page = await browser.newPage();
      await page.goto(pageUrl(REBOUND));
      const submitted = page.waitForResponse((response) => response.request().method() === "POST");
      await page.evaluate((action) => {
        const form = Object.assign(document.createElement("form"), { action, method: "post", enctype: "text/plain" });
        form.append(Object.assign(document.createElement("input"), { name: '{"name":"Forged","a":"', value: '"}' }));
        document.body.append(form);
        form.submit();
      }, `http://127.0.0.1:${port}/v1/organizations`);
      assert.equal((await submitted).status(), 403, `port ${port}`);
      await page.close();
    }
    assert.deepEqual(await organizations(), existing);
  });
});

test("a name that resolves to this machine is refused by every listening port", async () => {
  for (const port of server.ports) {
    const page = await browser.newPage();
    const received = page.waitForResponse(() => true);
    // A response without a page is a download for the browser.
    await Promise.allSettled([page.goto(`http://${REBOUND}:${port}/v1/healthz`)]);
    assert.equal((await received).status(), 403, `port ${port}`);
    await page.close();
  }
});

// Without these, a server that refuses everything would pass.
test("a page of the server itself can use it", async () => {
  const { result } = await from(`${server.url}/v1/healthz`, attempts, { url: server.url, key: server.key });
  const seen = Object.fromEntries(result.map((attempt) => [attempt.name, attempt.seen]));
  assert.deepEqual([seen["read with a key"], seen["create with a key"], seen.read], [200, 201, 200]);
});

test("a page of an accepted origin can use the API", async () => {
  const origin = pageUrl("127.0.0.1").slice(0, -1);
  const open = await startServer("--cors", origin);
  try {
    const { result } = await from(`${origin}/`, attempts, { url: open.url, key: open.key });
    const seen = Object.fromEntries(result.map((attempt) => [attempt.name, attempt.seen]));
    assert.deepEqual([seen["read with a key"], seen["create with a key"], seen.read], [200, 201, 200]);
  } finally {
    await open.stop();
  }
});
