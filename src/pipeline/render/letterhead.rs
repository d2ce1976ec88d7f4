//! What all mails and calendar objects of a pipeline have in common, whatever the meeting.

use crate::calendar::{AttendeeList, Times};
use crate::clock::Clock;
use crate::mail::{EnvelopeSender, Mailbox};
use crate::organization::Organization;
use crate::pipeline::push::Providers;
use crate::template::Templates;

/// What all mails and calendar objects have in common, whatever the meeting.
pub(in crate::pipeline) struct Letterhead {
    pub(in crate::pipeline) organization: Organization,
    /// From whom mails come, but for users who have an account of their own.
    pub(in crate::pipeline) sender: Mailbox,
    /// Where bounces go; without it, to the sender.
    pub(in crate::pipeline) envelope_sender: Option<EnvelopeSender>,
    pub(in crate::pipeline) templates: Templates,
    /// How calendar objects write times.
    pub(in crate::pipeline) times: Times,
    /// Whom calendar objects list.
    pub(in crate::pipeline) attendees: AttendeeList,
    /// They say what they are called, and which ids people type.
    pub(in crate::pipeline) providers: Providers,
    pub(in crate::pipeline) clock: Clock,
}

impl Letterhead {
    /// The domain of UIDs and Message-IDs.
    pub(in crate::pipeline) fn domain(&self) -> &str {
        self.sender.address.domain()
    }
}
