//! What decides how a mail reads, but for its reader.

use super::plan::MailKind;
use crate::mail::Mailbox;
use crate::meeting::{Change, EmailAddress, Language};
use crate::template::{Cancellation, TemplateError, TemplateName, Templates};

impl MailKind {
    /// The template that it is made from.
    pub(super) const fn template(self) -> TemplateName {
        match self {
            Self::Invitation => TemplateName::INVITATION,
            Self::Update(_) => TemplateName::UPDATE,
            Self::Off | Self::Removed | Self::NewOrganizer => TemplateName::CANCELLATION,
        }
    }
}

impl MailKind {
    /// Why somebody gets a cancellation.
    pub(super) const fn cancellation(self) -> Cancellation {
        match self {
            Self::Removed => Cancellation::Removed,
            Self::NewOrganizer => Cancellation::NewOrganizer,
            Self::Invitation | Self::Update(_) | Self::Off => Cancellation::CalledOff,
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
    pub(super) kind: MailKind,
    /// Which of the plan's revisions it tells.
    pub(super) issue: usize,
    pub(super) language: &'a Language,
    /// What changed since its readers were told last.
    pub(super) change: Option<Change>,
}

/// Whether the organizer and the sender are one mailbox.
pub(super) fn is_sender(organizer: &EmailAddress, sender: &Mailbox) -> bool {
    organizer.is_same_mailbox(&sender.address)
}

/// Where answers go, where that is not the sender.
pub(super) fn reply_to(name: &str, organizer: &EmailAddress, sender: &Mailbox) -> Option<Mailbox> {
    let is_another = !is_sender(organizer, sender);
    is_another.then(|| Mailbox::new(name, organizer.clone()))
}
