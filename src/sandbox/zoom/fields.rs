//! The fields of a meeting as a caller sends them, checked.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use super::answer::FieldError;
use super::time_zones::is_listed;
use super::{Rules, TrackingField};
use crate::meeting::Zone;

/// The checked fields of a request. `None`: the field was not sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    pub(super) topic: Option<String>,
    pub(super) kind: Option<u8>,
    pub(super) start: Option<Start>,
    pub(super) timezone: Option<String>,
    pub(super) duration: Option<u32>,
    pub(super) agenda: Option<String>,
    pub(super) password: Option<String>,
    pub(super) default_password: Option<bool>,
    pub(super) schedule_for: Option<String>,
    pub(super) pre_schedule: Option<bool>,
    pub(super) recurrence: Option<Value>,
    pub(super) tracking_fields: Option<Vec<TrackingField>>,
    pub(super) settings: Option<Map<String, Value>>,
}

/// A start in the form in which it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Utc(DateTime<Utc>),
    Local(NaiveDateTime),
}

impl Start {
    /// The instant. For a repeated local time: its first occurrence. For a skipped one: the instant as far behind the
    /// change.
    pub(super) fn instant(self, timezone: &str) -> DateTime<Utc> {
        match self {
            Self::Utc(at) => at,
            Self::Local(local) => Zone::new(timezone).map_or(local.and_utc(), |zone| {
                zone.resolve(local).unwrap_or_else(|_| {
                    let before = zone.offset_at(local.and_utc() - chrono::TimeDelta::days(1));
                    (local - before).and_utc()
                })
            }),
        }
    }
}

/// The operation that the fields are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Create,
    Update,
}

const BOOLEAN_SETTINGS: [&str; 29] = [
    "allow_multiple_devices",
    "alternative_host_update_polls",
    "alternative_hosts_email_notification",
    "auto_start_ai_companion_questions",
    "auto_start_meeting_summary",
    "close_registration",
    "cn_meeting",
    "device_testing",
    "email_in_attendee_report",
    "email_notification",
    "enforce_login",
    "focus_mode",
    "host_save_video_order",
    "host_video",
    "in_meeting",
    "internal_meeting",
    "join_before_host",
    "meeting_authentication",
    "mute_upon_entry",
    "participant_focused_meeting",
    "participant_video",
    "private_meeting",
    "push_change_to_calendar",
    "registrants_confirmation_email",
    "registrants_email_notification",
    "show_share_button",
    "use_pmi",
    "waiting_room",
    "watermark",
];
const TEXT_SETTINGS: [&str; 7] = [
    "alternative_hosts",
    "authentication_domains",
    "authentication_name",
    "authentication_option",
    "contact_email",
    "contact_name",
    "enforce_login_domains",
];
const OTHER_SETTINGS: [&str; 6] = [
    "approved_or_denied_countries_or_regions",
    "authentication_exception",
    "continuous_meeting_chat",
    "global_dial_in_countries",
    "language_interpretation",
    "meeting_invitees",
];
const NUMBER_SETTINGS: [(&str, &[i64]); 4] = [
    ("approval_type", &[0, 1, 2]),
    ("calendar_type", &[1, 2]),
    ("jbh_time", &[0, 5, 10, 15]),
    ("registration_type", &[1, 2, 3]),
];
const WORD_SETTINGS: [(&str, &[&str]); 3] = [
    ("audio", &["both", "telephony", "voip", "thirdParty"]),
    ("auto_recording", &["local", "cloud", "none"]),
    ("encryption_type", &["enhanced_encryption", "e2ee"]),
];

/// Checks the body of a creation or update.
pub(super) fn read(
    body: &Map<String, Value>,
    rules: &Rules,
    purpose: Purpose,
) -> Result<Wanted, Vec<FieldError>> {
    let mut reader = Reader {
        body,
        errors: Vec::new(),
    };
    let wanted = Wanted {
        topic: reader.text("topic", |text| text.chars().count() <= 200),
        agenda: reader.text("agenda", |text| text.chars().count() <= 2000),
        kind: reader
            .number("type", |n| [1, 2, 3, 8, 10].contains(&n))
            .and_then(|n| u8::try_from(n).ok()),
        start: reader
            .text("start_time", |text| start(text).is_some())
            .and_then(|text| start(&text)),
        timezone: reader.text("timezone", |text| {
            is_listed(text) || (!rules.only_listed_time_zones && Zone::new(text).is_ok())
        }),
        duration: reader
            .number("duration", |n| {
                (1..=i64::from(rules.longest_duration)).contains(&n)
            })
            .and_then(|n| u32::try_from(n).ok()),
        password: reader.text("password", |text| is_passcode(text, purpose)),
        default_password: match purpose {
            Purpose::Create => reader.boolean("default_password"),
            Purpose::Update => None,
        },
        schedule_for: reader.text("schedule_for", |_| true),
        pre_schedule: reader.boolean("pre_schedule"),
        recurrence: reader.recurrence(),
        tracking_fields: reader.tracking_fields(rules),
        settings: reader.settings(),
    };
    if reader.errors.is_empty() {
        Ok(wanted)
    } else {
        Err(reader.errors)
    }
}

