//! The plan: who must hear what about a meeting, and which waiting message it supersedes.
//!
//! Calendars live behind mailboxes. For each mailbox there is what it must be told now (the invitation at the present
//! revision, or nothing) and what it was told or will be (what left, what waits). [`plan`] is the difference:
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
//! Sends, cancellations, dry runs, the renewal by a worker and a retry all ask here. Nothing here does I/O.

mod history;
mod reason;
mod retry;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub(super) use history::{MailboxHistory, TenureHistory};
pub(super) use reason::{CalledOff, Reason};
pub(super) use retry::retry;

use super::case::{Case, Place};
use super::{Pick, SendOptions};
use crate::calendar::Method;
use crate::mail::{Issued, Organizer, Purpose};
use crate::meeting::{
    Acceptance, Attendee, ChangedField, EmailAddress, Facts, MeetingId, MeetingStatus, Person, PersonRef,
    Revision, Tenure,
};

/// What a plan is made for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'a> {
    /// To invite, and to tell those who are no longer invited.
    Send(&'a SendOptions),
    /// To call the meeting off, for those whom the picks name; for all where there are none.
    Cancel(&'a [Pick]),
    /// To make true what waits in the outbox, for those alone for whom something waits.
    Renew,
}

/// Who hears what. Made by [`plan`].
#[derive(Debug)]
pub(super) struct Plan<'c> {
    /// The revisions that the mails tell, of one tenure each. The first is the present one.
    pub(super) issues: Vec<Issue>,
    /// What becomes of each attendee in the CRM's order, and of those who are none any more. An attendee with invitations
    /// of several tenures has several steps.
    pub(super) steps: Vec<Step<'c>>,
    /// The attendees whose answers end.
    pub(super) answers_end: Vec<Place>,
    /// The digest of what invitations say, where that is not the present revision's.
    pub(super) content: Option<i64>,
}

/// A revision that mails of a plan tell.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) issued: Issued,
    /// Whether it is still to be recorded.
    pub(super) is_new: bool,
}

/// What becomes of one mailbox.
#[derive(Debug)]
pub(super) struct Step<'c> {
    pub(super) place: Place,
    pub(super) what: What<'c>,
}

#[derive(Debug)]
pub(super) enum What<'c> {
    /// It gets a mail.
    Mail(Mail<'c>),
    /// A mail waits for it.
    Waits(Method),
    /// What waits for it does not leave.
    CallOff(i64, CalledOff),
    /// It gets none.
    Skip(Reason),
}

/// A mail to make.
#[derive(Debug)]
pub(super) struct Mail<'c> {
    pub(super) place: Place,
    /// Which of the plan's revisions it tells.
    pub(super) issue: usize,
    pub(super) kind: MailKind,
    /// What the recipient has answered, as the calendar object says it.
    pub(super) status: Acceptance,
    /// How many messages of this revision the mailbox was meant to get before.
    pub(super) resend: u32,
    /// The message in whose place it is put.
    pub(super) supersedes: Option<i64>,
    /// The Message-ID of the first message that the mailbox got.
    pub(super) references: Option<&'c str>,
}

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum MailKind {
    /// The first one, or the same again.
    Invitation,
    /// What has changed since this revision: its place in the case's history.
    Update(usize),
    /// The meeting does not take place.
    Off,
    /// It does, but without the recipient.
    Removed,
    /// It does, under another organizer and another UID.
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

/// Decides who hears what. `now` tells whether the meeting is over; `domain` is that of new UIDs.
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

/// What becomes of the meeting itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outlook {
    TakesPlace,
    CalledOff,
    /// It took place, or its end is past: what waits is too late.
    Over,
}

