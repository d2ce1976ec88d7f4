//! The meanings of the meeting API's refusals. HTTP status and code decide; the words decide only if Zoom uses one code
//! for several meanings.

use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::ZoomError;
use super::error::{Reply, presentable};
use super::wire::RefusalBody;
use crate::http::Answer;

/// The refused request, with its host or meeting. It decides the meaning of a code.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task<'a> {
    /// Creating a meeting for this host.
    Create(&'a str),
    /// Changing the meeting with this id.
    Update(&'a str),
    /// Deleting the meeting with this id.
    Delete(&'a str),
    /// Checking whether the meeting with this id exists.
    Check(&'a str),
    /// Searching the meetings of this host.
    List(&'a str),
}

impl Task<'_> {
    pub(super) fn doing(&self) -> String {
        match self {
            Self::Create(host) => format!("making the Zoom meeting for {host}"),
            Self::Update(id) => format!("changing Zoom meeting {id}"),
            Self::Delete(id) => format!("deleting Zoom meeting {id}"),
            Self::Check(id) => format!("looking at Zoom meeting {id}"),
            Self::List(host) => format!("looking through the Zoom meetings of {host}"),
        }
    }

    /// The host, if the request names one.
    fn host(&self) -> Option<&str> {
        match self {
            Self::Create(host) | Self::List(host) => Some(host),
            Self::Update(_) | Self::Delete(_) | Self::Check(_) => None,
        }
    }
}

/// The next step after a refusal.
pub(super) enum Verdict {
    /// Zoom does not accept the access token. It may accept another one.
    Token(Reply),
    /// The requests are too fast. Every kind of request may be repeated after this time.
    Slow(Option<Duration>, Reply),
    /// Zoom has an internal fault. It may ask to wait for this time.
    Fault(Option<Duration>, Reply),
    /// The error is final.
    Final(ZoomError),
}

pub(super) fn judge(task: Task<'_>, answer: &Answer, token: &str, now: DateTime<Utc>) -> Verdict {
    let body = RefusalBody::read(&answer.body);
    let reply = Reply {
        status: answer.status,
        code: body.code,
        message: presentable(body.message.as_deref().unwrap_or_default(), &[token]),
        fields: body
            .errors
            .iter()
            .map(|fault| presentable(&format!("{}: {}", fault.field, fault.message), &[token]))
            .collect(),
    };
    let words = reply.message.to_ascii_lowercase();
    let doing = task.doing();
    if answer.status == 429 || words.contains("daily rate limit") {
        return limit(doing, answer, reply, &words, now);
    }
    if answer.status >= 500 || answer.status == 408 {
        let patience = answer
            .header("retry-after")
            .and_then(|text| retry_after(text, now));
        return Verdict::Fault(patience, reply);
    }
    Verdict::Final(match (answer.status, reply.code) {
        (400 | 401, Some(124)) | (401, None) => return Verdict::Token(reply),
        (_, Some(4711)) => scope_missing(doing, reply),
        (_, Some(4700)) if words.contains("scope") => scope_missing(doing, reply),
        (401, Some(4700)) => return Verdict::Token(reply),
        (404, Some(1001)) | (400, Some(1010)) => match task.host() {
            Some(host) => ZoomError::UserNotFound {
                doing,
                host: host.to_owned(),
                reply,
            },
            // The meeting's host has left the account, and the meeting left with the host.
            None => ZoomError::MeetingGone { doing, reply },
        },
        (404, Some(3001)) => ZoomError::MeetingGone { doing, reply },
        (400, Some(1000)) => match task.host() {
            Some(host) => ZoomError::UserPending {
                doing,
                host: host.to_owned(),
                reply,
            },
            None => ZoomError::Refused { doing, reply },
        },
        (_, Some(3161)) => ZoomError::NoLicence {
            host: task.host().unwrap_or("of the meeting").to_owned(),
            doing,
            reply,
        },
        (_, Some(200)) => ZoomError::NotAllowed { doing, reply },
        (_, Some(300)) => ZoomError::InvalidField { doing, reply },
        (_, Some(3002)) => ZoomError::MeetingRunning { doing, reply },
        (_, Some(3000)) if words.contains("started") => ZoomError::MeetingRunning { doing, reply },
        (_, Some(3003)) => ZoomError::NotHost { doing, reply },
        (_, Some(3007)) => ZoomError::MeetingEnded { doing, reply },
        (_, Some(3018 | 3037)) => ZoomError::PersonalRoom { doing, reply },
        (404, Some(2300) | None) | (405, _) => ZoomError::NoSuchApi { doing, reply },
        _ if words.contains("pending") && task.host().is_some() => ZoomError::UserPending {
            doing,
            host: task.host().unwrap_or_default().to_owned(),
            reply,
        },
        _ => ZoomError::Refused { doing, reply },
    })
}

/// The scopes in a message: `… does not contain scopes:[meeting:write:meeting:admin, …].`
fn scope_missing(doing: String, reply: Reply) -> ZoomError {
    let scopes = reply
        .message
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| {
            list.split(',')
                .map(|scope| scope.trim().to_owned())
                .filter(|scope| !scope.is_empty())
                .collect()
        })
        .unwrap_or_default();
    ZoomError::ScopeMissing { doing, scopes, reply }
}

fn limit(doing: String, answer: &Answer, reply: Reply, words: &str, now: DateTime<Utc>) -> Verdict {
    let kind = answer
        .header("x-ratelimit-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let wait = answer
        .header("retry-after")
        .and_then(|text| retry_after(text, now));
    if words.contains("(100)") || words.contains("particular user") {
        return Verdict::Final(ZoomError::HostDailyLimit {
            doing,
            retry_at: next_midnight(now),
            reply,
        });
    }
    if kind.contains("daily") || words.contains("daily rate limit") {
        let told = wait
            .and_then(|wait| TimeDelta::from_std(wait).ok())
            .map(|wait| now + wait);
        return Verdict::Final(ZoomError::DailyLimit {
            doing,
            retry_at: told.unwrap_or_else(|| next_midnight(now)),
            reply,
        });
    }
    Verdict::Slow(wait, reply)
}

/// The time that a `Retry-After` asks to wait. Zoom writes seconds or an ISO date. HTTP's own form of a date is read
/// too (RFC 9110 §10.2.3).
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds.min(7 * 86_400)));
    }
    let at = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

