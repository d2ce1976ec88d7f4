//! Which users may have meetings at a provider: the port [`OnlineUsers`].

use async_trait::async_trait;

use super::connections::Transaction;
use super::rows::Named;
use super::sql::{Row, query};
use super::{Database, DatabaseError, Subject};
use crate::fault::BoxFault;
use crate::meeting::{OnlineLocation, PersonId};
use crate::online::{OnlineUser, OnlineUsers};

impl Database {
    /// Records a user at a provider, in a transaction about [`Subject::Records`]: import writes users together with it.
    pub(super) async fn put_online_user(
        &self,
        tx: &mut Transaction,
        user: &OnlineUser,
    ) -> Result<(), DatabaseError> {
        query(
            "INSERT INTO online_user (provider, user_id, enabled, online_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (provider, user_id) DO UPDATE SET enabled = excluded.enabled, online_id = excluded.online_id",
        )
        .bind(user.provider.as_str())
        .bind(user.user.as_str())
        .bind(user.enabled)
        .bind(&user.online_id)
        .execute(&mut *tx)
        .await
        .map_err(self.explain("storing a user of a provider"))?;
        Ok(())
    }

    fn online_user_row(&self, row: &Row) -> Result<OnlineUser, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: "a user of a provider".to_owned(),
        };
        Ok(OnlineUser {
            provider: row.location("provider")?,
            user: row.parse("user_id")?,
            enabled: row.get("enabled")?,
            online_id: row.get("online_id")?,
        })
    }
}

#[async_trait]
impl OnlineUsers for Database {
    async fn online_user(
        &self,
        provider: OnlineLocation,
        user: &PersonId,
    ) -> Result<Option<OnlineUser>, BoxFault> {
        let row = query("SELECT * FROM online_user WHERE provider = $1 AND user_id = $2")
            .bind(provider.as_str())
            .bind(user.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(self.explain("reading a user of a provider"))?;
        Ok(row.map(|row| self.online_user_row(&row)).transpose()?)
    }

    async fn online_users(&self, provider: OnlineLocation) -> Result<Vec<OnlineUser>, BoxFault> {
        let rows = query("SELECT * FROM online_user WHERE provider = $1 ORDER BY user_id")
            .bind(provider.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain("listing the users of a provider"))?;
        let users = rows.iter().map(|row| self.online_user_row(row));
        Ok(users.collect::<Result<_, DatabaseError>>()?)
    }

    async fn set_online_user(&self, user: &OnlineUser) -> Result<(), BoxFault> {
        let doing = "storing a user of a provider";
        let mut tx = self.write(&Subject::Records, doing).await?;
        self.put_online_user(&mut tx, user).await?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }
}
