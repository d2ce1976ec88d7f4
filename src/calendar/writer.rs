//! The properties of an event: those that all recipients share, and each recipient's own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::Days;

use super::content::{Block, Line, Param, Value};
use super::zone::Zoned;
use super::{AttendeeList, CalendarError, Event, MOST_LISTED_ATTENDEES, Method, Participant, Times};
use crate::meeting::{Acceptance, EmailAddress, JoinUrl, Person, PersonRef, one_line};

/// The name of the product that wrote an object (RFC 5545 §3.7.3).
const PRODUCT: &str = "-//invite//invite//EN";

/// The lines after the attendees, which are the last properties of the event.
const END: &str = "END:VEVENT\r\nEND:VCALENDAR\r\n";

/// A calendar object that is prepared once for all recipients who read the same language. The work for each recipient
/// then depends neither on the length of the texts nor, with more than [`MOST_LISTED_ATTENDEES`] recipients, on their
/// number.
#[derive(Debug)]
pub struct EventWriter<'a> {
    event: Event<'a>,
    /// The object up to the attendees, or with them if they are listed.
    head: String,
    /// The length of the object up to the attendees.
    before: usize,
    listed: Option<Listed>,
}

/// All attendees, if there are few enough to list them.
#[derive(Debug)]
struct Listed {
    /// The lines, one for each mailbox.
    lines: Vec<String>,
    /// The index in `lines` of each mailbox ([`EmailAddress::mailbox`]).
    line_of: HashMap<String, usize>,
}

/// A person who can be written as ATTENDEE.
#[derive(Debug, Clone, Copy)]
struct Invitee<'a> {
    person: &'a Person,
    address: &'a EmailAddress,
    status: Acceptance,
}

impl<'a> EventWriter<'a> {
    /// Writes the part that all recipients share.
    ///
    /// # Errors
    /// [`CalendarError::OrganizerWithoutAddress`] and [`CalendarError::NoUid`].
    pub fn new(event: &Event<'a>) -> Result<Self, CalendarError> {
        let Some(organizer) = event.organizer.email() else {
            return Err(CalendarError::OrganizerWithoutAddress {
                meeting: event.meeting.name().to_owned(),
                organizer: event.organizer.display_name(),
            });
        };
        if !says_something(event.uid) {
            return Err(CalendarError::NoUid {
                meeting: event.meeting.name().to_owned(),
            });
        }

        let mut head = calendar(event, organizer).to_text();
        head.truncate(head.len() - END.len());
        let before = head.len();
        let removes_one = event.method == Method::Cancel && !event.whole_cancelled;
        let lists_all = event.attendee_list == AttendeeList::All && !removes_one;
        let listed = lists_all.then(|| Listed::of(event, organizer)).flatten();
        for line in listed.iter().flat_map(|listed| &listed.lines) {
            head.push_str(line);
        }
        Ok(Self {
            event: *event,
            head,
            before,
            listed,
        })
    }

    /// The parts that all objects share. Between the two pieces stand [the participant's own lines](Self::own_lines).
    #[must_use]
    pub fn pieces(&self) -> [&str; 2] {
        [&self.head, END]
    }

    /// The lines that only this participant's object contains. They are empty if all attendees are listed. `None`: the
    /// object differs from the others in more than such lines.
    ///
    /// # Errors
    /// As of [`Self::for_participant`].
    pub fn own_lines(&self, participant: &Participant<'_>) -> Result<Option<String>, CalendarError> {
        let own = self.own(participant)?;
        let Some(listed) = &self.listed else {
            return Ok(Some(own));
        };
        let place = listed.place_of(participant.person);
        let line = place.map(|place| &listed.lines[place]);
        Ok(line.filter(|line| **line == own).map(|_| String::new()))
    }

    /// The object for one recipient. The recipient is always among its attendees.
    ///
    /// # Errors
    /// [`CalendarError::RecipientNotInvited`], [`CalendarError::RecipientWithoutAddress`] and
    /// [`CalendarError::RecipientIsOrganizer`].
    pub fn for_recipient(&self, recipient: &PersonRef) -> Result<String, CalendarError> {
        let mut participants = self.event.participants.iter();
        match participants.find(|participant| participant.person.reference == *recipient) {
            Some(participant) => self.for_participant(participant),
            None => Err(self.why_not(recipient)),
        }
    }

