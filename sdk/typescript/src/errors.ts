import type { ErrorCode } from "./generated/errors.js";

/** One violation in a request: of a member of the body (`pointer`) or of a parameter or header (`parameter`). */
export interface FieldError {
  /** JSON Pointer to the value in the body; empty for the body itself. */
  pointer?: string;
  /** Name of the query parameter, path parameter or header. */
  parameter?: string;
  /** Violated requirement. */
  detail: string;
}

/** Facts about the request that failed. They never contain a credential. */
export interface ErrorContext {
  method: string;
  /** Path without the query. */
  path: string;
  /** Number of requests that were sent, at least 1. */
  attempts: number;
  /** Key that was sent as `Idempotency-Key`. To repeat the request safely later, send it again with this key. */
  idempotencyKey?: string | undefined;
}

/** Base class of every error that this client throws, except the reason of an aborted signal. */
export class BerthError extends Error {
  override name = "BerthError";
}

/** The client was configured or used wrongly. No request was sent. */
export class UsageError extends BerthError {
  override name = "UsageError";
}

/** Base class of the errors of a request. */
export class RequestError extends BerthError {
  override name = "RequestError";
  readonly method: string;
  readonly path: string;
  /** Number of requests that were sent, at least 1. */
  readonly attempts: number;
  /** Key that was sent as `Idempotency-Key`. To repeat the request safely later, send it again with this key. */
  readonly idempotencyKey: string | undefined;

  constructor(message: string, context: ErrorContext, options?: ErrorOptions) {
    super(message, options);
    this.method = context.method;
    this.path = context.path;
    this.attempts = context.attempts;
    this.idempotencyKey = context.idempotencyKey;
  }
}

/** No complete response arrived. Unless `notSent` is set, the request may have had its effect. */
export class ConnectionError extends RequestError {
  override name = "ConnectionError";
  /** Whether it is certain that the request did not reach the server. */
  readonly notSent: boolean;

  constructor(message: string, context: ErrorContext, options: ErrorOptions & { notSent?: boolean } = {}) {
    super(message, context, options);
    this.notSent = options.notSent ?? false;
  }
}

/** No complete response arrived within the time-out. The request may have had its effect. */
export class TimeoutError extends ConnectionError {
  override name = "TimeoutError";
}

/** Body of an error response, in the terms of `/v1`. */
export interface ErrorBody {
  code: ErrorCode | undefined;
  title: string;
  detail: string;
  errors: FieldError[];
  requestId: string | undefined;
  conflictId: string | null;
  /** The whole body, with members of single codes such as `counts`. */
  body: unknown;
}

/** The server responded with an error. Branch on the class or on `code`, not on the texts. */
export class ApiError extends RequestError {
  override name = "ApiError";
  /** HTTP status code. */
  readonly status: number;
  /** Machine-readable error code; `undefined` if the response has none. New codes may be added. */
  readonly code: ErrorCode | undefined;
  readonly title: string;
  readonly detail: string;
  /** Violations in the request, if validation failed. */
  readonly errors: readonly FieldError[];
  /** Identifier of the request. Quote it in support requests. */
  readonly requestId: string | undefined;
  /** Identifier of the conflicting resource, if the status is 409 and you can see it. */
  readonly conflictId: string | null;
  /** The whole body of the response. */
  readonly body: unknown;
  /** Time to wait before a retry, in milliseconds, if the server sent `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, error: ErrorBody, context: ErrorContext, retryAfterMs?: number) {
    const code = error.code === undefined ? "" : ` ${error.code}`;
    const request = error.requestId === undefined ? "" : `, request ${error.requestId}`;
    super(`${status}${code}: ${error.detail} (${context.method} ${context.path}${request})`, context);
    this.status = status;
    this.code = error.code;
    this.title = error.title;
    this.detail = error.detail;
    this.errors = error.errors;
    this.requestId = error.requestId;
    this.conflictId = error.conflictId;
    this.body = error.body;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Status 400: the request is invalid. */
export class BadRequestError extends ApiError {
  override name = "BadRequestError";
}

/** Status 401: the credential is missing, unknown, expired or revoked. */
export class AuthenticationError extends ApiError {
  override name = "AuthenticationError";
}

/** Status 403: the credential does not permit the request. */
export class PermissionError extends ApiError {
  override name = "PermissionError";
}

/** Status 404: the resource does not exist, or the credential cannot see it. */
export class NotFoundError extends ApiError {
  override name = "NotFoundError";
}

/** Status 409: the request conflicts with the current state. */
export class ConflictError extends ApiError {
  override name = "ConflictError";
}

/** Status 429: too many requests. */
export class RateLimitError extends ApiError {
  override name = "RateLimitError";
}

/** Status 5xx: the server failed. */
export class ServerError extends ApiError {
  override name = "ServerError";
}

/** The class for a status that has no class of its own code. */
export function classOfStatus(status: number): typeof ApiError {
  switch (status) {
    case 400:
      return BadRequestError;
    case 401:
      return AuthenticationError;
    case 403:
      return PermissionError;
    case 404:
      return NotFoundError;
    case 409:
      return ConflictError;
    case 429:
      return RateLimitError;
    default:
      return status >= 500 ? ServerError : ApiError;
  }
}
