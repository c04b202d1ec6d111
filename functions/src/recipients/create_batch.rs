//! `POST /v1/docks/{dockId}/recipients/batch`

use std::borrow::Cow;

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{
        FromJson, RecipientDraft, Violation,
        object::{Items, Required},
    },
    http::{Endpoint, Request, Response, StoreAction},
    json::Json,
    store::Family,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    items::{self, Item},
    view::RecipientView,
};
use crate::docks::find::locate;

/// Maximum number of recipients per request.
const MAX_RECIPIENTS: usize = 100;

/// The endpoint create-recipients-batch.
pub(crate) const ENDPOINT: Endpoint = Endpoint::post(
    "create-recipients-batch",
    "/v1/docks/{dockId}/recipients/batch",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.success(200)
.summary("Create recipients")
.description(
    "Creates 1 to 100 recipients. Each is created or rejected on its own, as by `POST …/recipients`, so one that is \
     rejected does not affect the others. Of two recipients with one e-mail address, the second is \
     rejected.\n\nWith an `Idempotency-Key`, a repetition of the request returns the recipients that were created \
     before, and tries the others again. If DynamoDB is unavailable meanwhile, the status is 503, and a repetition \
     creates the rest.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::BatchGetItem.on(&[Family::PartyPointers, Family::Idempotency]),
    StoreAction::UpdateItem.on(&[Family::Tenant, Family::DockRoles]),
    StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles, Family::Recipients, Family::RecipientPointers]),
    StoreAction::ConditionCheckItem.on(&[Family::DockRoles]),
])
.body::<CreateRecipients>()
.returns::<items::Results<RecipientView>>()
.request_example(
    r#"{"recipients": [{"name": "Jane Doe", "email": "jane.doe@example.com",
        "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY"}]}"#,
)
.response_example(
    r#"{
        "success": 1,
        "failed": 1,
        "errors": [{"index": 1, "code": "VALIDATION_FAILED", "message": "recipients.1.email must be an email",
            "errors": [{"pointer": "/recipients/1/email", "detail": "recipients.1.email must be an email"}]}],
        "recipients": [{
            "id": "rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC",
            "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
            "name": "Jane Doe",
            "email": "jane.doe@example.com",
            "stakeholderClass": null,
            "identifiers": {},
            "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
            "roleId": "dpr_01HQ3R7H6A8X0E2GZ1W4X6Z9BC",
            "createdAt": "2024-03-01T12:00:00.000Z",
            "updatedAt": "2024-03-01T12:00:00.000Z"
        }]
    }"#,
);

berth_shared::object! {
    /// Recipients to create.
    struct CreateRecipients {
        /// Recipients to create, 1 to 100.
        recipients: Required<Items<BatchItem, 1, MAX_RECIPIENTS>>,
    }
}

/// Recipient of a batch. An invalid one is rejected on its own.
#[derive(Debug, Clone)]
struct BatchItem(Result<RecipientDraft, Vec<Violation>>);

impl FromJson for BatchItem {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        Ok(Self(RecipientDraft::from_json(json)))
    }

    fn unknown(json: &Json) -> Vec<Violation> {
        RecipientDraft::unknown(json)
    }
}

impl JsonSchema for BatchItem {
    fn schema_name() -> Cow<'static, str> {
        RecipientDraft::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        RecipientDraft::json_schema(generator)
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let CreateRecipients { recipients: Items(recipients) } = request.body()?;
    let (organization, dock) = locate(request).await?;
    let item = |(index, BatchItem(draft)): (usize, BatchItem)| Item {
        index: index as u64,
        place: vec!["recipients".to_owned(), index.to_string()],
        draft,
    };
    let items = recipients.into_iter().enumerate().map(item).collect();
    items::create(request, organization, dock, items).await?.respond()
}
