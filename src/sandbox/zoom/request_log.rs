//! The log of requests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Operation;
use super::call::Call;

/// A request to an embedded Zoom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// When the request came, by the clock of the world.
    pub at: DateTime<Utc>,
    /// The requested operation.
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
    /// Whether the request was processed. `false`: a fault answered or dropped it first.
    pub acted: bool,
    /// The status of the answer. `None`: there is no answer yet, or the connection was dropped.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: String,
}

/// The requests, numbered from the start of the server. The numbers go on after requests were forgotten.
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

    /// Adds a request when it comes in, and returns its number.
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

    /// Adds the outcome to a record, unless the record was forgotten.
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
