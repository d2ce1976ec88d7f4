//! Makes a sample from a meeting of a file of records, to try templates on it.

use crate::crm::MeetingRecord;
use crate::crm::import::ImportFile;
use crate::fault::{Act, Class, Fault, Remedy};
use crate::meeting::{MeetingId, Person, PersonKind, PersonRef, Revision};
use crate::organization::Organization;
use crate::pipeline::Pick;
use crate::template::{Cancellation, Sample};

/// Why a file of records yields no sample.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The file has no such meeting.
    #[error("the file has no meeting {:?}{}", meeting.as_str(), listed(known))]
    NoMeeting {
        /// The id that was asked for.
        meeting: MeetingId,
        /// The meetings in the file.
        known: Vec<MeetingId>,
    },
    /// The file has no meeting.
    #[error("the file has no meetings")]
    NoMeetings,
    /// The file lacks a person whom the meeting needs.
    #[error("the meeting {:?} has {what}", meeting.as_str())]
    Missing {
        /// The meeting.
        meeting: MeetingId,
        /// The missing person, such as `no assigned user`.
        what: String,
    },
}

fn listed(known: &[MeetingId]) -> String {
    let names: Vec<_> = known.iter().take(8).map(MeetingId::as_str).collect();
    format!("; it has {}", names.join(", "))
}

impl Fault for SampleError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NoMeeting { .. } | Self::NoMeetings => "sample.no_meeting",
            Self::Missing { .. } => "sample.incomplete",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::NoMeeting { .. } | Self::NoMeetings => Class::NotFound,
            Self::Missing { .. } => Class::BadData,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            Remedy::says("the file is of the form that ")
                .then(Act::Import)
                .and(" reads, with the people of its meetings"),
        )
    }
}

/// A sample from a meeting of a file of records, for one attendee. Without a name it is the meeting's first attendee.
/// Without a meeting's id it is the file's first meeting.
///
/// # Errors
/// [`SampleError`] if the file lacks the meeting, or a person of the meeting.
pub fn sample_of_records(
    records: &ImportFile,
    id: Option<&MeetingId>,
    to: Option<&Pick>,
    organization: &Organization,
) -> Result<Sample, SampleError> {
    let mut meetings = records.meetings.iter();
    let MeetingRecord { meeting, attendees } = match id {
        None => meetings.next().ok_or(SampleError::NoMeetings)?,
        Some(id) => {
            let known = || records.meetings.iter().map(|record| record.meeting.id().clone());
            let found = meetings.find(|record| record.meeting.id() == id);
            found.ok_or_else(|| SampleError::NoMeeting {
                meeting: id.clone(),
                known: known().collect(),
            })?
        }
    };
    let missing = |what: String| SampleError::Missing {
        meeting: meeting.id().clone(),
        what,
    };
    let organizer = meeting
        .assigned_user
        .as_ref()
        .ok_or_else(|| missing("no assigned user".to_owned()))?;
    let organizer = records
        .person(&PersonRef::user(organizer.clone()))
        .ok_or_else(|| missing(format!("the assigned user {organizer}, who is not in the file")))?;
    let people = attendees.iter();
    let people = people.filter_map(|attendee| records.person(&attendee.person));
    let people: Vec<&Person> = people.collect();
    let invitee = people.iter().find(|candidate| match to {
        Some(pick) => pick.picks(candidate),
        None => candidate.reference != organizer.reference && candidate.email().is_some(),
    });
    let invitee = *invitee.ok_or_else(|| match to {
        Some(pick) => missing(format!("no attendee {pick} in the file")),
        None => missing("no attendee in the file who has an address".to_owned()),
    })?;
    Ok(Sample {
        id: meeting.id().to_string(),
        title: meeting.name().to_owned(),
        online_name: meeting.online_location.map(|location| location.capitalized()),
        online: None,
        record_url: organization
            .record_url(meeting.id())
            .filter(|_| invitee.reference.kind == PersonKind::User),
        answer_links: None,
        change: None,
        cancellation: Cancellation::CalledOff,
        new_organizer: None,
        revision: Revision(0),
        participants: people.iter().map(|person| person.display_name()).collect(),
        organizer: organizer.clone(),
        organization: organization.clone(),
        meeting: meeting.clone(),
        invitee: invitee.clone(),
    })
}
