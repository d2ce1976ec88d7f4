//! One mail of a plan: its parts, and its form for the outbox.

use std::sync::{Arc, OnceLock};

use super::renderer::{Renderer, template_error};
use super::wording::Wording;
use crate::calendar::{CalendarError, EventWriter, Participant};
use crate::mail::{
    self, Addressed, CalendarPart, ComposeError, Draft, Envelope, FormLetter, Mailbox, MessageBase,
    NewInvitation, NewMessage, Own, Purpose, Slot, SlotValue, compose,
};
use crate::meeting::{EmailAddress, Language, Person, PersonId, PersonRef};
use crate::pipeline::error::PipelineError;
use crate::pipeline::plan::Mail;
use crate::template::{Rendered, Stencil};

/// One rendered message to one recipient.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The person who is invited.
    pub person: PersonRef,
    /// The name and address of the recipient.
    pub to: Mailbox,
    /// The language of the mail.
    pub language: Language,
    /// Message-ID, with its angle brackets.
    pub message_id: String,
    /// The addresses of sender and recipient in SMTP.
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
    /// The purpose.
    pub purpose: Purpose,
    /// The user over whose account the mail is to leave; `None`: over the organization's mail server.
    pub account: Option<PersonId>,
}

/// A mail that is rendered once for 3 or more readers, with slots for the parts that are each reader's own.
pub(in crate::pipeline) struct Form {
    stencil: Stencil,
    letter: Arc<FormLetter>,
}

/// One mail to make.
pub(in crate::pipeline) struct Order<'r> {
    pub(in crate::pipeline) mail: &'r Mail<'r>,
    /// The digest of the content of its calendar object; `None` if the revision has the same.
    pub(in crate::pipeline) content: Option<i64>,
    pub(in crate::pipeline) person: Person,
    pub(in crate::pipeline) wording: &'r Wording<'r>,
    pub(in crate::pipeline) form: Option<&'r Form>,
    /// The base of the messages of its group that have no form, once there is one.
    pub(in crate::pipeline) base: &'r OnceLock<Arc<MessageBase>>,
    /// The writer of its calendar object.
    pub(in crate::pipeline) writer: &'r EventWriter<'r>,
}

impl Order<'_> {
    fn participant(&self) -> Participant<'_> {
        Participant {
            person: &self.person,
            status: self.mail.status,
        }
    }
}

