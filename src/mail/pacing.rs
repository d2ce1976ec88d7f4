//! The port that gives out turns to send, shared by all processes that send over one server.

use std::time::Duration;

use async_trait::async_trait;

use crate::fault::BoxFault;

/// Gives out turns to send, so that all processes together keep a server's limit.
#[async_trait]
pub trait Pacing: Send + Sync {
    /// Reserves the next turns at a server, `apart` from one another. Until they are over, no other caller gets a turn.
    /// Returns the time from now until the first turn.
    ///
    /// # Errors
    /// When no turns can be reserved. Nothing may be sent then.
    async fn reserve(&self, server: &str, turns: u32, apart: Duration) -> Result<Duration, BoxFault>;
}
