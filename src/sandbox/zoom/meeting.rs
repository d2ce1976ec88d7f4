//! A meeting of the embedded Zoom, and its form in answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::grants::{new_token, random};

/// The state of a meeting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingState {
    /// Nobody has joined.
    #[default]
    Waiting,
    /// The meeting is running.
    Started,
    /// The meeting is over.
    Ended,
}

/// A tracking field of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingField {
    /// The name.
    pub field: String,
    /// The value.
    #[serde(default)]
    pub value: String,
}

/// A meeting of an embedded Zoom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingRecord {
    /// The meeting id: 11 digits.
    pub id: u64,
    /// The id of the meeting's instance, in base64. It may begin with `/` or contain `//`.
    pub uuid: String,
    /// The account of the meeting.
    pub account_id: String,
    /// The host's user id.
    pub host_id: String,
    /// The host's address.
    pub host_email: String,
    /// The client that created the meeting.
    pub client_id: String,
    /// The topic.
    pub topic: String,
    /// Zoom's number: 1 instant, 2 scheduled, 3 recurring without a fixed time, 8 recurring, 10 screen share.
    pub kind: u8,
    /// The start. Instant meetings have none.
    pub start_time: Option<DateTime<Utc>>,
    /// The duration, in minutes.
    pub duration: u32,
    /// The name of the meeting's time zone.
    pub timezone: String,
    /// The agenda.
    pub agenda: String,
    /// The passcode.
    pub password: Option<String>,
    /// The passcode in the form that the join URL contains.
    pub encrypted_password: Option<String>,
    /// The join link.
    pub join_url: String,
    /// The accepted settings.
    pub settings: Map<String, Value>,
    /// The recurrence, as it was sent.
    pub recurrence: Option<Value>,
    /// The accepted tracking fields.
    pub tracking_fields: Vec<TrackingField>,
    /// Whether the meeting is prescheduled.
    pub pre_schedule: bool,
    /// The state.
    pub state: MeetingState,
    /// When the meeting was created.
    pub created_at: DateTime<Utc>,
    /// When the meeting was deleted, if it was.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// How long a meeting id exists after the meeting.
const EXPIRY: TimeDelta = TimeDelta::days(30);

impl MeetingRecord {
    /// Whether the meeting can be joined, changed and found: it was not deleted, and it is recurring, or began (or
    /// was created) at most 30 days ago.
    #[must_use]
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        let last = self
            .start_time
            .map_or(self.created_at, |start| start.max(self.created_at));
        let expires = !matches!(self.kind, 3 | 8);
        self.deleted_at.is_none() && !(expires && now > last + EXPIRY)
    }

    /// The end. `None`: a meeting without a start.
    #[must_use]
    pub fn end_time(&self) -> Option<DateTime<Utc>> {
        self.start_time
            .map(|start| start + TimeDelta::minutes(self.duration.into()))
    }

    /// Sets or removes the passcode. The join URL changes with it.
    pub fn set_passcode(&mut self, join_base: &str, passcode: Option<String>) {
        self.encrypted_password = passcode.as_ref().map(|_| encrypted());
        self.join_url = match &self.encrypted_password {
            Some(encrypted) => format!("{join_base}/j/{}?pwd={encrypted}", self.id),
            None => format!("{join_base}/j/{}", self.id),
        };
        self.password = passcode;
    }

    /// The object in the answers to `POST` (201) and `GET` (200). Its start URL is new each time.
    pub(super) fn to_json(&self, join_base: &str, with_instance: bool) -> Value {
        let mut object = json!({
            "id": self.id,
            "host_email": self.host_email,
            "topic": self.topic,
            "type": self.kind,
            "duration": self.duration,
            "timezone": self.timezone,
            "agenda": self.agenda,
            "created_at": wire_time(self.created_at),
            "start_url": format!("{join_base}/s/{}?zak={}", self.id, new_token()),
            "join_url": self.join_url,
            "settings": self.settings,
            "pre_schedule": self.pre_schedule,
        });
        if let Some(start) = self.start_time {
            object["start_time"] = json!(wire_time(start));
        }
        if let (Some(password), Some(encrypted)) = (&self.password, &self.encrypted_password) {
            object["password"] = json!(password);
            object["h323_password"] = json!(password);
            object["pstn_password"] = json!(password);
            object["encrypted_password"] = json!(encrypted);
        }
        if let Some(recurrence) = &self.recurrence {
            object["recurrence"] = recurrence.clone();
        }
        if !self.tracking_fields.is_empty() {
            object["tracking_fields"] = json!(self.tracking_fields);
        }
        if with_instance {
            object["uuid"] = json!(self.uuid);
            object["host_id"] = json!(self.host_id);
            object["status"] = json!(match self.state {
                MeetingState::Started => "started",
                MeetingState::Waiting | MeetingState::Ended => "waiting",
            });
        }
        object
    }

    /// The object in a list of meetings. Its agenda is cut to 250 characters.
    pub(super) fn to_list_json(&self) -> Value {
        let mut object = json!({
            "uuid": self.uuid,
            "id": self.id,
            "host_id": self.host_id,
            "topic": self.topic,
            "type": self.kind,
            "duration": self.duration,
            "timezone": self.timezone,
            "agenda": self.agenda.chars().take(250).collect::<String>(),
            "created_at": wire_time(self.created_at),
            "join_url": self.join_url,
        });
        if let Some(start) = self.start_time {
            object["start_time"] = json!(wire_time(start));
        }
        object
    }
}

/// An instant in Zoom's form: UTC, whole seconds, `Z`.
pub(super) fn wire_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// 11 digits, beginning with 8.
pub(super) fn new_meeting_id() -> u64 {
    80_000_000_000 + u64::try_from(Uuid::new_v4().as_u128() % 10_000_000_000).unwrap_or_default()
}

/// A passcode of 6 digits.
pub(super) fn new_passcode() -> String {
    format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000)
}

/// A uuid for the `nth` meeting. Every fourth one begins with `/`, and every fourth one contains `//`, because such
/// uuids must be encoded twice in a path.
pub(super) fn new_uuid(nth: usize) -> String {
    let mut bytes = Uuid::new_v4().into_bytes();
    match nth % 4 {
        1 => bytes[0] = 0xff,
        3 => bytes[3..6].fill(0xff),
        _ => {}
    }
    STANDARD.encode(bytes)
}

fn encrypted() -> String {
    format!(
        "{}{}.1",
        random().replace(['-', '_'], "x"),
        &random()[..8].replace(['-', '_'], "y")
    )
}