impl Renderer<'_> {
    /// One mail with its parts.
    pub(in crate::pipeline) fn one(&self, order: Order<'_>) -> Result<Invitation, PipelineError> {
        let Order {
            person, writer, mail, ..
        } = &order;
        let calendar = writer.for_participant(&order.participant())?;
        let to = Mailbox::new(&person.name, self.address_of(person)?.clone());
        let message_id = self.message_id(mail, &to.address);
        let (rendered, message) = match self.filled(&order)? {
            Some((form, own)) => {
                let addressed = Addressed {
                    to: &to.address,
                    message_id: &message_id,
                };
                let message = form.letter.message(addressed, &own)?;
                (form.stencil.fill(&own.slots), message)
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
            purpose: mail.kind.purpose(),
            account: self.case.account_holder(),
        })
    }

    /// One mail for the outbox.
    pub(in crate::pipeline) fn one_for_outbox(
        &self,
        order: Order<'_>,
    ) -> Result<NewInvitation, PipelineError> {
        let Order {
            person, writer, mail, ..
        } = &order;
        let address = self.address_of(person)?;
        let message_id = self.message_id(mail, address);
        let issued = self.issues[mail.issue].issued;
        let (language, message) = match self.filled(&order)? {
            Some((form, mut own)) => {
                own.leave_out_name();
                let message = NewMessage::filled(Arc::clone(&form.letter), &own);
                (form.stencil.language().clone(), message)
            }
            None => {
                let calendar = writer.for_participant(&order.participant())?;
                let to = Mailbox::new(&person.name, address.clone());
                let (rendered, message) = self.rendered(&order, &to, &calendar, &message_id)?;
                let base = || Arc::new(MessageBase::new(message.clone()));
                let base = Arc::clone(order.base.get_or_init(base));
                (rendered.language, NewMessage::whole(base, &message))
            }
        };
        let message = message.map_err(|error| ComposeError::Message {
            to: address.clone(),
            source: error.into(),
        })?;
        Ok(NewInvitation {
            person: person.reference.clone(),
            language,
            tenure: issued.tenure,
            revision: issued.revision,
            purpose: mail.kind.purpose(),
            resend: mail.resend,
            content: order.content,
            supersedes: mail.supersedes,
            not_before: None,
            envelope: self.envelope(&message_id, address),
            account: self.case.account_holder(),
            message_id,
            message,
        })
    }

    fn address_of<'p>(&self, person: &'p Person) -> Result<&'p EmailAddress, PipelineError> {
        // The plan mails nobody without an address.
        let without = || CalendarError::RecipientWithoutAddress {
            meeting: self.case.meeting.name().to_owned(),
            recipient: person.reference.clone(),
        };
        Ok(person.email().ok_or_else(without)?)
    }

    fn envelope(&self, message_id: &str, to: &EmailAddress) -> Envelope {
        Envelope {
            from: match &self.letterhead.envelope_sender {
                // Bounces of mails from a user's account go to that user.
                Some(sender) if self.case.account.is_none() => sender.of(message_id),
                _ => self.sender.address.clone(),
            },
            to: to.clone(),
        }
    }

    /// The mail as a form with the reader's own part; `None` without a form, or if the form cannot take that part.
    fn filled<'o>(&self, order: &Order<'o>) -> Result<Option<(&'o Form, Own)>, PipelineError> {
        let Order {
            person,
            wording,
            mail,
            form,
            writer,
            ..
        } = order;
        let Some(form) = *form else { return Ok(None) };
        let Some(mut slots) = form.stencil.values(&self.context(person, wording)) else {
            return Ok(None);
        };
        let Some(lines) = writer.own_lines(&order.participant())? else {
            return Ok(None);
        };
        if !lines.is_empty() {
            slots.insert(Slot::ATTENDEE, SlotValue::Same(lines));
        }
        let own = Own {
            name: Mailbox::shown(&person.name),
            slots,
            references: mail.references.map(str::to_owned),
        };
        Ok(Some((form, own)))
    }

    /// The mail, rendered in full for one person.
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
            mail,
            ..
        } = order;
        let rendered = self
            .letterhead
            .templates
            .render(wording.kind.template(), &self.context(person, wording))
            .map_err(|source| template_error(person, source))?;
        let pieces = [calendar];
        let draft = Draft {
            message_id,
            references: mail.references,
            ..self.draft(&rendered, wording, to, &pieces)
        };
        let message = compose(&draft)?;
        Ok((rendered, message))
    }

    /// The form for all readers of the same words as this person. `None` if their mails may differ in more than the slots, and
    /// if the form cannot be rendered: then rendering each mail gives the error.
    pub(in crate::pipeline) fn form(
        &self,
        person: &Person,
        wording: &Wording<'_>,
        writer: &EventWriter<'_>,
    ) -> Option<Form> {
        let templates = &self.letterhead.templates;
        let context = self.context(person, wording);
        let stencil = templates.stencil(wording.kind.template(), &context).ok()??;
        let to = Mailbox::new(&person.name, person.email().cloned()?);
        let mail = stencil.mail();
        let pieces = writer.pieces();
        let draft = self.draft(&mail, wording, &to, &pieces);
        let kept = mail::Form::new(&draft, stencil.marks()).ok()?;
        let letter = Arc::new(kept.into());
        Some(Form { stencil, letter })
    }

    /// The Message-ID of a mail.
    fn message_id(&self, mail: &Mail<'_>, to: &EmailAddress) -> String {
        let domain = self.letterhead.domain();
        self.issues[mail.issue]
            .issued
            .message_id(mail.kind, to, mail.resend, domain)
    }

    /// A message with the pieces of its calendar object around the reader's own lines.
    fn draft<'d>(
        &'d self,
        rendered: &'d Rendered,
        wording: &Wording<'_>,
        to: &'d Mailbox,
        pieces: &'d [&'d str],
    ) -> Draft<'d> {
        Draft {
            from: self.sender,
            reply_to: self.issues[wording.issue].reply_to.as_ref(),
            to,
            subject: &rendered.subject,
            text: &rendered.text,
            html: &rendered.html,
            images: &rendered.images,
            language: &rendered.language,
            calendar: Some(CalendarPart {
                method: wording.kind.method(),
                pieces,
            }),
            message_id: "",
            references: None,
            date: self.now,
        }
    }
}
