//! Reads meetings and their times.

use chrono::{DateTime, NaiveDate, Utc};

use super::fields::{At, Fields, shown};
use super::reading::{Reading, repeated};
use super::records::Target;
use crate::crm::MeetingRecord;
use crate::meeting::{
    Acceptance, Attendee, InvalidMeeting, InvalidWhen, JoinUrl, Meeting, MeetingId, MeetingStatus,
    OnlineSettings, PersonId, PersonKind, PersonRef, When, WrittenTime, Zone, written_day,
};
use crate::online::BUILT_IN;

impl<'a> Reading<'a> {
    pub(super) fn meeting(&mut self, at: &At<'a>) -> Option<MeetingRecord> {
        const FIELDS: &[&str] = &[
            "id",
            "name",
            "uid",
            "status",
            "online_location",
            "zoom",
            "all_day",
            "start",
            "end",
            "start_date",
            "end_date",
            "time_zone",
            "description",
            "location",
            "assigned_user",
            "join_url",
            "attendees",
        ];
        let fields = at.fields(&mut self.findings, "a meeting", FIELDS)?;
        let id = self.id(&fields, "id", MeetingId::new);
        let name_at = fields.required(&mut self.findings, "name");
        let name = name_at.as_ref().and_then(|at| at.text(&mut self.findings));
        let zone = self.zone(&fields);
        let when = self.when(&fields, zone.as_ref());
        let uid = fields.filled(&mut self.findings, "uid");
        let statuses = [
            MeetingStatus::Planned,
            MeetingStatus::Held,
            MeetingStatus::NotHeld,
        ];
        let statuses = statuses.map(|status| (status.as_str(), status));
        let status = fields.choice(&mut self.findings, "status", "a status of a meeting", &statuses);
        let locations = BUILT_IN.each_ref().map(|location| (location.as_str(), *location));
        let online_location = fields.choice(
            &mut self.findings,
            "online_location",
            "an online location",
            &locations,
        );
        let online_settings = self.online_settings(&fields);
        let description = fields.text(&mut self.findings, "description");
        let location = fields.text(&mut self.findings, "location");
        let join_url = self.join_url(&fields);
        let assigned_user = self.assigned_user(&fields);
        let attendees = self.attendees(&fields);

        // The name is checked separately, so that a missing name is also noted if the meeting has other problems.
        let name = name.filter(|name| {
            let visible = !crate::meeting::one_line(name).is_empty();
            if let (false, Some(at)) = (visible, &name_at) {
                at.refuse(
                    &mut self.findings,
                    "the name is empty",
                    InvalidMeeting::NoName.to_string(),
                );
            }
            visible
        });
        let mut meeting = Meeting::new(id?, name?, when?, zone.unwrap_or_else(Zone::utc)).ok()?;
        if let Some((at, uid)) = uid {
            self.set_uid(&mut meeting, &at, uid);
        }
        meeting.status = status.unwrap_or_default();
        meeting.online_location = online_location;
        meeting.online_settings = online_settings;
        meeting.description = description;
        meeting.location = location;
        meeting.join_url = join_url;
        meeting.assigned_user = assigned_user;
        Some(MeetingRecord { meeting, attendees })
    }

    /// The meeting's own settings at Zoom, where it differs from the organization's others.
    fn online_settings(&mut self, fields: &Fields<'a>) -> OnlineSettings {
        const FIELDS: &[&str] = &[
            "waiting_room",
            "join_before_host",
            "passcode",
            "host_video",
            "participant_video",
            "mute_upon_entry",
        ];
        let Some(at) = fields.get("zoom") else {
            return OnlineSettings::default();
        };
        let Some(fields) = at.fields(&mut self.findings, "a meeting's zoom", FIELDS) else {
            return OnlineSettings::default();
        };
        let mut flag = |name| fields.flag(&mut self.findings, name);
        let settings = OnlineSettings {
            waiting_room: flag("waiting_room"),
            join_before_host: flag("join_before_host"),
            passcode: flag("passcode"),
            host_video: flag("host_video"),
            participant_video: flag("participant_video"),
            mute_upon_entry: flag("mute_upon_entry"),
        };
        if let Err(error) = settings.check() {
            let what = "waiting_room and join_before_host are both true";
            at.refuse(&mut self.findings, what, error.to_string());
        }
        settings
    }

