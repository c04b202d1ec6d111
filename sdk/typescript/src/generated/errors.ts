// Generated from openapi.json by .ci/sdk generate. Do not edit.

import { ApiError, AuthenticationError, BadRequestError, ConflictError, NotFoundError, PermissionError, ServerError } from "../errors.js";

/** Version of the API from which this client was generated. */
export const VERSION = "0.1.0";

/** Machine-readable error code. New codes may be added, and the ledger dialect has its own. */
export type ErrorCode =
  | "MALFORMED_BODY"
  | "VALIDATION_FAILED"
  | "DOMAIN_ALREADY_REGISTERED"
  | "UNAUTHORIZED"
  | "INSUFFICIENT_SCOPE"
  | "PLATFORM_KEY_REQUIRED"
  | "SCOPE_NOT_HELD"
  | "DOCK_BOUND_CREDENTIAL"
  | "PARTY_OF_ANOTHER_ORGANIZATION"
  | "DOCK_OF_ANOTHER_ORGANIZATION"
  | "ROUTE_NOT_FOUND"
  | "ORGANIZATION_NOT_FOUND"
  | "DOCK_NOT_FOUND"
  | "PARTY_NOT_FOUND"
  | "ROLE_NOT_FOUND"
  | "RECIPIENT_NOT_FOUND"
  | "GROUP_NOT_FOUND"
  | "API_KEY_NOT_FOUND"
  | "AUDIT_ENTRY_NOT_FOUND"
  | "MACHINE_CLIENT_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "ROLE_ALREADY_ASSIGNED"
  | "EMAIL_ALREADY_USED"
  | "GROUP_NAME_ALREADY_USED"
  | "TOO_MANY_MEMBERS"
  | "SLUG_ALREADY_TAKEN"
  | "SLUG_RESERVED"
  | "ORGANIZATION_NOT_EMPTY"
  | "DEFAULT_ORGANIZATION"
  | "DOCK_GONE"
  | "API_KEY_REVOKED"
  | "PRECONDITION_FAILED"
  | "BODY_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "IDEMPOTENCY_KEY_REUSED"
  | "INTERNAL_ERROR"
  | "STORE_UNAVAILABLE"
  | "REVOCATION_IN_PROGRESS"
  | "DELETION_IN_PROGRESS"
  | (string & {});

/** `DOMAIN_ALREADY_REGISTERED`, status 400. */
export class DomainAlreadyRegisteredError extends BadRequestError {
  override name = "DomainAlreadyRegisteredError";
}

/** `MALFORMED_BODY`, status 400. */
export class MalformedBodyError extends BadRequestError {
  override name = "MalformedBodyError";
}

/** `VALIDATION_FAILED`, status 400. */
export class ValidationFailedError extends BadRequestError {
  override name = "ValidationFailedError";
}

/** `UNAUTHORIZED`, status 401. */
export class UnauthorizedError extends AuthenticationError {
  override name = "UnauthorizedError";
}

/** `DOCK_BOUND_CREDENTIAL`, status 403. */
export class DockBoundCredentialError extends PermissionError {
  override name = "DockBoundCredentialError";
}

/** `DOCK_OF_ANOTHER_ORGANIZATION`, status 403. */
export class DockOfAnotherOrganizationError extends PermissionError {
  override name = "DockOfAnotherOrganizationError";
}

/** `INSUFFICIENT_SCOPE`, status 403. */
export class InsufficientScopeError extends PermissionError {
  override name = "InsufficientScopeError";
}

/** `PARTY_OF_ANOTHER_ORGANIZATION`, status 403. */
export class PartyOfAnotherOrganizationError extends PermissionError {
  override name = "PartyOfAnotherOrganizationError";
}

/** `PLATFORM_KEY_REQUIRED`, status 403. */
export class PlatformKeyRequiredError extends PermissionError {
  override name = "PlatformKeyRequiredError";
}

/** `SCOPE_NOT_HELD`, status 403. */
export class ScopeNotHeldError extends PermissionError {
  override name = "ScopeNotHeldError";
}

/** `API_KEY_NOT_FOUND`, status 404. */
export class ApiKeyNotFoundError extends NotFoundError {
  override name = "ApiKeyNotFoundError";
}

/** `AUDIT_ENTRY_NOT_FOUND`, status 404. */
export class AuditEntryNotFoundError extends NotFoundError {
  override name = "AuditEntryNotFoundError";
}

/** `DOCK_NOT_FOUND`, status 404. */
export class DockNotFoundError extends NotFoundError {
  override name = "DockNotFoundError";
}

/** `GROUP_NOT_FOUND`, status 404. */
export class GroupNotFoundError extends NotFoundError {
  override name = "GroupNotFoundError";
}

/** `MACHINE_CLIENT_NOT_FOUND`, status 404. */
export class MachineClientNotFoundError extends NotFoundError {
  override name = "MachineClientNotFoundError";
}

/** `ORGANIZATION_NOT_FOUND`, status 404. */
export class OrganizationNotFoundError extends NotFoundError {
  override name = "OrganizationNotFoundError";
}

/** `PARTY_NOT_FOUND`, status 404. */
export class PartyNotFoundError extends NotFoundError {
  override name = "PartyNotFoundError";
}

/** `RECIPIENT_NOT_FOUND`, status 404. */
export class RecipientNotFoundError extends NotFoundError {
  override name = "RecipientNotFoundError";
}

/** `ROLE_NOT_FOUND`, status 404. */
export class RoleNotFoundError extends NotFoundError {
  override name = "RoleNotFoundError";
}

/** `ROUTE_NOT_FOUND`, status 404. */
export class RouteNotFoundError extends NotFoundError {
  override name = "RouteNotFoundError";
}

