//! Who gets an invitation, and who does not and why.

use std::collections::HashMap;

use super::SendOptions;
use super::load::Case;
use crate::mail::{DeliveryState, OutboxEntry, Purpose};
use crate::meeting::{Acceptance, Attendee, Person, PersonRef, Revision};

/// What the outbox knows of one person, for one meeting.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// The newest revision that the person was sent, or that is on its way.
    pub(super) revision: Option<Revision>,
    /// Whether that one still waits in the outbox.
    pub(super) waits: bool,
    /// The newest revision that the mail server took: the last that the person can have read.
    pub(super) received: Option<Revision>,
    /// The Message-ID of the first that it took, which later mails refer to.
    pub(super) first_message_id: Option<String>,
    /// How many invitations of the current revision there are, whatever became of them.
    current: u32,
}

/// What becomes of one attendee.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    /// Gets an invitation.
    Invite(Recipient<'a>),
    /// Has one of this revision in the outbox that was not delivered yet.
    Waits(&'a Person),
    /// Gets none.
    Skip {
        attendee: &'a Attendee,
        person: Option<&'a Person>,
        reason: String,
    },
}

/// Somebody who gets an invitation.
#[derive(Debug)]
pub(super) struct Recipient<'a> {
    pub(super) person: &'a Person,
    pub(super) told: Told,
}

impl Recipient<'_> {
    /// How often this revision was sent to this person before.
    pub(super) fn resend(&self) -> u32 {
        self.told.current
    }
}

/// What everybody was told, of the invitations in the outbox.
pub(super) fn told(entries: &[OutboxEntry], current: Revision) -> HashMap<PersonRef, Told> {
    let mut all: HashMap<PersonRef, Told> = HashMap::new();
    for entry in entries
        .iter()
        .filter(|entry| entry.purpose == Purpose::Invitation)
    {
        let told = all.entry(entry.person.clone()).or_default();
        if entry.revision == current {
            told.current = told.current.max(entry.resend + 1);
        }
        let waits = matches!(entry.state, DeliveryState::Queued | DeliveryState::Sending);
        let sent = entry.state == DeliveryState::Sent;
        if sent {
            told.first_message_id
                .get_or_insert_with(|| entry.message_id.clone());
            told.received = told.received.max(Some(entry.revision));
        }
        if (waits || sent) && told.revision <= Some(entry.revision) {
            told.revision = Some(entry.revision);
            told.waits = waits;
        }
    }
    all
}

/// Decides about every attendee, in the CRM's order. `rose`: whether the revision is newer than what anybody
/// was told.
pub(super) fn choose<'a>(
    case: &'a Case,
    options: &SendOptions,
    current: Revision,
    rose: bool,
    mut told: HashMap<PersonRef, Told>,
) -> Vec<Verdict<'a>> {
    // A mailbox that several people share gets one mail.
    let mut chosen: Vec<&Person> = Vec::new();
    let having: Vec<&Person> = case
        .attendees()
        .filter_map(|(attendee, person)| Some((told.get(&attendee.person)?, person?)))
        .filter_map(|(told, person)| (told.revision == Some(current)).then_some(person))
        .collect();
    let mut verdicts = Vec::with_capacity(case.meeting.attendees.len());
    for (attendee, person) in case.attendees() {
        let skip = |reason: String| Verdict::Skip {
            attendee,
            person,
            reason,
        };
        let told = told.remove(&attendee.person).unwrap_or_default();
        let verdict = match person {
            None => skip(format!("there is no {} in the CRM", attendee.person)),
            Some(person) if case.is_organizer(person) => skip("holds the meeting".to_owned()),
            Some(person) => match reason_against(attendee, person, options, current, rose, &told) {
                Some(Against::Waits) => Verdict::Waits(person),
                Some(Against::Because(reason)) => skip(reason),
                None => {
                    if let Some(twin) = twin(&chosen, person) {
                        skip(format!("has the address of {}, who gets it", twin.reference))
                    } else if let Some(twin) = twin(&having, person).filter(|_| !options.resend) {
                        let twin = &twin.reference;
                        skip(format!(
                            "has the address of {twin}, who has revision {current} already"
                        ))
                    } else {
                        chosen.push(person);
                        Verdict::Invite(Recipient { person, told })
                    }
                }
            },
        };
        verdicts.push(verdict);
    }
    verdicts
}

enum Against {
    Waits,
    Because(String),
}

fn reason_against(
    attendee: &Attendee,
    person: &Person,
    options: &SendOptions,
    current: Revision,
    rose: bool,
    told: &Told,
) -> Option<Against> {
    let because = |reason: &str| Some(Against::Because(reason.to_owned()));
    if person.email.is_none() {
        return because("has no email address");
    }
    if !options.to.is_empty() && !options.to.iter().any(|pick| pick.picks(person)) {
        return because("was not picked");
    }
    let has_current = told.revision == Some(current);
    if has_current && told.waits {
        // Is delivered now; a second one would only double it.
        return Some(Against::Waits);
    }
    if has_current && !options.resend {
        return Some(Against::Because(format!("has revision {current} already")));
    }
    let was_told_older = told.revision.is_some() && !has_current;
    let regardless = options.all || !options.to.is_empty() || rose || was_told_older;
    if !regardless && attendee.status != Acceptance::None {
        return Some(Against::Because(format!("has answered: {}", attendee.status)));
    }
    None
}

/// Somebody among these who has the same address.
fn twin<'a>(people: &[&'a Person], person: &Person) -> Option<&'a Person> {
    let address = person.email.as_ref()?;
    let is_twin = |other: &&&Person| {
        other
            .email
            .as_ref()
            .is_some_and(|email| email.is_same_mailbox(address))
    };
    people.iter().find(is_twin).copied()
}
