// A story for each page: what a person does, and what the directory contains afterwards.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { assertAccessible, go, openConsole, settled, signIn } from "./browser.js";
import { button, field, stage } from "./story.js";

const scene = stage();
const { story, createOrganization, createParty, createDock } = scene;
const api = (...request) => scene.api(...request);

describe("signing in", () => {
  test("rejects what is no key, and keeps the key in memory only", async () => {
    const { page, opened, close, allow, requests } = await openConsole(scene.browser, { ...scene.server, key: null });
    assert.equal(opened.headers()["content-security-policy"], CSP);
    await assertAccessible(page, "the form to sign in");
    await button(page, "Sign in").click();
    await page.getByText("Paste an API key first.").waitFor();
    await page.getByLabel("API key").fill("ключ");
    await button(page, "Sign in").click();
    await page.getByText("visible ASCII characters").waitFor();
    allow(/401/);
    await page.getByLabel("API key").fill(`${scene.server.key.slice(0, -1)}?`);
    await button(page, "Sign in").click();
    await page.getByText("Berth does not accept this key.").waitFor();
    assert.equal(await page.getByLabel("API key").inputValue(), "");

    await signIn(page, scene.server.key);
    await settled(page);
    const secret = scene.server.key.split("_").at(-1);
    const stored = await page.evaluate(async () => {
      const databases = await indexedDB.databases();
      const names = await caches.keys();
      return JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        databases,
        names,
        location.href,
      ]);
    });
    assert.equal(stored, JSON.stringify([{}, {}, "", [], [], `${scene.server.url}/console`]));
    assert.ok(!(await page.content()).includes(secret), "the page contains the secret");
    assert.ok(
      requests.every((request) => !request.url().includes(secret)),
      "a URL contains the secret",
    );

    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(page, scene.server.key);
    await button(page, "Sign out").click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await close();
  });

  story("is asked for again when Berth no longer accepts the key", async (page, { allow }) => {
    await settled(page);
    allow(/401/);
    await page.route("**/v1/api-keys?*", (route) => route.fulfill({ status: 401, json: { title: "Unauthorized" } }));
    await page.evaluate(() => {
      location.hash = "#/keys";
    });
    await page.getByText("Berth no longer accepts your key.").waitFor();
    await page.unroute("**/v1/api-keys?*");
    await signIn(page, scene.server.key);
    await page.getByRole("heading", { name: "All API keys" }).waitFor();
  });
});

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe("organizations", () => {
  story("are created, found by name, slug and id, and changed", async (page) => {
    await settled(page);
    await button(page, "New organization").click();
    await button(page, "Create").click();
    await page.getByText("Name is required.").waitFor();
    await assertAccessible(page, "the form of an organization");
    await field(page, "Name").fill("Harbor Trust");
    await field(page, "Metadata").fill('{"tier": 1.50, "big": 12345678901234567890}');
    await button(page, "Create").click();
    await page.getByRole("heading", { name: "Harbor Trust" }).waitFor();
    const [created] = (await api("GET", "/v1/organizations?slug=harbor-trust")).data;
    assert.match(page.url(), new RegExp(`#/organizations/${created.id}$`));
    const raw = await (
      await fetch(`${scene.server.url}/v1/organizations/${created.id}`, {
        headers: { authorization: `Bearer ${scene.server.key}` },
      })
    ).text();
    assert.match(raw, /"tier":1\.50,"big":12345678901234567890/);
    await page.getByText("12345678901234567890").first().waitFor();
    await assertAccessible(page, "an organization");

    for (const text of ["harbor tr", "harbor-trust", created.id]) {
      await go(page, "#/");
      await page.getByRole("searchbox").fill(text);
      await page.getByRole("row", { name: /Harbor Trust/ }).waitFor();
      await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    }
    await page.getByRole("searchbox").press("Enter");
    await page.getByRole("heading", { name: "Harbor Trust" }).waitFor();

    await button(page, "Edit").click();
    await field(page, "Metadata").fill('{"big": 12345678901234567890, "new": {"a": null}}');
    await button(page, "Save changes").click();
    await page.getByText("Updated Harbor Trust").first().waitFor();
    assert.deepEqual(Object.keys((await api("GET", `/v1/organizations/${created.id}`)).metadata), ["big", "new"]);
    await assertAccessible(page, "organizations");
  });
});

