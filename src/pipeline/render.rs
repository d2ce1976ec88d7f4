//! One mail about a meeting, as step 4 renders it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::case::{Case, Place};
use super::letter::{Letter, Wording, Words, is_sender, reply_to};
use super::online::Online;
use super::recipients::Recipient;
use super::{Pipeline, PipelineError};
use crate::calendar::{CalendarError, Event, EventWriter, Participant};
use crate::mail::{
    self, Addressed, CalendarPart, Draft, Envelope, FormLetter, Issued, Mailbox, NewInvitation, NewMessage,
    Own, Purpose, compose,
};
use crate::meeting::{
    Change, EmailAddress, Facts, Language, MeetingId, OnlineLocation, Person, PersonId, PersonKind,
    PersonRef, Revision, Zone,
};
use crate::online::OnlineLink;
use crate::organization::Organization;
use crate::template::{
    Description, InvitationContext, OnlineFacts, ParticipantNames, Rendered, Stencil, TemplateError,
};

/// One rendered message to one recipient.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Who is invited.
    pub person: PersonRef,
    /// The name and address it goes to.
    pub to: Mailbox,
    /// In which language it is written.
    pub language: Language,
    /// Message-ID, with its angle brackets.
    pub message_id: String,
    /// From and for whom.
    pub envelope: Envelope,
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
    /// The calendar object.
    pub calendar: String,
    /// The whole message: MIME bytes, with CRLF line ends.
    pub message: Vec<u8>,
    /// What it is for.
    pub purpose: Purpose,
    /// The user over whose account it is to leave; `None`: over the organization's.
    pub account: Option<PersonId>,
}

/// A mail that is written for all readers but for their names.
pub(super) struct Form {
    stencil: Stencil,
    letter: Arc<FormLetter>,
}

/// One mail to make.
pub(super) struct Order<'r> {
    pub(super) recipient: &'r Recipient<'r>,
    pub(super) person: Person,
    pub(super) wording: &'r Wording<'r>,
    pub(super) form: Option<&'r Form>,
    /// What writes its calendar object.
    pub(super) writer: &'r EventWriter<'r>,
}

impl Order<'_> {
    fn participant(&self) -> Participant<'_> {
        Participant {
            person: &self.person,
            status: self.recipient.status,
        }
    }
}

fn template_error(person: &Person, source: TemplateError) -> PipelineError {
    PipelineError::Template {
        to: person
            .email
            .as_ref()
            .map_or_else(|| person.display_name(), ToString::to_string),
        source,
    }
}

