/** The client of the public API. The key stays in a variable of this module, and nowhere else. */
import { parse, stringify } from "./json.js";

/** @typedef {import("./api-types").components["schemas"]} Schemas */
/** @typedef {Schemas["Problem"]} Problem */
/** @typedef {"GET" | "POST" | "PATCH" | "PUT" | "DELETE"} Method */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Query */
/**
 * @typedef {object} ApiRequest
 * @property {Method} method
 * @property {string} path
 * @property {Query} [query]
 * @property {unknown} [body]
 * @property {string | null} [ifMatch]
 * @property {string} [idempotencyKey]
 * @property {AbortSignal} [signal]
 */
/**
 * @template T
 * @typedef {{ data: T, etag: string | null, requestId: string | null, status: number }} Result
 */
/** @typedef {{ request: ApiRequest, status: number | null, requestId: string | null, at: Date }} Sent */

/** @type {string | null} */
let key = null;

/** @type {Sent[]} */
export const changes = [];

/** Number of changes of which the console keeps the requests. */
const KEPT_CHANGES = 100;

/** @type {Set<() => void>} */
const listeners = new Set();

/** Runs `listener` after each change. @param {() => void} listener */
export const onChange = (listener) => void listeners.add(listener);

/** Runs when a response says that the key is not valid. @type {() => void} */
let onUnauthorized = () => {};

/** @param {() => void} action */
export const whenUnauthorized = (action) => {
  onUnauthorized = action;
};

/** @param {string | null} value */
export function setKey(value) {
  key = value;
  changes.length = 0;
}

export const isSignedIn = () => key !== null;

/** The part of the key that API responses show, too: prefix and 6 characters. */
export const keyStart = () => /^dk_[a-z]+_.{6}/.exec(key ?? "")?.[0] ?? "";

/** Error of a request: a problem that Berth returned, or no response at all. */
export class ApiError extends Error {
  /**
   * @param {Partial<Problem> & { title: string }} problem
   * @param {number} status
   * @param {string | null} requestId
   */
  constructor(problem, status, requestId) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.status = status;
    this.requestId = problem.requestId ?? requestId;
  }
}

/** @param {unknown} error */
export const isAborted = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {ApiRequest} request */
export function addressOf({ path, query }) {
  const members = Object.entries(query ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const text = new URLSearchParams(members.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/**
 * Sends a request.
 *
 * @template T
 * @param {ApiRequest} request
 * @returns {Promise<Result<T>>}
 */
export async function send(request) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (key !== null) headers.authorization = `Bearer ${key}`;
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (request.ifMatch) headers["if-match"] = request.ifMatch;
  if (request.idempotencyKey) headers["idempotency-key"] = request.idempotencyKey;
  const body = request.body === undefined ? undefined : stringify(request.body);
  /** @type {Sent} */
  const sent = { request, status: null, requestId: null, at: new Date() };
  try {
    const response = await fetch(addressOf(request), {
      method: request.method,
      headers,
      body,
      signal: request.signal,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
    sent.status = response.status;
    sent.requestId = response.headers.get("x-request-id");
    return await read(response);
  } catch (error) {
    if (isAborted(error) || error instanceof ApiError) throw error;
    throw new ApiError({ title: "No response" }, 0, null);
  } finally {
    if (request.method !== "GET") record(sent);
  }
}

/**
 * @template T
 * @param {Response} response
 * @returns {Promise<Result<T>>}
 */
async function read(response) {
  const requestId = response.headers.get("x-request-id");
  const text = await response.text();
  let data = null;
  try {
    data = text === "" ? null : parse(text);
  } catch {
    // Not from Berth: an error page of a proxy.
  }
  if (response.ok && data !== null) {
    return { data, etag: response.headers.get("etag"), requestId, status: response.status };
  }
  if (response.status === 401) onUnauthorized();
  const problem = data !== null && typeof data.title === "string" ? data : { title: `Status ${response.status}` };
  throw new ApiError(problem, response.status, requestId);
}

/** @param {Sent} sent */
function record(sent) {
  changes.unshift(sent);
  changes.length = Math.min(changes.length, KEPT_CHANGES);
  for (const listener of listeners) listener();
}

/**
 * @template T
 * @param {string} path
 * @param {Query} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Result<T>>}
 */
export const get = (path, query, signal) => send({ method: "GET", path, query, signal });

/** Path of an organization, a dock, a party, and so on, from its parts. @param {...string} parts */
export const pathOf = (...parts) => `/v1/${parts.map(encodeURIComponent).join("/")}`;