describe("docks", () => {
  story("are created with an address, shown with their parties, and changed", async (page, { allow }) => {
    const organization = await createOrganization("Dock Owner");
    await go(page, `#/organizations/${organization.id}/docks`);
    await button(page, "New dock").click();
    await field(page, "Name").fill("Claims");
    await field(page, "City").fill("Boston");
    await field(page, "Primary colour").fill("blue");
    allow(/400/);
    await button(page, "Create").click();
    const failed = field(page, "Primary colour");
    await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "primaryColor");
    assert.equal(await failed.getAttribute("aria-invalid"), "true");
    await assertAccessible(page, "a form with an error");
    await failed.fill("#0066cc");
    await button(page, "Create").click();
    await page.getByRole("link", { name: "Claims" }).click();
    await page.getByRole("heading", { name: "Claims" }).waitFor();
    const [dock] = (await api("GET", `/v1/docks?organizationId=${organization.id}`)).data;
    assert.deepEqual([dock.businessAddress.city, dock.primaryColor, dock.domain], ["Boston", "#0066cc", null]);
    const party = await createParty(organization, { name: "Acme" });
    await api("POST", `/v1/organizations/${organization.id}/parties/${party.id}/roles`, {
      dockId: dock.id,
      role: "RECIPIENT",
    });
    await page.reload();
    await signIn(page, scene.server.key);
    await page.getByRole("row", { name: /Acme Recipient/ }).waitFor();
    await assertAccessible(page, "a dock");

    await button(page, "Edit").click();
    await field(page, "City").fill("");
    await field(page, "Domain").fill("claims.example.com");
    await button(page, "Save changes").click();
    await page.getByText("Updated Claims").first().waitFor();
    const changed = await api("GET", `/v1/docks/${dock.id}`);
    assert.deepEqual([changed.businessAddress, changed.domain], [null, "claims.example.com"]);
  });
});

