//! One way to put a question to both kinds of database: query and row of either.
//!
//! Queries use the SQL that SQLite and PostgreSQL share: placeholders `$1`, `ON CONFLICT`, `RETURNING`,
//! `IS NOT DISTINCT FROM`. `Dialect` has the words in which they differ.

use std::borrow::Cow;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite};

use super::connections::{On, Pool, Transaction};
use super::dialect::Dialect;

/// A value for a placeholder. `None` has its type too, because PostgreSQL asks for one.
#[derive(Debug, Clone)]
pub(super) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Integer(Option<i64>),
    Bytes(Cow<'q, [u8]>),
    Boolean(bool),
}

macro_rules! value_from {
    ($($type:ty => |$it:ident| $value:expr;)*) => {$(
        impl<'q> From<$type> for Value<'q> {
            fn from($it: $type) -> Self {
                $value
            }
        }
    )*};
}

value_from! {
    &'q str => |text| Self::Text(Some(text.into()));
    &'q String => |text| Self::Text(Some(text.into()));
    String => |text| Self::Text(Some(text.into()));
    Option<&'q str> => |text| Self::Text(text.map(Cow::from));
    Option<String> => |text| Self::Text(text.map(Cow::from));
    &'q Option<String> => |text| Self::Text(text.as_deref().map(Cow::from));
    i64 => |number| Self::Integer(Some(number));
    u32 => |number| Self::Integer(Some(number.into()));
    Option<i64> => |number| Self::Integer(number);
    &'q [u8] => |bytes| Self::Bytes(bytes.into());
    Vec<u8> => |bytes| Self::Bytes(bytes.into());
    bool => |is_so| Self::Boolean(is_so);
}

/// A query with its values.
#[must_use = "it does nothing until it is run"]
pub(super) struct Query<'q> {
    sql: SqlStr,
    values: Vec<Value<'q>>,
}

/// A query, in words that both databases understand.
pub(super) fn query<'q>(sql: &'static str) -> Query<'q> {
    Query {
        sql: sql.into_sql_str(),
        values: Vec::new(),
    }
}

/// A query that is put together from words of this program, such as those of [`Dialect`]. A value never goes into it.
pub(super) fn query_in_words<'q>(sql: String) -> Query<'q> {
    Query {
        sql: AssertSqlSafe(sql).into_sql_str(),
        values: Vec::new(),
    }
}

/// The rows of a `VALUES` list: `row`, repeated `count` times. Each `$` becomes a placeholder of its own. `@1`, `@2`
/// and so on become placeholders that all rows share; their values are bound after all others. The rest of the query
/// must not have placeholders.
///
/// For SQLite a `$` becomes `?` without a number: SQLite keeps numbered placeholders as names, and would search all
/// names for each value.
pub(super) fn rows_of(dialect: Dialect, row: &str, count: usize) -> String {
    let own = count * row.matches('$').count();
    // From the last on: @1 is also how @10 begins.
    let shared = (1..=row.matches('@').count()).rev();
    let numbered = |part: &str| {
        shared.clone().fold(part.to_owned(), |part, number| {
            part.replace(&format!("@{number}"), &format!("${}", own + number))
        })
    };
    let parts: Vec<String> = row.split('$').map(numbered).collect();
    let mut words = String::with_capacity((row.len() + 16) * count);
    let mut next = 1;
    for place in 0..count {
        if place > 0 {
            words.push_str(", ");
        }
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                match dialect {
                    Dialect::Sqlite => words.push('?'),
                    Dialect::Postgres => words.push_str(&format!("${next}")),
                }
                next += 1;
            }
            words.push_str(part);
        }
    }
    words
}

/// Runs a query on a pool or a transaction of either database. `$then` makes one type of both answers.
macro_rules! run {
    ($query:expr, $on:expr, $method:ident, $then:expr) => {
        match $on.into() {
            On::Pool(Pool::Sqlite(file)) => {
                $then($query.for_sqlite().$method(&file.pool).await?, Row::Sqlite)
            }
            On::Pool(Pool::Postgres(pool)) => {
                $then($query.for_postgres().$method(pool).await?, Row::Postgres)
            }
            On::Transaction(Transaction::Sqlite(tx, _)) => {
                $then($query.for_sqlite().$method(&mut **tx).await?, Row::Sqlite)
            }
            On::Transaction(Transaction::Postgres(tx)) => {
                $then($query.for_postgres().$method(&mut **tx).await?, Row::Postgres)
            }
        }
    };
}