    /// The object for a person who is known to be an attendee. The list of attendees is not searched.
    ///
    /// # Errors
    /// [`CalendarError::RecipientWithoutAddress`] and [`CalendarError::RecipientIsOrganizer`].
    pub fn for_participant(&self, participant: &Participant<'_>) -> Result<String, CalendarError> {
        let own = self.own(participant)?;
        let Some(listed) = &self.listed else {
            return Ok([&self.head, own.as_str(), END].concat());
        };
        let mut text = self.head[..self.before].to_owned();
        let place = listed.place_of(participant.person);
        for (at, line) in listed.lines.iter().enumerate() {
            text.push_str(if place == Some(at) { &own } else { line });
        }
        if place.is_none() {
            text.push_str(&own);
        }
        text.push_str(END);
        Ok(text)
    }

    /// The object without a recipient, for [`Method::Publish`]: it has no ATTENDEE (RFC 5546 §3.2.1.1).
    #[must_use]
    pub fn for_nobody(&self) -> String {
        [&self.head[..self.before], END].concat()
    }

    /// A participant's own ATTENDEE.
    fn own(&self, participant: &Participant<'_>) -> Result<String, CalendarError> {
        let person = participant.person;
        let is_organizer = |address: &&EmailAddress| {
            let organizer = self.event.organizer.email();
            organizer.is_some_and(|organizer| address.is_same_mailbox(organizer))
        };
        let Some(address) = person.email().filter(|address| !is_organizer(address)) else {
            return Err(self.why_not(&person.reference));
        };
        let invitee = Invitee {
            person,
            address,
            status: participant.status,
        };
        Ok(attendee(&self.event, &invitee).to_text())
    }

    fn why_not(&self, recipient: &PersonRef) -> CalendarError {
        let meeting = self.event.meeting.name().to_owned();
        let recipient = recipient.clone();
        let mut people = self
            .event
            .participants
            .iter()
            .map(|participant| participant.person);
        if recipient == self.event.organizer.reference {
            return CalendarError::RecipientIsOrganizer { meeting, recipient };
        }
        match people
            .find(|person| person.reference == recipient)
            .map(|person| person.email())
        {
            None => CalendarError::RecipientNotInvited { meeting, recipient },
            Some(None) => CalendarError::RecipientWithoutAddress { meeting, recipient },
            Some(Some(_)) => CalendarError::RecipientIsOrganizer { meeting, recipient },
        }
    }
}

impl Listed {
    /// The index of the line for a person's mailbox.
    fn place_of(&self, person: &Person) -> Option<usize> {
        self.line_of.get(&person.email()?.mailbox()).copied()
    }

    /// The attendees with an address that is not the organizer's. `None`: there are more than may be listed.
    fn of(event: &Event<'_>, organizer: &EmailAddress) -> Option<Self> {
        let mut lines = Vec::new();
        let mut line_of = HashMap::new();
        for participant in event.participants {
            let person = participant.person;
            let Some(address) = person.email().filter(|a| !a.is_same_mailbox(organizer)) else {
                continue;
            };
            let Entry::Vacant(place) = line_of.entry(address.mailbox()) else {
                continue;
            };
            if lines.len() == MOST_LISTED_ATTENDEES {
                return None;
            }
            place.insert(lines.len());
            let invitee = Invitee {
                person,
                address,
                status: participant.status,
            };
            lines.push(attendee(event, &invitee).to_text());
        }
        Some(Self { lines, line_of })
    }
}

