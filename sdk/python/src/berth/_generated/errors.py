# Generated from openapi.json by .ci/sdk generate. Do not edit.
"""The classes of the error codes."""

from .._errors import ApiError, AuthenticationError, BadRequestError, ConflictError, NotFoundError, PermissionDeniedError, ServerError

VERSION = "0.1.0"
"""Version of the API from which this client was generated."""


class DomainAlreadyRegisteredError(BadRequestError):
    """`DOMAIN_ALREADY_REGISTERED`, status 400."""


class MalformedBodyError(BadRequestError):
    """`MALFORMED_BODY`, status 400."""


class ValidationFailedError(BadRequestError):
    """`VALIDATION_FAILED`, status 400."""


class UnauthorizedError(AuthenticationError):
    """`UNAUTHORIZED`, status 401."""


class DockBoundCredentialError(PermissionDeniedError):
    """`DOCK_BOUND_CREDENTIAL`, status 403."""


class DockOfAnotherOrganizationError(PermissionDeniedError):
    """`DOCK_OF_ANOTHER_ORGANIZATION`, status 403."""


class InsufficientScopeError(PermissionDeniedError):
    """`INSUFFICIENT_SCOPE`, status 403."""


class PartyOfAnotherOrganizationError(PermissionDeniedError):
    """`PARTY_OF_ANOTHER_ORGANIZATION`, status 403."""


class PlatformKeyRequiredError(PermissionDeniedError):
    """`PLATFORM_KEY_REQUIRED`, status 403."""


class ScopeNotHeldError(PermissionDeniedError):
    """`SCOPE_NOT_HELD`, status 403."""


class ApiKeyNotFoundError(NotFoundError):
    """`API_KEY_NOT_FOUND`, status 404."""


class AuditEntryNotFoundError(NotFoundError):
    """`AUDIT_ENTRY_NOT_FOUND`, status 404."""


class DockNotFoundError(NotFoundError):
    """`DOCK_NOT_FOUND`, status 404."""


class GroupNotFoundError(NotFoundError):
    """`GROUP_NOT_FOUND`, status 404."""


class MachineClientNotFoundError(NotFoundError):
    """`MACHINE_CLIENT_NOT_FOUND`, status 404."""


class OrganizationNotFoundError(NotFoundError):
    """`ORGANIZATION_NOT_FOUND`, status 404."""


class PartyNotFoundError(NotFoundError):
    """`PARTY_NOT_FOUND`, status 404."""


class RecipientNotFoundError(NotFoundError):
    """`RECIPIENT_NOT_FOUND`, status 404."""


class RoleNotFoundError(NotFoundError):
    """`ROLE_NOT_FOUND`, status 404."""


class RouteNotFoundError(NotFoundError):
    """`ROUTE_NOT_FOUND`, status 404."""


class ApiKeyRevokedError(ConflictError):
    """`API_KEY_REVOKED`, status 409."""


class DefaultOrganizationError(ConflictError):
    """`DEFAULT_ORGANIZATION`, status 409."""


class DockGoneError(ConflictError):
    """`DOCK_GONE`, status 409."""


class EmailAlreadyUsedError(ConflictError):
    """`EMAIL_ALREADY_USED`, status 409."""


class GroupNameAlreadyUsedError(ConflictError):
    """`GROUP_NAME_ALREADY_USED`, status 409."""


class OrganizationNotEmptyError(ConflictError):
    """`ORGANIZATION_NOT_EMPTY`, status 409."""


class RoleAlreadyAssignedError(ConflictError):
    """`ROLE_ALREADY_ASSIGNED`, status 409."""


class SlugAlreadyTakenError(ConflictError):
    """`SLUG_ALREADY_TAKEN`, status 409."""


class SlugReservedError(ConflictError):
    """`SLUG_RESERVED`, status 409."""


class TooManyMembersError(ConflictError):
    """`TOO_MANY_MEMBERS`, status 409."""


class PreconditionFailedError(ApiError):
    """`PRECONDITION_FAILED`, status 412."""


class BodyTooLargeError(ApiError):
    """`BODY_TOO_LARGE`, status 413."""


class UnsupportedMediaTypeError(ApiError):
    """`UNSUPPORTED_MEDIA_TYPE`, status 415."""


class IdempotencyKeyReusedError(ApiError):
    """`IDEMPOTENCY_KEY_REUSED`, status 422."""


class InternalError(ServerError):
    """`INTERNAL_ERROR`, status 500."""


class DeletionInProgressError(ServerError):
    """`DELETION_IN_PROGRESS`, status 503."""


