//! Over which users' accounts invitations wait to leave.

use std::collections::{BTreeMap, HashSet};

use super::super::rows::Named;
use super::super::sql::query;
use super::super::{Database, DatabaseError};
use crate::meeting::{MeetingId, PersonId, PersonRef};

impl Database {
    pub(super) async fn waiting_accounts(
        &self,
        meeting: &MeetingId,
    ) -> Result<BTreeMap<PersonId, HashSet<PersonRef>>, DatabaseError> {
        self.settle().await?;
        let rows = query(
            "SELECT DISTINCT account, kind, person_id FROM invitation
             WHERE meeting_id = $1 AND account IS NOT NULL AND state IN ('queued', 'sending')",
        )
        .bind(meeting.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("looking for the accounts that invitations leave over"))?;
        let mut accounts: BTreeMap<PersonId, HashSet<PersonRef>> = BTreeMap::new();
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "an invitation".to_owned(),
            };
            let person = row.person("kind", "person_id")?;
            accounts.entry(row.parse("account")?).or_default().insert(person);
        }
        Ok(accounts)
    }
}
