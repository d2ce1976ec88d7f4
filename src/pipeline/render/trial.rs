//! Beside the way of a send: the whole mail about a sample, for a preview or for a test mail.

use chrono::{DateTime, Utc};

use super::letterhead::Letterhead;
use super::wording::{Words, is_sender, reply_to};
use crate::calendar::{AttendeeList, CalendarError, Event, EventWriter, Method, Participant, Times};
use crate::fault::{Act, Class, Fault, Remedy};
use crate::mail::{CalendarPart, ComposeError, Draft, Mailbox, compose};
use crate::meeting::{Acceptance, Language, Reach};
use crate::template::{Description, Kind, Preview, Sample, TemplateError, TemplateName, Templates, escaped};

/// The mail about a sample.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The rendered template, and its sources.
    pub preview: Preview,
    /// The calendar object; a reminder has none.
    pub calendar: Option<String>,
    /// The whole message: MIME bytes, with CRLF line ends.
    pub message: Vec<u8>,
    /// Message-ID, with its angle brackets.
    pub message_id: String,
}

/// The error of making a sample's mail.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The calendar object.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The message.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl TrialError {
    fn fault(&self) -> &dyn Fault {
        match self {
            Self::Template(error) => error,
            Self::Calendar(error) => error,
            Self::Compose(error) => error,
        }
    }
}

impl Fault for TrialError {
    fn kind(&self) -> &'static str {
        self.fault().kind()
    }

    fn class(&self) -> Class {
        self.fault().class()
    }

    fn remedy(&self) -> Option<Remedy> {
        self.fault().remedy()
    }

    fn report_in(&self, say: &dyn Fn(&Act) -> String) -> Option<String> {
        self.fault().report_in(say)
    }
}

/// Makes the mails about samples, as a send would.
#[derive(Debug, Clone)]
pub struct Trials {
    /// The templates.
    pub templates: Templates,
    /// The sender of the mails.
    pub sender: Mailbox,
    /// The form of times in calendar objects.
    pub times: Times,
    /// The attendees that calendar objects list.
    pub attendees: AttendeeList,
}

impl Trials {
    /// The mail as the sample's invitee would get it.
    ///
    /// # Errors
    /// [`TrialError`]: the template is wrong, or the sample's organizer or invitee has no address.
    pub fn preview(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
        now: DateTime<Utc>,
    ) -> Result<Trial, TrialError> {
        let preview = self.templates.preview(name, sample, language)?;
        let id = format!("preview-{}", sample.id);
        let organizer = &sample.organizer;
        let email = organizer.email();
        let reply_to = email.and_then(|email| reply_to(&organizer.name, email, &self.sender));
        self.compose(preview, name, sample, reply_to, &id, now)
    }

    /// The same mail to `to`, marked as a test in the subject, above the text, and in the name of the meeting. Its organizer is
    /// the sender, not the sample's organizer, so an answer goes to the sender. No other attendee is listed.
    ///
    /// `id` must be another for each test: calendars take mails with the same id for one event.
    ///
    /// # Errors
    /// [`TrialError`]: the template is wrong.
    pub fn test(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
        (to, id): (&Mailbox, &str),
        now: DateTime<Utc>,
    ) -> Result<Trial, TrialError> {
        let mut preview = self.templates.preview(name, sample, language)?;
        let ours = &sample.organization.language;
        let marked = |text: &str| {
            let subject = Some(("subject", text));
            self.templates.label_with("test-subject", subject, language, ours)
        };
        let notice = self.templates.label("test-notice", language, ours)?;
        let rendered = &mut preview.rendered;
        rendered.subject = marked(&rendered.subject)?;
        rendered.text = format!("{notice}\n\n{}", rendered.text);
        rendered.html = with_notice(&rendered.html, &notice, rendered.right_to_left);
        let mut theirs = sample.clone();
        // The name of a meeting is one line, and so is the mark before it.
        let _ = theirs.meeting.rename(&marked(sample.meeting.name())?);
        theirs.organizer.name = self.sender.name.clone().unwrap_or_default();
        theirs.organizer.reach = Reach::At(self.sender.address.clone());
        theirs.organizer.reference = sample.organizer.reference.clone();
        theirs.invitee.name = to.name.clone().unwrap_or_else(|| to.address.to_string());
        theirs.invitee.reach = Reach::At(to.address.clone());
        theirs.change = None;
        self.compose(preview, name, &theirs, None, id, now)
    }

