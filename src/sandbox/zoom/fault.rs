//! What can be ordered to go wrong.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::{Change, Operation};

/// Something that shall go wrong.
///
/// A request takes every fault that is due for its operation, in the order in which they were ordered: delays
/// and changes happen, and the first one that answers or drops the connection ends the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoomFault {
    /// Which requests it befalls.
    pub on: Operation,
    /// How many of them it lets pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many it then befalls; `None`: all.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens to them.
    pub action: Action,
}

impl ZoomFault {
    /// Befalls the next such request.
    #[must_use]
    pub fn once(on: Operation, action: Action) -> Self {
        Self::times(1, on, action)
    }

    /// Befalls the next so many such requests.
    #[must_use]
    pub fn times(times: u32, on: Operation, action: Action) -> Self {
        Self {
            on,
            skip: 0,
            times: Some(times),
            action,
        }
    }

    /// Befalls all such requests.
    #[must_use]
    pub fn always(on: Operation, action: Action) -> Self {
        Self {
            on,
            skip: 0,
            times: None,
            action,
        }
    }

    /// The same, after so many such requests were let pass.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Answers this, without having done anything.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The content type.
        content_type: String,
        /// The body.
        body: String,
        /// Further headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// Does what was asked, and then answers this instead.
    ActThenAnswer {
        /// The HTTP status.
        status: u16,
        /// The content type.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Answers 429, without having done anything.
    RateLimited(RateLimit),
    /// Closes the connection, without having done anything.
    DropBefore,
    /// Does what was asked, and closes the connection without an answer.
    DropAfter,
    /// Waits before doing it. It is done even when the caller is gone by then.
    DelayBefore {
        /// How long.
        milliseconds: u64,
    },
    /// Does it at once, and waits before answering.
    DelayAfter {
        /// How long.
        milliseconds: u64,
    },
    /// Changes the world just before the request is looked at.
    Change(Change),
    /// Refuses consent: the redirect carries `error=access_denied` (for [`Operation::Authorize`]).
    DenyConsent,
}

impl Action {
    /// A 5xx with Zoom's JSON.
    #[must_use]
    pub fn error_json(status: u16) -> Self {
        Self::Answer {
            status,
            content_type: "application/json;charset=UTF-8".to_owned(),
            body: format!(r#"{{"code":{status},"message":"Internal Server Error"}}"#),
            headers: Vec::new(),
        }
    }

    /// A 5xx with a page in HTML, as a proxy in front of Zoom writes it.
    #[must_use]
    pub fn error_html(status: u16) -> Self {
        Self::Answer {
            status,
            content_type: "text/html".to_owned(),
            body: format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"),
            headers: Vec::new(),
        }
    }

    /// A 5xx without a body.
    #[must_use]
    pub fn error_empty(status: u16) -> Self {
        Self::Answer {
            status,
            content_type: "text/plain".to_owned(),
            body: String::new(),
            headers: Vec::new(),
        }
    }

    /// An error of Zoom's API, by its code.
    #[must_use]
    pub fn zoom_error(status: u16, code: u32, message: &str) -> Self {
        Self::Answer {
            status,
            content_type: "application/json;charset=UTF-8".to_owned(),
            body: serde_json::json!({"code": code, "message": message}).to_string(),
            headers: Vec::new(),
        }
    }
}

/// The ways in which Zoom says that it was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// Too many in this second; no `Retry-After`.
    PerSecond {
        /// The code in the body: 429 or 4001.
        code: u32,
    },
    /// Too many in this second, with a `Retry-After` in seconds.
    RetryAfter {
        /// The seconds.
        seconds: u32,
    },
    /// The account's calls of the day are used up; `Retry-After` is an instant in ISO 8601.
    AccountDaily,
    /// The host's hundred creations and updates of the day are used up; no `Retry-After`.
    HostDaily,
    /// Several requests about the same thing at once; no headers.
    Concurrent,
    /// The host's hundred, told with the status 300 of older documents.
    Status300,
}

/// What the due faults make of one request.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) delay_before: u64,
    pub(super) delay_after: u64,
    pub(super) changes: Vec<Change>,
    pub(super) end: Option<End>,
}