/// The object without its attendees.
fn calendar(event: &Event<'_>, organizer: &EmailAddress) -> Block {
    let mut calendar = Block::new("VCALENDAR");
    calendar.push(Line::new("VERSION", Value::token("2.0")));
    calendar.push(Line::new("PRODID", Value::token(PRODUCT)));
    calendar.push(Line::new("CALSCALE", Value::token("GREGORIAN")));
    calendar.push(Line::new("METHOD", Value::token(event.method.as_str())));

    let mut block = Block::new("VEVENT");
    block.push(Line::new("UID", Value::text(event.uid)));
    block.push(Line::new("SEQUENCE", Value::integer(event.revision.0)));
    block.push(Line::new("DTSTAMP", Value::utc(event.stamp)));
    if let Some(modified) = event.modified {
        block.push(Line::new("LAST-MODIFIED", Value::utc(modified)));
    }
    if let Some(definition) = times(event, &mut block) {
        calendar.nest(definition);
    }
    block.push(Line::new("SUMMARY", Value::text(event.meeting.name())));
    place(event, &mut block);
    state(event, &mut block);
    block.push(organizer_line(event, organizer));
    calendar.nest(block);
    calendar
}

/// Writes DTSTART and DTEND. Returns the VTIMEZONE if they need one.
fn times(event: &Event<'_>, block: &mut Block) -> Option<Block> {
    let when = &event.meeting.when;
    if let Some((first, last)) = when.days() {
        // DTEND is the day after the last day (RFC 5545 §3.6.1).
        for (name, day) in [("DTSTART", first), ("DTEND", last + Days::new(1))] {
            block.push(Line::new(name, Value::date(day)).with("VALUE", Param::token("DATE")));
        }
        return None;
    }
    let (start, end) = when.span(&event.meeting.time_zone);
    let zoned = match event.times {
        Times::Utc => None,
        Times::Zone => Zoned::new(&event.meeting.time_zone, start, end),
    };
    match zoned {
        Some(zoned) => {
            block.push(zoned.start());
            block.push(zoned.end());
            Some(zoned.definition())
        }
        None => {
            block.push(Line::new("DTSTART", Value::utc(start)));
            block.push(Line::new("DTEND", Value::utc(end)));
            None
        }
    }
}

/// Writes the place and the description. LOCATION is the physical place if there is one, so that maps and room lists
/// can use it. Otherwise it is the link, which Outlook and telephones offer from LOCATION.
fn place(event: &Event<'_>, block: &mut Block) {
    // A removed attendee must not get the join link.
    let event = &Event {
        join_url: event.join_url.filter(|_| event.method != Method::Cancel),
        passcode: event
            .passcode
            .filter(|code| event.method != Method::Cancel && says_something(code)),
        ..*event
    };
    let location = event
        .meeting
        .location
        .as_deref()
        .filter(|text| says_something(text));
    let join_url = event.join_url.map(JoinUrl::as_str);
    if let Some(location) = location.or(join_url) {
        block.push(Line::new("LOCATION", Value::text(location)));
    }
    let description = description(event);
    if !description.is_empty() {
        block.push(Line::new("DESCRIPTION", Value::text(&description)));
    }
    if let Some(html) = description_html(event) {
        let line = Line::new("X-ALT-DESC", Value::text(&html));
        block.push(line.with("FMTTYPE", Param::token("text/html")));
    }
    if let Some(url) = join_url.or(event.record_url) {
        block.push(Line::new("URL", Value::uri(url)));
    }
    if let Some(url) = join_url {
        let line = Line::new("CONFERENCE", Value::uri(url))
            .with("VALUE", Param::token("URI"))
            .with("FEATURE", Param::token("AUDIO,VIDEO"));
        block.push(line.with("LABEL", Param::quoted(event.join_label)));
    }
}

/// The plain description: the join link, the description, and the address of the record.
fn description(event: &Event<'_>) -> String {
    let mut join = Vec::new();
    if let Some(url) = event.join_url {
        join.extend([event.join_label.to_owned(), url.to_string()]);
    }
    if let Some(passcode) = event.passcode {
        join.push(format!("{}: {passcode}", event.passcode_label));
    }
    let join = join.join("\n");
    let record = event.record_url.filter(|url| !event.description.contains(url));
    let parts = [join.as_str(), event.description, record.unwrap_or_default()];
    let parts: Vec<_> = parts.into_iter().filter(|part| says_something(part)).collect();
    parts.join("\n\n")
}