/// The next 00:00 UTC, when Zoom's daily counts start again.
fn next_midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    (now.date_naive() + Days::new(1))
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Class, Fault as _};

    const NOW: &str = "2026-12-01T09:00:00Z";

    fn judged(task: Task<'_>, status: u16, headers: &[(&'static str, &str)], body: &str) -> Verdict {
        let mut map = reqwest::header::HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let answer = Answer {
            status,
            headers: map,
            body: body.as_bytes().to_vec(),
        };
        judge(task, &answer, "tok-en", NOW.parse().unwrap())
    }

    fn finally(task: Task<'_>, status: u16, body: &str) -> ZoomError {
        match judged(task, status, &[], body) {
            Verdict::Final(error) => error,
            _ => panic!("{body} was not taken for final"),
        }
    }

    #[test]
    fn every_known_refusal_has_its_own_error() {
        let (create, update, delete) = (
            Task::Create("ana@acme.example"),
            Task::Update("857"),
            Task::Delete("857"),
        );
        for (task, status, body, kind, class) in [
            (
                create,
                400,
                r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[meeting:write:meeting:admin]."}"#,
                "zoom.scope_missing",
                Class::Configuration,
            ),
            (
                create,
                401,
                r#"{"code":4700,"message":"Invalid access token, does not contain scopes"}"#,
                "zoom.scope_missing",
                Class::Configuration,
            ),
            (
                create,
                400,
                r#"{"code":300,"message":"Request Body should be a valid JSON object."}"#,
                "zoom.invalid_field",
                Class::BadData,
            ),
            (
                create,
                400,
                r#"{"code":300,"message":"Validation Failed.","errors":[{"field":"settings.jbh_time","message":"Invalid parameter: jbh_time."}]}"#,
                "zoom.invalid_field",
                Class::BadData,
            ),
            (
                create,
                404,
                r#"{"code":1001,"message":"User does not exist: ana@acme.example."}"#,
                "zoom.user_not_found",
                Class::Unavailable,
            ),
            (
                create,
                400,
                r#"{"code":1010,"message":"User not found on this account: acc"}"#,
                "zoom.user_not_found",
                Class::Unavailable,
            ),
            (
                create,
                400,
                r#"{"code":1000,"message":"You can not access settings of users that are still in pending state."}"#,
                "zoom.user_pending",
                Class::Unavailable,
            ),
            (
                create,
                400,
                r#"{"code":3161,"message":"Your user account is not allowed meeting hosting and scheduling capabilities."}"#,
                "zoom.no_licence",
                Class::Unavailable,
            ),
            (
                create,
                400,
                r#"{"code":200,"message":"No permission."}"#,
                "zoom.not_allowed",
                Class::Unavailable,
            ),
            (
                create,
                400,
                r#"{"code":3000,"message":"You cannot schedule a meeting for lee"}"#,
                "zoom.refused",
                Class::Unavailable,
            ),
            (
                update,
                404,
                r#"{"code":3001,"message":"Meeting does not exist: 857."}"#,
                "zoom.meeting_gone",
                Class::Unavailable,
            ),
            (
                update,
                404,
                r#"{"code":1001,"message":"User does not exist: ana."}"#,
                "zoom.meeting_gone",
                Class::Unavailable,
            ),
            (
                delete,
                400,
                r#"{"code":1010,"message":"User not found on this account: acc"}"#,
                "zoom.meeting_gone",
                Class::Unavailable,
            ),
            (
                update,
                400,
                r#"{"code":3000,"message":"You cannot update or delete meetings that have started using this method."}"#,
                "zoom.meeting_running",
                Class::Temporary,
            ),
            (
                delete,
                400,
                r#"{"code":3002,"message":"Sorry, you cannot delete this meeting since it's in progress."}"#,
                "zoom.meeting_running",
                Class::Temporary,
            ),
            (
                delete,
                400,
                r#"{"code":3003,"message":"You are not the meeting host."}"#,
                "zoom.not_host",
                Class::Unavailable,
            ),
            (
                delete,
                400,
                r#"{"code":3007,"message":"Sorry, you cannot delete this meeting since it has ended."}"#,
                "zoom.meeting_ended",
                Class::Unavailable,
            ),
            (
                delete,
                400,
                r#"{"code":3018,"message":"Not allowed to delete PMI."}"#,
                "zoom.personal_room",
                Class::Unavailable,
            ),
            (
                delete,
                400,
                r#"{"code":3037,"message":"Not allowed to delete PAC."}"#,
                "zoom.personal_room",
                Class::Unavailable,
            ),
            (
                create,
                404,
                r#"{"code":2300,"message":"This API endpoint is not recognized."}"#,
                "zoom.no_such_api",
                Class::Configuration,
            ),
            (
                create,
                404,
                "<html>404 page not found</html>",
                "zoom.no_such_api",
                Class::Configuration,
            ),
            (
                create,
                400,
                r#"{"code":98765,"message":"Something new."}"#,
                "zoom.refused",
                Class::Unavailable,
            ),
            (
                create,
                400,
                "<result><code>300</code><message>Invalid.</message></result>",
                "zoom.invalid_field",
                Class::BadData,
            ),
        ] {
            let error = finally(task, status, body);
            assert_eq!((error.kind(), error.class()), (kind, class), "{body}");
            assert!(
                error.remedy().is_some_and(|remedy| remedy.to_string().len() > 15),
                "{body} has no hint"
            );
        }
    }

    #[test]
    fn zooms_own_code_and_words_are_shown() {
        let text = finally(
            Task::Create("ana"),
            400,
            r#"{"code":98765,"message":"Something new tok-en."}"#,
        )
        .to_string();
        assert_eq!(
            text,
            "making the Zoom meeting for ana failed: Zoom refused: \"Something new [redacted].\" (HTTP 400, code 98765)"
        );
        let text = finally(
            Task::Create("ana"),
            400,
            r#"{"code":300,"message":"Validation Failed.","errors":[{"field":"topic","message":"Invalid field."}]}"#,
        );
        assert!(text.to_string().ends_with("[topic: Invalid field.]"), "{text}");
    }

    #[test]
    fn a_missing_scope_is_named() {
        let error = finally(
            Task::List("ana"),
            400,
            r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[a:b:c, d:e]."}"#,
        );
        assert!(matches!(&error, ZoomError::ScopeMissing { scopes, .. } if scopes == &["a:b:c", "d:e"]));
        assert!(error.remedy().unwrap().to_string().contains("a:b:c, d:e"));
    }

    #[test]
    fn a_refused_token_is_known_with_either_status() {
        for (status, body) in [
            (401, r#"{"code":124,"message":"Access token is expired."}"#),
            (400, r#"{"code":124,"message":"Invalid access token."}"#),
            (401, ""),
        ] {
            assert!(
                matches!(judged(Task::Update("1"), status, &[], body), Verdict::Token(_)),
                "{body}"
            );
        }
    }

    #[test]
    fn limits_are_told_apart() {
        let second = r#"{"code":429,"message":"You have reached the maximum per-second rate limit for this API. Try again later."}"#;
        let day = r#"{"code":429,"message":"You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request."}"#;
        let host = r#"{"code":429,"message":"You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00."}"#;
        let task = Task::Create("ana");
        assert!(matches!(
            judged(task, 429, &[("x-ratelimit-type", "QPS")], second),
            Verdict::Slow(None, _)
        ));
        assert!(matches!(
            judged(task, 429, &[("retry-after", "2")], second),
            Verdict::Slow(Some(wait), _) if wait == Duration::from_secs(2)
        ));
        let retry_at = |verdict| match verdict {
            Verdict::Final(error) => (error.kind(), error.retry_at().unwrap().to_rfc3339()),
            _ => panic!("not final"),
        };
        let headers = [
            ("x-ratelimit-type", "Daily-limit"),
            ("retry-after", "2026-12-02T03:00:00Z"),
        ];
        assert_eq!(
            retry_at(judged(task, 429, &headers, day)),
            ("zoom.daily_limit", "2026-12-02T03:00:00+00:00".to_owned())
        );
        for status in [429, 300] {
            assert_eq!(
                retry_at(judged(task, status, &[], host)),
                ("zoom.host_daily_limit", "2026-12-02T00:00:00+00:00".to_owned())
            );
        }
        assert!(matches!(judged(task, 429, &[], ""), Verdict::Slow(None, _)));
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now = NOW.parse().unwrap();
        let read = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(read("7"), Some(7));
        assert_eq!(read("2026-12-01T09:01:00Z"), Some(60));
        assert_eq!(read("Tue, 01 Dec 2026 09:00:30 GMT"), Some(30));
        assert_eq!(read("2020-05-31T00:00:00Z"), Some(0));
        assert_eq!(read("soon"), None);
    }
}
