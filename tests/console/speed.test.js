// The speed of the role matrix with 10 000 parties and 100 docks.
//
// By default the browser gets generated responses, so that the test measures the console only. With `BERTH_LARGE`, a folder,
// it uses a server whose directory is filled once.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { go, launch, openConsole, settled } from "./browser.js";
import { generated } from "./generated.js";
import { LARGE, largeDirectory } from "./large.js";
import { startServer } from "./server.js";

/** Processor time that an interaction may take in the page, in milliseconds. */
const LIMIT = 100;

/** Requests that a screenful may need. */
const REQUESTS = 3;

let browser, server, organization, copy;

before(async () => {
  browser = await launch();
  if (process.env.BERTH_LARGE === undefined) {
    server = await startServer();
    organization = generated.organization;
    return;
  }
  const large = await largeDirectory(process.env.BERTH_LARGE);
  organization = large.organization;
  copy = mkdtempSync(join(tmpdir(), "berth-large-"));
  cpSync(large.directory, copy, { recursive: true });
  server = { ...(await startServer(copy)), key: large.key };
});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (copy) rmSync(copy, { recursive: true, force: true });
});

/** Does something in the page, and returns the time that passed until the frame with its result was painted. */
const perform = (page, action, argument) =>
  page.evaluate(
    async ([kind, value]) => {
      const matrix = document.querySelector(".matrix");
      const actions = {
        scroll: () => matrix.scrollTo(value[0], value[1]),
        key: () => matrix.dispatchEvent(new KeyboardEvent("keydown", { key: value, bubbles: true, cancelable: true })),
        slide: () => {
          const slider = document.querySelector("input[type=range]");
          slider.value = String(value);
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        },
        role: () => {
          const select = [...document.querySelectorAll("select")].at(-1);
          select.value = value;
          select.dispatchEvent(new Event("change"));
        },
      };
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      const started = performance.now();
      actions[kind]();
      // The matrix renders with the next frame. The frame after it begins when that one is painted.
      await frame();
      await frame();
      return performance.now() - started;
    },
    [action, argument],
  );

test(`the matrix of ${LARGE.parties} parties and ${LARGE.docks} docks takes less than ${LIMIT} ms per interaction`, async () => {
  const { page, close, takeRequests } = await openConsole(browser, server);
  if (process.env.BERTH_LARGE === undefined) await page.route("**/v1/**", generated.respond);
  await go(page, `#/organizations/${organization.id}/matrix`);
  await page.getByText("10\u2009000 parties × 100 docks").waitFor();
  const loaded = async () => {
    await settled(page);
    await page.waitForFunction(() => document.querySelector(".m-cell.unknown") === null);
    const requests = takeRequests().map((request) => request.url());
    assert.ok(
      requests.length <= REQUESTS,
      `${requests.length} requests for a screenful: ${requests.map((url) => url.slice(0, 120))}`,
    );
  };
  await page.waitForFunction(() => document.querySelector(".m-cell.d, .m-cell.r") !== null);
  await settled(page);
  takeRequests();

  // The processor time of the page's thread: other programs that use the machine do not change it.
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.setTimeDomain", { timeDomain: "threadTicks" });
  await session.send("Performance.enable");
  const work = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
  const times = [];
  const timed = async (what, action, argument) => {
    const before = await work();
    const passed = await perform(page, action, argument);
    times.push({ what, time: (await work()) - before, passed });
    await loaded();
  };
  for (let step = 1; step <= 10; step += 1) {
    await timed("scrolling to another screenful", "scroll", [((step * 31) % 80) * 56, ((step * 7919) % 9900) * 30]);
    assert.ok((await page.locator(".m-cell").count()) < 1500, "only visible cells have elements");
  }
  for (const key of ["ArrowDown", "ArrowRight", "PageDown", "PageDown", "End", "Home"])
    await timed(`pressing ${key}`, "key", key);
  for (const step of [900, 600, 300, 990]) await timed("moving the slider", "slide", step);
  await timed("going back to now", "slide", 1000);
  await timed("filtering by role", "role", "RECIPIENT");
  await close();
  const summary = (values) => {
    const sorted = values.sort((a, b) => a - b);
    return `median ${Math.round(sorted[Math.floor(sorted.length / 2)])} ms, slowest ${Math.round(sorted.at(-1))} ms`;
  };
  console.log(`${times.length} interactions, processor time: ${summary(times.map(({ time }) => time))}`);
  console.log(`until the frame was painted: ${summary(times.map(({ passed }) => passed))}`);
  for (const { what, time } of times) {
    assert.ok(time > 0 && time < LIMIT, `${what} took ${Math.round(time)} ms`);
  }
});
