/** Facts about the response that a result came from. */
export interface ResponseInfo {
  status: number;
  /** Identifier of the request. */
  requestId: string | undefined;
  /** Version of the resource, for `ifMatch`. */
  etag: string | undefined;
  /** Path of the created resource. */
  location: string | undefined;
  /** Whether this is the recorded response to an earlier request with the same `Idempotency-Key`. */
  replayed: boolean;
  /** Number of requests that were sent, at least 1. */
  attempts: number;
}

const responses = new WeakMap<object, ResponseInfo>();

/** Returns facts about the response that an object came from: `ETag`, request id, status. */
export function responseOf(result: object): ResponseInfo | undefined {
  return responses.get(result);
}

export function remember(result: unknown, response: Response, attempts: number): void {
  if (typeof result !== "object" || result === null) return;
  responses.set(result, {
    status: response.status,
    requestId: response.headers.get("x-request-id") ?? undefined,
    etag: response.headers.get("etag") ?? undefined,
    location: response.headers.get("location") ?? undefined,
    replayed: response.headers.get("idempotency-replayed") === "true",
    attempts,
  });
}

/** Hides members from `console.log` and `util.inspect`. `JSON.stringify` still has them, so that you can store them. */
export function hideFromOutput(result: unknown, members: readonly string[]): void {
  if (typeof result !== "object" || result === null || members.length === 0) return;
  Object.defineProperty(result, Symbol.for("nodejs.util.inspect.custom"), {
    value: () => {
      const shown: Record<string, unknown> = { ...result };
      for (const member of members) if (typeof shown[member] === "string") shown[member] = "[redacted]";
      return shown;
    },
  });
}
