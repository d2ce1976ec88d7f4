//! The outcome of a command.

use crate::fault::BoxFault;

/// The outcome of a command: its exit status, or the fault that ended it.
pub(super) type Outcome = Result<u8, BoxFault>;

/// The exit status of a command that did everything.
pub(super) const DONE: u8 = 0;
/// The exit status of a command that did a part of its work.
pub(super) const DONE_IN_PART: u8 = 1;
