//! The SEQUENCE of each mail, and the answers in its calendar object.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::decide::Planner;
use super::present::Present;
use super::{Issue, Mail, Plan, Step, TenureHistory, What};
use crate::calendar::Method;
use crate::mail::Issued;
use crate::meeting::{Acceptance, EmailAddress, Facts, Person, Revision, Tenure};
use crate::pipeline::facts::{Case, Place};

impl<'c> Planner<'c, '_> {
    /// Numbers the revisions, after the steps of all mailboxes are decided.
    pub(super) fn finish(mut self) -> Plan<'c> {
        if self.present.ends_answers {
            self.answers_end = answered(self.case).collect();
        }
        let ended: HashSet<Place> = self.answers_end.iter().copied().collect();
        let (present, content) = self.present_issue(&ended);
        let content = Some(content).filter(|_| present.issued.content != Some(content));
        let mut issues = vec![present];
        for at in 0..self.earlier.len() {
            issues.push(self.last_issue(at));
        }
        let mut steps = self.steps;
        for step in &mut steps {
            let What::Mail(mail) = &mut step.what else {
                continue;
            };
            let issued = &issues[mail.issue].issued;
            mail.status = status(self.case, mail.place, issued, &ended);
            let history = self.case.history_at(mail.place);
            let told = history.and_then(|history| history.tenure(issued.tenure));
            mail.resend = told.map_or(0, |told| told.resend(mail.kind.method(), issued.revision));
        }
        Plan {
            issues,
            steps,
            answers_end: self.answers_end,
            content,
        }
    }

    /// The present revision, and the digest of the present content of its calendar objects.
    fn present_issue(&self, ended: &HashSet<Place>) -> (Issue, i64) {
        let present = &self.present;
        let history = self.case.history.iter();
        let newest = history.rev().find(|issued| issued.tenure == present.tenure);
        let candidate = match newest {
            None => Revision::default(),
            Some(newest) if present.rose => newest.revision.next(),
            Some(newest) => newest.revision,
        };
        // The answers in a recorded revision are fixed.
        let recorded = newest.filter(|_| !present.rose);
        let todays = || answers_but(self.case, ended);
        let answers = recorded.and_then(|issued| issued.answers.clone());
        let answers = answers.unwrap_or_else(todays);
        let content = digest(self.case, present, &answers);
        let mut mails = self.mails_of(0);
        if mails.any(|mail| self.repeats(mail, candidate, content)) {
            // The number rises for the mailboxes that would see it twice. The answers are today's.
            let answers = todays();
            let content = digest(self.case, present, &answers);
            return (self.new_issue(candidate.next(), answers, content), content);
        }
        let Some(recorded) = recorded else {
            return (self.new_issue(candidate, answers, content), content);
        };
        let issued = Issued {
            // Old rows have no digest.
            organizer: recorded.organizer.clone().or_else(|| present.organizer.clone()),
            ..recorded.clone()
        };
        let is_new = issued != *recorded;
        (Issue { issued, is_new }, content)
    }

    fn new_issue(&self, revision: Revision, answers: BTreeMap<String, Acceptance>, content: i64) -> Issue {
        let present = &self.present;
        Issue {
            is_new: true,
            issued: Issued {
                tenure: present.tenure,
                uid: present.uid.clone(),
                revision,
                facts: present.facts.clone(),
                organizer: present.organizer.clone(),
                answers: Some(answers),
                content: Some(content),
            },
        }
    }

    /// The revision with which an earlier tenure ends. It is higher than all revisions that its mailboxes have seen.
    fn last_issue(&self, at: usize) -> Issue {
        let last = &self.case.history[self.earlier[at]];
        let mails = self.mails_of(at + 1);
        let highest = mails.filter_map(|mail| self.told(mail, last.tenure)?.highest);
        let must_rise = highest.max() >= Some(last.revision);
        let mut issued = Issued {
            content: None,
            ..last.clone()
        };
        if must_rise {
            issued.revision = last.revision.next();
            issued.answers = Some(BTreeMap::new());
        }
        Issue {
            issued,
            is_new: must_rise,
        }
    }

    /// The mails that tell one of the plan's revisions.
    fn mails_of(&self, issue: usize) -> impl Iterator<Item = &Mail<'c>> {
        let mails = self.steps.iter().filter_map(Step::mail);
        mails.filter(move |mail| mail.issue == issue)
    }

    /// The history of a mail's mailbox in a tenure.
    fn told(&self, mail: &Mail<'_>, tenure: Tenure) -> Option<&TenureHistory> {
        self.case.history_at(mail.place)?.tenure(tenure)
    }

    /// Whether a mailbox would see a SEQUENCE again with other content, which must not happen (RFC 5546 §2.1.4).
    fn repeats(&self, mail: &Mail<'_>, candidate: Revision, content: i64) -> bool {
        let told = self.told(mail, self.present.tenure);
        told.filter(|told| told.highest == Some(candidate))
            .is_some_and(|told| {
                mail.kind.method() == Method::Cancel
                    || told.cancelled.is_some()
                    || told.may_be_cancelled.is_some()
                    || self.content_of(told).is_some_and(|told| told != content)
            })
    }

    /// The digest of the calendar object that a mailbox holds, if it is known.
    fn content_of(&self, told: &TenureHistory) -> Option<i64> {
        let held = told.holds?;
        let is_it = |issued: &&Issued| (issued.tenure, issued.revision) == (told.tenure, held.revision);
        held.content
            .or_else(|| self.case.history.iter().find(is_it)?.content)
    }
}