struct Reader<'a> {
    body: &'a Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    fn refuse(&mut self, field: impl Into<String>) {
        self.errors.push(FieldError {
            field: field.into(),
            message: "Invalid field.".to_owned(),
        });
    }

    fn text(&mut self, name: &str, is_valid: impl Fn(&str) -> bool) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if is_valid(text) => Some(text.clone()),
            _ => {
                self.refuse(name);
                None
            }
        }
    }

    fn number(&mut self, name: &str, is_valid: impl Fn(i64) -> bool) -> Option<i64> {
        match self.get(name)?.as_i64() {
            Some(number) if is_valid(number) => Some(number),
            _ => {
                self.refuse(name);
                None
            }
        }
    }

    fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?.as_bool();
        if value.is_none() {
            self.refuse(name);
        }
        value
    }

    fn recurrence(&mut self) -> Option<Value> {
        let value = self.get("recurrence")?.clone();
        let number = |name: &str| value.get(name).map(|n| n.as_i64().unwrap_or(i64::MIN));
        let within = |name: &str, low: i64, high: i64| number(name).is_none_or(|n| (low..=high).contains(&n));
        let longest = match number("type") {
            Some(1) => 99,
            Some(2) => 50,
            Some(3) => 10,
            _ => {
                self.refuse("recurrence.type");
                return None;
            }
        };
        let days = value.get("weekly_days").map(|days| {
            days.as_str()
                .is_some_and(|days| days.split(',').all(|day| matches!(day.trim().parse(), Ok(1..=7))))
        });
        let until = value.get("end_date_time");
        let checks = [
            (
                "recurrence.repeat_interval",
                within("repeat_interval", 1, longest),
            ),
            ("recurrence.weekly_days", days.unwrap_or(true)),
            ("recurrence.monthly_day", within("monthly_day", 1, 31)),
            (
                "recurrence.monthly_week",
                within("monthly_week", -1, 4) && number("monthly_week") != Some(0),
            ),
            ("recurrence.monthly_week_day", within("monthly_week_day", 1, 7)),
            (
                "recurrence.end_times",
                within("end_times", 0, 60) && (value.get("end_times").is_none() || until.is_none()),
            ),
            (
                "recurrence.end_date_time",
                until.is_none_or(|at| matches!(at.as_str().and_then(start), Some(Start::Utc(_)))),
            ),
        ];
        for (field, is_valid) in checks {
            if !is_valid {
                self.refuse(field);
            }
        }
        Some(value)
    }

    fn tracking_fields(&mut self, rules: &Rules) -> Option<Vec<TrackingField>> {
        let value = self.get("tracking_fields")?.clone();
        match serde_json::from_value::<Vec<TrackingField>>(value) {
            Ok(fields) => {
                let known = fields
                    .into_iter()
                    .filter(|field| rules.tracking_fields.contains(&field.field));
                Some(known.collect())
            }
            Err(_) => {
                self.refuse("tracking_fields");
                None
            }
        }
    }

    /// The known settings. Unknown settings are dropped silently.
    fn settings(&mut self) -> Option<Map<String, Value>> {
        let Value::Object(sent) = self.get("settings")?.clone() else {
            self.refuse("settings");
            return None;
        };
        let mut taken = Map::new();
        for (name, value) in sent {
            let name = name.as_str();
            let numbers = NUMBER_SETTINGS.iter().find(|(known, _)| *known == name);
            let words = WORD_SETTINGS.iter().find(|(known, _)| *known == name);
            let is_valid = if BOOLEAN_SETTINGS.contains(&name) {
                value.is_boolean()
            } else if TEXT_SETTINGS.contains(&name) {
                value.is_string()
            } else if let Some((_, numbers)) = numbers {
                value.as_i64().is_some_and(|n| numbers.contains(&n))
            } else if let Some((_, words)) = words {
                value.as_str().is_some_and(|word| words.contains(&word))
            } else if OTHER_SETTINGS.contains(&name) {
                value.is_object() || value.is_array()
            } else {
                continue;
            };
            if is_valid {
                taken.insert(name.to_owned(), value);
            } else {
                self.errors.push(FieldError {
                    field: format!("settings.{name}"),
                    message: format!("Invalid parameter: {name}."),
                });
            }
        }
        Some(taken)
    }
}

