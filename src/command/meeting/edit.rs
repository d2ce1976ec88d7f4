//! `invite meeting edit`: changing a meeting of the CRM.

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use futures_util::StreamExt as _;

use super::words::{document, when};
use crate::command::session::Session;
use crate::command::terminal::{DIM, STRONG, visible};
use crate::command::{Actor, DONE, Outcome};
use crate::crm::{Crm, CrmError, Editor};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{
    Attendee, InvalidMeeting, InvalidOnlineSettings, InvalidTime, InvalidWhen, LocalTimeError, Meeting,
    MeetingId, MeetingStatus, PersonId, When, WrittenTime, Zone, written_day,
};
use crate::online::{Jitsi, zoom};
use crate::pipeline::PipelineError;

/// How often a change begins again because the meeting was changed meanwhile.
const TRIES: usize = 5;

#[derive(Debug, Args)]
#[command(
    override_usage = "invite meeting edit [OPTIONS] <ID> <CHANGES>",
    after_help = "Example: invite meeting edit kickoff --start 2026-12-01T11:00:00 --name Kick-off\n\n\
    Times are instants (2026-12-01T09:00:00Z) or local times of the meeting's time zone (2026-12-01T10:00). \
    A start without an end keeps the length."
)]
pub(in crate::command) struct Edit {
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
    /// Whether guests wait at Zoom until the host lets them in
    #[arg(long, value_name = "true|false", help_heading = "Changes")]
    waiting_room: Option<bool>,
    /// Whether guests may enter at Zoom before the host
    #[arg(long, value_name = "true|false", help_heading = "Changes")]
    join_before_host: Option<bool>,
    /// Whether its Zoom meeting gets a passcode when it is made
    #[arg(long, value_name = "true|false", help_heading = "Changes")]
    passcode: Option<bool>,
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
    Jitsi,
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
    #[error("the meeting {meeting:?} cannot be changed")]
    Meeting { meeting: String, source: InvalidMeeting },
    #[error("the meeting {meeting:?} cannot be changed")]
    Online {
        meeting: String,
        source: InvalidOnlineSettings,
    },
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
            Self::Local { .. } => "meeting.local_time",
            Self::Meeting { .. } | Self::Online { .. } | Self::When { .. } | Self::Incomplete { .. } => {
                "meeting.invalid"
            }
        }
    }

    fn class(&self) -> Class {
        Class::BadData
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Local { .. } => Some("write the time in UTC, with a Z at its end".into()),
            _ => None,
        }
    }
}

impl Edit {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let crm = session.crm().await?;
        let editor = crm.editor().map_err(BoxFault::new)?;
        session
            .pipeline()
            .await?
            .permit_edit(&self.meeting, self.actor.actor.as_ref())
            .await?;
        let (meeting, attendees) = self.change(&crm, editor.as_ref()).await?;
        session.terminal.result(&document(&meeting, &attendees), || {
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

    /// Reads the meeting, alters it and writes it. Begins again if the meeting was changed meanwhile.
    async fn change(&self, crm: &Crm, editor: &dyn Editor) -> Result<(Meeting, Vec<Attendee>), BoxFault> {
        let mut tries = 0;
        let meeting = loop {
            let before = crm.records().meeting(&self.meeting).await;
            let before = before.map_err(BoxFault::new)?;
            let before = before.ok_or_else(|| PipelineError::NoMeeting {
                meeting: self.meeting.clone(),
            })?;
            let mut after = before.clone();
            self.changes.apply(&mut after).map_err(BoxFault::new)?;
            tries += 1;
            match editor.change(&before, &after).await {
                Err(CrmError::Changed { .. }) if tries < TRIES => {}
                changed => break changed.map_err(BoxFault::new)?,
            }
        };
        let mut attendees = Vec::new();
        let mut pages = crm.records().attendees(&self.meeting);
        while let Some(page) = pages.next().await {
            let page = page.map_err(BoxFault::new)?;
            attendees.extend(page.into_iter().map(|invitee| invitee.attendee));
        }
        Ok((meeting, attendees))
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
            Some(Online::Zoom) => meeting.online_location = Some(zoom::LOCATION),
            Some(Online::Jitsi) => meeting.online_location = Some(Jitsi::LOCATION),
            Some(Online::None) => meeting.online_location = None,
            None => {}
        }
        let online = &mut meeting.online_settings;
        online.waiting_room = self.waiting_room.or(online.waiting_room);
        online.join_before_host = self.join_before_host.or(online.join_before_host);
        online.passcode = self.passcode.or(online.passcode);
        online
            .check()
            .map_err(|source| EditError::Online { meeting: id, source })
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
