//! The common parts of all mails and calendar objects, whatever the meeting.

use crate::calendar::{AttendeeList, Times};
use crate::clock::Clock;
use crate::mail::{EnvelopeSender, Mailbox};
use crate::organization::Organization;
use crate::pipeline::push::Providers;
use crate::template::Templates;

/// The common parts of all mails and calendar objects, whatever the meeting.
pub(in crate::pipeline) struct Letterhead {
    pub(in crate::pipeline) organization: Organization,
    /// The sender of mails, except for users with an account of their own.
    pub(in crate::pipeline) sender: Mailbox,
    /// The address for bounces; without it, they go to the sender.
    pub(in crate::pipeline) envelope_sender: Option<EnvelopeSender>,
    pub(in crate::pipeline) templates: Templates,
    /// The form of times in calendar objects.
    pub(in crate::pipeline) times: Times,
    /// The attendees that calendar objects list.
    pub(in crate::pipeline) attendees: AttendeeList,
    /// For their names, and for the ids that people type.
    pub(in crate::pipeline) providers: Providers,
    pub(in crate::pipeline) clock: Clock,
}

impl Letterhead {
    /// The domain of UIDs and Message-IDs.
    pub(in crate::pipeline) fn domain(&self) -> &str {
        self.sender.address.domain()
    }
}
