/** Forms that create or change a resource. */
import { ApiError, get, send } from "./api.js";
import { h, replace } from "./dom.js";
import { Inputs, InvalidField, valueAt } from "./inputs.js";
import { patchOf, same, stringify } from "./json.js";
import { t } from "./texts.js";
import { curlBlock, message, openDialog, problem } from "./ui.js";

/** @typedef {import("./api.js").ApiRequest} ApiRequest */
/** @typedef {import("./inputs.js").Field} Field */
/** @typedef {import("./inputs.js").Values} Values */

/** Returns the members that have a value. @param {Values} values */
export function withoutEmpty(values) {
  /** @param {unknown} value @returns {boolean} */
  const isEmpty = (value) => value === null || (isObject(value) && Object.values(value).every(isEmpty));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}

/** @param {unknown} value @returns {value is Values} */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Returns the merge patch from one version to the values of a form. @param {Field[]} fields @param {Values} before @param {Values} after */
export function changesOf(fields, before, after) {
  /** @type {Values} */
  const changes = {};
  for (const name of new Set(fields.map((field) => field.name.split(".")[0]))) {
    const field = fields.find((each) => each.name === name);
    if (field?.type === "json") {
      const patch = patchOf(/** @type {Values} */ (before[name] ?? {}), /** @type {Values} */ (after[name] ?? {}));
      const unsettable = Object.keys(patch).find(
        (key) => patch[key] === null && Object.hasOwn(/** @type {Values} */ (after[name]), key),
      );
      if (unsettable !== undefined) throw new InvalidField(field, t.hints.metadataNull(unsettable));
      if (Object.keys(patch).length > 0) changes[name] = patch;
      continue;
    }
    const [was, is] = [before[name] ?? null, after[name]].map((value) =>
      isObject(value) ? withoutEmpty(value) : value,
    );
    const empty = isObject(is) && Object.keys(is).length === 0;
    if (!same(was ?? (empty ? {} : null), is)) changes[name] = empty ? null : after[name];
  }
  return changes;
}

/**
 * Opens a form.
 *
 * @template T
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.submit
 * @param {Field[]} options.fields
 * @param {Values} options.values
 * @param {(values: Values) => ApiRequest | null} options.request Returns the request, or `null` if there is nothing to send.
 * @param {(data: T, request: ApiRequest) => void} options.done
 * @param {(values: Values, close: () => void) => Promise<import("./dom.js").Child>} [options.conflict] Returns what to show for 412.
 */
export function openForm({ title, submit, fields, values, request, done, conflict }) {
  const inputs = new Inputs(fields, values);
  const result = h("div");
  const preview = h("div");
  const submitButton = h("button", { type: "submit", class: "primary" }, submit);
  let isOpen = false;

  const showPreview = () => {
    isOpen = preview.querySelector("details")?.open ?? isOpen;
    try {
      const sent = request(inputs.read());
      replace(preview, sent === null ? null : curlBlock(sent, isOpen));
    } catch (error) {
      if (!(error instanceof InvalidField)) throw error;
      replace(preview);
    }
  };

  // The dialog gives it the focus.
  inputs.element.querySelector("input, select, textarea")?.setAttribute("autofocus", "");
  openDialog(title, (close) => {
    /** @param {SubmitEvent} event */
    const onsubmit = async (event) => {
      event.preventDefault();
      inputs.clear();
      replace(result);
      /** @type {Values} */
      let read = {};
      try {
        read = inputs.read();
        const sent = request(read);
        if (sent === null) {
          replace(result, h("p", { class: "hint", role: "alert" }, t.form.noChanges));
          return;
        }
        submitButton.disabled = true;
        submitButton.textContent = t.form.sending;
        const { data } = await send(sent);
        close();
        done(/** @type {T} */ (data), sent);
      } catch (error) {
        if (error instanceof InvalidField) {
          inputs.fail(error.field.name, error.message);
          inputs.focusFirstError();
        } else if (error instanceof ApiError && error.status === 412 && conflict) {
          replace(result, await conflict(read, close));
        } else {
          replace(result, problem(error));
          if (error instanceof ApiError) inputs.showViolations(error);
        }
      } finally {
        submitButton.disabled = false;
        submitButton.textContent = submit;
      }
    };
    const footer = h("footer", null, h("button", { type: "button", onclick: close }, t.cancel), submitButton);
    const form = h(
      "form",
      { onsubmit, oninput: showPreview, novalidate: true },
      inputs.element,
      result,
      preview,
      footer,
    );
    showPreview();
    return form;
  });
}

/**
 * Opens a form that changes a resource, with `If-Match`. A conflict shows both versions.
 *
 * @template {Values} T
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.path
 * @param {Field[]} options.fields
 * @param {T} options.resource
 * @param {string | null} options.etag
 * @param {(resource: T, request: ApiRequest) => void} options.done
 */
export function openEditForm({ title, path, fields, resource, etag, done }) {
  /** @param {Values} values @returns {ApiRequest | null} */
  const request = (values) => {
    const body = changesOf(fields, resource, values);
    return Object.keys(body).length === 0 ? null : { method: "PATCH", path, body, ifMatch: etag };
  };
  openForm({
    title,
    submit: t.save,
    fields,
    values: resource,
    request,
    done,
    conflict: async (values, close) => {
      const { data: current, etag: currentTag } = await get(path);
      const changes = changesOf(fields, resource, values);
      return conflictOf(fields, /** @type {T} */ (current), values, changes, {
        discard: () => {
          close();
          done(/** @type {T} */ (current), { method: "GET", path });
        },
        apply: async (place) => {
          /** @type {ApiRequest} */
          const sent = { method: "PATCH", path, body: changes, ifMatch: currentTag };
          try {
            const { data } = await send(sent);
            close();
            done(/** @type {T} */ (data), sent);
          } catch (error) {
            replace(place, problem(error));
          }
        },
      });
    },
  });
}

/**
 * @param {Field[]} fields
 * @param {Values} current
 * @param {Values} values
 * @param {Values} changes
 * @param {{ discard: () => void, apply: (place: Element) => void }} actions
 */
function conflictOf(fields, current, values, changes, { discard, apply }) {
  /** @param {unknown} value */
  const text = (value) =>
    typeof value === "string" ? h("bdi", null, value) : value === null ? t.noValue : h("code", null, stringify(value));
  const rows = fields
    .map((field) => ({ field, theirs: valueAt(current, field.name), yours: valueAt(values, field.name) }))
    .filter(({ field, theirs, yours }) => field.name.split(".")[0] in changes || !same(theirs, yours))
    .map(({ field, theirs, yours }) =>
      h("tr", null, h("th", { scope: "row" }, field.label), h("td", null, text(theirs)), h("td", null, text(yours))),
    );
  const place = h("div");
  const head = [t.conflict.field, t.conflict.theirs, t.conflict.yours].map((title) => h("th", { scope: "col" }, title));
  return h(
    "div",
    { class: "conflict", role: "alert" },
    h("p", null, h("strong", null, t.conflict.title)),
    h("p", null, t.conflict.text),
    h(
      "div",
      { class: "scroll" },
      h("table", null, h("thead", null, h("tr", null, ...head)), h("tbody", null, ...rows)),
    ),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: () => apply(place) }, t.conflict.apply),
      h("button", { type: "button", onclick: discard }, t.conflict.discard),
    ),
    place,
  );
}

/** Shows that a change succeeded. @param {string} text @param {ApiRequest} request */
export const succeeded = (text, request) => message(text, request.method === "GET" ? {} : { request });
