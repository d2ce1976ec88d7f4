//! The variables of templates, as `docs/templates.md` lists them.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use tera::value::Key;
use tera::{Context, Map, Value};

use crate::meeting::{
    Change, ChangedField, Facts, JoinUrl, Language, Meeting, OnlineLocation, Person, PersonKind, Revision,
    Zone,
};
use crate::organization::Organization;

use super::calendar_links::CalendarEntry;
use super::cancellation::Cancellation;
use super::description::Description;
use crate::template::language::labels::LabelError;
use crate::template::language::locale::Locale;
use crate::template::language::times::Times;
use crate::template::name::{Kind, TemplateName};

/// The facts of one mail to one invitee.
#[derive(Debug, Clone, Copy)]
pub struct InvitationContext<'a> {
    /// The meeting.
    pub meeting: &'a Meeting,
    /// The meeting's description, made safe by [`Description::of`] once for all invitees. `None`: the description is
    /// made safe here.
    pub description: Option<&'a Description>,
    /// The revision that is sent.
    pub revision: Revision,
    /// The person who gets the mail.
    pub invitee: &'a Person,
    /// The invitee's zone, else the organization's.
    pub invitee_zone: &'a Zone,
    /// The invitee's language, else the organization's.
    pub language: &'a Language,
    /// The assigned user.
    pub organizer: &'a Person,
    /// The organization.
    pub organization: &'a Organization,
    /// The link to join.
    pub join_url: Option<&'a JoinUrl>,
    /// The name of the online meeting's provider, as people say it, such as `Zoom`.
    pub online_name: Option<&'a str>,
    /// The facts to join without the link. `None`: people cannot join without it.
    pub online: Option<OnlineFacts<'a>>,
    /// The meeting's page in the CRM, for invitees who are users.
    pub record_url: Option<&'a str>,
    /// Links to answer with.
    pub answer_links: Option<&'a AnswerLinks>,
    /// The changes since the mail that the invitee got last.
    pub change: Option<&'a Change>,
    /// The reason of a cancellation. Templates of other kinds do not get it.
    pub cancellation: Cancellation,
    /// The new host, only for [`Cancellation::NewOrganizer`]; `organizer` is then the earlier host, whose entry is
    /// cancelled. `None`: such a mail names no new host.
    pub new_organizer: Option<&'a Person>,
    /// The display names of all who are invited.
    pub participants: &'a ParticipantNames,
}

/// The display names of all invited people. They are made once, and all mails share them.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantNames(Value);

impl Default for ParticipantNames {
    fn default() -> Self {
        [""; 0].into_iter().collect()
    }
}

impl<S: AsRef<str>> FromIterator<S> for ParticipantNames {
    fn from_iter<T: IntoIterator<Item = S>>(names: T) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| Value::from(name.as_ref()))
                .collect::<Vec<_>>()
                .into(),
        )
    }
}

/// The facts to join an online meeting without its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlineFacts<'a> {
    /// The provider's meeting id; for Zoom, digits.
    pub meeting_id: &'a str,
    /// The passcode to type.
    pub passcode: Option<&'a str>,
}

/// An invitee's personal links to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLinks {
    /// Accepts.
    pub accept: String,
    /// Accepts tentatively.
    pub tentative: String,
    /// Declines.
    pub decline: String,
}

/// The variables of one mail in one language.
#[derive(Debug)]
pub(in crate::template) struct Variables {
    context: Context,
    meeting: Map,
    description: Option<Description>,
}

impl Variables {
    pub(in crate::template) fn new(
        name: TemplateName,
        facts: &InvitationContext<'_>,
        locale: &Locale,
    ) -> Result<Self, LabelError> {
        let description = match facts.description {
            Some(safe) => Some(safe.clone()).filter(|safe| !safe.is_empty()),
            None => Description::of(facts.meeting.description.as_deref()),
        };
        let here = locale.times(&facts.meeting.when, facts.invitee_zone)?;
        let meeting = meeting(facts, &here);
        let mut variables = Self {
            context: flat(name, facts, locale, &here)?,
            meeting,
            description,
        };
        variables.describe(|safe| Value::normal_string(&safe.text));
        Ok(variables)
    }

