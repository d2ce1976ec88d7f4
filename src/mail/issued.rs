//! The facts that the invitees of a meeting were told, one record for each revision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::meeting::{Acceptance, EmailAddress, Facts, PersonId, PersonRef, Revision, Tenure};

/// The organizer of a tenure, as invitees know the organizer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organizer {
    /// The record.
    pub person: PersonRef,
    /// The name; may be empty.
    pub name: String,
    /// The address in ORGANIZER.
    pub email: EmailAddress,
}

/// The domain of forgotten addresses. Nobody can ever have it (RFC 6761 §6.4).
const FORGOTTEN: &str = "forgotten.invalid";

impl Organizer {
    /// The organizer in the form that stays when the meeting with this UID is forgotten: a digest of record and
    /// mailbox, which shows whether the next organizer is the same. A forgotten organizer stays the same. `None`: the
    /// digest makes no address, so nothing stays.
    #[must_use]
    pub fn forgotten(&self, uid: &str) -> Option<Self> {
        if self.is_forgotten() {
            return Some(self.clone());
        }
        let words = format!("{uid}\n{}\n{}", self.person, self.email.mailbox());
        let digest = format!("{:.32x}", Sha256::digest(words));
        Some(Self {
            email: format!("{digest}@{FORGOTTEN}").parse().ok()?,
            person: PersonRef::user(PersonId::new(digest).ok()?),
            name: String::new(),
        })
    }

    /// Whether the organizer is in the form that stays when the meeting is forgotten.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        let domain = self.email.as_str().rsplit('@').next();
        domain == Some(FORGOTTEN)
    }

    /// Whether this organizer, who may be forgotten, is the present organizer, by record and mailbox. `uid` is the UID
    /// of the meeting.
    #[must_use]
    pub fn is_same(&self, now: &Self, uid: &str) -> bool {
        if self.is_forgotten() {
            return now.forgotten(uid).as_ref() == Some(self);
        }
        self.person == now.person && self.email.is_same_mailbox(&now.email)
    }
}

/// A revision with the facts that invitees were told in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The tenure of the revision.
    pub tenure: Tenure,
    /// The iCalendar UID of the tenure.
    pub uid: String,
    /// The revision.
    pub revision: Revision,
    /// The facts of the revision.
    pub facts: Facts,
    /// The organizer. `None`: not known, because older versions did not record organizers.
    pub organizer: Option<Organizer>,
    /// The answers that were known when the revision was recorded, by mailbox ([`EmailAddress::mailbox`]). A mailbox
    /// without an answer is not in the map. All calendar objects of the revision print these answers. `None`: not
    /// known.
    pub answers: Option<BTreeMap<String, Acceptance>>,
    /// A digest of the calendar objects' content. `None`: not known.
    pub content: Option<i64>,
}

/// The newest revision and message of a meeting that a process has read from the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// The newest revision.
    pub issued: Option<(Tenure, Revision)>,
    /// The number of the newest message in the outbox. 0: there is none.
    pub newest: i64,
}
