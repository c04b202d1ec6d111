// Chromium, and pages of it that record everything that goes wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long a test waits for anything, in milliseconds: other programs may use the machine. */
const TIMEOUT = 120_000;

export const launch = () =>
  chromium.launch({
    executablePath: process.env.BERTH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
  });

/**
 * Opens the console, and signs in unless `key` is `null`.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, key: string | null }} server
 * @param {{ hash?: string, viewport?: { width: number, height: number }, colorScheme?: "light" | "dark" }} [options]
 */
export async function openConsole(
  browser,
  { url, key },
  { hash = "", viewport = { width: 1360, height: 820 }, colorScheme = "light" } = {},
) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  const trouble = [];
  const requests = [];
  const allowed = [];
  page.on("console", (entry) => {
    if (["error", "warning"].includes(entry.type()) && !allowed.some((pattern) => pattern.test(entry.text())))
      trouble.push(entry.text());
  });
  page.on("pageerror", (error) => trouble.push(`exception: ${error.stack ?? error}`));
  page.on("request", (request) => requests.push(request));
  await page.addInitScript(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (event) =>
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
  const opened = await page.goto(`${url}/console${hash}`);
  if (key !== null) await signIn(page, key);
  return {
    page,
    opened,
    requests,
    /** API requests since the last time. */
    takeRequests: () => requests.splice(0).filter((request) => new URL(request.url()).pathname.startsWith("/v1/")),
    /** Accepts entries of the browser's console: the browser logs each response with an error status. */
    allow: (...patterns) => allowed.push(...patterns),
    close: async () => {
      const violations = await page.evaluate(() => globalThis.violations);
      const hosts = new Set(requests.map((request) => new URL(request.url()).origin));
      await context.close();
      assert.deepEqual(violations, [], "violations of the content security policy");
      assert.deepEqual(trouble, [], "errors in the browser's console");
      assert.ok(
        [...hosts].every((host) => host === url),
        `hosts: ${[...hosts]}`,
      );
    },
  };
}

/** @param {import("playwright-core").Page} page */
export async function signIn(page, key) {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
}

/** Goes to a page, and waits until it has loaded. */
export async function go(page, hash) {
  await page.evaluate((target) => {
    location.hash = target;
  }, hash);
  await settled(page);
}

/** Waits until nothing is loading. */
export async function settled(page) {
  await page.waitForTimeout(30);
  try {
    await page.waitForFunction(() => document.querySelector("[aria-busy='true']") === null);
  } catch (error) {
    const busy = await page.evaluate(() => document.querySelector("[aria-busy='true']")?.outerHTML.slice(0, 300));
    throw new Error(`${page.url()} is still loading: ${busy}`, { cause: error });
  }
}

/** Asserts that axe finds nothing serious. Its script is evaluated, because the policy of the page forbids to add it. */
export async function assertAccessible(page, where) {
  await settled(page);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => ["serious", "critical", "moderate"].includes(impact));
  const text = serious.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n  ${nodes
        .slice(0, 3)
        .map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`)
        .join("\n  ")}`,
  );
  assert.deepEqual(text, [], `accessibility of ${where}`);
}