/// The two documented forms: `yyyy-MM-ddTHH:mm:ssZ` and `yyyy-MM-ddTHH:mm:ss`. No other form is accepted.
fn start(text: &str) -> Option<Start> {
    let (local, is_utc) = match text.strip_suffix('Z') {
        Some(local) => (local, true),
        None => (text, false),
    };
    if local.len() != 19 {
        return None;
    }
    let at = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S").ok()?;
    Some(if is_utc {
        Start::Utc(at.and_utc())
    } else {
        Start::Local(at)
    })
}

/// At most 10 characters: visible ASCII for a creation, and letters, digits and `@-_*` for an update.
fn is_passcode(text: &str, purpose: Purpose) -> bool {
    text.len() <= 10
        && text.bytes().all(|byte| match purpose {
            Purpose::Create => byte.is_ascii_graphic(),
            Purpose::Update => byte.is_ascii_alphanumeric() || b"@-_*".contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: Value, purpose: Purpose) -> Vec<String> {
        let Value::Object(body) = body else {
            panic!("an object")
        };
        match read(&body, &Rules::default(), purpose) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        }
    }

    #[test]
    fn each_limit_is_at_its_place() {
        let ok = json!({"topic": "ä".repeat(200), "agenda": "ä".repeat(2000), "type": 2, "password": "abc123456!",
            "start_time": "2026-12-01T09:00:00Z", "timezone": "Europe/Kiev", "duration": 1440,
            "settings": {"jbh_time": 5, "waiting_room": true, "unheard_of": "x"}});
        assert!(refused(ok, Purpose::Create).is_empty());
        for (body, field) in [
            (json!({"topic": "x".repeat(201)}), "topic"),
            (json!({"agenda": "x".repeat(2001)}), "agenda"),
            (json!({"type": 4}), "type"),
            (json!({"type": "2"}), "type"),
            (json!({"password": "12345678901"}), "password"),
            (json!({"password": "ab cd"}), "password"),
            (json!({"start_time": "2026-12-01T09:00:00.000Z"}), "start_time"),
            (json!({"start_time": "2026-12-01T09:00:00+01:00"}), "start_time"),
            (json!({"start_time": "2026-12-01 09:00:00"}), "start_time"),
            (json!({"start_time": "2026-02-30T09:00:00Z"}), "start_time"),
            (json!({"timezone": "Europe/Kyiv"}), "timezone"),
            (json!({"duration": 0}), "duration"),
            (json!({"duration": 45.5}), "duration"),
            (json!({"duration": 1441}), "duration"),
            (json!({"settings": []}), "settings"),
            (json!({"settings": {"jbh_time": 7}}), "settings.jbh_time"),
            (json!({"settings": {"audio": "phone"}}), "settings.audio"),
            (
                json!({"settings": {"waiting_room": "yes"}}),
                "settings.waiting_room",
            ),
            (json!({"tracking_fields": [{"value": "x"}]}), "tracking_fields"),
            (json!({"recurrence": {"repeat_interval": 1}}), "recurrence.type"),
            (
                json!({"recurrence": {"type": 2, "repeat_interval": 51}}),
                "recurrence.repeat_interval",
            ),
            (
                json!({"recurrence": {"type": 1, "end_times": 61}}),
                "recurrence.end_times",
            ),
            (
                json!({"recurrence": {"type": 1, "end_times": 2, "end_date_time": "2027-01-01T00:00:00Z"}}),
                "recurrence.end_times",
            ),
        ] {
            assert_eq!(refused(body.clone(), Purpose::Create), [field], "{body}");
        }
    }

    #[test]
    fn an_update_takes_fewer_passcodes() {
        assert!(refused(json!({"password": "a!b"}), Purpose::Create).is_empty());
        assert_eq!(refused(json!({"password": "a!b"}), Purpose::Update), ["password"]);
        assert!(refused(json!({"password": "a@-_*9"}), Purpose::Update).is_empty());
    }

    #[test]
    fn local_times_are_of_the_zone() {
        let at = |text: &str, zone: &str| start(text).unwrap().instant(zone).to_rfc3339();
        assert_eq!(
            at("2026-12-01T10:00:00", "Europe/Berlin"),
            "2026-12-01T09:00:00+00:00"
        );
        assert_eq!(
            at("2026-12-01T10:00:00Z", "Europe/Berlin"),
            "2026-12-01T10:00:00+00:00"
        );
        assert_eq!(
            at("2026-03-29T02:30:00", "Europe/Berlin"),
            "2026-03-29T01:30:00+00:00"
        );
        assert_eq!(
            at("2026-10-25T02:30:00", "Europe/Berlin"),
            "2026-10-25T00:30:00+00:00"
        );
    }
}
