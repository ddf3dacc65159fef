#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| apicert_fuzz::containers::run(data));
