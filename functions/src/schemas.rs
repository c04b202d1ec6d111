//! Schemas that several endpoints share and no type has.

use berth_shared::http::ledger_party;
use schemars::{Schema, SchemaGenerator, json_schema};

/// Text to search names for.
pub(crate) fn search(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 })
}

/// The answer to a deletion.
pub(crate) fn success(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["success"],
        "properties": { "success": { "const": true } },
    })
}

/// Ids of parties on the ledger.
pub(crate) fn ledger_parties(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": ledger_party(generator) })
}

/// What ids of parties on the ledger begin with.
pub(crate) fn ledger_prefix(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9:_ -]{0,185}$" })
}

/// What the id of an identity provider looks like.
const LEDGER_PROVIDER: &str = "^[A-Za-z0-9#:_/ -]{0,255}$";

/// The id of an identity provider on the ledger; empty where none is named.
pub(crate) fn ledger_provider(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": LEDGER_PROVIDER })
}

/// The same in a body, where it may be null, too.
pub(crate) fn ledger_provider_sent(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "pattern": LEDGER_PROVIDER })
}
