//! One program for all targets, so that there is one to link: `BERTH_FUZZ` names the target.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| berth_fuzz::check(data));
