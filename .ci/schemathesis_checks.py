"""Check that requests that match the schemas of openapi.json are accepted: docs/fuzzing.md

Schemathesis requires that data that matches the schemas is accepted (not rejected with 400, 412 or 422). This check requires
the same, except for errors that depend on stored data or on several values. Each exception is as narrow as the response
allows: operation, status, code, and the parameters or members of the error. Other checks verify that errors are documented.
"""

import re

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

LEDGER = {"allocate-ledger-party", "update-ledger-party", "list-ledger-parties", "get-ledger-party", "connected-synchronizers"}


def operation_of(case):
    """Return the name of the endpoint: get-party for the operation getParty."""
    return re.sub(r"[A-Z]", lambda letter: "-" + letter.group().lower(), case.operation.definition.raw.get("operationId", ""))


def locations(problem):
    """Return the parameters and members that an error response lists."""
    return {error.get("parameter") or error.get("pointer") for error in problem.get("errors", [])}


def invalid_headers(response, case):
    """Return the names of headers that Schemathesis sent as valid data although they do not match their pattern. It sends 0
    as If-Match if it combines optional headers."""
    sent, invalid = response.request.headers, set()
    for parameter in case.operation.definition.raw.get("parameters", []):
        values = sent.get(parameter["name"]) if parameter["in"] == "header" else None
        value = values[0] if isinstance(values, list) else values
        pattern = parameter.get("schema", {}).get("pattern")
        if pattern and value is not None and not re.search(pattern, value):
            invalid.add(parameter["name"])
    return invalid


def is_expected_error(response, case):
    """Return whether the error has a reason that no schema can express."""
    operation, method, status = operation_of(case), case.method.upper(), response.status_code
    problem = response.json()
    code = problem.get("code")
    if (status, code) == (400, "VALIDATION_FAILED"):
        # Unassigned characters, private-use characters beyond the basic plane, and names without a visible character.
        # Domains that IDNA rejects, or that are IP addresses. Slugs that begin with xn--.
        expected = {"/name", "/domain", "/customDomain", "/slug", "slug"} | invalid_headers(response, case)
        # Only a list returns valid values of both, which are signed. They are mutually exclusive.
        if operation.startswith("list-"):
            expected |= {"cursor", "anchor"}
        # The time must be in the future.
        if operation in {"create-api-key", "create-machine-client"}:
            expected |= {"/expiresAt"}
        # The text forms of addresses, which are more than the formats ipv4 and ipv6. The other is required with a platform key only.
        if operation == "create-audit-entry":
            expected |= {"/ipAddress", "/organizationId"}
        # The time must not be in the future.
        if operation in {"list-roles", "list-dock-parties", "list-organization-roles"}:
            expected |= {"asOf"}
        # Required with a platform key only.
        if operation == "create-dock":
            expected |= {"/organizationId"}
        # Networks in CIDR notation, for which JSON Schema has no format.
        failed = {location for location in locations(problem) if not (location or "").startswith("/allowedIps/")}
        if not failed and locations(problem):
            return operation in {"create-api-key", "create-machine-client"}
        return bool(failed) and failed <= expected
    # RFC 6749, section 3.2: a parameter without a value counts as omitted, and none may be repeated, also an unknown one.
    # The grant type is a plain string, because others can be added.
    if status == 400 and operation in {"issue-token", "introspect-token", "revoke-token"}:
        return problem.get("error") in {"invalid_request", "unsupported_grant_type", "invalid_scope"}
    # Another dock has the domain.
    if (status, code) == (400, "DOMAIN_ALREADY_REGISTERED"):
        return operation in {"create-dock", "update-dock"}
    # The version of the resource differs from the generated one.
    if (status, code) == (412, "PRECONDITION_FAILED"):
        return method in {"PATCH", "DELETE"} and "If-Match" in response.request.headers
    # An earlier generated request had the same key.
    if (status, code) == (422, "IDEMPOTENCY_KEY_REUSED"):
        return method == "POST" and "Idempotency-Key" in response.request.headers
    # The ledger dialect, whose documents declare plain strings where only some values are valid.
    return status == 400 and operation in LEDGER and code in {"INVALID_ARGUMENT", "INVALID_FIELD", "MISSING_FIELD"}


@schemathesis.check
def valid_data_is_accepted(ctx, response, case):
    try:
        return positive_data_acceptance(ctx, response, case)
    except AssertionError:
        if is_expected_error(response, case):
            return None
        raise
