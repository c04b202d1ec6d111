//! Authentication in the ledger dialect: an API key or a signed token.

use lambda_http::http::{HeaderMap, header};

use super::{Decoding, LedgerError, LedgerFailure, LedgerRequest, LedgerResult, User};
use crate::{
    domain::credentials::Scope,
    http::{AuthFailure, TokenVerifier, VerifiedUser, boundary, log_caller},
    store::Actor,
};

/// Authenticates the request.
///
/// # Errors
/// 400 for an empty bearer token, 401 without a valid credential, 403 for a key without a ledger scope.
pub(super) async fn authenticate(request: &LedgerRequest) -> LedgerResult<User> {
    let Some(token) = token(request.raw.headers())? else {
        tracing::info!(reason = "no bearer token", "credential rejected");
        return Err(LedgerError::unauthenticated().into());
    };
    match request.service.tokens() {
        // API keys contain no dots, and a signed token contains two.
        Some(tokens) if token.contains('.') => by_token(request, tokens, token).await,
        _ => by_key(request, token).await,
    }
}

/// Returns the bearer token of `Authorization`, or that of the WebSocket protocol. Another scheme is ignored.
fn token(headers: &HeaderMap) -> LedgerResult<Option<&str>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let authorization = text(header::AUTHORIZATION).unwrap_or_default();
    let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        let token = token.trim();
        if token.is_empty() {
            return Err(Decoding { input: "header Authorization".to_owned(), reason: None }.into());
        }
        return Ok(Some(token));
    }
    Ok(text(header::SEC_WEBSOCKET_PROTOCOL).and_then(|protocol| protocol.strip_prefix("jwt.token.")))
}

async fn by_token(request: &LedgerRequest, tokens: &TokenVerifier, token: &str) -> LedgerResult<User> {
    let participant = request.deployment().await?.namespace.participant();
    let verified = tokens.verify(token, &participant, request.store.deadline()).await;
    let VerifiedUser { id, user } = verified.map_err(|failure| {
        tracing::info!(reason = %failure, "credential rejected");
        failure
    })?;
    log_caller(None, user.owner);
    let actor = Actor { kind: "ledger_user".to_owned(), id: id.clone() };
    Ok(User { id, owner: user.owner, is_admin: user.is_admin, reads_any_party: user.is_admin, actor })
}

async fn by_key(request: &LedgerRequest, token: &str) -> LedgerResult<User> {
    let keys = request.service.verifier();
    let address = boundary::source_address(&request.raw);
    let verified = keys.verify_credential(&request.store, token, address, request.now).await;
    let principal = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => LedgerFailure::Berth(error),
        reason => {
            tracing::info!(%reason, "credential rejected");
            LedgerError::unauthenticated().into()
        }
    })?;
    keys.record_use(&request.store, principal.id, request.now).await;
    log_caller(Some(principal.id), principal.owner);
    if principal.dock.is_some() {
        return Err(LedgerError::permission_denied("the key is bound to a dock").into());
    }
    let is_admin = principal.scopes.contains(Scope::LedgerAdmin);
    if !is_admin && !principal.scopes.contains(Scope::LedgerRead) {
        return Err(LedgerError::permission_denied("the key has no ledger scope").into());
    }
    let id = principal.id.to_string();
    let actor = Actor::from(principal.id);
    Ok(User { id, owner: principal.owner, is_admin, reads_any_party: true, actor })
}
