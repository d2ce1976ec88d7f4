//! The JSON of Zoom's meeting API, as far as this program uses it.
//!
//! `start_url` is left out on purpose: everybody who has it can be the host.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::describe::{DEFAULT_PASSWORD, agenda_with_marker};
use crate::online::OnlineSpec;

/// Zoom's number for a scheduled meeting.
const SCHEDULED: u8 = 2;

/// The body of a creation or of a change. A change has only the changed fields.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct MeetingBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) topic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "type")]
    pub(super) kind: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timezone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agenda: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_password: Option<bool>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) settings: Map<String, Value>,
}

impl<'a> MeetingBody<'a> {
    pub(super) fn creation(spec: &'a OnlineSpec, marker: &str) -> Self {
        let mut settings = spec.settings.clone();
        let passcode = settings.remove(DEFAULT_PASSWORD);
        Self {
            topic: Some(&spec.topic),
            kind: Some(SCHEDULED),
            start_time: Some(start_time(spec.start)),
            duration: Some(spec.duration),
            timezone: Some(&spec.time_zone),
            agenda: Some(agenda_with_marker(&spec.agenda, marker)),
            default_password: passcode.and_then(|passcode| passcode.as_bool()),
            settings,
        }
    }

    /// The changed facts; all facts, if it is not certain what Zoom was told. A start in the past is left out: Zoom
    /// would ignore it and report success. If nothing is left, the unchanged topic is sent, so that Zoom at least
    /// answers whether the meeting exists.
    pub(super) fn change(
        told: Option<&OnlineSpec>,
        spec: &'a OnlineSpec,
        marker: &str,
        now: DateTime<Utc>,
    ) -> Self {
        let differs =
            |differ: fn(&OnlineSpec, &OnlineSpec) -> bool| told.is_none_or(|told| differ(told, spec));
        let mut settings = spec.settings.clone();
        settings.remove(DEFAULT_PASSWORD);
        settings.retain(|key, value| told.and_then(|told| told.settings.get(key)) != Some(value));
        let moved = differs(|a, b| a.start != b.start) && spec.start > now;
        let mut body = Self {
            topic: differs(|a, b| a.topic != b.topic).then_some(&spec.topic),
            kind: None,
            start_time: moved.then(|| start_time(spec.start)),
            duration: differs(|a, b| a.duration != b.duration).then_some(spec.duration),
            timezone: differs(|a, b| a.time_zone != b.time_zone).then_some(&spec.time_zone),
            agenda: differs(|a, b| a.agenda != b.agenda).then(|| agenda_with_marker(&spec.agenda, marker)),
            default_password: None,
            settings,
        };
        if body == Self::default() {
            body.topic = Some(&spec.topic);
        }
        body
    }

    /// A change that changes nothing.
    pub(super) fn unchanged(told: &'a OnlineSpec) -> Self {
        Self {
            topic: Some(&told.topic),
            ..Self::default()
        }
    }
}

/// An instant in Zoom's form: UTC, in whole seconds.
pub(super) fn start_time(start: DateTime<Utc>) -> String {
    start.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A meeting in Zoom's answer to a creation or a read.
#[derive(Debug, Deserialize)]
pub(super) struct MeetingAnswer {
    #[serde(deserialize_with = "number_or_text")]
    pub(super) id: String,
    pub(super) join_url: String,
    #[serde(default)]
    pub(super) password: Option<String>,
    #[serde(default)]
    pub(super) start_time: Option<String>,
    #[serde(default)]
    pub(super) agenda: Option<String>,
}

/// One page of a user's meetings.
#[derive(Debug, Deserialize)]
pub(super) struct MeetingList {
    #[serde(default)]
    pub(super) next_page_token: Option<String>,
    #[serde(default)]
    pub(super) meetings: Vec<ListedMeeting>,
}

/// A meeting in a list. Its agenda is cut after 250 characters.
#[derive(Debug, Deserialize)]
pub(super) struct ListedMeeting {
    #[serde(deserialize_with = "number_or_text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) start_time: Option<String>,
    #[serde(default)]
    pub(super) agenda: Option<String>,
    #[serde(default)]
    pub(super) join_url: Option<String>,
}

/// Meeting ids are numbers of more than 32 bits in most answers, and texts in others.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(n) => Ok(n.to_string()),
        Either::Text(text) => {
            let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
            if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
                Ok(digits)
            } else {
                Err(serde::de::Error::custom("a meeting id has digits only"))
            }
        }
    }
}

/// A refusal: `{"code": 300, "message": "…", "errors": [{"field": "…", "message": "…"}]}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RefusalBody {
    #[serde(deserialize_with = "code")]
    pub(super) code: Option<i64>,
    pub(super) message: Option<String>,
    pub(super) errors: Vec<FieldFault>,
}

/// A field that Zoom did not accept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FieldFault {
    pub(super) field: String,
    pub(super) message: String,
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(n) => n.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

impl RefusalBody {
    /// Reads a body that may be JSON, XML (`<result><code>300</code><message>…</message></result>`, from old parts of
    /// Zoom's API), a web page, or empty.
    pub(super) fn read(body: &[u8]) -> Self {
        if let Ok(refusal) = serde_json::from_slice::<Self>(body) {
            return refusal;
        }
        let text = String::from_utf8_lossy(body);
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            let (content, _) = rest.split_once(&format!("</{name}>"))?;
            Some(content.trim().to_owned())
        };
        let code = element("code").and_then(|code| code.parse().ok());
        let message = code.and_then(|_: i64| element("message").or_else(|| element("errorMessage")));
        Self {
            code,
            message,
            errors: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_written_to_the_letter() {
        let at = |t: &str| start_time(t.parse().unwrap());
        assert_eq!(at("2026-12-01T09:30:00.123Z"), "2026-12-01T09:30:00Z");
        assert_eq!(at("2027-03-05T19:45:07+05:30"), "2027-03-05T14:15:07Z");
    }

    #[test]
    fn an_id_is_a_number_or_a_text_of_any_length() {
        let id = |json: &str| {
            serde_json::from_str::<MeetingAnswer>(&format!(r#"{{"id":{json},"join_url":"x"}}"#))
                .map(|meeting| meeting.id)
        };
        assert_eq!(id("85746065432").unwrap(), "85746065432");
        assert_eq!(id("\"857 4606-5432\"").unwrap(), "85746065432");
        for bad in ["\"abc\"", "\"\"", "null", "1.5", "-3"] {
            assert!(id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn refusals_of_every_form_are_read() {
        let json = RefusalBody::read(
            br#"{"code":300,"message":"Validation Failed.","errors":[{"field":"settings.jbh_time","message":"Invalid parameter: jbh_time."}]}"#,
        );
        assert_eq!((json.code, json.errors.len()), (Some(300), 1));
        let xml = RefusalBody::read(
            b"<?xml version=\"1.0\"?><result><code>300</code><message>Invalid.</message></result>",
        );
        assert_eq!((xml.code, xml.message.as_deref()), (Some(300), Some("Invalid.")));
        for other in [&b""[..], b"<html><code>x</code></html>", b"[]", b"\xff"] {
            let read = RefusalBody::read(other);
            assert_eq!((read.code, read.message), (None, None));
        }
        assert_eq!(RefusalBody::read(br#"{"code":"3001"}"#).code, Some(3001));
    }
}
