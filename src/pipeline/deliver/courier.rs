//! Step 5: delivers what waits in the outbox, over as many connections as the transport has.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::round::Round;
use crate::mail::{AttemptResult, Claimed, TransportError};
use crate::meeting::{EmailAddress, MeetingId, PersonId};
use crate::pipeline::load::of_account;
use crate::pipeline::{Happened, Pipeline, PipelineError};

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// After so many lost answers the state of a message is `may_have_arrived`, and it is not sent again.
const MOST_LOST_ANSWERS: u32 = 2;

/// When a message is tried again after a temporary refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliverySettings {
    /// The pause after the first refusal. It doubles each time, up to 1 hour; each pause is up to 10 % shorter or
    /// longer.
    pub first_retry: Duration,
    /// How long after it was queued a message is given up.
    pub give_up_after: Duration,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_secs(60),
            give_up_after: Duration::from_secs(3 * 24 * 3600),
        }
    }
}

impl DeliverySettings {
    /// What follows a temporary failure: the time of the next try, or giving up. `chance` is between 0 and 1.
    pub(in crate::pipeline) fn after_failure(
        &self,
        claimed: &Claimed,
        answer: String,
        now: DateTime<Utc>,
        chance: f64,
    ) -> AttemptResult {
        let doublings = claimed.attempts.saturating_sub(1).min(20);
        let pause = self.first_retry.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.9 + 0.2 * chance);
        let at = now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::hours(1));
        let end = claimed.created_at + TimeDelta::from_std(self.give_up_after).unwrap_or(TimeDelta::MAX);
        if at > end {
            AttemptResult::GivenUp { answer }
        } else {
            AttemptResult::Retry { answer, at }
        }
    }

    /// What follows when the answer after the final dot was lost: one more try, and after that none.
    pub(in crate::pipeline) fn after_lost_answer(
        &self,
        claimed: &Claimed,
        answer: String,
        now: DateTime<Utc>,
        chance: f64,
    ) -> AttemptResult {
        if claimed.answers_lost + 1 >= MOST_LOST_ANSWERS {
            return AttemptResult::MayHaveArrived { answer };
        }
        match self.after_failure(claimed, answer, now, chance) {
            AttemptResult::Retry { answer, at } => AttemptResult::AnswerLost { answer, at },
            // No more time for another try, and the message may have arrived.
            AttemptResult::GivenUp { answer } => AttemptResult::MayHaveArrived { answer },
            other => other,
        }
    }
}

/// How delivering over one transport ended. The result of each message is in the outbox.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Delivered {
    /// The error that stopped it, if one did.
    pub(in crate::pipeline) stopped: Option<TransportError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(in crate::pipeline) files: HashMap<String, PathBuf>,
}

/// Which of the messages that wait are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Tries {
    /// All that wait, also those whose next try is later.
    All,
    /// Only those that are due.
    Due,
}

/// The mailboxes for which a meeting's messages are delivered: all but those that are left out.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Addressees {
    /// How many mailboxes there are, as far as known before delivering. Progress bars and the number of workers go by
    /// it.
    pub(in crate::pipeline) count: usize,
    left_out: HashSet<String>,
}

impl Addressees {
    /// All mailboxes, `count` of them, but those in `left_out`.
    pub(in crate::pipeline) fn all_but(count: usize, left_out: HashSet<String>) -> Self {
        Self { count, left_out }
    }

    pub(in crate::pipeline) fn include(&self, address: &EmailAddress) -> bool {
        self.left_out.is_empty() || !self.left_out.contains(&address.mailbox())
    }
}

/// The meetings whose mails are delivered together, with the mailboxes of each.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Targets(HashMap<MeetingId, Addressees>);

impl Targets {
    pub(in crate::pipeline) fn new(meetings: Vec<(MeetingId, Addressees)>) -> Self {
        let with_mails = meetings
            .into_iter()
            .filter(|(_, addressees)| addressees.count > 0);
        Self(with_mails.collect())
    }

    pub(in crate::pipeline) fn count(&self) -> usize {
        self.0.values().map(|addressees| addressees.count).sum()
    }

    pub(in crate::pipeline) fn meetings(&self) -> impl Iterator<Item = &MeetingId> {
        self.0.keys()
    }

    pub(in crate::pipeline) fn include(&self, claimed: &Claimed) -> bool {
        let addressees = self.0.get(&claimed.meeting);
        addressees.is_some_and(|addressees| addressees.include(&claimed.envelope.to))
    }
}

/// How delivering over all transports ended.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Deliveries {
    /// The first error that stopped a transport.
    pub(in crate::pipeline) stopped: Option<PipelineError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(in crate::pipeline) files: Arc<HashMap<String, PathBuf>>,
}

impl Deliveries {
    fn add(&mut self, delivered: Delivered, explain: impl FnOnce(TransportError) -> PipelineError) {
        if !delivered.files.is_empty() {
            Arc::make_mut(&mut self.files).extend(delivered.files);
        }
        if let Some(error) = delivered.stopped {
            self.stopped.get_or_insert(explain(error));
        }
    }
}

impl Pipeline {
    /// Delivers what waits of these meetings for these mailboxes. Messages for other mailboxes keep their time. The
    /// organization's mails leave first, then those of each user's account over that account. An error of one
    /// transport stops no other.
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
        for (meeting, addressees) in &targets.0 {
            let count = addressees.count;
            self.tell_of(meeting, Happened::Delivering { count });
        }
        let mut deliveries = Deliveries::default();
        let round = Round::new(self, Arc::clone(&targets), tries, transport, None);
        deliveries.add(round.run().await?, PipelineError::Transport);
        let mut accounts: BTreeSet<PersonId> = BTreeSet::new();
        for meeting in targets.meetings() {
            accounts.extend(self.outbox.accounts(meeting).await?.into_keys());
        }
        for user in accounts {
            match self.account_with_mails(&user).await {
                Ok(account) => {
                    let targets = Arc::clone(&targets);
                    let round = Round::new(self, targets, tries, account.transport, Some(user.clone()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::Holder;
    use crate::mail::{Envelope, Purpose, StoredMessage};

    fn claimed(attempts: u32) -> Claimed {
        Claimed {
            id: 1,
            meeting: "m".parse().unwrap(),
            person: "lead:l".parse().unwrap(),
            purpose: Purpose::Invitation,
            envelope: Envelope {
                from: "a@acme.example".parse().unwrap(),
                to: "l@lead.example".parse().unwrap(),
            },
            message_id: "<1@acme.example>".into(),
            attempts,
            answers_lost: 0,
            created_at: DateTime::UNIX_EPOCH,
            stored: StoredMessage::default(),
            holder: Holder::new(),
            leased_until: std::time::Instant::now(),
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let settings = DeliverySettings::default();
        let pause = |attempts, now: DateTime<Utc>, chance| match settings.after_failure(
            &claimed(attempts),
            "451".into(),
            now,
            chance,
        ) {
            AttemptResult::Retry { at, .. } => Some((at - now).num_seconds()),
            AttemptResult::GivenUp { .. } => None,
            other => panic!("{other:?}"),
        };
        let start = DateTime::UNIX_EPOCH;
        assert_eq!(pause(1, start, 0.5), Some(60));
        assert_eq!((pause(1, start, 0.0), pause(1, start, 1.0)), (Some(54), Some(66)));
        assert_eq!(pause(3, start, 0.5), Some(240));
        assert_eq!(pause(40, start, 0.5), Some(3600));
        assert_eq!(
            pause(9, start + TimeDelta::days(3) - TimeDelta::minutes(59), 0.5),
            None
        );
    }
}
