//! Links `bootstrap` at a fixed address.
//!
//! A position-independent program of this size has some 16,000 addresses to fill in whenever it starts, and 60 pages to
//! copy for them: a tenth of a cold start's processor time (docs/performance.md).

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Other systems' linkers have no such switch, and Lambda none of those systems.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=bootstrap=-no-pie");
    }
}
