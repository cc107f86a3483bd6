#![no_main]
libfuzzer_sys::fuzz_target!(
    init: bauta_fuzz::forgive_the_spreadsheet_library(),
    |data: &[u8]| bauta_fuzz::readers::xlsx(data)
);
