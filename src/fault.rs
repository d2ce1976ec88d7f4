//! The facts that every error of this crate has: a stable name, a class and a remedy.
//!
//! Each layer has its own error enum. They share this trait, so that a caller (the command, an HTTP face, a CRM) can
//! react to a failure without knowing the layer that it came from.

mod remedy;

use chrono::{DateTime, Utc};

pub use remedy::{Act, Moment, Remedy, Sealed, Setting};

/// The class of a failure, in the terms of sysexits(3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The request itself makes no sense (exit 2).
    Usage,
    /// A record, a file or a template is wrong (exit 65, `EX_DATAERR`).
    BadData,
    /// A meeting, a person or a file does not exist (exit 66, `EX_NOINPUT`).
    NotFound,
    /// Zoom, the mail server or the CRM cannot be reached, or refuses for good (exit 69, `EX_UNAVAILABLE`).
    Unavailable,
    /// A fault of this program: a bug (exit 70, `EX_SOFTWARE`).
    Internal,
    /// A file or folder cannot be written (exit 73, `EX_CANTCREAT`).
    CannotCreate,
    /// The request fails now, but may succeed later: a rate limit, greylisting, a lock (exit 75, `EX_TEMPFAIL`).
    Temporary,
    /// The user on whose behalf the command runs may not do this (exit 77, `EX_NOPERM`).
    NotPermitted,
    /// The configuration is wrong or incomplete (exit 78, `EX_CONFIG`).
    Configuration,
}

impl Class {
    /// The exit status that the command ends with.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::BadData => 65,
            Self::NotFound => 66,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::CannotCreate => 73,
            Self::Temporary => 75,
            Self::NotPermitted => 77,
            Self::Configuration => 78,
        }
    }
}

/// An error that can be explained to a person.
///
/// `Display` of the error names the request, its object and the reason. It never contains a token, a password or a
/// start URL, and it does not repeat its source.
pub trait Fault: std::error::Error {
    /// A stable dotted name, such as `zoom.user_not_found`, for programs.
    fn kind(&self) -> &'static str;

    /// The class, which decides the exit status.
    fn class(&self) -> Class;

    /// The remedy. `None`: the message suffices.
    fn remedy(&self) -> Option<Remedy> {
        None
    }

    /// For an error about places in a file: these places, with their lines of source and their remedies. `say` words the
    /// acts of the remedies. A face that shows the report leaves [`Fault::remedy`] out, because the report says it.
    fn report_in(&self, say: &dyn Fn(&Act) -> String) -> Option<String> {
        let _ = say;
        None
    }

    /// The same report, in words that fit every face.
    fn report(&self) -> Option<String> {
        self.report_in(&|act| act.to_string())
    }

    /// The time from which the same request may succeed, if the other side gave it (a rate limit).
    fn retry_at(&self) -> Option<DateTime<Utc>> {
        None
    }
}

/// The message of an error followed by those of its sources, joined by `": "`.
///
/// A source is left out if the message before it already ends with it.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}

/// Any fault, boxed. Ports return it, because their callers need the explanation but not the type.
#[derive(Debug)]
pub struct BoxFault(Box<dyn Fault + Send + Sync>);

impl BoxFault {
    /// Boxes a fault.
    pub fn new(fault: impl Fault + Send + Sync + 'static) -> Self {
        Self(Box::new(fault))
    }
}

impl std::fmt::Display for BoxFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for BoxFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl Fault for BoxFault {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn class(&self) -> Class {
        self.0.class()
    }

    fn remedy(&self) -> Option<Remedy> {
        self.0.remedy()
    }

    fn report_in(&self, say: &dyn Fn(&Act) -> String) -> Option<String> {
        self.0.report_in(say)
    }

    fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.0.retry_at()
    }
}

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
