//! The calendar object of an answer.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Answer, AnswerError, AnswerKind};
use crate::meeting::{Acceptance, EmailAddress, one_line};

/// How many characters of a comment are kept.
const LONGEST_COMMENT: usize = 2000;
/// How many characters of an unknown word are kept.
const LONGEST_WORD: usize = 60;

/// The longest calendar object that is read, in octets.
const LONGEST: usize = 1024 * 1024;

/// Reads a calendar object. `of_mail` is the method in the mail's Content-Type.
pub(super) fn read(
    text: &str,
    method_of_mail: Option<&str>,
    sender: Option<EmailAddress>,
) -> Result<Answer, AnswerError> {
    if text.len() > LONGEST {
        return Err(unreadable("it is too long"));
    }
    let calendar = parse(text)?;
    let method = method(&calendar, method_of_mail)?;
    let event = event(&calendar)?;
    let uid = event
        .uid()
        .map(str::trim)
        .filter(|uid| !uid.is_empty())
        .ok_or(AnswerError::NoUid)?;
    let (attendee, entry) = attendee(event, sender.as_ref())?;
    let kind = match method {
        Method::Reply => participation(entry),
        Method::Counter => AnswerKind::Counter {
            start: time(event, &ICalendarProperty::Dtstart),
            end: time(event, &ICalendarProperty::Dtend),
        },
        Method::Refresh => AnswerKind::Refresh,
    };
    Ok(Answer {
        kind,
        uid: uid.to_owned(),
        sequence: sequence(event)?,
        stamp: stamp(event),
        occurrence: occurrence(event),
        attendee,
        comment: comment(event),
        sender,
    })
}

fn unreadable(reason: &str) -> AnswerError {
    AnswerError::Unreadable {
        reason: reason.to_owned(),
    }
}

fn parse(text: &str) -> Result<ICalendar, AnswerError> {
    match Parser::new(text).entry() {
        Entry::ICalendar(calendar) => Ok(calendar),
        Entry::Eof => Err(unreadable("it is empty")),
        Entry::UnterminatedComponent(_) => Err(unreadable("its end is missing")),
        Entry::TooManyComponents => Err(unreadable("it has too many components")),
        _ => Err(unreadable("it is not iCalendar")),
    }
}

/// The methods of answers.
enum Method {
    Reply,
    Counter,
    Refresh,
}

/// The METHOD of the object. If it has none, the method of the mail's Content-Type. They must not differ (RFC 6047
/// §2.4).
fn method(calendar: &ICalendar, of_mail: Option<&str>) -> Result<Method, AnswerError> {
    let capitals = |method: &str| one_line(method).to_ascii_uppercase();
    let entry = calendar
        .components
        .first()
        .and_then(|component| component.property(&ICalendarProperty::Method));
    let object = entry
        .and_then(|entry| entry.values.first()?.as_text())
        .map(capitals);
    let method = match (of_mail.map(capitals), object) {
        (Some(mail), Some(object)) if mail != object => {
            return Err(AnswerError::MethodsDiffer { mail, object });
        }
        (of_mail, object) => object.or(of_mail),
    };
    match method.as_deref() {
        Some("REPLY") => Ok(Method::Reply),
        Some("COUNTER") => Ok(Method::Counter),
        Some("REFRESH") => Ok(Method::Refresh),
        _ => Err(AnswerError::OtherMethod {
            method: method.unwrap_or_else(|| "missing".to_owned()),
        }),
    }
}

/// The event. If some events are single occurrences, the event of the whole meeting.
fn event(calendar: &ICalendar) -> Result<&ICalendarComponent, AnswerError> {
    let mut events = calendar
        .components
        .iter()
        .filter(|component| component.component_type == ICalendarComponentType::VEvent);
    let first = events.next().ok_or_else(|| unreadable("it has no event in it"))?;
    let is_whole = |event: &ICalendarComponent| event.property(&ICalendarProperty::RecurrenceId).is_none();
    Ok(if is_whole(first) {
        first
    } else {
        events.find(|event| is_whole(event)).unwrap_or(first)
    })
}

/// The occurrence that an answer is about. A RECURRENCE-ID that cannot be read also counts as an occurrence.
fn occurrence(event: &ICalendarComponent) -> Option<String> {
    event.property(&ICalendarProperty::RecurrenceId)?;
    let time = time(event, &ICalendarProperty::RecurrenceId);
    Some(time.unwrap_or_else(|| "an unknown time".to_owned()))
}

/// The answering attendee: the only attendee of the object, or the one among several who is the sender of the mail.
fn attendee<'a>(
    event: &'a ICalendarComponent,
    sender: Option<&EmailAddress>,
) -> Result<(EmailAddress, &'a ICalendarEntry), AnswerError> {
    let mut unusable = None;
    let mut found = Vec::new();
    for entry in event.properties(&ICalendarProperty::Attendee) {
        match addresses(entry) {
            Ok(addresses) => found.push((addresses, entry)),
            Err(error) => unusable = Some(error),
        }
    }
    let is_sender = |address: &EmailAddress| sender.is_some_and(|sender| sender.is_same_mailbox(address));
    for (addresses, entry) in &found {
        if let Some(address) = addresses.iter().find(|address| is_sender(address)) {
            return Ok((address.clone(), entry));
        }
    }
    match (found.as_slice(), unusable) {
        ([(addresses, entry)], None) => addresses
            .first()
            .map(|address| (address.clone(), *entry))
            .ok_or(AnswerError::NoAttendee),
        ([], None) => Err(AnswerError::NoAttendee),
        ([], Some(unusable)) => Err(AnswerError::Attendee(unusable)),
        (several, unusable) => Err(AnswerError::SeveralAttendees {
            count: several.len() + usize::from(unusable.is_some()),
        }),
    }
}

