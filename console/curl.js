/** The curl command of a request. The key is always the variable `$BERTH_API_KEY`. */
import { addressOf } from "./api.js";
import { stringify } from "./json.js";

/**
 * Returns a POSIX shell word with exactly this text.
 *
 * @param {string} text
 */
export const shellWord = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Characters that a terminal does not show as what they are. */
const UNSEEN =
  /[\u007f-\u00a0\u00ad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]/g;

/**
 * Returns JSON without invisible characters and bidirectional controls: escape sequences stand for them.
 *
 * @param {unknown} value
 */
export const visibleJson = (value) =>
  stringify(value).replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * @param {import("./api.js").ApiRequest} request
 * @param {string} [origin]
 */
export function curlOf(request, origin = location.origin) {
  const lines = [
    `curl -X ${request.method} ${shellWord(origin + addressOf(request))}`,
    `-H "Authorization: Bearer $BERTH_API_KEY"`,
  ];
  if (request.ifMatch) lines.push(`-H ${shellWord(`If-Match: ${request.ifMatch}`)}`);
  if (request.idempotencyKey) lines.push(`-H ${shellWord(`Idempotency-Key: ${request.idempotencyKey}`)}`);
  if (request.body !== undefined)
    lines.push(`-H 'Content-Type: application/json'`, `-d ${shellWord(visibleJson(request.body))}`);
  return lines.join(" \\\n  ");
}