class RevocationInProgressError(ServerError):
    """`REVOCATION_IN_PROGRESS`, status 503."""


class StoreUnavailableError(ServerError):
    """`STORE_UNAVAILABLE`, status 503."""


CLASSES: dict[str, type[ApiError]] = {
    "DOMAIN_ALREADY_REGISTERED": DomainAlreadyRegisteredError,
    "MALFORMED_BODY": MalformedBodyError,
    "VALIDATION_FAILED": ValidationFailedError,
    "UNAUTHORIZED": UnauthorizedError,
    "DOCK_BOUND_CREDENTIAL": DockBoundCredentialError,
    "DOCK_OF_ANOTHER_ORGANIZATION": DockOfAnotherOrganizationError,
    "INSUFFICIENT_SCOPE": InsufficientScopeError,
    "PARTY_OF_ANOTHER_ORGANIZATION": PartyOfAnotherOrganizationError,
    "PLATFORM_KEY_REQUIRED": PlatformKeyRequiredError,
    "SCOPE_NOT_HELD": ScopeNotHeldError,
    "API_KEY_NOT_FOUND": ApiKeyNotFoundError,
    "AUDIT_ENTRY_NOT_FOUND": AuditEntryNotFoundError,
    "DOCK_NOT_FOUND": DockNotFoundError,
    "GROUP_NOT_FOUND": GroupNotFoundError,
    "MACHINE_CLIENT_NOT_FOUND": MachineClientNotFoundError,
    "ORGANIZATION_NOT_FOUND": OrganizationNotFoundError,
    "PARTY_NOT_FOUND": PartyNotFoundError,
    "RECIPIENT_NOT_FOUND": RecipientNotFoundError,
    "ROLE_NOT_FOUND": RoleNotFoundError,
    "ROUTE_NOT_FOUND": RouteNotFoundError,
    "API_KEY_REVOKED": ApiKeyRevokedError,
    "DEFAULT_ORGANIZATION": DefaultOrganizationError,
    "DOCK_GONE": DockGoneError,
    "EMAIL_ALREADY_USED": EmailAlreadyUsedError,
    "GROUP_NAME_ALREADY_USED": GroupNameAlreadyUsedError,
    "ORGANIZATION_NOT_EMPTY": OrganizationNotEmptyError,
    "ROLE_ALREADY_ASSIGNED": RoleAlreadyAssignedError,
    "SLUG_ALREADY_TAKEN": SlugAlreadyTakenError,
    "SLUG_RESERVED": SlugReservedError,
    "TOO_MANY_MEMBERS": TooManyMembersError,
    "PRECONDITION_FAILED": PreconditionFailedError,
    "BODY_TOO_LARGE": BodyTooLargeError,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaTypeError,
    "IDEMPOTENCY_KEY_REUSED": IdempotencyKeyReusedError,
    "INTERNAL_ERROR": InternalError,
    "DELETION_IN_PROGRESS": DeletionInProgressError,
    "REVOCATION_IN_PROGRESS": RevocationInProgressError,
    "STORE_UNAVAILABLE": StoreUnavailableError,
}

__all__ = [
    "DomainAlreadyRegisteredError",
    "MalformedBodyError",
    "ValidationFailedError",
    "UnauthorizedError",
    "DockBoundCredentialError",
    "DockOfAnotherOrganizationError",
    "InsufficientScopeError",
    "PartyOfAnotherOrganizationError",
    "PlatformKeyRequiredError",
    "ScopeNotHeldError",
    "ApiKeyNotFoundError",
    "AuditEntryNotFoundError",
    "DockNotFoundError",
    "GroupNotFoundError",
    "MachineClientNotFoundError",
    "OrganizationNotFoundError",
    "PartyNotFoundError",
    "RecipientNotFoundError",
    "RoleNotFoundError",
    "RouteNotFoundError",
    "ApiKeyRevokedError",
    "DefaultOrganizationError",
    "DockGoneError",
    "EmailAlreadyUsedError",
    "GroupNameAlreadyUsedError",
    "OrganizationNotEmptyError",
    "RoleAlreadyAssignedError",
    "SlugAlreadyTakenError",
    "SlugReservedError",
    "TooManyMembersError",
    "PreconditionFailedError",
    "BodyTooLargeError",
    "UnsupportedMediaTypeError",
    "IdempotencyKeyReusedError",
    "InternalError",
    "DeletionInProgressError",
    "RevocationInProgressError",
    "StoreUnavailableError",
]
