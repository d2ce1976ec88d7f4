//! Local times of a zone, and the VTIMEZONE that defines them (RFC 5545 §3.6.5).

#[cfg(test)]
mod tests;

use std::iter::successors;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

use super::content::{Block, Line, Param, Value};
use crate::meeting::{Transition, Zone};

/// Two clock changes that are further apart than this are not the two changes of one year.
const YEAR: TimeDelta = TimeDelta::days(366);

/// The number of years for which a rule must hold before it is written. Within this time, each weekday falls on every
/// date.
const RULE_YEARS: usize = 15;

/// A span written in local times of a zone.
#[derive(Debug)]
pub(super) struct Zoned {
    zone: &'static str,
    start: NaiveDateTime,
    end: NaiveDateTime,
    observances: Vec<Observance>,
}

/// A period during which an offset holds.
#[derive(Debug)]
struct Observance {
    /// The beginning of the period, on the clock before the change.
    onset: NaiveDateTime,
    before: FixedOffset,
    offset: FixedOffset,
    name: String,
    is_dst: bool,
    rule: Option<Rule>,
}

/// A yearly rule for the beginning of a period, such as the last Sunday of March.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    month: u32,
    weekday: Weekday,
    /// The number of the weekday within the month: 1 to 4, or -1 for the last.
    nth: i8,
}

