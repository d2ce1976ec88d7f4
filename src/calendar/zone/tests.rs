//! Each VTIMEZONE, interpreted by RFC 5545 and as Exchange reads it.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// One part of a VTIMEZONE, as a reader sees it that knows only RFC 5545.
#[derive(Debug)]
struct Part {
    is_standard: bool,
    onset: NaiveDateTime,
    before: i32,
    offset: i32,
    rule: Option<Rule>,
}

fn read(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(kind @ ("STANDARD" | "DAYLIGHT")) = line.strip_prefix("BEGIN:") else {
            continue;
        };
        let mut value = |name| lines.next().unwrap().strip_prefix(name).unwrap().to_owned();
        let onset = value("DTSTART:");
        let offset = |text: String| {
            let number = |i: usize| text.get(i..i + 2).map_or(0, |n| n.parse::<i32>().unwrap());
            let seconds = number(1) * 3600 + number(3) * 60 + number(5);
            if text.starts_with('-') { -seconds } else { seconds }
        };
        let onset = NaiveDateTime::parse_from_str(&onset, "%Y%m%dT%H%M%S").unwrap();
        let (before, after) = (offset(value("TZOFFSETFROM:")), offset(value("TZOFFSETTO:")));
        value("TZNAME:");
        let rule = lines
            .next()
            .unwrap()
            .strip_prefix("RRULE:FREQ=YEARLY;BYMONTH=")
            .map(|rule| {
                let (month, day) = rule.split_once(";BYDAY=").unwrap();
                let (nth, weekday) = day.split_at(day.len() - 2);
                let weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
                let weekday = weekdays.iter().position(|name| *name == weekday).unwrap();
                Rule {
                    month: month.parse().unwrap(),
                    nth: nth.parse().unwrap(),
                    weekday: Weekday::try_from(u8::try_from(weekday).unwrap()).unwrap(),
                }
            });
        parts.push(Part {
            is_standard: kind == "STANDARD",
            onset,
            before,
            offset: after,
            rule,
        });
    }
    parts
}

impl Part {
    /// The last beginning of the part until an instant.
    fn begins_until(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.rule.map_or(self.onset.year(), |_| instant.year() + 1);
        (self.onset.year()..=last)
            .rev()
            .map(|year| {
                self.rule.map_or(self.onset, |rule| {
                    occurs_in(rule, year).and_time(self.onset.time())
                })
            })
            .map(|onset| onset.and_utc() - TimeDelta::seconds(self.before.into()))
            .find(|begin| *begin <= instant)
    }
}

fn occurs_in(rule: Rule, year: i32) -> NaiveDate {
    let nth = |n| NaiveDate::from_weekday_of_month_opt(year, rule.month, rule.weekday, n);
    match u8::try_from(rule.nth) {
        Ok(n) => nth(n).unwrap(),
        Err(_) => nth(5).or_else(|| nth(4)).unwrap(),
    }
}

/// The offset at an instant by these parts. Each part holds from its onset on.
fn offset_at(parts: &[Part], instant: DateTime<Utc>) -> Option<i32> {
    let held = parts
        .iter()
        .filter_map(|part| Some((part.begins_until(instant)?, part.offset)));
    held.max_by_key(|(begin, _)| *begin).map(|(_, offset)| offset)
}

/// The instants of a local time by these parts. There are several if the local time happens twice.
fn instants(parts: &[Part], local: NaiveDateTime) -> Vec<DateTime<Utc>> {
    let mut offsets: Vec<_> = parts.iter().map(|part| part.offset).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let instants = offsets
        .into_iter()
        .map(|offset| (offset, local.and_utc() - TimeDelta::seconds(offset.into())));
    instants
        .filter(|(offset, instant)| offset_at(parts, *instant) == Some(*offset))
        .map(|(_, instant)| instant)
        .collect()
}

