//! The common parts of the mails about one meeting. One mail is made in [`message`](super::message).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::letterhead::Letterhead;
use super::wording::{Wording, Words, is_sender, reply_to};
use crate::calendar::{CalendarError, Event, EventWriter, MOST_LISTED_ATTENDEES, Method, Participant};
use crate::mail::{Issued, Mailbox, Organizer};
use crate::meeting::{Acceptance, Change, ChangedField, EmailAddress, Language, Person, PersonKind, Zone};
use crate::online::OnlineLink;
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{Case, Online, Place};
use crate::pipeline::plan::{Issue, MailKind};
use crate::template::{Description, InvitationContext, OnlineFacts, ParticipantNames, TemplateError};

pub(super) fn template_error(person: &Person, source: TemplateError) -> PipelineError {
    PipelineError::Template {
        to: person
            .email()
            .map_or_else(|| person.display_name(), ToString::to_string),
        source,
    }
}

/// The common parts of the mails about one meeting.
pub(in crate::pipeline) struct Renderer<'a> {
    pub(super) letterhead: &'a Letterhead,
    pub(super) case: &'a Case,
    online: &'a Online,
    pub(super) issues: Vec<Told<'a>>,
    description: Option<Description>,
    names: ParticipantNames,
    record_url: Option<String>,
    /// The name of the provider of the online meeting, as people know it.
    online_name: Option<String>,
    /// The sender of the mails.
    pub(super) sender: &'a Mailbox,
    pub(super) now: DateTime<Utc>,
}

/// A revision that mails tell, and its organizer.
pub(super) struct Told<'a> {
    pub(super) issued: &'a Issued,
    organizer: Person,
    /// The attendees, but at most 1 more than calendar objects list.
    participants: Vec<Participant<'a>>,
    /// Whether the mails come from another address than the organizer's.
    by_another: bool,
    pub(super) reply_to: Option<Mailbox>,
}

impl<'a> Renderer<'a> {
    /// # Errors
    /// [`CalendarError::OrganizerWithoutAddress`].
    pub(in crate::pipeline) fn new(
        letterhead: &'a Letterhead,
        case: &'a Case,
        online: &'a Online,
        issues: &'a [Issue],
    ) -> Result<Self, PipelineError> {
        let meeting = &case.meeting;
        let sender = case
            .account
            .as_ref()
            .map_or(&letterhead.sender, |account| &account.from);
        let names = match letterhead.templates.mention("participants") {
            true => case
                .attendees()
                .filter_map(|(_, person)| Some(person?.display_name()))
                .collect(),
            false => ParticipantNames::default(),
        };
        let told = issues.iter().map(|issue| Told::new(&issue.issued, case, sender));
        Ok(Self {
            letterhead,
            case,
            online,
            issues: told.collect::<Result<_, _>>()?,
            description: Description::of(meeting.description.as_deref()),
            names,
            record_url: letterhead.organization.record_url(meeting.id()),
            online_name: meeting
                .online_location
                .map(|location| letterhead.providers.name(location)),
            sender,
            now: letterhead.clock.now(),
        })
    }

    /// The participants of a revision, but at most 1 more than calendar objects list.
    pub(in crate::pipeline) fn participants(&self, issue: usize) -> &[Participant<'a>] {
        &self.issues[issue].participants
    }

