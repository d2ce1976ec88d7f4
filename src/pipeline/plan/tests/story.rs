//! A meeting with its people and its outbox, in memory, and plans for it in words.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::calendar::Method;
use crate::mail::{DeliveryState, Envelope, Issued, OutboxEntry, Seen};
use crate::meeting::{
    Acceptance, Attendee, EmailAddress, Language, Meeting, Person, PersonId, PersonRef, Reach, Tenure, When,
    Zone,
};
use crate::pipeline::facts::{self, Case, Place};
use crate::pipeline::plan::{self, Aim, Mail, Plan, What};
use crate::pipeline::{Pick, SendOptions};

/// The meeting is on 1 March 2027 from 9 to 10 UTC; it is planned a week before.
pub(super) struct Story {
    pub(super) meeting: Meeting,
    pub(super) host: Person,
    pub(super) people: Vec<(Acceptance, Person)>,
    pub(super) history: Vec<Issued>,
    pub(super) outbox: Vec<OutboxEntry>,
    pub(super) now: DateTime<Utc>,
}

pub(super) fn address(of: &str) -> EmailAddress {
    format!("{of}@acme.example").parse().unwrap()
}

/// A lead with this id, and an address of the same name.
pub(super) fn person(id: &str) -> Person {
    let record = format!("lead:{id}").parse().unwrap();
    Person::new(record, id, Some(address(id)))
}

fn name(mailbox: &str) -> &str {
    mailbox.split('@').next().unwrap()
}

impl Story {
    /// Ana holds the meeting; Kim and Lee are invited.
    pub(super) fn new() -> Self {
        let start: DateTime<Utc> = "2027-03-01T09:00:00Z".parse().unwrap();
        let when = When::timed(start, start + TimeDelta::hours(1)).unwrap();
        let id = "kick-off".parse().unwrap();
        let mut meeting = Meeting::new(id, "Kick-off", when, Zone::utc()).unwrap();
        let ana = PersonId::new("ana").unwrap();
        meeting.assigned_user = Some(ana.clone());
        Self {
            meeting,
            host: Person::new(PersonRef::user(ana), "ana", Some(address("ana"))),
            people: ["kim", "lee"].map(|id| (Acceptance::None, person(id))).into(),
            history: Vec::new(),
            outbox: Vec::new(),
            now: start - Days::new(7),
        }
    }

    /// The meeting begins so many hours later than first planned.
    pub(super) fn start(&mut self, hours: i64) {
        let start: DateTime<Utc> = "2027-03-01T09:00:00Z".parse().unwrap();
        let start = start + TimeDelta::hours(hours);
        self.meeting.when = When::timed(start, start + TimeDelta::hours(1)).unwrap();
    }

    pub(super) fn answer(&mut self, of: &str, answer: Acceptance) {
        self.entry(of).0 = answer;
    }

    pub(super) fn entry(&mut self, of: &str) -> &mut (Acceptance, Person) {
        let mut people = self.people.iter_mut();
        people.find(|(_, person)| person.name == of).unwrap()
    }

    pub(super) fn move_to(&mut self, of: &str, to: &str) {
        self.entry(of).1.reach = Reach::At(address(to));
    }

    pub(super) fn remove(&mut self, who: &str) {
        self.people.retain(|(_, person)| person.name != who);
    }

    pub(super) fn add(&mut self, who: &str) {
        self.people.push((Acceptance::None, person(who)));
    }

    /// The message with this number.
    pub(super) fn message(&mut self, id: i64) -> &mut OutboxEntry {
        self.outbox.iter_mut().find(|entry| entry.id == id).unwrap()
    }

    pub(super) fn case(&self) -> Case {
        let mut mailboxes = HashMap::new();
        for entry in &self.outbox {
            facts::note(&mut mailboxes, entry);
        }
        let attendees = self.people.iter().map(|(status, person)| Attendee {
            person: person.reference.clone(),
            status: *status,
        });
        let mut case = Case {
            meeting: self.meeting.clone(),
            organizer: self.host.clone(),
            account: None,
            attendees: attendees.collect(),
            people: self
                .people
                .iter()
                .map(|(_, person)| Some(person.clone()))
                .collect(),
            history: self.history.clone(),
            mailboxes: HashMap::new(),
            seen: Seen::default(),
            former: Vec::new(),
        };
        let former = case.former_of(&mailboxes).into_values().map(|history| {
            let name = history.person.id.as_str();
            Person::new(history.person.clone(), name, Some(history.address.clone()))
        });
        case.former = former.collect();
        case.mailboxes = mailboxes;
        case
    }

    /// The plan in words: for each step the name in the address, and what comes to it.
    pub(super) fn plan(&self, aim: Aim<'_>) -> Vec<String> {
        let case = self.case();
        in_words(&plan::plan(&case, aim, self.now, "acme.example"), &case)
    }

    pub(super) fn plan_send(&self) -> Vec<String> {
        self.plan(Aim::Send(&SendOptions::default()))
    }