/// The attendees who have answered, without the organizer.
fn answered(case: &Case) -> impl Iterator<Item = Place> {
    let with_answers = case.placed().filter(|(_, attendee, person)| {
        attendee.status != Acceptance::None && !person.is_some_and(|person| case.is_organizer(person))
    });
    with_answers.map(|(place, ..)| place)
}

/// The answer of an attendee, as the calendar object of a revision has it.
fn status(case: &Case, place: Place, issued: &Issued, ended: &HashSet<Place>) -> Acceptance {
    let status = match &issued.answers {
        Some(answers) => case
            .address(place)
            .and_then(|address| answers.get(&address.mailbox()))
            .copied(),
        None if ended.contains(&place) => None,
        None => case.attendees.get(place.at()).map(|attendee| attendee.status),
    };
    status.unwrap_or_default()
}

/// The answers by mailbox, without the answers that end.
fn answers_but(case: &Case, ended: &HashSet<Place>) -> BTreeMap<String, Acceptance> {
    let mut answers = BTreeMap::new();
    for (place, attendee, person) in case.placed() {
        if attendee.status == Acceptance::None || ended.contains(&place) {
            continue;
        }
        if let Some(address) = person.and_then(|person| person.email()) {
            // Of two or more records with one mailbox, the first with an answer counts.
            answers.entry(address.mailbox()).or_insert(attendee.status);
        }
    }
    answers
}

/// A digest of the content of a revision's calendar objects.
fn digest(case: &Case, present: &Present, answers: &BTreeMap<String, Acceptance>) -> i64 {
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
        let mailbox = person.email().map(EmailAddress::mailbox);
        let answer = mailbox.and_then(|mailbox| answers.get(&mailbox).copied());
        add(&person.name);
        add(person.email().map_or("", |email| email.as_str()));
        add(answer.unwrap_or_default().as_str());
    }
    let digest = digest.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(first)
}

/// The attendees with an address, but at most 1 more than calendar objects list.
fn listed(case: &Case) -> impl Iterator<Item = &Person> {
    let with_address = case
        .people
        .iter()
        .flatten()
        .filter(|person| person.email().is_some());
    with_address.take(crate::calendar::MOST_LISTED_ATTENDEES + 1)
}
