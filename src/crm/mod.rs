//! The CRM: where meetings and people live. [`Crm`] is the one trait to implement for records of your own.

pub mod import;

use async_trait::async_trait;

use crate::fault::{Act, BoxError, BoxFault, Class, Fault, Moment, Remedy};
use crate::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, PersonRef};

/// The CRM's records, as the pipeline needs them.
///
/// The front page of this crate has an example of an implementation over records in memory.
#[async_trait]
pub trait Crm: Send + Sync {
    /// Finds a meeting; `None` when there is none with this id.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or its record is not a valid meeting.
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError>;

    /// Finds people. Those that do not exist are missing in the answer; the order does not matter.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or a record is not a valid person.
    async fn people(&self, who: &[PersonRef]) -> Result<Vec<Person>, CrmError>;

    /// Writes the join URL back to a meeting, or clears it.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked or refuses.
    async fn set_join_url(&self, id: &MeetingId, join_url: Option<&JoinUrl>) -> Result<(), CrmError>;

    /// Records what an attendee answered.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked or refuses.
    async fn set_attendee_status(
        &self,
        id: &MeetingId,
        person: &PersonRef,
        status: Acceptance,
    ) -> Result<(), CrmError>;
}

/// Why the CRM did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrmError {
    /// It cannot be reached, or failed.
    #[error("the CRM failed while {doing}")]
    Unavailable {
        /// What was being done, such as `loading the meeting "kickoff"`.
        doing: String,
        /// Why it failed.
        source: BoxError,
    },
    /// A record of it is not valid.
    #[error("{record} in the CRM is not valid: {reason}")]
    InvalidRecord {
        /// Which record, such as `meeting "kickoff"`.
        record: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A fault that explains itself, of the layer that keeps the records.
    #[error(transparent)]
    Records(BoxFault),
}

impl Fault for CrmError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "crm.unavailable",
            Self::InvalidRecord { .. } => "crm.invalid_record",
            Self::Records(fault) => fault.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Unavailable { .. } => Class::Unavailable,
            Self::InvalidRecord { .. } => Class::BadData,
            Self::Records(fault) => fault.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Unavailable { .. } => {
                Some(Remedy::says("check that the CRM answers, then ").then(Act::Again(Moment::Now)))
            }
            Self::InvalidRecord { .. } => Some("correct the record in the CRM".into()),
            Self::Records(fault) => fault.remedy(),
        }
    }
}
