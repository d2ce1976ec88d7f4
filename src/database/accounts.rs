//! The SMTP accounts of users, sealed with the organization's key: the port [`AccountStore`].

use async_trait::async_trait;
use secrecy::ExposeSecret as _;

use super::rows::Named;
use super::sql::{Row, query};
use super::{Database, DatabaseError, Subject, sealing};
use crate::fault::{BoxFault, Sealed};
use crate::mail::{AccountSettings, AccountStore};
use crate::meeting::PersonId;

/// The place that an account is sealed for. An account that is moved to another row does not open.
fn place(user: &PersonId) -> String {
    format!("smtp_account|{user}")
}

impl Database {
    /// The SMTP accounts of all users, by their ids; `None` for one that was encrypted with another key.
    ///
    /// # Errors
    /// [`DatabaseError`] when they cannot be read.
    pub async fn smtp_accounts(&self) -> Result<Vec<(PersonId, Option<AccountSettings>)>, DatabaseError> {
        let rows = query("SELECT user_id, sealed FROM smtp_account ORDER BY user_id")
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain("listing the SMTP accounts of users"))?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in &rows {
            let what = "an SMTP account".to_owned();
            let named = Named {
                database: self,
                row,
                what,
            };
            let user: PersonId = named.parse("user_id")?;
            let account = match self.opened_account(&user, row) {
                Ok(account) => Some(account),
                Err(DatabaseError::WrongKey { .. }) => None,
                Err(error) => return Err(error),
            };
            accounts.push((user, account));
        }
        Ok(accounts)
    }

    /// Gives a user an SMTP account, in place of the one before.
    ///
    /// # Errors
    /// [`DatabaseError`] when it cannot be written, or there is no encryption key.
    pub async fn put_smtp_account(
        &self,
        user: &PersonId,
        account: &AccountSettings,
    ) -> Result<(), DatabaseError> {
        let doing = "storing a user's SMTP account";
        let key = self.key.load_or_create()?;
        let secret = account.to_secret_json();
        let sealed = sealing::seal(&key, &place(user), secret.expose_secret().as_bytes())?;
        let mut tx = self.write(&Subject::Account(user), doing).await?;
        query(
            "INSERT INTO smtp_account (user_id, sealed) VALUES ($1, $2)
             ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(user.as_str())
        .bind(sealed)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))
    }

    /// Takes a user's SMTP account away; answers whether there was one.
    ///
    /// # Errors
    /// [`DatabaseError`] when it cannot be written.
    pub async fn remove_smtp_account(&self, user: &PersonId) -> Result<bool, DatabaseError> {
        let doing = "removing a user's SMTP account";
        let mut tx = self.write(&Subject::Account(user), doing).await?;
        let removed = query("DELETE FROM smtp_account WHERE user_id = $1")
            .bind(user.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(removed > 0)
    }

    fn opened_account(&self, user: &PersonId, row: &Row) -> Result<AccountSettings, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: format!("the SMTP account of user {:?}", user.as_str()),
        };
        let sealed: Vec<u8> = row.get("sealed")?;
        let wrong_key = || DatabaseError::WrongKey {
            database: self.name.to_string(),
            what: row.what.clone(),
            sealed: Sealed::SmtpAccount,
        };
        // A key that is made now would not be the one that it was sealed with.
        let key = self.key.load()?.ok_or_else(wrong_key)?;
        let json = sealing::open(&key, &place(user), &sealed).ok_or_else(wrong_key)?;
        let json = std::str::from_utf8(&json).map_err(|_| wrong_key())?;
        AccountSettings::from_secret_json(json).map_err(|error| row.invalid(error))
    }
}

#[async_trait]
impl AccountStore for Database {
    async fn smtp_account(&self, user: &PersonId) -> Result<Option<AccountSettings>, BoxFault> {
        let row = query("SELECT user_id, sealed FROM smtp_account WHERE user_id = $1")
            .bind(user.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(self.explain("reading a user's SMTP account"))?;
        Ok(row.map(|row| self.opened_account(user, &row)).transpose()?)
    }
}
