//! `invite meeting`: the records of the built-in CRM.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{DIM, GOOD, STRONG, Table, WARN, visible};
use super::{Actor, DONE, Outcome};
use crate::crm::Crm as _;
use crate::database::DatabaseError;
use crate::fault::{BoxFault, Class, Fault};
use crate::mail::{Outbox as _, OutboxEntry};
use crate::meeting::{
    InvalidMeeting, InvalidTime, InvalidWhen, LocalTimeError, Meeting, MeetingId, MeetingStatus,
    OnlineLocation, Person, PersonId, PersonRef, Revision, When, WrittenTime, Zone, written_day,
};
use crate::online::OnlineLink;
use crate::pipeline::{PipelineError, SyncState};

#[derive(Debug, Subcommand)]
pub(super) enum MeetingCommand {
    /// All meetings, by their time
    #[command(after_help = "Example: invite meeting list")]
    List,
    /// One meeting: whether Zoom is in sync, what invitees were told, what they answered
    Show(Show),
    /// Change a meeting
    Edit(Box<Edit>),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite meeting show kickoff")]
pub(super) struct Show {
    /// The meeting's id
    #[arg(value_name = "ID")]
    meeting: MeetingId,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite meeting edit kickoff --start 2026-12-01T11:00:00 --name Kick-off\n\n\
    Times are instants (2026-12-01T09:00:00Z) or local times of the meeting's time zone (2026-12-01T10:00). \
    A start without an end keeps the length."
)]
pub(super) struct Edit {
    /// The meeting's id
    #[arg(value_name = "ID")]
    meeting: MeetingId,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    actor: Actor,
}

/// What can be changed; something must be.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// The name
    #[arg(long, help_heading = "Changes")]
    name: Option<String>,
    /// When it starts
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Changes")]
    start: Option<WrittenTime>,
    /// When it ends
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Changes")]
    end: Option<WrittenTime>,
    /// The first day, for a meeting of whole days
    #[arg(long, value_name = "DAY", value_parser = written_day, conflicts_with_all = ["start", "end"], help_heading = "Changes")]
    start_date: Option<NaiveDate>,
    /// The last day, for a meeting of whole days
    #[arg(long, value_name = "DAY", value_parser = written_day, conflicts_with_all = ["start", "end"], help_heading = "Changes")]
    end_date: Option<NaiveDate>,
    /// The time zone, such as Europe/Berlin; a meeting's instants stay, unless --start is given too
    #[arg(long, value_name = "ZONE", value_parser = zone, help_heading = "Changes")]
    time_zone: Option<Zone>,
    /// What has become of it
    #[arg(long, value_enum, help_heading = "Changes")]
    status: Option<Status>,
    /// Who holds it
    #[arg(long, value_name = "USER", help_heading = "Changes")]
    assign: Option<PersonId>,
    /// Where people meet; empty for nowhere
    #[arg(long, value_name = "TEXT", help_heading = "Changes")]
    location: Option<String>,
    /// What it is about; may hold HTML; empty for nothing
    #[arg(long, value_name = "TEXT", help_heading = "Changes")]
    description: Option<String>,
    /// Where people meet online
    #[arg(long, value_enum, help_heading = "Changes")]
    online_location: Option<Online>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    #[value(name = "Planned", alias = "planned")]
    Planned,
    #[value(name = "Held", alias = "held")]
    Held,
    #[value(name = "NotHeld", aliases = ["notheld", "not-held"])]
    NotHeld,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Online {
    Zoom,
    None,
}

/// A time as people type it: seconds can be left out, and a space can stand for the T.
fn time(text: &str) -> Result<WrittenTime, InvalidTime> {
    let mut full = text.trim().replacen(' ', "T", 1);
    if full.len() == "2026-12-01T10:00".len() {
        full.push_str(":00");
    }
    full.parse().map_err(|_| InvalidTime(text.to_owned()))
}

fn zone(name: &str) -> Result<Zone, String> {
    Zone::new(name).map_err(|error| error.to_string())
}

