//! Servers on loopback in place of the real ones, for `--sandbox` and for tests of callers. Tests can read and change
//! their state.

pub mod zoom;