/// What the mails about one meeting have in common.
pub(super) struct Renderer<'a> {
    pipeline: &'a Pipeline,
    case: &'a Case,
    online: &'a Online,
    issued: &'a Issued,
    /// What was told in each earlier revision.
    earlier: HashMap<Revision, &'a Facts>,
    description: Option<Description>,
    participants: Vec<Participant<'a>>,
    names: ParticipantNames,
    record_url: Option<String>,
    /// From whom the mails come.
    sender: &'a Mailbox,
    reply_to: Option<Mailbox>,
    now: DateTime<Utc>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        case: &'a Case,
        online: &'a Online,
        issued: &'a Issued,
    ) -> Self {
        let meeting = &case.meeting;
        let sender = case
            .account
            .as_ref()
            .map_or(&pipeline.sender, |account| &account.from);
        let listed = case.listed.iter();
        let participants: Vec<_> = listed
            .map(|(person, status)| Participant {
                person,
                status: *status,
            })
            .collect();
        let names = match pipeline.templates.mention("participants") {
            true => case
                .attendees()
                .filter_map(|(_, person)| Some(person?.display_name()))
                .collect(),
            false => ParticipantNames::default(),
        };
        Self {
            pipeline,
            case,
            online,
            issued,
            earlier: case
                .history
                .iter()
                .map(|issued| (issued.revision, &issued.facts))
                .collect(),
            description: Description::of(meeting.description.as_deref()),
            participants,
            names,
            record_url: record_url(&pipeline.organization, meeting.id()),
            sender,
            reply_to: reply_to(&case.organizer, sender),
            now: pipeline.clock.now(),
        }
    }

    /// Those who are invited; of many, the first few.
    pub(super) fn participants(&self) -> &[Participant<'a>] {
        &self.participants
    }

    /// The calendar object for one participant.
    pub(super) fn object_for(&self, person: &Person, letter: Letter) -> Result<String, PipelineError> {
        let words = self.words(self.language(person), person)?;
        let writer = EventWriter::new(&self.event(letter, &words, None, &self.participants))?;
        let attendee = self.case.meeting.attendee(&person.reference);
        Ok(writer.for_participant(&Participant {
            person,
            status: attendee.map(|attendee| attendee.status).unwrap_or_default(),
        })?)
    }

    /// The words of calendar objects in a language; an error is said of a person who reads it.
    pub(super) fn words(&self, language: &Language, person: &Person) -> Result<Words, PipelineError> {
        let ours = &self.pipeline.organization.language;
        Words::new(&self.pipeline.templates, language, ours).map_err(|source| template_error(person, source))
    }

    /// Which kind of mail it is to be.
    pub(super) fn letter(&self, purpose: Purpose, recipient: &Recipient<'_>) -> Letter {
        let status = self.case.meeting.status;
        Letter::of(purpose, recipient.told, self.issued.revision, status)
    }

    pub(super) fn change_since(&self, revision: Revision) -> Option<Change> {
        self.issued.facts.change_since(self.earlier.get(&revision)?)
    }

    pub(super) fn language<'p>(&'p self, person: &'p Person) -> &'p Language {
        person
            .language
            .as_ref()
            .unwrap_or(&self.pipeline.organization.language)
    }

    fn zone<'p>(&'p self, person: &'p Person) -> &'p Zone {
        person
            .time_zone
            .as_ref()
            .unwrap_or(&self.pipeline.organization.time_zone)
    }

    /// The language that whoever stands at a place reads.
    pub(super) fn language_at(&self, place: Place) -> &Language {
        let ours = &self.pipeline.organization.language;
        self.case.language(place).unwrap_or(ours)
    }

    /// The time zone of whoever stands at a place.
    pub(super) fn zone_at(&self, place: Place) -> &Zone {
        let ours = &self.pipeline.organization.time_zone;
        self.case.zone(place).unwrap_or(ours)
    }

    /// Whoever stands at a place.
    pub(super) fn person_at(&self, place: Place) -> Person {
        // Only people are chosen of whom there is a record.
        let nobody = || Person::new(self.case.reference(place).clone(), "", None);
        self.case.person_at(place).unwrap_or_else(nobody)
    }

    pub(super) fn case(&self) -> &'a Case {
        self.case
    }

    pub(super) fn event<'e>(
        &'e self,
        letter: Letter,
        words: &'e Words,
        change: Option<&Change>,
        participants: &'e [Participant<'e>],
    ) -> Event<'e> {
        Event {
            sent_by: (!is_sender(&self.case.organizer, self.sender)).then_some(&self.sender.address),
            rescheduled: change.is_some_and(Change::is_rescheduled),
            join_url: self.case.meeting.join_url.as_ref(),
            passcode: self.online.passcode(),
            join_label: &words.join,
            passcode_label: &words.passcode,
            description: self
                .description
                .as_ref()
                .map_or("", |description| &description.text),
            description_html: self.description.as_ref().and_then(Description::formatted),
            times: self.pipeline.times,
            attendee_list: self.pipeline.attendees,
            whole_cancelled: letter != Letter::Removed,
            ..Event::new(
                letter.method(),
                &self.case.meeting,
                &self.issued.uid,
                self.issued.revision,
                &self.case.organizer,
                participants,
                self.now,
            )
        }
    }

    /// One mail with its parts.
    pub(super) fn one(&self, order: Order<'_>) -> Result<Invitation, PipelineError> {
        let Order {
            person,
            wording,
            writer,
            recipient,
            ..
        } = &order;
        let calendar = writer.for_participant(&order.participant())?;
        let to = Mailbox::new(&person.name, self.address_of(person)?.clone());
        let message_id = self.message_id(wording.letter.purpose(), recipient);
        let (rendered, message) = match self.filled(&order)? {
            Some((form, own)) => {
                let addressed = Addressed {
                    to: &to.address,
                    message_id: &message_id,
                };
                let message = form.letter.message(addressed, &own)?;
                (form.stencil.fill(&person.display_name()), message)
            }
            None => self.rendered(&order, &to, &calendar, &message_id)?,
        };
        Ok(Invitation {
            person: person.reference.clone(),
            envelope: self.envelope(&message_id, &to.address),
            to,
            language: rendered.language,
            message_id,
            subject: rendered.subject,
            html: rendered.html,
            text: rendered.text,
            calendar,
            message,
            purpose: wording.letter.purpose(),
            account: self.case.account_holder(),
        })
    }

    /// One mail for the outbox.
    pub(super) fn one_for_outbox(&self, order: Order<'_>) -> Result<NewInvitation, PipelineError> {
        let Order {
            person,
            wording,
            writer,
            recipient,
            ..
        } = &order;
        let address = self.address_of(person)?;
        let purpose = wording.letter.purpose();
        let message_id = self.message_id(purpose, recipient);
        let (language, message) = match self.filled(&order)? {
            Some((form, own)) => {
                let letter = Arc::clone(&form.letter);
                (
                    form.stencil.language().clone(),
                    NewMessage::Filled { letter, own },
                )
            }
            None => {
                let calendar = writer.for_participant(&order.participant())?;
                let to = Mailbox::new(&person.name, address.clone());
                let (rendered, message) = self.rendered(&order, &to, &calendar, &message_id)?;
                (rendered.language, NewMessage::Whole(message))
            }
        };
        Ok(NewInvitation {
            person: person.reference.clone(),
            language,
            purpose,
            resend: recipient.told.resend(purpose, self.issued.revision),
            envelope: self.envelope(&message_id, address),
            account: self.case.account_holder(),
            message_id,
            message,
        })
    }

    fn address_of<'p>(&self, person: &'p Person) -> Result<&'p EmailAddress, PipelineError> {
        // Nobody without an address is chosen.
        let without = || CalendarError::RecipientWithoutAddress {
            meeting: self.case.meeting.name().to_owned(),
            recipient: person.reference.clone(),
        };
        Ok(person.email.as_ref().ok_or_else(without)?)
    }

    fn envelope(&self, message_id: &str, to: &EmailAddress) -> Envelope {
        Envelope {
            from: match &self.pipeline.envelope_sender {
                // What bounces of a user's own mail comes to the user.
                Some(sender) if self.case.account.is_none() => sender.of(message_id),
                _ => self.sender.address.clone(),
            },
            to: to.clone(),
        }
    }

    /// What makes the mail out of its form, where it has one that takes the name.
    fn filled<'o>(&self, order: &Order<'o>) -> Result<Option<(&'o Form, Own)>, PipelineError> {
        let Order {
            person,
            recipient,
            form,
            writer,
            ..
        } = order;
        let fill = person.display_name();
        let Some(form) = form.filter(|_| Stencil::takes(&fill)) else {
            return Ok(None);
        };
        let lines = writer.own_lines(&order.participant())?;
        let name = Mailbox::shown(&person.name);
        let own = |lines| Own {
            fill: Some(fill).filter(|fill| name.as_ref() != Some(fill)),
            name,
            lines,
            references: recipient.told.first_message_id.clone(),
        };
        Ok(lines.map(|lines| (form, own(lines))))
    }

    /// The mail as it is rendered for this person alone.
    fn rendered(
        &self,
        order: &Order<'_>,
        to: &Mailbox,
        calendar: &str,
        message_id: &str,
    ) -> Result<(Rendered, Vec<u8>), PipelineError> {
        let Order {
            person,
            wording,
            recipient,
            ..
        } = order;
        let rendered = self
            .pipeline
            .templates
            .render(wording.letter.template(), &self.context(person, wording))
            .map_err(|source| template_error(person, source))?;
        let draft = Draft {
            message_id,
            references: recipient.told.first_message_id.as_deref(),
            ..self.draft(&rendered, wording.letter, to, (calendar, ""))
        };
        let message = compose(&draft)?;
        Ok((rendered, message))
    }

    /// What the mails have in common to those who read the same as this person. None where they may differ in more than
    /// the name; and where it cannot be rendered: then the mail of each says why.
    pub(super) fn form(
        &self,
        person: &Person,
        wording: &Wording<'_>,
        writer: &EventWriter<'_>,
    ) -> Option<Form> {
        let templates = &self.pipeline.templates;
        let context = self.context(person, wording);
        let stencil = templates.stencil(wording.letter.template(), &context).ok()??;
        let to = Mailbox::new(&person.name, person.email.clone()?);
        let mail = stencil.mail();
        let draft = self.draft(&mail, wording.letter, &to, writer.around());
        let kept = mail::Form::new(&draft, Some(Stencil::hole())).ok()?;
        let letter = Arc::new(kept.into());
        Some(Form { stencil, letter })
    }

    /// The Message-ID of somebody's mail.
    pub(super) fn message_id(&self, purpose: Purpose, recipient: &Recipient<'_>) -> String {
        let domain = self.pipeline.sender.address.domain();
        self.issued.message_id(
            purpose,
            self.case.reference(recipient.place),
            recipient.told,
            domain,
        )
    }

    /// A message with the parts of its calendar object that go around what is its own.
    fn draft<'d>(
        &'d self,
        rendered: &'d Rendered,
        letter: Letter,
        to: &'d Mailbox,
        (head, tail): (&'d str, &'d str),
    ) -> Draft<'d> {
        Draft {
            from: self.sender,
            reply_to: self.reply_to.as_ref(),
            to,
            subject: &rendered.subject,
            text: &rendered.text,
            html: &rendered.html,
            images: &rendered.images,
            language: &rendered.language,
            calendar: Some(CalendarPart {
                method: letter.method(),
                head,
                tail,
            }),
            message_id: "",
            references: None,
            date: self.now,
        }
    }

    fn context<'p>(&'p self, person: &'p Person, wording: &'p Wording<'_>) -> InvitationContext<'p> {
        let meeting = &self.case.meeting;
        // Only Zoom has ids that people type.
        let typed = |link: &&OnlineLink| link.location == OnlineLocation::Zoom;
        let online = self.online.link.as_ref().filter(typed).map(|link| OnlineFacts {
            meeting_id: &link.id.0,
            passcode: link.passcode.as_deref(),
        });
        InvitationContext {
            meeting,
            description: self.description.as_ref(),
            revision: self.issued.revision,
            invitee: person,
            invitee_zone: self.zone(person),
            language: wording.language,
            organizer: &self.case.organizer,
            organization: &self.pipeline.organization,
            join_url: meeting.join_url.as_ref(),
            online,
            record_url: match person.reference.kind {
                PersonKind::User => self.record_url.as_deref(),
                PersonKind::Contact | PersonKind::Lead => None,
            },
            answer_links: None,
            change: wording.change.as_ref(),
            participants: &self.names,
        }
    }
}

/// The meeting's page in the CRM, in EspoCRM's form. `None` where the CRM's address is not known.
pub(super) fn record_url(organization: &Organization, id: &MeetingId) -> Option<String> {
    let mut url = organization.site_url.clone()?;
    url.set_fragment(Some(&format!("Meeting/view/{id}")));
    Some(url.into())
}
