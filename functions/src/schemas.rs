//! Schemas that several endpoints share and no type has.

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
