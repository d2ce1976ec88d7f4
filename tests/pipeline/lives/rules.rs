//! What must hold, whatever happens: after each step, after workers have run, and in the end. It is judged by the records
//! of the CRM, the mails that came and the rows of the outbox, never by what the library says of itself.

use std::collections::{BTreeMap, BTreeSet};

use invite::fault::Fault as _;
use invite::mail::{OutboxEntry, OutboxOperator as _, Purpose};
use invite::meeting::{Acceptance, MeetingStatus};
use invite::pipeline::{AnswerOutcome, AnswerReport, PipelineError};

use super::book::mailbox;
use super::calendar::Calendar;
use super::object::Object;
use super::post::Arrived;
use super::world::World;

/// What was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rule {
    /// What one calendar receives never falls in SEQUENCE.
    SequenceFalls,
    /// Nor does it repeat a SEQUENCE with other content.
    SequenceRepeats,
    /// Nobody is told the same by two messages.
    ToldTwice,
    /// A copy of a message has a kill or a lost answer to explain it.
    Copied,
    /// After two lost answers, a message is not tried again by itself.
    TriedWithoutEnd,
    /// At most one message waits for a mailbox and UID.
    TwoWait,
    /// Whatever was superseded has something newer in its place.
    SupersededByNothing,
    /// Whoever waits for an invitation and is still invited goes on waiting, or has it, or it was refused.
    Forgotten,
    /// No mail has a link that is dead or out of sync.
    DeadLink,
    /// Every mail says what the meeting is when it leaves.
    UntrueMail,
    /// Only those who are invited are invited.
    StrangerInvited,
    /// Within one revision, an attendee's PARTSTAT is the same in all objects.
    AnswersDiffer,
    /// A new time or a new organizer has no answers.
    AnswerOfAnotherTime,
    /// Whoever cannot have had an invitation hears of no cancellation.
    StrangerCancelled,
    /// Nobody is cancelled twice.
    CancelledTwice,
    /// Workers alone bring everybody whose mail waited to the newest revision.
    WorkerForgets,
    /// And whoever is invited no more, and whose mail waited, to none.
    WorkerLeavesDead,
    /// An answer is set on the record that was mailed.
    AnswerOnAnotherRecord,
    /// An answer after the cancellation changes nothing.
    AnswerAfterTheEnd,
    /// An answer finds its meeting by any UID that it ever had.
    AnswerFindsNoMeeting,
    /// A cancellation ends answers.
    AnswersOutlive,
    /// What can be sent is sent, once everything is well.
    SendFails,
    /// Then nothing waits.
    StillWaits,
    /// Whoever is invited has it.
    NotInvited,
    /// Once.
    TwoEvents,
    /// As it is.
    UntrueEvent,
    /// Whoever is not invited has none.
    DeadEvent,
    /// And there is nothing more to say.
    NeverSilent,
    /// No life ends in a panic.
    Panics,
    /// Nor takes for ever.
    Hangs,
}

#[derive(Debug, Clone)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) how: String,
}

#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) broken: Vec<Broken>,
    /// How many mails were looked at.
    seen: usize,
    /// The last of each mailbox and UID.
    last: BTreeMap<(String, String), Object>,
    /// The Message-ID by which something was told.
    told_by: BTreeMap<(String, String, u32, String), String>,
    /// Whether two processes tell everybody in this step.
    two_tell: bool,
    copies: BTreeMap<String, usize>,
    answers: BTreeMap<(String, u32), BTreeMap<String, Vec<String>>>,
    /// Start and end, by UID and SEQUENCE.
    times: BTreeMap<String, BTreeMap<u32, (String, String)>>,
    /// Mailboxes and UIDs that were cancelled and not invited since, with the Message-ID.
    cancelled: BTreeMap<(String, String), String>,
    calendars: BTreeMap<String, Calendar>,
    /// The METHOD of the last mail to each mailbox.
    newest: BTreeMap<String, String>,
    superseded: BTreeSet<i64>,
    /// The mailboxes for which an invitation waited at the last look.
    waiting: BTreeSet<String>,
}

