//! Who gets an invitation, and who does not and why.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::case::{Case, Place};
use super::{Pick, SendOptions};
use crate::mail::{DeliveryState, OutboxEntry, Purpose};
use crate::meeting::{Acceptance, Attendee, EmailAddress, Person, Revision};

/// What the outbox knows of one person, for one meeting.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// The newest revision that the person was sent, or that is on its way; none after a cancellation.
    pub(super) revision: Option<Revision>,
    /// Whether that one still waits in the outbox.
    pub(super) waits: bool,
    /// The newest revision that the mail server took: the last that the person can have read; none after a
    /// cancellation.
    pub(super) received: Option<Revision>,
    /// Whether any invitation left since the last cancellation, or may have.
    pub(super) was_sent: bool,
    /// Whether a cancellation, later than any invitation, still waits in the outbox.
    pub(super) cancellation_waits: bool,
    /// The Message-ID of the first mail that it took, which later mails refer to.
    pub(super) first_message_id: Option<String>,
    /// Whether there is any mail to this person in the outbox, whatever became of it.
    pub(super) was_written_to: bool,
    /// Whether any invitation waits in the outbox, of whatever revision.
    pub(super) invitation_waits: bool,
    /// The newest revision of which there is a mail, and how many of it there are, whatever became of them.
    newest: Revision,
    invitations: u32,
    cancellations: u32,
}

impl Told {
    /// How often a revision, which is no older than any of the mails, was sent to this person before for one purpose.
    pub(super) fn resend(&self, purpose: Purpose, current: Revision) -> u32 {
        match purpose {
            _ if self.newest != current => 0,
            Purpose::Invitation => self.invitations,
            Purpose::Cancellation => self.cancellations,
        }
    }

    /// Takes note of one mail to this person; the oldest come first.
    pub(super) fn note(&mut self, entry: &OutboxEntry) {
        self.was_written_to = true;
        if entry.revision > self.newest {
            self.newest = entry.revision;
            (self.invitations, self.cancellations) = (0, 0);
        }
        if entry.revision == self.newest {
            let count = match entry.purpose {
                Purpose::Invitation => &mut self.invitations,
                Purpose::Cancellation => &mut self.cancellations,
            };
            *count = (*count).max(entry.resend + 1);
        }
        let waits = entry.waits();
        let sent = entry.state == DeliveryState::Sent;
        if sent {
            self.first_message_id
                .get_or_insert_with(|| entry.message_id.clone());
        }
        if !waits && !sent {
            return;
        }
        match entry.purpose {
            Purpose::Cancellation => {
                self.revision = None;
                self.received = None;
                self.was_sent = false;
                self.cancellation_waits = waits;
            }
            Purpose::Invitation => {
                self.invitation_waits |= waits;
                self.was_sent |= entry.state != DeliveryState::Queued;
                self.cancellation_waits = false;
                if sent {
                    self.received = self.received.max(Some(entry.revision));
                }
                if self.revision <= Some(entry.revision) {
                    self.revision = Some(entry.revision);
                    self.waits = waits;
                }
            }
        }
    }
}

/// What becomes of one attendee.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    /// Gets an invitation.
    Invite(Recipient<'a>),
    /// Gets a cancellation.
    Cancel(Recipient<'a>),
    /// Is not invited any more, and was never reached: what waits is called off.
    CallOff(Place),
    /// Has one of this revision in the outbox that was not delivered yet.
    Waits(Place),
    /// Gets none.
    Skip { place: Place, reason: Reason },
}

/// Why somebody gets no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    NoRecord,
    HoldsMeeting,
    NoAddress,
    NotPicked,
    HasRevision(Revision),
    HasAnswered(Acceptance),
    /// Another with the same address gets it.
    SharesWithInvited(Place),
    /// Another with the same address has it.
    SharesWithInformed(Place, Revision),
    WasNotInvited,
    NothingToTakeBack,
}

