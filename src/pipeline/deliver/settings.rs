//! When a message is tried again after an attempt that failed, and when it is given up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::mail::{AttemptResult, Claimed};
use crate::pipeline::pause::pause_after;

/// The number of lost answers after which the state of a message is `may_have_arrived`. It is not sent again then.
const MOST_LOST_ANSWERS: u32 = 2;

/// When a message is tried again after a temporary refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliverySettings {
    /// The pause after the first refusal. It doubles each time, up to 1 hour; each pause is up to 10 % shorter or
    /// longer.
    pub first_retry: Duration,
    /// The time after queueing at which a message is given up.
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
    /// The result of a temporary failure: another try at a later time, or giving up. `chance` is between 0 and 1.
    pub(super) fn after_failure(
        &self,
        claimed: &Claimed,
        answer: String,
        now: DateTime<Utc>,
        chance: f64,
    ) -> AttemptResult {
        let at = now + pause_after(claimed.attempts, self.first_retry, chance);
        let end = claimed.created_at + TimeDelta::from_std(self.give_up_after).unwrap_or(TimeDelta::MAX);
        if at > end {
            AttemptResult::GivenUp { answer }
        } else {
            AttemptResult::Retry { answer, at }
        }
    }

    /// The result of an attempt whose answer after the final dot was lost: one more try, and after that none.
    pub(super) fn after_lost_answer(
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
            // There is no time for another try, and the message may have arrived.
            AttemptResult::GivenUp { answer } => AttemptResult::MayHaveArrived { answer },
            other => other,
        }
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
