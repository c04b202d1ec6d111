/**
 * The template helper. It creates elements, and never parses markup: text becomes text nodes, and values become attributes.
 *
 *     h("a", { href: "#/keys", class: "link", onclick: open }, "Keys of ", name)
 */

/** @typedef {Node | string | number | null | undefined | false | Children} Child */
/** @typedef {{ [index: number]: Child } & Iterable<any>} Children */
/** @typedef {string | number | boolean | null | undefined} Value */
/** @typedef {(event: any) => void} Listener */
/** @typedef {{ [name: string]: Value | Listener | Record<string, Value> }} Properties */

/** Attributes that name a resource or a place to navigate to. */
const ADDRESSES = new Set(["href", "src", "action", "formaction", "data", "poster", "ping", "xlink:href"]);

/** Addresses that stay in this origin, and data that cannot run. */
const SAFE_ADDRESS = /^(?:#|\/(?!\/)|data:image\/(?:png|svg\+xml)[;,]|data:(?:text\/csv|application\/json)[;,])/;

/** Attributes that contain markup or code. No value is safe. */
const FORBIDDEN = new Set(["srcdoc", "style"]);

/** Elements that run or embed something. */
const FORBIDDEN_TAGS = new Set(["script", "style", "iframe", "object", "embed", "base", "meta", "link"]);

/**
 * Creates an HTML element with properties and children.
 *
 * A property is an attribute, except: `on…` with a function is a listener, `style` is an object of CSS properties, and
 * `value` and `checked` set the state of a form control. `true` is an empty attribute; `false`, `null` and `undefined` are
 * no attribute, except in `aria-…`, where booleans are text.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties | null} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties, ...children) {
  if (FORBIDDEN_TAGS.has(tag.toLowerCase())) throw new TypeError(`The element ${tag} is not allowed`);
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

/**
 * Sets a property of an element as `h` does.
 *
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Properties[string]} value
 */
export function set(element, name, value) {
  const lower = name.toLowerCase();
  if (typeof value === "function") {
    if (!lower.startsWith("on")) throw new TypeError(`${name} must not be a function`);
    element.addEventListener(lower.slice(2), value);
  } else if (value !== null && typeof value === "object") {
    if (name !== "style") throw new TypeError(`${name} must not be an object`);
    // Properties of the style object, which the content security policy allows.
    for (const [property, text] of Object.entries(value)) element.style.setProperty(property, String(text ?? ""));
  } else if (lower.startsWith("on") || FORBIDDEN.has(lower)) {
    throw new TypeError(`The attribute ${name} is not allowed`);
  } else if (name === "value" && "value" in element) {
    element.value = String(value ?? "");
  } else if (name === "checked" && element instanceof HTMLInputElement) {
    element.checked = Boolean(value);
  } else if (value === null || value === undefined || (value === false && !lower.startsWith("aria-"))) {
    element.removeAttribute(name);
  } else {
    const text = value === true && !lower.startsWith("aria-") ? "" : String(value);
    if (ADDRESSES.has(lower) && !SAFE_ADDRESS.test(text)) throw new TypeError(`The address in ${name} is not allowed`);
    element.setAttribute(name, text);
  }
}

/**
 * Appends children. Strings and numbers become text nodes; `null`, `undefined` and `false` are nothing.
 *
 * @param {Node} parent
 * @param {Child} child
 */
export function append(parent, child) {
  if (Array.isArray(child)) {
    for (const each of child) append(parent, each);
  } else if (child instanceof Node) {
    parent.appendChild(child);
  } else if (child !== null && child !== undefined && child !== false) {
    parent.appendChild(document.createTextNode(String(child)));
  }
}

/**
 * Replaces all children of an element.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function replace(element, ...children) {
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  element.replaceChildren(fragment);
}
