//! What `--sandbox` runs against instead of the real world, and what tests of callers can use: servers of
//! our own on loopback, with state that a test can look into.

pub mod zoom;
