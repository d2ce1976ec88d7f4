//! The step for each mailbox, by the table at the head of [`plan`](super).

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::picks::Picks;
use super::present::Present;
use super::{Aim, CalledOff, Mail, MailKind, MailboxHistory, Reason, Step, TenureHistory, What};
use crate::calendar::Method;
use crate::mail::Issued;
use crate::meeting::{Acceptance, Attendee, MeetingStatus, Person, PersonRef, Reach, Revision, Tenure};
use crate::pipeline::facts::{Case, Place};

/// The outlook of the meeting itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outlook {
    TakesPlace,
    CalledOff,
    /// The meeting took place, or its end is past: waiting messages are too late.
    Over,
}

/// A mailbox about which a step was decided.
enum Claim {
    Addressed(Place),
    Informed(Place, Revision),
}

pub(super) struct Planner<'c, 'a> {
    pub(super) case: &'c Case,
    aim: Aim<'a>,
    outlook: Outlook,
    ends_at: DateTime<Utc>,
    pub(super) present: Present,
    /// The attendees that the aim names.
    picks: Picks<'a>,
    /// The records that have or had an invitation at a former mailbox of theirs, or for which an invitation waits there.
    moved: HashSet<&'c PersonRef>,
    claims: HashMap<String, Claim>,
    pub(super) steps: Vec<Step<'c>>,
    /// For each earlier tenure with mails, the place of its newest revision in the case's history; in the order of their issues
    /// behind the present issue.
    pub(super) earlier: Vec<usize>,
    pub(super) answers_end: Vec<Place>,
    /// For each revision of the history, whether the meeting differs from it now; `None` where it was not compared yet.
    differs: Vec<Option<bool>>,
}

impl<'c, 'a> Planner<'c, 'a> {
    pub(super) fn new(case: &'c Case, aim: Aim<'a>, now: DateTime<Utc>, domain: &str) -> Self {
        let meeting = &case.meeting;
        let (_, ends_at) = meeting.when.span(&meeting.time_zone);
        let is_renewal = matches!(aim, Aim::Renew);
        let outlook = match meeting.status {
            _ if is_renewal && ends_at <= now => Outlook::Over,
            MeetingStatus::Planned => Outlook::TakesPlace,
            MeetingStatus::NotHeld => Outlook::CalledOff,
            MeetingStatus::Held => Outlook::Over,
        };
        Self {
            case,
            aim,
            picks: Picks::new(match aim {
                Aim::Send(options) => &options.to,
                Aim::Cancel(picks) => picks,
                Aim::Renew => &[],
            }),
            outlook,
            ends_at,
            present: Present::of(case, outlook == Outlook::TakesPlace, domain),
            moved: moved(case, is_renewal),
            claims: HashMap::new(),
            steps: Vec::with_capacity(case.people.len()),
            earlier: Vec::new(),
            answers_end: Vec::new(),
            differs: vec![None; case.history.len()],
        }
    }

    fn step(&mut self, place: Place, what: What<'c>) {
        self.steps.push(Step { place, what });
    }

