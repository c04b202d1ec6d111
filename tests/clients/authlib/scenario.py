"""Obtains, uses, introspects and revokes an access token with Authlib, a published OAuth 2.0 client."""

import os

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

URL = os.environ["BERTH_URL"]
OPERATOR = {"Authorization": f"Bearer {os.environ['BERTH_KEY']}"}


def post(path: str, body: dict) -> dict:
    """Sends a request with the platform key."""
    response = requests.post(URL + path, json=body, headers=OPERATOR, timeout=10)
    assert response.status_code == 201, response.text
    return response.json()


organization = post("/v1/organizations", {"name": "Client authlib"})["id"]
client = post(
    f"/v1/organizations/{organization}/machine-clients",
    {"name": "Authlib", "scopes": ["docks:read", "docks:write"]},
)
metadata = requests.get(URL + "/.well-known/oauth-authorization-server", timeout=10).json()
assert metadata["issuer"] == URL, metadata

for method in metadata["token_endpoint_auth_methods_supported"]:
    session = OAuth2Session(
        client["clientId"],
        client["clientSecret"],
        scope="docks:read",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )
    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "docks:read"), token
    docks = session.get(URL + "/v1/docks")
    assert docks.status_code == 200, docks.text

    introspected = session.introspect_token(metadata["introspection_endpoint"], token["access_token"])
    assert introspected.json()["active"] is True, introspected.text
    assert introspected.json()["sub"] == client["id"], introspected.text
    revoked = session.revoke_token(metadata["revocation_endpoint"], token["access_token"])
    assert revoked.status_code == 200, revoked.text
    introspected = session.introspect_token(metadata["introspection_endpoint"], token["access_token"])
    assert introspected.json() == {"active": False}, introspected.text
    assert session.get(URL + "/v1/docks").status_code == 401

wrong = OAuth2Session(client["clientId"], "dys_test_wrong")
try:
    wrong.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
except OAuthError as error:
    assert error.error == "invalid_client", error
else:
    raise AssertionError("a wrong secret is accepted")