impl<'q> Query<'q> {
    /// Gives the next placeholder its value.
    pub(super) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs the query, and answers how many rows it wrote.
    pub(super) async fn execute<'e>(self, on: impl Into<On<'e>>) -> Result<u64, sqlx::Error> {
        Ok(match on.into() {
            On::Pool(Pool::Sqlite(file)) => {
                let _turn = file.turn().await;
                self.for_sqlite().execute(&file.pool).await?.rows_affected()
            }
            On::Pool(Pool::Postgres(pool)) => self.for_postgres().execute(pool).await?.rows_affected(),
            On::Transaction(Transaction::Sqlite(tx, _)) => {
                self.for_sqlite().execute(&mut **tx).await?.rows_affected()
            }
            On::Transaction(Transaction::Postgres(tx)) => {
                self.for_postgres().execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    pub(super) async fn fetch_all<'e>(self, on: impl Into<On<'e>>) -> Result<Vec<Row>, sqlx::Error> {
        fn each<R>(rows: Vec<R>, row: fn(R) -> Row) -> Vec<Row> {
            rows.into_iter().map(row).collect()
        }
        Ok(run!(self, on, fetch_all, each))
    }

    /// Reads each row with `read` as it comes. Rows take several times as much memory as the values that are read of them.
    pub(super) async fn read_each<'e, T, E>(
        self,
        on: impl Into<On<'e>>,
        explain: impl Fn(sqlx::Error) -> E,
        mut read: impl FnMut(&Row) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut all = Vec::new();
        macro_rules! each {
            ($rows:expr, $row:expr) => {{
                let mut rows = $rows;
                while let Some(row) = rows.try_next().await.map_err(&explain)? {
                    all.push(read(&$row(row))?);
                }
            }};
        }
        match on.into() {
            On::Pool(Pool::Sqlite(file)) => each!(self.for_sqlite().fetch(&file.pool), Row::Sqlite),
            On::Pool(Pool::Postgres(pool)) => each!(self.for_postgres().fetch(pool), Row::Postgres),
            On::Transaction(Transaction::Sqlite(tx, _)) => {
                each!(self.for_sqlite().fetch(&mut **tx), Row::Sqlite);
            }
            On::Transaction(Transaction::Postgres(tx)) => {
                each!(self.for_postgres().fetch(&mut **tx), Row::Postgres);
            }
        }
        Ok(all)
    }

    /// The first row.
    pub(super) async fn fetch_optional<'e>(self, on: impl Into<On<'e>>) -> Result<Option<Row>, sqlx::Error> {
        fn it<R>(found: Option<R>, row: fn(R) -> Row) -> Option<Row> {
            found.map(row)
        }
        Ok(run!(self, on, fetch_optional, it))
    }

    /// The first row, of a query that always has one.
    pub(super) async fn fetch_one<'e>(self, on: impl Into<On<'e>>) -> Result<Row, sqlx::Error> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    fn for_sqlite(self) -> sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments> {
        let mut query = sqlx::query(self.sql);
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text.map(Cow::into_owned)),
                Value::Integer(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes.into_owned()),
                Value::Boolean(is_so) => query.bind(is_so),
            };
        }
        query
    }

    fn for_postgres(self) -> sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments> {
        let mut query = sqlx::query(self.sql);
        for value in self.values {
            query = match value {
                // PostgreSQL's texts cannot hold the character zero, which other sides may have sent us.
                Value::Text(Some(text)) if text.contains('\0') => query.bind(text.replace('\0', "\u{fffd}")),
                Value::Text(text) => query.bind(text),
                Value::Integer(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes),
                Value::Boolean(is_so) => query.bind(is_so),
            };
        }
        query
    }
}

/// A type that a column of either database can be read as.
pub(super) trait Column<'r>:
    sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

impl<'r, T> Column<'r> for T where
    T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

/// A row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn get<'r, T: Column<'r>>(&'r self, column: &str) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// The column of a query that has only one.
    pub(super) fn only<'r, T: Column<'r>>(&'r self) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(0),
            Self::Postgres(row) => row.try_get(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_in_all_rows_is_numbered_behind_the_rest() {
        let row = "(@1, $, 'x', $, @2)";
        assert_eq!(
            rows_of(Dialect::Postgres, row, 2),
            "($5, $1, 'x', $2, $6), ($5, $3, 'x', $4, $6)"
        );
        assert_eq!(
            rows_of(Dialect::Sqlite, row, 2),
            "($5, ?, 'x', ?, $6), ($5, ?, 'x', ?, $6)"
        );
        assert_eq!(rows_of(Dialect::Sqlite, "($, $)", 1), "(?, ?)");
    }
}
