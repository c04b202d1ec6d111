//! `POST /v1/api-keys/{keyId}/rotate`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{ApiKey, Integer, object::Optional},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    operator,
    store::{Family, Rotation},
    time::Time,
};

use super::{
    find::{require_scopes, visible},
    view::{ApiKeyView, CreatedApiKeyView, tag},
};

/// Grace period of the previous secret, if the request names none, in seconds.
const DEFAULT_GRACE: u32 = 3600;

/// The endpoint rotate-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("rotate-api-key", "/v1/api-keys/{keyId}/rotate", Scope::ApiKeysWrite, |request| {
        Box::pin(handle(request))
    })
    .success(200)
    .summary("Rotate the secret of an API key")
    .description(
        "Replaces the secret of an API key. `key` in the response is the new credential and is shown only once. A \
         repetition of the request with the same `Idempotency-Key` returns `null` instead. The id, the scopes and \
         all other properties stay.\n\n\
         The previous credential is accepted for `graceSeconds` more, and never beyond the expiry of the key. A \
         second rotation in that time ends the first credential. A process that has just verified a credential may \
         accept it for up to 30 seconds after the rotation, if its grace period is shorter.\n\n\
         A key can rotate only keys whose scopes it holds itself. It can rotate itself.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Idempotency]),
        StoreAction::ConditionCheckItem.on(&[Family::ApiKeys, Family::MachineClients, Family::AccessTokens]),
        StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::CredentialUses]),
        StoreAction::UpdateItem.on(&[Family::ApiKeys]),
        StoreAction::PutItem.on(&[Family::PlatformAudit]),
    ])
    .optional_body::<RotateSecret>()
    .returns_resource::<CreatedApiKeyView>()
    .errors(&[Code::ScopeNotHeld, Code::ApiKeyRevoked])
    .request_example(r#"{"graceSeconds": 600}"#)
    .response_example(super::create::EXAMPLE);

berth_shared::object! {
    /// Rotation of a secret.
    pub(crate) struct RotateSecret {
        /// Time for which the previous secret stays valid, in seconds: 0 to 28800. The default, also for `null`, is 3600.
        grace_seconds: Optional<Integer<0, 28_800>>,
    }
}

impl RotateSecret {
    /// Returns the end of the grace period; `None` if the previous secret ends at once. It is at most `expires_at`.
    pub(crate) fn until(&self, expires_at: Option<Time>, now: Time) -> Option<Time> {
        let seconds = self.grace_seconds.map_or(DEFAULT_GRACE, |Integer(seconds)| seconds);
        let until = now.plus_millis(u64::from(seconds) * 1000);
        (seconds > 0).then(|| expires_at.map_or(until, |end| end.min(until)))
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let rotation: RotateSecret = request.body()?;
    let (id, caller, store) = (request.path("keyId")?, request.caller()?, request.store());
    loop {
        let (before, last_used_at) = visible(caller, store.api_key_to_change(id).await?, |(record, _)| &record.key)?;
        require_scopes(caller, &before.key, "rotate")?;
        if before.key.revoked_at.is_some() {
            request.require_not_replayed().await?;
            return Err(Error::conflict(Code::ApiKeyRevoked, "The API key is revoked", Some(id.to_string())));
        }
        let credential = operator::credential(before.key.environment, id.into())?;
        let until = rotation.until(before.key.expires_at, request.now());
        let secrets = before.secrets.rotated(&credential.digest(), until);
        let after = ApiKey { version: before.key.version + 1, ..before.key.clone() };
        let view = |key| CreatedApiKeyView::new(ApiKeyView::new(&after, last_used_at), key);
        let response = Response::new(&view(Some(credential.reveal().to_owned())))?
            .recorded_as(&view(None))?
            .with_etag(tag(&after, last_used_at));
        let write = request.write_with_response(&response)?;
        let rotated = Rotation { before: &before.key, after: &after, secrets: &secrets };
        if store.rotate_api_key(&rotated, caller.into(), &write).await? {
            request.service().verifier().forget(id.into());
            return Ok(response);
        }
    }
}