    /// A former attendee as a participant, with the answer that a revision has.
    pub(in crate::pipeline) fn participant<'p>(&self, issue: usize, person: &'p Person) -> Participant<'p> {
        let answers = self.issues[issue].issued.answers.as_ref();
        Participant {
            person,
            status: answers
                .map(|answers| answer_of(answers, person))
                .unwrap_or_default(),
        }
    }

    /// The calendar object for one participant.
    pub(in crate::pipeline) fn object_for(
        &self,
        person: &Person,
        kind: MailKind,
    ) -> Result<String, PipelineError> {
        let language = self.language(person);
        let words = self.words(language, person)?;
        let wording = Wording {
            kind,
            issue: 0,
            language,
            change: None,
        };
        let writer = EventWriter::new(&self.event(&wording, &words, self.participants(0)))?;
        let answers = &self.issues[0].issued.answers;
        let attendee = self.case.attendee(&person.reference);
        Ok(writer.for_participant(&Participant {
            person,
            status: match answers {
                Some(answers) => answer_of(answers, person),
                None => attendee.map(|attendee| attendee.status).unwrap_or_default(),
            },
        })?)
    }

    /// The calendar object without a recipient (METHOD:PUBLISH).
    pub(in crate::pipeline) fn object_to_publish(&self) -> Result<String, PipelineError> {
        let language = &self.letterhead.organization.language;
        let words = self.words(language, &self.case.organizer)?;
        let wording = Wording {
            kind: MailKind::Invitation,
            issue: 0,
            language,
            change: None,
        };
        let event = Event {
            method: Method::Publish,
            ..self.event(&wording, &words, &[])
        };
        Ok(EventWriter::new(&event)?.for_nobody())
    }

    /// The words of calendar objects in a language. An error names `person`, a reader of that language.
    pub(in crate::pipeline) fn words(
        &self,
        language: &Language,
        person: &Person,
    ) -> Result<Words, PipelineError> {
        let ours = &self.letterhead.organization.language;
        Words::new(&self.letterhead.templates, language, ours)
            .map_err(|source| template_error(person, source))
    }

    /// The change since a revision of the history.
    pub(in crate::pipeline) fn change_since(&self, at: usize) -> Option<Change> {
        let (before, now) = (&self.case.history[at], self.issues[0].issued);
        let organizer_before = match (&before.organizer, &now.organizer) {
            // If only the address is another, the host is the same.
            (Some(organizer), Some(_)) if organizer.person != self.case.organizer.reference => {
                Some(organizer)
            }
            _ => None,
        };
        // The description is today's, also if the revision was recorded before the description changed.
        let change = self.case.meeting.facts().change_since(&before.facts);
        let Some(organizer) = organizer_before else {
            return change;
        };
        let mut change = change.unwrap_or_else(|| Change {
            before: before.facts.clone(),
            organizer_before: None,
            fields: Vec::new(),
        });
        change.organizer_before = Some(match organizer.name.trim() {
            "" => organizer.email.to_string(),
            name => name.to_owned(),
        });
        change.fields.push(ChangedField::Organizer);
        Some(change)
    }

    pub(in crate::pipeline) fn language<'p>(&'p self, person: &'p Person) -> &'p Language {
        person
            .language
            .as_ref()
            .unwrap_or(&self.letterhead.organization.language)
    }

    fn zone<'p>(&'p self, person: &'p Person) -> &'p Zone {
        person
            .time_zone
            .as_ref()
            .unwrap_or(&self.letterhead.organization.time_zone)
    }

    /// The language of the reader at a place.
    pub(in crate::pipeline) fn language_at(&self, place: Place) -> &Language {
        let ours = &self.letterhead.organization.language;
        self.case.language(place).unwrap_or(ours)
    }

    /// The time zone of the reader at a place.
    pub(in crate::pipeline) fn zone_at(&self, place: Place) -> &Zone {
        let ours = &self.letterhead.organization.time_zone;
        self.case.zone(place).unwrap_or(ours)
    }

    /// The person at a place.
    pub(in crate::pipeline) fn person_at(&self, place: Place) -> Person {
        // The plan mails only people whose record the CRM has.
        let nobody = || Person::new(self.case.reference(place).clone(), "", None);
        self.case.person_at(place).cloned().unwrap_or_else(nobody)
    }

    pub(in crate::pipeline) fn case(&self) -> &'a Case {
        self.case
    }

    pub(in crate::pipeline) fn event<'e>(
        &'e self,
        wording: &Wording<'_>,
        words: &'e Words,
        participants: &'e [Participant<'e>],
    ) -> Event<'e> {
        let told = &self.issues[wording.issue];
        Event {
            sent_by: told.by_another.then_some(&self.sender.address),
            join_url: self.case.meeting.join_url.as_ref(),
            passcode: self.online.passcode(),
            join_label: &words.join,
            passcode_label: &words.passcode,
            description: self
                .description
                .as_ref()
                .map_or("", |description| &description.text),
            description_html: self.description.as_ref().and_then(Description::formatted),
            times: self.letterhead.times,
            attendee_list: self.letterhead.attendees,
            whole_cancelled: wording.kind != MailKind::Removed,
            ..Event::new(
                wording.kind.method(),
                &self.case.meeting,
                &told.issued.uid,
                told.issued.revision,
                &told.organizer,
                participants,
                self.now,
            )
        }
    }

    pub(super) fn context<'p>(
        &'p self,
        person: &'p Person,
        wording: &'p Wording<'_>,
    ) -> InvitationContext<'p> {
        let meeting = &self.case.meeting;
        let typed = |link: &&OnlineLink| self.letterhead.providers.shows_id(link);
        let online = self.online.link.as_ref().filter(typed).map(|link| OnlineFacts {
            meeting_id: &link.id.0,
            passcode: link.passcode.as_deref(),
        });
        InvitationContext {
            meeting,
            description: self.description.as_ref(),
            revision: self.issues[wording.issue].issued.revision,
            invitee: person,
            invitee_zone: self.zone(person),
            language: wording.language,
            organizer: &self.issues[wording.issue].organizer,
            organization: &self.letterhead.organization,
            join_url: meeting.join_url.as_ref(),
            online_name: self.online_name.as_deref(),
            online,
            record_url: match person.reference.kind {
                PersonKind::User => self.record_url.as_deref(),
                PersonKind::Contact | PersonKind::Lead => None,
            },
            answer_links: None,
            change: wording.change.as_ref(),
            cancellation: wording.kind.cancellation(),
            new_organizer: (wording.kind == MailKind::NewOrganizer).then_some(&self.case.organizer),
            participants: &self.names,
        }
    }
}

