import { ApiError, ConnectionError } from "./errors.js";

/** When a request may be sent again. `with-key`: because it carries an `Idempotency-Key`. */
export type Repeat = "always" | "with-key" | "never";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;

/** A server that asks for a longer pause gets no retry: the caller decides. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** Returns whether the request can be sent again without a second effect, and whether that may help. */
export function retryable(failure: unknown, repeatable: boolean): boolean {
  if (failure instanceof ConnectionError) return repeatable || failure.notSent;
  if (!(failure instanceof ApiError)) return false;
  if ((failure.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS) return false;
  // The server has done nothing.
  if (failure.status === 429) return true;
  return repeatable && (failure.status === 408 || failure.status >= 500);
}

/** Full jitter: a random time below a bound that doubles with each attempt. `Retry-After` comes on top. */
export function delayOf(failure: unknown, attempt: number, first = FIRST_DELAY_MS, longest = LONGEST_DELAY_MS): number {
  const bound = Math.min(longest, first * 2 ** (attempt - 1));
  const retryAfter = failure instanceof ApiError ? (failure.retryAfterMs ?? 0) : 0;
  return Math.round(retryAfter + Math.random() * bound);
}

/** Milliseconds of a `Retry-After` header: seconds, or a date. */
export function retryAfterOf(value: string | null): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Waits. Throws the reason of the signal as soon as it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