fn to(row: &OutboxEntry) -> String {
    mailbox(row.envelope.to.as_str())
}

fn is_superseded(row: &OutboxEntry) -> bool {
    row.state.as_str() == "superseded"
}

/// The mailboxes for which an invitation waits.
fn waiting(rows: &[OutboxEntry]) -> BTreeSet<String> {
    let invitations = rows.iter().filter(|row| row.purpose != Purpose::Cancellation);
    invitations.filter(|row| row.waits()).map(to).collect()
}

/// Whether one of the last two messages of an organizer to the mailbox is in one of these states.
fn ended_in(rows: &[OutboxEntry], mailbox: &str, states: &[&str]) -> bool {
    let theirs = || rows.iter().rev().filter(|row| to(row) == mailbox);
    let tenures: BTreeSet<_> = theirs().map(|row| row.tenure).collect();
    tenures.into_iter().any(|tenure| {
        let mut last = theirs().filter(|row| row.tenure == tenure).take(2);
        last.any(|row| states.contains(&row.state.as_str()))
    })
}

/// Whether nobody knows what the mailbox has.
fn is_uncertain(rows: &[OutboxEntry], mailbox: &str) -> bool {
    ended_in(rows, mailbox, &["may_have_arrived"])
}

/// Whether what was last written to the mailbox did not get there, perhaps.
fn is_refused(rows: &[OutboxEntry], mailbox: &str) -> bool {
    ended_in(rows, mailbox, &["failed", "given_up", "may_have_arrived"])
}

impl Rules {
    fn breaks(&mut self, rule: Rule, how: impl Into<String>) {
        let how = how.into();
        self.broken.push(Broken { rule, how });
    }

    fn calendar(&mut self, mailbox: &str) -> &mut Calendar {
        self.calendars.entry(mailbox.to_owned()).or_default()
    }

    /// Somebody asks for everything once more.
    pub(crate) fn everybody_is_told_again(&mut self) {
        self.told_by.clear();
    }

    /// Somebody asks for everything once more while somebody else sends.
    pub(crate) fn two_tell_everybody(&mut self) {
        self.everybody_is_told_again();
        self.two_tell = true;
    }

    /// Looks at what has come since the last call, and at what waits.
    pub(crate) async fn after_step(&mut self, world: &World) {
        for message_id in world.post.pestered() {
            self.breaks(Rule::TriedWithoutEnd, message_id);
        }
        let in_doubt = world.post.in_doubt();
        self.cancelled
            .retain(|(mailbox, _), _| !in_doubt.contains(mailbox));
        for arrived in world.post.arrived_since(self.seen) {
            self.seen += 1;
            self.look_at_copies(world, &arrived);
            self.look_at_order(&arrived);
            self.look_at_answers(&arrived);
            if arrived.object.is_request() {
                self.look_at_request(world, &arrived);
            } else {
                self.look_at_cancel(&arrived);
            }
            let method = arrived.object.method.clone();
            self.newest.insert(arrived.mailbox.clone(), method);
            self.calendar(&arrived.mailbox).apply(&arrived.object);
        }
        self.two_tell = false;
        let rows = world.rows().await;
        self.look_at_waiting(world, &rows).await;
        self.look_at_superseded(world, &rows);
        self.look_at_forgotten(world, &rows);
    }

    fn look_at_copies(&mut self, world: &World, arrived: &Arrived) {
        let Arrived {
            mailbox,
            message_id,
            object,
            ..
        } = arrived;
        let copies = self.copies.entry(message_id.clone()).or_default();
        *copies += 1;
        let explained = 1 + world.post.lost(message_id) + world.mishaps;
        if *copies > explained {
            let how = format!("{copies} copies of {message_id} to {mailbox}, {explained} explained");
            self.breaks(Rule::Copied, how);
        }
        let what = (
            mailbox.clone(),
            object.uid.clone(),
            object.sequence,
            object.method.clone(),
        );
        let first = self.told_by.entry(what).or_insert_with(|| message_id.clone());
        if self.two_tell {
            first.clone_from(message_id);
        } else if first != message_id {
            let how = format!(
                "{} {} to {mailbox} by {first} and {message_id}",
                object.method, object.sequence
            );
            self.breaks(Rule::ToldTwice, how);
        }
    }

