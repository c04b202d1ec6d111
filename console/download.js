/** Files that the browser saves. */
import { stringify } from "./json.js";

/**
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @param {string} name @param {unknown} value */
export const saveJson = (name, value) => save(name, "application/json", `${stringify(value, 2)}\n`);

/**
 * Returns a field of a CSV file (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe.
 *
 * @param {unknown} value
 */
export function csvField(value) {
  const text = value === null || value === undefined ? "" : typeof value === "string" ? value : stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param {string} name
 * @param {string[]} head
 * @param {unknown[][]} rows
 */
export const saveCsv = (name, head, rows) =>
  save(name, "text/csv;charset=utf-8", [head, ...rows].map((row) => `${row.map(csvField).join(",")}\r\n`).join(""));
