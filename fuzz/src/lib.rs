//! What the fuzz targets check. Each module takes bytes of the fuzzer and panics where something does not hold; a panic
//! of the product ends the run, too, even one that it would catch.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::panic, reason = "a check that does not hold is a finding")]

mod answers;
pub mod cursor;
pub mod event;
pub mod json;
pub mod request;
mod store;
pub mod text;
pub mod token;
mod world;
