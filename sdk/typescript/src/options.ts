import { UsageError } from "./errors.js";

/** A credential, or a function that returns the current one, for tokens that expire. */
export type ApiKey = string | (() => string | Promise<string>);

export interface BerthOptions {
  /** URL of the deployment, for example `https://api.example.com`. Default: the environment variable `BERTH_URL`. */
  baseUrl?: string;
  /** API key. Default: the environment variable `BERTH_API_KEY`. */
  apiKey?: ApiKey;
  /** Time for one request and its response, in milliseconds. A retry gets the same time again. Default: 30 000. */
  timeoutMs?: number;
  /** Number of retries after the first request. Default: 3. */
  maxRetries?: number;
  /** Send `Prefer: handling=strict`: the server rejects unknown members and parameters. Default: `false`. */
  strict?: boolean;
  /**
   * Receives an event for every request. `true` prints the events to the standard error. Credentials and bodies are in no
   * event. Default: whether the environment variable `BERTH_DEBUG` is `1`.
   */
  debug?: boolean | ((event: DebugEvent) => void);
  /** Sends a request, like the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** Options of every method. */
export interface RequestOptions {
  /** Aborts the request, its retries, and an iteration. The method then throws the signal's reason. */
  signal?: AbortSignal;
  /** Time for one request and its response, in milliseconds. Default: that of the client. */
  timeoutMs?: number;
  /** Number of retries after the first request. Default: that of the client. */
  maxRetries?: number;
  /** Identifier to send as `X-Request-Id`: 1 to 128 of `A-Za-z0-9._-`. Default: the server generates one. */
  requestId?: string;
  /** Whether the server rejects unknown members and parameters. Default: that of the client. */
  strict?: boolean;
}

export interface ReadOptions extends RequestOptions {
  /** Read the current state, where the server otherwise reads with eventual consistency. */
  fresh?: boolean;
}

export interface CreateOptions extends RequestOptions {
  /** Key of the operation, for 24 hours. Default: a new one for each operation, the same for its retries. */
  idempotencyKey?: string;
}

export interface WriteOptions extends RequestOptions {
  /** `ETag` of the version to change: `responseOf(resource)?.etag`. If the current version is another, the status is 412. */
  ifMatch?: string;
}

/** Outcome of one request. */
export interface DebugEvent {
  method: string;
  /** Path without the query. */
  path: string;
  /** Number of this attempt, from 1. */
  attempt: number;
  /** Headers of the request. The credential is replaced by `[redacted]`. */
  headers: Record<string, string>;
  durationMs: number;
  /** Status of the response, if one arrived. */
  status?: number;
  /** `X-Request-Id` of the response, if it has one. */
  requestId?: string;
  /** Why no complete response arrived. */
  failure?: string;
  /** Time until the next attempt, if there is one. */
  retryInMs?: number;
}

export interface Settings {
  baseUrl: string;
  apiKey: ApiKey | undefined;
  timeoutMs: number;
  maxRetries: number;
  strict: boolean;
  debug: ((event: DebugEvent) => void) | undefined;
  fetch: typeof globalThis.fetch;
}

/** The options with their defaults. Throws for values that cannot work. */
export function settingsOf(options: BerthOptions): Settings {
  const baseUrl = options.baseUrl ?? environment("BERTH_URL");
  if (baseUrl === undefined) throw new UsageError("set baseUrl, or the environment variable BERTH_URL");
  const apiKey = options.apiKey ?? environment("BERTH_API_KEY");
  if (typeof apiKey === "string") checkCredential(apiKey);
  const debug = options.debug ?? environment("BERTH_DEBUG") === "1";
  return {
    baseUrl: checkUrl(baseUrl),
    apiKey,
    timeoutMs: atLeast("timeoutMs", options.timeoutMs ?? 30_000, 1),
    maxRetries: atLeast("maxRetries", options.maxRetries ?? 3, 0),
    strict: options.strict ?? false,
    debug: typeof debug === "function" ? debug : debug ? print : undefined,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
  };
}

/** Returns a setting, unless it is less than its minimum. */
export function atLeast(name: string, value: number, minimum: number): number {
  if (!(value >= minimum)) throw new UsageError(`${name} must be at least ${minimum}`);
  return value;
}

/** Rejects what cannot be sent as a header. The message does not contain the credential. */
export function checkCredential(value: string): string {
  if (!/^[!-~]+$/.test(value)) {
    throw new UsageError("the API key must be visible ASCII characters without spaces and line breaks");
  }
  return value;
}

/** The URL without a slash at its end. Credentials do not belong in URLs. */
function checkUrl(value: string): string {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new UsageError("baseUrl must be an absolute URL");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new UsageError("baseUrl must be an http or https URL");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new UsageError("baseUrl must have no user, password, query or fragment");
  }
  return url.href.replace(/\/+$/, "");
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.[name];
  return value === "" ? undefined : value;
}

function print({ method, path, attempt, durationMs, status, requestId, failure, retryInMs }: DebugEvent): void {
  const outcome = failure ?? `${status}${requestId === undefined ? "" : `, request ${requestId}`}`;
  const retry = retryInMs === undefined ? "" : `, retry in ${retryInMs} ms`;
  console.error(`berth: ${method} ${path}: ${outcome} (attempt ${attempt}, ${durationMs} ms${retry})`);
}