    fn set_uid(&mut self, meeting: &mut Meeting, at: &At<'a>, uid: String) {
        if let Some(earlier) = self.uids.get(&uid) {
            let what = format!("the UID {} is there twice", shown(&uid));
            let why = format!("{earlier} has it too, and calendars would take them for one meeting");
            at.refuse(&mut self.findings, what, why);
        } else if meeting.set_uid(uid.as_str()).is_err() {
            let what = format!("{} cannot be a UID", shown(&uid));
            let why = "a UID has 1 to 255 characters, none of them a control character";
            at.refuse(&mut self.findings, what, why);
        }
        let path = at.path.trim_end_matches(".uid").to_owned();
        self.uids.entry(uid).or_insert(path);
    }

    fn join_url(&mut self, fields: &Fields<'a>) -> Option<JoinUrl> {
        let (at, text) = fields.filled(&mut self.findings, "join_url")?;
        let what = format!("{} is not a join URL", shown(&text));
        JoinUrl::new(text)
            .map_err(|error| at.refuse(&mut self.findings, what, error.reason))
            .ok()
    }

    fn assigned_user(&mut self, fields: &Fields<'a>) -> Option<PersonId> {
        let (at, _) = fields.filled(&mut self.findings, "assigned_user")?;
        let id = self.id_at(&at, PersonId::new)?;
        self.mention(&at, Target::Person(PersonRef::user(id.clone())));
        Some(id)
    }

    fn attendees(&mut self, fields: &Fields<'a>) -> Vec<Attendee> {
        let mut attendees = Vec::new();
        let mut places = Vec::new();
        for at in fields.items(&mut self.findings, "attendees") {
            if let Some(attendee) = self.attendee(&at) {
                self.mention(&at, Target::Person(attendee.person.clone()));
                attendees.push(attendee);
                places.push(at);
            }
        }
        let people: Vec<&PersonRef> = attendees.iter().map(|attendee| &attendee.person).collect();
        for index in repeated(&people) {
            let target = Target::Person(people[index].clone());
            let what = format!("the {target} is there twice");
            places[index].refuse(&mut self.findings, what, "name each attendee once");
        }
        attendees
    }

    fn attendee(&mut self, at: &At<'a>) -> Option<Attendee> {
        let fields = at.fields(&mut self.findings, "an attendee", &["kind", "id", "status"])?;
        let kinds = [PersonKind::User, PersonKind::Contact, PersonKind::Lead];
        let kinds = kinds.map(|kind| (kind.as_str(), kind));
        let kind = fields
            .required(&mut self.findings, "kind")
            .and_then(|_| fields.choice(&mut self.findings, "kind", "a kind of person", &kinds));
        let id = self.id(&fields, "id", PersonId::new);
        let answers = [
            Acceptance::None,
            Acceptance::Accepted,
            Acceptance::Tentative,
            Acceptance::Declined,
        ];
        let answers = answers.map(|answer| (answer.as_str(), answer));
        let status = fields.choice(&mut self.findings, "status", "an attendee's status", &answers);
        Some(Attendee {
            person: PersonRef { kind: kind?, id: id? },
            status: status.unwrap_or_default(),
        })
    }

