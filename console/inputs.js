/** The fields of a form. */
import { h } from "./dom.js";
import { fromInput } from "./format.js";
import { parse, stringify } from "./json.js";
import { t } from "./texts.js";

/** @typedef {Record<string, unknown>} Values */
/**
 * @typedef {object} Field
 * @property {string} name Name of the member; a dot separates the names of a member in an object.
 * @property {string} label
 * @property {"text" | "email" | "textarea" | "json" | "select" | "checks" | "time" | "number" | "hidden"} [type]
 * @property {string} [hint]
 * @property {boolean} [required]
 * @property {[string, string][]} [options] Values and their labels.
 * @property {number} [maxLength]
 */

/** Thrown for a value that cannot be sent. */
export class InvalidField extends Error {
  /** @param {Field} field @param {string} text */
  constructor(field, text) {
    super(text);
    this.field = field;
  }
}

let serial = 0;

/** The parts of a form: its elements, and functions that read them. */
export class Inputs {
  /** @param {Field[]} fields @param {Values} values */
  constructor(fields, values) {
    this.fields = fields;
    /** @type {Map<string, { control: HTMLElement, error: HTMLElement }>} */
    this.parts = new Map();
    this.element = h(
      "div",
      { class: "fields" },
      ...fields.map((field) => this.#row(field, valueAt(values, field.name))),
    );
  }

  /** @param {Field} field @param {unknown} value */
  #row(field, value) {
    const id = `field-${++serial}`;
    const error = h("p", { class: "field-error", id: `${id}-error` });
    const control = controlOf(field, value, id);
    this.parts.set(field.name, { control, error });
    const hint = field.hint ? h("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
    const required = field.required ? h("span", { class: "hint" }, ` (${t.form.required})`) : null;
    if (field.type === "checks")
      return h("fieldset", null, h("legend", null, field.label, required), control, hint, error);
    return h(
      "div",
      { class: `field ${field.type ?? "text"}` },
      h("label", { for: id }, field.label, required),
      control,
      hint,
      error,
    );
  }

  /** Returns the values, `null` for empty ones. Throws an `InvalidField`. */
  read() {
    /** @type {Values} */
    const values = {};
    for (const field of this.fields) {
      const part = this.parts.get(field.name);
      const value = part ? inputOf(field, part.control) : null;
      if (field.required && (value === null || (Array.isArray(value) && value.length === 0))) {
        throw new InvalidField(field, t.form.missing(field.label));
      }
      put(values, field.name, value);
    }
    return values;
  }

  /** @param {string} name @param {string} text */
  fail(name, text) {
    const part = this.parts.get(name);
    if (part === undefined) return;
    part.error.textContent = text;
    part.control.setAttribute("aria-invalid", "true");
    part.control.setAttribute("aria-describedby", part.error.id);
  }

  clear() {
    for (const { control, error } of this.parts.values()) {
      error.textContent = "";
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
  }

  /** Shows the violations of an error beside their fields. @param {import("./api.js").ApiError} error */
  showViolations(error) {
    for (const { pointer, detail } of error.problem.errors ?? []) {
      const name = (pointer ?? "").slice(1).replaceAll("/", ".");
      const field = this.fields.find((each) => name === each.name || name.startsWith(`${each.name}.`));
      if (field) this.fail(field.name, detail);
    }
    this.focusFirstError();
  }

  focusFirstError() {
    const control = this.element.querySelector("[aria-invalid]");
    if (control instanceof HTMLElement) control.focus();
  }
}

/** @param {Field} field @param {unknown} value @param {string} id @returns {HTMLElement} */
function controlOf(field, value, id) {
  const text = typeof value === "string" ? value : "";
  const common = {
    id,
    name: field.name,
    autocomplete: "off",
    spellcheck: "false",
    "aria-required": field.required ? "true" : null,
  };
  switch (field.type) {
    case "json":
      return h("textarea", {
        ...common,
        rows: 6,
        class: "code",
        value: value && Object.keys(value).length > 0 ? stringify(value, 2) : "",
      });
    case "textarea":
      return h("textarea", { ...common, rows: 4, class: "code", value: text });
    case "select": {
      const options = (field.options ?? []).map(([each, label]) => h("option", { value: each }, label));
      return h(
        "select",
        { ...common, value: null },
        ...options.map((option) => (option.value === text ? selected(option) : option)),
      );
    }
    case "checks": {
      const chosen = new Set(Array.isArray(value) ? value : []);
      const boxes = (field.options ?? []).map(([each, label]) =>
        h(
          "label",
          null,
          h("input", { type: "checkbox", name: field.name, value: each, checked: chosen.has(each) }),
          label,
        ),
      );
      return h("div", { class: "checks", id, role: "group", "aria-label": field.label, tabindex: -1 }, ...boxes);
    }
    case "number":
      return h("input", { ...common, type: "number", min: 0, value: text });
    case "time":
      return h("input", { ...common, type: "datetime-local", value: text });
    default:
      return h("input", {
        ...common,
        type: field.type === "email" ? "email" : "text",
        value: text,
        maxlength: field.maxLength,
      });
  }
}

/** @param {HTMLOptionElement} option */
function selected(option) {
  option.selected = true;
  return option;
}

/** @param {Field} field @param {HTMLElement} control @returns {unknown} */
function inputOf(field, control) {
  if (field.type === "checks") {
    const boxes = [...control.querySelectorAll("input")];
    return boxes.filter((box) => box.checked).map((box) => box.value);
  }
  const text = /** @type {HTMLInputElement} */ (control).value;
  if (field.type === "json") return metadataOf(field, text);
  if (text.trim() === "") return null;
  if (field.type === "number") return Number(text);
  if (field.type !== "time") return text;
  const time = fromInput(text);
  if (time === null) throw new InvalidField(field, t.form.invalidTime);
  return time.toISOString();
}

/** @param {Field} field @param {string} text */
function metadataOf(field, text) {
  if (text.trim() === "") return {};
  try {
    const value = parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // The error below says what is expected.
  }
  throw new InvalidField(field, t.hints.metadataObject);
}

/** @param {Values} values @param {string} name @returns {unknown} */
export function valueAt(values, name) {
  /** @type {any} */
  let value = values;
  for (const part of name.split(".")) value = value?.[part];
  return value ?? null;
}

/** @param {Values} values @param {string} name @param {unknown} value */
function put(values, name, value) {
  const [outer, inner] = name.split(".");
  if (inner === undefined) values[outer] = value;
  else values[outer] = { .../** @type {Values} */ (values[outer] ?? {}), [inner]: value };
}
