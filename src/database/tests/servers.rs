//! What only servers do: PostgreSQL's.

use std::time::Duration;

use super::home::Home;
use super::home::cluster::{Cluster, PASSWORD, USER};
use super::kickoff;
use super::mails::{enqueue, request, seen};
use crate::database::sql::query;
use crate::database::{Database, KeySource};
use crate::fault::Fault as _;
use crate::mail::{AttemptResult, DeliveryState, Outbox as _};

fn no_key() -> KeySource {
    KeySource::File("unused".into())
}

#[tokio::test]
async fn who_waits_is_woken_by_what_others_put_in() {
    let Some(home) = Home::postgres() else { return };
    let (waiting, other) = (home.open().await, home.open().await);
    let patience = Duration::from_secs(50);
    let wait = async || tokio::time::timeout(patience, waiting.wait(Duration::MAX)).await;
    // What came before it listened may have been missed.
    wait().await.expect("it begins to listen");
    enqueue(&other, 0, &["lee"]).await;
    wait().await.expect("it is told");
    // Also of what comes while nobody waits.
    let seen = seen(&other, &kickoff()).await;
    other.requeue(&super::kickoff(), seen, &[]).await.unwrap();
    wait().await.expect("it is told");
    let quiet = tokio::time::timeout(Duration::from_millis(200), waiting.wait(Duration::MAX)).await;
    assert!(quiet.is_err(), "nothing was put in");
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_anew() {
    let Some(home) = Home::postgres() else { return };
    let database = home.open().await;
    enqueue(&database, 0, &["lee"]).await;
    let claimed = database.claim(&request()).await.unwrap();
    let cluster = Cluster::get();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    cluster.sql(&home.name(), end);
    // PostgreSQL's texts have no zero, whatever a mail server says.
    let answer = "250 ok\0".to_owned();
    database
        .record(&claimed[0], &AttemptResult::Sent { answer })
        .await
        .unwrap();
    let entry = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert_eq!(entry.state, DeliveryState::Sent);
    assert_eq!(entry.last_answer.as_deref(), Some("250 ok\u{fffd}"));
}

#[tokio::test]
async fn the_password_does_not_show() {
    let Some(home) = Home::postgres() else { return };
    let cluster = Cluster::get();
    let password: String = url::form_urlencoded::byte_serialize(PASSWORD.as_bytes()).collect();
    let with_password = |password: &str| {
        let user = format!("{USER}@");
        let url = cluster.url_over_tcp(&home.name());
        url.replace(&user, &format!("{USER}:{}@", password.replace('+', "%20")))
    };
    let url = with_password(&password).into();
    let database = tokio::spawn(async move { Database::connect(&url, no_key()).await });
    let database = database.await.unwrap().unwrap();
    assert_eq!(
        database.name(),
        format!("{} at 127.0.0.1:{}", home.name(), cluster.port)
    );
    assert!(!format!("{database:?}").contains("s3cret"));
    let error = Database::connect(&with_password("wr0ng").into(), no_key())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "database.not_let_in");
    assert!(!format!("{error:?}").contains("wr0ng"));
}

#[tokio::test]
async fn one_of_a_newer_version_is_left_alone() {
    let Some(home) = Home::postgres() else { return };
    let database = home.open().await;
    query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', true, '', 0)")
        .execute(&database.pool)
        .await
        .unwrap();
    let error = home.open_with(no_key()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("database.too_new", 78),
        "{error:?}"
    );
}