describe("parties", () => {
  story("are created, filtered and changed", async (page) => {
    const organization = await createOrganization("Party Owner");
    await createParty(organization, { name: "Other", externalRef: "EIN:1" });
    await go(page, `#/organizations/${organization.id}/parties`);
    await button(page, "New party").click();
    await field(page, "Name").fill("Jo Doe");
    await field(page, "Type").selectOption("INDIVIDUAL");
    await field(page, "E-mail").fill("Jo@Example.com");
    await button(page, "Create").click();
    await page.getByRole("heading", { name: "Jo Doe" }).waitFor();
    await go(page, `#/organizations/${organization.id}/parties`);
    await page.getByRole("combobox", { name: "Type" }).selectOption("INDIVIDUAL");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await page.getByRole("row", { name: /Jo Doe/ }).waitFor();
    await page.getByRole("combobox", { name: "Type" }).selectOption("");
    await page.getByRole("searchbox", { name: "External reference" }).fill("EIN:1");
    // The list is filtered when no more keys are pressed.
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await page.getByRole("row", { name: /Other/ }).waitFor();
    await assertAccessible(page, "parties");
  });

  story("show a conflict with both versions, and apply the change to the current one", async (page, { allow }) => {
    const organization = await createOrganization("Conflicts");
    const party = await createParty(organization, { name: "Old name", email: "old@example.com" });
    const path = `/v1/organizations/${organization.id}/parties/${party.id}`;
    await go(page, `#/organizations/${organization.id}/parties/${party.id}`);
    await button(page, "Edit").click();
    await field(page, "Name").fill("My name");
    await api("PATCH", path, { name: "Their name", email: "their@example.com" });
    allow(/412/);
    await button(page, "Save changes").click();
    await page.getByText("Changed in the meantime").waitFor();
    await page.getByRole("row", { name: "Name Their name My name" }).waitFor();
    await page.getByRole("row", { name: "E-mail their@example.com old@example.com" }).waitFor();
    await assertAccessible(page, "a conflict");
    await button(page, "Apply my changes to the current version").click();
    await page.getByRole("heading", { name: "My name" }).waitFor();
    const changed = await api("GET", path);
    assert.deepEqual([changed.name, changed.email], ["My name", "their@example.com"]);
  });

  story("show errors with title, detail, fields and request id", async (page, { allow }) => {
    const organization = await createOrganization("Errors");
    await go(page, `#/organizations/${organization.id}/parties`);
    await button(page, "New party").click();
    await field(page, "Name").fill("Acme");
    await field(page, "E-mail").fill("not an address");
    allow(/400/);
    await button(page, "Create").click();
    const alert = page.locator("dialog").getByRole("alert");
    await alert.getByText("Bad Request 400").waitFor();
    await alert.getByText("/email").waitFor();
    assert.match(await alert.textContent(), /VALIDATION_FAILED.*Request id: req_[0-9A-Z]{26}/s);
  });

  story("change nothing when the connection breaks, and a repetition has one effect", async (page, { allow }) => {
    const organization = await createOrganization("Broken");
    await go(page, `#/organizations/${organization.id}/parties`);
    allow(/ERR_FAILED/);
    let lost = 0;
    await page.route("**/parties", async (route) => {
      if (route.request().method() !== "POST" || lost > 0) return route.continue();
      lost += 1;
      // The server receives the request; the browser does not receive the response.
      await route.fetch();
      return route.abort();
    });
    await button(page, "New party").click();
    await field(page, "Name").fill("Only one");
    await button(page, "Create").click();
    await page.getByText("No response").waitFor();
    await button(page, "Create").click();
    await page.getByRole("heading", { name: "Only one" }).waitFor();
    assert.equal((await api("GET", `/v1/organizations/${organization.id}/parties`)).meta.total, 1);
  });
});

describe("the time line", () => {
  story("shows ended and current roles, and leads to the matrix as of then", async (page) => {
    const organization = await createOrganization("History");
    const party = await createParty(organization, { name: "Acme" });
    const dock = await createDock(organization, "Claims");
    const roles = `/v1/organizations/${organization.id}/parties/${party.id}/roles`;
    const pause = () => new Promise((resolve) => setTimeout(resolve, 150));
    for (let index = 0; index < 2; index += 1) {
      const role = await api("POST", roles, { dockId: dock.id, role: "DISTRIBUTOR" });
      await pause();
      await api("DELETE", `${roles}/${role.id}`);
      await pause();
    }
    await api("POST", roles, { dockId: dock.id, role: "RECIPIENT" });
    await go(page, `#/organizations/${organization.id}/parties/${party.id}`);
    const bars = page.locator(".tl-bar");
    await bars.first().waitFor();
    await button(page, "Look closer").click();
    await page.waitForFunction(() => document.querySelectorAll(".tl-bar").length === 3);
    assert.deepEqual(await bars.evaluateAll((all) => all.map((bar) => bar.classList.contains("ended"))), [
      true,
      true,
      false,
    ]);
    await assertAccessible(page, "a party");
    await button(page, "Revoke").click();
    await page.waitForFunction(() => document.querySelectorAll(".tl-bar.ended").length === 3);
    await page.locator(".message").getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".tl-bar:not(.ended)").length === 1);

    await bars.first().click();
    await page.getByText(/Roles as of .* The past cannot be changed/).waitFor();
    await page.getByRole("gridcell", { name: "Acme in Claims: Distributor" }).waitFor();
  });
});

