//! A test kit for implementers of the ports: adapters in memory, and suites of checks for adapters.
//!
//! | item | for |
//! | --- | --- |
//! | [`crm_suite`] | the contract of [`crm::Records`](crate::crm::Records) |
//! | [`outbox_suite`] | the contract of [`mail::Outbox`](crate::mail::Outbox) |
//! | [`MemoryCrm`] | a CRM in memory, for tests of programs that call the pipeline |
//! | [`StubTransport`] | a mail server in memory, which keeps the mails that it takes, and fails on demand |
//!
//! A suite runs its checks one after another, each with a new adapter, and returns a [`Failure`] for each check that
//! failed. It never panics and needs no test framework:
//!
//! ```
//! use invite::testing::{MemoryCrm, Rights, crm_suite};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let failures = crm_suite(async |contents| {
//!     let crm = MemoryCrm::with(contents.people, contents.meetings);
//!     match contents.rights {
//!         Rights::All => {}
//!         Rights::WithoutAddressesOf(people) => crm.hide_addresses_of(people),
//!         Rights::WithoutJoinUrl => crm.lock_join_urls(true),
//!         // A CRM that cannot be so answers `None`, and is not checked for it.
//!         _ => return None,
//!     }
//!     Some(crm)
//! })
//! .await;
//! assert!(failures.is_empty(), "{failures:#?}");
//! # }
//! ```
//!
//! The module belongs to no feature. It adds no dependency, and a program that does not call it does not contain it. So
//! `cargo test` needs no flag for the tests of this crate, which use it too.

mod crm_suite;
mod memory_crm;
mod outbox_suite;
mod stub_transport;

use std::fmt;

use crate::fault::chain;

pub use crm_suite::{CrmContents, Rights, crm_suite};
pub use memory_crm::MemoryCrm;
pub use outbox_suite::outbox_suite;
pub use stub_transport::{StubFate, StubMail, StubTransport};

/// A check that an adapter failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of the check, such as `pages_leave_nobody_out`.
    pub check: &'static str,
    /// The adapter's behaviour, and the expected one.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.reason)
    }
}

/// Why a check failed.
#[derive(Debug)]
struct Broken(String);

/// The result of a check.
type Checked = Result<(), Broken>;

/// An unexpected error.
impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(format!("an error: {}", chain(&error)))
    }
}

/// Checks that a value is the expected one.
fn same<T: PartialEq + fmt::Debug>(what: impl fmt::Display, is: T, should_be: T) -> Checked {
    match is == should_be {
        true => Ok(()),
        false => Err(Broken(format!("{what}: {is:?} instead of {should_be:?}"))),
    }
}

/// Checks that a condition holds.
fn holds(what: impl fmt::Display, is_so: bool) -> Checked {
    match is_so {
        true => Ok(()),
        false => Err(Broken(format!("not so: {what}"))),
    }
}

/// Adds the check to the failures if it failed.
fn note(failures: &mut Vec<Failure>, check: &'static str, checked: Checked) {
    if let Err(Broken(reason)) = checked {
        failures.push(Failure { check, reason });
    }
}
