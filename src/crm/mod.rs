//! The CRM, which has the meetings and the people. Its ports are small. A CRM implements the ports that it can:
//!
//! | port | for |
//! | --- | --- |
//! | [`Records`] | the pipeline: a meeting, its attendees with their people, the join URL, answers |
//! | [`Directory`] | lists: meetings, users, people by name or address, what has changed |
//! | [`Editor`] | making and changing meetings |
//! | [`Availability`] | when users are busy |
//!
//! A caller of [`Pipeline`](crate::pipeline::Pipeline) needs only [`Records`]. The program holds all ports as one
//! [`Crm`].

mod directory;
mod editor;
mod error;
pub mod import;
mod page;
mod records;

use std::fmt;
use std::sync::Arc;

pub use directory::{
    ChangedMeeting, Directory, MeetingOrder, MeetingQuery, MeetingRecord, PeopleQuery, UserRecord,
};
pub use editor::{Availability, Busy, Editor, Span};
pub use error::CrmError;
pub use page::{Cursor, Page};
pub use records::{AttendeePages, Invitee, Records, all_attendees};

/// A CRM with its ports. Cheap to clone.
#[derive(Clone)]
pub struct Crm {
    records: Arc<dyn Records>,
    directory: Arc<dyn Directory>,
    editor: Option<Arc<dyn Editor>>,
    availability: Option<Arc<dyn Availability>>,
}

impl fmt::Debug for Crm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crm")
            .field("is_read_only", &self.editor.is_none())
            .field("knows_busy_times", &self.availability.is_some())
            .finish_non_exhaustive()
    }
}

impl Crm {
    /// A CRM that can be read, and that accepts join URLs and answers.
    #[must_use]
    pub fn new(records: Arc<dyn Records>, directory: Arc<dyn Directory>) -> Self {
        Self {
            records,
            directory,
            editor: None,
            availability: None,
        }
    }

    /// The same CRM, with a port that makes and changes meetings.
    #[must_use]
    pub fn with_editor(mut self, editor: Arc<dyn Editor>) -> Self {
        self.editor = Some(editor);
        self
    }

    /// The same CRM, with a port that tells when users are busy.
    #[must_use]
    pub fn with_availability(mut self, availability: Arc<dyn Availability>) -> Self {
        self.availability = Some(availability);
        self
    }

    /// Single records.
    #[must_use]
    pub fn records(&self) -> &Arc<dyn Records> {
        &self.records
    }

    /// Lists.
    #[must_use]
    pub fn directory(&self) -> &Arc<dyn Directory> {
        &self.directory
    }

    /// The port that makes and changes meetings.
    ///
    /// # Errors
    /// [`CrmError::ReadOnly`] if the CRM does not have this port.
    pub fn editor(&self) -> Result<&Arc<dyn Editor>, CrmError> {
        self.editor.as_ref().ok_or(CrmError::ReadOnly)
    }

    /// The port that tells when users are busy. Without it, nobody's time is known, and nobody counts as free.
    #[must_use]
    pub fn availability(&self) -> Option<&Arc<dyn Availability>> {
        self.availability.as_ref()
    }
}
