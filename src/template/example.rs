//! An example of everything that a template can be told, with nothing absent.

use url::Url;

use crate::meeting::{
    EmailAddress, Facts, JoinUrl, Language, Meeting, MeetingId, MeetingStatus, OnlineLocation, Person,
    PersonRef, Revision, When, Zone,
};
use crate::organization::{Brand, Organization};

use super::context::{AnswerLinks, InvitationContext, OnlineFacts};

/// An example meeting with its people.
#[derive(Debug)]
pub(super) struct Example {
    meeting: Meeting,
    change: crate::meeting::Change,
    invitee: Person,
    organizer: Person,
    organization: Organization,
    zone: Zone,
    language: Language,
    join_url: JoinUrl,
    links: AnswerLinks,
    participants: [String; 2],
}

impl Example {
    #[expect(
        clippy::expect_used,
        reason = "the texts below are constants, and a test makes them"
    )]
    pub(super) fn new() -> Self {
        let instant = |text: &str| text.parse().expect("an instant");
        let zone = |name| Zone::new(name).expect("a zone");
        let person = |reference: &str, name: &str, email: &str| {
            let reference: PersonRef = reference.parse().expect("a reference");
            Person::new(
                reference,
                name,
                Some(EmailAddress::new(email).expect("an address")),
            )
        };
        let when = |start, end| When::timed(instant(start), instant(end)).expect("a time");
        let mut meeting = Meeting::new(
            MeetingId::new("kickoff").expect("an id"),
            "Kick-off",
            when("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"),
            zone("Europe/Berlin"),
        )
        .expect("a meeting");
        let join_url = JoinUrl::new("https://us05web.zoom.us/j/83515379148?pwd=abc").expect("a link");
        meeting.description = Some("<p>Agenda: <b>scope</b></p>".to_owned());
        meeting.location = Some("Room 5".to_owned());
        meeting.online_location = Some(OnlineLocation::Zoom);
        meeting.join_url = Some(join_url.clone());
        let before = Facts {
            name: "Start".to_owned(),
            when: when("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z"),
            location: Some("Room 4".to_owned()),
            join_url: Some(JoinUrl::new("https://us05web.zoom.us/j/98765432101").expect("a link")),
            status: MeetingStatus::NotHeld,
        };
        let change = meeting.facts().change_since(&before).expect("a change");
        let url = |text| Some(Url::parse(text).expect("an address"));
        Self {
            meeting,
            change,
            invitee: person("contact:c-lee", "Lee, Harper", "lee@client.example"),
            organizer: person("user:ana", "Ana Núñez", "ana@acme.example"),
            organization: Organization {
                site_url: url("https://crm.acme.example"),
                public_url: url("https://meet.acme.example"),
                brand: Brand {
                    logo_url: url("https://acme.example/logo.png"),
                    footer: Some("Acme Ltd".to_owned()),
                    address: Some("1 Main Street, Springfield".to_owned()),
                    ..Brand::default()
                },
                ..Organization::new("Acme")
            },
            zone: zone("America/New_York"),
            language: Language::ENGLISH,
            join_url,
            links: AnswerLinks {
                accept: "https://meet.acme.example/r/1a".to_owned(),
                tentative: "https://meet.acme.example/r/1t".to_owned(),
                decline: "https://meet.acme.example/r/1d".to_owned(),
            },
            participants: ["Ana Núñez".to_owned(), "Lee, Harper".to_owned()],
        }
    }

    pub(super) fn facts(&self) -> InvitationContext<'_> {
        InvitationContext {
            meeting: &self.meeting,
            description: None,
            revision: Revision(1),
            invitee: &self.invitee,
            invitee_zone: &self.zone,
            language: &self.language,
            organizer: &self.organizer,
            organization: &self.organization,
            join_url: Some(&self.join_url),
            online: Some(OnlineFacts {
                meeting_id: "83515379148",
                passcode: Some("314159"),
            }),
            record_url: Some("https://crm.acme.example/#Meeting/view/kickoff"),
            answer_links: Some(&self.links),
            change: Some(&self.change),
            participants: &self.participants,
        }
    }
}
