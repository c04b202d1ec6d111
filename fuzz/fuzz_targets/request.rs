//! What is checked is said in src/request.rs.
#![no_main]

use berth_fuzz::request::Shot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|shot: Shot<'_>| berth_fuzz::request::check(&shot));
