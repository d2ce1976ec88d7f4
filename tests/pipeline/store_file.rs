//! The database file, seen from outside.

use std::path::Path;

use invite::database::Database;
use invite::lease::Holder;
use invite::mail::Outbox as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{Connection as _, SqliteConnection};

async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Every row of every table, but those of the grant: using it is noted in it.
pub(crate) async fn contents(path: &Path) -> Vec<String> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path).read_only(true))
        .await
        .unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.iter().any(|table| table == "invitation"), "{tables:?}");
    let mut all = Vec::new();
    for table in tables {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info(?)")
                .bind(&table)
                .fetch_all(&pool)
                .await
                .unwrap();
        let query = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ' | ' || "));
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_all(&pool)
            .await
            .unwrap();
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    pool.close().await;
    all
}

/// Gives all leases to a process that has ended, as if the one that took them had been killed.
pub(crate) async fn bury(database: &Database) {
    // What was noted in the journal outlives a process; here it still has it, and writes it into the tables.
    database.next_due().await.unwrap();
    let living = Holder::new();
    let (machine, rest) = living.as_str().split_once('/').unwrap();
    let pid = rest.split('.').next().unwrap();
    // This process' number, but another start: who had the number before us.
    let dead = format!("{machine}/{pid}.1/buried");
    let until = (!cfg!(target_os = "linux")).then_some(0_i64);
    let mut connection = open(database.name().as_ref()).await;
    for statement in [
        "UPDATE push_lease SET holder = ?, until = coalesce(?, until)",
        "UPDATE invitation SET lease_holder = ?, lease_until = coalesce(?, lease_until) WHERE state = 'sending'",
    ] {
        sqlx::query(statement)
            .bind(&dead)
            .bind(until)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

/// Destroys what is stored of the message to somebody.
pub(crate) async fn damage(database: &Database, person: &str) {
    let mut connection = open(database.name().as_ref()).await;
    let damaged = sqlx::query("UPDATE invitation SET message = zeroblob(7) WHERE person_id = ?")
        .bind(person)
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(damaged.rows_affected(), 1);
    connection.close().await.unwrap();
}

/// Destroys what is recorded of the revisions that were told.
pub(crate) async fn lose_revisions(database: &Database) {
    let mut connection = open(database.name().as_ref()).await;
    let lost = sqlx::query("DELETE FROM issued")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(lost.rows_affected() > 0);
    connection.close().await.unwrap();
}