describe("API keys", () => {
  story("are shown once when they are created, and revoked", async (page, { takeRequests }) => {
    const organization = await createOrganization("Key Owner");
    await go(page, `#/organizations/${organization.id}/keys`);
    await button(page, "New API key").click();
    await field(page, "Name").fill("Reader");
    await assertAccessible(page, "the form of an API key");
    await button(page, "Create").click();
    await page.getByText("This is the only time that the key is shown.").waitFor();
    const key = await page.locator(".secret").textContent();
    await button(page, "Copy key").click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("dialog").count(), 1, "Escape does not close the only view of the key");
    assert.equal(
      (await fetch(`${scene.server.url}/v1/organizations`, { headers: { authorization: `Bearer ${key}` } })).status,
      200,
    );
    await button(page, "I have copied the key").click();
    assert.ok(!(await page.content()).includes(key));
    await go(page, "#/requests");
    assert.ok(!(await page.content()).includes(key));
    assert.ok(takeRequests().every((request) => !request.url().includes(key)));

    await go(page, `#/organizations/${organization.id}/keys`);
    const row = page.getByRole("row", { name: /Reader/ });
    await row.getByText("active").waitFor();
    await row.getByText("just now").first().waitFor();
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByLabel("Also revoke all keys that descend from it").check();
    await page.locator("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Revoked Reader").first().waitFor();
    await page.getByLabel("Show revoked and expired keys").check();
    await page.getByRole("row", { name: /Reader.*revoked/ }).waitFor();
    await assertAccessible(page, "API keys");
  });
});

describe("every change", () => {
  story("shows a curl command that a shell can run, without the key", async (page) => {
    const organization = await createOrganization("Curl");
    await go(page, `#/organizations/${organization.id}/parties`);
    await button(page, "New party").click();
    const name = 'O\'Neill & "Sons" $(id) `id` \\ 株式会社';
    await field(page, "Name").fill(name);
    await page.getByText("As curl").click();
    const command = await page.locator("dialog .curl pre").textContent();
    assert.match(command, /"Authorization: Bearer \$BERTH_API_KEY"/);
    assert.ok(!command.includes(scene.server.key));
    const { stdout } = await promisify(execFile)("sh", ["-c", `${command.replace("curl ", "curl -sS ")}`], {
      env: { PATH: process.env.PATH, BERTH_API_KEY: scene.server.key },
    });
    assert.equal(JSON.parse(stdout).name, name);
    // The same Idempotency-Key: the console's request has no other effect.
    await button(page, "Create").click();
    await page.getByRole("heading", { name }).waitFor();
    assert.equal((await api("GET", `/v1/organizations/${organization.id}/parties`)).meta.total, 1);
    await go(page, "#/requests");
    await page.getByText(`POST /v1/organizations/${organization.id}/parties`).waitFor();
    await assertAccessible(page, "the requests sent");
  });
});

describe("without a mouse", () => {
  story("a page is reached and a form is used", async (page) => {
    await settled(page);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "New organization" }).focus();
    await page.keyboard.press("Enter");
    await field(page, "Name").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "New organization");
  });
});

for (const [name, options] of Object.entries({
  "a narrow screen": { viewport: { width: 360, height: 740 } },
  "dark mode": { colorScheme: "dark" },
})) {
  describe(name, () => {
    story(
      `${name} has accessible pages without horizontal scrolling`,
      async (page) => {
        const organization = await createOrganization("Narrow and dark");
        const party = await createParty(organization, { name: "Acme", metadata: { tier: "gold" } });
        const dock = await createDock(organization, "Claims");
        await api("POST", `/v1/organizations/${organization.id}/parties/${party.id}/roles`, {
          dockId: dock.id,
          role: "RECIPIENT",
        });
        const base = `#/organizations/${organization.id}`;
        for (const hash of [
          "#/",
          base,
          `${base}/parties`,
          `${base}/parties/${party.id}`,
          `${base}/docks/${dock.id}`,
          `${base}/matrix`,
          `${base}/keys`,
        ]) {
          await go(page, hash);
          await assertAccessible(page, `${hash} on ${name}`);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(overflow <= 0, `${hash} scrolls by ${overflow} px`);
        }
      },
      options,
    );
  });
}
