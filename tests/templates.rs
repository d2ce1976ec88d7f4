//! Templates through the public API.

use std::fs;
use std::path::Path;

use invite::fault::{Class, Fault};
use invite::meeting::{
    EmailAddress, JoinUrl, Language, Meeting, MeetingId, Person, PersonRef, Revision, When, Zone,
};
use invite::organization::Organization;
use invite::template::{
    AnswerLinks, InvitationContext, OnlineFacts, Part, Rendered, TemplateError, TemplateName, Templates,
    sanitize_description,
};

const LANGUAGES: [&str; 8] = ["de", "en", "es", "fr", "it", "ru", "uk", "zh"];
const JOIN: &str = "https://us05web.zoom.us/j/83515379148?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1&from=a'b";

fn language(tag: &str) -> Language {
    Language::new(tag).unwrap()
}

/// A mail to be rendered; its fields are what a test varies.
struct Mail {
    meeting: Meeting,
    invitee: Person,
    zone: Zone,
    language: Language,
    organizer: Person,
    organization: Organization,
    join_url: Option<JoinUrl>,
    links: Option<AnswerLinks>,
    change: Option<invite::meeting::Change>,
}

fn person(reference: &str, name: &str, email: &str) -> Person {
    let reference: PersonRef = reference.parse().unwrap();
    Person::new(reference, name, Some(EmailAddress::new(email).unwrap()))
}

fn timed(start: &str, end: &str) -> When {
    When::timed(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

impl Mail {
    fn new(tag: &str) -> Self {
        let mut meeting = Meeting::new(
            MeetingId::new("kickoff").unwrap(),
            "Kick-off; phase 1, \"Orion\"",
            timed("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"),
            Zone::new("Europe/Berlin").unwrap(),
        )
        .unwrap();
        meeting.description = Some("Agenda:\n- scope".to_owned());
        meeting.location = Some("Room 5".to_owned());
        Self {
            meeting,
            invitee: person("contact:c-lee", "Lee, Harper", "lee@client.example"),
            zone: Zone::new("Europe/Berlin").unwrap(),
            language: language(tag),
            organizer: person("user:ana", "Ana Núñez", "ana@acme.example"),
            organization: Organization::new("Acme"),
            join_url: Some(JoinUrl::new(JOIN).unwrap()),
            links: Some(AnswerLinks {
                accept: "https://meet.acme.example/r/1a".to_owned(),
                tentative: "https://meet.acme.example/r/1t".to_owned(),
                decline: "https://meet.acme.example/r/1d".to_owned(),
            }),
            change: None,
        }
    }

    fn try_render(&self, templates: &Templates, name: TemplateName) -> Result<Rendered, TemplateError> {
        let is_user = self.invitee.user.is_some();
        templates.render(
            name,
            &InvitationContext {
                meeting: &self.meeting,
                description: None,
                revision: Revision(0),
                invitee: &self.invitee,
                invitee_zone: &self.zone,
                language: &self.language,
                organizer: &self.organizer,
                organization: &self.organization,
                join_url: self.join_url.as_ref(),
                online: self.join_url.as_ref().map(|_| OnlineFacts {
                    meeting_id: "83515379148",
                    passcode: Some("314159"),
                }),
                record_url: is_user.then_some("https://crm.acme.example/#Meeting/view/kickoff"),
                answer_links: self.links.as_ref(),
                change: self.change.as_ref(),
                participants: &[],
            },
        )
    }

    fn render(&self) -> Rendered {
        self.try_render(&Templates::built_in().unwrap(), TemplateName::INVITATION)
            .unwrap_or_else(|error| panic!("{}", error.report()))
    }
}

#[test]
fn an_english_invitation_in_html() {
    insta::assert_snapshot!(Mail::new("en").render().html);
}

#[test]
fn a_german_invitation_in_text() {
    let mut mail = Mail::new("de");
    mail.zone = Zone::new("America/New_York").unwrap();
    let rendered = mail.render();
    insta::assert_snapshot!(format!("{}\n\n{}", rendered.subject, rendered.text));
}
