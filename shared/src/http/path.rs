//! The table of path parameters, for the router, the OpenAPI document, the sample events and the tests.

use schemars::{Schema, SchemaGenerator, json_schema};

use crate::domain::{
    error::{Code, Error, Result},
    id::{self, Id, Kind},
    object::{SchemaOf, schema_of},
};

/// Path parameter.
#[derive(Debug, Clone, Copy)]
pub struct PathParameter {
    /// Name, as in the braces of a path.
    pub name: &'static str,
    /// Description in the OpenAPI document.
    pub description: &'static str,
    /// Schema of the values.
    pub schema: SchemaOf,
    /// Error code if the resource does not exist; `None` if the endpoint returns its own error.
    pub not_found: Option<Code>,
    /// Well-formed value for examples.
    pub sample: &'static str,
    /// Placeholder for the value in `events/`.
    pub placeholder: &'static str,
    check: Option<fn(&str) -> Result<()>>,
}

/// Every path parameter.
pub static PATH_PARAMETERS: &[PathParameter] = &[
    PathParameter::id::<id::Organization>("orgId", "Organization id.", "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "${ORG_ID}"),
    PathParameter::id::<id::Dock>("dockId", "Dock id.", "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "${DOCK_ID}"),
    PathParameter::id::<id::Party>("partyId", "Party id.", "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY", "${PARTY_ID}"),
    PathParameter::id::<id::Role>("roleId", "Role id.", "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "${ROLE_ID}"),
    PathParameter::id::<id::Recipient>(
        "recipientId",
        "Recipient id.",
        "rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC",
        "${RECIPIENT_ID}",
    ),
    PathParameter::id::<id::Group>("groupId", "Group id.", "grp_01HQ3S8J7B9Y1F3H02X5Y7A0CD", "${GROUP_ID}"),
    PathParameter::id::<id::ApiKey>("keyId", "API key id.", "key_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1", "${KEY_ID}"),
    PathParameter::text("entityType", "Type of the audited resource.", audited_type, "party", "party"),
    PathParameter::text(
        "entityId",
        "Identifier of the audited resource.",
        audited_id,
        "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
        "${PARTY_ID}",
    ),
    PathParameter::id::<id::MachineClient>(
        "machineClientId",
        "Machine client id.",
        "mc_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
        "${MACHINE_CLIENT_ID}",
    ),
    PathParameter::text(
        "assetVersion",
        "Version of the assets of the console, as in the page `/console`.",
        asset_version,
        "0123456789abcdef",
        "${ASSET_VERSION}",
    ),
    PathParameter::text("assetName", "Name of an asset of the console.", asset_name, "main.js", "${ASSET_NAME}"),
    PathParameter::text(
        "party",
        "Ledger party id: a hint, `::` and the namespace of the participant.",
        ledger_party,
        // A party created at /v1: its id and a namespace.
        "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY::12200000000000000000000000000000000000000000000000000000000000000000",
        "${LEDGER_PARTY}",
    ),
    PathParameter::text(
        "user-id",
        "Ledger user id: of an API key, or the subject of a signed token.",
        ledger_user,
        "key_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
        "${LEDGER_USER}",
    ),
];

impl PathParameter {
    const fn id<K: Kind>(
        name: &'static str,
        description: &'static str,
        sample: &'static str,
        placeholder: &'static str,
    ) -> Self {
        fn check<K: Kind>(text: &str) -> Result<()> {
            text.parse::<Id<K>>().map(drop).map_err(|_| Error::not_found::<K>())
        }
        let not_found = Some(K::NOT_FOUND);
        Self { name, description, schema: schema_of::<Id<K>>, not_found, sample, placeholder, check: Some(check::<K>) }
    }

    const fn text(
        name: &'static str,
        description: &'static str,
        schema: SchemaOf,
        sample: &'static str,
        placeholder: &'static str,
    ) -> Self {
        Self { name, description, schema, not_found: None, sample, placeholder, check: None }
    }

    /// Returns the parameter with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        PATH_PARAMETERS.iter().find(|parameter| parameter.name == name)
    }

    /// Checks the form of a value.
    ///
    /// # Errors
    /// [`PathParameter::not_found`] if an id is malformed, because no resource can have it.
    pub(super) fn check(&self, text: &str) -> Result<()> {
        self.check.map_or(Ok(()), |check| check(text))
    }
}

/// Schema of the type of an audited resource.
pub fn audited_type(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,63}$" })
}

/// Schema of the id of an audited resource or of an actor.
pub fn audited_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": 256, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" })
}

/// Schema of a ledger party id.
pub fn ledger_party(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9:_ -]{1,255}$" })
}

/// Schema of the version of the console's assets.
fn asset_version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[0-9a-f]{16}$" })
}

/// Schema of the name of an asset.
fn asset_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[a-z-]+\.(?:js|css|svg)$" })
}

/// Schema of a ledger user id.
pub fn ledger_user(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[A-Za-z0-9@^$.!`\-#+'~_|:()]{1,128}$" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_well_formed() {
        for parameter in PATH_PARAMETERS {
            assert!(parameter.check(parameter.sample).is_ok(), "{}", parameter.name);
        }
    }
}
