//! What commands answer.

use crate::fault::BoxFault;

/// What a command answers: its exit status.
pub(super) type Outcome = Result<u8, BoxFault>;

/// Everything went well.
pub(super) const DONE: u8 = 0;
/// Some of it did.
pub(super) const DONE_IN_PART: u8 = 1;
