//! Who calls in the ledger's dialect: by an API key of Berth, or by a signed token.

use lambda_http::http::{HeaderMap, header};

use super::{Decoding, LedgerError, LedgerFailure, LedgerRequest, LedgerResult, User};
use crate::{
    domain::credentials::Scope,
    http::{AuthFailure, TokenVerifier, VerifiedUser},
    store::Actor,
};

/// Who sent this request.
///
/// # Errors
/// 400 for an empty bearer token, 401 where nobody is known to request, 403 for one who has no part in the ledger.
pub(super) async fn authenticate(request: &LedgerRequest) -> LedgerResult<User> {
    let Some(token) = token(request.raw.headers())? else {
        tracing::info!(reason = "no bearer token", "token refused");
        return Err(LedgerError::unauthenticated().into());
    };
    match request.service.tokens() {
        // API keys have no dots, and the three parts of a signed token are divided by them.
        Some(tokens) if token.contains('.') => by_token(request, tokens, token).await,
        _ => by_key(request, token).await,
    }
}

/// What the caller shows: the bearer of `Authorization`, or that of a web socket's protocol. Another scheme is none.
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
    let proved = tokens.verify(token, &participant, request.store.deadline()).await;
    let VerifiedUser { id, user } = proved.map_err(|failure| {
        tracing::info!(reason = %failure, "token refused");
        failure
    })?;
    let actor = Actor { kind: "ledger_user".to_owned(), id: id.clone() };
    Ok(User { id, owner: user.owner, is_admin: user.is_admin, actor })
}

async fn by_key(request: &LedgerRequest, token: &str) -> LedgerResult<User> {
    let verified = request.service.verifier().verify_credential(&request.store, token, request.now).await;
    let (principal, is_first) = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => LedgerFailure::Berth(error),
        reason => {
            tracing::info!(%reason, "token refused");
            LedgerError::unauthenticated().into()
        }
    })?;
    if is_first && let Err(error) = request.store.mark_api_key_used(principal.key, request.now).await {
        tracing::warn!(%error, "the use of an API key was not marked");
    }
    let is_admin = principal.scopes.contains(Scope::LedgerAdmin);
    if !is_admin && !principal.scopes.contains(Scope::LedgerRead) {
        return Err(LedgerError::permission_denied("the key has no scope of the ledger").into());
    }
    let id = principal.key.to_string();
    let actor = Actor { kind: "api_key".to_owned(), id: id.clone() };
    Ok(User { id, owner: principal.owner, is_admin, actor })
}