    fn look_at_order(&mut self, arrived: &Arrived) {
        let object = &arrived.object;
        let key = (arrived.mailbox.clone(), object.uid.clone());
        let Some(before) = self.last.insert(key, object.clone()) else {
            return;
        };
        let how = format!(
            "{}: {} {}, then {} {}",
            arrived.mailbox, before.method, before.sequence, object.method, object.sequence
        );
        if object.sequence < before.sequence {
            self.breaks(Rule::SequenceFalls, how);
        } else if object.sequence == before.sequence && object.content != before.content {
            self.breaks(Rule::SequenceRepeats, how);
        }
    }

    fn look_at_answers(&mut self, arrived: &Arrived) {
        let object = &arrived.object;
        let key = (object.uid.clone(), object.sequence);
        let known = self.answers.entry(key).or_default();
        let mut differ = Vec::new();
        for (attendee, answers) in &object.attendees {
            if *attendee == object.organizer {
                continue;
            }
            let first = known.entry(attendee.clone()).or_insert_with(|| answers.clone());
            if first != answers {
                differ.push(format!(
                    "SEQUENCE {}, {attendee}: {first:?} and {answers:?}",
                    object.sequence
                ));
            }
        }
        for how in differ {
            self.breaks(Rule::AnswersDiffer, how);
        }
        if !object.is_request() {
            return;
        }
        let is_other_uid = !self.times.is_empty() && !self.times.contains_key(&object.uid);
        let time = (object.start.clone(), object.end.clone());
        let times = self.times.entry(object.uid.clone()).or_default();
        let before = times.range(..object.sequence).next_back();
        let is_new = is_other_uid || before.is_some_and(|(_, before)| *before != time);
        times.insert(object.sequence, time);
        let answered: Vec<_> = object
            .attendees
            .iter()
            .filter(|(who, answers)| **who != object.organizer && answers.iter().any(|a| a != "NEEDS-ACTION"))
            .collect();
        if is_new && !answered.is_empty() {
            let how = format!(
                "SEQUENCE {} to {}: {answered:?}",
                object.sequence, arrived.mailbox
            );
            self.breaks(Rule::AnswerOfAnotherTime, how);
        }
    }

    fn look_at_request(&mut self, world: &World, arrived: &Arrived) {
        let (to, object) = (&arrived.mailbox, &arrived.object);
        self.cancelled.remove(&(to.clone(), object.uid.clone()));
        if let Some(how) = &arrived.against_link {
            self.breaks(Rule::DeadLink, format!("to {to}: {how}"));
        }
        let is_planned = world.book.meeting().status == MeetingStatus::Planned;
        if !is_planned || !world.book.invited().contains_key(to) {
            self.breaks(Rule::StrangerInvited, format!("{to}, planned: {is_planned}"));
        } else if let Some(how) = untrue(world, object) {
            self.breaks(Rule::UntrueMail, format!("to {to}: {how}"));
        }
    }

    fn look_at_cancel(&mut self, arrived: &Arrived) {
        let to = &arrived.mailbox;
        if !arrived.was_reached {
            self.breaks(Rule::StrangerCancelled, to.clone());
        }
        let key = (to.clone(), arrived.object.uid.clone());
        let before = self.cancelled.insert(key, arrived.message_id.clone());
        if before.is_some_and(|before| before != arrived.message_id) {
            self.breaks(Rule::CancelledTwice, to.clone());
        }
    }

