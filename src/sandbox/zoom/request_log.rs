//! What was asked so far.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Operation;
use super::call::Call;

/// A request that an embedded Zoom had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// When it came, by the clock of the world.
    pub at: DateTime<Utc>,
    /// What it wanted.
    pub operation: Operation,
    /// The method.
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query, without the `?`.
    pub query: String,
    /// The headers, with names in lowercase.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Whether it was looked at, rather than answered or dropped by a fault before that.
    pub acted: bool,
    /// The status it was answered with; `None` while it is at work, and when the connection was dropped.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: String,
}

/// The requests, numbered from the start of the server on, also after some were forgotten.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    forgotten: usize,
    records: Vec<RequestRecord>,
}

impl RequestLog {
    pub(super) fn records(&self) -> &[RequestRecord] {
        &self.records
    }

    pub(super) fn forget(&mut self) {
        self.forgotten += self.records.len();
        self.records.clear();
    }

    /// Notes a request as it comes in; answers its number.
    pub(super) fn note(&mut self, call: &Call, operation: Operation, at: DateTime<Utc>) -> usize {
        self.records.push(RequestRecord {
            at,
            operation,
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            headers: call.headers.clone(),
            body: call.body.clone(),
            acted: false,
            status: None,
            answer: String::new(),
        });
        self.forgotten + self.records.len() - 1
    }

    /// Adds to a record what became of the request, unless it was forgotten.
    pub(super) fn amend(&mut self, number: usize, amend: impl FnOnce(&mut RequestRecord)) {
        let place = number.checked_sub(self.forgotten);
        if let Some(record) = place.and_then(|place| self.records.get_mut(place)) {
            amend(record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_request_is_not_taken_for_a_later_one() {
        let mut log = RequestLog::default();
        let note =
            |log: &mut RequestLog| log.note(&Call::default(), Operation::GetUser, DateTime::UNIX_EPOCH);
        let first = note(&mut log);
        log.forget();
        let second = note(&mut log);
        log.amend(first, |record| record.status = Some(200));
        assert_eq!(log.records()[0].status, None);
        log.amend(second, |record| record.status = Some(204));
        assert_eq!(log.records()[0].status, Some(204));
    }
}