    fn compose(
        &self,
        preview: Preview,
        name: TemplateName,
        sample: &Sample,
        reply_to: Option<Mailbox>,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Trial, TrialError> {
        let method = match name.kind {
            Kind::Invitation | Kind::Update => Some(Method::Request),
            Kind::Cancellation => Some(Method::Cancel),
            Kind::Reminder => None,
        };
        let domain = self.sender.address.domain();
        let calendar = method
            .map(|method| self.calendar(method, sample, &preview, &format!("{id}@{domain}"), now))
            .transpose()?;
        let invitee = &sample.invitee;
        let Some(email) = invitee.email() else {
            return Err(CalendarError::RecipientWithoutAddress {
                meeting: sample.meeting.name().to_owned(),
                recipient: invitee.reference.clone(),
            }
            .into());
        };
        let message_id = format!(
            "<{}@{domain}>",
            id.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        );
        let object: Vec<&str> = calendar.as_deref().into_iter().collect();
        let message = compose(&Draft {
            from: &self.sender,
            reply_to: reply_to.as_ref(),
            to: &Mailbox::new(&invitee.name, email.clone()),
            subject: &preview.rendered.subject,
            text: &preview.rendered.text,
            html: &preview.rendered.html,
            images: &preview.rendered.images,
            language: &preview.rendered.language,
            calendar: method
                .map(|method| CalendarPart {
                    method,
                    pieces: &object,
                })
                .filter(|_| !object.is_empty()),
            message_id: &message_id,
            references: None,
            date: now,
        })?;
        Ok(Trial {
            preview,
            calendar,
            message,
            message_id,
        })
    }

    fn calendar(
        &self,
        method: Method,
        sample: &Sample,
        preview: &Preview,
        uid: &str,
        now: DateTime<Utc>,
    ) -> Result<String, TrialError> {
        let words = Words::new(
            &self.templates,
            &preview.rendered.language,
            &sample.organization.language,
        )?;
        let participants = [Participant {
            person: &sample.invitee,
            status: Acceptance::None,
        }];
        let organizer = sample.organizer.email();
        let by_another = !organizer.is_some_and(|organizer| is_sender(organizer, &self.sender));
        let event = Event {
            sent_by: by_another.then_some(&self.sender.address),
            join_url: sample.meeting.join_url.as_ref(),
            passcode: sample
                .online
                .as_ref()
                .and_then(|(_, passcode)| passcode.as_deref()),
            join_label: &words.join,
            passcode_label: &words.passcode,
            description: preview.description.as_ref().map_or("", |safe| &safe.text),
            description_html: preview.description.as_ref().and_then(Description::formatted),
            times: self.times,
            attendee_list: self.attendees,
            ..Event::new(
                method,
                &sample.meeting,
                uid,
                sample.revision,
                &sample.organizer,
                &participants,
                now,
            )
        };
        Ok(EventWriter::new(&event)?.for_recipient(&sample.invitee.reference)?)
    }
}

/// The page with a line above its content.
fn with_notice(html: &str, notice: &str, right_to_left: bool) -> String {
    let body = html
        .find("<body")
        .and_then(|at| Some(at + html[at..].find('>')? + 1));
    let (before, after) = html.split_at(body.unwrap_or(0));
    let direction = if right_to_left { "rtl" } else { "ltr" };
    let notice = escaped(notice);
    format!(
        "{before}<div dir=\"{direction}\" style=\"padding:10px 16px;background-color:#ffe9a8;color:#3d2f00;\
         font-family:Arial,sans-serif;font-size:14px;line-height:20px;text-align:center;\">{notice}</div>{after}"
    )
}

impl Letterhead {
    /// Makes mails about samples with this letterhead.
    pub(in crate::pipeline) fn trials(&self) -> Trials {
        Trials {
            templates: self.templates.clone(),
            sender: self.sender.clone(),
            times: self.times,
            attendees: self.attendees,
        }
    }
}
