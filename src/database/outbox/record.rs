//! How an attempt to deliver ended, as it is stored, and the statement that writes it into the tables.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::connections::{On, Pool};
use super::super::dialect::Dialect;
use super::super::error::is_connection_lost;
use super::super::sql::{Query, query_in_words, rows_of};
use crate::mail::DeliveryState;

/// The pauses before recording is tried again over a new connection.
const RECORD_AGAIN: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// How one attempt ended, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: i64,
    pub(super) holder: String,
    pub(super) state: DeliveryState,
    pub(super) answer: Option<String>,
    pub(super) next: Option<i64>,
    pub(super) sent: Option<i64>,
    /// Whether the message was given back untried, so that it does not count as a try.
    pub(super) takes_back: bool,
    /// Whether the connection broke after the final dot and before the answer.
    #[serde(default)]
    pub(super) answer_lost: bool,
}

/// The first result of each attempt. Later ones of the same attempt do not count.
pub(super) fn first_of_each<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<&'r Record> {
    let mut known = HashSet::new();
    records
        .filter(|record| known.insert((record.id, record.holder.as_str())))
        .collect()
}

/// Writes results into the tables, all or none. No two of them may be of the same attempt.
pub(super) async fn write(pool: &Pool, records: &[&Record]) -> Result<(), sqlx::Error> {
    let mut again = RECORD_AGAIN.into_iter();
    loop {
        let update = update_of(pool.dialect(), records)?;
        match (update.execute(On::Pool(pool)).await, again.next()) {
            (Ok(_), _) => return Ok(()),
            // A message whose result is lost would be sent again. Recording it twice does no harm: the first time
            // ends the lease, and the second finds none.
            (Err(error), Some(pause)) if is_connection_lost(&error) => tokio::time::sleep(pause).await,
            (Err(error), _) => return Err(error),
        }
    }
}

/// A message that is refused after an earlier try with a lost answer may have arrived with that try. Nothing is
/// recorded if another process holds the lease by now.
macro_rules! update_from_ended {
    () => {
        "UPDATE invitation SET
             state = CASE
                 WHEN ended.state = 'queued' AND superseded <> 0 THEN 'superseded'
                 WHEN ended.state IN ('failed', 'given_up') AND (answers_lost > 0 OR cut_off <> 0) THEN 'may_have_arrived'
                 ELSE ended.state END,
             answers_lost = answers_lost + ended.lost, last_answer = coalesce(ended.answer, invitation.last_answer),
             next_attempt_at = coalesce(ended.next, invitation.next_attempt_at), sent_at = ended.sent,
             attempts = attempts - ended.back, lease_holder = NULL, lease_until = NULL
         FROM ended
         WHERE invitation.id = ended.id AND invitation.state = 'sending'
           AND invitation.lease_holder = ended.holder"
    };
}

/// The statement that writes results into the tables.
pub(super) fn update_of<'q>(dialect: Dialect, records: &[&'q Record]) -> Result<Query<'q>, sqlx::Error> {
    Ok(match dialect {
        // One parameter for all results: SQLite is slow with many.
        Dialect::Sqlite => query_in_words(
            concat!(
                "WITH ended (id, holder, state, answer, next, sent, back, lost) AS (
                     SELECT value ->> 'id', value ->> 'holder', value ->> 'state', value ->> 'answer', value ->> 'next',
                            value ->> 'sent', value ->> 'takes_back', value ->> 'answer_lost' FROM json_each($1)) ",
                update_from_ended!()
            )
            .to_owned(),
        )
        .bind(serde_json::to_string(records).map_err(|error| sqlx::Error::Encode(error.into()))?),
        Dialect::Postgres => {
            let row = "(CAST($ AS BIGINT), $, $, CAST($ AS TEXT), CAST($ AS BIGINT), CAST($ AS BIGINT), CAST($ AS BIGINT), CAST($ AS BIGINT))";
            let update = query_in_words(format!(
                "WITH ended (id, holder, state, answer, next, sent, back, lost) AS (VALUES {}) {}",
                rows_of(dialect, row, records.len()),
                update_from_ended!()
            ));
            records.iter().fold(update, |update, record| {
                update
                    .bind(record.id)
                    .bind(record.holder.as_str())
                    .bind(record.state.as_str())
                    .bind(record.answer.as_deref())
                    .bind(record.next)
                    .bind(record.sent)
                    .bind(i64::from(record.takes_back))
                    .bind(i64::from(record.answer_lost))
            })
        }
    })
}
