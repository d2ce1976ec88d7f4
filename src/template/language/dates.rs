//! Dates, times and zones as the readers of a language write them, by CLDR data (ICU4X).
//!
//! Offsets always come from [`Zone`], which has the current rules. CLDR gives only the names.

use std::fmt::Display;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use icu_calendar::{Date, Gregorian};
use icu_datetime::fieldsets::enums::DateFieldSet;
use icu_datetime::fieldsets::{Combo, YMDE, YMDET, zone};
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu_datetime::range::DateRangeFormatter;
use icu_datetime::{
    DateTimeFormatter, DateTimeFormatterLoadError, DateTimeFormatterPreferences, NoCalendarFormatter,
};
use icu_datetime::{fieldsets::T, range::NoCalendarRangeFormatter};
use icu_time::zone::models::AtTime;
use icu_time::zone::{UtcOffset, ZoneNameTimestamp};
use icu_time::{Time, TimeZone, TimeZoneInfo, ZonedDateTime};
use writeable::TryWriteable as _;

use crate::meeting::{Language, Zone};

/// The formatters of one language. Making them takes far longer than using them.
#[derive(Debug)]
pub(in crate::template) struct DateFormats {
    preferences: DateTimeFormatterPreferences,
    day_short: DateTimeFormatter<YMDE>,
    day_long: DateTimeFormatter<YMDE>,
    moment_short: DateTimeFormatter<YMDET>,
    moment_long: DateTimeFormatter<YMDET>,
    moment_generic: DateTimeFormatter<Combo<YMDET, zone::GenericLong>>,
    moment_specific: DateTimeFormatter<Combo<YMDET, zone::SpecificLong>>,
    day_range: DateRangeFormatter<YMDET>,
    time_range: NoCalendarRangeFormatter<T>,
    zone_generic: NoCalendarFormatter<zone::GenericLong>,
    zone_specific: NoCalendarFormatter<zone::SpecificLong>,
    zone_offset: NoCalendarFormatter<zone::LocalizedOffsetShort>,
}

/// Whether the name of a zone is the same all year, or another in summer than in winter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneNaming {
    /// `Central European Time`.
    Generic,
    /// `Central European Summer Time`: for times so near a clock change that a generic name could mislead.
    Specific,
}

impl ZoneNaming {
    /// The naming of a zone beside times between two instants.
    pub(in crate::template) fn between(zone: &Zone, start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        let near = TimeDelta::days(1);
        match zone.transition_after(start - near) {
            Some(change) if change.at <= end + near => Self::Specific,
            _ => Self::Generic,
        }
    }
}

/// An instant on the clock of a zone.
#[derive(Debug, Clone, Copy)]
pub(in crate::template) struct Moment {
    local: DateTime<FixedOffset>,
    zone: TimeZone,
}

impl Moment {
    pub(in crate::template) fn new(instant: DateTime<Utc>, zone: &Zone) -> Self {
        Self {
            local: zone.local(instant),
            zone: TimeZone::from_iana_id(zone.primary_name()),
        }
    }

    pub(in crate::template) fn day(&self) -> NaiveDate {
        self.local.date_naive()
    }

    pub(in crate::template) fn offset(&self) -> FixedOffset {
        *self.local.offset()
    }

    fn info(&self) -> TimeZoneInfo<AtTime> {
        let offset = UtcOffset::try_from_seconds(self.offset().local_minus_utc()).ok();
        self.zone
            .with_offset(offset)
            .with_zone_name_timestamp(ZoneNameTimestamp::from_epoch_seconds(self.local.timestamp()))
    }

    fn zoned(&self) -> ZonedDateTime<Gregorian, TimeZoneInfo<AtTime>> {
        let icu_time::DateTime { date, time } = plain(self.local.naive_local());
        ZonedDateTime {
            date,
            time,
            zone: self.info(),
        }
    }
}

impl DateFormats {
    /// The formatters of a language, or of the nearest language that CLDR knows.
    pub(in crate::template) fn new(language: &Language) -> Result<Self, DateTimeFormatterLoadError> {
        let to: DateTimeFormatterPreferences = language.locale().into();
        let short = || YMDE::medium().with_time_hm();
        let long = || YMDE::long().with_time_hm();
        Ok(Self {
            preferences: to,
            day_short: DateTimeFormatter::try_new(to, YMDE::medium())?,
            day_long: DateTimeFormatter::try_new(to, YMDE::long())?,
            moment_short: DateTimeFormatter::try_new(to, short())?,
            moment_long: DateTimeFormatter::try_new(to, long())?,
            moment_generic: DateTimeFormatter::try_new(to, long().with_zone(zone::GenericLong))?,
            moment_specific: DateTimeFormatter::try_new(to, long().with_zone(zone::SpecificLong))?,
            day_range: DateRangeFormatter::try_new(to, long())?,
            time_range: NoCalendarRangeFormatter::try_new(to, T::hm())?,
            zone_generic: NoCalendarFormatter::try_new(to, zone::GenericLong)?,
            zone_specific: NoCalendarFormatter::try_new(to, zone::SpecificLong)?,
            zone_offset: NoCalendarFormatter::try_new(to, zone::LocalizedOffsetShort)?,
        })
    }