#[derive(Debug)]
pub(super) enum End {
    Answer(Answer),
    ActThenAnswer(Answer),
    RateLimited(RateLimit),
    DropBefore,
    DropAfter,
    DenyConsent,
}

/// The faults that were ordered and are not used up.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<ZoomFault>);

impl Faults {
    pub(super) fn order(&mut self, fault: ZoomFault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn outstanding(&self) -> Vec<ZoomFault> {
        self.0.clone()
    }

    /// Takes what is due for a request.
    pub(super) fn plan(&mut self, operation: Operation) -> Plan {
        let mut plan = Plan::default();
        for fault in &mut self.0 {
            if plan.end.is_some() {
                break;
            }
            if !fault.on.covers(operation) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(left) => *left -= 1,
                None => {}
            }
            match fault.action.clone() {
                Action::DelayBefore { milliseconds } => plan.delay_before += milliseconds,
                Action::DelayAfter { milliseconds } => plan.delay_after += milliseconds,
                Action::Change(change) => plan.changes.push(change),
                Action::DropBefore => plan.end = Some(End::DropBefore),
                Action::DropAfter => plan.end = Some(End::DropAfter),
                Action::DenyConsent => plan.end = Some(End::DenyConsent),
                Action::RateLimited(limit) => plan.end = Some(End::RateLimited(limit)),
                Action::Answer {
                    status,
                    content_type,
                    body,
                    headers,
                } => {
                    let answer = answer(status, &content_type, body).with_headers(headers);
                    plan.end = Some(End::Answer(answer));
                }
                Action::ActThenAnswer {
                    status,
                    content_type,
                    body,
                } => plan.end = Some(End::ActThenAnswer(answer(status, &content_type, body))),
            }
        }
        self.0.retain(|fault| fault.times != Some(0));
        plan
    }
}

fn answer(status: u16, content_type: &str, body: String) -> Answer {
    Answer {
        status,
        headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_skipped_counted_and_used_up() {
        let mut faults = Faults::default();
        faults.order(ZoomFault::times(2, Operation::Token, Action::DropAfter).after(1));
        assert!(faults.plan(Operation::RefreshToken).end.is_none());
        assert!(faults.plan(Operation::CreateMeeting).end.is_none());
        assert!(faults.plan(Operation::ExchangeCode).end.is_some());
        assert!(faults.plan(Operation::AccountCredentials).end.is_some());
        assert!(faults.plan(Operation::RefreshToken).end.is_none());
        assert!(faults.outstanding().is_empty());
    }

    #[test]
    fn delays_add_up_and_the_first_end_ends() {
        let mut faults = Faults::default();
        let delay = Action::DelayBefore { milliseconds: 5 };
        faults.order(ZoomFault::always(Operation::Any, delay.clone()));
        faults.order(ZoomFault::once(Operation::Any, delay));
        faults.order(ZoomFault::once(Operation::Any, Action::DropBefore));
        faults.order(ZoomFault::once(Operation::Any, Action::DropAfter));
        let first = faults.plan(Operation::GetUser);
        assert_eq!(first.delay_before, 10);
        assert!(matches!(first.end, Some(End::DropBefore)));
        let second = faults.plan(Operation::GetUser);
        assert_eq!(second.delay_before, 5);
        assert!(matches!(second.end, Some(End::DropAfter)));
    }

    #[test]
    fn a_fault_reads_from_json() {
        let fault: ZoomFault =
            serde_json::from_str(r#"{"on":"create_meeting","times":1,"action":"drop_after"}"#).unwrap();
        assert_eq!(
            fault,
            ZoomFault::once(Operation::CreateMeeting, Action::DropAfter)
        );
        let fault: ZoomFault =
            serde_json::from_str(r#"{"on":"any","action":{"rate_limited":{"retry_after":{"seconds":3}}}}"#)
                .unwrap();
        let limit = RateLimit::RetryAfter { seconds: 3 };
        assert_eq!(
            fault,
            ZoomFault::always(Operation::Any, Action::RateLimited(limit))
        );
        assert!(
            serde_json::from_str::<ZoomFault>(r#"{"on":"any","action":"drop_after","tmies":1}"#).is_err()
        );
    }
}
