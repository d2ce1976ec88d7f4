//! Moves records that were written for a past year into the coming weeks.

use chrono::{DateTime, TimeDelta, Utc};

use super::records::ImportFile;
use crate::meeting::{InvalidWhen, LocalTimeError, Meeting, MeetingId, MeetingStatus, When, Zone};

/// How many more weeks are tried if a clock change skips or repeats a time. Within this many weeks all the clock
/// changes of a year pass.
const TRIES: i64 = 53;

/// Why meetings cannot be moved to the coming weeks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("meeting {:?} cannot be moved by {weeks} weeks", meeting.as_str())]
pub struct CannotMove {
    /// The meeting.
    pub meeting: MeetingId,
    /// The last number of weeks that was tried.
    pub weeks: i64,
    source: NoSuchTime,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoSuchTime {
    #[error(transparent)]
    Local(#[from] LocalTimeError),
    #[error(transparent)]
    When(#[from] InvalidWhen),
    #[error("it would lie beyond all dates")]
    OutOfRange,
}

impl ImportFile {
    /// Moves all meetings by the same number of weeks, so that the first planned meeting is in 1 to 7 days, on the
    /// calendar of its zone. Each meeting keeps its weekdays, and its times on the clock of its zone. A meeting that
    /// was over when the first planned one began is still over. If a clock change skips or repeats one of the times,
    /// all meetings move by another week. Without a planned meeting nothing moves.
    ///
    /// # Errors
    /// [`CannotMove`] if no number of weeks works.
    pub fn move_to_coming_weeks(&mut self, now: DateTime<Utc>) -> Result<(), CannotMove> {
        let Some(weeks) = self.weeks_to(now) else {
            return Ok(());
        };
        let mut further = weeks..weeks + TRIES;
        let moved = loop {
            let Some(weeks) = further.next() else {
                return Ok(());
            };
            let moved: Result<Vec<When>, _> = self
                .meetings
                .iter()
                .map(|record| moved(&record.meeting, weeks))
                .collect();
            match moved {
                Ok(moved) => break moved,
                Err(error) if further.is_empty() => return Err(error),
                Err(_) => {}
            }
        };
        for (record, when) in self.meetings.iter_mut().zip(moved) {
            record.meeting.when = when;
        }
        Ok(())
    }

    /// The number of weeks by which the first planned meeting is to be moved.
    fn weeks_to(&self, now: DateTime<Utc>) -> Option<i64> {
        let meetings = self.meetings.iter().map(|record| &record.meeting);
        let planned = meetings.filter(|meeting| meeting.status == MeetingStatus::Planned);
        let first = planned.min_by_key(|meeting| meeting.when.span(&meeting.time_zone).0)?;
        let day = |instant| first.time_zone.local(instant).date_naive();
        let until_tomorrow = day(now) - day(first.when.span(&first.time_zone).0) + TimeDelta::days(1);
        let days = until_tomorrow.num_days();
        Some(days.div_euclid(7) + i64::from(days.rem_euclid(7) > 0))
    }
}

fn moved(meeting: &Meeting, weeks: i64) -> Result<When, CannotMove> {
    let when = &meeting.when;
    let moved = || match (when.instants(), when.days()) {
        // Unmoved instants stay exact, even if their local time happens twice.
        _ if weeks == 0 => Ok(*when),
        (Some((start, end)), _) => {
            let later = |instant| at_the_same_time(instant, weeks, &meeting.time_zone);
            Ok(When::timed(later(start)?, later(end)?)?)
        }
        (None, Some((first, last))) => {
            let later = |day: chrono::NaiveDate| {
                let by = TimeDelta::try_weeks(weeks).ok_or(NoSuchTime::OutOfRange)?;
                day.checked_add_signed(by).ok_or(NoSuchTime::OutOfRange)
            };
            Ok(When::all_day(later(first)?, later(last)?)?)
        }
        (None, None) => Ok(*when),
    };
    moved().map_err(|source| CannotMove {
        meeting: meeting.id().clone(),
        weeks,
        source,
    })
}

/// The instant this many weeks later, at the same time on the clock of a zone.
fn at_the_same_time(instant: DateTime<Utc>, weeks: i64, zone: &Zone) -> Result<DateTime<Utc>, NoSuchTime> {
    let by = TimeDelta::try_weeks(weeks).ok_or(NoSuchTime::OutOfRange)?;
    let local = zone.local(instant).naive_local();
    let later = local.checked_add_signed(by).ok_or(NoSuchTime::OutOfRange)?;
    Ok(zone.resolve(later)?)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike as _, NaiveDateTime};
    use proptest::prelude::*;

    use super::super::read;
    use super::*;

    fn sandbox() -> ImportFile {
        read(include_str!("../../../fixtures/sandbox.json"), "sandbox.json").unwrap()
    }

    fn one(when: &str) -> ImportFile {
        let text = format!(r#"{{"meetings": [{{"id": "m", "name": "M", {when}}}]}}"#);
        read(&text, "one.json").unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn moved(mut records: ImportFile, now: DateTime<Utc>) -> ImportFile {
        records.move_to_coming_weeks(now).unwrap();
        records
    }

    /// Start and end on the clock of the meeting's zone.
    fn local(meeting: &Meeting) -> (NaiveDateTime, NaiveDateTime) {
        let (start, end) = meeting.when.span(&meeting.time_zone);
        let local = |instant| meeting.time_zone.local(instant).naive_local();
        (local(start), local(end))
    }

    fn start_of(records: &ImportFile) -> DateTime<Utc> {
        records.meetings[0]
            .meeting
            .when
            .span(&records.meetings[0].meeting.time_zone)
            .0
    }

    #[test]
    fn the_week_before_it_stays_and_on_its_day_it_is_a_week_later() {
        for (now, start) in [
            ("2026-11-23T22:59:00Z", "2026-11-24T09:00:00Z"),
            // In Berlin it is already the 24th.
            ("2026-11-23T23:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-11-25T08:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-11-30T22:59:00Z", "2026-12-01T09:00:00Z"),
            ("2026-11-30T23:00:00Z", "2026-12-08T09:00:00Z"),
            ("2027-03-25T12:00:00Z", "2027-03-30T08:00:00Z"),
            ("2027-07-01T12:00:00Z", "2027-07-06T08:00:00Z"),
        ] {
            let records = moved(sandbox(), at(now));
            assert_eq!(records.meetings[0].meeting.id().as_str(), "kickoff");
            assert_eq!(start_of(&records), at(start), "{now}");
        }
    }

    #[test]
    fn a_time_that_a_clock_change_skips_or_repeats_is_passed_over() {
        let night =
            r#""start": "2026-12-06T02:30:00", "end": "2026-12-06T03:30:00", "time_zone": "Europe/Berlin""#;
        for (now, start) in [
            ("2027-03-15T12:00:00Z", "2027-03-21T01:30:00Z"),
            // On the 28th there is no 02:30.
            ("2027-03-22T12:00:00Z", "2027-04-04T00:30:00Z"),
            // On the 31st, 02:30 happens twice.
            ("2027-10-25T12:00:00Z", "2027-11-07T01:30:00Z"),
        ] {
            assert_eq!(start_of(&moved(one(night), at(now))), at(start), "{now}");
        }
        // The same holds for the end, and for every other meeting.
        let into_the_night =
            r#""start": "2026-12-06T00:30:00", "end": "2026-12-06T02:30:00", "time_zone": "Europe/Berlin""#;
        let records = moved(one(into_the_night), at("2027-03-22T12:00:00Z"));
        assert_eq!(start_of(&records), at("2027-04-03T22:30:00Z"));
    }

    #[test]
    fn a_meeting_that_need_not_move_may_be_at_a_time_that_happens_twice() {
        let second =
            r#""start": "2027-10-31T01:30:00Z", "end": "2027-10-31T02:30:00Z", "time_zone": "Europe/Berlin""#;
        let records = moved(one(second), at("2027-10-28T12:00:00Z"));
        assert_eq!(records, one(second));
    }

    #[test]
    fn whole_days_move_too_and_nothing_moves_without_a_plan() {
        let days = r#""all_day": true, "start_date": "2026-12-03", "end_date": "2026-12-04", "time_zone": "Asia/Tokyo""#;
        let records = moved(one(days), at("2027-03-24T14:59:00Z"));
        let expected = ("2027-03-25".parse().unwrap(), "2027-03-26".parse().unwrap());
        assert_eq!(records.meetings[0].meeting.when.days(), Some(expected));
        let held = format!(r#""status": "Held", {days}"#);
        assert_eq!(moved(one(&held), at("2027-03-24T14:59:00Z")), one(&held));
        assert_eq!(
            moved(ImportFile::default(), at("2027-03-24T14:59:00Z")),
            ImportFile::default()
        );
    }

    #[test]
    fn beyond_all_dates_there_is_no_week() {
        let mut records = sandbox();
        let error = records
            .move_to_coming_weeks(at("9999-12-30T12:00:00Z"))
            .unwrap_err();
        assert!(error.to_string().starts_with("meeting \""), "{error}");
        assert_eq!(records, sandbox());
        assert!(records.move_to_coming_weeks(DateTime::<Utc>::MAX_UTC).is_err());
    }

    proptest! {
        #[test]
        fn the_sandbox_lies_ahead_whenever_it_is_loaded(now in 1_704_067_200_i64..2_840_140_800) {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            let (before, after) = (sandbox(), moved(sandbox(), now));
            let start = start_of(&after);
            prop_assert!(now < start && start - now < TimeDelta::days(8), "{start}");
            let days = (local(&after.meetings[0].meeting).0 - local(&before.meetings[0].meeting).0).num_days();
            prop_assert_eq!(days % 7, 0);
            for (before, after) in before.meetings.iter().zip(&after.meetings) {
                let (before, after) = (&before.meeting, &after.meeting);
                let (was, is) = (local(before), local(after));
                prop_assert_eq!(is, (was.0 + TimeDelta::days(days), was.1 + TimeDelta::days(days)));
                prop_assert_eq!(is.0.weekday(), was.0.weekday());
                let is_over = after.when.span(&after.time_zone).1 <= now;
                prop_assert_eq!(is_over, after.status == MeetingStatus::Held, "{}", after.id());
            }
        }
    }
}
