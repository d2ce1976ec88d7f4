//! A mail to be rendered, whose fields a test varies.

use invite::fault::Fault as _;
use invite::meeting::{
    EmailAddress, JoinUrl, Language, Meeting, MeetingId, Person, PersonRef, Revision, When, Zone,
};
use invite::organization::Organization;
use invite::template::{
    AnswerLinks, Cancellation, InvitationContext, OnlineFacts, ParticipantNames, Rendered, TemplateError,
    TemplateName, Templates,
};

pub(crate) const LANGUAGES: [&str; 8] = ["de", "en", "es", "fr", "it", "ru", "uk", "zh"];

pub(crate) const JOIN: &str =
    "https://us05web.zoom.us/j/83515379148?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1&from=a'b";

pub(crate) fn language(tag: &str) -> Language {
    Language::new(tag).unwrap()
}

/// A mail to be rendered; its fields are what a test varies.
pub(crate) struct Mail {
    pub(crate) meeting: Meeting,
    pub(crate) invitee: Person,
    pub(crate) zone: Zone,
    pub(crate) language: Language,
    pub(crate) organizer: Person,
    pub(crate) organization: Organization,
    pub(crate) join_url: Option<JoinUrl>,
    pub(crate) links: Option<AnswerLinks>,
    pub(crate) change: Option<invite::meeting::Change>,
    pub(crate) cancellation: Cancellation,
    pub(crate) new_organizer: Option<Person>,
}

pub(crate) fn person(reference: &str, name: &str, email: &str) -> Person {
    let reference: PersonRef = reference.parse().unwrap();
    Person::new(reference, name, Some(EmailAddress::new(email).unwrap()))
}

pub(crate) fn timed(start: &str, end: &str) -> When {
    When::timed(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

impl Mail {
    pub(crate) fn new(tag: &str) -> Self {
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
            cancellation: Cancellation::CalledOff,
            new_organizer: None,
        }
    }

    pub(crate) fn try_render(
        &self,
        templates: &Templates,
        name: TemplateName,
    ) -> Result<Rendered, TemplateError> {
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
                online_name: self.join_url.as_ref().map(|_| "Zoom"),
                online: self.join_url.as_ref().map(|_| OnlineFacts {
                    meeting_id: "83515379148",
                    passcode: Some("314159"),
                }),
                record_url: is_user.then_some("https://crm.acme.example/#Meeting/view/kickoff"),
                answer_links: self.links.as_ref(),
                change: self.change.as_ref(),
                cancellation: self.cancellation,
                new_organizer: self.new_organizer.as_ref(),
                participants: &ParticipantNames::default(),
            },
        )
    }

    pub(crate) fn render(&self) -> Rendered {
        self.try_render(&Templates::built_in().unwrap(), TemplateName::INVITATION)
            .unwrap_or_else(|error| panic!("{}", error.report().unwrap_or_default()))
    }
}
