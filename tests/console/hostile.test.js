// A directory whose names attack the page: every name is text.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { go, launch, openConsole, settled } from "./browser.js";
import { clientOf } from "./seed.js";
import { startServer } from "./server.js";

const NAMES = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "\"'><svg onload=alert(1)>",
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
  "\u05e9\u05dc\u05d5\u05dd (abc) \u200f\u0627\u0644\u0633\u0644\u0627\u0645",
  "W".repeat(200),
  `${"x".repeat(40)} ${"\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(20)}`,
  "Z\u0351\u036b\u0343\u036a\u0302\u0312\u0314\u0315\u0317\u0301algo",
  "__proto__",
];

let browser, server, organization, parties, docks;

before(async () => {
  server = await startServer();
  const api = clientOf(server);
  organization = await api("POST", "/v1/organizations", {
    name: NAMES[0],
    metadata: { "<b>": "</pre><script>alert(1)</script>" },
  });
  [parties, docks] = [[], []];
  for (const name of NAMES) {
    docks.push(
      await api("POST", "/v1/docks", {
        organizationId: organization.id,
        name,
        legalName: name,
        customCss: "}</style>".replace("<", ""),
      }),
    );
    const metadata = { [name.slice(0, 60)]: name, __proto__: 1 };
    const body = { type: "ORGANIZATION", name, externalRef: name, email: '"<b>"@example.com', metadata };
    const party = await api("POST", `/v1/organizations/${organization.id}/parties`, body).catch(() =>
      api("POST", `/v1/organizations/${organization.id}/parties`, { ...body, email: null }),
    );
    parties.push(party);
    await api("POST", `/v1/organizations/${organization.id}/parties/${party.id}/roles`, {
      dockId: docks.at(-1).id,
      role: "RECIPIENT",
    });
  }
  await api("POST", "/v1/api-keys", { name: NAMES[1], scopes: ["docks:read"], organizationId: organization.id });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Elements that names would create if they were markup. */
const FORBIDDEN =
  "script:not([type=module][src^='/console/']), img, svg, iframe, object, [onerror], [onload], a[href^='javascript']";

test("every page shows hostile names as text", async () => {
  const { page, close } = await openConsole(browser, server);
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  const base = `#/organizations/${organization.id}`;
  // As Berth stores them: it composes characters.
  const names = parties.map((party) => party.name);
  const lists = [
    ["#/", [names[0]]],
    [base, [names[0]]],
    [`${base}/parties`, names],
    [`${base}/docks`, names],
    [`${base}/matrix`, names],
    [`${base}/keys`, [names[1]]],
  ];
  const single = parties.flatMap((party, index) => [
    [`${base}/parties/${party.id}`, [names[index]]],
    [`${base}/docks/${docks[index].id}`, [names[index]]],
  ]);
  for (const [hash, expected] of [...lists, ...single.slice(0, 4), ...single.slice(10, 18)]) {
    await go(page, hash);
    const texts = await page
      .locator("main")
      .evaluate((main) => [...main.querySelectorAll("bdi, h1")].map((element) => element.textContent));
    for (const name of expected) assert.ok(texts.includes(name), `${hash} does not show ${name}`);
    assert.equal(await page.locator(FORBIDDEN).count(), 0, hash);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${hash} scrolls by ${overflow} px`);
  }
  // Every name is in an element that isolates its direction.
  await go(page, `${base}/parties`);
  const name = page.locator("tbody bdi").filter({ hasText: NAMES[5] }).first();
  assert.equal(await name.evaluate((element) => getComputedStyle(element).unicodeBidi), "isolate");
  assert.equal(dialogs, 0);
  await close();
});

test("a change shows hostile names as text, and its curl command hides no character", async () => {
  const { page, close } = await openConsole(browser, server);
  await go(page, `#/organizations/${organization.id}/parties/${parties[7].id}`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.locator("dialog").getByLabel("External reference").fill("a\u202eb\u200bc<i>");
  const command = await page.locator("dialog .curl pre").evaluate((element) => element.textContent);
  assert.match(command, /"a\\u202eb\\u200bc<i>"/);
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.locator(".message bdi").first().waitFor();
  await settled(page);
  assert.equal(await page.locator(FORBIDDEN).count(), 0);
  await close();
});
