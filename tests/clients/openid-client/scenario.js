// Obtains, uses, introspects and revokes an access token with openid-client, a published OAuth 2.0 client.

import assert from "node:assert/strict";
import * as oauth from "openid-client";

const url = process.env.BERTH_URL;

/** Sends a request with the platform key. */
async function post(path, body) {
    const headers = { authorization: `Bearer ${process.env.BERTH_KEY}`, "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(response.status, 201, await response.clone().text());
    return response.json();
}

const organization = await post("/v1/organizations", { name: "Client openid-client" });
const client = await post(`/v1/organizations/${organization.id}/machine-clients`, {
    name: "openid-client",
    scopes: ["docks:read", "docks:write"],
});

for (const authentication of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
    const config = await oauth.discovery(
        new URL(url),
        client.clientId,
        undefined,
        authentication(client.clientSecret),
        { algorithm: "oauth2", execute: [oauth.allowInsecureRequests] },
    );
    const token = await oauth.clientCredentialsGrant(config, { scope: "docks:read" });
    assert.equal(token.token_type, "bearer");
    assert.equal(token.scope, "docks:read");
    const use = () => oauth.fetchProtectedResource(config, token.access_token, new URL(`${url}/v1/docks`), "GET");
    assert.equal((await use()).status, 200);

    const introspected = await oauth.tokenIntrospection(config, token.access_token);
    assert.equal(introspected.active, true);
    assert.equal(introspected.client_id, client.clientId);
    await oauth.tokenRevocation(config, token.access_token);
    assert.deepEqual(await oauth.tokenIntrospection(config, token.access_token), { active: false });
    await assert.rejects(use, (error) => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401);
}

const wrong = new oauth.Configuration(
    { issuer: url, token_endpoint: `${url}/v1/oauth/token` },
    client.clientId,
    undefined,
    oauth.ClientSecretBasic("dys_test_wrong"),
);
oauth.allowInsecureRequests(wrong);
await assert.rejects(oauth.clientCredentialsGrant(wrong), (error) => error.error === "invalid_client" || error.status === 401);
