//! Describes a calendar object in words, as a calendar program would show it.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::meeting::{Zone, one_line};

/// The content of a calendar object in words, read from its text.
///
/// The words are in English, for people who look at an invitation before it is sent. Times are on the clock of `zone`,
/// the reader's. The result is empty if the text is no calendar object with an event.
#[must_use]
pub fn in_words(object: &str, zone: &Zone) -> Vec<(&'static str, String)> {
    let Entry::ICalendar(calendar) = Parser::new(object).entry() else {
        return Vec::new();
    };
    let is_event = |part: &&ICalendarComponent| part.component_type == ICalendarComponentType::VEvent;
    let Some(event) = calendar.components.iter().find(is_event) else {
        return Vec::new();
    };
    let mut words = vec![("Asks to", asks(&calendar))];
    let mut tell = |what, said: Option<String>| words.extend(said.map(|said| (what, said)));
    tell("Name", text(event, &ICalendarProperty::Summary));
    tell("When", when(event, zone));
    tell("Where", text(event, &ICalendarProperty::Location));
    tell("Link", text(event, &ICalendarProperty::Url));
    let organizer = event.property(&ICalendarProperty::Organizer);
    tell(
        "Organizer",
        organizer.map(|entry| format!("{}, who gets the answers", who(entry))),
    );
    let sent_by = organizer.and_then(|entry| parameter(entry, &ICalendarParameterName::SentBy));
    tell("Sent by", sent_by.map(|uri| without_scheme(&uri).to_owned()));
    for entry in event.properties(&ICalendarProperty::Attendee) {
        let said = match parameter(entry, &ICalendarParameterName::Partstat).as_deref() {
            Some("ACCEPTED") => "has accepted",
            Some("TENTATIVE") => "may come",
            Some("DECLINED") => "has declined",
            _ => "has not answered",
        };
        tell("Invited", Some(format!("{}, {said}", who(entry))));
    }
    let busy = text(event, &ICalendarProperty::Transp).map(|transp| match transp.as_str() {
        "TRANSPARENT" => "free".to_owned(),
        _ => "busy".to_owned(),
    });
    tell("Shows as", busy);
    let number = event
        .property(&ICalendarProperty::Sequence)
        .and_then(|entry| entry.values.first()?.as_integer());
    tell(
        "Version",
        Some(match number.unwrap_or(0) {
            0 => "0: the first".to_owned(),
            number => format!("{number}: replaces every one before"),
        }),
    );
    tell("Known as", event.uid().map(str::to_owned));
    let description = event
        .property(&ICalendarProperty::Description)
        .and_then(|entry| entry.values.first()?.as_text());
    tell("Description", description.map(str::to_owned));
    words
}

fn asks(calendar: &ICalendar) -> String {
    let method = calendar
        .components
        .first()
        .and_then(|part| text(part, &ICalendarProperty::Method));
    match method.as_deref() {
        Some("REQUEST") => {
            "take part: the calendar offers to accept, to decline and to answer “maybe”".to_owned()
        }
        Some("CANCEL") => "remove it: the calendar strikes it out or takes it off".to_owned(),
        Some(other) => format!("{other}, which is no invitation"),
        None => "nothing: without a METHOD it is a file with an event in it".to_owned(),
    }
}

fn text(part: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let value = part.property(property)?.values.first()?;
    let text = one_line(value.as_text()?);
    (!text.is_empty()).then_some(text)
}

fn parameter(entry: &ICalendarEntry, name: &ICalendarParameterName) -> Option<String> {
    let value = entry.parameter(name)?.as_text()?;
    Some(one_line(value))
}

fn without_scheme(uri: &str) -> &str {
    uri.strip_prefix("mailto:").unwrap_or(uri)
}

fn who(entry: &ICalendarEntry) -> String {
    let address = entry.calendar_address().map(without_scheme).unwrap_or_default();
    match parameter(entry, &ICalendarParameterName::Cn) {
        Some(name) if name != address => format!("{name} <{address}>"),
        _ => address.to_owned(),
    }
}

/// A time of the object.
enum Time {
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    /// A time on the clock of the zone that the object names. `None`: the object names no zone.
    Local(NaiveDateTime, Option<String>),
}

fn time(event: &ICalendarComponent, property: &ICalendarProperty) -> Option<Time> {
    let entry = event.property(property)?;
    let at = entry.values.first()?.as_partial_date_time()?;
    let day = NaiveDate::from_ymd_opt(at.year?.into(), at.month?.into(), at.day?.into())?;
    let (Some(hour), Some(minute)) = (at.hour, at.minute) else {
        return Some(Time::Day(day));
    };
    let local = day.and_hms_opt(hour.into(), minute.into(), at.second.unwrap_or(0).min(59).into())?;
    let name = parameter(entry, &ICalendarParameterName::Tzid);
    if at.tz_hour.is_some() {
        return Some(Time::Instant(local.and_utc()));
    }
    let resolved = name
        .as_deref()
        .and_then(|name| Zone::new(name).ok()?.resolve(local).ok());
    Some(resolved.map_or(Time::Local(local, name), Time::Instant))
}