impl Reason {
    pub(super) fn words(self, who: Place, case: &Case) -> String {
        match self {
            Self::NoRecord => format!("there is no {} in the CRM", case.reference(who)),
            Self::HoldsMeeting => "holds the meeting".to_owned(),
            Self::NoAddress => "has no email address".to_owned(),
            Self::NotPicked => "was not picked".to_owned(),
            Self::HasRevision(revision) => format!("has revision {revision} already"),
            Self::HasAnswered(answer) => format!("has answered: {answer}"),
            Self::SharesWithInvited(twin) => {
                format!("has the address of {}, who gets it", case.reference(twin))
            }
            Self::SharesWithInformed(twin, revision) => format!(
                "has the address of {}, who has revision {revision} already",
                case.reference(twin)
            ),
            Self::WasNotInvited => "was not invited".to_owned(),
            Self::NothingToTakeBack => "has no invitation to take back".to_owned(),
        }
    }
}

impl<'a> Verdict<'a> {
    /// Whoever gets a mail, and what for.
    pub(super) fn addressed(&self) -> Option<(Purpose, &Recipient<'a>)> {
        match self {
            Self::Invite(recipient) => Some((Purpose::Invitation, recipient)),
            Self::Cancel(recipient) => Some((Purpose::Cancellation, recipient)),
            Self::CallOff(_) | Self::Waits(_) | Self::Skip { .. } => None,
        }
    }

    pub(super) fn place(&self) -> Place {
        match self {
            Self::Invite(recipient) | Self::Cancel(recipient) => recipient.place,
            Self::CallOff(place) | Self::Waits(place) | Self::Skip { place, .. } => *place,
        }
    }

    /// Whether it is about somebody who gets a mail, or for whom one waits.
    pub(super) fn is_awaited(&self) -> bool {
        matches!(self, Self::Invite(_) | Self::Cancel(_) | Self::Waits(_))
    }
}

/// Somebody who gets a mail.
#[derive(Debug)]
pub(super) struct Recipient<'a> {
    pub(super) place: Place,
    /// What the person answered.
    pub(super) status: Acceptance,
    pub(super) told: &'a Told,
}

/// Decides about every attendee, in the CRM's order. `rose`: whether the revision is newer than what anybody
/// was told.
pub(super) fn choose<'a>(
    case: &'a Case,
    options: &SendOptions,
    current: Revision,
    rose: bool,
) -> Vec<Verdict<'a>> {
    // A mailbox that several people share gets one mail.
    let mut chosen = Mailboxes::default();
    let mut having = Mailboxes::default();
    for (place, attendee, person) in case.placed() {
        if case.told(&attendee.person).revision == Some(current) && person.is_some() {
            having.add(case, place);
        }
    }
    let mut verdicts = Vec::with_capacity(case.meeting.attendees.len());
    for (place, attendee, person) in case.placed() {
        let skip = |reason| Verdict::Skip { place, reason };
        let told = case.told(&attendee.person);
        let verdict = match person {
            None => skip(Reason::NoRecord),
            Some(person) if case.is_organizer(&person) => skip(Reason::HoldsMeeting),
            Some(person) => match reason_against(attendee, &person, options, current, rose, told) {
                Some(Against::Waits) => Verdict::Waits(place),
                Some(Against::Because(reason)) => skip(reason),
                None => {
                    if let Some(twin) = chosen.twin(case, place) {
                        skip(Reason::SharesWithInvited(twin))
                    } else if let Some(twin) = having.twin(case, place).filter(|_| !options.resend) {
                        skip(Reason::SharesWithInformed(twin, current))
                    } else {
                        chosen.add(case, place);
                        Verdict::Invite(Recipient {
                            place,
                            status: attendee.status,
                            told,
                        })
                    }
                }
            },
        };
        verdicts.push(verdict);
    }
    verdicts
}