    /// `Tue, Dec 1, 2026`.
    pub(in crate::template) fn day_short(&self, day: NaiveDate) -> String {
        mail_spaces(self.day_short.format(&date(day)))
    }

    /// `Tuesday, December 1, 2026`.
    pub(in crate::template) fn day_long(&self, day: NaiveDate) -> String {
        mail_spaces(self.day_long.format(&date(day)))
    }

    /// `Tue, Dec 1, 2026, 10:00 AM`.
    pub(in crate::template) fn moment_short(&self, moment: &Moment) -> String {
        mail_spaces(self.moment_short.format(&plain(moment.local.naive_local())))
    }

    /// `Tuesday, December 1, 2026 at 10:00 AM`.
    pub(in crate::template) fn moment_long(&self, moment: &Moment) -> String {
        mail_spaces(self.moment_long.format(&plain(moment.local.naive_local())))
    }

    /// `Tuesday, December 1, 2026 at 10:00 AM Central European Time`.
    pub(super) fn moment_with_zone(&self, moment: &Moment, naming: ZoneNaming) -> String {
        match naming {
            ZoneNaming::Generic => mail_spaces(self.moment_generic.format(&moment.zoned())),
            ZoneNaming::Specific => mail_spaces(self.moment_specific.format(&moment.zoned())),
        }
    }

    /// `Tuesday, December 1, 2026 at 10:00 – 10:45 AM`. Both moments are of one day.
    pub(super) fn range_of_day(&self, start: &Moment, end: &Moment) -> String {
        debug_assert_eq!(start.day(), end.day());
        let (start, end) = (plain(start.local.naive_local()), plain(end.local.naive_local()));
        mail_spaces(self.day_range.format(&start, &end))
    }

    /// `10:00 – 10:45 AM`. Both moments are of one day.
    pub(in crate::template) fn times(&self, start: &Moment, end: &Moment) -> String {
        debug_assert_eq!(start.day(), end.day());
        let (start, end) = (plain(start.local.naive_local()), plain(end.local.naive_local()));
        mail_spaces(self.time_range.format(&start.time, &end.time))
    }

    /// `Central European Time`.
    pub(super) fn zone(&self, moment: &Moment, naming: ZoneNaming) -> String {
        match naming {
            ZoneNaming::Generic => mail_spaces(self.zone_generic.format(&moment.info())),
            ZoneNaming::Specific => mail_spaces(self.zone_specific.format(&moment.info())),
        }
    }

    /// `GMT+1`.
    pub(in crate::template) fn offset(&self, moment: &Moment) -> String {
        mail_spaces(self.zone_offset.format(&moment.info()))
    }
}

impl DateFormats {
    /// A moment by a pattern of CLDR (UTS 35, "Date Field Symbol Table"), such as `EEEE, d MMMM y 'at' HH:mm`.
    pub(in crate::template) fn pattern_of_moment(
        &self,
        pattern: &str,
        moment: &Moment,
    ) -> Result<String, String> {
        let pattern = parsed(pattern)?;
        let names = FixedCalendarDateTimeNames::<Gregorian>::try_new(self.preferences);
        let mut names = names.map_err(|error| error.to_string())?;
        let formatter = names.include_for_pattern(&pattern);
        let formatter = formatter.map_err(|error| error.to_string())?;
        let zoned = moment.zoned();
        match formatter.format(&zoned).try_write_to_string() {
            Ok(written) => Ok(mail_spaces(written)),
            Err((error, _)) => Err(error.to_string()),
        }
    }

    /// The same for a day. A day has no time of day and no zone.
    pub(in crate::template) fn pattern_of_day(
        &self,
        pattern: &str,
        day: NaiveDate,
    ) -> Result<String, String> {
        let pattern = parsed(pattern)?;
        let names = FixedCalendarDateTimeNames::<Gregorian, DateFieldSet>::try_new(self.preferences);
        let mut names = names.map_err(|error| error.to_string())?;
        let formatter = names.include_for_pattern(&pattern);
        let formatter = formatter.map_err(|error| format!("{error} (a whole day has no time)"))?;
        let day = date(day);
        match formatter.format(&day).try_write_to_string() {
            Ok(written) => Ok(mail_spaces(written)),
            Err((error, _)) => Err(error.to_string()),
        }
    }
}

fn parsed(pattern: &str) -> Result<DateTimePattern, String> {
    DateTimePattern::try_from_pattern_str(pattern)
        .map_err(|error| format!("{pattern:?} is no pattern of dates: {error:?}"))
}

fn date(day: NaiveDate) -> Date<Gregorian> {
    // Month and day of a `NaiveDate` fit, and `When` keeps the year between 1970 and 9998.
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    Date::try_new_gregorian(day.year(), part(day.month()), part(day.day()))
        .unwrap_or_else(|_| Date::from_rata_die(icu_calendar::types::RataDie::new(1), Gregorian))
}

