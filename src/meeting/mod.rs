//! The basic types of the field: meetings, people, addresses, zones. Nothing here does I/O. Every value is checked when
//! it is made, so that the layers above need not check it again.

mod address;
mod id;
mod language;
mod online_location;
mod online_settings;
mod people;
mod revision;
mod written_time;
mod zone;

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use address::{EmailAddress, InvalidEmail, InvalidJoinUrl, JoinUrl};
pub use id::{InvalidId, MeetingId, PersonId, RoleId};
pub use language::{InvalidLanguage, Language};
pub use online_location::{InvalidOnlineLocation, OnlineLocation};
pub use online_settings::{InvalidOnlineSettings, OnlineSettings};
pub use people::{
    Acceptance, Attendee, EditAccess, InvalidPersonRef, Person, PersonKind, PersonRef, Reach, UserFacts,
};
pub use revision::{Change, ChangedField, Facts, Revision, Tenure};
pub use written_time::{InvalidDay, InvalidTime, WrittenTime, written_day};
pub use zone::{LocalTimeError, Transition, UnknownZone, Zone, tzdb_version};

/// The status of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum MeetingStatus {
    /// The meeting is to take place.
    #[default]
    Planned,
    /// The meeting took place.
    Held,
    /// The meeting was called off.
    NotHeld,
}

impl MeetingStatus {
    /// The status as the CRM writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Held => "Held",
            Self::NotHeld => "NotHeld",
        }
    }
}

impl fmt::Display for MeetingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The time of a meeting: two instants, or whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawWhen", into = "RawWhen")]
pub struct When(RawWhen);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
enum RawWhen {
    Timed {
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    },
    AllDay {
        start_date: NaiveDate,
        end_date: NaiveDate,
    },
}

/// Why two times are no time of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWhen {
    /// The end is not after the start: a timed meeting must have a length.
    #[error("the end, {end}, is not after the start, {start}")]
    EndNotAfterStart {
        /// The start.
        start: DateTime<Utc>,
        /// The end.
        end: DateTime<Utc>,
    },
    /// The last day is before the first.
    #[error("the last day, {last}, is before the first, {first}")]
    LastBeforeFirst {
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// The year is outside of the range that calendars can write.
    #[error("the year {0} is not between 1970 and 9998")]
    Year(i32),
}

impl When {
    /// A time from one instant to a later one. Both are cut to whole seconds.
    ///
    /// # Errors
    /// [`InvalidWhen`] when the end is not after the start or a year is out of range.
    pub fn timed(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, InvalidWhen> {
        let whole = |t: DateTime<Utc>| DateTime::from_timestamp(t.timestamp(), 0).unwrap_or(t);
        let (start, end) = (whole(start), whole(end));
        check_year(start.date_naive())?;
        check_year(end.date_naive())?;
        if end <= start {
            return Err(InvalidWhen::EndNotAfterStart { start, end });
        }
        Ok(Self(RawWhen::Timed { start, end }))
    }

    /// Whole days, from the first to the last day, both included.
    ///
    /// # Errors
    /// [`InvalidWhen`] when the last day is before the first or a year is out of range.
    pub fn all_day(first: NaiveDate, last: NaiveDate) -> Result<Self, InvalidWhen> {
        check_year(first)?;
        check_year(last)?;
        if last < first {
            return Err(InvalidWhen::LastBeforeFirst { first, last });
        }
        Ok(Self(RawWhen::AllDay {
            start_date: first,
            end_date: last,
        }))
    }

    /// Whether the meeting takes whole days.
    #[must_use]
    pub fn is_all_day(&self) -> bool {
        matches!(self.0, RawWhen::AllDay { .. })
    }

    /// Start and end of a timed meeting.
    #[must_use]
    pub fn instants(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match self.0 {
            RawWhen::Timed { start, end } => Some((start, end)),
            RawWhen::AllDay { .. } => None,
        }
    }

    /// First and last day of an all-day meeting, both included.
    #[must_use]
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self.0 {
            RawWhen::Timed { .. } => None,
            RawWhen::AllDay { start_date, end_date } => Some((start_date, end_date)),
        }
    }

