//! What is checked is said in src/cursor.rs.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| berth_fuzz::cursor::check(data));