fn plain(local: NaiveDateTime) -> icu_time::DateTime<Gregorian> {
    let part = |n: u32| u8::try_from(n).unwrap_or(0);
    let time = Time::try_new(part(local.hour()), part(local.minute()), part(local.second()), 0)
        .unwrap_or(Time::start_of_day());
    icu_time::DateTime {
        date: date(local.date()),
        time,
    }
}

/// Replaces CLDR's narrow and thin spaces by spaces that every mail program has a glyph for.
fn mail_spaces(text: impl Display) -> String {
    let text = text.to_string();
    if text.contains(['\u{202f}', '\u{2009}']) {
        text.replace('\u{202f}', "\u{a0}").replace('\u{2009}', " ")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(tag: &str) -> DateFormats {
        DateFormats::new(&Language::new(tag).unwrap()).unwrap()
    }

    fn moment(instant: &str, zone: &str) -> Moment {
        Moment::new(instant.parse().unwrap(), &Zone::new(zone).unwrap())
    }

    #[test]
    fn zones_have_current_offsets_and_the_names_people_use() {
        let english = formats("en");
        for (zone, written) in [
            (
                "America/St_Johns",
                "Tuesday, December 1, 2026 at 5:30\u{a0}AM Newfoundland Time",
            ),
            (
                "Australia/Lord_Howe",
                "Tuesday, December 1, 2026 at 8:00\u{a0}PM Lord Howe Time",
            ),
            (
                "Asia/Jerusalem",
                "Tuesday, December 1, 2026 at 11:00\u{a0}AM Israel Time",
            ),
            (
                "America/Vancouver",
                "Tuesday, December 1, 2026 at 2:00\u{a0}AM Pacific Time",
            ),
            (
                "Europe/Kiev",
                "Tuesday, December 1, 2026 at 11:00\u{a0}AM Eastern European Time",
            ),
            (
                "UTC",
                "Tuesday, December 1, 2026 at 9:00\u{a0}AM Coordinated Universal Time",
            ),
        ] {
            let moment = moment("2026-12-01T09:00:00Z", zone);
            assert_eq!(english.moment_with_zone(&moment, ZoneNaming::Generic), written);
        }
    }

    #[test]
    fn near_a_clock_change_summer_and_winter_are_told_apart() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let at = |t: &str| t.parse::<DateTime<Utc>>().unwrap();
        let naming = |start, end| ZoneNaming::between(&berlin, at(start), at(end));
        assert_eq!(
            naming("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"),
            ZoneNaming::Generic
        );
        assert_eq!(
            naming("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ZoneNaming::Specific
        );
        let english = formats("en-GB");
        let zone = |t| english.zone(&moment(t, "Europe/Berlin"), ZoneNaming::Specific);
        assert_eq!(zone("2026-10-25T00:30:00Z"), "Central European Summer Time");
        assert_eq!(zone("2026-10-25T01:30:00Z"), "Central European Standard Time");
    }

    #[test]
    fn every_language_and_zone_can_be_written() {
        // The tags of CLDR's modern coverage, and some tags that exist only as fallbacks.
        let tags = "af am ar ar-EG as az be bg bn bs ca cs cy da de de-AT el en en-AU en-GB en-u-hc-h23 es es-MX et \
                    eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr \
                    ms my nb ne nl or pa pl ps pt pt-PT ro ru sd si sk sl so sq sr sr-Latn sv sw ta te th tk tr uk ur \
                    uz vi yue zh zh-Hans zh-Hant zu tlh eo en-u-ca-hebrew en-u-ca-chinese ar-u-ca-islamic-umalqura \
                    en-u-ca-japanese en-u-ca-persian de-u-nu-deva en-u-ca-ethiopic en-u-ca-roc ja-u-ca-japanese \
                    en-u-ca-dangi en-u-ca-coptic en-u-ca-indian en-u-ca-islamic-civil en-u-hc-c12 en-u-hc-h24 en-u-ca-xyz";
        let day: NaiveDate = "2026-12-01".parse().unwrap();
        for tag in tags.split_whitespace() {
            let formats = formats(tag);
            assert!(!formats.day_long(day).is_empty() && !formats.day_short(day).is_empty());
            for zone in ["Europe/Berlin", "America/Havana", "Etc/GMT+3", "Asia/Kathmandu"] {
                let [start, noon, end] = [
                    "2026-12-01T07:00:00Z",
                    "2026-12-01T12:05:00Z",
                    "2026-12-01T14:00:00Z",
                ]
                .map(|at| moment(at, zone));
                for end in [start, noon, end] {
                    let text = formats.range_of_day(&start, &end) + &formats.times(&start, &end);
                    assert!(text.chars().any(char::is_numeric), "{tag}: {text}");
                }
                for naming in [ZoneNaming::Generic, ZoneNaming::Specific] {
                    assert!(!formats.moment_with_zone(&start, naming).is_empty(), "{tag}");
                    assert!(!formats.zone(&start, naming).is_empty(), "{tag}");
                }
                assert!(!formats.moment_long(&start).is_empty() && !formats.moment_short(&start).is_empty());
                assert!(!formats.offset(&start).is_empty());
            }
        }
    }
}
