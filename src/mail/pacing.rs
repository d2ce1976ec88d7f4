//! The port that gives out turns to send, to all processes that send over one server.

use std::time::Duration;

use async_trait::async_trait;

use crate::fault::BoxFault;

/// Gives out turns to send, so that all processes together keep a server's limit.
#[async_trait]
pub trait Pacing: Send + Sync {
    /// Reserves the next turns at a server, `apart` from one another. No other caller gets a turn before they are
    /// over. Answers how long from now the first turn is.
    ///
    /// # Errors
    /// When they cannot be reserved. Then nothing may be sent.
    async fn reserve(&self, server: &str, turns: u32, apart: Duration) -> Result<Duration, BoxFault>;
}
