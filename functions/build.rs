//! Links `bootstrap` at a fixed address.
//!
//! A position-independent executable of this size needs about 16,000 relocations in 60 pages at every start. They take a
//! tenth of the processor time of a cold start (docs/performance.md).

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Lambda runs on Linux only, and linkers of other systems may not support this option.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=bootstrap=-no-pie");
    }
}
