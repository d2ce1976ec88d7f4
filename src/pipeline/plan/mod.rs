//! The plan: the step for each mailbox of a meeting, and the waiting messages that it supersedes.
//!
//! Calendars live behind mailboxes. Each mailbox must be told the invitation at the present revision, or nothing. It was told,
//! or will be, the messages that left and those that wait. [`plan`] is the difference:
//!
//! | must be told | was told, or waits | so it gets |
//! | --- | --- | --- |
//! | the invitation | the invitation at the present revision waits | what waits |
//! | | something older waits, or a CANCEL | the invitation, in the place of what waits |
//! | | it has the present revision | nothing |
//! | | it has an older one | the invitation, as an update |
//! | | nothing | the invitation, if it is meant: nobody answered yet, all are asked, or the meeting has changed |
//! | nothing | it has an invitation, or may have | one CANCEL, in the place of what waits |
//! | | an invitation waits that never left | what waits is called off |
//! | | a CANCEL waits, or has left | what waits; nothing |
//!
//! Under another organizer a meeting has another UID (a new [`Tenure`]): then a mailbox must be told the invitation under the
//! new UID, and nothing under each old one.
//!
//! Sends, cancellations, dry runs, renewals by a worker and retries all ask this room. It uses the facts and the
//! options alone, and does no I/O.

mod decide;
mod message_id;
mod number;
mod picks;
mod present;
mod reason;
mod retry;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

pub(super) use reason::{CalledOff, Reason};
pub(super) use retry::retry;

use self::decide::Planner;
use super::facts::{Case, MailboxHistory, Place, TenureHistory};
use super::options::{Pick, SendOptions};
use crate::calendar::Method;
use crate::mail::{Issued, Purpose};
use crate::meeting::Acceptance;

/// The aim of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'a> {
    /// To invite, and to tell former attendees that they are not invited any more.
    Send(&'a SendOptions),
    /// To call the meeting off, for the attendees that the picks name; without picks, for all.
    Cancel(&'a [Pick]),
    /// To replace waiting messages that are no longer true. It is about mailboxes with a waiting message alone.
    Renew,
}

/// The mails to make, and the steps for all other mailboxes. Made by [`plan`].
#[derive(Debug)]
pub(super) struct Plan<'c> {
    /// The revisions that the mails tell, of one tenure each. The first is the present one.
    pub(super) issues: Vec<Issue>,
    /// First the attendees in the CRM's order, then the former attendees. A mailbox has a step for each tenure of which it has
    /// an invitation.
    pub(super) steps: Vec<Step<'c>>,
    /// The attendees whose answers end.
    pub(super) answers_end: Vec<Place>,
    /// The digest of the content of invitations; `None` if the present revision has the same.
    pub(super) content: Option<i64>,
}

/// A revision that mails of a plan tell.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) issued: Issued,
    /// Whether it is still to be recorded.
    pub(super) is_new: bool,
}

/// The step for one mailbox.
#[derive(Debug)]
pub(super) struct Step<'c> {
    pub(super) place: Place,
    pub(super) what: What<'c>,
}

#[derive(Debug)]
pub(super) enum What<'c> {
    /// The mailbox gets a mail.
    Mail(Mail<'c>),
    /// A mail waits for the mailbox.
    Waits(Method),
    /// The waiting mail does not leave.
    CallOff(i64, CalledOff),
    /// The mailbox gets no mail.
    Skip(Reason),
}

/// A mail to make.
#[derive(Debug)]
pub(super) struct Mail<'c> {
    pub(super) place: Place,
    /// The place of its revision among the plan's issues.
    pub(super) issue: usize,
    pub(super) kind: MailKind,
    /// The recipient's answer, as the calendar object has it.
    pub(super) status: Acceptance,
    /// The number of earlier messages of this revision to the mailbox.
    pub(super) resend: u32,
    /// The message in whose place it is put.
    pub(super) supersedes: Option<i64>,
    /// The Message-ID of the first message that the mailbox got.
    pub(super) references: Option<&'c str>,
}

/// The kind of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum MailKind {
    /// The first invitation, or the same again.
    Invitation,
    /// The change since a revision, which is given by its place in the case's history.
    Update(usize),
    /// The meeting does not take place.
    Off,
    /// The meeting takes place, but without the recipient.
    Removed,
    /// The meeting takes place under another organizer and another UID.
    NewOrganizer,
}

impl MailKind {
    pub(super) const fn method(self) -> Method {
        match self {
            Self::Invitation | Self::Update(_) => Method::Request,
            Self::Off | Self::Removed | Self::NewOrganizer => Method::Cancel,
        }
    }

    pub(super) const fn purpose(self) -> Purpose {
        match self {
            Self::Invitation => Purpose::Invitation,
            Self::Update(_) => Purpose::Update,
            Self::Off | Self::Removed | Self::NewOrganizer => Purpose::Cancellation,
        }
    }
}

/// Decides the step for each mailbox. `now` tells whether the meeting is over; `domain` is that of new UIDs.
pub(super) fn plan<'c>(case: &'c Case, aim: Aim<'_>, now: DateTime<Utc>, domain: &str) -> Plan<'c> {
    let mut planner = Planner::new(case, aim, now, domain);
    for (place, attendee, person) in case.placed() {
        planner.decide_attendee(place, attendee, person);
    }
    for (place, person) in case.placed_former() {
        planner.decide_former(place, person);
    }
    planner.finish()
}

impl<'c> Step<'c> {
    pub(super) fn mail(&self) -> Option<&Mail<'c>> {
        match &self.what {
            What::Mail(mail) => Some(mail),
            What::Waits(_) | What::CallOff(..) | What::Skip(_) => None,
        }
    }

    /// Whether a mail leaves for the mailbox, or waits.
    pub(super) const fn is_awaited(&self) -> bool {
        matches!(self.what, What::Mail(_) | What::Waits(_))
    }
}

impl<'c> Plan<'c> {
    /// The mails to make.
    pub(super) fn mails(&self) -> impl Iterator<Item = &Mail<'c>> {
        self.steps.iter().filter_map(Step::mail)
    }

    /// The messages that are not to leave.
    pub(super) fn called_off(&self) -> impl Iterator<Item = (i64, CalledOff)> {
        self.steps.iter().filter_map(|step| match step.what {
            What::CallOff(message, reason) => Some((message, reason)),
            _ => None,
        })
    }

    /// The present revision.
    pub(super) fn present(&self) -> &Issued {
        // Each plan has a present revision.
        &self.issues[0].issued
    }
}
