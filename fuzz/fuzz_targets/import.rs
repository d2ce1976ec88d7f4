//! Files of records for the built-in CRM.
#![no_main]

use invite::crm::import;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Every mistake is reported; a report without one would load nothing and say nothing.
    if let Err(errors) = import::read(text, "fuzz.json") {
        assert!(!errors.to_string().is_empty());
    }
});
