//! What happens while meetings are pushed and mailed, for whoever wants to show it, log it, or pass it on.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::facts::OnlineAction;
use crate::mail::{AttemptResult, Claimed, Purpose};
use crate::meeting::{EmailAddress, MeetingId, PersonRef};

/// One thing that happened to a meeting. Given to what [`PipelineBuilder::on_event`](super::PipelineBuilder::on_event)
/// names.
///
/// Its `Debug` has ids and words alone: no address, no name, and none of a mail server's words, which may have either in
/// them. So an event can be logged as it is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The meeting.
    pub meeting: MeetingId,
    /// The person whom a message is for; `None` where it is about the meeting as a whole.
    pub person: Option<PersonRef>,
    /// The address that the message goes to.
    pub mailbox: Option<EmailAddress>,
    /// What the message is for.
    pub purpose: Option<Purpose>,
    /// What happened.
    pub what: Happened,
}

/// What happened.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happened {
    /// The provider of online meetings is about to be asked.
    Pushing,
    /// The provider has answered: the online meeting is there.
    Pushed {
        /// What was done.
        action: OnlineAction,
    },
    /// The join URL was written to the CRM's record, or taken out of it.
    JoinUrlWritten,
    /// Messages are about to be rendered.
    Rendering {
        /// How many.
        count: usize,
    },
    /// Messages are about to be delivered.
    Delivering {
        /// How many mailboxes are waiting for one.
        count: usize,
    },
    /// The mail server took a message.
    Sent {
        /// The server's words.
        answer: String,
    },
    /// The mail server refused a message for good, or it cannot be sent at all.
    Refused {
        /// The server's words, or what is wrong.
        answer: String,
    },
    /// A message was not taken, and is tried again.
    PutOff {
        /// The server's words, or what broke.
        answer: String,
        /// When it is tried again.
        until: DateTime<Utc>,
    },
    /// A message was put off for too long, and is not tried again.
    GivenUp {
        /// The server's words, or what broke.
        answer: String,
    },
    /// The answer to a message was lost for the second time. It is not tried again by itself.
    MayHaveArrived {
        /// What broke.
        answer: String,
    },
}

/// What is told of everything that happens.
#[derive(Clone)]
pub(super) struct Events(Arc<dyn Fn(&Event) + Send + Sync>);

impl Events {
    pub(super) fn new(tell: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells what happened to a meeting.
    pub(super) fn tell_of(&self, meeting: &MeetingId, what: Happened) {
        (self.0)(&Event::of(meeting, what));
    }

    /// Tells what an attempt to deliver a message came to, if the message was tried.
    pub(super) fn tell_of_attempt(&self, claimed: &Claimed, result: &AttemptResult) {
        if let Some(event) = Event::of_attempt(claimed, result) {
            (self.0)(&event);
        }
    }
}

impl Event {
    fn of(meeting: &MeetingId, what: Happened) -> Self {
        Self {
            meeting: meeting.clone(),
            person: None,
            mailbox: None,
            purpose: None,
            what,
        }
    }

    /// What an attempt to deliver a message came to; `None` when the message was not tried.
    fn of_attempt(claimed: &Claimed, result: &AttemptResult) -> Option<Self> {
        let what = match result.clone() {
            AttemptResult::Sent { answer } => Happened::Sent { answer },
            AttemptResult::Failed { answer } => Happened::Refused { answer },
            AttemptResult::Retry { answer, at } | AttemptResult::AnswerLost { answer, at } => {
                Happened::PutOff { answer, until: at }
            }
            AttemptResult::GivenUp { answer } => Happened::GivenUp { answer },
            AttemptResult::MayHaveArrived { answer } => Happened::MayHaveArrived { answer },
            AttemptResult::NotTried => return None,
        };
        Some(Self {
            meeting: claimed.meeting.clone(),
            person: Some(claimed.person.clone()),
            mailbox: Some(claimed.envelope.to.clone()),
            purpose: Some(claimed.purpose),
            what,
        })
    }
}

impl Happened {
    /// It as one lowercase word, for programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pushing => "pushing",
            Self::Pushed { .. } => "pushed",
            Self::JoinUrlWritten => "join_url_written",
            Self::Rendering { .. } => "rendering",
            Self::Delivering { .. } => "delivering",
            Self::Sent { .. } => "sent",
            Self::Refused { .. } => "refused",
            Self::PutOff { .. } => "put_off",
            Self::GivenUp { .. } => "given_up",
            Self::MayHaveArrived { .. } => "may_have_arrived",
        }
    }

    /// What the mail server said of a message, or what broke; `None` where it is not about an attempt to deliver one.
    #[must_use]
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Sent { answer }
            | Self::Refused { answer }
            | Self::PutOff { answer, .. }
            | Self::GivenUp { answer }
            | Self::MayHaveArrived { answer } => Some(answer),
            Self::Pushing
            | Self::Pushed { .. }
            | Self::JoinUrlWritten
            | Self::Rendering { .. }
            | Self::Delivering { .. } => None,
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Event");
        shown.field("meeting", &self.meeting);
        if let Some(person) = &self.person {
            shown.field("person", &person.to_string());
        }
        if let Some(purpose) = self.purpose {
            shown.field("purpose", &purpose);
        }
        shown.field("what", &self.what).finish()
    }
}

impl fmt::Debug for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pushed { action } => write!(f, "pushed ({})", action.as_str()),
            Self::Rendering { count } | Self::Delivering { count } => {
                write!(f, "{} ({count})", self.as_str())
            }
            Self::PutOff { until, .. } => write!(f, "put_off (until {until:?})"),
            _ => f.write_str(self.as_str()),
        }
    }
}