impl<'a> Told<'a> {
    fn new(issued: &'a Issued, case: &'a Case, sender: &Mailbox) -> Result<Self, CalendarError> {
        let todays = case.organizer.email().cloned().map(|email| Organizer {
            person: case.organizer.reference.clone(),
            name: case.organizer.name.clone(),
            email,
        });
        let is_todays = |known: &Organizer| {
            known.person == case.organizer.reference
                && todays
                    .as_ref()
                    .is_some_and(|now| now.email.is_same_mailbox(&known.email))
        };
        // If the organizer is today's, today's record is used.
        let known = issued.organizer.clone();
        let known = known.filter(|known| !is_todays(known) && !known.is_forgotten());
        let is_known = known.is_some();
        let Some(known) = known.or(todays) else {
            return Err(CalendarError::OrganizerWithoutAddress {
                meeting: case.meeting.name().to_owned(),
                organizer: case.organizer.display_name(),
            });
        };
        let with_address = case.attendees().filter_map(|(attendee, person)| {
            let person = person.filter(|person| person.email().is_some())?;
            let status = match &issued.answers {
                Some(answers) => answer_of(answers, person),
                // The revision is from before answers were recorded.
                None => attendee.status,
            };
            Some(Participant { person, status })
        });
        Ok(Self {
            issued,
            participants: with_address.take(MOST_LISTED_ATTENDEES + 1).collect(),
            by_another: !is_sender(&known.email, sender),
            reply_to: reply_to(&known.name, &known.email, sender),
            organizer: match is_known {
                true => Person::new(known.person, known.name, Some(known.email)),
                false => case.organizer.clone(),
            },
        })
    }
}

/// The answer from a person's mailbox.
fn answer_of(answers: &BTreeMap<String, Acceptance>, person: &Person) -> Acceptance {
    let mailbox = person.email().map(EmailAddress::mailbox);
    let answer = mailbox.and_then(|mailbox| answers.get(&mailbox).copied());
    answer.unwrap_or_default()
}
