//! Roles.

mod assign;
mod check;
mod get;
mod list;
mod list_as_of;
mod list_documented;
mod list_organization;
mod revoke;