    /// Does what the plan says: its mails are in this state then.
    fn follow(&mut self, aim: Aim<'_>, state: DeliveryState) -> Vec<String> {
        let case = self.case();
        let plan = plan::plan(&case, aim, self.now, "acme.example");
        for place in &plan.answers_end {
            self.people[place.at()].0 = Acceptance::None;
        }
        for (id, _) in plan.called_off() {
            self.message(id).state = DeliveryState::Cancelled;
        }
        for issue in plan.issues.iter().filter(|issue| issue.is_new) {
            let is_it = |known: &Issued| {
                (known.tenure, known.revision) == (issue.issued.tenure, issue.issued.revision)
            };
            match self.history.iter().position(is_it) {
                Some(at) => self.history[at] = issue.issued.clone(),
                None => self.history.push(issue.issued.clone()),
            }
        }
        self.history
            .sort_by_key(|issued| (issued.tenure, issued.revision));
        for mail in plan.mails() {
            if let Some(id) = mail.supersedes {
                self.message(id).state = DeliveryState::Superseded;
            }
            let entry = self.made(&case, &plan, mail, state);
            self.outbox.push(entry);
        }
        in_words(&plan, &case)
    }

    fn made(&self, case: &Case, plan: &Plan<'_>, mail: &Mail<'_>, state: DeliveryState) -> OutboxEntry {
        let issued = &plan.issues[mail.issue].issued;
        let id = i64::try_from(self.outbox.len()).unwrap() + 1;
        OutboxEntry {
            id,
            meeting: case.meeting.id().clone(),
            tenure: issued.tenure,
            revision: issued.revision,
            purpose: mail.kind.purpose(),
            resend: mail.resend,
            person: case.reference(mail.place).clone(),
            language: Language::new("en").unwrap(),
            envelope: Envelope {
                from: address("meetings"),
                to: case.address(mail.place).unwrap().clone(),
            },
            account: None,
            message_id: format!("<{id}@acme.example>"),
            content: plan
                .content
                .filter(|_| mail.kind.method() == Method::Request && mail.issue == 0),
            state,
            superseded: false,
            attempts: 0,
            answers_lost: 0,
            cut_off: false,
            next_attempt_at: self.now,
            last_answer: None,
            created_at: self.now,
            sent_at: None,
            notice: None,
        }
    }

    /// A send whose mails the mail server takes.
    pub(super) fn send(&mut self) -> Vec<String> {
        self.follow(Aim::Send(&SendOptions::default()), DeliveryState::Sent)
    }

    pub(super) fn send_with(&mut self, options: &SendOptions) -> Vec<String> {
        self.follow(Aim::Send(options), DeliveryState::Sent)
    }

    /// A send whose mails wait.
    pub(super) fn queue(&mut self) -> Vec<String> {
        self.follow(Aim::Send(&SendOptions::default()), DeliveryState::Queued)
    }

    /// A cancellation whose mails the mail server takes.
    pub(super) fn cancel(&mut self, picks: &[Pick]) -> Vec<String> {
        self.follow(Aim::Cancel(picks), DeliveryState::Sent)
    }

    /// A worker's renewal: its mails wait.
    pub(super) fn renew(&mut self) -> Vec<String> {
        self.follow(Aim::Renew, DeliveryState::Queued)
    }
}

fn in_words(plan: &Plan<'_>, case: &Case) -> Vec<String> {
    let steps = plan.steps.iter().map(|step| {
        let place = step.place;
        let name = match case.person_at(place) {
            Some(person) => person
                .email()
                .map_or(person.name.clone(), |email| name(email.as_str()).to_owned()),
            None => case.reference(place).to_string(),
        };
        match &step.what {
            What::Mail(mail) => format!("{name} {}", mail_in_words(plan, mail)),
            What::Waits(method) => format!("{name} waits {method:?}"),
            What::CallOff(id, reason) => format!("{name} calls off {id} {reason:?}"),
            What::Skip(reason) => format!("{name} skip {reason:?}"),
        }
    });
    let mut words: Vec<_> = steps.collect();
    for place in &plan.answers_end {
        let place: Place = *place;
        words.push(format!("{} answer ends", case.reference(place).id));
    }
    words
}

fn mail_in_words(plan: &Plan<'_>, mail: &Mail<'_>) -> String {
    let issued = &plan.issues[mail.issue].issued;
    let mut words = format!("{:?} {}", mail.kind, issued.revision);
    if issued.tenure > Tenure::default() {
        words += &format!(" of tenure {}", issued.tenure);
    }
    if mail.status != Acceptance::None {
        words += &format!(" {}", mail.status);
    }
    if mail.resend > 0 {
        words += &format!(" resend {}", mail.resend);
    }
    if let Some(id) = mail.supersedes {
        words += &format!(" for {id}");
    }
    if let Some(message_id) = mail.references {
        words += &format!(" after {}", name(message_id.trim_start_matches('<')));
    }
    words
}
