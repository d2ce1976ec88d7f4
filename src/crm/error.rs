//! The errors of a CRM.

use crate::fault::{Act, BoxError, BoxFault, Class, Fault, Moment, Remedy};

/// Why the CRM did not carry out a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrmError {
    /// The CRM cannot be reached, or failed.
    #[error("the CRM failed while {doing}")]
    Unavailable {
        /// The request in words, such as `loading the meeting "kickoff"`.
        doing: String,
        /// The reason.
        source: BoxError,
    },
    /// A record of the CRM is not valid.
    #[error("{record} in the CRM is not valid: {reason}")]
    InvalidRecord {
        /// The record, such as `meeting "kickoff"`.
        record: String,
        /// The fault in the record.
        reason: String,
    },
    /// The CRM accepted a value but kept another value or none, mostly because this program may not write the field.
    /// The rest of the record is unchanged.
    #[error("the CRM did not keep the {field} of {record}: it has {}", kept.as_deref().unwrap_or("none"))]
    NotKept {
        /// The record, such as `meeting "kickoff"`.
        record: String,
        /// The field, such as `join URL`.
        field: &'static str,
        /// The value that the record has now.
        kept: Option<String>,
        /// The way to solve this in the CRM, if the adapter knows one.
        remedy: Option<Remedy>,
    },
    /// Somebody else changed the record between reading and writing. Nothing was written.
    #[error("{record} was changed in the CRM meanwhile")]
    Changed {
        /// The record, such as `meeting "kickoff"`.
        record: String,
    },
    /// The CRM has no such record.
    #[error("there is no {record} in the CRM")]
    NotFound {
        /// The record, such as `meeting "kickoff"`.
        record: String,
    },
    /// Meetings of this CRM cannot be changed by this program: it has no [`Editor`](super::Editor).
    #[error("the meetings of this CRM cannot be changed from here")]
    ReadOnly,
    /// A fault of the layer below, which has its own explanation.
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