/// What the meeting says now, beside what was told of it.
struct Present {
    tenure: Tenure,
    uid: String,
    organizer: Option<Organizer>,
    facts: Facts,
    /// The newest revision of the tenure.
    newest: Option<Revision>,
    /// The oldest revision of the tenure that says what the meeting says now; `None`: none does.
    as_now_since: Option<Revision>,
    /// Whether something was told, and is different now.
    rose: bool,
    /// Whether the time, the organizer or the status is different, so that no earlier answer stands (RFC 5546 §3.2.2.1).
    ends_answers: bool,
}

/// A mailbox about which a step was decided.
enum Claim {
    Addressed(Place),
    Informed(Place, Revision),
}

struct Planner<'c, 'a> {
    case: &'c Case,
    aim: Aim<'a>,
    outlook: Outlook,
    ends_at: DateTime<Utc>,
    present: Present,
    /// Whom the aim names.
    picks: Picks<'a>,
    /// The records that have an invitation at a mailbox that is theirs no more, or for which one waits there.
    moved: HashSet<&'c PersonRef>,
    claims: HashMap<String, Claim>,
    steps: Vec<Step<'c>>,
    /// Tenures that came before, of which there are mails: their place among the issues.
    earlier: BTreeMap<Tenure, usize>,
    answers_end: Vec<Place>,
    /// For each revision of the history whether the meeting says something else now, as far as it was asked.
    differs: Vec<Option<bool>>,
}

