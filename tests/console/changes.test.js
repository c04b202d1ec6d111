// Deletions and the audit trail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "node:test";
import { assertAccessible, go } from "./browser.js";
import { button, stage } from "./story.js";

const scene = stage();
const { story } = scene;

describe("a deletion", () => {
  story("needs the name of the party, and ends its roles", async (page) => {
    const organization = await scene.createOrganization("Deletions");
    const party = await scene.createParty(organization, { name: "Acme" });
    const dock = await scene.createDock(organization, "Claims");
    const path = `/v1/organizations/${organization.id}/parties/${party.id}`;
    await scene.api("POST", `${path}/roles`, { dockId: dock.id, role: "RECIPIENT" });
    await go(page, `#/organizations/${organization.id}/parties/${party.id}`);
    await button(page, "Delete").click();
    const confirm = page.locator("dialog").getByRole("button", { name: "Delete" });
    const typed = page.getByLabel("To confirm, type Acme");
    await assertAccessible(page, "a deletion");
    await typed.fill("acme");
    assert.ok(await confirm.isDisabled());
    await typed.fill("Acme");
    assert.match(await page.locator("dialog .curl pre").textContent(), /curl -X DELETE .*If-Match/s);
    await confirm.click();
    await page.getByText("Deleted Acme").first().waitFor();
    await page.getByRole("heading", { name: "Parties" }).waitFor();
    await assert.rejects(() => scene.api("GET", path), /404/);
    assert.equal((await scene.api("GET", `/v1/docks/${dock.id}/parties`)).meta.total, 0);
  });

  story("of a name that cannot be typed needs the id", async (page) => {
    const organization = await scene.createOrganization("Long names");
    const dock = await scene.createDock(organization, "株式会社");
    await go(page, `#/organizations/${organization.id}/docks/${dock.id}`);
    await button(page, "Delete").click();
    await page.getByLabel(`To confirm, type ${dock.id}`).fill(dock.id);
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Deleted 株式会社").first().waitFor();
    await assert.rejects(() => scene.api("GET", `/v1/docks/${dock.id}`), /404/);
  });

  story("of an organization that owns something shows why not", async (page, { allow }) => {
    const organization = await scene.createOrganization("Owner");
    await scene.createDock(organization, "Claims");
    await go(page, `#/organizations/${organization.id}`);
    await button(page, "Delete").click();
    await page.getByLabel("To confirm, type Owner").fill("Owner");
    allow(/409/);
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.locator("dialog").getByText("ORGANIZATION_NOT_EMPTY").waitFor();
    assert.equal((await scene.api("GET", `/v1/organizations/${organization.id}`)).name, "Owner");
  });

  story("that somebody else has changed in the meantime is rejected", async (page, { allow }) => {
    const organization = await scene.createOrganization("Races");
    const party = await scene.createParty(organization, { name: "Acme" });
    const path = `/v1/organizations/${organization.id}/parties/${party.id}`;
    await go(page, `#/organizations/${organization.id}/parties/${party.id}`);
    await scene.api("PATCH", path, { email: "new@example.com" });
    await button(page, "Delete").click();
    await page.getByLabel("To confirm, type Acme").fill("Acme");
    allow(/412/);
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.locator("dialog").getByText("PRECONDITION_FAILED").waitFor();
    assert.equal((await scene.api("GET", path)).email, "new@example.com");
  });
});

describe("the audit trail", () => {
  story("is read as sentences with before and after, filtered and exported", async (page) => {
    const organization = await scene.createOrganization("Audited");
    const party = await scene.createParty(organization, { name: "=SUM(A1)", email: "old@example.com" });
    const dock = await scene.createDock(organization, 'Claims, "North"');
    const path = `/v1/organizations/${organization.id}/parties/${party.id}`;
    await scene
      .api("PATCH", path, { email: "<b>@example.com" })
      .catch(() => scene.api("PATCH", path, { email: "new@example.com" }));
    await scene.api("POST", `${path}/roles`, { dockId: dock.id, role: "DISTRIBUTOR" });
    await go(page, `#/organizations/${organization.id}/audit`);
    const sentences = page.locator(".sentence");
    await page.waitForFunction(() => document.querySelectorAll(".sentence").length === 5);
    assert.match(
      await sentences.nth(0).textContent(),
      /^API key key_\w+ assigned role DISTRIBUTOR of pty_\w+ in dock_\w+$/,
    );
    assert.match(await sentences.nth(1).textContent(), /^API key key_\w+ updated party pty_\w+$/);
    assert.match(await sentences.nth(4).textContent(), /created organization “Audited” org_\w+$/);
    await page.locator(".entry > summary").nth(1).click();
    await page.getByRole("row", { name: /^email old@example.com .*@example.com$/ }).waitFor();
    await page.getByText("Request id: req_").first().waitFor();
    await assertAccessible(page, "the audit trail");

    const save = async (name) => {
      const downloading = page.waitForEvent("download");
      await button(page, name).click();
      return readFileSync(await (await downloading).path(), "utf8");
    };
    const csv = await save("Export as CSV");
    assert.equal(csv.split("\r\n").length, 7, csv);
    assert.ok(csv.startsWith("id,createdAt,actorType,actorId,action,"), csv);
    assert.ok(csv.includes('""name"":""Claims, \\""North\\""""'), csv);
    const entries = JSON.parse(await save("Export as JSON"));
    const { data } = await scene.api("GET", `/v1/audit/logs?organizationId=${organization.id}`);
    assert.deepEqual(entries, data);

    await page.getByRole("combobox", { name: "Type" }).selectOption("dock");
    await page.waitForFunction(() => document.querySelectorAll(".sentence").length === 1);
    await page.getByRole("combobox", { name: "Type" }).selectOption("");
    await page.getByRole("searchbox", { name: "Resource id" }).fill(party.id);
    await page.waitForFunction(() => document.querySelectorAll(".sentence").length === 2);
    await page.getByRole("searchbox", { name: "Resource id" }).fill("");
    await page.getByLabel("To (UTC)").fill("2020-01-01T00:00");
    await page.getByText("No entry matches.").waitFor();
  });
});
