//! Tests of the audit trail.

mod create_entry;
mod list_entries;
mod list_entries_by_entity;
mod paging;
mod retention;
