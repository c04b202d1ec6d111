/** JSON whose numbers keep the digits that were sent, as Berth stores them. */

/** @type {any} */
const json = JSON;

/** Whether the browser can keep the digits of numbers. */
export const KEEPS_DIGITS = typeof json.rawJSON === "function";

/**
 * Parses JSON. A number that JavaScript would write differently becomes a raw value with its digits.
 *
 * @param {string} text
 * @returns {any}
 */
export function parse(text) {
  if (!KEEPS_DIGITS) return JSON.parse(text);
  /** @type {(key: string, value: unknown, context: { source: string }) => unknown} */
  const exact = (_key, value, context) =>
    typeof value === "number" && String(value) !== context.source ? json.rawJSON(context.source) : value;
  return json.parse(text, exact);
}

/**
 * @param {unknown} value
 * @param {number} [indent]
 */
export const stringify = (value, indent) => JSON.stringify(value, null, indent);

/**
 * Returns whether two values have the same JSON text, whatever the order of members.
 *
 * @param {unknown} left
 * @param {unknown} right
 */
export const same = (left, right) => stringify(sorted(left)) === stringify(sorted(right));

/**
 * @param {any} value
 * @returns {unknown}
 */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object" || isRaw(value)) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** @param {unknown} value */
const isRaw = (value) => KEEPS_DIGITS && json.isRawJSON(value);

/**
 * Returns the merge patch of top-level members (RFC 7396) that turns one object into the other.
 *
 * @param {Record<string, unknown>} before
 * @param {Record<string, unknown>} after
 */
export function patchOf(before, after) {
  /** @type {[string, unknown][]} */
  const changes = [];
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) changes.push([name, null]);
  for (const [name, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, name) || !same(before[name], value)) changes.push([name, value]);
  }
  // `fromEntries` defines `__proto__` as a member, an assignment would not.
  return Object.fromEntries(changes);
}
