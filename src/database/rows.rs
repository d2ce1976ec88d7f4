//! Reading columns into the types of the domain, with an error that names the row.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;

use super::sql::{Column, Row};
use super::{Database, DatabaseError};
use crate::meeting::{OnlineLocation, PersonId, PersonKind, PersonRef};

/// A row, and its name in an error.
pub(super) struct Named<'a> {
    pub(super) database: &'a Database,
    pub(super) row: &'a Row,
    pub(super) what: String,
}

impl Named<'_> {
    pub(super) fn get<'r, T>(&'r self, column: &str) -> Result<T, DatabaseError>
    where
        T: Column<'r>,
    {
        self.row.get(column).map_err(|e| self.invalid(e))
    }

    /// A number of a type that is smaller than the column's.
    pub(super) fn number<T>(&self, column: &str) -> Result<T, DatabaseError>
    where
        T: TryFrom<i64, Error: Display>,
    {
        let number: i64 = self.get(column)?;
        number
            .try_into()
            .map_err(|e| self.invalid(format!("{column} is {number}: {e}")))
    }

    /// A text that is checked when it is made into `T`.
    pub(super) fn parse<T>(&self, column: &str) -> Result<T, DatabaseError>
    where
        T: FromStr<Err: Display>,
    {
        let text: &str = self.get(column)?;
        text.parse().map_err(|e| self.invalid(format!("{column}: {e}")))
    }

    pub(super) fn parse_option<T>(&self, column: &str) -> Result<Option<T>, DatabaseError>
    where
        T: FromStr<Err: Display>,
    {
        let text: Option<&str> = self.get(column)?;
        text.map(|text| text.parse().map_err(|e| self.invalid(format!("{column}: {e}"))))
            .transpose()
    }

    /// A word of an enumeration, written as serde writes it.
    pub(super) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, DatabaseError> {
        let text: &str = self.get(column)?;
        let word = StrDeserializer::<serde_json::Error>::new(text);
        T::deserialize(word).map_err(|e| self.invalid(format!("{column}: {e}")))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, DatabaseError> {
        let text: &str = self.get(column)?;
        serde_json::from_str(text).map_err(|e| self.invalid(format!("{column}: {e}")))
    }

    pub(super) fn json_option<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, DatabaseError> {
        let text: Option<&str> = self.get(column)?;
        text.map(|text| serde_json::from_str(text).map_err(|e| self.invalid(format!("{column}: {e}"))))
            .transpose()
    }

    pub(super) fn instant(&self, column: &str) -> Result<DateTime<Utc>, DatabaseError> {
        self.instant_option(column)?
            .ok_or_else(|| self.invalid(format!("{column} is missing")))
    }

    pub(super) fn instant_option(&self, column: &str) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        let millis: Option<i64> = self.get(column)?;
        millis
            .map(|millis| {
                DateTime::from_timestamp_millis(millis)
                    .ok_or_else(|| self.invalid(format!("{column} is not an instant")))
            })
            .transpose()
    }

    pub(super) fn location(&self, column: &str) -> Result<OnlineLocation, DatabaseError> {
        self.word(column)
    }

    pub(super) fn person(&self, kind: &str, id: &str) -> Result<PersonRef, DatabaseError> {
        Ok(PersonRef {
            kind: self.word::<PersonKind>(kind)?,
            id: self.parse::<PersonId>(id)?,
        })
    }

    pub(super) fn invalid(&self, reason: impl ToString) -> DatabaseError {
        self.database.invalid(self.what.as_str(), reason)
    }
}

/// A value as JSON text. The types that are stored so always have one.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Query {
        database: String::new(),
        doing: "writing a value as JSON".to_owned(),
        source: sqlx::Error::Encode(error.into()),
    })
}
