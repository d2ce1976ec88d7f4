//! Meetings to try templates on: with every variable that a template can have, and with each variable absent.

use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use crate::meeting::{
    Change, ChangedField, EmailAddress, Facts, JoinUrl, Language, Meeting, MeetingId, MeetingStatus,
    OnlineLocation, Person, PersonKind, PersonRef, Revision, When, Zone,
};
use crate::organization::{Brand, Organization};

use crate::template::name::{Kind, TemplateName};
use crate::template::render::cancellation::Cancellation;
use crate::template::render::context::{AnswerLinks, InvitationContext, OnlineFacts, ParticipantNames};

/// The facts of one mail, without a CRM behind them.
#[derive(Debug, Clone)]
pub struct Sample {
    /// A short name, such as `all-day`.
    pub id: String,
    /// The subject of the sample, in a few words.
    pub title: String,
    /// The meeting.
    pub meeting: Meeting,
    /// The person who gets the mail.
    pub invitee: Person,
    /// The assigned user.
    pub organizer: Person,
    /// The organization that invites.
    pub organization: Organization,
    /// The name of the online meeting's provider, as people say it.
    pub online_name: Option<String>,
    /// The provider's meeting id and the passcode, if people can type them.
    pub online: Option<(String, Option<String>)>,
    /// The meeting's page in the CRM.
    pub record_url: Option<String>,
    /// Links to answer with.
    pub answer_links: Option<AnswerLinks>,
    /// The changes since the mail that the invitee got last.
    pub change: Option<Change>,
    /// The reason of a cancellation. Other kinds of mail do not use it.
    pub cancellation: Cancellation,
    /// The new host, for [`Cancellation::NewOrganizer`].
    pub new_organizer: Option<Person>,
    /// The revision that is sent.
    pub revision: Revision,
    /// The names of all who are invited.
    pub participants: ParticipantNames,
}

/// The features that a sample has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Has {
    is_all_day: bool,
    link: bool,
    description: Option<&'static str>,
    location: bool,
    kind: PersonKind,
    answer_links: bool,
}

/// All features.
const ALL: Has = Has {
    is_all_day: false,
    link: true,
    description: Some(HTML),
    location: true,
    kind: PersonKind::Contact,
    answer_links: true,
};

const HTML: &str = "<p>Agenda: <b>scope</b></p><ul><li>dates</li><li><a href=\"https://acme.example/plan\">the plan</a></li></ul>";
const PLAIN: &str = "Agenda:\n- scope\n- dates\n\nBring a laptop.";

#[expect(
    clippy::expect_used,
    reason = "the texts of this file are constants, and a test makes them all"
)]
mod made {
    use super::*;

    pub(in crate::template) fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    pub(in crate::template) fn timed(start: &str, end: &str) -> When {
        When::timed(instant(start), instant(end)).expect("a time")
    }

    pub(in crate::template) fn days(first: &str, last: &str) -> When {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        When::all_day(day(first), day(last)).expect("days")
    }

    pub(in crate::template) fn zone(name: &str) -> Zone {
        Zone::new(name).expect("a zone")
    }

    pub(in crate::template) fn person(reference: &str, name: &str, email: &str) -> Person {
        let reference: PersonRef = reference.parse().expect("a reference");
        Person::new(
            reference,
            name,
            Some(EmailAddress::new(email).expect("an address")),
        )
    }

    pub(in crate::template) fn link(text: &str) -> JoinUrl {
        JoinUrl::new(text).expect("a link")
    }

    pub(in crate::template) fn url(text: &str) -> Option<Url> {
        Some(Url::parse(text).expect("an address"))
    }

    pub(in crate::template) fn meeting(name: &str, when: When) -> Meeting {
        let id = MeetingId::new("kickoff").expect("an id");
        Meeting::new(id, name, when, zone("Europe/Berlin")).expect("a meeting")
    }
}

impl Sample {
    /// A sample in which nothing is absent.
    pub(in crate::template) fn complete() -> Self {
        Self::with("complete", "everything there is", ALL)
    }

