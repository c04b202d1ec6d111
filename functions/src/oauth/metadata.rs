//! `GET /.well-known/oauth-authorization-server`

use std::future::ready;

use berth_shared::{
    credentials::Scope,
    http::{Access, Endpoint, Handler},
    oauth::{OAuthHandler, OAuthRequest, OAuthResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{introspect, issue, revoke};

/// Methods by which machine clients authenticate.
const BASIC_OR_BODY: [&str; 2] = ["client_secret_basic", "client_secret_post"];

/// The endpoint get-oauth-metadata.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "get-oauth-metadata",
    "/.well-known/oauth-authorization-server",
    Access::Public,
    200,
    Handler::Other(&OAuthHandler(|request| Box::pin(ready(metadata(request))))),
)
.summary("Get the metadata of the authorization server")
.description("Returns the endpoints and the capabilities of the OAuth 2.0 authorization server (RFC 8414).")
.returns::<Metadata>();

/// Metadata of the authorization server.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuthorizationServerMetadata")]
struct Metadata {
    /// Issuer identifier: the URL of the service.
    issuer: String,
    /// URL of the endpoint that issues access tokens.
    token_endpoint: String,
    /// URL of the endpoint that introspects access tokens.
    introspection_endpoint: String,
    /// URL of the endpoint that revokes access tokens.
    revocation_endpoint: String,
    /// Supported grant types.
    grant_types_supported: [&'static str; 1],
    /// Supported response types of the authorization endpoint: none, because there is no such endpoint.
    response_types_supported: [&'static str; 0],
    /// Supported scopes.
    scopes_supported: Vec<&'static str>,
    /// Methods by which clients authenticate to obtain tokens.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// Methods by which clients authenticate to introspect tokens.
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    /// Methods by which clients authenticate to revoke tokens.
    revocation_endpoint_auth_methods_supported: [&'static str; 2],
}

fn metadata(request: &OAuthRequest) -> OAuthResult<Option<Value>> {
    let issuer = request.issuer();
    let url = |endpoint: &Endpoint| format!("{issuer}{}", endpoint.path);
    let metadata = Metadata {
        token_endpoint: url(&issue::ENDPOINT),
        introspection_endpoint: url(&introspect::ENDPOINT),
        revocation_endpoint: url(&revoke::ENDPOINT),
        grant_types_supported: [issue::GRANT_TYPE],
        response_types_supported: [],
        scopes_supported: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        token_endpoint_auth_methods_supported: BASIC_OR_BODY,
        introspection_endpoint_auth_methods_supported: BASIC_OR_BODY,
        revocation_endpoint_auth_methods_supported: BASIC_OR_BODY,
        issuer,
    };
    Ok(Some(serde_json::to_value(metadata).map_err(berth_shared::Error::internal)?))
}