/// The addresses of an attendee: the calendar address, and EMAIL (RFC 7986 §6.2), in which some servers give the real
/// address.
fn addresses(entry: &ICalendarEntry) -> Result<Vec<EmailAddress>, crate::meeting::InvalidEmail> {
    let own = entry.calendar_address().map(percent_decoded).unwrap_or_default();
    let other = entry
        .parameter(&ICalendarParameterName::Email)
        .and_then(|value| value.as_text());
    let other = other.and_then(|text| EmailAddress::new(without_scheme(text)).ok());
    match (EmailAddress::new(without_scheme(&own)), other) {
        (Ok(own), other) => Ok(std::iter::once(own).chain(other).collect()),
        (Err(_), Some(other)) => Ok(vec![other]),
        (Err(error), None) => Err(error),
    }
}

/// The address in a mailto URI, without header fields behind it (RFC 6068 §2). Some programs write the scheme twice, or
/// before it a name with a colon and without quotes. So the last scheme counts.
fn without_scheme(address: &str) -> &str {
    const SCHEME: &str = "mailto:";
    let address = address.trim();
    let last = address.to_ascii_lowercase().rfind(SCHEME);
    let rest = last.map_or(address, |at| &address[at + SCHEME.len()..]);
    let domain = rest.find('@').unwrap_or(rest.len());
    rest[domain..]
        .find('?')
        .map_or(rest, |fields| &rest[..domain + fields])
}

/// The text of a mailto URI (RFC 6068 §2). Invalid encodings stay as they are.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|digits| bytes[at] == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match hex {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// The attendee's PARTSTAT (RFC 5545 §3.2.12).
fn participation(entry: &ICalendarEntry) -> AnswerKind {
    let status = entry
        .parameter(&ICalendarParameterName::Partstat)
        .and_then(|value| value.as_text())
        .map(|status| one_line(status).to_ascii_uppercase());
    match status.as_deref() {
        Some("ACCEPTED") => AnswerKind::Reply(Acceptance::Accepted),
        Some("TENTATIVE") => AnswerKind::Reply(Acceptance::Tentative),
        Some("DECLINED") => AnswerKind::Reply(Acceptance::Declined),
        Some("NEEDS-ACTION") => AnswerKind::Reply(Acceptance::None),
        Some("DELEGATED") => {
            let to = entry
                .parameter(&ICalendarParameterName::DelegatedTo)
                .and_then(|value| value.as_text());
            AnswerKind::Delegated {
                to: to.and_then(|to| EmailAddress::new(without_scheme(&percent_decoded(to))).ok()),
            }
        }
        _ => AnswerKind::Unclear {
            participation: status.map(|status| status.chars().take(LONGEST_WORD).collect()),
        },
    }
}

/// The SEQUENCE. A missing one counts as 0 (RFC 5545 §3.8.7.4).
fn sequence(event: &ICalendarComponent) -> Result<u32, AnswerError> {
    let Some(entry) = event.property(&ICalendarProperty::Sequence) else {
        return Ok(0);
    };
    let number = entry.values.first().and_then(|value| value.as_integer());
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| unreadable("its SEQUENCE is no number"))
}

fn stamp(event: &ICalendarComponent) -> Option<DateTime<Utc>> {
    let at = event
        .property(&ICalendarProperty::Dtstamp)?
        .values
        .first()?
        .as_partial_date_time()?;
    let day = NaiveDate::from_ymd_opt(at.year?.into(), at.month?.into(), at.day?.into())?;
    let time = day.and_hms_opt(
        at.hour?.into(),
        at.minute?.into(),
        at.second.unwrap_or(0).min(59).into(),
    )?;
    Some(time.and_utc())
}

/// A time in a form for people, with the name of its zone if it has one.
fn time(event: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let entry = event.property(property)?;
    let at = entry.values.first()?.as_partial_date_time()?;
    let mut text = format!("{:04}-{:02}-{:02}", at.year?, at.month?, at.day?);
    if let (Some(hour), Some(minute)) = (at.hour, at.minute) {
        text.push_str(&format!(" {hour:02}:{minute:02}"));
        let zone = entry
            .parameter(&ICalendarParameterName::Tzid)
            .and_then(|value| value.as_text());
        match zone {
            Some(zone) => text.push_str(&format!(" {}", one_line(zone))),
            None if at.tz_hour.is_some() => text.push_str(" UTC"),
            None => {}
        }
    }
    Some(text)
}

fn comment(event: &ICalendarComponent) -> Option<String> {
    let text = event
        .property(&ICalendarProperty::Comment)?
        .values
        .first()?
        .as_text()?;
    let text: String = text.trim().chars().take(LONGEST_COMMENT).collect();
    (!text.is_empty()).then_some(text)
}