    /// Claims a mailbox for a step. `false`: an earlier step has claimed it.
    fn claim(&mut self, mailbox: String, claim: Claim) -> bool {
        match self.claims.entry(mailbox) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(claim);
                true
            }
        }
    }

    fn skip(&mut self, place: Place, reason: Reason) {
        self.step(place, What::Skip(reason));
    }

    /// Decides about an attendee. Attendees are invited, unless the meeting is called off.
    pub(super) fn decide_attendee(&mut self, place: Place, attendee: &Attendee, person: Option<&'c Person>) {
        let Some(person) = person else {
            return self.skip(place, Reason::NoRecord);
        };
        let history = self.case.history_at(place);
        if self.outlook != Outlook::TakesPlace {
            return self.end_all(place, person, history);
        }
        if self.case.is_organizer(person) {
            // Invitations to this mailbox under another organizer end, once.
            if let Some(history) = history.filter(|history| self.is_about_former(history))
                && self.claim(history.address.mailbox(), Claim::Addressed(place))
            {
                self.end_tenures(place, history, None);
            }
            return self.skip(place, Reason::HoldsMeeting);
        }
        let Some(address) = person.email() else {
            return self.skip(place, self.without_address(attendee, person, history));
        };
        if !self.is_meant(person, history) {
            return self.skip(place, Reason::NotPicked);
        }
        let mailbox = address.mailbox();
        match self.claims.get(&mailbox) {
            Some(Claim::Addressed(twin)) => return self.skip(place, Reason::SharesWithInvited(*twin)),
            Some(Claim::Informed(twin, revision)) => {
                return self.skip(place, Reason::SharesWithInformed(*twin, *revision));
            }
            None => {}
        }
        let what = self.invite(place, attendee, history);
        match &what {
            What::Mail(_) | What::Waits(_) | What::CallOff(..) => {
                self.claims.insert(mailbox, Claim::Addressed(place));
            }
            What::Skip(Reason::HasRevision(revision) | Reason::MayHaveRevision(revision)) => {
                self.claims.insert(mailbox, Claim::Informed(place, *revision));
            }
            What::Skip(_) => {}
        }
        let is_reached = !matches!(what, What::Skip(Reason::HasAnswered(_)));
        if let Some(history) = history.filter(|_| is_reached) {
            self.end_tenures(place, history, Some(self.present.tenure));
        }
        self.step(place, what);
    }

    /// The reason that an attendee without a known address gets no mail. A hidden address is the reason only if there
    /// would be a mail otherwise.
    fn without_address(
        &self,
        attendee: &Attendee,
        person: &Person,
        history: Option<&MailboxHistory>,
    ) -> Reason {
        match (&person.reach, attendee.status) {
            (Reach::At(_) | Reach::Nowhere, _) => Reason::NoAddress,
            (Reach::Hidden, _) if !self.is_meant(person, history) => Reason::NotPicked,
            (Reach::Hidden, status) if status != Acceptance::None && !self.is_regardless() => {
                Reason::HasAnswered(status)
            }
            (Reach::Hidden, _) => Reason::AddressHidden,
        }
    }

    /// Whether attendees are mailed also if they have answered.
    fn is_regardless(&self) -> bool {
        match self.aim {
            Aim::Send(options) => options.all || !options.to.is_empty() || self.present.rose,
            Aim::Cancel(_) | Aim::Renew => true,
        }
    }

    /// The step for an attendee who must be told the invitation.
    fn invite(&mut self, place: Place, attendee: &Attendee, history: Option<&'c MailboxHistory>) -> What<'c> {
        let resend = matches!(self.aim, Aim::Send(options) if options.resend);
        let regardless = self.is_regardless();
        let told = history.and_then(|history| history.tenure(self.present.tenure));
        let has = told.and_then(|told| self.has_present(told)).filter(|_| !resend);
        if let Some(waiting) = told.and_then(|told| told.waiting.as_ref()) {
            return match (waiting.method, has) {
                (Method::Request, _) if self.is_present(waiting.revision) => What::Waits(Method::Request),
                // If the CANCEL may have left, `has` is `None`.
                (Method::Cancel, Some(_)) => What::CallOff(waiting.id, CalledOff::InvitedAgain),
                _ => self.invitation(place, attendee, history, Some(waiting.id)),
            };
        }
        if let Some(revision) = has {
            let is_sure = told.and_then(|told| told.holds).is_some_and(|held| held.is_sure);
            return What::Skip(match is_sure {
                true => Reason::HasRevision(revision),
                false => Reason::MayHaveRevision(revision),
            });
        }
        // Another revision, or an invitation that was taken back: the answer was to an invitation that is no more.
        let was_told = |told: &TenureHistory| told.holds.is_some() || told.cancelled.is_some();
        let has_another = history.is_some_and(|history| history.tenures().any(was_told));
        let has_moved = self.moved.contains(&attendee.person);
        if !regardless && !has_another && !has_moved && attendee.status != Acceptance::None {
            return What::Skip(Reason::HasAnswered(attendee.status));
        }
        self.invitation(place, attendee, history, None)
    }

    fn invitation(
        &mut self,
        place: Place,
        attendee: &Attendee,
        history: Option<&'c MailboxHistory>,
        supersedes: Option<i64>,
    ) -> What<'c> {
        let told = history.and_then(|history| history.tenure(self.present.tenure));
        if told.is_some_and(|told| told.cancelled.is_some()) && attendee.status != Acceptance::None {
            // Taken back, and invited again: the answer was to the invitation that was taken back.
            self.answers_end.push(place);
        }
        let received = history.and_then(MailboxHistory::received);
        let since = received.and_then(|(tenure, revision)| {
            let is_it = |issued: &Issued| {
                (issued.tenure, issued.revision) == (tenure, revision) && !issued.facts.is_forgotten()
            };
            self.case.history.iter().rposition(is_it)
        });
        let kind = match since {
            Some(since) if self.differs_since(since) => MailKind::Update(since),
            _ => MailKind::Invitation,
        };
        What::Mail(Mail {
            place,
            issue: 0,
            kind,
            status: attendee.status,
            resend: 0,
            supersedes,
            references: history.and_then(|history| history.first_message_id.as_deref()),
        })
    }

    /// Decides about the mailbox of a former attendee.
    pub(super) fn decide_former(&mut self, place: Place, person: &'c Person) {
        let history = self.case.history_at(place);
        if self.outlook != Outlook::TakesPlace {
            return self.end_all(place, person, history);
        }
        let Some(history) = history else { return };
        if self.is_about_former(history) {
            self.end_tenures(place, history, None);
        }
    }

    /// Ends the invitations of a mailbox to a meeting that is called off or over. If there is none to end, gives the reason.
    fn end_all(&mut self, place: Place, person: &Person, history: Option<&'c MailboxHistory>) {
        let Some(history) = history else {
            let reason = match person.reach {
                _ if self.case.is_organizer(person) => Reason::HoldsMeeting,
                // Hidden, and never mailed.
                Reach::At(_) | Reach::Hidden => Reason::WasNotInvited,
                Reach::Nowhere => Reason::NoAddress,
            };
            return self.skip(place, reason);
        };
        let is_picked = match self.aim {
            Aim::Cancel(_) => self.picks.pick(person),
            Aim::Send(_) => true,
            Aim::Renew => history.waits(),
        };
        if !is_picked {
            return self.skip(place, Reason::NotPicked);
        }
        let mailbox = history.address.mailbox();
        if let Some(Claim::Addressed(twin)) = self.claims.get(&mailbox) {
            return self.skip(place, Reason::SharesWithInvited(*twin));
        }
        let before = self.steps.len();
        self.end_tenures(place, history, None);
        if self.steps.len() > before {
            self.claims.insert(mailbox, Claim::Addressed(place));
            return;
        }
        let was_told = history.tenures().any(|told| told.cancelled.is_some());
        let reason = if was_told {
            Reason::WasTold
        } else {
            Reason::NothingToTakeBack
        };
        self.skip(place, reason);
    }

    /// Ends the invitations of a mailbox under each organizer except `kept`.
    fn end_tenures(&mut self, place: Place, history: &'c MailboxHistory, kept: Option<Tenure>) {
        for told in history.tenures().filter(|told| Some(told.tenure) != kept) {
            if let Some(what) = self.end(place, history, told) {
                self.step(place, what);
            }
        }
    }

    /// The step for a mailbox that must be told nothing; `None`: there is nothing to end.
    fn end(&mut self, place: Place, history: &'c MailboxHistory, told: &TenureHistory) -> Option<What<'c>> {
        if self.outlook == Outlook::Over {
            let waiting = told.waiting.filter(|waiting| !waiting.is_sending)?;
            // A message that was queued after the end was asked for after the end.
            return Some(match waiting.created_at >= self.ends_at {
                true => What::Waits(waiting.method),
                false => What::CallOff(waiting.id, CalledOff::Over),
            });
        }
        if let Some(waiting) = &told.waiting {
            if waiting.method == Method::Cancel {
                return Some(What::Waits(Method::Cancel));
            }
            if told.holds.is_none() {
                let reason = match self.outlook {
                    Outlook::CalledOff => CalledOff::NotHeld,
                    Outlook::TakesPlace | Outlook::Over => CalledOff::NotInvited,
                };
                return Some(What::CallOff(waiting.id, reason));
            }
        }
        told.holds?;
        let kind = match self.outlook {
            Outlook::CalledOff => MailKind::Off,
            // An attendee of today, and the organizer of today, are told of the new organizer.
            _ if told.tenure != self.present.tenure && place.at() < self.case.people.len() => {
                MailKind::NewOrganizer
            }
            _ => MailKind::Removed,
        };
        Some(What::Mail(Mail {
            place,
            issue: self.issue_of(told.tenure),
            kind,
            status: Acceptance::None,
            resend: 0,
            supersedes: told.waiting.map(|waiting| waiting.id),
            references: history.first_message_id.as_deref(),
        }))
    }

    /// Whether the aim is about a mailbox that is to be told nothing.
    fn is_about_former(&self, history: &MailboxHistory) -> bool {
        match self.aim {
            Aim::Send(options) => options.to.is_empty(),
            Aim::Cancel(_) => true,
            Aim::Renew => history.waits(),
        }
    }

    /// Whether the aim is about this attendee.
    fn is_meant(&self, person: &Person, history: Option<&MailboxHistory>) -> bool {
        match self.aim {
            Aim::Send(_) | Aim::Cancel(_) => self.picks.pick(person),
            Aim::Renew => {
                history.is_some_and(MailboxHistory::waits) || self.moved.contains(&person.reference)
            }
        }
    }

    /// Whether a revision of the present tenure has the present facts.
    fn is_present(&self, revision: Revision) -> bool {
        self.present.as_now_since.is_some_and(|since| revision >= since)
    }

    /// The revision that a mailbox has, if it is the present revision.
    fn has_present(&self, told: &TenureHistory) -> Option<Revision> {
        let held = told.holds?;
        (self.is_present(held.revision) && told.may_be_cancelled.is_none()).then_some(held.revision)
    }

    /// Whether the meeting differs now from an earlier revision.
    fn differs_since(&mut self, at: usize) -> bool {
        let told = &self.case.history[at];
        let present = &self.present;
        *self.differs[at].get_or_insert_with(|| {
            told.tenure != present.tenure || present.facts.change_since(&told.facts).is_some()
        })
    }

    /// The place of a tenure among the issues.
    fn issue_of(&mut self, tenure: Tenure) -> usize {
        // Loading refuses a message of a tenure without a recorded revision.
        let last = self
            .case
            .history
            .iter()
            .rposition(|issued| issued.tenure == tenure);
        let Some(last) = last.filter(|_| tenure != self.present.tenure) else {
            return 0;
        };
        let known = self.earlier.iter().position(|known| *known == last);
        let at = known.unwrap_or_else(|| {
            self.earlier.push(last);
            self.earlier.len() - 1
        });
        at + 1
    }
}

/// The records that have or had an invitation at a former mailbox of theirs, or for which an invitation waits there. In a
/// renewal, only those for which an invitation waits.
fn moved(case: &Case, is_renewal: bool) -> HashSet<&PersonRef> {
    if case.mailboxes.is_empty() {
        return HashSet::new();
    }
    let people = case.people.iter().flatten();
    let todays: HashMap<&PersonRef, String> = people
        .filter_map(|person| Some((&person.reference, person.email()?.mailbox())))
        .collect();
    // An invitation that was taken back there counts too: the answer was to an invitation that does not stand.
    let invites = |told: &TenureHistory| {
        told.waits_with(Method::Request).is_some()
            || (!is_renewal && (told.holds.is_some() || told.cancelled.is_some()))
    };
    let moved = case.mailboxes.iter().filter(|(mailbox, history)| {
        todays.get(&history.person).is_some_and(|today| today != *mailbox) && history.tenures().any(invites)
    });
    moved.map(|(_, history)| &history.person).collect()
}
