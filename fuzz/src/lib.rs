//! What the fuzz targets check. Each module takes bytes of the fuzzer and panics where something does not hold; a panic
//! of the product ends the run, too, even one that it would catch.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::panic, reason = "a check that does not hold is a finding")]

mod answers;
mod cursor;
mod event;
mod json;
mod request;
mod store;
mod text;
mod token;
mod world;

use std::{env, sync::LazyLock};

/// The target of this process.
static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| match env::var("BERTH_FUZZ").as_deref() {
    Ok("cursor") => cursor::check,
    Ok("event") => event::check,
    Ok("json") => json::check,
    Ok("request") => request::check,
    Ok("text") => text::check,
    Ok("token") => token::check,
    _ => panic!("BERTH_FUZZ names no target"),
});

/// Checks an input.
pub fn check(data: &[u8]) {
    TARGET(data);
}
