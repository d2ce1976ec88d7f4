//! Faults that a test can order.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::{Change, Operation};

/// A fault that a test has ordered.
///
/// A request meets every fault that is due for its operation, in the order in which they were ordered. Delays and
/// changes are carried out. The first fault that answers or drops the connection ends the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoomFault {
    /// The requests that the fault affects.
    pub on: Operation,
    /// How many of these requests pass before the first is affected.
    #[serde(default)]
    pub skip: u32,
    /// How many requests are then affected. `None`: all.
    #[serde(default)]
    pub times: Option<u32>,
    /// The effect on these requests.
    pub action: Action,
}

impl ZoomFault {
    /// A fault for the next such request.
    #[must_use]
    pub fn once(on: Operation, action: Action) -> Self {
        Self::times(1, on, action)
    }

    /// A fault for this many of the next such requests.
    #[must_use]
    pub fn times(times: u32, on: Operation, action: Action) -> Self {
        Self {
            on,
            skip: 0,
            times: Some(times),
            action,
        }
    }

    /// A fault for all such requests.
    #[must_use]
    pub fn always(on: Operation, action: Action) -> Self {
        Self {
            on,
            skip: 0,
            times: None,
            action,
        }
    }

    /// The same fault, after this many such requests have passed.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }
}

/// The effect on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Sends this answer and does nothing else.
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
    /// Carries out the request, and then sends this answer instead.
    ActThenAnswer {
        /// The HTTP status.
        status: u16,
        /// The content type.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Answers 429 and does nothing else.
    RateLimited(RateLimit),
    /// Closes the connection and does nothing else.
    DropBefore,
    /// Carries out the request, and closes the connection without an answer.
    DropAfter,
    /// Waits before the request is carried out. It is carried out even if the caller has gone by then.
    DelayBefore {
        /// The wait.
        milliseconds: u64,
    },
    /// Carries out the request at once, and waits before the answer.
    DelayAfter {
        /// The wait.
        milliseconds: u64,
    },
    /// Changes the world just before the request is processed.
    Change(Change),
    /// Refuses consent: the redirect contains `error=access_denied` (for [`Operation::Authorize`]).
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

    /// A 5xx with an HTML page, as a proxy in front of Zoom writes it.
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

/// Zoom's different answers to too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// Too many requests in this second; no `Retry-After`.
    PerSecond {
        /// The code in the body: 429 or 4001.
        code: u32,
    },
    /// Too many requests in this second, with a `Retry-After` in seconds.
    RetryAfter {
        /// The seconds.
        seconds: u32,
    },
    /// The account's calls of the day are used up. `Retry-After` is an instant in ISO 8601.
    AccountDaily,
    /// The host's 100 creations and updates of the day are used up; no `Retry-After`.
    HostDaily,
    /// Several requests about the same object at once; no headers.
    Concurrent,
    /// The host's 100 changes are used up, answered with the status 300 of older documents.
    Status300,
}

/// The combined effect of the due faults on one request.
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

/// The ordered faults that are not used up.
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

    /// Takes the faults that are due for a request.
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
