//! Over which users' accounts invitations wait to leave.

use std::collections::BTreeMap;

use super::super::rows::Named;
use super::super::sql::query;
use super::super::{Database, DatabaseError};
use crate::meeting::{MeetingId, PersonId};

impl Database {
    pub(super) async fn waiting_accounts(
        &self,
        meeting: &MeetingId,
    ) -> Result<BTreeMap<PersonId, usize>, DatabaseError> {
        self.settle().await?;
        let rows = query(
            "SELECT account, count(*) AS count FROM invitation
             WHERE meeting_id = $1 AND account IS NOT NULL AND state IN ('queued', 'sending') GROUP BY account",
        )
        .bind(meeting.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("looking for the accounts that invitations leave over"))?;
        let mut accounts = BTreeMap::new();
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "an invitation".to_owned(),
            };
            accounts.insert(row.parse("account")?, row.number("count")?);
        }
        Ok(accounts)
    }
}
