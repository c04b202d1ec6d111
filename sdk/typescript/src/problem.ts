import { type ApiError, classOfStatus, type ErrorBody, type ErrorContext, type FieldError } from "./errors.js";
import { classOfCode } from "./generated/errors.js";
import { retryAfterOf } from "./retry.js";

/** The error of a response whose status is not a success. */
export function errorOf(response: Response, text: string, context: ErrorContext): ApiError {
  const error = bodyOf(response, text);
  const Class = classOfCode(error.code) ?? classOfStatus(response.status);
  return new Class(response.status, error, context, retryAfterOf(response.headers.get("retry-after")));
}

/** Reads each of the API's forms: problems (RFC 9457), errors of the ledger and of OAuth, and plain text. */
function bodyOf(response: Response, text: string): ErrorBody {
  const title = response.statusText || `Status ${response.status}`;
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const body = parse(text);
  const members = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const detail = [members["detail"], members["cause"], members["error_description"]].find(isText);
  return {
    code: [members["code"], members["error"]].find(isText),
    title: isText(members["title"]) ? members["title"] : title,
    detail: detail ?? (typeof body === "string" && body !== "" ? body.slice(0, 1000) : title),
    errors: Array.isArray(members["errors"]) ? (members["errors"] as FieldError[]) : [],
    requestId: isText(members["requestId"]) ? members["requestId"] : requestId,
    conflictId: isText(members["conflictId"]) ? members["conflictId"] : null,
    body,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
