//! Roles.

mod assign;
mod check;
mod list;
mod list_as_of;
mod list_documented;
mod revoke;
