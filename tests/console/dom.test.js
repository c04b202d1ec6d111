// The template helper creates elements from text only.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, openConsole } from "./browser.js";
import { startServer } from "./server.js";

let browser, server, console_;

before(async () => {
  server = await startServer();
  browser = await launch();
  console_ = await openConsole(browser, { url: server.url, key: null });
});

after(async () => {
  try {
    await console_?.close();
  } finally {
    await browser?.close();
    await server?.stop();
  }
});

/** Runs a task in the page, with the functions of the helper. */
const inPage = (name) =>
  console_.page.evaluate(
    async ([task, address]) => globalThis.tasks[task](await import(address)),
    [name, `${console_.base}dom.js`],
  );

describe("the template helper", () => {
  before(async () => {
    console_.base = await console_.page.evaluate(() => document.querySelector("script").src.replace(/[^/]*$/, ""));
    await console_.page.evaluate(() => {
      globalThis.tasks = {
        text: ({ h }) => {
          const element = h("p", { title: '"<b>' }, "<b>&amp;", 0, null, false, undefined, [1, [h("i", null, "<i>")]]);
          return [element.innerHTML, element.title, element.querySelectorAll("b, script").length];
        },
        attributes: ({ h }) =>
          h("input", {
            type: "checkbox",
            checked: true,
            disabled: true,
            hidden: false,
            "aria-busy": false,
            max: 3,
            id: null,
          }).outerHTML,
        value: ({ h }) => h("input", { value: "<" }).value,
        listener: ({ h }) => {
          let runs = 0;
          const element = h("button", { onclick: () => (runs += 1) });
          element.click();
          return [runs, element.outerHTML];
        },
        style: ({ h }) => h("p", { style: { left: "3px", "background-color": "url(javascript:1)" } }).style.cssText,
        replace: ({ h, replace }) => {
          const element = h("p", null, "a", h("b"));
          replace(element, "c", ["d"]);
          return element.outerHTML;
        },
        rejected: ({ h }) => {
          const fail = (name, value, tag = "a") => {
            try {
              return h(tag, { [name]: value }).outerHTML;
            } catch (error) {
              return error.name;
            }
          };
          return [
            fail("onclick", "alert(1)"),
            fail("ONCLICK", "alert(1)"),
            fail("style", "color: red"),
            fail("srcdoc", "<p>"),
            fail("href", "javascript:alert(1)"),
            fail("HREF", " javascript:alert(1)"),
            fail("href", "https://example.com/"),
            fail("href", "//example.com/"),
            fail("href", "data:text/html,<script>"),
            fail("src", "data:text/html,x", "img"),
            fail("title", { a: 1 }),
            fail("title", () => {}),
            fail("id", "x", "script"),
            fail("id", "x", "IFRAME"),
          ];
        },
        addresses: ({ h }) =>
          ["#/a", "/openapi.json", "data:text/csv;charset=utf-8,a"].map((href) =>
            h("a", { href }).getAttribute("href"),
          ),
      };
    });
  });

  const cases = {
    text: ["&lt;b&gt;&amp;amp;01<i>&lt;i&gt;</i>", '"<b>', 0],
    attributes: '<input type="checkbox" disabled="" aria-busy="false" max="3">',
    value: "<",
    listener: [1, "<button></button>"],
    style: "left: 3px;",
    replace: "<p>cd</p>",
    rejected: Array(14).fill("TypeError"),
    addresses: ["#/a", "/openapi.json", "data:text/csv;charset=utf-8,a"],
  };
  for (const [name, expected] of Object.entries(cases)) {
    test(name, async () => {
      assert.deepEqual(await inPage(name), expected);
    });
  }
});