/// Takes the invitation back from those who have one and are not attendees any more.
pub(super) fn withdraw(case: &Case) -> Vec<Verdict<'_>> {
    let mut verdicts = Vec::new();
    for (place, person) in case.placed_former() {
        let told = case.told(&person.reference);
        if told.cancellation_waits {
            verdicts.push(Verdict::Waits(place));
            continue;
        }
        if told.revision.is_none() {
            continue;
        }
        // Who still gets an invitation at this address under another record must not be told that it is off.
        let is_reached = |address: &EmailAddress| {
            case.addresses()
                .any(|other| other.eq_ignore_ascii_case(address.as_str()))
        };
        verdicts.push(match &person.email {
            Some(address) if told.was_sent && !is_reached(address) => Verdict::Cancel(Recipient {
                place,
                status: Acceptance::None,
                told,
            }),
            _ => Verdict::CallOff(place),
        });
    }
    verdicts
}

/// Takes the invitation back from everybody who has one: the meeting is called off.
pub(super) fn cancel<'a>(case: &'a Case, picks: &[Pick]) -> Vec<Verdict<'a>> {
    let attendees = case
        .placed()
        .filter_map(|(place, attendee, person)| Some((place, attendee.status, person?)));
    let former = case
        .placed_former()
        .map(|(place, person)| (place, Acceptance::None, person.clone()));
    let mut verdicts = Vec::new();
    for (place, status, person) in attendees.chain(former) {
        let told = case.told(&person.reference);
        let is_picked = picks.is_empty() || picks.iter().any(|pick| pick.picks(&person));
        if told.cancellation_waits && is_picked {
            verdicts.push(Verdict::Waits(place));
            continue;
        }
        let reason = if !told.was_written_to {
            Reason::WasNotInvited
        } else if !told.was_sent {
            Reason::NothingToTakeBack
        } else if !is_picked {
            Reason::NotPicked
        } else if person.email.is_none() {
            Reason::NoAddress
        } else {
            verdicts.push(Verdict::Cancel(Recipient { place, status, told }));
            continue;
        };
        verdicts.push(Verdict::Skip { place, reason });
    }
    verdicts
}

enum Against {
    Waits,
    Because(Reason),
}

fn reason_against(
    attendee: &Attendee,
    person: &Person,
    options: &SendOptions,
    current: Revision,
    rose: bool,
    told: &Told,
) -> Option<Against> {
    let because = |reason| Some(Against::Because(reason));
    if person.email.is_none() {
        return because(Reason::NoAddress);
    }
    if !options.to.is_empty() && !options.to.iter().any(|pick| pick.picks(person)) {
        return because(Reason::NotPicked);
    }
    let has_current = told.revision == Some(current);
    if has_current && told.waits {
        // Is delivered now; a second one would only double it.
        return Some(Against::Waits);
    }
    if has_current && !options.resend {
        return because(Reason::HasRevision(current));
    }
    let was_told_older = told.revision.is_some() && !has_current;
    let regardless = options.all || !options.to.is_empty() || rose || was_told_older;
    if !regardless && attendee.status != Acceptance::None {
        return because(Reason::HasAnswered(attendee.status));
    }
    None
}

/// People by their addresses; of several with the same one, the first.
#[derive(Default)]
struct Mailboxes<'a>(HashMap<Mailbox<'a>, Place>);

impl<'a> Mailboxes<'a> {
    fn add(&mut self, case: &'a Case, place: Place) {
        if let Some(address) = case.address(place) {
            self.0.entry(Mailbox(address)).or_insert(place);
        }
    }

    /// Somebody among these who has the same address.
    fn twin(&self, case: &'a Case, place: Place) -> Option<Place> {
        self.0.get(&Mailbox(case.address(place)?)).copied()
    }
}

/// An address that is equal to others of the same mailbox ([`EmailAddress::is_same_mailbox`]).
struct Mailbox<'a>(&'a str);

impl PartialEq for Mailbox<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Mailbox<'_> {}

impl Hash for Mailbox<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let octets = self.0.bytes();
        octets.for_each(|octet| state.write_u8(octet.to_ascii_lowercase()));
    }
}
