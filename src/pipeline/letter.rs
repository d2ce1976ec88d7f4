//! What kinds of mails there are, and what decides how one reads.

use super::recipients::Told;
use crate::calendar::Method;
use crate::mail::{Mailbox, Purpose};
use crate::meeting::{Change, Language, MeetingStatus, Person, Revision};
use crate::template::{TemplateError, TemplateName, Templates};

/// Which kind of mail somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Letter {
    /// The first one, or the same again.
    Invitation,
    /// What changed since this revision.
    Update(Revision),
    /// The meeting does not take place.
    Off,
    /// It does, but without the recipient.
    Removed,
}

impl Letter {
    /// What somebody gets who was told that before.
    pub(super) fn of(purpose: Purpose, told: &Told, revision: Revision, status: MeetingStatus) -> Self {
        match purpose {
            Purpose::Cancellation if status == MeetingStatus::NotHeld => Self::Off,
            Purpose::Cancellation => Self::Removed,
            Purpose::Invitation => {
                // A revision that never left does not count: this mail is measured by what was read.
                let older = told.received.filter(|received| *received < revision);
                older.map_or(Self::Invitation, Self::Update)
            }
        }
    }

    pub(super) fn method(self) -> Method {
        match self {
            Self::Invitation | Self::Update(_) => Method::Request,
            Self::Off | Self::Removed => Method::Cancel,
        }
    }

    pub(super) fn template(self) -> TemplateName {
        match self {
            Self::Invitation => TemplateName::INVITATION,
            Self::Update(_) => TemplateName::UPDATE,
            Self::Off | Self::Removed => TemplateName::CANCELLATION,
        }
    }

    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Invitation | Self::Update(_) => Purpose::Invitation,
            Self::Off | Self::Removed => Purpose::Cancellation,
        }
    }
}

/// The words of a calendar object in one language.
pub(super) struct Words {
    pub(super) join: String,
    pub(super) passcode: String,
}

impl Words {
    pub(super) fn new(
        templates: &Templates,
        language: &Language,
        ours: &Language,
    ) -> Result<Self, TemplateError> {
        let label = |key| templates.label(key, language, ours);
        Ok(Self {
            join: label("join")?,
            passcode: label("passcode")?,
        })
    }
}

/// What decides how a mail reads, but for its reader.
pub(super) struct Wording<'a> {
    pub(super) letter: Letter,
    pub(super) language: &'a Language,
    /// What changed since its readers were told last.
    pub(super) change: Option<Change>,
}

/// Whether the organizer and the sender are one mailbox.
pub(super) fn is_sender(organizer: &Person, sender: &Mailbox) -> bool {
    let email = organizer.email.as_ref();
    email.is_some_and(|email| email.is_same_mailbox(&sender.address))
}

/// Who gets the answers, where it is not the sender.
pub(super) fn reply_to(organizer: &Person, sender: &Mailbox) -> Option<Mailbox> {
    let email = organizer
        .email
        .as_ref()
        .filter(|_| !is_sender(organizer, sender))?;
    Some(Mailbox::new(&organizer.name, email.clone()))
}
