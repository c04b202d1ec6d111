// Machine clients, and recipients with their import.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { assertAccessible, go, settled } from "./browser.js";
import { button, field, stage } from "./story.js";

const scene = stage();
const { story } = scene;

describe("machine clients", () => {
  story("are created with a secret that is shown once, rotated, deactivated and deleted", async (page) => {
    const organization = await scene.createOrganization("Programs");
    const path = `/v1/organizations/${organization.id}/machine-clients`;
    await go(page, `#/organizations/${organization.id}/clients`);
    await button(page, "New machine client").click();
    await field(page, "Name").fill("Importer");
    await button(page, "Create").click();
    await page.getByText("This is the only time").waitFor();
    const secret = await page.locator(".secret").textContent();
    const [client] = (await scene.api("GET", path)).data;
    const token = (clientSecret) =>
      fetch(`${scene.server.url}/v1/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: clientSecret,
        }),
      });
    assert.equal((await token(secret)).status, 200);
    await button(page, "I have copied the key").click();
    assert.ok(!(await page.content()).includes(secret));
    await assertAccessible(page, "machine clients");

    const row = page.getByRole("row", { name: /Importer/ });
    await row.getByRole("button", { name: "Rotate secret" }).click();
    await field(page, "Grace period in seconds").fill("0");
    await page.locator("dialog").getByRole("button", { name: "Rotate secret" }).click();
    await page.getByText("This is the only time").waitFor();
    const next = await page.locator(".secret").textContent();
    assert.deepEqual([(await token(next)).status, (await token(secret)).status], [200, 401]);
    await button(page, "I have copied the key").click();

    await row.getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("Deactivated Importer").first().waitFor();
    assert.equal((await scene.api("GET", `${path}/${client.id}`)).isActive, false);
    await row.getByRole("button", { name: "Delete" }).click();
    await page.getByLabel("To confirm, type Importer").fill("Importer");
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Deleted Importer").first().waitFor();
    assert.equal((await scene.api("GET", path)).meta.total, 0);
  });
});

describe("recipients", () => {
  story("are created, changed, imported from a file and deleted", async (page) => {
    const organization = await scene.createOrganization("Recipients");
    const dock = await scene.createDock(organization, "Claims");
    const path = `/v1/docks/${dock.id}/recipients`;
    await go(page, `#/organizations/${organization.id}/docks/${dock.id}`);
    await page.getByRole("main").getByRole("link", { name: "Recipients" }).click();
    await button(page, "New recipient").click();
    await field(page, "Name").fill("Jane Doe");
    await field(page, "E-mail").fill("jane@example.com");
    await field(page, "Relation").selectOption("agent");
    await button(page, "Create").click();
    const jane = page.getByRole("row", { name: /Jane Doe jane@example.com Agent/ });
    await jane.waitFor();
    await jane.getByRole("button", { name: "Edit" }).click();
    await field(page, "Relation").selectOption("");
    await button(page, "Save changes").click();
    await page.getByText("Updated Jane Doe").first().waitFor();
    assert.equal((await scene.api("GET", path)).data[0].stakeholderClass, null);
    await assertAccessible(page, "recipients");

    const rows = Array.from({ length: 120 }, (_, index) => `Person ${index},p${index}@example.com,${index}`);
    const csv = ["name,email,policy_number", ...rows, "Again,JANE@example.com,", "Nobody,,"].join("\r\n");
    await button(page, "Import CSV").click();
    await page
      .getByLabel("CSV file")
      .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByText("The file has 122 recipients.").waitFor();
    await page.locator("dialog").getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("Created 120, rejected 2.").waitFor();
    assert.match(await page.locator("dialog").textContent(), /Line 122: EMAIL_ALREADY_USED.*Line 123: /s);
    await assertAccessible(page, "an import");
    await button(page, "Close").last().click();
    await settled(page);
    const { meta, data } = await scene.api("GET", `${path}?email=p7@example.com`);
    assert.deepEqual([meta.total, data[0].identifiers], [1, { policy_number: "7" }]);

    await page.getByRole("searchbox").fill("jane");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await jane
      .or(page.getByRole("row", { name: /Jane Doe/ }))
      .first()
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByLabel("To confirm, type Jane Doe").fill("Jane Doe");
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Deleted Jane Doe").first().waitFor();
    assert.equal((await scene.api("GET", path)).meta.total, 120);
  });
});