    /// The facts in links that add the meeting to a calendar.
    pub(super) fn calendar_entry(&self, facts: &InvitationContext<'_>) -> CalendarEntry {
        let text = self.description.as_ref().map(|safe| safe.text.as_str());
        CalendarEntry::new(facts.meeting, facts.join_url.map(JoinUrl::as_str), text)
    }

    /// The variables of text parts: the description is plain text.
    pub(in crate::template) fn text(&self) -> &Context {
        &self.context
    }

    /// The variables of HTML parts: the description is sanitized HTML and is not escaped again.
    pub(in crate::template) fn into_html(mut self) -> Context {
        self.describe(|safe| Value::safe_string(&safe.html));
        self.context
    }

    fn describe(&mut self, form: impl Fn(&Description) -> Value) {
        let value = self.description.as_ref().map_or_else(Value::none, form);
        let text = self.description.as_ref().map(|safe| safe.text.as_str());
        self.context.insert_value("description_text", text.into());
        self.meeting.insert(Key::Str("description"), value.clone());
        self.context.insert_value("description", value);
        self.context
            .insert_value("meeting", Value::from(self.meeting.clone()));
    }
}

/// The names of all variables.
pub(in crate::template) const VARIABLES: &[&str] = &[
    "name",
    "description",
    "description_text",
    "status",
    "location",
    "join_url",
    "is_all_day",
    "when",
    "when_date",
    "when_time",
    "when_at_organizer",
    "date_start",
    "date_end",
    "date_start_full",
    "date_end_full",
    "duration",
    "time_zone",
    "time_zone_offset",
    "invitee_name",
    "organizer_name",
    "organization_name",
    "is_user",
    "record_url",
    "accept_link",
    "tentative_link",
    "decline_link",
    "entity_type",
    "entity_type_lower_first",
    "kind",
    "lang",
    "dir",
    "revision",
    "participants",
    "meeting",
    "invitee",
    "organizer",
    "organization",
    "zoom",
    "change",
    "cancellation",
    "new_organizer_name",
];

/// The time on the organizer's clock, if it differs from the time on the invitee's.
fn at_organizer(facts: &InvitationContext<'_>, locale: &Locale) -> Result<Option<String>, LabelError> {
    let Some((start, end)) = facts.meeting.when.instants() else {
        return Ok(None);
    };
    let (here, there) = (facts.invitee_zone, &facts.meeting.time_zone);
    let same = |at: DateTime<Utc>| here.offset_at(at) == there.offset_at(at);
    if same(start) && same(end) {
        return Ok(None);
    }
    let times = locale.times(&facts.meeting.when, there)?;
    let same_day = here.local(start).date_naive() == there.local(start).date_naive();
    Ok(Some(match &times.time {
        Some(time) if same_day => format!("{time} ({})", times.zone),
        _ => times.when.clone(),
    }))
}