/// The beginning of a part in a year as Exchange reads it: by its rule, or by the weekday of its onset and that
/// weekday's number within the month (the 5th counts as the last).
fn repeats_in(part: &Part, year: i32) -> NaiveDateTime {
    let nth = i8::try_from((part.onset.day() - 1) / 7 + 1).unwrap();
    let rule = part.rule.unwrap_or(Rule {
        month: part.onset.month(),
        weekday: part.onset.weekday(),
        nth: if nth == 5 { -1 } else { nth },
    });
    occurs_in(rule, year).and_time(part.onset.time())
}

/// The instants around which meetings are tested: clock changes of several eras, and dates without one.
fn moments(zone: &Zone) -> Vec<DateTime<Utc>> {
    let mut moments = Vec::new();
    for era in [
        "1971-06-01T12:00:00Z",
        "1999-12-31T23:30:00Z",
        "2026-11-24T08:00:00Z",
        "2027-07-01T00:00:00Z",
        "2049-02-03T04:05:06Z",
    ] {
        let era = at(era);
        moments.push(era);
        let changes = [zone.transition_before(era), zone.transition_after(era)];
        let changes = changes.into_iter().flatten().map(|change| change.at);
        moments.extend(changes.filter(|change| change.year() > 1970));
    }
    moments
}

#[test]
fn every_zone_is_explained_around_its_changes() {
    let (mut explained, mut total) = (0, 0);
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = Zone::new(tz.name()).unwrap();
        for moment in moments(&zone) {
            for minutes in [-121, -1, 0, 30, 121] {
                for length in [TimeDelta::minutes(45), TimeDelta::hours(30), TimeDelta::days(200)] {
                    let start = moment + TimeDelta::minutes(minutes);
                    total += 1;
                    explained += u32::from(is_explained(&zone, start, start + length));
                }
            }
        }
    }
    // Most of these instants lie at clock changes. Even so, UTC must be the exception.
    assert!(explained * 10 > total * 7, "{explained} of {total}");
}

/// Checks one meeting. `false`: the meeting is to be written in UTC.
fn is_explained(zone: &Zone, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    let Some(zoned) = Zoned::new(zone, start, end) else {
        if zone.name() == "Africa/Monrovia" && start.year() < 1973 {
            return false;
        }
        let is_exact = |t| zone.resolve(zone.local(t).naive_local()) == Ok(t);
        assert!(
            is_utc(zone, start) || !is_exact(start) || !is_exact(end),
            "{zone} {start} {end}"
        );
        return false;
    };
    let text = zoned.definition().to_text();
    let parts = read(&text);
    assert_eq!(instants(&parts, zoned.start), [start], "{text}");
    assert_eq!(instants(&parts, zoned.end), [end], "{text}");
    let mut t = start;
    while t <= end {
        assert_eq!(
            offset_at(&parts, t),
            Some(zone.offset_at(t).local_minus_utc()),
            "{t} {text}"
        );
        t += (end - start) / 8;
    }
    if parts.iter().all(|part| part.rule.is_some()) {
        for months in (0..60).step_by(2) {
            let t = start + TimeDelta::days(30 * months);
            let offset = zone.offset_at(t).local_minus_utc();
            assert_eq!(offset_at(&parts, t), Some(offset), "{t} {text}");
        }
    }
    assert!(parts.iter().any(|part| part.is_standard), "{text}");
    let has_no_change = zone.transition_after(start).is_none_or(|change| change.at > end);
    if has_no_change {
        assert!(parts.len() <= 2, "{text}");
        assert_eq!(
            exchange_offset(&parts, zoned.start),
            zone.offset_at(start).local_minus_utc(),
            "{start} {text}"
        );
    }
    true
}

/// The offset of a local time as Exchange computes it: one standard time and one daylight saving time, every year the
/// same.
fn exchange_offset(parts: &[Part], local: NaiveDateTime) -> i32 {
    let standard = parts
        .iter()
        .filter(|part| part.is_standard)
        .max_by_key(|part| part.onset)
        .unwrap();
    let Some(daylight) = parts.iter().find(|part| !part.is_standard) else {
        return standard.offset;
    };
    let year = local.year();
    let changes = [-1, 0]
        .into_iter()
        .flat_map(|years| [standard, daylight].map(|part| (repeats_in(part, year + years), part.offset)));
    changes
        .filter(|(onset, _)| *onset <= local)
        .max_by_key(|(onset, _)| *onset)
        .unwrap()
        .1
}

