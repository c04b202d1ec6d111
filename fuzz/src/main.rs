//! The program of all fuzz targets. `BERTH_FUZZ` selects the target. One program for all saves linking time.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| berth_fuzz::check(data));