fn flat(
    name: TemplateName,
    facts: &InvitationContext<'_>,
    locale: &Locale,
    here: &Times,
) -> Result<Context, LabelError> {
    let meeting = facts.meeting;
    let links = facts.answer_links;
    let mut context = Context::new();
    let mut put = |name: &'static str, value: Value| context.insert_value(Cow::Borrowed(name), value);
    put("name", meeting.name().into());
    put("status", meeting.status.as_str().into());
    put("location", visible(meeting.location.as_deref()));
    put("join_url", facts.join_url.map(JoinUrl::as_str).into());
    put("is_all_day", meeting.when.is_all_day().into());
    put("when", here.when.as_str().into());
    put("when_date", here.date.as_str().into());
    put("when_time", here.time.as_deref().into());
    put("when_at_organizer", at_organizer(facts, locale)?.into());
    put("date_start", here.start.as_str().into());
    put("date_end", here.end.as_str().into());
    put("date_start_full", here.start_full.as_str().into());
    put("date_end_full", here.end_full.as_str().into());
    put("duration", here.duration.as_str().into());
    put("time_zone", here.zone.as_str().into());
    put("time_zone_offset", here.offset.as_str().into());
    put("invitee_name", facts.invitee.display_name().into());
    put("organizer_name", facts.organizer.display_name().into());
    put("organization_name", facts.organization.name.as_str().into());
    put(
        "is_user",
        (facts.invitee.reference.kind == PersonKind::User).into(),
    );
    put("record_url", facts.record_url.into());
    put("accept_link", links.map(|links| links.accept.as_str()).into());
    put(
        "tentative_link",
        links.map(|links| links.tentative.as_str()).into(),
    );
    put("decline_link", links.map(|links| links.decline.as_str()).into());
    put("entity_type", name.record.to_string().into());
    put("entity_type_lower_first", name.record.folder().into());
    put("kind", name.kind.folder().into());
    put("lang", locale.language.locale().id.to_string().into());
    put(
        "dir",
        if locale.language.is_right_to_left() {
            "rtl"
        } else {
            "ltr"
        }
        .into(),
    );
    put("revision", facts.revision.0.into());
    put("participants", facts.participants.0.clone());
    put(
        "invitee",
        person(facts.invitee, facts.invitee_zone, facts.language),
    );
    let zone = facts.organizer.time_zone.as_ref();
    let language = facts.organizer.language.as_ref();
    let ours = facts.organization;
    put(
        "organizer",
        person(
            facts.organizer,
            zone.unwrap_or(&ours.time_zone),
            language.unwrap_or(&ours.language),
        ),
    );
    put("organization", organization(ours));
    put("zoom", facts.online.map(|online| zoom(&online)).into());
    let change = facts.change.map(|change| changed(change, facts, locale));
    put("change", change.transpose()?.into());
    let cancellation = (name.kind == Kind::Cancellation).then_some(facts.cancellation);
    put("cancellation", cancellation.map(Cancellation::as_str).into());
    let new_organizer = facts
        .new_organizer
        .filter(|_| cancellation == Some(Cancellation::NewOrganizer));
    put(
        "new_organizer_name",
        new_organizer.map(Person::display_name).into(),
    );
    Ok(context)
}