    async fn look_at_waiting(&mut self, world: &World, rows: &[OutboxEntry]) {
        let mut waiting: BTreeMap<String, Vec<&OutboxEntry>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.waits()) {
            waiting.entry(to(row)).or_default().push(row);
        }
        for (mailbox, rows) in waiting.into_iter().filter(|(_, rows)| rows.len() > 1) {
            let mut uids = BTreeSet::new();
            for row in rows {
                let message = world
                    .store
                    .database
                    .invitation(&row.id.to_string())
                    .await
                    .unwrap();
                let (entry, message) = message.unwrap();
                let letter = crate::letter::Letter::new(&entry.envelope, &message);
                let uid = letter.calendar().uid();
                if !uids.insert(uid.clone()) {
                    self.breaks(Rule::TwoWait, format!("for {mailbox}, under {uid}"));
                }
            }
        }
    }

    fn look_at_superseded(&mut self, world: &World, rows: &[OutboxEntry]) {
        let invited = world.book.invited();
        let is_planned = world.book.meeting().status == MeetingStatus::Planned;
        for row in rows.iter().filter(|row| is_superseded(row)) {
            let mailbox = to(row);
            if !self.superseded.insert(row.id) {
                continue;
            }
            let is_meant = is_planned && invited.contains_key(&mailbox);
            let is_newer = |other: &OutboxEntry| {
                let stands = other.state.as_str() != "cancelled" || !is_meant;
                other.id > row.id && to(other) == mailbox && stands
            };
            if !rows.iter().any(is_newer) && (is_meant || row.state.as_str() == "superseded") {
                self.breaks(Rule::SupersededByNothing, mailbox);
            }
        }
    }

    fn look_at_forgotten(&mut self, world: &World, rows: &[OutboxEntry]) {
        let waiting = waiting(rows);
        let waited = std::mem::replace(&mut self.waiting, waiting.clone());
        if world.book.meeting().status != MeetingStatus::Planned {
            return;
        }
        let invited = world.book.invited();
        for mailbox in waited.difference(&waiting) {
            let live = self.calendar(mailbox).live();
            let has_it = live.iter().any(|object| untrue(world, object).is_none());
            if invited.contains_key(mailbox) && !has_it && !is_refused(rows, mailbox) {
                self.breaks(Rule::Forgotten, mailbox.clone());
            }
        }
    }

    /// The mailboxes of those for whom an invitation waits.
    pub(crate) async fn before_drain(&mut self, world: &World) -> BTreeSet<String> {
        self.after_step(world).await;
        waiting(&world.rows().await)
    }

    pub(crate) async fn after_drain(&mut self, world: &World, waited: &BTreeSet<String>) {
        self.after_step(world).await;
        let rows = world.rows().await;
        let invited = world.book.invited();
        let is_planned = world.book.meeting().status == MeetingStatus::Planned;
        for mailbox in waited {
            let waits = rows.iter().any(|row| row.waits() && to(row) == *mailbox);
            if waits || is_refused(&rows, mailbox) {
                continue;
            }
            let live = self.calendar(mailbox).live();
            if is_planned && invited.contains_key(mailbox) {
                let has_it = live.iter().any(|object| untrue(world, object).is_none());
                if !has_it {
                    self.breaks(Rule::WorkerForgets, mailbox.clone());
                }
            } else if !live.is_empty() {
                self.breaks(Rule::WorkerLeavesDead, mailbox.clone());
            }
        }
    }

    pub(crate) async fn after_answer(
        &mut self,
        world: &World,
        letter: &Arrived,
        status: Acceptance,
        result: &Result<AnswerReport, PipelineError>,
    ) {
        let report = match result {
            Ok(report) => report,
            Err(error) => {
                if matches!(error, PipelineError::UnknownUid { .. }) {
                    self.breaks(Rule::AnswerFindsNoMeeting, letter.object.uid.clone());
                }
                return;
            }
        };
        if report.outcome != AnswerOutcome::Recorded {
            return;
        }
        let key = (letter.mailbox.clone(), letter.object.uid.clone());
        let is_off = world.book.meeting().status == MeetingStatus::NotHeld;
        if is_off && self.cancelled.contains_key(&key) {
            self.breaks(Rule::AnswerAfterTheEnd, letter.mailbox.clone());
        }
        let rows = world.rows().await;
        let mailed = rows.iter().find(|row| row.message_id == letter.message_id);
        let invited = world.book.invited();
        let sharing = invited.get(&letter.mailbox).map_or(&[][..], Vec::as_slice);
        if let Some(row) = mailed
            && let Some(attendee) = sharing.iter().find(|attendee| attendee.person == row.person)
            && attendee.status != status
        {
            let how = format!("{} has {}", attendee.person, attendee.status);
            self.breaks(Rule::AnswerOnAnotherRecord, how);
        }
    }

    /// Everything was well, and whatever was to be done was done.
    pub(crate) async fn at_the_end(&mut self, world: &World, result: &Result<(), PipelineError>) {
        let invited = world.book.invited();
        let is_planned = world.book.meeting().status == MeetingStatus::Planned;
        if let Err(error) = result
            && !(invited.is_empty() && matches!(error, PipelineError::NoRecipients { .. }))
        {
            self.breaks(Rule::SendFails, format!("{}: {error}", error.kind()));
        }
        let rows = world.rows().await;
        if let Some(row) = rows.iter().find(|row| row.waits()) {
            self.breaks(Rule::StillWaits, to(row));
        }
        let mut mailboxes: BTreeSet<String> = self.calendars.keys().cloned().collect();
        mailboxes.extend(invited.keys().cloned());
        for mailbox in mailboxes {
            if is_uncertain(&rows, &mailbox) {
                continue;
            }
            let live: Vec<Object> = self.calendar(&mailbox).live().into_iter().cloned().collect();
            let is_meant = is_planned && invited.contains_key(&mailbox);
            match (live.as_slice(), is_meant) {
                ([], false) => {}
                ([], true) => self.breaks(Rule::NotInvited, mailbox),
                ([event], true) => {
                    if let Some(how) = untrue(world, event) {
                        self.breaks(Rule::UntrueEvent, format!("{mailbox}: {how}"));
                    }
                }
                (_, false) => self.breaks(Rule::DeadEvent, mailbox),
                ([..], true) => self.breaks(Rule::TwoEvents, mailbox),
            }
        }
        if is_planned {
            return;
        }
        for (mailbox, sharing) in invited {
            let is_told = self.newest.get(&mailbox).is_some_and(|method| method == "CANCEL");
            for attendee in sharing {
                if is_told && attendee.status != Acceptance::None {
                    let how = format!("{} has {}", attendee.person, attendee.status);
                    self.breaks(Rule::AnswersOutlive, how);
                }
            }
        }
    }

    /// The same was done again.
    pub(crate) fn at_the_very_end(&mut self, world: &World) {
        for arrived in world.post.arrived_since(self.seen) {
            let how = format!("{} to {}", arrived.object.method, arrived.mailbox);
            self.breaks(Rule::NeverSilent, how);
        }
    }
}

/// What an invitation says that is not so.
fn untrue(world: &World, object: &Object) -> Option<String> {
    let facts = world.book.facts();
    let location = facts.location.or_else(|| facts.link.clone());
    let says = [
        ("start", Some(&object.start), Some(&facts.start)),
        ("end", Some(&object.end), Some(&facts.end)),
        ("name", Some(&object.name), Some(&facts.name)),
        ("location", object.location.as_ref(), location.as_ref()),
        ("link", object.link.as_ref(), facts.link.as_ref()),
        ("organizer", Some(&object.organizer), Some(&facts.organizer)),
    ];
    let mut wrong = says.into_iter().filter(|(_, said, is)| said != is);
    wrong
        .next()
        .map(|(what, said, is)| format!("{what} {said:?} instead of {is:?}"))
}
