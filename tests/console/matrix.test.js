// The role matrix: changes, undo, time, filters, keyboard.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible, go, launch, openConsole, settled } from "./browser.js";
import { clientOf, dockName, fill, partyName } from "./seed.js";
import { startServer } from "./server.js";

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

const cell = (page, party, dock, state) =>
  page.getByRole("gridcell", { name: `${party} in ${dock}: ${state}`, exact: true });

describe("the matrix", () => {
  let server, api, seeded;
  before(async () => {
    server = await startServer();
    api = clientOf(server);
    seeded = await fill(api, { name: "Small", parties: 12, docks: 8, roles: 2 });
  });
  after(async () => {
    await server?.stop();
  });

  const open = async (options) => {
    const opened = await openConsole(browser, server, options);
    await go(opened.page, `#/organizations/${seeded.organization.id}/matrix`);
    return opened;
  };
  const rolesOf = async (party) =>
    (await api("GET", `/v1/organizations/${seeded.organization.id}/parties/${party}/roles`)).data;

  test("shows the roles that the API returns, in every cell", async () => {
    const { page, close } = await open();
    const shown = await page
      .getByRole("gridcell")
      .evaluateAll((cells) => cells.map((each) => each.getAttribute("aria-label")));
    const expected = [];
    for (const [row, id] of seeded.partyIds.entries()) {
      const roles = await rolesOf(id);
      for (const [column, dock] of seeded.dockIds.entries()) {
        const names = ["DISTRIBUTOR", "RECIPIENT"].filter((role) =>
          roles.some((each) => each.dockId === dock && each.role === role),
        );
        const text = names.map((name) => name[0] + name.slice(1).toLowerCase()).join(", ") || "no role";
        expected.push(`${partyName(row)} in ${dockName(column)}: ${text}`);
      }
    }
    assert.deepEqual(shown.sort(), expected.sort());
    await assertAccessible(page, "the matrix");
    await close();
  });

  test("assigns and revokes with a click, and undoes both", async () => {
    const { page, close } = await open();
    const [party, dock] = [partyName(0), dockName(3)];
    const held = async () =>
      (await rolesOf(seeded.partyIds[0])).filter((role) => role.dockId === seeded.dockIds[3]).map((role) => role.role);
    assert.deepEqual(await held(), []);
    await cell(page, party, dock, "no role").click({ position: { x: 40, y: 15 } });
    await page.getByText(`Assigned Recipient to ${party} in ${dock}`).first().waitFor();
    assert.deepEqual(await held(), ["RECIPIENT"]);
    await cell(page, party, dock, "Recipient").click({ position: { x: 12, y: 15 } });
    await page.getByText(`Assigned Distributor to ${party} in ${dock}`).first().waitFor();
    await cell(page, party, dock, "Distributor, Recipient").waitFor();
    await page.locator(".message").first().getByRole("button", { name: "Undo" }).click();
    await cell(page, party, dock, "Recipient").waitFor();
    await page.getByText("The change is undone.").first().waitFor();
    assert.deepEqual(await held(), ["RECIPIENT"]);
    // With the keyboard: revoke, undo, undo.
    await page.getByRole("grid").focus();
    await page.keyboard.press("r");
    await page.getByText(`Revoked Recipient of ${party} in ${dock}`).first().waitFor();
    assert.deepEqual(await held(), []);
    await page.keyboard.press("Control+z");
    await cell(page, party, dock, "Recipient").waitFor();
    await settled(page);
    await page.waitForFunction(() => document.querySelectorAll(".message").length >= 3);
    assert.deepEqual(await held(), ["RECIPIENT"]);
    await page.keyboard.press("Control+z");
    await cell(page, party, dock, "no role").waitFor();
    const command = await page
      .locator(".message .curl pre")
      .first()
      .evaluate((element) => element.textContent);
    assert.match(command, /^curl -X (POST|DELETE) .*\$BERTH_API_KEY/s);
    await close();
  });

  test("shows the current state when somebody else was first", async () => {
    const { page, close, allow } = await open();
    const [party, dock] = [partyName(1), dockName(5)];
    const path = `/v1/organizations/${seeded.organization.id}/parties/${seeded.partyIds[1]}/roles`;
    await cell(page, party, dock, "no role").waitFor();
    await api("POST", path, { dockId: seeded.dockIds[5], role: "DISTRIBUTOR" });
    allow(/409/);
    await cell(page, party, dock, "no role").click({ position: { x: 12, y: 15 } });
    await page.locator(".message").getByText("ROLE_ALREADY_ASSIGNED").waitFor();
    await cell(page, party, dock, "Distributor").waitFor();
    await close();
  });

  test("shows the roles of a past moment, without changing them", async () => {
    const [party, dock] = [partyName(2), dockName(7)];
    const path = `/v1/organizations/${seeded.organization.id}/parties/${seeded.partyIds[2]}/roles`;
    const pause = () => new Promise((resolve) => setTimeout(resolve, 1100));
    await pause();
    const role = await api("POST", path, { dockId: seeded.dockIds[7], role: "RECIPIENT" });
    await pause();
    await api("DELETE", `${path}/${role.id}`);
    await pause();
    const { page, close, takeRequests } = await open();
    await cell(page, party, dock, "no role").waitFor();
    await page
      .getByLabel("Exact time (UTC)")
      .fill(new Date(Date.parse(role.createdAt) + 1000).toISOString().slice(0, 19));
    await page.getByLabel("Exact time (UTC)").press("Enter");
    await page.getByLabel("Exact time (UTC)").blur();
    await cell(page, party, dock, "Recipient").waitFor();
    assert.match(page.url(), /\?asOf=2/);
    await settled(page);
    takeRequests();
    await cell(page, party, dock, "Recipient").click({ position: { x: 12, y: 15 } });
    await page.waitForTimeout(200);
    assert.deepEqual(
      takeRequests()
        .map((request) => request.method())
        .filter((method) => method !== "GET"),
      [],
    );
    // The slider: its first position is the creation of the organization, its last one is now.
    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("Home");
    await settled(page);
    await page.waitForFunction(
      () => document.querySelectorAll(".m-cell.d, .m-cell.r, .m-cell.dr, .m-cell.unknown").length === 0,
    );
    await page.keyboard.press("End");
    await cell(page, party, dock, "no role").waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".m-cell.d, .m-cell.r").length > 0);
    assert.equal(await page.locator(".m-past").isVisible(), false);
    await close();
  });

  test("is filtered by party, dock, type and role", async () => {
    const { page, close } = await open();
    await page.getByRole("searchbox", { name: "Filter parties" }).fill("00003");
    await page.waitForFunction(() => document.querySelectorAll(".m-party bdi").length === 1);
    await page.getByRole("searchbox", { name: "Filter docks" }).fill("claims");
    await page.waitForFunction(() => document.querySelectorAll(".m-dock").length === 1);
    await page.getByText("1 parties × 1 docks").waitFor();
    await page.getByRole("searchbox", { name: "Filter parties" }).fill("");
    await page.getByRole("combobox", { name: "Type" }).selectOption("INDIVIDUAL");
    await page.waitForFunction(() => document.querySelectorAll(".m-party bdi").length === 2);
    await page.getByRole("combobox", { name: "Show roles" }).selectOption("RECIPIENT");
    assert.equal(
      await page
        .locator(".m-d")
        .first()
        .evaluate((element) => getComputedStyle(element).visibility),
      "hidden",
    );
    await close();
  });

  test("is used with the keyboard, and names the active cell", async () => {
    const { page, close } = await open();
    const grid = page.getByRole("grid");
    await grid.focus();
    const active = () =>
      grid.evaluate((element) =>
        document.getElementById(element.getAttribute("aria-activedescendant"))?.getAttribute("aria-label"),
      );
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"]) await page.keyboard.press(key);
    const first = await grid.getAttribute("aria-activedescendant");
    assert.equal(first, "m-2-0");
    await page.keyboard.press("Control+End");
    assert.equal(await grid.getAttribute("aria-activedescendant"), "m-11-7");
    assert.match(await active(), /^.+ in .+: /);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "Role matrix" }).waitFor();
    await close();
  });
});
