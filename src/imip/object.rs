//! The calendar object of an answer.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Answer, AnswerError, AnswerKind};
use crate::meeting::{Acceptance, EmailAddress, one_line};

/// How much of a comment is kept.
const LONGEST_COMMENT: usize = 2000;

pub(super) fn read(text: &str, senders: Vec<EmailAddress>) -> Result<Answer, AnswerError> {
    let calendar = parse(text)?;
    let method = method(&calendar);
    let event = event(&calendar)?;
    let kind = match method.as_str() {
        "REPLY" => AnswerKind::Reply(None),
        "COUNTER" => AnswerKind::Counter {
            start: time(event, &ICalendarProperty::Dtstart),
            end: time(event, &ICalendarProperty::Dtend),
        },
        "REFRESH" => AnswerKind::Refresh,
        _ => return Err(AnswerError::OtherMethod { method }),
    };
    let uid = event
        .uid()
        .map(str::trim)
        .filter(|uid| !uid.is_empty())
        .ok_or(AnswerError::NoUid)?
        .to_owned();
    let (attendee, entry) = attendee(event, &senders)?;
    Ok(Answer {
        kind: match kind {
            AnswerKind::Reply(_) => AnswerKind::Reply(answer(entry)),
            kind => kind,
        },
        uid,
        sequence: sequence(event),
        stamp: stamp(event),
        attendee,
        comment: comment(event),
        senders,
    })
}

fn parse(text: &str) -> Result<ICalendar, AnswerError> {
    let unreadable = |reason: &str| AnswerError::Unreadable {
        reason: reason.to_owned(),
    };
    match Parser::new(text).entry() {
        Entry::ICalendar(calendar) => Ok(calendar),
        Entry::Eof => Err(unreadable("it is empty")),
        Entry::UnterminatedComponent(_) => Err(unreadable("its end is missing")),
        Entry::TooManyComponents => Err(unreadable("it has too many components")),
        _ => Err(unreadable("it is not iCalendar")),
    }
}

/// The METHOD, in capitals. It is read from the object: the mail's Content-Type repeats it, or leaves it out.
fn method(calendar: &ICalendar) -> String {
    let entry = calendar
        .components
        .first()
        .and_then(|component| component.property(&ICalendarProperty::Method));
    let method = entry.and_then(|entry| entry.values.first()?.as_text());
    method.map_or_else(
        || "missing".to_owned(),
        |method| one_line(method).to_ascii_uppercase(),
    )
}

fn event(calendar: &ICalendar) -> Result<&ICalendarComponent, AnswerError> {
    let is_event =
        |component: &&ICalendarComponent| component.component_type == ICalendarComponentType::VEvent;
    calendar
        .components
        .iter()
        .find(is_event)
        .ok_or_else(|| AnswerError::Unreadable {
            reason: "it has no event in it".to_owned(),
        })
}

/// Who answers: the one attendee; of several, the one that the mail comes from.
fn attendee<'a>(
    event: &'a ICalendarComponent,
    senders: &[EmailAddress],
) -> Result<(EmailAddress, &'a ICalendarEntry), AnswerError> {
    let mut unusable = None;
    let mut found = Vec::new();
    for entry in event.properties(&ICalendarProperty::Attendee) {
        match addresses(entry) {
            Ok(addresses) => found.extend(addresses.into_iter().map(|address| (address, entry))),
            Err(error) => unusable = Some(error),
        }
    }
    let is_sender = |address: &EmailAddress| senders.iter().any(|sender| sender.is_same_mailbox(address));
    let position = found
        .iter()
        .position(|(address, _)| is_sender(address))
        .unwrap_or(0);
    if position < found.len() {
        return Ok(found.swap_remove(position));
    }
    Err(unusable.map_or(AnswerError::NoAttendee, AnswerError::Attendee))
}

/// The addresses by which an attendee may be known: the calendar address, and EMAIL (RFC 7986 §6.2), by which some
/// servers tell the real one.
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

fn without_scheme(address: &str) -> &str {
    let address = address.trim();
    match address.split_at_checked("mailto:".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        _ => address,
    }
}

/// A mailto URI's text (RFC 6068 §2); what is no valid encoding stays as it is.
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

/// What the attendee answered; none where it is taken back or passed on.
fn answer(entry: &ICalendarEntry) -> Option<Acceptance> {
    let status = entry.parameter(&ICalendarParameterName::Partstat)?.as_text()?;
    match status.trim().to_ascii_uppercase().as_str() {
        "ACCEPTED" => Some(Acceptance::Accepted),
        "TENTATIVE" => Some(Acceptance::Tentative),
        "DECLINED" => Some(Acceptance::Declined),
        _ => None,
    }
}

fn sequence(event: &ICalendarComponent) -> u32 {
    let entry = event.property(&ICalendarProperty::Sequence);
    let number = entry.and_then(|entry| entry.values.first()?.as_integer());
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
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

/// A time as people read it, with its zone where it is one of a zone.
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
