//! The history of each mailbox: its mails about one meeting, as the outbox has them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};

use crate::calendar::Method;
use crate::mail::{DeliveryState, OutboxEntry};
use crate::meeting::{EmailAddress, Language, PersonRef, Revision, Tenure};

/// The mails about one meeting to one mailbox, those that wait among them.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct MailboxHistory {
    /// The record, the address and the language of the newest message.
    pub(in crate::pipeline) person: PersonRef,
    pub(in crate::pipeline) address: EmailAddress,
    pub(in crate::pipeline) language: Language,
    /// The Message-ID of the first message that the mail server took. Later messages refer to it.
    pub(in crate::pipeline) first_message_id: Option<String>,
    /// One entry for each tenure with a message, in no order.
    tenures: Vec<TenureHistory>,
}

/// The mails to one mailbox under one organizer.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct TenureHistory {
    pub(in crate::pipeline) tenure: Tenure,
    /// The newest REQUEST that the mailbox has or may have; `None` after a CANCEL.
    pub(in crate::pipeline) holds: Option<Held>,
    /// The newest revision of a REQUEST that the mail server took, or may have taken; `None` after a CANCEL.
    pub(in crate::pipeline) received: Option<Revision>,
    /// The revision of the CANCEL that ended the invitation of the mailbox; `None` after a later REQUEST.
    pub(in crate::pipeline) cancelled: Option<Revision>,
    /// The revision of a CANCEL whose delivery was cut off, after the newest REQUEST.
    pub(in crate::pipeline) may_be_cancelled: Option<Revision>,
    /// The highest SEQUENCE that the mailbox may have seen.
    pub(in crate::pipeline) highest: Option<Revision>,
    /// The message that waits.
    pub(in crate::pipeline) waiting: Option<Waiting>,
    /// The newest revision with a message, and the number of its messages in any state.
    newest: Revision,
    requests: u32,
    cancels: u32,
}

/// A REQUEST that a mailbox has or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) struct Held {
    pub(in crate::pipeline) revision: Revision,
    /// The digest of its calendar object; `None` if the revision has the same.
    pub(in crate::pipeline) content: Option<i64>,
    /// Whether the mail server said that it took the message.
    pub(in crate::pipeline) is_sure: bool,
}

/// A message that waits for a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) struct Waiting {
    pub(in crate::pipeline) id: i64,
    pub(in crate::pipeline) method: Method,
    pub(in crate::pipeline) revision: Revision,
    /// Whether a process is delivering the message now.
    pub(in crate::pipeline) is_sending: bool,
    pub(in crate::pipeline) created_at: DateTime<Utc>,
}

/// Takes note of one message in the history of its mailbox. The oldest messages come first.
pub(in crate::pipeline) fn note(mailboxes: &mut HashMap<String, MailboxHistory>, entry: &OutboxEntry) {
    match mailboxes.entry(entry.envelope.to.mailbox()) {
        Entry::Occupied(known) => known.into_mut().note(entry),
        Entry::Vacant(place) => {
            place.insert(MailboxHistory::beginning_with(entry));
        }
    }
}

impl MailboxHistory {
    /// The history that begins with this message.
    fn beginning_with(entry: &OutboxEntry) -> Self {
        let mut history = Self {
            person: entry.person.clone(),
            address: entry.envelope.to.clone(),
            language: entry.language.clone(),
            first_message_id: None,
            tenures: Vec::with_capacity(1),
        };
        history.note(entry);
        history
    }

    /// Adds one message to this mailbox. Messages come from the oldest to the newest.
    fn note(&mut self, entry: &OutboxEntry) {
        let Some(method) = entry.purpose.method() else {
            return;
        };
        if self.person != entry.person {
            self.person = entry.person.clone();
        }
        if self.address != entry.envelope.to {
            self.address = entry.envelope.to.clone();
        }
        if self.language != entry.language {
            self.language = entry.language.clone();
        }
        if entry.state == DeliveryState::Sent {
            self.first_message_id
                .get_or_insert_with(|| entry.message_id.clone());
        }
        let known = self.tenures.iter().position(|known| known.tenure == entry.tenure);
        let at = known.unwrap_or_else(|| {
            self.tenures.push(TenureHistory {
                tenure: entry.tenure,
                ..TenureHistory::default()
            });
            self.tenures.len() - 1
        });
        self.tenures[at].note(entry, method);
    }

    /// The mails under one organizer.
    pub(in crate::pipeline) fn tenure(&self, tenure: Tenure) -> Option<&TenureHistory> {
        self.tenures.iter().find(|known| known.tenure == tenure)
    }

    /// The mails under each organizer.
    pub(in crate::pipeline) fn tenures(&self) -> impl Iterator<Item = &TenureHistory> {
        self.tenures.iter()
    }

    /// Whether a message waits.
    pub(in crate::pipeline) fn waits(&self) -> bool {
        self.tenures.iter().any(|tenure| tenure.waiting.is_some())
    }

    /// The newest REQUEST that was received, of any tenure.
    pub(in crate::pipeline) fn received(&self) -> Option<(Tenure, Revision)> {
        let received = self.tenures.iter();
        received
            .filter_map(|tenure| Some((tenure.tenure, tenure.received?)))
            .max()
    }
}

impl TenureHistory {
    /// The number of earlier messages of a revision to this mailbox. No message of the mailbox may be of a newer revision.
    pub(in crate::pipeline) fn resend(&self, method: Method, revision: Revision) -> u32 {
        match method {
            _ if self.newest != revision => 0,
            Method::Cancel => self.cancels,
            _ => self.requests,
        }
    }

    /// The waiting message, if it has this method.
    pub(in crate::pipeline) fn waits_with(&self, method: Method) -> Option<&Waiting> {
        self.waiting.as_ref().filter(|waiting| waiting.method == method)
    }

    fn note(&mut self, entry: &OutboxEntry, method: Method) {
        if entry.revision > self.newest {
            self.newest = entry.revision;
            (self.requests, self.cancels) = (0, 0);
        }
        if entry.revision == self.newest {
            let count = match method {
                Method::Cancel => &mut self.cancels,
                _ => &mut self.requests,
            };
            *count = (*count).max(entry.resend + 1);
        }
        if entry.may_have_left() {
            self.highest = self.highest.max(Some(entry.revision));
            let was_taken = matches!(entry.state, DeliveryState::Sent | DeliveryState::MayHaveArrived);
            match method {
                Method::Cancel if was_taken => {
                    self.holds = None;
                    self.received = None;
                    self.may_be_cancelled = None;
                    self.cancelled = Some(entry.revision);
                }
                Method::Cancel => self.may_be_cancelled = Some(entry.revision),
                _ => {
                    self.holds = Some(Held {
                        revision: entry.revision,
                        content: entry.content,
                        is_sure: entry.state == DeliveryState::Sent,
                    });
                    if was_taken {
                        self.received = Some(entry.revision);
                    }
                    self.cancelled = None;
                    self.may_be_cancelled = None;
                }
            }
        }
        if entry.waits() {
            self.waiting = Some(Waiting {
                id: entry.id,
                method,
                revision: entry.revision,
                is_sending: entry.state == DeliveryState::Sending,
                created_at: entry.created_at,
            });
        }
    }
}
