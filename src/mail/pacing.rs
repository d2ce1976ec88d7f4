//! The port that gives out turns to send, to all who send over one server.

use std::time::Duration;

use async_trait::async_trait;

use crate::fault::BoxFault;

/// Gives out turns, so that all processes which share it together keep a server's limit.
#[async_trait]
pub trait Pacing: Send + Sync {
    /// Reserves the next turns at a server, so many, each `apart` from the one before; nobody else gets one before they
    /// are over. Answers how long from now the first of them is.
    ///
    /// # Errors
    /// When they cannot be reserved. Then nothing may be sent.
    async fn reserve(&self, server: &str, turns: u32, apart: Duration) -> Result<Duration, BoxFault>;
}
