//! A mail as its recipient reads it, with parsers that are not ours.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarProperty,
};
use calcard::{Entry, Parser};
use invite::mail::Envelope;
use mail_parser::{Address, Message, MessageParser, MimeHeaders as _, PartType};

#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The recipient of the envelope.
    pub(crate) to: String,
    /// The sender of the envelope.
    pub(crate) from: String,
    pub(crate) raw: Vec<u8>,
    message: Message<'static>,
}

fn addresses(field: Option<&Address<'_>>) -> Vec<String> {
    let all = field.into_iter().flat_map(|field| field.iter());
    all.map(|mailbox| mailbox.address().unwrap().to_owned()).collect()
}

impl Letter {
    pub(crate) fn new(envelope: &Envelope, raw: &[u8]) -> Self {
        let message = MessageParser::default().parse(raw).unwrap().into_owned();
        Self {
            to: envelope.to.to_string(),
            from: envelope.from.to_string(),
            raw: raw.to_vec(),
            message,
        }
    }

    pub(crate) fn header_from(&self) -> Vec<String> {
        addresses(self.message.from())
    }

    pub(crate) fn header_to(&self) -> Vec<String> {
        addresses(self.message.to())
    }

    pub(crate) fn has_further_recipients(&self) -> bool {
        self.message.cc().is_some() || self.message.bcc().is_some()
    }

    pub(crate) fn reply_to(&self) -> Vec<String> {
        addresses(self.message.reply_to())
    }

    pub(crate) fn subject(&self) -> &str {
        self.message.subject().unwrap()
    }

    /// With its angle brackets.
    pub(crate) fn message_id(&self) -> String {
        format!("<{}>", self.message.message_id().unwrap())
    }

    pub(crate) fn in_reply_to(&self) -> Option<String> {
        self.message.in_reply_to().as_text().map(|id| format!("<{id}>"))
    }

    /// The contents of the one part of this type.
    fn part(&self, kind: &str, subtype: &str) -> String {
        let mut parts = self.message.parts.iter().filter(|part| {
            part.content_type()
                .is_some_and(|of| of.ctype() == kind && of.subtype() == Some(subtype))
        });
        let part = parts.next().unwrap();
        assert!(parts.next().is_none(), "two parts of {kind}/{subtype}");
        match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.clone().into_owned(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                String::from_utf8(bytes.to_vec()).unwrap()
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.part("text", "plain")
    }

    pub(crate) fn html(&self) -> String {
        self.part("text", "html")
    }

    /// What the mail program shows as an invitation.
    pub(crate) fn calendar(&self) -> CalendarObject {
        CalendarObject::parse(&self.part("text", "calendar"))
    }

    /// The same, as it is written.
    pub(crate) fn calendar_text(&self) -> String {
        self.part("text", "calendar")
    }

    /// The attached file.
    pub(crate) fn invite_ics(&self) -> CalendarObject {
        CalendarObject::parse(&self.part("application", "ics"))
    }
}

#[derive(Debug)]
pub(crate) struct CalendarObject {
    calendar: ICalendar,
}

impl CalendarObject {
    pub(crate) fn parse(text: &str) -> Self {
        let mut parser = Parser::new(text);
        let entry = parser.entry();
        let Entry::ICalendar(calendar) = entry else {
            panic!("{entry:?}: {text}")
        };
        assert_eq!(parser.entry(), Entry::Eof, "{text}");
        Self { calendar }
    }

    fn event(&self) -> &ICalendarComponent {
        let mut events = self
            .calendar
            .components
            .iter()
            .filter(|component| component.component_type == ICalendarComponentType::VEvent);
        let event = events.next().unwrap();
        assert!(events.next().is_none(), "two events in one object");
        event
    }

    fn text(&self, property: &ICalendarProperty) -> Option<String> {
        let entry = self.event().property(property)?;
        Some(entry.values[0].as_text().unwrap().to_owned())
    }

    pub(crate) fn method(&self) -> String {
        let calendar = &self.calendar.components[0];
        let entry = calendar.property(&ICalendarProperty::Method).unwrap();
        entry.values[0].as_text().unwrap().to_owned()
    }

    pub(crate) fn status(&self) -> Option<String> {
        self.text(&ICalendarProperty::Status)
    }

    pub(crate) fn uid(&self) -> String {
        self.text(&ICalendarProperty::Uid).unwrap()
    }

    pub(crate) fn sequence(&self) -> i64 {
        let entry = self.event().property(&ICalendarProperty::Sequence).unwrap();
        entry.values[0].as_integer().unwrap()
    }

    pub(crate) fn url(&self) -> Option<String> {
        self.text(&ICalendarProperty::Url)
    }

    pub(crate) fn conference(&self) -> Option<String> {
        self.text(&ICalendarProperty::Conference)
    }

    pub(crate) fn description(&self) -> String {
        self.text(&ICalendarProperty::Description).unwrap_or_default()
    }

    pub(crate) fn summary(&self) -> String {
        self.text(&ICalendarProperty::Summary).unwrap()
    }

    /// `YYYY-MM-DD hh:mm` of the start.
    pub(crate) fn start(&self) -> String {
        let entry = self.event().property(&ICalendarProperty::Dtstart).unwrap();
        let at = entry.values[0].as_partial_date_time().unwrap();
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}",
            at.year.unwrap(),
            at.month.unwrap(),
            at.day.unwrap(),
            at.hour.unwrap_or_default(),
            at.minute.unwrap_or_default()
        )
    }

    /// Address and PARTSTAT of every ATTENDEE.
    pub(crate) fn attendees(&self) -> Vec<(String, String)> {
        let attendees = self.event().properties(&ICalendarProperty::Attendee);
        attendees
            .map(|entry| {
                let answer = entry.parameter(&ICalendarParameterName::Partstat);
                let answer = answer.and_then(|value| value.as_text()).unwrap_or_default();
                let address = entry.calendar_address().unwrap();
                (address.to_owned(), answer.to_owned())
            })
            .collect()
    }
}