/// The same as HTML, if the event has an HTML description.
fn description_html(event: &Event<'_>) -> Option<String> {
    let html = event.description_html?;
    let mut join = Vec::new();
    if let Some(url) = event.join_url {
        let (url, label) = (escape_html(url.as_str()), escape_html(event.join_label));
        join.push(format!("<a href=\"{url}\">{label}</a>"));
    }
    if let Some(passcode) = event.passcode {
        join.push(escape_html(&format!("{}: {passcode}", event.passcode_label)));
    }
    let paragraph = |html: &str| {
        if html.is_empty() {
            String::new()
        } else {
            format!("<p>{html}</p>")
        }
    };
    let join = paragraph(&join.join("<br>"));
    let record = event
        .record_url
        .filter(|url| !event.description.contains(url))
        .map(escape_html);
    let record = record
        .map(|url| paragraph(&format!("<a href=\"{url}\">{url}</a>")))
        .unwrap_or_default();
    Some(format!("<html><body>{join}{html}{record}</body></html>"))
}

fn escape_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}

/// Writes whether the meeting takes place, and whether it blocks the recipient's time. Outlook reads the latter from a
/// property of its own.
fn state(event: &Event<'_>, block: &mut Block) {
    let (status, transparency, busy) = match event.method {
        // TRANSP:OPAQUE is the default (RFC 5545 §3.8.2.7). It is left out, because Cyrus stores it twice after an
        // update and then refuses its own object.
        Method::Request | Method::Publish => (Some("CONFIRMED"), None, "BUSY"),
        Method::Cancel if event.whole_cancelled => (Some("CANCELLED"), Some("TRANSPARENT"), "FREE"),
        // The meeting takes place without the recipient (RFC 5546 §3.2.5).
        Method::Cancel => (None, Some("TRANSPARENT"), "FREE"),
    };
    if let Some(status) = status {
        block.push(Line::new("STATUS", Value::token(status)));
    }
    if let Some(transparency) = transparency {
        block.push(Line::new("TRANSP", Value::token(transparency)));
    }
    block.push(Line::new("X-MICROSOFT-CDO-BUSYSTATUS", Value::token(busy)));
    block.push(Line::new("X-MICROSOFT-CDO-INTENDEDSTATUS", Value::token(busy)));
    let all_day = if event.meeting.when.is_all_day() {
        "TRUE"
    } else {
        "FALSE"
    };
    block.push(Line::new("X-MICROSOFT-CDO-ALLDAYEVENT", Value::token(all_day)));
}

fn organizer_line(event: &Event<'_>, address: &EmailAddress) -> Line {
    let line = Line::new("ORGANIZER", Value::mailbox(address));
    let line = line.with("CN", common_name(event.organizer, address));
    match event.sent_by.filter(|sender| !sender.is_same_mailbox(address)) {
        Some(sender) => line.with("SENT-BY", Param::mailbox(sender)),
        None => line,
    }
}

/// The name, or the address if the name has no visible character.
fn common_name(person: &Person, address: &EmailAddress) -> Param {
    let name = one_line(&person.name);
    Param::quoted(if name.is_empty() { address.as_str() } else { &name })
}

fn attendee(event: &Event<'_>, invitee: &Invitee<'_>) -> Line {
    let answer = match invitee.status {
        Acceptance::None => "NEEDS-ACTION",
        Acceptance::Accepted => "ACCEPTED",
        Acceptance::Tentative => "TENTATIVE",
        Acceptance::Declined => "DECLINED",
    };
    let line = Line::new("ATTENDEE", Value::mailbox(invitee.address))
        .with("CUTYPE", Param::token("INDIVIDUAL"))
        .with("ROLE", Param::token("REQ-PARTICIPANT"))
        .with("PARTSTAT", Param::token(answer))
        .with("CN", common_name(invitee.person, invitee.address));
    match event.method {
        // Gmail shows its buttons only if an answer is requested.
        Method::Request => line.with("RSVP", Param::token("TRUE")),
        Method::Cancel | Method::Publish => line,
    }
}
/// Whether a text still has visible characters after its control characters are dropped.
fn says_something(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control())
}
