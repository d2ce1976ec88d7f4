//! The calendar object of an invitation. A calendar program reads it to show, answer, move and remove a meeting
//! (iCalendar, RFC 5545 and 7986; iTIP, RFC 5546; in a mail, RFC 6047).
//!
//! [`write`](fn@write) makes one object. For a meeting with many recipients, prepare an [`EventWriter`] once per
//! language and ask it for each recipient's object.
//!
//! ```
//! use invite::calendar::{Event, Method, Participant, write};
//! use invite::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, Revision, When, Zone};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let when = When::timed("2026-12-01T09:00:00Z".parse()?, "2026-12-01T09:45:00Z".parse()?)?;
//! let meeting = Meeting::new(MeetingId::new("kickoff")?, "Kick-off", when, Zone::new("Europe/Berlin")?)?;
//! let ana = Person::new("user:ana".parse()?, "Ana Núñez", Some("ana@acme.example".parse()?));
//! let lee = Person::new("contact:lee".parse()?, "Lee, Harper", Some("lee@client.example".parse()?));
//! let participants = [Participant { person: &lee, status: Acceptance::None }];
//! let join_url = JoinUrl::new("https://acme.zoom.us/j/83515379148")?;
//!
//! let event = Event {
//!     join_url: Some(&join_url),
//!     ..Event::new(Method::Request, &meeting, "kickoff@acme.example", Revision(0), &ana, &participants, "2026-11-24T08:00:00Z".parse()?)
//! };
//! let ics = write(&event, &lee.reference)?;
//! assert!(ics.contains("LOCATION:https://acme.zoom.us/j/83515379148\r\n"));
//! # Ok(())
//! # }
//! ```

mod content;
mod error;
mod words;
mod writer;
mod zone;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use error::CalendarError;
pub use words::in_words;
pub use writer::EventWriter;

use crate::meeting::{Acceptance, EmailAddress, JoinUrl, Meeting, Person, PersonRef, Revision};

/// The most attendees that a calendar object lists. With more attendees, it lists only its recipient (see
/// [`AttendeeList::All`]).
pub const MOST_LISTED_ATTENDEES: usize = 50;

/// The request of a calendar object to its recipient (METHOD, RFC 5546 §1.4). The mail's `method` parameter must say
/// the same (RFC 6047 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
    /// To take part, or to take note of a change (RFC 5546 §3.2.2).
    Request,
    /// To remove the meeting from the calendar (RFC 5546 §3.2.5).
    Cancel,
    /// To take note of the meeting without answering: for the organizer's own calendar, or for any other calendar (RFC
    /// 5546 §3.2.1).
    Publish,
}

impl Method {
    /// The method as RFC 5546 writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The form of a meeting's times. All-day meetings are dates in both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Times {
    /// As instants in UTC. Every client reads them correctly and shows them in its own zone.
    #[default]
    Utc,
    /// As local times of the meeting's zone, with a VTIMEZONE that defines them, so that clients can show the
    /// organizer's zone. Times are still written in UTC if local times are ambiguous, such as in the hour that the end
    /// of summer time repeats.
    Zone,
}

/// The attendees that a calendar object lists beside the organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AttendeeList {
    /// Everybody with an address, as RFC 5546 demands. Only the recipient, if there are more than
    /// [`MOST_LISTED_ATTENDEES`], or if one person is removed from a meeting.
    #[default]
    All,
    /// The recipient alone: attendees do not see each other.
    Recipient,
}

/// An invited person, with the answer given so far.
#[derive(Debug, Clone, Copy)]
pub struct Participant<'a> {
    /// The person.
    pub person: &'a Person,
    /// The answer.
    pub status: Acceptance,
}

/// The content of a calendar object: everything that recipients with the same language share.
///
/// Texts may contain any characters. They are encoded when written, and cannot add a property or a line.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The METHOD.
    pub method: Method,
    /// The meeting. Only its name, time, zone and location are used.
    pub meeting: &'a Meeting,
    /// The UID: the same in every mail about the meeting to every recipient, for as long as the meeting exists.
    pub uid: &'a str,
    /// The SEQUENCE. A resend of the same content keeps it; a cancellation has a higher one.
    pub revision: Revision,
    /// The assigned user, to whom calendars answer. Must have an address.
    pub organizer: &'a Person,
    /// The sender's address of the mail, if it is not the organizer's (SENT-BY).
    pub sent_by: Option<&'a EmailAddress>,
    /// All attendees. An attendee without an address, or with the organizer's address, is not written. Of several
    /// attendees with one address the first is written, or the recipient if the recipient is among them.
    pub participants: &'a [Participant<'a>],
    /// The join link. A cancellation never contains it.
    pub join_url: Option<&'a JoinUrl>,
    /// The passcode to type, if the link alone does not suffice. A cancellation never contains it.
    pub passcode: Option<&'a str>,
    /// The label of the link in the recipient's language, such as `Join Zoom Meeting`.
    pub join_label: &'a str,
    /// The label of the passcode in the recipient's language, such as `Passcode`.
    pub passcode_label: &'a str,
    /// The meeting's description, in plain text; may be empty. The link and the passcode come before it.
    pub description: &'a str,
    /// The description as an HTML fragment, sanitized. The link and the passcode come before it.
    pub description_html: Option<&'a str>,
    /// The web page of the CRM's record, for recipients who may open it.
    pub record_url: Option<&'a str>,
    /// For a cancellation: whether the whole meeting is called off. If not, only the recipient is removed from the
    /// meeting.
    pub whole_cancelled: bool,
    /// The form of the times.
    pub times: Times,
    /// The attendees that are listed.
    pub attendee_list: AttendeeList,
    /// When the meeting was last changed, if the CRM knows it (LAST-MODIFIED).
    pub modified: Option<DateTime<Utc>>,
    /// When this mail is made (DTSTAMP). Of two objects with one revision, calendars use the later one.
    pub stamp: DateTime<Utc>,
}

impl<'a> Event<'a> {
    /// An event with its required values. The defaults of the rest: no link, no description, times in UTC, all
    /// attendees listed, answers kept, a cancellation of the whole meeting, English labels.
    #[must_use]
    pub fn new(
        method: Method,
        meeting: &'a Meeting,
        uid: &'a str,
        revision: Revision,
        organizer: &'a Person,
        participants: &'a [Participant<'a>],
        stamp: DateTime<Utc>,
    ) -> Self {
        Self {
            method,
            meeting,
            uid,
            revision,
            organizer,
            sent_by: None,
            participants,
            join_url: None,
            passcode: None,
            join_label: "Join online",
            passcode_label: "Passcode",
            description: "",
            description_html: None,
            record_url: None,
            whole_cancelled: true,
            times: Times::default(),
            attendee_list: AttendeeList::default(),
            modified: None,
            stamp,
        }
    }
}

/// Writes the calendar object for one recipient, who is listed as ATTENDEE in it.
///
/// # Errors
/// [`CalendarError`] when the organizer or the recipient has no address, the UID is empty, or the recipient is
/// no participant or is the organizer.
pub fn write(event: &Event<'_>, recipient: &PersonRef) -> Result<String, CalendarError> {
    EventWriter::new(event)?.for_recipient(recipient)
}
