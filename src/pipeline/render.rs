//! Step 4: every invitation of a meeting, rendered before any of them is queued.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::load::Case;
use super::push::Online;
use super::recipients::{Recipient, Verdict, choose, told};
use super::{Pipeline, PipelineError, Progress, SendOptions};
use crate::calendar::{Event, EventWriter, Method, Participant};
use crate::mail::{
    CalendarPart, Draft, Enqueued, Envelope, Issued, Mailbox, NewInvitation, Purpose, compose, message_id,
};
use crate::meeting::{Change, Facts, Language, MeetingId, Person, PersonKind, PersonRef, Revision, Zone};
use crate::organization::Organization;
use crate::template::{
    Description, InvitationContext, OnlineFacts, Rendered, TemplateError, TemplateName, sanitize_description,
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
    resend: u32,
}

/// A revision and its invitations, ready to be queued.
#[derive(Debug)]
pub(super) struct Issue<'a> {
    /// What invitees were told last.
    pub(super) before: Option<Issued>,
    /// What they are told now.
    pub(super) issued: Issued,
    /// What becomes of each attendee.
    pub(super) verdicts: Vec<Verdict<'a>>,
    /// The invitations of those who get one.
    pub(super) invitations: Vec<Invitation>,
}

impl Issue<'_> {
    /// Those who get an invitation, or for whom one waits.
    pub(super) fn recipients(&self) -> HashSet<PersonRef> {
        self.verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Invite(recipient) => Some(recipient.person),
                Verdict::Waits(person) => Some(person),
                Verdict::Skip { .. } => None,
            })
            .map(|person| person.reference.clone())
            .collect()
    }

    pub(super) fn invitation_for(&self, person: &PersonRef) -> Option<&Invitation> {
        self.invitations
            .iter()
            .find(|invitation| invitation.person == *person)
    }
}

impl Pipeline {
    /// Decides on the revision and the recipients, and renders.
    pub(super) async fn render<'a>(
        &self,
        case: &'a Case,
        online: &Online,
        options: &SendOptions,
    ) -> Result<Issue<'a>, PipelineError> {
        let id = case.meeting.id();
        let history = self.outbox.issued(id).await?;
        let entries = self.outbox.of_meeting(id).await?;
        let issued = next_issue(case, history.last(), self.sender.address.domain());
        let rose = history
            .last()
            .is_some_and(|before| before.revision != issued.revision);
        let told = told(&entries, issued.revision);
        let verdicts = choose(case, options, issued.revision, rose, told);
        let recipients: Vec<&Recipient<'_>> = verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Invite(recipient) => Some(recipient),
                _ => None,
            })
            .collect();
        (self.progress)(&Progress::Rendering {
            count: recipients.len(),
        });
        let invitations = if recipients.is_empty() {
            Vec::new()
        } else {
            Renderer::new(self, case, online, &issued, &history).all(&recipients)?
        };
        Ok(Issue {
            before: history.into_iter().next_back(),
            issued,
            verdicts,
            invitations,
        })
    }

    /// Puts all invitations into the outbox, with the revision that they tell.
    pub(super) async fn enqueue(&self, case: &Case, issue: &Issue<'_>) -> Result<Enqueued, PipelineError> {
        if issue.invitations.is_empty() && issue.before.as_ref() == Some(&issue.issued) {
            return Ok(Enqueued::Queued);
        }
        let new: Vec<NewInvitation> = issue
            .invitations
            .iter()
            .map(|invitation| NewInvitation {
                person: invitation.person.clone(),
                language: invitation.language.clone(),
                purpose: Purpose::Invitation,
                resend: invitation.resend,
                message_id: invitation.message_id.clone(),
                envelope: invitation.envelope.clone(),
                message: invitation.message.clone(),
            })
            .collect();
        let queued = self
            .outbox
            .enqueue(case.meeting.id(), issue.before.as_ref(), &issue.issued, &new);
        Ok(queued.await?)
    }

    /// Records the revision alone, for invitations that the caller mails.
    pub(super) async fn record_revision(
        &self,
        case: &Case,
        issue: &Issue<'_>,
    ) -> Result<Enqueued, PipelineError> {
        let recorded = self
            .outbox
            .enqueue(case.meeting.id(), issue.before.as_ref(), &issue.issued, &[]);
        Ok(recorded.await?)
    }

    /// The calendar object of a meeting as an invitee has it or would get it now, for one attendee: the first
    /// with an address, if none is named. Nothing is pushed and nothing is recorded.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::NoRecipients`], and when the
    /// object cannot be written.
    pub async fn calendar_object(
        &self,
        id: &MeetingId,
        method: Method,
        to: Option<&super::Pick>,
    ) -> Result<String, PipelineError> {
        let case = self.load_case(id).await?;
        let name = || case.meeting.name().to_owned();
        let invitable = |person: &&Person| person.email.is_some() && !case.is_organizer(person);
        let mut people = case.attendees().filter_map(|(_, person)| person);
        let person = match to {
            Some(pick) => {
                people
                    .find(|person| pick.picks(person))
                    .ok_or_else(|| PipelineError::NotInvited {
                        meeting: name(),
                        pick: pick.clone(),
                    })?
            }
            None => people
                .find(invitable)
                .ok_or_else(|| PipelineError::NoRecipients {
                    meeting: name(),
                    reason: "none of its attendees has an email address".to_owned(),
                })?,
        };
        let history = self.outbox.issued(id).await?;
        let mut issued = next_issue(&case, history.last(), self.sender.address.domain());
        if method == Method::Cancel
            && history
                .last()
                .is_some_and(|before| before.revision == issued.revision)
        {
            issued.revision = issued.revision.next();
        }
        let link = self.links.link(id).await?;
        let online =
            Online::as_recorded(link.filter(|link| case.meeting.join_url.as_ref() == Some(&link.join_url)));
        let renderer = Renderer::new(self, &case, &online, &issued, &history);
        let language = renderer.language(person);
        let words = Words::new(self, language, person)?;
        let writer = EventWriter::new(&renderer.event(method, &words, None))?;
        Ok(writer.for_recipient(&person.reference)?)
    }
}

