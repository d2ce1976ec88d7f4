//! What decides how a mail reads, but for its reader.

use crate::mail::Mailbox;
use crate::meeting::{Change, EmailAddress, Language};
use crate::pipeline::plan::MailKind;
use crate::template::{Cancellation, TemplateError, TemplateName, Templates};

impl MailKind {
    /// The template that it is made from.
    pub(in crate::pipeline) const fn template(self) -> TemplateName {
        match self {
            Self::Invitation => TemplateName::INVITATION,
            Self::Update(_) => TemplateName::UPDATE,
            Self::Off | Self::Removed | Self::NewOrganizer => TemplateName::CANCELLATION,
        }
    }
}

impl MailKind {
    /// Why somebody gets a cancellation.
    pub(in crate::pipeline) const fn cancellation(self) -> Cancellation {
        match self {
            Self::Removed => Cancellation::Removed,
            Self::NewOrganizer => Cancellation::NewOrganizer,
            Self::Invitation | Self::Update(_) | Self::Off => Cancellation::CalledOff,
        }
    }
}

/// The words of a calendar object in one language.
pub(in crate::pipeline) struct Words {
    pub(in crate::pipeline) join: String,
    pub(in crate::pipeline) passcode: String,
}

impl Words {
    pub(in crate::pipeline) fn new(
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
pub(in crate::pipeline) struct Wording<'a> {
    pub(in crate::pipeline) kind: MailKind,
    /// Which of the plan's revisions it tells.
    pub(in crate::pipeline) issue: usize,
    pub(in crate::pipeline) language: &'a Language,
    /// What changed since its readers were told last.
    pub(in crate::pipeline) change: Option<Change>,
}

/// Whether the organizer and the sender are one mailbox.
pub(in crate::pipeline) fn is_sender(organizer: &EmailAddress, sender: &Mailbox) -> bool {
    organizer.is_same_mailbox(&sender.address)
}

/// Where answers go, where that is not the sender.
pub(in crate::pipeline) fn reply_to(
    name: &str,
    organizer: &EmailAddress,
    sender: &Mailbox,
) -> Option<Mailbox> {
    let is_another = !is_sender(organizer, sender);
    is_another.then(|| Mailbox::new(name, organizer.clone()))
}