    fn with(id: &str, title: &str, has: Has) -> Self {
        let when = if has.is_all_day {
            made::days("2026-12-03", "2026-12-04")
        } else {
            made::timed("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z")
        };
        let mut meeting = made::meeting("Kick-off", when);
        meeting.description = has.description.map(str::to_owned);
        meeting.location = has.location.then(|| "Room 5".to_owned());
        if has.link {
            meeting.online_location = Some(OnlineLocation::from_static("zoom"));
            meeting.join_url = Some(made::link("https://us05web.zoom.us/j/83515379148?pwd=abc"));
        }
        let before = Facts {
            name: "Start".to_owned(),
            when: made::timed("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z"),
            location: Some("Room 4".to_owned()),
            join_url: Some(made::link("https://us05web.zoom.us/j/98765432101")),
            status: MeetingStatus::NotHeld,
            description: None,
        };
        let mut invitee = match has.kind {
            PersonKind::User => made::person("user:ben", "Ben Okoro", "ben@acme.example"),
            PersonKind::Contact => made::person("contact:c-lee", "Lee, Harper", "lee@client.example"),
            PersonKind::Lead => made::person("lead:l-mika", "Mika", "mika@lead.example"),
        };
        invitee.time_zone = Some(made::zone("America/New_York"));
        let organizer = made::person("user:ana", "Ana Núñez", "ana@acme.example");
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            change: meeting.facts().change_since(&before),
            participants: [organizer.display_name(), invitee.display_name()]
                .into_iter()
                .collect(),
            organization: Organization {
                site_url: made::url("https://crm.acme.example"),
                public_url: made::url("https://meet.acme.example"),
                brand: Brand {
                    logo_url: made::url("https://acme.example/logo.png"),
                    footer: Some("Acme Ltd".to_owned()),
                    address: Some("1 Main Street, Springfield".to_owned()),
                    ..Brand::default()
                },
                ..Organization::new("Acme")
            },
            online_name: has.link.then(|| "Zoom".to_owned()),
            online: has
                .link
                .then(|| ("83515379148".to_owned(), Some("314159".to_owned()))),
            record_url: (has.kind != PersonKind::Lead)
                .then(|| "https://crm.acme.example/#Meeting/view/kickoff".to_owned()),
            answer_links: has.answer_links.then(|| AnswerLinks {
                accept: "https://meet.acme.example/r/1a".to_owned(),
                tentative: "https://meet.acme.example/r/1t".to_owned(),
                decline: "https://meet.acme.example/r/1d".to_owned(),
            }),
            cancellation: Cancellation::CalledOff,
            new_organizer: None,
            revision: Revision(1),
            meeting,
            invitee,
            organizer,
        }
    }

    /// The samples that are worth looking at, each under its name.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let none = Has {
            link: false,
            description: None,
            location: false,
            answer_links: false,
            ..ALL
        };
        let mut overnight = Self::with("overnight", "over a night in which the clock changes", ALL);
        overnight.meeting.when = made::timed("2026-10-24T20:00:00Z", "2026-10-25T02:00:00Z");
        let mut bare = Self::with(
            "bare",
            "nothing but a name and a time",
            Has {
                kind: PersonKind::Lead,
                ..none
            },
        );
        bare.invitee.name = String::new();
        bare.change = None;
        bare.organization.brand = Brand::default();
        bare.organization.site_url = None;
        bare.organization.public_url = None;
        let mut one_day = Self::with(
            "one-day",
            "one whole day",
            Has {
                is_all_day: true,
                ..none
            },
        );
        one_day.meeting.when = made::days("2026-12-03", "2026-12-03");
        let mut same_zone = Self::with("same-clock", "reader and organizer in one time zone", ALL);
        same_zone.invitee.time_zone = Some(made::zone("Europe/Berlin"));
        let mut removed = Self::with("removed", "to somebody who is no longer invited", ALL);
        removed.cancellation = Cancellation::Removed;
        vec![
            Self::with("zoom", "a video call with everything", ALL),
            Self::with(
                "user",
                "to a user of the CRM",
                Has {
                    kind: PersonKind::User,
                    description: Some(PLAIN),
                    ..ALL
                },
            ),
            Self::with(
                "room",
                "in a room, without a link",
                Has {
                    link: false,
                    description: Some(PLAIN),
                    ..ALL
                },
            ),
            Self::with(
                "all-day",
                "several whole days",
                Has {
                    is_all_day: true,
                    ..ALL
                },
            ),
            one_day,
            overnight,
            same_zone,
            Self::long(),
            Self::odd(),
            bare,
            removed,
            Self::new_host(),
        ]
    }

    /// The same samples in the name of an organization. The sample `bare` keeps an organization that has only a
    /// language.
    #[must_use]
    pub fn all_of(organization: &Organization) -> Vec<Self> {
        let mut all = Self::all();
        for sample in &mut all {
            if sample.organization.site_url.is_some() {
                sample.organization = organization.clone();
            } else {
                sample.organization.language = organization.language.clone();
            }
        }
        all
    }

    /// Long texts and many people.
    fn long() -> Self {
        let mut long = Self::with("long", "long texts and many people", ALL);
        let name = "Quarterly review of the programme for the renewal of all regional offices, second part";
        // A name of one line is always taken.
        let _ = long.meeting.rename(name);
        long.meeting.location = Some(
            "Conference centre, 4th floor, room \"Rosalind Franklin\", 221b Upper Main Street".to_owned(),
        );
        long.meeting.description = Some(format!(
            "<p>{}</p>",
            "Read the papers beforehand, please. ".repeat(60)
        ));
        long.participants = (1..=40).map(|n| format!("Participant Number {n}")).collect();
        long
    }

    /// Texts that break a page in which they are not escaped.
    fn odd() -> Self {
        let mut odd = Self::with("odd", "texts that break what is not escaped", ALL);
        let _ = odd
            .meeting
            .rename("<b>\"Q&A\"</b> {{ 7 * 7 }} – שלום 🚀 <script>alert(1)</script>");
        odd.meeting.location = Some("Room <5> & \"6\"' onmouseover=alert(1) x='".to_owned());
        odd.meeting.description = Some(
            "<p onclick=\"alert(1)\">Hi<script>alert(1)</script> <a href=\"javascript:alert(1)\">x</a></p>"
                .to_owned(),
        );
        odd.invitee.name = "O'Brien <img src=x onerror=alert(1)>, \"Q\"".to_owned();
        odd.organizer.name = "Zoë \u{202e}& Söhne".to_owned();
        odd.participants = [&odd.organizer, &odd.invitee]
            .map(Person::display_name)
            .into_iter()
            .collect();
        odd
    }

    /// Another host than before, and another description. Its cancellation is about the entry of the earlier host.
    fn new_host() -> Self {
        let mut new_host = Self::with("new-host", "with another host and another description", ALL);
        if let Some(change) = &mut new_host.change {
            change
                .fields
                .extend([ChangedField::Organizer, ChangedField::Description]);
            change.organizer_before = Some("Bo Lindqvist".to_owned());
        }
        new_host.cancellation = Cancellation::NewOrganizer;
        new_host.new_organizer = Some(made::person("user:cleo", "Cleo Adeyemi", "cleo@acme.example"));
        new_host
    }

    /// Every combination of present and absent features. An inspection tries them, because no author thinks of all of
    /// them.
    #[must_use]
    pub fn combinations() -> Vec<Self> {
        let mut all = Vec::new();
        let flags = [true, false];
        for is_all_day in flags {
            for link in flags {
                for location in flags {
                    for answer_links in flags {
                        for description in [Some(HTML), Some(PLAIN), None] {
                            for kind in [PersonKind::User, PersonKind::Contact, PersonKind::Lead] {
                                let has = Has {
                                    is_all_day,
                                    link,
                                    description,
                                    location,
                                    kind,
                                    answer_links,
                                };
                                all.push(Self::with(&has.id(), "a combination", has));
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// The context of a template of this name. Only an update is told what has changed.
    pub(in crate::template) fn context_for<'a>(
        &'a self,
        name: TemplateName,
        language: &'a Language,
    ) -> InvitationContext<'a> {
        let mut context = self.context(language);
        if name.kind != Kind::Update {
            context.change = None;
        }
        context
    }

    /// The context of a template, for a reader of a language.
    #[must_use]
    pub fn context<'a>(&'a self, language: &'a Language) -> InvitationContext<'a> {
        InvitationContext {
            meeting: &self.meeting,
            description: None,
            revision: self.revision,
            invitee: &self.invitee,
            invitee_zone: self
                .invitee
                .time_zone
                .as_ref()
                .unwrap_or(&self.organization.time_zone),
            language,
            organizer: &self.organizer,
            organization: &self.organization,
            join_url: self.meeting.join_url.as_ref(),
            online_name: self.online_name.as_deref(),
            online: self.online.as_ref().map(|(meeting_id, passcode)| OnlineFacts {
                meeting_id,
                passcode: passcode.as_deref(),
            }),
            record_url: self.record_url.as_deref(),
            answer_links: self.answer_links.as_ref(),
            change: self.change.as_ref(),
            cancellation: self.cancellation,
            new_organizer: self.new_organizer.as_ref(),
            participants: &self.participants,
        }
    }
}

impl Has {
    /// One word for each feature of the sample.
    fn id(self) -> String {
        let word = |is: bool, yes, no| if is { yes } else { no };
        [
            word(self.is_all_day, "all-day", "timed"),
            word(self.link, "link", "no-link"),
            match self.description {
                None => "no-description",
                Some(HTML) => "html",
                Some(_) => "plain",
            },
            word(self.location, "location", "no-location"),
            word(self.answer_links, "answers", "no-answers"),
            self.kind.as_str(),
        ]
        .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_sample_is_one_of_its_own() {
        let all = [Sample::all(), Sample::combinations(), vec![Sample::complete()]].concat();
        let names: HashSet<_> = all.iter().map(|sample| sample.id.as_str()).collect();
        assert_eq!((names.len(), all.len()), (157, 157));
        assert_eq!(
            all.iter()
                .filter(|sample| sample.meeting.join_url.is_none())
                .count(),
            75
        );
    }
}
