//! Delivering the mails of some meetings: one round for each transport.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::deliveries::Deliveries;
use super::ports::Ports;
use super::round::Round;
use super::settings::DeliverySettings;
use super::targets::{Addressees, Targets, Tries};
use crate::mail::{Transport, TransportError};
use crate::meeting::{MeetingId, PersonId};
use crate::pipeline::accounts::UserAccounts;
use crate::pipeline::error::PipelineError;
use crate::pipeline::event::Happened;

/// Delivers over the organization's transport, and over the transports of the users' accounts.
pub(in crate::pipeline) struct Courier {
    ports: Arc<Ports>,
    /// The organization's transport. Without it nothing can be delivered.
    transport: Option<Arc<dyn Transport>>,
    accounts: UserAccounts,
}

impl Courier {
    pub(in crate::pipeline) fn new(
        ports: Ports,
        transport: Option<Arc<dyn Transport>>,
        accounts: UserAccounts,
    ) -> Self {
        Self {
            ports: Arc::new(ports),
            transport,
            accounts,
        }
    }

    /// Whether there is a transport of the organization.
    pub(in crate::pipeline) const fn has_transport(&self) -> bool {
        self.transport.is_some()
    }

    /// The times of further tries of a delivery.
    pub(in crate::pipeline) fn settings(&self) -> &DeliverySettings {
        &self.ports.settings
    }

    /// Delivers the waiting messages of these meetings for these mailboxes. Messages for other mailboxes keep their time. The
    /// organization's mails leave first, then the mails of each user's account over that account. An error of one transport
    /// stops no other.
    pub(in crate::pipeline) async fn deliver(
        &self,
        meetings: Vec<(MeetingId, Addressees)>,
        tries: Tries,
    ) -> Result<Deliveries, PipelineError> {
        let transport = self.transport.clone().ok_or(PipelineError::NoTransport)?;
        let targets = Arc::new(Targets::new(meetings));
        if targets.count() == 0 {
            return Ok(Deliveries::default());
        }
        for (meeting, count) in targets.counts() {
            self.ports.events.tell_of(meeting, Happened::Delivering { count });
        }
        let mut deliveries = Deliveries::default();
        let round = Round::new(&self.ports, Arc::clone(&targets), tries, transport, None);
        deliveries.add(round.run().await?, PipelineError::Transport);
        let mut accounts: BTreeSet<PersonId> = BTreeSet::new();
        for meeting in targets.meetings() {
            accounts.extend(self.ports.outbox.accounts(meeting).await?.into_keys());
        }
        for user in accounts {
            match self.accounts.with_mails(&user).await {
                Ok(account) => {
                    let targets = Arc::clone(&targets);
                    let round =
                        Round::new(&self.ports, targets, tries, account.transport, Some(user.clone()));
                    deliveries.add(round.run().await?, |error| of_account(user, error));
                }
                Err(error) => {
                    deliveries.stopped.get_or_insert(error);
                }
            }
        }
        Ok(deliveries)
    }
}

/// An error of a user's own mail server. Signatures are the organization's, and so are their errors.
fn of_account(user: PersonId, error: TransportError) -> PipelineError {
    match error {
        TransportError::CannotSign { .. } => PipelineError::Transport(error),
        source => PipelineError::AccountTransport { user, source },
    }
}