#[test]
fn a_repeated_hour_is_told_in_utc() {
    let berlin = Zone::new("Europe/Berlin").unwrap();
    let zoned = |start: &str, end: &str| Zoned::new(&berlin, at(start), at(end)).is_some();
    // 02:30 happens at 00:30 and at 01:30 UTC.
    assert!(!zoned("2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"));
    assert!(!zoned("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"));
    assert!(!zoned("2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z"));
    assert!(zoned("2026-10-24T23:30:00Z", "2026-10-25T02:00:00Z"));
}

#[test]
fn utc_by_any_name_has_no_rules() {
    for name in ["UTC", "Etc/UTC", "Etc/GMT", "GMT", "Zulu", "Etc/Greenwich"] {
        let zone = Zone::new(name).unwrap();
        assert!(
            Zoned::new(&zone, at("2026-12-01T09:00:00Z"), at("2026-12-01T10:00:00Z")).is_none(),
            "{name}"
        );
    }
}

fn definition(zone: &str, start: &str, end: &str) -> String {
    let zone = Zone::new(zone).unwrap();
    Zoned::new(&zone, at(start), at(end))
        .unwrap()
        .definition()
        .to_text()
        .replace('\r', "")
}

#[test]
fn the_winter_of_berlin_and_what_ends_it() {
    insta::assert_snapshot!(definition(
        "Europe/Berlin",
        "2026-12-01T09:00:00Z",
        "2026-12-01T10:00:00Z"
    ), @r"
    BEGIN:VTIMEZONE
    TZID:Europe/Berlin
    BEGIN:STANDARD
    DTSTART:20261025T030000
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    TZNAME:CET
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:20270328T020000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    TZNAME:CEST
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    END:DAYLIGHT
    END:VTIMEZONE
    ");
}

#[test]
fn the_summer_of_dublin_is_daylight_time() {
    insta::assert_snapshot!(definition(
        "Europe/Dublin",
        "2027-07-01T09:00:00Z",
        "2027-07-01T10:00:00Z"
    ), @r"
    BEGIN:VTIMEZONE
    TZID:Europe/Dublin
    BEGIN:DAYLIGHT
    DTSTART:20270328T010000
    TZOFFSETFROM:+0000
    TZOFFSETTO:+0100
    TZNAME:IST
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    END:DAYLIGHT
    BEGIN:STANDARD
    DTSTART:20271031T020000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0000
    TZNAME:GMT
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    END:STANDARD
    END:VTIMEZONE
    ");
}

#[test]
fn a_zone_that_has_done_with_changes_has_one_standard_time() {
    insta::assert_snapshot!(definition(
        "America/Vancouver",
        "2026-12-01T09:00:00Z",
        "2026-12-01T10:00:00Z"
    ), @r"
    BEGIN:VTIMEZONE
    TZID:America/Vancouver
    BEGIN:STANDARD
    DTSTART:20260308T020000
    TZOFFSETFROM:-0800
    TZOFFSETTO:-0700
    TZNAME:MST
    END:STANDARD
    END:VTIMEZONE
    ");
}

#[test]
fn half_an_hour_of_summer_time_within_a_meeting() {
    insta::assert_snapshot!(definition(
        "Australia/Lord_Howe",
        "2027-04-03T10:00:00Z",
        "2027-04-04T10:00:00Z"
    ), @r"
    BEGIN:VTIMEZONE
    TZID:Australia/Lord_Howe
    BEGIN:DAYLIGHT
    DTSTART:20261004T020000
    TZOFFSETFROM:+1030
    TZOFFSETTO:+1100
    TZNAME:+11
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
    END:DAYLIGHT
    BEGIN:STANDARD
    DTSTART:20270404T020000
    TZOFFSETFROM:+1100
    TZOFFSETTO:+1030
    TZNAME:+1030
    RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
    END:STANDARD
    END:VTIMEZONE
    ");
}