fn map<const N: usize>(fields: [(&'static str, Value); N]) -> Map {
    fields
        .into_iter()
        .map(|(name, value)| (Key::Str(name), value))
        .collect()
}

/// The text without spaces around it. An empty text is no value.
fn visible(text: Option<&str>) -> Value {
    text.map(str::trim).filter(|text| !text.is_empty()).into()
}

fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn meeting(facts: &InvitationContext<'_>, here: &Times) -> Map {
    let meeting = facts.meeting;
    let (start, end) = match (meeting.when.instants(), meeting.when.days()) {
        (Some((start, end)), _) => (utc(start), utc(end)),
        (None, Some((first, last))) => (first.to_string(), last.to_string()),
        (None, None) => (String::new(), String::new()),
    };
    let minutes = meeting.when.duration(&meeting.time_zone).num_minutes();
    map([
        ("id", meeting.id().as_str().into()),
        ("name", meeting.name().into()),
        ("description", Value::none()),
        ("status", meeting.status.as_str().into()),
        ("location", visible(meeting.location.as_deref())),
        ("join_url", facts.join_url.map(JoinUrl::as_str).into()),
        (
            "online_location",
            meeting
                .online_location
                .as_ref()
                .map(OnlineLocation::as_str)
                .into(),
        ),
        ("online_name", facts.online_name.into()),
        ("is_all_day", meeting.when.is_all_day().into()),
        ("start", start.into()),
        ("end", end.into()),
        ("when", here.when.as_str().into()),
        ("duration", here.duration.as_str().into()),
        ("duration_minutes", minutes.into()),
        ("time_zone", meeting.time_zone.name().into()),
        ("record_url", facts.record_url.into()),
        ("revision", facts.revision.0.into()),
    ])
}

fn person(person: &Person, zone: &Zone, language: &Language) -> Value {
    map([
        ("name", person.display_name().into()),
        ("email", person.email().map(|email| email.as_str()).into()),
        ("kind", person.reference.kind.as_str().into()),
        ("id", person.reference.id.as_str().into()),
        ("is_user", (person.reference.kind == PersonKind::User).into()),
        ("time_zone", zone.name().into()),
        ("language", language.tag().into()),
    ])
    .into()
}

fn organization(ours: &Organization) -> Value {
    map([
        ("name", ours.name.as_str().into()),
        ("site_url", ours.site_url.as_ref().map(|url| url.as_str()).into()),
        (
            "public_url",
            ours.public_url.as_ref().map(|url| url.as_str()).into(),
        ),
        ("time_zone", ours.time_zone.name().into()),
        ("language", ours.language.tag().into()),
        (
            "logo_url",
            ours.brand.logo_url.as_ref().map(|url| url.as_str()).into(),
        ),
        ("color", ours.brand.color.to_string().into()),
        ("color_text", ours.brand.color.text_color().to_string().into()),
        ("footer", ours.brand.footer.as_deref().into()),
        ("address", ours.brand.address.as_deref().into()),
    ])
    .into()
}

fn zoom(online: &OnlineFacts<'_>) -> Value {
    map([
        ("meeting_id", online.meeting_id.into()),
        ("meeting_id_spaced", spaced(online.meeting_id).into()),
        ("passcode", online.passcode.into()),
    ])
    .into()
}

/// A meeting id as Zoom prints it, `835 1537 9148`.
fn spaced(id: &str) -> String {
    let second = match id.len() {
        _ if !id.bytes().all(|b| b.is_ascii_digit()) => return id.to_owned(),
        11 => 7,
        9 | 10 => 6,
        _ => return id.to_owned(),
    };
    format!("{} {} {}", &id[..3], &id[3..second], &id[second..])
}

fn changed(change: &Change, facts: &InvitationContext<'_>, locale: &Locale) -> Result<Value, LabelError> {
    let fields: Vec<&str> = change
        .fields
        .iter()
        .map(|field| match field {
            ChangedField::Name => "name",
            ChangedField::When => "when",
            ChangedField::Location => "location",
            ChangedField::JoinUrl => "join_url",
            ChangedField::Status => "status",
            ChangedField::Organizer => "organizer",
            ChangedField::Description => "description",
        })
        .collect();
    let Facts {
        name,
        when,
        location,
        join_url,
        status,
        description: _,
    } = &change.before;
    let then = locale.times(when, facts.invitee_zone)?;
    let before = map([
        ("name", name.as_str().into()),
        ("when", then.when.as_str().into()),
        ("date_start", then.start.as_str().into()),
        ("date_end", then.end.as_str().into()),
        ("date_start_full", then.start_full.as_str().into()),
        ("date_end_full", then.end_full.as_str().into()),
        ("is_all_day", when.is_all_day().into()),
        ("location", visible(location.as_deref())),
        ("join_url", join_url.as_ref().map(JoinUrl::as_str).into()),
        ("status", status.as_str().into()),
        ("organizer_name", change.organizer_before.as_deref().into()),
    ]);
    Ok(map([
        ("fields", fields.into()),
        ("is_rescheduled", change.is_rescheduled().into()),
        ("before", before.into()),
    ])
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meeting_ids_are_grouped_as_zoom_prints_them() {
        assert_eq!(spaced("83515379148"), "835 1537 9148");
        assert_eq!(spaced("9876543210"), "987 654 3210");
        assert_eq!(spaced("987654321"), "987 654 321");
        assert_eq!(spaced("12345"), "12345");
        assert_eq!(spaced("abc-def-ghi"), "abc-def-ghi");
    }
}
