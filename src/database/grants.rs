//! OAuth grants, sealed with the organization's key: the port [`TokenStore`].

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::connections::{On, Transaction};
use super::rows::Named;
use super::sql::{Row, query};
use super::{Database, DatabaseError, Subject, millis, sealing};
use crate::fault::{BoxFault, Sealed};
use crate::lease::Holder;
use crate::online::zoom::{
    Grant, LastRequests, Loss, RefreshLease, RefreshLock, Replaced, StoredGrant, TokenKey, TokenStore,
};

const PROVIDER: &str = "zoom";

/// The place that a grant is sealed for. A grant that is moved to another row does not open.
fn place(key: &TokenKey) -> String {
    format!("oauth_grant|{PROVIDER}|{}|{}", key.mode, key.client_id)
}

fn subject(key: &TokenKey) -> Subject<'static> {
    Subject::Grant(place(key))
}

impl Database {
    /// The row of a key, and the transaction that keeps the row from changing. Makes the row if there is none.
    async fn grant_row(&self, key: &TokenKey, doing: &str) -> Result<(Transaction, Row), DatabaseError> {
        let mut tx = self.write(&subject(key), doing).await?;
        query(
            "INSERT INTO oauth_grant (provider, mode, client_id) VALUES ($1, $2, $3)
             ON CONFLICT (provider, mode, client_id) DO NOTHING",
        )
        .bind(PROVIDER)
        .bind(key.mode.as_str())
        .bind(&key.client_id)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let row = self.find_grant(&mut tx, key, doing).await?;
        // It was made above, in the same transaction.
        let row = row.ok_or_else(|| self.explain(doing)(sqlx::Error::RowNotFound))?;
        Ok((tx, row))
    }

    /// The row of a key, if there is one.
    async fn find_grant(
        &self,
        on: impl Into<On<'_>>,
        key: &TokenKey,
        doing: &str,
    ) -> Result<Option<Row>, DatabaseError> {
        query("SELECT * FROM oauth_grant WHERE provider = $1 AND mode = $2 AND client_id = $3")
            .bind(PROVIDER)
            .bind(key.mode.as_str())
            .bind(&key.client_id)
            .fetch_optional(on)
            .await
            .map_err(self.explain(doing))
    }

    fn stored_grant(&self, key: &TokenKey, row: &Row) -> Result<Option<StoredGrant>, DatabaseError> {
        let row = named(self, key, row);
        let Some(sealed) = row.get::<Option<Vec<u8>>>("sealed")? else {
            return Ok(None);
        };
        let wrong_key = || DatabaseError::WrongKey {
            database: self.name.to_string(),
            what: row.what.clone(),
            sealed: Sealed::ZoomGrant,
        };
        // A key that is made now would not be the one that it was sealed with.
        let encryption_key = self.key.load()?.ok_or_else(wrong_key)?;
        let json = sealing::open(&encryption_key, &place(key), &sealed).ok_or_else(wrong_key)?;
        let json = std::str::from_utf8(&json).map_err(|_| wrong_key())?;
        let grant = Grant::from_secret_json(json).map_err(|e| row.invalid(e))?;
        let lost = match (
            row.get::<Option<String>>("lost_reason")?,
            row.instant_option("lost_at")?,
        ) {
            (Some(reason), Some(at)) => Some(Loss { reason, at }),
            _ => None,
        };
        Ok(Some(StoredGrant {
            grant,
            version: row.parse("version")?,
            lost,
        }))
    }

