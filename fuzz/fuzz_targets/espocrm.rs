//! EspoCRM's templates, converted (the lexer and what follows it).
#![no_main]

use invite::template::{Part, import_espocrm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    for part in Part::ALL {
        let _ = import_espocrm(source, part);
    }
});
