//! The calendar object of an invitation: what a calendar program reads to show a meeting, to answer, to move
//! and to remove it (iCalendar, RFC 5545 and 7986; iTIP, RFC 5546; in a mail, RFC 6047).
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

/// The most attendees that a calendar object lists; beyond, it lists its recipient alone
/// (see [`AttendeeList::All`]).
pub const MOST_LISTED_ATTENDEES: usize = 50;

/// The request of a calendar object to its recipient (METHOD, RFC 5546 §1.4). The mail's `method` parameter must say
/// the same (RFC 6047 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
    /// To take part, or to take note of a change (RFC 5546 §3.2.2).
    Request,
    /// To remove the meeting (RFC 5546 §3.2.5).
    Cancel,
    /// To take note of it, with no answer asked for: for the organizer's own calendar, or anybody's (RFC 5546 §3.2.1).
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

/// How the times of a meeting are written. All-day meetings are dates either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Times {
    /// As instants in UTC, which every client reads right and shows in its own zone.
    #[default]
    Utc,
    /// As local times of the meeting's zone, explained by a VTIMEZONE; so clients can show the organizer's zone.
    /// In UTC still where local times cannot tell the instants, such as in the hour that the end of summer time
    /// repeats.
    Zone,
}

/// The attendees that a calendar object lists beside the organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AttendeeList {
    /// Everybody with an address, as RFC 5546 wants it; the recipient alone where these are more than
    /// [`MOST_LISTED_ATTENDEES`], and where one person is removed from a meeting.
    #[default]
    All,
    /// The recipient alone: attendees do not see each other.
    Recipient,
}

/// Somebody invited, with the answer given so far.
#[derive(Debug, Clone, Copy)]
pub struct Participant<'a> {
    /// The person.
    pub person: &'a Person,
    /// The answer.
    pub status: Acceptance,
}

/// The content of a calendar object: everything that recipients with the same language have in common.
///
/// Any text may hold any character. It is encoded when written, and can add neither a property nor a line.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The METHOD.
    pub method: Method,
    /// The meeting: its name, time, zone and location are taken from here, and nothing else.
    pub meeting: &'a Meeting,
    /// The UID: the same in every mail about the meeting, to everybody, for good.
    pub uid: &'a str,
    /// The SEQUENCE. A resend of the same content keeps it; a cancellation has a higher one.
    pub revision: Revision,
    /// The assigned user, to whom calendars answer. Must have an address.
    pub organizer: &'a Person,
    /// The address that the mail comes from where it is not the organizer's (SENT-BY).
    pub sent_by: Option<&'a EmailAddress>,
    /// All attendees. An attendee without an address, or with the organizer's, is not written. Of several
    /// with one address the first is written, unless another of them is the recipient.
    pub participants: &'a [Participant<'a>],
    /// The link to join online. A cancellation never has it.
    pub join_url: Option<&'a JoinUrl>,
    /// The passcode to type in where the link alone does not do. A cancellation never has it.
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
    /// Of a cancellation: whether the meeting is called off; else the recipient alone is removed from it.
    pub whole_cancelled: bool,
    /// How times are written.
    pub times: Times,
    /// Which attendees are listed.
    pub attendee_list: AttendeeList,
    /// When the meeting was last changed, where the CRM knows it (LAST-MODIFIED).
    pub modified: Option<DateTime<Utc>>,
    /// When this mail is made (DTSTAMP). Of two objects with one revision, calendars take the later.
    pub stamp: DateTime<Utc>,
}

impl<'a> Event<'a> {
    /// An event with what every event has. The rest has defaults: no link, no description, times in UTC, all
    /// attendees listed, answers kept; a cancellation is of the whole meeting; labels are English.
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
