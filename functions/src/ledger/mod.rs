//! Endpoints of the ledger dialect.

pub(crate) mod allocate;
pub(crate) mod authenticated_user;
pub(crate) mod get;
pub(crate) mod get_user;
pub(crate) mod list;
pub(crate) mod list_rights;
pub(crate) mod livez;
pub(crate) mod participant_id;
pub(crate) mod readyz;
pub(crate) mod synchronizers;
pub(crate) mod update;
pub(crate) mod version;
mod view;
