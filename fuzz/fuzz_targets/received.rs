//! Mails that come back: the parts of a mail (`mime`), answers (`imip`), bounces (`dsn`).
#![no_main]

use invite::received::Received;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let _ = Received::read(raw);
});