fn when(event: &ICalendarComponent, zone: &Zone) -> Option<String> {
    const DAY: &str = "%A %-d %B %Y";
    const CLOCK: &str = "%H:%M";
    let start = time(event, &ICalendarProperty::Dtstart)?;
    let end = time(event, &ICalendarProperty::Dtend);
    Some(match (start, end) {
        (Time::Day(first), end) => {
            // The DTEND of an all-day event is the day after its last day (RFC 5545 §3.6.1).
            let last = match end {
                Some(Time::Day(behind)) => behind.pred_opt().filter(|last| *last > first),
                _ => None,
            };
            match last {
                Some(last) => format!("{} to {}, whole days", first.format(DAY), last.format(DAY)),
                None => format!("{}, the whole day", first.format(DAY)),
            }
        }
        (Time::Instant(start), Some(Time::Instant(end))) => {
            let (from, to) = (zone.local(start), zone.local(end));
            let until = if from.date_naive() == to.date_naive() {
                to.format(CLOCK).to_string()
            } else {
                format!("{} {}", to.format(DAY), to.format(CLOCK))
            };
            format!(
                "{} {} – {until} in {} ({} UTC)",
                from.format(DAY),
                from.format(CLOCK),
                zone.name(),
                start.format(CLOCK)
            )
        }
        (Time::Instant(start), _) => {
            let from = zone.local(start);
            format!("{} {} in {}", from.format(DAY), from.format(CLOCK), zone.name())
        }
        (Time::Local(start, name), _) => format!(
            "{} {} in {}",
            start.format(DAY),
            start.format(CLOCK),
            name.unwrap_or_else(|| "no zone".to_owned())
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Event, Method, Participant, Times, write};
    use super::*;
    use crate::meeting::{Acceptance, Meeting, MeetingId, Person, Revision, When};

    fn words_of(when: When, method: Method, times: Times) -> Vec<(&'static str, String)> {
        let zone = Zone::new("Europe/Berlin").unwrap();
        let meeting = Meeting::new(MeetingId::new("m").unwrap(), "Kick-off; one", when, zone).unwrap();
        let ana = Person::new(
            "user:ana".parse().unwrap(),
            "Ana",
            Some("ana@acme.example".parse().unwrap()),
        );
        let lee = Person::new(
            "contact:lee".parse().unwrap(),
            "Lee, H",
            Some("lee@c.example".parse().unwrap()),
        );
        let participants = [Participant {
            person: &lee,
            status: Acceptance::Tentative,
        }];
        let stamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let event = Event {
            times,
            ..Event::new(method, &meeting, "u@x", Revision(2), &ana, &participants, stamp)
        };
        let object = write(&event, &lee.reference).unwrap();
        in_words(&object, &Zone::new("America/New_York").unwrap())
    }

    fn said<'a>(words: &'a [(&str, String)], what: &str) -> &'a str {
        &words.iter().find(|(of, _)| *of == what).unwrap().1
    }

    #[test]
    fn a_request_is_told_on_the_readers_clock() {
        let when = When::timed(
            "2026-12-01T09:00:00Z".parse().unwrap(),
            "2026-12-01T09:45:00Z".parse().unwrap(),
        )
        .unwrap();
        for times in [Times::Utc, Times::Zone] {
            let words = words_of(when, Method::Request, times);
            assert_eq!(
                said(&words, "When"),
                "Tuesday 1 December 2026 04:00 – 04:45 in America/New_York (09:00 UTC)"
            );
            assert_eq!(said(&words, "Name"), "Kick-off; one");
            assert_eq!(said(&words, "Invited"), "Lee, H <lee@c.example>, may come");
            assert!(said(&words, "Asks to").starts_with("take part"));
            assert!(said(&words, "Version").starts_with("2: replaces"));
        }
    }

    #[test]
    fn days_end_with_the_last_one() {
        let day = |text: &str| text.parse().unwrap();
        let when = When::all_day(day("2026-12-03"), day("2026-12-04")).unwrap();
        let words = words_of(when, Method::Cancel, Times::Utc);
        assert_eq!(
            said(&words, "When"),
            "Thursday 3 December 2026 to Friday 4 December 2026, whole days"
        );
        assert!(said(&words, "Asks to").starts_with("remove it"));
    }

    #[test]
    fn what_is_no_calendar_object_says_nothing() {
        let zone = Zone::utc();
        for text in ["", "hello", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"] {
            assert_eq!(in_words(text, &zone), [], "{text:?}");
        }
    }
}
