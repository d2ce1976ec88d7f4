//! The Message-ID of each mail.

use super::MailKind;
use crate::calendar::Method;
use crate::mail::{Issued, Purpose, message_id};
use crate::meeting::EmailAddress;

impl Issued {
    /// The Message-ID of a mail that tells it.
    pub(in crate::pipeline) fn message_id(
        &self,
        kind: MailKind,
        to: &EmailAddress,
        resend: u32,
        domain: &str,
    ) -> String {
        // An invitation and an update of one revision are the same kind of message to a calendar.
        let purpose = match kind.method() {
            Method::Cancel => Purpose::Cancellation,
            _ => Purpose::Invitation,
        };
        message_id(
            &self.uid,
            purpose.as_str(),
            self.revision,
            &to.mailbox(),
            resend,
            domain,
        )
    }
}