    /// The time of the meeting: two times, or two days.
    fn when(&mut self, fields: &Fields<'a>, zone: Option<&Zone>) -> Option<When> {
        let all_day = fields.flag(&mut self.findings, "all_day").unwrap_or(false);
        let (wrong, what, why) = if all_day {
            (
                ["start", "end"],
                "a time stands on an all-day meeting",
                "use start_date and end_date, or leave all_day out",
            )
        } else {
            (
                ["start_date", "end_date"],
                "a day stands on a timed meeting",
                "use start and end, or set all_day to true",
            )
        };
        let contradictory: Vec<At<'a>> = wrong.into_iter().filter_map(|name| fields.get(name)).collect();
        for at in &contradictory {
            at.refuse(&mut self.findings, what, why);
        }
        let [first_name, last_name] = if all_day {
            ["start_date", "end_date"]
        } else {
            ["start", "end"]
        };
        // A contradictory field is not also reported as missing.
        let mut get = |name| match fields.get(name) {
            None if contradictory.is_empty() => {
                let why = match all_day {
                    true => "an all-day meeting needs its first and its last day",
                    false => "a meeting needs start and end, or all_day with start_date and end_date",
                };
                fields.missing(&mut self.findings, name, why);
                None
            }
            found => found,
        };
        let (first, last) = (get(first_name), get(last_name));
        let when = if all_day {
            if fields.get("time_zone").is_none() {
                fields.missing(
                    &mut self.findings,
                    "time_zone",
                    "an all-day meeting needs it: days begin and end in it",
                );
            }
            let first_day = first.as_ref().and_then(|at| self.day(at));
            let last_day = last.as_ref().and_then(|at| self.day(at));
            When::all_day(first_day?, last_day?)
        } else {
            let start = first.as_ref().and_then(|at| self.instant(at, fields, zone));
            let end = last.as_ref().and_then(|at| self.instant(at, fields, zone));
            let (start, end) = (start?, end?);
            When::timed(start, end)
        };
        let error = match when {
            Ok(when) => return Some(when),
            Err(error) => error,
        };
        let (at, what) = match error {
            InvalidWhen::EndNotAfterStart { .. } => (last?, "the meeting does not end after it starts"),
            InvalidWhen::LastBeforeFirst { .. } => (last?, "the meeting ends before it starts"),
            InvalidWhen::Year(year) => {
                let names_year = |at: &At<'a>| at.json.slice().contains(&year.to_string());
                let wrong = first
                    .filter(names_year)
                    .or(last)
                    .unwrap_or_else(|| fields.at().clone());
                (wrong, "calendars cannot write this date")
            }
        };
        at.refuse(&mut self.findings, what, error.to_string());
        None
    }

    fn day(&mut self, at: &At<'a>) -> Option<NaiveDate> {
        let text = at.text(&mut self.findings)?;
        let day = written_day(&text).ok();
        if day.is_none() {
            at.refuse(
                &mut self.findings,
                format!("{} is not a day", shown(&text)),
                "write it as 2026-12-03",
            );
        }
        day
    }

    /// An instant: a time with an offset, or a local time in the meeting's zone.
    fn instant(&mut self, at: &At<'a>, fields: &Fields<'a>, zone: Option<&Zone>) -> Option<DateTime<Utc>> {
        let text = at.text(&mut self.findings)?;
        let parsed = text.parse::<WrittenTime>().ok();
        match (parsed, zone) {
            (None, _) => {
                let what = format!("{} is not a time", shown(&text));
                let why = "write it as 2026-12-01T09:00:00Z, with an offset as 2026-12-01T10:00:00+01:00, \
                           or without one in the meeting's time_zone";
                at.refuse(&mut self.findings, what, why);
                None
            }
            (Some(WrittenTime::Instant(instant)), _) => Some(instant),
            (Some(WrittenTime::Local(local)), Some(zone)) => zone
                .resolve(local)
                .map_err(|error| {
                    let what = format!("{} is not one instant", shown(&text));
                    at.refuse(&mut self.findings, what, error.to_string());
                })
                .ok(),
            (Some(WrittenTime::Local(_)), None) => {
                // A zone that exists but is wrong was noted already.
                if fields.get("time_zone").is_none() {
                    let what = format!("{} is a local time, but nowhere", shown(&text));
                    at.refuse(
                        &mut self.findings,
                        what,
                        "give time_zone, or write the time in UTC, with a Z at its end",
                    );
                }
                None
            }
        }
    }
}
