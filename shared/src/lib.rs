//! The common crate of Berth's functions.
//!
//! Its modules are layers. Each imports only from those below it, which `tests/layers.rs` checks:
//!
//! | layer | content |
//! |---|---|
//! | [`oauth`] | the HTTP conventions of OAuth 2.0, `/v1/oauth` |
//! | [`ledger`] | the HTTP conventions of Canton's JSON Ledger API, `/v2` |
//! | [`http`] | the path of a request: authentication, parsing, errors, responses of `/v1` |
//! | [`operator`] | what the operator's commands do without HTTP |
//! | [`store`] | one DynamoDB table: keys, records, transactions, queries |
//! | [`domain`] | pure types and rules: ids, credentials, errors, resources |

pub mod domain;
pub mod http;
pub mod ledger;
pub mod oauth;
pub mod operator;
pub mod store;

pub use domain::{
    credentials::{self, Environment},
    error::{self, Error, Result},
    id, json, time,
};
pub use http::Service;
