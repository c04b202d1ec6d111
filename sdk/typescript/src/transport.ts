import { BerthError, ConnectionError, type ErrorContext, RequestError, TimeoutError, UsageError } from "./errors.js";
import { VERSION } from "./generated/errors.js";
import { atLeast, checkCredential, type DebugEvent, type RequestOptions, type Settings } from "./options.js";
import { errorOf } from "./problem.js";
import { hideFromOutput, remember } from "./response.js";
import { delayOf, type Repeat, retryable, sleep } from "./retry.js";

/** One request, as the contract describes it. */
export interface Operation {
  method: string;
  path: string;
  /** Values for the query. Those that are `undefined` are not sent. */
  query?: object | undefined;
  body?: unknown;
  repeat: Repeat;
  /** Whether the request is sent without a credential. */
  public?: boolean;
  /** Whether the request accepts `Prefer`. */
  prefer?: boolean;
  /** Whether the response is text, not JSON. */
  text?: boolean;
  /** Members of the response that are credentials. */
  secrets?: readonly string[];
}

/** Options of all kinds of methods. */
export type AnyOptions = RequestOptions & { fresh?: boolean; idempotencyKey?: string; ifMatch?: string };

/** Sends requests, and repeats those that can be repeated. */
export class Transport {
  // Private fields are in no output of objects.
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async send<T>(operation: Operation, options: AnyOptions = {}): Promise<T> {
    const { method, path } = operation;
    const key =
      operation.repeat === "with-key" ? (options.idempotencyKey ?? globalThis.crypto.randomUUID()) : undefined;
    // If its response is lost, a conditional write cannot distinguish its own change from another one.
    const repeatable = operation.repeat !== "never" && options.ifMatch === undefined;
    const retries = atLeast("maxRetries", options.maxRetries ?? this.#settings.maxRetries, 0);
    const headers = await this.#headers(operation, options, key);
    const url = this.#settings.baseUrl + path + queryOf(operation.query);
    for (let attempt = 1; ; attempt += 1) {
      options.signal?.throwIfAborted();
      const context = { method, path, attempts: attempt, idempotencyKey: key };
      const event: DebugEvent = { method, path, attempt, headers: redacted(headers), durationMs: 0 };
      const started = performance.now();
      try {
        return await this.#attempt<T>(url, headers, operation, options, context, event);
      } catch (failure) {
        event.durationMs = Math.round(performance.now() - started);
        if (attempt > retries || !retryable(failure, repeatable)) throw failure;
        event.retryInMs = delayOf(failure, attempt);
      } finally {
        event.durationMs ||= Math.round(performance.now() - started);
        this.#settings.debug?.(event);
      }
      await sleep(event.retryInMs, options.signal);
      // A token may have expired during the pause.
      if (typeof this.#settings.apiKey === "function") Object.assign(headers, await this.#credential(operation));
    }
  }

  async #attempt<T>(
    url: string,
    headers: Record<string, string>,
    operation: Operation,
    options: AnyOptions,
    context: ErrorContext,
    event: DebugEvent,
  ): Promise<T> {
    const timeoutMs = atLeast("timeoutMs", options.timeoutMs ?? this.#settings.timeoutMs, 1);
    const timeout = new AbortController();
    const abort = () => timeout.abort();
    const timer = setTimeout(abort, timeoutMs);
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      const body = operation.body === undefined ? {} : { body: JSON.stringify(operation.body) };
      const init = { method: operation.method, headers, signal: timeout.signal, redirect: "manual" as const, ...body };
      const response = await this.#settings.fetch(url, init);
      event.status = response.status;
      const requestId = response.headers.get("x-request-id");
      if (requestId !== null) event.requestId = requestId;
      const text = await response.text();
      if (!response.ok) throw errorOf(response, text, context);
      const result = operation.text ? text : parse(text, context);
      remember(result, response, context.attempts);
      hideFromOutput(result, operation.secrets ?? []);
      return result as T;
    } catch (failure) {
      options.signal?.throwIfAborted();
      const error = timeout.signal.aborted ? timeoutError(timeoutMs, context) : connectionError(failure, context);
      if (error instanceof ConnectionError) event.failure = error.message;
      throw error;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    }
  }

  async #headers(operation: Operation, options: AnyOptions, key: string | undefined): Promise<Record<string, string>> {
    const headers: Record<string, string> = { accept: "application/json", "user-agent": `berth-typescript/${VERSION}` };
    if (operation.text) headers["accept"] = "*/*";
    if (operation.body !== undefined) headers["content-type"] = "application/json";
    if (key !== undefined) headers["idempotency-key"] = key;
    if (options.ifMatch !== undefined) headers["if-match"] = options.ifMatch;
    if (options.fresh) headers["cache-control"] = "no-cache";
    if (options.requestId !== undefined) headers["x-request-id"] = options.requestId;
    if (operation.prefer && (options.strict ?? this.#settings.strict)) headers["prefer"] = "handling=strict";
    for (const [name, value] of Object.entries(headers)) {
      if (!/^[ -~]+$/.test(value)) throw new UsageError(`the header ${name} must be visible ASCII characters`);
    }
    return Object.assign(headers, await this.#credential(operation));
  }

  async #credential(operation: Operation): Promise<Record<string, string>> {
    if (operation.public) return {};
    const { apiKey } = this.#settings;
    const credential = typeof apiKey === "function" ? checkCredential(await apiKey()) : apiKey;
    if (credential === undefined) throw new UsageError("set apiKey, or the environment variable BERTH_API_KEY");
    return { authorization: `Bearer ${credential}` };
  }
}

function redacted(headers: Record<string, string>): Record<string, string> {
  return "authorization" in headers ? { ...headers, authorization: "Bearer [redacted]" } : { ...headers };
}

/** A parameter with several values is repeated. */
function queryOf(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function parse(text: string, context: ErrorContext): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ConnectionError(`${context.method} ${context.path}: the response is not JSON`, context);
  }
}

function timeoutError(timeoutMs: number, context: ErrorContext): TimeoutError {
  return new TimeoutError(`${context.method} ${context.path}: no complete response within ${timeoutMs} ms`, context);
}

/** Errors with which the connection was not established. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function connectionError(failure: unknown, context: ErrorContext): Error {
  if (failure instanceof RequestError || failure instanceof BerthError) return failure;
  const code = codeOf(failure);
  const message = `${context.method} ${context.path}: no complete response${code === undefined ? "" : ` (${code})`}`;
  return new ConnectionError(message, context, { cause: failure, notSent: code !== undefined && NOT_SENT.has(code) });
}

/** The code of the operating system's error. `fetch` has it in the cause of its own error. */
function codeOf(failure: unknown): string | undefined {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code;
    if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  }
  return undefined;
}
