//! Notifications about invitations that had left, such as bounces: the port [`Notifications`].

use async_trait::async_trait;

use super::super::rows::Named;
use super::super::sql::{query, query_in_words};
use super::super::{Database, DatabaseError, millis};
use super::entry_columns;
use super::message_key::message_key;
use crate::fault::BoxFault;
use crate::mail::{Noted, Notice, Notifications, OutboxEntry};

/// The newest notification about an invitation, from its row. `None`: there was none.
pub(super) fn read(row: &Named<'_>) -> Result<Option<Notice>, DatabaseError> {
    let Some(state) = row.parse_option("notice")? else {
        return Ok(None);
    };
    Ok(Some(Notice {
        state,
        status: row.get("notice_status")?,
        answer: row.get("notice_answer")?,
        recipient: row.get("notice_recipient")?,
        reported_by: row.get("notice_by")?,
        at: row.instant("notice_at")?,
    }))
}

#[async_trait]
impl Notifications for Database {
    async fn invitation_with_message_id(&self, message_id: &str) -> Result<Option<OutboxEntry>, BoxFault> {
        self.settle().await?;
        let row = query(concat!(
            "SELECT ",
            entry_columns!(),
            " FROM invitation WHERE message_key = $1 AND message_id = $2 ORDER BY id DESC LIMIT 1"
        ))
        .bind(message_key(message_id))
        .bind(message_id)
        .fetch_optional(&self.pool)
        .await
        .map_err(self.explain("looking for the invitation that a notification is about"))?;
        Ok(row.map(|row| self.entry(&row)).transpose()?)
    }

    async fn take_notice(&self, invitation: i64, notice: &Notice) -> Result<Noted, BoxFault> {
        let doing = "recording what became of an invitation";
        self.settle().await?;
        let mut tx = self.write_rows(doing).await?;
        let row = query_in_words(format!(
            "SELECT notice, notice_status, notice_answer, notice_recipient, notice_by, notice_at
             FROM invitation WHERE id = $1 {}",
            self.pool.dialect().for_update()
        ))
        .bind(invitation)
        .fetch_one(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let known = read(&Named {
            database: self,
            row: &row,
            what: format!("invitation {invitation}"),
        })?;
        if let Some(known) = known.filter(|known| !notice.supersedes(known)) {
            return Ok(Noted::Superseded(known));
        }
        query(
            "UPDATE invitation SET notice = $1, notice_status = $2, notice_answer = $3, notice_recipient = $4,
                 notice_by = $5, notice_at = $6
             WHERE id = $7",
        )
        .bind(notice.state.as_str())
        .bind(&notice.status)
        .bind(&notice.answer)
        .bind(&notice.recipient)
        .bind(&notice.reported_by)
        .bind(millis(notice.at))
        .bind(invitation)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(Noted::Recorded)
    }
}