    /// Start and end as instants. Whole days begin and end at midnight in the given zone.
    #[must_use]
    pub fn span(&self, zone: &Zone) -> (DateTime<Utc>, DateTime<Utc>) {
        match self.0 {
            RawWhen::Timed { start, end } => (start, end),
            RawWhen::AllDay { start_date, end_date } => {
                let begin = |day: NaiveDate| {
                    zone.start_of_day(day)
                        .unwrap_or_else(|| day.and_time(chrono::NaiveTime::MIN).and_utc())
                };
                (begin(start_date), begin(end_date + Days::new(1)))
            }
        }
    }

    /// The instant at which the meeting is over in every time zone. Whole days end last at UTC−12, 12 hours after they
    /// end in UTC.
    #[must_use]
    pub fn is_over_everywhere_at(&self) -> DateTime<Utc> {
        match self.0 {
            RawWhen::Timed { end, .. } => end,
            RawWhen::AllDay { end_date, .. } => {
                let midnight = (end_date + Days::new(1)).and_time(chrono::NaiveTime::MIN);
                midnight.and_utc() + TimeDelta::hours(12)
            }
        }
    }

    /// The length of the meeting. Whole days are counted in the given zone.
    #[must_use]
    pub fn duration(&self, zone: &Zone) -> TimeDelta {
        let (start, end) = self.span(zone);
        end - start
    }
}

/// The first 16 hex digits of a text's SHA-256: enough to tell two descriptions of one meeting apart.
fn digest(text: &str) -> String {
    format!("{:.16x}", Sha256::digest(text))
}

fn check_year(day: NaiveDate) -> Result<(), InvalidWhen> {
    use chrono::Datelike;
    if (1970..=9998).contains(&day.year()) {
        Ok(())
    } else {
        Err(InvalidWhen::Year(day.year()))
    }
}

impl TryFrom<RawWhen> for When {
    type Error = InvalidWhen;
    fn try_from(raw: RawWhen) -> Result<Self, InvalidWhen> {
        match raw {
            RawWhen::Timed { start, end } => Self::timed(start, end),
            RawWhen::AllDay { start_date, end_date } => Self::all_day(start_date, end_date),
        }
    }
}

impl From<When> for RawWhen {
    fn from(when: When) -> Self {
        when.0
    }
}

/// Why a meeting could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMeeting {
    /// The name is empty.
    #[error("a meeting needs a name")]
    NoName,
    /// The UID is empty, too long, or has a control character in it.
    #[error(
        "{0:?} cannot be an iCalendar UID: it must have 1 to 255 characters, none of them a control character"
    )]
    Uid(String),
}

/// A meeting of the CRM, without its attendees, which are records of their own.
///
/// ```
/// use invite::meeting::{Meeting, MeetingId, When, Zone};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let when = When::timed("2026-12-01T09:00:00Z".parse()?, "2026-12-01T09:45:00Z".parse()?)?;
/// let meeting = Meeting::new(MeetingId::new("kickoff")?, "Kick-off", when, Zone::new("Europe/Berlin")?)?;
/// assert_eq!(meeting.name(), "Kick-off");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    id: MeetingId,
    name: String,
    uid: Option<String>,
    /// The time of the meeting.
    pub when: When,
    /// The organizer's zone. The days of an all-day meeting are days of this zone, and mails show the zone beside the
    /// time.
    pub time_zone: Zone,
    /// The status.
    pub status: MeetingStatus,
    /// The host: the online meeting is in this user's account, and ORGANIZER is this user.
    pub assigned_user: Option<PersonId>,
    /// The description; may contain HTML.
    pub description: Option<String>,
    /// The physical place.
    pub location: Option<String>,
    /// The provider of the online meeting. `None`: people do not meet online.
    pub online_location: Option<OnlineLocation>,
    /// The meeting's own settings, where it differs from the organization's other online meetings.
    pub online_settings: OnlineSettings,
    /// The join link, as the CRM has it.
    pub join_url: Option<JoinUrl>,
}

