//! The ports and settings that all rounds use.

use std::sync::Arc;

use super::settings::DeliverySettings;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::fault::BoxFault;
use crate::mail::{AttemptResult, Claimed, DkimSigner, Outbox};
use crate::pipeline::event::Events;
use crate::pipeline::stop::Stop;

/// The ports and settings that all rounds use.
pub(in crate::pipeline) struct Ports {
    pub(in crate::pipeline) outbox: Arc<dyn Outbox>,
    pub(in crate::pipeline) signers: Arc<[DkimSigner]>,
    pub(in crate::pipeline) settings: DeliverySettings,
    pub(in crate::pipeline) clock: Clock,
    pub(in crate::pipeline) chance: Chance,
    pub(in crate::pipeline) events: Events,
    pub(in crate::pipeline) stop: Stop,
}

impl Ports {
    /// Records the result of an attempt, and tells the caller of it as an event.
    pub(super) async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault> {
        self.outbox.record(claimed, result).await?;
        self.events.tell_of_attempt(claimed, result);
        Ok(())
    }

    /// Gives a message that was claimed and not tried back to the outbox.
    pub(super) async fn give_back(&self, claimed: &Claimed) -> Result<(), BoxFault> {
        self.outbox.record(claimed, &AttemptResult::NotTried).await
    }
}
