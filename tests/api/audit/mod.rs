//! Tests of the audit trail.

mod list_entries;
mod list_entries_by_entity;
mod paging;