impl Meeting {
    /// Makes a planned meeting.
    ///
    /// # Errors
    /// [`InvalidMeeting::NoName`] when the name has no visible character.
    pub fn new(
        id: MeetingId,
        name: impl Into<String>,
        when: When,
        time_zone: Zone,
    ) -> Result<Self, InvalidMeeting> {
        let mut meeting = Self {
            id,
            name: String::new(),
            uid: None,
            when,
            time_zone,
            status: MeetingStatus::Planned,
            assigned_user: None,
            description: None,
            location: None,
            online_location: None,
            online_settings: OnlineSettings::default(),
            join_url: None,
        };
        meeting.rename(name)?;
        Ok(meeting)
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &MeetingId {
        &self.id
    }

    /// The name, on one line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Changes the name. Line breaks and other control characters become spaces.
    ///
    /// # Errors
    /// [`InvalidMeeting::NoName`] when the name has no visible character.
    pub fn rename(&mut self, name: impl Into<String>) -> Result<(), InvalidMeeting> {
        let name = one_line(&name.into());
        if name.is_empty() {
            return Err(InvalidMeeting::NoName);
        }
        self.name = name;
        Ok(())
    }

    /// The iCalendar UID, if the CRM has one.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// Sets the iCalendar UID that the CRM has.
    ///
    /// # Errors
    /// [`InvalidMeeting::Uid`] if the text cannot be a UID.
    pub fn set_uid(&mut self, uid: impl Into<String>) -> Result<(), InvalidMeeting> {
        let uid = uid.into();
        if uid.is_empty() || uid.chars().count() > 255 || uid.chars().any(char::is_control) {
            return Err(InvalidMeeting::Uid(uid));
        }
        self.uid = Some(uid);
        Ok(())
    }

    /// The facts that matter to invitees. A change of them raises the revision.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            name: self.name.clone(),
            when: self.when,
            location: self.location.clone(),
            join_url: self.join_url.clone(),
            status: self.status,
            description: Some(digest(self.description.as_deref().unwrap_or_default())),
        }
    }
}

/// Text on one line: each run of line breaks and other control characters, with the spaces around it, becomes one
/// space, and spaces at the ends are dropped. Names and subjects need it, because they end up in headers.
#[must_use]
pub fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let pieces = text
        .split(is_break)
        .map(|piece| piece.trim_matches(' '))
        .filter(|piece| !piece.is_empty());
    pieces.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_after_its_start() {
        let at = |t: &str| t.parse::<DateTime<Utc>>().unwrap();
        let day = |t: &str| t.parse::<NaiveDate>().unwrap();
        assert!(When::timed(at("2026-12-01T09:00:00Z"), at("2026-12-01T09:00:00Z")).is_err());
        assert!(When::timed(at("2026-12-01T09:00:00.9Z"), at("2026-12-01T09:00:00.95Z")).is_err());
        assert!(When::all_day(day("2026-12-04"), day("2026-12-03")).is_err());
        assert!(When::all_day(day("2026-12-03"), day("2026-12-03")).is_ok());
    }

    #[test]
    fn all_days_span_midnights_of_the_zone() {
        let when = When::all_day("2026-10-25".parse().unwrap(), "2026-10-25".parse().unwrap()).unwrap();
        // Summer time ends on that day in Berlin: the day has 25 hours.
        assert_eq!(
            when.duration(&Zone::new("Europe/Berlin").unwrap()),
            TimeDelta::hours(25)
        );
    }

    #[test]
    fn whole_days_are_over_everywhere_when_they_end_in_the_last_zone() {
        let day = When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap();
        assert_eq!(
            day.is_over_everywhere_at().to_rfc3339(),
            "2026-12-05T12:00:00+00:00"
        );
        let hour = When::timed(
            "2026-12-01T09:00:00Z".parse().unwrap(),
            "2026-12-01T10:00:00Z".parse().unwrap(),
        );
        assert_eq!(
            hour.unwrap().is_over_everywhere_at().to_rfc3339(),
            "2026-12-01T10:00:00+00:00"
        );
    }

    #[test]
    fn when_reads_back_what_it_writes_and_checks_it() {
        let when: When =
            serde_json::from_str(r#"{"start_date":"2026-12-03","end_date":"2026-12-04"}"#).unwrap();
        assert!(when.is_all_day());
        assert!(
            serde_json::from_str::<When>(r#"{"start":"2026-12-01T09:00:00Z","end":"2026-12-01T08:00:00Z"}"#)
                .is_err()
        );
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(one_line(" a\r\n b  b\u{2028}c\u{0}\u{7}d "), "a b  b c d");
        assert_eq!(one_line("\r\n\t"), "");
    }
}