impl Zoned {
    /// The span in local times. `None`: UTC is the better form. That is so:
    ///
    /// - in UTC itself, which has no rules to define;
    /// - if the clock is put back over the start or the end: a repeated local time means its first occurrence (RFC 5545
    ///   §3.3.5), so the second one cannot be written, and clients disagree on the first one;
    /// - before 1970 on the zone's clock, because zones are only described from 1970 on;
    /// - if the span is longer than 1 year, because its clock changes would fill the calendar object;
    /// - if an offset has odd seconds, as Liberia's had until 1972, because clients do not expect them.
    pub(super) fn new(zone: &Zone, start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Self> {
        let exact = |instant| {
            let local = zone.local(instant).naive_local();
            (zone.resolve(local) == Ok(instant) && local.year() >= 1970).then_some(local)
        };
        if end - start > YEAR || is_utc(zone, start) {
            return None;
        }
        let zoned = Self {
            zone: zone.name(),
            start: exact(start)?,
            end: exact(end)?,
            observances: observances(zone, start, end),
        };
        let mut offsets = zoned.observances.iter().map(|observance| observance.offset);
        offsets.all(has_whole_minutes).then_some(zoned)
    }

    pub(super) fn start(&self) -> Line {
        Line::new("DTSTART", Value::local(self.start)).with("TZID", Param::token(self.zone))
    }

    pub(super) fn end(&self) -> Line {
        Line::new("DTEND", Value::local(self.end)).with("TZID", Param::token(self.zone))
    }

    /// The VTIMEZONE. If the zone has daylight saving time, only the lowest of its offsets is STANDARD. For Ireland and
    /// Morocco the tz database calls winter time the exception, which clients do not expect.
    pub(super) fn definition(&self) -> Block {
        let mut block = Block::new("VTIMEZONE");
        block.push(Line::new("TZID", Value::token(self.zone)));
        let has_dst = self.observances.iter().any(|o| o.is_dst);
        let lowest = self.observances.iter().map(|o| o.offset.local_minus_utc()).min();
        for observance in &self.observances {
            let is_standard = !has_dst || Some(observance.offset.local_minus_utc()) == lowest;
            let mut part = Block::new(if is_standard { "STANDARD" } else { "DAYLIGHT" });
            part.push(Line::new("DTSTART", Value::local(observance.onset)));
            part.push(Line::new("TZOFFSETFROM", Value::offset(observance.before)));
            part.push(Line::new("TZOFFSETTO", Value::offset(observance.offset)));
            part.push(Line::new("TZNAME", Value::text(&observance.name)));
            if let Some(rule) = observance.rule {
                part.push(Line::new("RRULE", rule.value()));
            }
            block.nest(part);
        }
        block
    }
}

/// The period at the start, and every clock change until the end. If there is no such change, also the next change, if
/// it is the other one of the year's two; and the rule of both, if they have one.
///
/// A single meeting needs no more, and more would do harm. Of several STANDARD (or DAYLIGHT) parts, Exchange reads the
/// one with the latest DTSTART, or refuses the calendar; it repeats a part without RRULE every year ([MS-OXCICAL]
/// 2.1.3.1.1.19.2). The parts written here have the same meaning for such a client. The rule is for clients that store
/// the definition under the zone's name and use it for a meeting of another year.
fn observances(zone: &Zone, start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<Observance> {
    let last = zone.transition_before(start + TimeDelta::seconds(1));
    let since = last.as_ref().map(|transition| transition.at);
    let mut observances = vec![Observance::in_effect(zone, start, last)];
    let mut next = zone.transition_after(start);
    while let Some(change) = next {
        let is_within = change.at <= end;
        let is_seasonal = observances.len() == 1
            && observances[0].is_dst != change.is_dst
            && observances[0].before == change.after
            && since.is_some_and(|since| change.at - since <= YEAR);
        if !is_within && !is_seasonal {
            break;
        }
        next = zone.transition_after(change.at).filter(|_| is_within);
        observances.push(Observance::from(change));
    }
    if let ([one, other], Some(since)) = (observances.as_mut_slice(), since)
        && let Some(rules) = yearly_rules(zone, since)
    {
        (one.rule, other.rule) = (Some(rules[0]), Some(rules[1]));
    }
    observances
}

/// The rules of a clock change and of the next one. `None`: these two, and no others, do not happen every year.
fn yearly_rules(zone: &Zone, since: DateTime<Utc>) -> Option<[Rule; 2]> {
    let first = zone.transition_before(since + TimeDelta::seconds(1))?;
    let changes: Vec<_> = successors(Some(first), |change| zone.transition_after(change.at))
        .take(2 * RULE_YEARS)
        .collect();
    let returns = |pair: &[Transition]| {
        matches!(pair, [one, other] if one.is_dst != other.is_dst
            && one.before == other.after
            && one.after == changes[0].after)
    };
    if changes.len() < 2 * RULE_YEARS || !changes.chunks(2).all(returns) {
        return None;
    }
    let onsets: Vec<_> = changes.iter().map(onset).collect();
    let every_other =
        |skip: usize| Rule::of(&onsets.iter().copied().skip(skip).step_by(2).collect::<Vec<_>>());
    Some([every_other(0)?, every_other(1)?])
}

/// The moment of a change, on the clock before the change.
fn onset(change: &Transition) -> NaiveDateTime {
    change.at.with_timezone(&change.before).naive_local()
}

impl Rule {
    /// The rule that the onsets of successive years follow, if Exchange can read it: a certain weekday of a month. Some
    /// zones have other rules, such as the Saturday before the last Sunday.
    fn of(onsets: &[NaiveDateTime]) -> Option<Self> {
        let first = onsets.first()?;
        let follows = |(onset, year): (&NaiveDateTime, i32)| {
            (onset.year(), onset.month(), onset.weekday(), onset.time())
                == (year, first.month(), first.weekday(), first.time())
        };
        if !onsets.iter().zip(first.year()..).all(follows) {
            return None;
        }
        let nth = |onset: &NaiveDateTime| (onset.day() - 1) / 7 + 1;
        let is_last = |onset: &NaiveDateTime| (*onset + TimeDelta::days(7)).month() != onset.month();
        let nth = if onsets.iter().all(|onset| nth(onset) == nth(first)) {
            i8::try_from(nth(first)).ok()?
        } else if onsets.iter().all(is_last) {
            -1
        } else {
            return None;
        };
        Some(Self {
            month: first.month(),
            weekday: first.weekday(),
            nth,
        })
    }

    fn value(self) -> Value {
        Value::every_year(self.month, self.nth, self.weekday)
    }
}

fn has_whole_minutes(offset: FixedOffset) -> bool {
    offset.local_minus_utc() % 60 == 0
}

/// Whether a zone is UTC under any name: its offset is 0 and has never changed.
fn is_utc(zone: &Zone, instant: DateTime<Utc>) -> bool {
    zone.offset_at(instant).local_minus_utc() == 0
        && zone.transition_before(instant).is_none()
        && zone.transition_after(instant).is_none()
}

impl Observance {
    /// The period in effect at an instant, since a transition. If the transition was before 1970, or ended an offset
    /// with odd seconds, the period is written as if it had always held: a meeting does not need the time before.
    fn in_effect(zone: &Zone, instant: DateTime<Utc>, since: Option<Transition>) -> Self {
        let name = zone.abbreviation_at(instant);
        let is_dst = zone.is_dst_at(instant);
        let epoch = NaiveDate::default().and_time(chrono::NaiveTime::MIN);
        match since.map(Self::from) {
            Some(observance) if observance.onset >= epoch && has_whole_minutes(observance.before) => Self {
                name,
                is_dst,
                ..observance
            },
            _ => {
                let offset = zone.offset_at(instant);
                Self {
                    onset: epoch,
                    before: offset,
                    offset,
                    name,
                    is_dst,
                    rule: None,
                }
            }
        }
    }
}

impl From<Transition> for Observance {
    fn from(transition: Transition) -> Self {
        Self {
            onset: onset(&transition),
            before: transition.before,
            offset: transition.after,
            name: transition.abbreviation,
            is_dst: transition.is_dst,
            rule: None,
        }
    }
}
