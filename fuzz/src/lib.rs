//! Fuzz targets. Each target module checks an input of the fuzzer, and panics if a property does not hold. A panic of the
//! product also ends the run, even one that the product would catch.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::panic, reason = "a failed check is a finding")]

mod cursor;
mod deployment;
mod dynamodb;
mod event;
mod json;
mod request;
mod responses;
mod text;
mod token;

use std::{env, sync::LazyLock};

/// The target of this process.
static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| match env::var("BERTH_FUZZ").as_deref() {
    Ok("cursor") => cursor::check,
    Ok("event") => event::check,
    Ok("json") => json::check,
    Ok("request") => request::check,
    Ok("text") => text::check,
    Ok("token") => token::check,
    _ => panic!("BERTH_FUZZ is not the name of a target"),
});

/// Checks an input with the selected target.
pub fn check(data: &[u8]) {
    TARGET(data);
}
