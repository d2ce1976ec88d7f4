//! The facts that decide the words of a mail, except the reader.

use crate::mail::Mailbox;
use crate::meeting::{Change, EmailAddress, Language};
use crate::pipeline::plan::MailKind;
use crate::template::{Cancellation, TemplateError, TemplateName, Templates};

impl MailKind {
    /// The template of such a mail.
    pub(in crate::pipeline) const fn template(self) -> TemplateName {
        match self {
            Self::Invitation => TemplateName::INVITATION,
            Self::Update(_) => TemplateName::UPDATE,
            Self::Off | Self::Removed | Self::NewOrganizer => TemplateName::CANCELLATION,
        }
    }
}

impl MailKind {
    /// The reason of a cancellation.
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

/// The facts that decide the words of a mail, except the reader.
pub(in crate::pipeline) struct Wording<'a> {
    pub(in crate::pipeline) kind: MailKind,
    /// The place of its revision among the plan's issues.
    pub(in crate::pipeline) issue: usize,
    pub(in crate::pipeline) language: &'a Language,
    /// The change since the revision that its readers have.
    pub(in crate::pipeline) change: Option<Change>,
}

/// Whether the organizer and the sender are one mailbox.
pub(in crate::pipeline) fn is_sender(organizer: &EmailAddress, sender: &Mailbox) -> bool {
    organizer.is_same_mailbox(&sender.address)
}

/// The mailbox for answers; `None` if it is the sender.
pub(in crate::pipeline) fn reply_to(
    name: &str,
    organizer: &EmailAddress,
    sender: &Mailbox,
) -> Option<Mailbox> {
    let is_another = !is_sender(organizer, sender);
    is_another.then(|| Mailbox::new(name, organizer.clone()))
}
