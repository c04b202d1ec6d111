/** Parts that several pages use. */
import { ApiError } from "./api.js";
import { curlOf } from "./curl.js";
import { h, replace } from "./dom.js";
import { age, minute, second } from "./format.js";
import { t } from "./texts.js";

/** @typedef {import("./dom.js").Child} Child */

/** Announces a text to screen readers. @param {string} text */
export function announce(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** A name that somebody entered: its direction does not affect the text around it. @param {string | null} text */
export const name = (text) =>
  text === null ? h("span", { class: "faint" }, t.noValue) : h("bdi", { class: "name" }, text);

/** @param {string | null | undefined} value */
export const optional = (value) =>
  value === null || value === undefined ? h("span", { class: "faint" }, t.noValue) : h("bdi", null, value);

/** A time with its age. @param {string | null | undefined} time */
export const when = (time) =>
  time
    ? h("time", { datetime: time, title: `${second(time)} UTC` }, minute(time))
    : h("span", { class: "faint" }, t.noValue);

/** The age of a time. @param {string | null | undefined} time @param {string} [otherwise] */
export const ago = (time, otherwise = t.never) =>
  time
    ? h("time", { datetime: time, title: `${second(time)} UTC` }, age(time))
    : h("span", { class: "faint" }, otherwise);

/** @param {string} text @param {string} [kind] */
export const badge = (text, kind = "") => h("span", { class: `badge ${kind}` }, text);

/**
 * @param {string} label
 * @param {(event: Event) => void} onclick
 * @param {import("./dom.js").Properties} [properties]
 */
export const button = (label, onclick, properties) => h("button", { type: "button", onclick, ...properties }, label);

/**
 * A button that copies a text.
 *
 * @param {string} text
 * @param {string} [label]
 * @param {string} [kind]
 */
export function copyButton(text, label = t.copy, kind = "quiet small") {
  const element = button(label, async () => {
    await navigator.clipboard.writeText(text);
    element.textContent = t.copied;
    announce(t.copied);
    setTimeout(() => {
      element.textContent = label;
    }, 1500);
  });
  element.className = kind;
  return element;
}

/** An identifier that can be copied. @param {string} id */
export const identifier = (id) => h("span", { class: "id" }, h("code", null, id), copyButton(id));

/**
 * A list of terms and values.
 *
 * @param {[string, Child][]} rows
 */
export const details = (rows) =>
  h(
    "dl",
    { class: "details" },
    ...rows.map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
  );

/** A section with a heading. @param {string} title @param {...Child} children */
export const section = (title, ...children) => h("section", null, h("h2", null, title), ...children);

/** The command of a request, closed at first. @param {import("./api.js").ApiRequest} request @param {boolean} [open] */
export function curlBlock(request, open = false) {
  const text = curlOf(request);
  return h(
    "details",
    { class: "curl", open },
    h("summary", null, t.curl),
    h("pre", { tabindex: 0, "aria-label": t.curl }, h("code", null, text)),
    h("p", { class: "hint" }, t.curlHint, " ", copyButton(text)),
  );
}

/**
 * An error: title, detail, fields and request id.
 *
 * @param {unknown} error
 * @param {(() => void) | null} [retry]
 */
export function problem(error, retry = null) {
  if (!(error instanceof ApiError)) throw error;
  const { problem: body, status, requestId } = error;
  const title = status === 0 ? t.problem.noResponse : body.title;
  const detail = status === 0 ? t.problem.noResponseDetail : body.detail;
  const fields = (body.errors ?? []).map(({ pointer, parameter, detail: text }) =>
    h("li", null, h("code", null, pointer || parameter || "/"), " ", h("bdi", null, text)),
  );
  return h(
    "div",
    { class: "problem", role: "alert" },
    h(
      "p",
      { class: "problem-title" },
      h("strong", null, title),
      status ? ` ${status}` : null,
      body.code ? h("code", null, body.code) : null,
    ),
    detail ? h("p", null, h("bdi", null, detail)) : null,
    fields.length > 0 ? h("ul", { "aria-label": t.problem.fields }, ...fields) : null,
    requestId ? h("p", { class: "hint" }, `${t.problem.requestId}: `, identifier(requestId)) : null,
    retry ? button(t.problem.retry, retry) : null,
  );
}

/**
 * Shows what `load` resolves to, or its error.
 *
 * @param {Element} place
 * @param {() => Promise<Child>} load
 */
export async function show(place, load) {
  place.setAttribute("aria-busy", "true");
  try {
    replace(place, await load());
  } catch (error) {
    if (error instanceof DOMException) return;
    replace(
      place,
      problem(error, () => show(place, load)),
    );
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/**
 * Opens a modal dialog.
 *
 * @param {string} title
 * @param {(close: () => void) => Child} content
 * @param {{ onclose?: () => void, keepOpen?: boolean }} [options]
 */
export function openDialog(title, content, { onclose, keepOpen = false } = {}) {
  const heading = h("h2", { id: `dialog-${document.querySelectorAll("dialog").length}` }, title);
  const dialog = h("dialog", { "aria-labelledby": heading.id });
  const close = () => dialog.close();
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose?.();
  });
  if (keepOpen) {
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    // A browser may close a dialog at the second Escape without asking.
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.preventDefault();
    });
  }
  const cross = keepOpen ? null : button("×", close, { class: "quiet cross", "aria-label": t.close });
  replace(dialog, h("header", null, heading, cross), h("div", { class: "dialog-body" }, content(close)));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** How long a message stays, in milliseconds. */
const MESSAGE_TIME = 12_000;

/**
 * Shows a message with optional actions at the bottom of the page.
 *
 * @param {string} text
 * @param {{ undo?: () => void, request?: import("./api.js").ApiRequest, error?: unknown }} [options]
 */
export function message(text, { undo, request, error } = {}) {
  const area = document.getElementById("messages");
  if (area === null) return;
  const remove = () => element.remove();
  const undoButton = undo
    ? button(t.undo, () => {
        remove();
        undo();
      })
    : null;
  const element = h(
    "div",
    { class: error ? "message failed" : "message" },
    h("p", null, h("bdi", null, text)),
    undoButton,
    button("×", remove, { class: "quiet cross", "aria-label": t.close }),
    error ? problem(error) : null,
    request ? curlBlock(request) : null,
  );
  area.prepend(element);
  while (area.children.length > 3) area.lastElementChild?.remove();
  if (!error) announce(text);
  // A message that somebody uses stays.
  const expire = () => (element.matches(":hover, :focus-within") ? setTimeout(expire, 2000) : remove());
  if (!error) setTimeout(expire, MESSAGE_TIME);
}
