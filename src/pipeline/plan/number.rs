//! Which SEQUENCE each mail has, and what its calendar object says of answers.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::decide::Planner;
use super::present::Present;
use super::{Issue, Mail, Plan, Step, TenureHistory, What};
use crate::calendar::Method;
use crate::mail::Issued;
use crate::meeting::{Acceptance, EmailAddress, Facts, Person, Revision, Tenure};
use crate::pipeline::case::{Case, Place};

impl<'c> Planner<'c, '_> {
    /// Numbers the revisions, now that it is known who gets what.
    pub(super) fn finish(mut self) -> Plan<'c> {
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
        for (at, tenure) in self.earlier.iter().copied().enumerate() {
            let highest = self
                .steps
                .iter()
                .filter_map(Step::mail)
                .filter(|mail| mail.issue == at + 1)
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