/// Why a meeting was not changed.
#[derive(Debug, thiserror::Error)]
enum EditError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the meeting {meeting:?} cannot be changed")]
    Meeting { meeting: String, source: InvalidMeeting },
    #[error("the meeting {meeting:?} cannot be moved")]
    When { meeting: String, source: InvalidWhen },
    #[error("the meeting {meeting:?} cannot be moved")]
    Local { meeting: String, source: LocalTimeError },
    #[error("the meeting {meeting:?} cannot be moved: {missing}")]
    Incomplete { meeting: String, missing: &'static str },
}

impl Fault for EditError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Database(error) => error.kind(),
            Self::Local { .. } => "meeting.local_time",
            Self::Meeting { .. } | Self::When { .. } | Self::Incomplete { .. } => "meeting.invalid",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Database(error) => error.class(),
            _ => Class::BadData,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Database(error) => error.hint(),
            Self::Local { .. } => Some("write the time in UTC, with a Z at its end".to_owned()),
            _ => None,
        }
    }
}

impl MeetingCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = match self {
            Self::List => list(session).await,
            Self::Show(show) => show.run(session).await,
            Self::Edit(edit) => edit.run(session).await,
        };
        session.close().await;
        result
    }
}

async fn list(session: &Session<'_>) -> Outcome {
    let meetings = session.records().await?.meetings().await?;
    let documents: Vec<_> = meetings.iter().map(document).collect();
    session.terminal.result(&documents, || {
        let mut table = Table::default();
        for meeting in &meetings {
            table.row([
                (meeting.id().as_str(), STRONG),
                (when(meeting).as_str(), anstyle::Style::new()),
                (meeting.name(), anstyle::Style::new()),
                (meeting.status.as_str(), DIM),
                (meeting.online_location.map_or("", OnlineLocation::as_str), DIM),
            ]);
        }
        if table.is_empty() {
            "no meetings; load some with `invite import FILE`\n".to_owned()
        } else {
            table.to_text()
        }
    });
    Ok(DONE)
}

/// What the JSON documents say of a meeting; the import format's names.
fn document(meeting: &Meeting) -> Value {
    let mut document = json!({
        "id": meeting.id(),
        "name": meeting.name(),
        "uid": meeting.uid(),
        "status": meeting.status,
        "online_location": meeting.online_location,
        "all_day": meeting.when.is_all_day(),
        "time_zone": meeting.time_zone.name(),
        "description": meeting.description,
        "location": meeting.location,
        "assigned_user": meeting.assigned_user,
        "join_url": meeting.join_url,
        "attendees": meeting.attendees,
    });
    if let Some((start, end)) = meeting.when.instants() {
        document["start"] = json!(start);
        document["end"] = json!(end);
    }
    if let Some((first, last)) = meeting.when.days() {
        document["start_date"] = json!(first);
        document["end_date"] = json!(last);
    }
    document
}

/// When a meeting takes place, in its own zone: `Tue 1 Dec 2026, 10:00–10:45 Europe/Berlin`.
pub(super) fn when(meeting: &Meeting) -> String {
    const DAY: &str = "%a %-d %b %Y";
    if let Some((first, last)) = meeting.when.days() {
        return if first == last {
            format!("{}, all day", first.format(DAY))
        } else {
            format!("{} – {}", first.format(DAY), last.format(DAY))
        };
    }
    let zone = &meeting.time_zone;
    let (start, end) = meeting.when.span(zone);
    let (start, end) = (zone.local(start), zone.local(end));
    let day = start.format(DAY);
    let name = zone.name();
    if start.date_naive() == end.date_naive() {
        // A clock change in between shows in the offsets only.
        format!("{day}, {}–{} {name}", start.format("%H:%M"), end.format("%H:%M"))
    } else {
        format!(
            "{day}, {} – {} {name}",
            start.format("%H:%M"),
            end.format("%a %-d %b %Y, %H:%M")
        )
    }
}