/// What is told next: the same revision when nothing that matters has changed.
fn next_issue(case: &Case, before: Option<&Issued>, domain: &str) -> Issued {
    let facts = case.meeting.facts();
    match before {
        Some(before) => Issued {
            uid: before.uid.clone(),
            revision: if before.facts == facts {
                before.revision
            } else {
                before.revision.next()
            },
            facts,
        },
        None => Issued {
            uid: match case.meeting.uid() {
                Some(uid) => uid.to_owned(),
                None => format!("{}@{domain}", new_uid(case.meeting.id(), domain)),
            },
            revision: Revision::default(),
            facts,
        },
    }
}

/// The same for the same meeting, so that one that is shown before it is sent has the UID that it will have.
fn new_uid(id: &MeetingId, domain: &str) -> Uuid {
    let name = format!("https://{domain}/meeting/{id}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

/// The words of a calendar object in one language.
struct Words {
    join: String,
    passcode: String,
}

impl Words {
    fn new(pipeline: &Pipeline, language: &Language, person: &Person) -> Result<Self, PipelineError> {
        let ours = &pipeline.organization.language;
        let label = |key| pipeline.templates.label(key, language, ours);
        let words = || -> Result<Self, TemplateError> {
            Ok(Self {
                join: label("join")?,
                passcode: label("passcode")?,
            })
        };
        words().map_err(|source| template_error(person, source))
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

/// What the invitations of one meeting have in common.
struct Renderer<'a> {
    pipeline: &'a Pipeline,
    case: &'a Case,
    online: &'a Online,
    issued: &'a Issued,
    /// What was told in each earlier revision.
    earlier: HashMap<Revision, &'a Facts>,
    description: Option<Description>,
    participants: Vec<Participant<'a>>,
    names: Vec<String>,
    record_url: Option<String>,
    reply_to: Option<Mailbox>,
    now: DateTime<Utc>,
}

impl<'a> Renderer<'a> {
    fn new(
        pipeline: &'a Pipeline,
        case: &'a Case,
        online: &'a Online,
        issued: &'a Issued,
        history: &'a [Issued],
    ) -> Self {
        let meeting = &case.meeting;
        let invited = case
            .attendees()
            .filter_map(|(attendee, person)| person.map(|person| (attendee, person)));
        let participants: Vec<_> = invited
            .map(|(attendee, person)| Participant {
                person,
                status: attendee.status,
            })
            .collect();
        let names = participants.iter().map(|p| p.person.display_name()).collect();
        let organizer = &case.organizer;
        let reply_to = organizer
            .email
            .as_ref()
            .filter(|email| !email.is_same_mailbox(&pipeline.sender.address))
            .map(|email| Mailbox::new(&organizer.name, email.clone()));
        Self {
            pipeline,
            case,
            online,
            issued,
            earlier: history
                .iter()
                .map(|issued| (issued.revision, &issued.facts))
                .collect(),
            description: meeting
                .description
                .as_deref()
                .map(sanitize_description)
                .filter(|d| !d.is_empty()),
            participants,
            names,
            record_url: record_url(&pipeline.organization, meeting.id()),
            reply_to,
            now: Utc::now(),
        }
    }

    /// Renders everybody's invitation. What is the same for all who read one language, and were told the same
    /// before, is made once.
    fn all(&self, recipients: &[&Recipient<'_>]) -> Result<Vec<Invitation>, PipelineError> {
        let mut groups: HashMap<(&Language, Option<Revision>), Vec<usize>> = HashMap::new();
        for (place, recipient) in recipients.iter().enumerate() {
            let key = (self.language(recipient.person), self.older(recipient));
            groups.entry(key).or_default().push(place);
        }
        let mut invitations: Vec<Option<Invitation>> = recipients.iter().map(|_| None).collect();
        for ((language, older), places) in groups {
            let first = recipients[places[0]].person;
            let words = Words::new(self.pipeline, language, first)?;
            let change = older.and_then(|revision| self.change_since(revision));
            let writer = EventWriter::new(&self.event(Method::Request, &words, change.as_ref()))?;
            for place in places {
                let recipient = recipients[place];
                let calendar = writer.for_recipient(&recipient.person.reference)?;
                invitations[place] = Some(self.one(recipient, language, change.as_ref(), calendar)?);
            }
        }
        Ok(invitations.into_iter().flatten().collect())
    }

    /// The older revision that somebody has. One that never left does not count: it is called off, and this mail
    /// is measured by what was read.
    fn older(&self, recipient: &Recipient<'_>) -> Option<Revision> {
        recipient
            .told
            .received
            .filter(|revision| *revision < self.issued.revision)
    }

    fn change_since(&self, revision: Revision) -> Option<Change> {
        self.issued.facts.change_since(self.earlier.get(&revision)?)
    }

    fn language<'p>(&'p self, person: &'p Person) -> &'p Language {
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

    fn event<'e>(&'e self, method: Method, words: &'e Words, change: Option<&Change>) -> Event<'e> {
        let sender = &self.pipeline.sender.address;
        let is_organizer = self
            .case
            .organizer
            .email
            .as_ref()
            .is_some_and(|e| e.is_same_mailbox(sender));
        Event {
            sent_by: (!is_organizer).then_some(sender),
            rescheduled: change.is_some_and(Change::is_rescheduled),
            join_url: self.case.meeting.join_url.as_ref(),
            passcode: self.online.passcode(),
            join_label: &words.join,
            passcode_label: &words.passcode,
            description: self
                .description
                .as_ref()
                .map_or("", |description| &description.text),
            description_html: self
                .description
                .as_ref()
                .map(|description| description.html.as_str()),
            times: self.pipeline.times,
            attendee_list: self.pipeline.attendees,
            ..Event::new(
                method,
                &self.case.meeting,
                &self.issued.uid,
                self.issued.revision,
                &self.case.organizer,
                &self.participants,
                self.now,
            )
        }
    }

    fn one(
        &self,
        recipient: &Recipient<'_>,
        language: &Language,
        change: Option<&Change>,
        calendar: String,
    ) -> Result<Invitation, PipelineError> {
        let person = recipient.person;
        let Some(email) = &person.email else {
            // Nobody without an address is chosen.
            return Err(crate::calendar::CalendarError::RecipientWithoutAddress {
                meeting: self.case.meeting.name().to_owned(),
                recipient: person.reference.clone(),
            }
            .into());
        };
        let rendered = self
            .template(person, language, change)
            .map_err(|source| template_error(person, source))?;
        let sender = &self.pipeline.sender;
        let resend = recipient.resend();
        let message_id = message_id(
            &self.issued.uid,
            Purpose::Invitation.as_str(),
            self.issued.revision,
            &person.reference,
            resend,
            sender.address.domain(),
        );
        let to = Mailbox::new(&person.name, email.clone());
        let message = compose(&Draft {
            from: sender,
            reply_to: self.reply_to.as_ref(),
            to: &to,
            subject: &rendered.subject,
            text: &rendered.text,
            html: &rendered.html,
            language: &rendered.language,
            calendar: Some(CalendarPart {
                method: Method::Request,
                object: &calendar,
            }),
            message_id: &message_id,
            references: recipient.told.first_message_id.as_deref(),
            date: self.now,
        })?;
        Ok(Invitation {
            person: person.reference.clone(),
            envelope: Envelope {
                from: sender.address.clone(),
                to: email.clone(),
            },
            to,
            language: rendered.language,
            message_id,
            subject: rendered.subject,
            html: rendered.html,
            text: rendered.text,
            calendar,
            message,
            resend,
        })
    }

    fn template(
        &self,
        person: &Person,
        language: &Language,
        change: Option<&Change>,
    ) -> Result<Rendered, TemplateError> {
        let meeting = &self.case.meeting;
        let online = self.online.link.as_ref().map(|link| OnlineFacts {
            meeting_id: &link.id.0,
            passcode: link.passcode.as_deref(),
        });
        let name = match change {
            Some(_) => TemplateName::UPDATE,
            None => TemplateName::INVITATION,
        };
        let context = InvitationContext {
            meeting,
            description: self.description.as_ref(),
            revision: self.issued.revision,
            invitee: person,
            invitee_zone: self.zone(person),
            language,
            organizer: &self.case.organizer,
            organization: &self.pipeline.organization,
            join_url: meeting.join_url.as_ref(),
            online,
            record_url: match person.reference.kind {
                PersonKind::User => self.record_url.as_deref(),
                PersonKind::Contact | PersonKind::Lead => None,
            },
            answer_links: None,
            change,
            participants: &self.names,
        };
        self.pipeline.templates.render(name, &context)
    }
}

/// The meeting's page in the CRM, in EspoCRM's form. `None` where the CRM's address is not known.
fn record_url(organization: &Organization, id: &MeetingId) -> Option<String> {
    let mut url = organization.site_url.clone()?;
    url.set_fragment(Some(&format!("Meeting/view/{id}")));
    Some(url.into())
}
