/** Tables of lists that are read page by page. */
import { get, isAborted } from "./api.js";
import { h, replace } from "./dom.js";
import { number } from "./format.js";
import { t } from "./texts.js";
import { announce, button, problem } from "./ui.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./api.js").Schemas["ListMeta"]} Meta */
/**
 * @template Row
 * @typedef {{ title: string, cell: (row: Row) => Child, kind?: "number" | "wide" | "action" | "text" }} Column
 */

/** Rows of a page. */
const LIMIT = "50";

/**
 * Creates a table of a list, with a button for the next page.
 *
 * @template Row
 * @param {object} options
 * @param {string} options.label
 * @param {Column<Row>[]} options.columns
 * @param {string} options.path
 * @param {() => import("./api.js").Query} [options.query]
 * @param {string} options.empty
 * @param {AbortSignal} options.signal
 * @param {(query: import("./api.js").Query, signal: AbortSignal) => Promise<Row[]>} [options.first] Rows before those of the list.
 * @param {(row: Row) => boolean} [options.keeps]
 */
export function table({ label, columns, path, query = () => ({}), empty, signal, first, keeps = () => true }) {
  const body = h("tbody");
  const status = h("p", { class: "hint count" });
  const more = button(t.moreRows, () => load(false));
  more.hidden = true;
  const failure = h("div");
  const head = columns.map(({ title, kind }) =>
    h("th", { scope: "col", class: kind }, kind === "action" ? h("span", { class: "unseen" }, title) : title),
  );
  const content = h("table", { "aria-label": label }, h("thead", null, h("tr", null, ...head)), body);
  const element = h(
    "div",
    { class: "list" },
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, content),
    failure,
    h("div", { class: "foot" }, status, more),
  );

  /** @type {AbortController} */
  let current = new AbortController();
  /** @type {string | null} */
  let cursor = null;
  let shown = 0;
  signal.addEventListener("abort", () => current.abort());

  /** @param {Row} row */
  const rowOf = (row) => h("tr", null, ...columns.map(({ cell, kind }) => h("td", { class: kind }, cell(row))));

  /** @param {boolean} restart */
  const load = async (restart) => {
    current.abort();
    current = new AbortController();
    const own = current.signal;
    more.disabled = true;
    element.setAttribute("aria-busy", "true");
    try {
      const filters = query();
      const page = { ...filters, limit: LIMIT, cursor: restart ? null : cursor };
      const [{ data }, before] = await Promise.all([
        /** @type {Promise<import("./api.js").Result<{ data: Row[], meta: Meta }>>} */ (get(path, page, own)),
        restart && first ? first(filters, own) : Promise.resolve([]),
      ]);
      const known = new Set(before.map((/** @type {any} */ row) => row.id));
      const rows = [...before, ...data.data.filter((/** @type {any} */ row) => !known.has(row.id))].filter(keeps);
      cursor = data.meta.nextCursor ?? null;
      shown = restart ? rows.length : shown + rows.length;
      replace(failure);
      if (restart) replace(body);
      body.append(...rows.map(rowOf));
      if (shown === 0 && cursor === null)
        replace(body, h("tr", null, h("td", { colspan: columns.length, class: "empty" }, empty)));
      const total = data.meta.total ?? null;
      status.textContent = t.rowsShown(number(shown), total === null ? null : number(Math.max(total, shown)));
      more.hidden = cursor === null;
      if (restart) announce(status.textContent);
    } catch (error) {
      if (isAborted(error)) return;
      replace(
        failure,
        problem(error, () => load(restart)),
      );
    } finally {
      if (own === current.signal) {
        element.removeAttribute("aria-busy");
        more.disabled = false;
      }
    }
  };
  return { element, reload: () => load(true), ready: load(true) };
}

/**
 * A search field that waits until typing pauses.
 *
 * @param {string} label
 * @param {() => void} onsearch
 * @param {import("./dom.js").Properties} [properties]
 */
export function searchField(label, onsearch, properties) {
  let timer = 0;
  const input = h("input", {
    type: "search",
    placeholder: label,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(onsearch, 250);
    },
    ...properties,
  });
  return input;
}