impl<'c, 'a> Planner<'c, 'a> {
    fn new(case: &'c Case, aim: Aim<'a>, now: DateTime<Utc>, domain: &str) -> Self {
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
            earlier: BTreeMap::new(),
            answers_end: Vec::new(),
            differs: vec![None; case.history.len()],
        }
    }

    fn step(&mut self, place: Place, what: What<'c>) {
        self.steps.push(Step { place, what });
    }

    /// Whether no step about a mailbox was decided before. Now one is.
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

    /// Decides about an attendee: one who is to be invited, unless the meeting is called off.
    fn decide_attendee(&mut self, place: Place, attendee: &Attendee, person: Option<&'c Person>) {
        let Some(person) = person else {
            return self.skip(place, Reason::NoRecord);
        };
        let history = self.case.history_at(place);
        if self.outlook != Outlook::TakesPlace {
            return self.end_all(place, person, history);
        }
        if self.case.is_organizer(person) {
            // What this mailbox was sent under another organizer ends, once.
            if let Some(history) = history.filter(|history| self.is_about_former(history))
                && self.claim(history.address.mailbox(), Claim::Addressed(place))
            {
                self.end_tenures(place, history, None);
            }
            return self.skip(place, Reason::HoldsMeeting);
        }
        let Some(address) = &person.email else {
            return self.skip(place, Reason::NoAddress);
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

    /// What an attendee gets who must be told the invitation.
    fn invite(&mut self, place: Place, attendee: &Attendee, history: Option<&'c MailboxHistory>) -> What<'c> {
        let (resend, regardless) = match self.aim {
            Aim::Send(options) => (
                options.resend,
                options.all || !options.to.is_empty() || self.present.rose,
            ),
            Aim::Cancel(_) | Aim::Renew => (false, true),
        };
        let told = history.and_then(|history| history.tenure(self.present.tenure));
        let has = told.and_then(|told| self.has_present(told)).filter(|_| !resend);
        if let Some(waiting) = told.and_then(|told| told.waiting.as_ref()) {
            return match (waiting.method, has) {
                (Method::Request, _) if self.is_present(waiting.revision) => What::Waits(Method::Request),
                (Method::Cancel, Some(_)) if !waiting.may_have_left => {
                    What::CallOff(waiting.id, CalledOff::InvitedAgain)
                }
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
        let has_another = history.is_some_and(|history| history.tenures().any(|told| told.holds.is_some()));
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
            // Taken back, and invited again: the answer was to what was taken back.
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

    /// Decides about a mailbox that is no attendee's any more.
    fn decide_former(&mut self, place: Place, person: &'c Person) {
        let history = self.case.history_at(place);
        if self.outlook != Outlook::TakesPlace {
            return self.end_all(place, person, history);
        }
        let Some(history) = history else { return };
        if self.is_about_former(history) {
            self.end_tenures(place, history, None);
        }
    }

    /// Ends what a mailbox has of a meeting that is called off or over, and says why nothing is to be ended.
    fn end_all(&mut self, place: Place, person: &Person, history: Option<&'c MailboxHistory>) {
        let Some(history) = history else {
            let reason = match person.email {
                Some(_) => Reason::WasNotInvited,
                None => Reason::NoAddress,
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

    /// Ends what a mailbox has under each organizer, but for one.
    fn end_tenures(&mut self, place: Place, history: &'c MailboxHistory, kept: Option<Tenure>) {
        for told in history.tenures().filter(|told| Some(told.tenure) != kept) {
            if let Some(what) = self.end(place, history, told) {
                self.step(place, what);
            }
        }
    }

    /// What a mailbox gets that must be told nothing; `None`: nothing.
    fn end(&mut self, place: Place, history: &'c MailboxHistory, told: &TenureHistory) -> Option<What<'c>> {
        if self.outlook == Outlook::Over {
            let waiting = told.waiting.filter(|waiting| !waiting.is_sending)?;
            // What was put in after the end was asked for then.
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
            _ if told.tenure != self.present.tenure => MailKind::NewOrganizer,
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

    /// Whether a revision of the present tenure says what the meeting says now.
    fn is_present(&self, revision: Revision) -> bool {
        self.present.as_now_since.is_some_and(|since| revision >= since)
    }

    /// The revision that a mailbox has, if that is the present one.
    fn has_present(&self, told: &TenureHistory) -> Option<Revision> {
        let held = told.holds?;
        (self.is_present(held.revision) && told.may_be_cancelled.is_none()).then_some(held.revision)
    }

    /// Whether the meeting says something else now than in an earlier revision.
    fn differs_since(&mut self, at: usize) -> bool {
        let told = &self.case.history[at];
        let present = &self.present;
        *self.differs[at].get_or_insert_with(|| {
            told.tenure != present.tenure || present.facts.change_since(&told.facts).is_some()
        })
    }

    /// The place of a tenure among the issues.
    fn issue_of(&mut self, tenure: Tenure) -> usize {
        if tenure == self.present.tenure {
            return 0;
        }
        let next = self.earlier.len() + 1;
        *self.earlier.entry(tenure).or_insert(next)
    }

    /// Numbers the revisions, now that it is known who gets what.
    fn finish(mut self) -> Plan<'c> {
        let present = &self.present;
        if present.ends_answers {
            let with_answers = self.case.placed().filter(|(_, attendee, person)| {
                attendee.status != Acceptance::None
                    && !person.is_some_and(|person| self.case.is_organizer(person))
            });
            self.answers_end = with_answers.map(|(place, ..)| place).collect();
        }
        let ended: HashSet<Place> = self.answers_end.iter().copied().collect();
        let last = self
            .case
            .history
            .iter()
            .rfind(|issued| issued.tenure == present.tenure);
        // Of a revision that is recorded, its answers and its content count. What is said in a revision is fixed.
        let recorded = last.filter(|_| !present.rose);
        let answers = match recorded.map(|issued| &issued.answers) {
            Some(Some(answers)) => answers.clone(),
            _ => answers_but(self.case, &ended),
        };
        let content = content(self.case, present, &answers);
        let candidate = match (present.newest, present.rose) {
            (None, _) => Revision::default(),
            (Some(newest), true) => newest.next(),
            (Some(newest), false) => newest,
        };
        let told_of = |mail: &Mail<'_>, tenure| {
            let history = self.case.history_at(mail.place)?;
            history.tenure(tenure)
        };
        let content_of = |told: &TenureHistory| {
            let held = told.holds?;
            let issued = self.case.history.iter();
            let mut issued =
                issued.filter(|issued| (issued.tenure, issued.revision) == (told.tenure, held.revision));
            held.content.or_else(|| issued.next()?.content)
        };
        // What one calendar receives never repeats a SEQUENCE with other content (RFC 5546 §2.1.4).
        let repeats = |mail: &Mail<'_>| {
            let Some(told) = told_of(mail, present.tenure) else {
                return false;
            };
            if told.highest != Some(candidate) {
                return false;
            }
            mail.kind.method() == Method::Cancel
                || told.cancelled.is_some()
                || told.may_be_cancelled.is_some()
                || content_of(told).is_some_and(|told| told != content)
        };
        let mut mails = self.steps.iter().filter_map(Step::mail);
        let must_rise = mails.any(|mail| mail.issue == 0 && repeats(mail));
        let revision = if must_rise { candidate.next() } else { candidate };
        let is_recorded = last.is_some_and(|last| last.revision == revision);
        let issued = match last.filter(|_| is_recorded) {
            Some(last) => Issued {
                organizer: last.organizer.clone().or_else(|| present.organizer.clone()),
                ..last.clone()
            },
            None => Issued {
                tenure: present.tenure,
                uid: present.uid.clone(),
                revision,
                facts: present.facts.clone(),
                organizer: present.organizer.clone(),
                // Raised for those who would get the same number twice: the answers are those of today.
                answers: Some(match must_rise {
                    true => answers_but(self.case, &ended),
                    false => answers,
                }),
                content: None,
            },
        };
        let answers = issued.answers.clone();
        let content = match &answers {
            Some(answers) => self::content(self.case, present, answers),
            None => content,
        };
        let mut issues = vec![Issue {
            is_new: last != Some(&issued),
            issued: Issued {
                content: match is_recorded {
                    true => issued.content,
                    false => Some(content),
                },
                ..issued
            },
        }];
        for (tenure, _) in by_place(&self.earlier) {
            let highest = self
                .steps
                .iter()
                .filter_map(Step::mail)
                .filter(|mail| self.earlier.get(&tenure) == Some(&mail.issue))
                .filter_map(|mail| told_of(mail, tenure)?.highest)
                .max();
            issues.push(last_of(self.case, tenure, highest));
        }
        let status_of = |mail: &Mail<'_>| match &issues[mail.issue].issued.answers {
            Some(answers) => answers.get(&self.case.address(mail.place)?.mailbox()).copied(),
            None if ended.contains(&mail.place) => None,
            None => Some(self.case.meeting.attendees.get(mail.place.at())?.status),
        };
        let mut steps = self.steps;
        for step in &mut steps {
            let What::Mail(mail) = &mut step.what else {
                continue;
            };
            let issued = &issues[mail.issue].issued;
            mail.status = status_of(mail).unwrap_or_default();
            let history = self.case.history_at(mail.place);
            let told = history.and_then(|history| history.tenure(issued.tenure));
            mail.resend = told.map_or(0, |told| told.resend(mail.kind.method(), issued.revision));
        }
        Plan {
            content: Some(content).filter(|_| issues[0].issued.content != Some(content)),
            issues,
            steps,
            answers_end: self.answers_end,
        }
    }
}

/// Whom picks name; everybody, where there are none.
struct Picks<'a> {
    mailboxes: HashSet<String>,
    records: HashSet<&'a PersonRef>,
}

impl<'a> Picks<'a> {
    fn new(picks: &'a [Pick]) -> Self {
        let mut all = Self {
            mailboxes: HashSet::new(),
            records: HashSet::new(),
        };
        for pick in picks {
            match pick {
                Pick::Email(address) => {
                    all.mailboxes.insert(address.mailbox());
                }
                Pick::Person(record) => {
                    all.records.insert(record);
                }
            }
        }
        all
    }

    fn pick(&self, person: &Person) -> bool {
        let is_everybody = self.mailboxes.is_empty() && self.records.is_empty();
        let by_mailbox = |person: &Person| {
            let mailbox = person.email.as_ref().map(|email| email.mailbox());
            mailbox.is_some_and(|mailbox| self.mailboxes.contains(&mailbox))
        };
        is_everybody
            || self.records.contains(&person.reference)
            || (!self.mailboxes.is_empty() && by_mailbox(person))
    }
}

impl Present {
    fn of(case: &Case, takes_place: bool, domain: &str) -> Self {
        let meeting = &case.meeting;
        let facts = meeting.facts();
        let organizer = case.organizer.email.clone().map(|email| Organizer {
            person: case.organizer.reference.clone(),
            name: case.organizer.name.clone(),
            email,
        });
        let last = case.history.last();
        let changes_hands = takes_place
            && last.is_some_and(|last| match (&last.organizer, &organizer) {
                (Some(told), Some(now)) => !told.is_same(now, &last.uid),
                _ => false,
            });
        let Some(last) = last.filter(|_| !changes_hands) else {
            let tenure = last.map_or(Tenure::default(), |last| last.tenure.next());
            return Self {
                tenure,
                uid: match (meeting.uid(), tenure) {
                    // The CRM's own is used for its first organizer.
                    (Some(uid), Tenure(0)) => uid.to_owned(),
                    _ => format!("{}@{domain}", new_uid(meeting.id(), tenure, domain)),
                },
                organizer,
                facts,
                newest: None,
                as_now_since: None,
                rose: last.is_some(),
                ends_answers: last.is_some(),
            };
        };
        let of_tenure = case
            .history
            .iter()
            .rev()
            .take_while(|issued| issued.tenure == last.tenure);
        let as_now = of_tenure.take_while(|issued| facts.are_as_told(&issued.facts));
        let as_now_since = as_now.last().map(|issued| issued.revision);
        let rose = as_now_since.is_none();
        let change = facts.change_since(&last.facts);
        let ends_answers = |field: &ChangedField| matches!(field, ChangedField::When | ChangedField::Status);
        Self {
            tenure: last.tenure,
            uid: last.uid.clone(),
            organizer: match takes_place {
                true => organizer,
                // Who calls it off is who invited.
                false => {
                    let told = last.organizer.clone().filter(|told| !told.is_forgotten());
                    told.or(organizer)
                }
            },
            newest: Some(last.revision),
            as_now_since,
            rose,
            ends_answers: rose && change.is_some_and(|change| change.fields.iter().any(ends_answers)),
            facts,
        }
    }
}

impl Step<'_> {
    pub(super) fn mail(&self) -> Option<&Mail<'_>> {
        match &self.what {
            What::Mail(mail) => Some(mail),
            What::Waits(_) | What::CallOff(..) | What::Skip(_) => None,
        }
    }

    /// Whether a mail leaves for it, or waits.
    pub(super) const fn is_awaited(&self) -> bool {
        matches!(self.what, What::Mail(_) | What::Waits(_))
    }
}

impl<'c> Plan<'c> {
    /// The mails to make.
    pub(super) fn mails(&self) -> impl Iterator<Item = &Mail<'c>> {
        self.steps.iter().filter_map(|step| match &step.what {
            What::Mail(mail) => Some(mail),
            What::Waits(_) | What::CallOff(..) | What::Skip(_) => None,
        })
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
        // Each plan has it.
        &self.issues[0].issued
    }
}

/// The records that have an invitation at a mailbox that is theirs no more, or for which one waits there. Of a renewal, the
/// latter alone.
fn moved(case: &Case, is_renewal: bool) -> HashSet<&PersonRef> {
    if case.mailboxes.is_empty() {
        return HashSet::new();
    }
    let people = case.people.iter().flatten();
    let todays: HashMap<&PersonRef, String> = people
        .filter_map(|person| Some((&person.reference, person.email.as_ref()?.mailbox())))
        .collect();
    let invites = |told: &TenureHistory| {
        told.waits_with(Method::Request).is_some() || (told.holds.is_some() && !is_renewal)
    };
    let moved = case.mailboxes.iter().filter(|(mailbox, history)| {
        todays.get(&history.person).is_some_and(|today| today != *mailbox) && history.tenures().any(invites)
    });
    moved.map(|(_, history)| &history.person).collect()
}

/// The tenures by their places among the issues.
fn by_place(tenures: &BTreeMap<Tenure, usize>) -> Vec<(Tenure, usize)> {
    let mut all: Vec<_> = tenures.iter().map(|(tenure, place)| (*tenure, *place)).collect();
    all.sort_unstable_by_key(|(_, place)| *place);
    all
}

/// The revision with which a tenure ends: higher than what any of the mailboxes has seen.
fn last_of(case: &Case, tenure: Tenure, highest: Option<Revision>) -> Issue {
    let of_tenure = case.history.iter().rfind(|issued| issued.tenure == tenure);
    // What a mailbox was sent is of a revision that is recorded.
    let last = of_tenure
        .or(case.history.last())
        .cloned()
        .unwrap_or_else(|| Issued {
            tenure,
            uid: String::new(),
            revision: Revision::default(),
            facts: case.meeting.facts(),
            organizer: None,
            answers: None,
            content: None,
        });
    let must_rise = highest >= Some(last.revision);
    Issue {
        is_new: must_rise,
        issued: Issued {
            tenure,
            revision: if must_rise {
                last.revision.next()
            } else {
                last.revision
            },
            answers: if must_rise {
                Some(BTreeMap::new())
            } else {
                last.answers
            },
            content: None,
            ..last
        },
    }
}

/// What has been answered at each mailbox, where anything has, but for the attendees whose answers end.
fn answers_but(case: &Case, ended: &HashSet<Place>) -> BTreeMap<String, Acceptance> {
    let mut answers = BTreeMap::new();
    for (place, attendee, person) in case.placed() {
        if attendee.status == Acceptance::None || ended.contains(&place) {
            continue;
        }
        if let Some(address) = person.and_then(|person| person.email.as_ref()) {
            // Of several records with one mailbox, the first that has an answer.
            answers.entry(address.mailbox()).or_insert(attendee.status);
        }
    }
    answers
}

/// A digest of what the calendar objects of a revision say.
fn content(case: &Case, present: &Present, answers: &BTreeMap<String, Acceptance>) -> i64 {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    let Facts {
        name,
        when,
        location,
        join_url,
        status,
        description,
    } = &present.facts;
    add(name);
    add(&format!("{when:?} {status} {}", case.meeting.time_zone));
    add(location.as_deref().unwrap_or_default());
    add(join_url.as_ref().map_or("", |url| url.as_str()));
    add(description.as_deref().unwrap_or_default());
    add(&case.organizer.name);
    for person in listed(case) {
        let mailbox = person.email.as_ref().map(EmailAddress::mailbox);
        let answer = mailbox.and_then(|mailbox| answers.get(&mailbox).copied());
        add(&person.name);
        add(person.email.as_ref().map_or("", |email| email.as_str()));
        add(answer.unwrap_or_default().as_str());
    }
    let digest = digest.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(first)
}

/// The attendees with an address; of many, as many as calendar objects list, and one more.
fn listed(case: &Case) -> impl Iterator<Item = &Person> {
    let with_address = case
        .people
        .iter()
        .flatten()
        .filter(|person| person.email.is_some());
    with_address.take(crate::calendar::MOST_LISTED_ATTENDEES + 1)
}

/// The same for the same meeting and tenure, so that one that is shown before it is sent has the UID that it will have.
fn new_uid(id: &MeetingId, tenure: Tenure, domain: &str) -> Uuid {
    let name = match tenure {
        Tenure(0) => format!("https://{domain}/meeting/{id}"),
        _ => format!("https://{domain}/meeting/{id}#{tenure}"),
    };
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}