/** `API_KEY_REVOKED`, status 409. */
export class ApiKeyRevokedError extends ConflictError {
  override name = "ApiKeyRevokedError";
}

/** `DEFAULT_ORGANIZATION`, status 409. */
export class DefaultOrganizationError extends ConflictError {
  override name = "DefaultOrganizationError";
}

/** `DOCK_GONE`, status 409. */
export class DockGoneError extends ConflictError {
  override name = "DockGoneError";
}

/** `EMAIL_ALREADY_USED`, status 409. */
export class EmailAlreadyUsedError extends ConflictError {
  override name = "EmailAlreadyUsedError";
}

/** `GROUP_NAME_ALREADY_USED`, status 409. */
export class GroupNameAlreadyUsedError extends ConflictError {
  override name = "GroupNameAlreadyUsedError";
}

/** `ORGANIZATION_NOT_EMPTY`, status 409. */
export class OrganizationNotEmptyError extends ConflictError {
  override name = "OrganizationNotEmptyError";
}

/** `ROLE_ALREADY_ASSIGNED`, status 409. */
export class RoleAlreadyAssignedError extends ConflictError {
  override name = "RoleAlreadyAssignedError";
}

/** `SLUG_ALREADY_TAKEN`, status 409. */
export class SlugAlreadyTakenError extends ConflictError {
  override name = "SlugAlreadyTakenError";
}

/** `SLUG_RESERVED`, status 409. */
export class SlugReservedError extends ConflictError {
  override name = "SlugReservedError";
}

/** `TOO_MANY_MEMBERS`, status 409. */
export class TooManyMembersError extends ConflictError {
  override name = "TooManyMembersError";
}

/** `PRECONDITION_FAILED`, status 412. */
export class PreconditionFailedError extends ApiError {
  override name = "PreconditionFailedError";
}

/** `BODY_TOO_LARGE`, status 413. */
export class BodyTooLargeError extends ApiError {
  override name = "BodyTooLargeError";
}

/** `UNSUPPORTED_MEDIA_TYPE`, status 415. */
export class UnsupportedMediaTypeError extends ApiError {
  override name = "UnsupportedMediaTypeError";
}

/** `IDEMPOTENCY_KEY_REUSED`, status 422. */
export class IdempotencyKeyReusedError extends ApiError {
  override name = "IdempotencyKeyReusedError";
}

/** `INTERNAL_ERROR`, status 500. */
export class InternalError extends ServerError {
  override name = "InternalError";
}

/** `DELETION_IN_PROGRESS`, status 503. */
export class DeletionInProgressError extends ServerError {
  override name = "DeletionInProgressError";
}

/** `REVOCATION_IN_PROGRESS`, status 503. */
export class RevocationInProgressError extends ServerError {
  override name = "RevocationInProgressError";
}

/** `STORE_UNAVAILABLE`, status 503. */
export class StoreUnavailableError extends ServerError {
  override name = "StoreUnavailableError";
}

const CLASSES: Readonly<Record<string, typeof ApiError>> = {
  DOMAIN_ALREADY_REGISTERED: DomainAlreadyRegisteredError,
  MALFORMED_BODY: MalformedBodyError,
  VALIDATION_FAILED: ValidationFailedError,
  UNAUTHORIZED: UnauthorizedError,
  DOCK_BOUND_CREDENTIAL: DockBoundCredentialError,
  DOCK_OF_ANOTHER_ORGANIZATION: DockOfAnotherOrganizationError,
  INSUFFICIENT_SCOPE: InsufficientScopeError,
  PARTY_OF_ANOTHER_ORGANIZATION: PartyOfAnotherOrganizationError,
  PLATFORM_KEY_REQUIRED: PlatformKeyRequiredError,
  SCOPE_NOT_HELD: ScopeNotHeldError,
  API_KEY_NOT_FOUND: ApiKeyNotFoundError,
  AUDIT_ENTRY_NOT_FOUND: AuditEntryNotFoundError,
  DOCK_NOT_FOUND: DockNotFoundError,
  GROUP_NOT_FOUND: GroupNotFoundError,
  MACHINE_CLIENT_NOT_FOUND: MachineClientNotFoundError,
  ORGANIZATION_NOT_FOUND: OrganizationNotFoundError,
  PARTY_NOT_FOUND: PartyNotFoundError,
  RECIPIENT_NOT_FOUND: RecipientNotFoundError,
  ROLE_NOT_FOUND: RoleNotFoundError,
  ROUTE_NOT_FOUND: RouteNotFoundError,
  API_KEY_REVOKED: ApiKeyRevokedError,
  DEFAULT_ORGANIZATION: DefaultOrganizationError,
  DOCK_GONE: DockGoneError,
  EMAIL_ALREADY_USED: EmailAlreadyUsedError,
  GROUP_NAME_ALREADY_USED: GroupNameAlreadyUsedError,
  ORGANIZATION_NOT_EMPTY: OrganizationNotEmptyError,
  ROLE_ALREADY_ASSIGNED: RoleAlreadyAssignedError,
  SLUG_ALREADY_TAKEN: SlugAlreadyTakenError,
  SLUG_RESERVED: SlugReservedError,
  TOO_MANY_MEMBERS: TooManyMembersError,
  PRECONDITION_FAILED: PreconditionFailedError,
  BODY_TOO_LARGE: BodyTooLargeError,
  UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaTypeError,
  IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReusedError,
  INTERNAL_ERROR: InternalError,
  DELETION_IN_PROGRESS: DeletionInProgressError,
  REVOCATION_IN_PROGRESS: RevocationInProgressError,
  STORE_UNAVAILABLE: StoreUnavailableError,
};

export function classOfCode(code: string | undefined): typeof ApiError | undefined {
  return code !== undefined && Object.hasOwn(CLASSES, code) ? CLASSES[code] : undefined;
}
