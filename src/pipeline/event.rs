//! Events of a push or a send, for callers that show them, log them, or pass them on.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::facts::OnlineAction;
use crate::mail::{AttemptResult, Claimed, Purpose};
use crate::meeting::{EmailAddress, MeetingId, PersonRef};

/// One event of a meeting. The function that [`PipelineBuilder::on_event`](super::PipelineBuilder::on_event) was given gets it.
///
/// Its `Debug` has ids and fixed words alone: no address, no name, and no words of a mail server, which may contain either. So
/// an event can be logged as it is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The meeting.
    pub meeting: MeetingId,
    /// The recipient of a message; `None` if the event is about the meeting as a whole.
    pub person: Option<PersonRef>,
    /// The address that the message goes to.
    pub mailbox: Option<EmailAddress>,
    /// The purpose of the message.
    pub purpose: Option<Purpose>,
    /// The kind of event.
    pub what: Happened,
}

/// The kind of an event.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happened {
    /// The provider of online meetings is about to be asked.
    Pushing,
    /// The provider has answered: the online meeting is there.
    Pushed {
        /// The action.
        action: OnlineAction,
    },
    /// The join URL was written to the CRM's record, or removed from it.
    JoinUrlWritten,
    /// Messages are about to be rendered.
    Rendering {
        /// The number of messages.
        count: usize,
    },
    /// Messages are about to be delivered.
    Delivering {
        /// The number of mailboxes for which messages wait.
        count: usize,
    },
    /// The mail server took a message.
    Sent {
        /// The server's words.
        answer: String,
    },
    /// The mail server refused a message for good, or the message cannot be sent at all.
    Refused {
        /// The server's words, or the error.
        answer: String,
    },
    /// A message was not taken, and is tried again.
    PutOff {
        /// The server's words, or the error of the connection.
        answer: String,
        /// The time of the next try.
        until: DateTime<Utc>,
    },
    /// A message was put off for too long, and is not tried again.
    GivenUp {
        /// The server's words, or the error of the connection.
        answer: String,
    },
    /// The answer to a message was lost for the second time. The message is not tried again by itself.
    MayHaveArrived {
        /// The error of the connection.
        answer: String,
    },
}

/// The caller's function for events.
#[derive(Clone)]
pub(super) struct Events(Arc<dyn Fn(&Event) + Send + Sync>);

impl Events {
    pub(super) fn new(tell: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells the caller of an event of a meeting.
    pub(super) fn tell_of(&self, meeting: &MeetingId, what: Happened) {
        (self.0)(&Event::of(meeting, what));
    }

    /// Tells the caller of the result of an attempt, if the message was tried.
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

    /// The event of an attempt; `None` if the message was not tried.
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
    /// The kind as one lowercase word, for programs.
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

    /// The mail server's words, or the error of the connection; `None` if the event is not about an attempt.
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