    async fn write_grant(
        &self,
        tx: &mut Transaction,
        key: &TokenKey,
        grant: &Grant,
        doing: &str,
    ) -> Result<Uuid, DatabaseError> {
        let encryption_key = self.key.load_or_create()?;
        let secret = grant.to_secret_json();
        let sealed = sealing::seal(&encryption_key, &place(key), secret.expose_secret().as_bytes())?;
        let version = Uuid::new_v4();
        query(
            "UPDATE oauth_grant SET sealed = $1, version = $2, lost_reason = NULL, lost_at = NULL
             WHERE provider = $3 AND mode = $4 AND client_id = $5",
        )
        .bind(sealed)
        .bind(version.to_string())
        .bind(PROVIDER)
        .bind(key.mode.as_str())
        .bind(&key.client_id)
        .execute(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        Ok(version)
    }

    /// Ends a lease, unless another process has taken it over.
    async fn end_lease(
        &self,
        tx: &mut Transaction,
        lease: &RefreshLease,
        doing: &str,
    ) -> Result<(), DatabaseError> {
        query(
            "UPDATE oauth_grant SET lease_holder = NULL, lease_until = NULL
             WHERE provider = $1 AND mode = $2 AND client_id = $3 AND lease_holder = $4",
        )
        .bind(PROVIDER)
        .bind(lease.key.mode.as_str())
        .bind(&lease.key.client_id)
        .bind(lease.holder.as_str())
        .execute(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        Ok(())
    }
}

fn named<'a>(database: &'a Database, key: &TokenKey, row: &'a Row) -> Named<'a> {
    Named {
        database,
        row,
        what: format!("the connection to Zoom ({})", key.mode),
    }
}

fn version_of(row: &Named<'_>) -> Result<Option<Uuid>, DatabaseError> {
    row.parse_option("version")
}

#[async_trait]
impl TokenStore for Database {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredGrant>, BoxFault> {
        let row = self
            .find_grant(&self.pool, key, "reading the connection to Zoom")
            .await?;
        Ok(row.map(|row| self.stored_grant(key, &row)).transpose()?.flatten())
    }

    async fn put(&self, key: &TokenKey, grant: &Grant) -> Result<(), BoxFault> {
        let doing = "storing the connection to Zoom";
        let (mut tx, _) = self.grant_row(key, doing).await?;
        self.write_grant(&mut tx, key, grant, doing).await?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn lock_refresh(&self, key: &TokenKey, lasting: Duration) -> Result<RefreshLock, BoxFault> {
        let doing = "beginning to renew the connection to Zoom";
        let (mut tx, row) = self.grant_row(key, doing).await?;
        let named = named(self, key, &row);
        let holder: Option<String> = named.get("lease_holder")?;
        let held = holder.zip(named.get("lease_until")?);
        if let Some(until) = held.and_then(|(holder, until)| self.clock.held_until(holder, until)) {
            return Ok(RefreshLock::Busy(until));
        }
        let stored = self.stored_grant(key, &row)?;
        let lease = RefreshLease {
            key: key.clone(),
            holder: Holder::new(),
            version: stored.as_ref().map(|stored| stored.version),
        };
        query(
            "UPDATE oauth_grant SET lease_holder = $1, lease_until = $2
             WHERE provider = $3 AND mode = $4 AND client_id = $5",
        )
        .bind(lease.holder.as_str())
        .bind(self.clock.lease_end(lasting))
        .bind(PROVIDER)
        .bind(key.mode.as_str())
        .bind(&key.client_id)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(RefreshLock::Ours(lease, stored))
    }

    async fn replace(&self, lease: &RefreshLease, grant: &Grant) -> Result<Replaced, BoxFault> {
        let doing = "storing the renewed connection to Zoom";
        let (mut tx, row) = self.grant_row(&lease.key, doing).await?;
        self.end_lease(&mut tx, lease, doing).await?;
        let replaced = if version_of(&named(self, &lease.key, &row))? == lease.version {
            Replaced::Kept(self.write_grant(&mut tx, &lease.key, grant, doing).await?)
        } else {
            Replaced::Superseded
        };
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(replaced)
    }

    async fn mark_lost(&self, lease: &RefreshLease, reason: &str) -> Result<bool, BoxFault> {
        let doing = "recording that the connection to Zoom is lost";
        let (mut tx, row) = self.grant_row(&lease.key, doing).await?;
        self.end_lease(&mut tx, lease, doing).await?;
        let version = version_of(&named(self, &lease.key, &row))?;
        let is_current = version.is_some() && version == lease.version;
        if is_current {
            query(
                "UPDATE oauth_grant SET lost_reason = $1, lost_at = $2
                 WHERE provider = $3 AND mode = $4 AND client_id = $5",
            )
            .bind(reason)
            .bind(millis(self.clock.here()))
            .bind(PROVIDER)
            .bind(lease.key.mode.as_str())
            .bind(&lease.key.client_id)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        }
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(is_current)
    }

    async fn release(&self, lease: &RefreshLease) -> Result<(), BoxFault> {
        let doing = "ending the renewal of the connection to Zoom";
        let mut tx = self.write(&subject(&lease.key), doing).await?;
        self.end_lease(&mut tx, lease, doing).await?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), BoxFault> {
        let doing = "forgetting the connection to Zoom";
        let mut tx = self.write(&subject(key), doing).await?;
        query("DELETE FROM oauth_grant WHERE provider = $1 AND mode = $2 AND client_id = $3")
            .bind(PROVIDER)
            .bind(key.mode.as_str())
            .bind(&key.client_id)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn record_request(
        &self,
        key: &TokenKey,
        at: DateTime<Utc>,
        error: Option<&str>,
    ) -> Result<(), BoxFault> {
        let doing = "recording how a request to Zoom went";
        let (mut tx, _) = self.grant_row(key, doing).await?;
        query(
            "UPDATE oauth_grant SET
                 last_success_at = CASE WHEN $1 IS NULL THEN $2 ELSE last_success_at END,
                 last_error_at = CASE WHEN $1 IS NULL THEN last_error_at ELSE $2 END,
                 last_error = coalesce($1, last_error)
             WHERE provider = $3 AND mode = $4 AND client_id = $5",
        )
        .bind(error)
        .bind(millis(at))
        .bind(PROVIDER)
        .bind(key.mode.as_str())
        .bind(&key.client_id)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn last_requests(&self, key: &TokenKey) -> Result<LastRequests, BoxFault> {
        let row = self
            .find_grant(&self.pool, key, "reading how requests to Zoom went")
            .await?;
        let Some(row) = row else {
            return Ok(LastRequests::default());
        };
        let row = named(self, key, &row);
        let error = row.instant_option("last_error_at")?.zip(row.get("last_error")?);
        Ok(LastRequests {
            success: row.instant_option("last_success_at")?,
            error,
        })
    }
}
