//! Why the CRM did not do what it was asked.

use crate::fault::{Act, BoxError, BoxFault, Class, Fault, Moment, Remedy};

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
    /// It took a value and kept another one, or none: mostly because the field is read-only to us. The rest of the record is as
    /// it was.
    #[error("the CRM did not keep the {field} of {record}: it has {}", kept.as_deref().unwrap_or("none"))]
    NotKept {
        /// Which record, such as `meeting "kickoff"`.
        record: String,
        /// Which field, such as `join URL`.
        field: &'static str,
        /// What the record says.
        kept: Option<String>,
        /// What would help in this CRM, where the adapter knows it.
        remedy: Option<Remedy>,
    },
    /// Somebody else changed the record between reading and writing. Nothing was written.
    #[error("{record} was changed in the CRM meanwhile")]
    Changed {
        /// Which record, such as `meeting "kickoff"`.
        record: String,
    },
    /// It has no such record.
    #[error("there is no {record} in the CRM")]
    NotFound {
        /// Which record, such as `meeting "kickoff"`.
        record: String,
    },
    /// Its meetings cannot be changed from here: it has no [`Editor`](super::Editor).
    #[error("the meetings of this CRM cannot be changed from here")]
    ReadOnly,
    /// A fault that explains itself, of the layer that keeps the records.
    #[error(transparent)]
    Records(BoxFault),
}

impl Fault for CrmError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "crm.unavailable",
            Self::InvalidRecord { .. } => "crm.invalid_record",
            Self::NotKept { .. } => "crm.not_kept",
            Self::Changed { .. } => "crm.changed",
            Self::NotFound { .. } => "crm.not_found",
            Self::ReadOnly => "crm.read_only",
            Self::Records(fault) => fault.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Unavailable { .. } | Self::NotKept { .. } => Class::Unavailable,
            Self::Changed { .. } => Class::Temporary,
            Self::NotFound { .. } => Class::NotFound,
            Self::ReadOnly => Class::Configuration,
            Self::InvalidRecord { .. } => Class::BadData,
            Self::Records(fault) => fault.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::Unavailable { .. } => {
                Remedy::says("check that the CRM answers, then ").then(Act::Again(Moment::Now))
            }
            Self::InvalidRecord { .. } => "correct the record in the CRM".into(),
            Self::NotKept {
                remedy: Some(remedy), ..
            } => remedy.clone(),
            Self::NotKept { field, .. } => {
                Remedy::says(format!("let this program write the {field} in the CRM, then "))
                    .then(Act::Again(Moment::Now))
            }
            Self::Changed { .. } => Remedy::act(Act::Again(Moment::Now)),
            Self::NotFound { .. } => {
                "check that the record is still there, and that this program may read it".into()
            }
            Self::ReadOnly => "change the meeting in the CRM itself".into(),
            Self::Records(fault) => return fault.remedy(),
        })
    }
}