impl Show {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let database = session.records().await?;
        let meeting = database.meeting(&self.meeting).await.map_err(BoxFault::new)?;
        let Some(meeting) = meeting else {
            return Err(BoxFault::new(PipelineError::NoMeeting {
                meeting: self.meeting.clone(),
            }));
        };
        let (sync, link) = session.pipeline().await?.sync_state(&self.meeting).await?;
        let issued = database.issued(&self.meeting).await?;
        let revision = issued.last().map(|issued| issued.revision);
        let entries = database.of_meeting(&self.meeting).await?;
        let mut who: Vec<PersonRef> = meeting.attendees.iter().map(|a| a.person.clone()).collect();
        who.extend(meeting.assigned_user.clone().map(PersonRef::user));
        let people = database.people(&who).await.map_err(BoxFault::new)?;
        let shown = Shown {
            meeting: &meeting,
            people: &people,
            sync: &sync,
            link: link.as_ref(),
            revision,
            uid: issued.last().map(|issued| issued.uid.as_str()).or(meeting.uid()),
            entries: &entries,
        };
        session.terminal.result(&shown.document(), || shown.text());
        Ok(DONE)
    }
}

struct Shown<'a> {
    meeting: &'a Meeting,
    people: &'a [Person],
    sync: &'a SyncState,
    link: Option<&'a OnlineLink>,
    revision: Option<Revision>,
    uid: Option<&'a str>,
    entries: &'a [OutboxEntry],
}

impl Shown<'_> {
    fn person(&self, who: &PersonRef) -> Option<&Person> {
        self.people.iter().find(|person| person.reference == *who)
    }

    /// The newest invitation of a person.
    fn newest(&self, who: &PersonRef) -> Option<&OutboxEntry> {
        self.entries.iter().rev().find(|entry| entry.person == *who)
    }

    fn document(&self) -> Value {
        let mut document = document(self.meeting);
        document["revision"] = json!(self.revision);
        document["uid"] = json!(self.uid);
        document["sync"] = json!(self.sync);
        document["zoom"] = json!(self.link.map(|link| json!({
            "meeting_id": link.id,
            "join_url": link.join_url,
            "host": link.told.host,
            "seen_at": link.seen_at,
        })));
        let attendees = self.meeting.attendees.iter().map(|attendee| {
            let person = self.person(&attendee.person);
            let newest = self.newest(&attendee.person);
            json!({
                "kind": attendee.person.kind,
                "id": attendee.person.id,
                "name": person.map(|person| &person.name),
                "email": person.and_then(|person| person.email.as_ref()),
                "status": attendee.status,
                "revision": newest.map(|entry| entry.revision),
                "invitation": newest.map(|entry| entry.state.as_str()),
            })
        });
        document["attendees"] = attendees.collect();
        document
    }

    fn text(&self) -> String {
        let meeting = self.meeting;
        let mut text = format!(
            "{STRONG}{}{STRONG:#}  {DIM}{}, {}{DIM:#}\n{}\n",
            visible(meeting.name()),
            meeting.id(),
            meeting.status,
            when(meeting)
        );
        if let Some(location) = &meeting.location {
            text.push_str(&format!("{}\n", visible(location)));
        }
        let host = meeting.assigned_user.clone().map(PersonRef::user);
        let host = host.as_ref().map(|host| {
            self.person(host)
                .map_or_else(|| host.to_string(), Person::display_name)
        });
        text.push_str(&format!(
            "assigned to {}\n",
            visible(host.as_deref().unwrap_or("nobody"))
        ));
        text.push_str(&match self.sync {
            SyncState::NotOnline => String::new(),
            SyncState::NotPushed => format!("Zoom: {WARN}not pushed yet{WARN:#}\n"),
            SyncState::InSync => format!("Zoom: {GOOD}in sync{GOOD:#}\n"),
            SyncState::OutOfSync { differs } => {
                format!("Zoom: {WARN}out of sync{WARN:#} ({})\n", differs.join(", "))
            }
            SyncState::CannotBePushed { reason } => {
                format!("Zoom: {WARN}cannot be pushed{WARN:#}: {}\n", visible(reason))
            }
        });
        if let Some(url) = &meeting.join_url {
            text.push_str(&format!("{url}\n"));
        }
        text.push_str(&match self.revision {
            Some(revision) => format!("invitees were told revision {revision}\n\n"),
            None => "nobody was invited yet\n\n".to_owned(),
        });
        let mut table = Table::default();
        for attendee in &meeting.attendees {
            let person = self.person(&attendee.person);
            let newest = self.newest(&attendee.person);
            let told = newest.map(|entry| format!("revision {} {}", entry.revision, entry.state));
            table.row([
                (attendee.person.to_string().as_str(), DIM),
                (person.map_or("", |person| person.name.as_str()), STRONG),
                (
                    person
                        .and_then(|person| person.email.as_ref())
                        .map_or("", |email| email.as_str()),
                    anstyle::Style::new(),
                ),
                (attendee.status.as_str(), anstyle::Style::new()),
                (told.as_deref().unwrap_or_default(), DIM),
            ]);
        }
        text.push_str(&table.to_text());
        text
    }
}

impl Edit {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let database = session.records().await?;
        session
            .pipeline()
            .await?
            .permit_edit(&self.meeting, self.actor.actor.as_ref())
            .await?;
        let changed = database
            .edit_meeting(&self.meeting, |meeting| self.changes.apply(meeting))
            .await;
        let meeting = changed.map_err(BoxFault::new)?;
        session.terminal.result(&document(&meeting), || {
            format!(
                "{STRONG}{}{STRONG:#}  {DIM}{}, {}{DIM:#}\n{}\n",
                visible(meeting.name()),
                meeting.id(),
                meeting.status,
                when(&meeting)
            )
        });
        Ok(DONE)
    }
}

impl Changes {
    fn apply(&self, meeting: &mut Meeting) -> Result<(), EditError> {
        let id = meeting.id().to_string();
        if let Some(name) = &self.name {
            meeting.rename(name).map_err(|source| EditError::Meeting {
                meeting: id.clone(),
                source,
            })?;
        }
        if let Some(zone) = &self.time_zone {
            meeting.time_zone = zone.clone();
        }
        meeting.when = self.when(meeting)?;
        if let Some(status) = self.status {
            meeting.status = match status {
                Status::Planned => MeetingStatus::Planned,
                Status::Held => MeetingStatus::Held,
                Status::NotHeld => MeetingStatus::NotHeld,
            };
        }
        if let Some(user) = &self.assign {
            meeting.assigned_user = Some(user.clone());
        }
        let filled = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
        if let Some(location) = &self.location {
            meeting.location = filled(location);
        }
        if let Some(description) = &self.description {
            meeting.description = filled(description);
        }
        match self.online_location {
            Some(Online::Zoom) => meeting.online_location = Some(OnlineLocation::Zoom),
            Some(Online::None) => meeting.online_location = None,
            None => {}
        }
        Ok(())
    }

    fn when(&self, meeting: &Meeting) -> Result<When, EditError> {
        let id = meeting.id().to_string();
        let invalid = |source| EditError::When {
            meeting: id.clone(),
            source,
        };
        let incomplete = |missing| EditError::Incomplete {
            meeting: id.clone(),
            missing,
        };
        let resolve = |time: Option<WrittenTime>| {
            let resolved = time.map(|time| time.resolve(&meeting.time_zone)).transpose();
            resolved.map_err(|source| EditError::Local {
                meeting: id.clone(),
                source,
            })
        };
        let days = meeting.when.days();
        match (self.start_date, self.end_date) {
            (None, None) => {}
            (Some(first), None) => {
                let length = days.map_or(chrono::TimeDelta::zero(), |(first, last)| last - first);
                return When::all_day(first, first + length).map_err(invalid);
            }
            (first, Some(last)) => {
                let first = first.or(days.map(|(first, _)| first));
                let first = first.ok_or_else(|| incomplete("give --start-date as well"))?;
                return When::all_day(first, last).map_err(invalid);
            }
        }
        let (start, end) = (resolve(self.start)?, resolve(self.end)?);
        let instants = meeting.when.instants();
        match (start, end) {
            (None, None) => Ok(meeting.when),
            (Some(start), None) => {
                let (old_start, old_end) =
                    instants.ok_or_else(|| incomplete("it lasts whole days; give --end as well"))?;
                When::timed(start, start + (old_end - old_start)).map_err(invalid)
            }
            (start, Some(end)) => {
                let start = start.or(instants.map(|(start, _)| start));
                let start = start.ok_or_else(|| incomplete("it lasts whole days; give --start as well"))?;
                When::timed(start, end).map_err(invalid)
            }
        }
    }
}
