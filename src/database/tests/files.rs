//! What only files do: SQLite's.

use super::home::Home;
use super::mails::{message_of, request};
use crate::database::sql::{query, query_in_words};
use crate::database::sqlite::MIGRATIONS;
use crate::database::{Database, KeySource};
use crate::fault::{Class, Fault as _};
use crate::mail::{Outbox as _, OutboxOperator as _};

#[tokio::test]
async fn what_cannot_be_opened_is_named() {
    let home = Home::sqlite();
    let dir = &home.dir;
    let key = || KeySource::File("unused".into());
    let text = dir.path().join("notes.txt");
    std::fs::write(
        &text,
        "not a database, but long enough to be taken for one if nobody looked".repeat(20),
    )
    .unwrap();
    let error = Database::open(&text, key()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("database.not_a_database", Class::BadData),
        "{error:?}"
    );
    let error = Database::open(&dir.path().join("missing/invite.db"), key())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("database.cannot_open", 73),
        "{error:?}"
    );
    let database = home.open().await;
    query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)")
        .execute(&database.pool)
        .await
        .unwrap();
    database.close().await;
    let error = Database::open(&dir.path().join("invite.db"), key())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("database.too_new", 78),
        "{error:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::sqlite();
    let dir = &home.dir;
    let database = home.filled().await;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{entry:?}"
        );
        names.push(entry.file_name());
    }
    assert_eq!(names.len(), 3, "database, log and shared memory: {names:?}");
    database.close().await;
}

#[tokio::test]
async fn what_an_older_version_queued_is_sent_as_it_was() {
    let home = Home::sqlite();
    let path = home.dir.path().join("invite.db");
    let older = sqlx::SqlitePool::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    MIGRATIONS.run_to(2, &older).await.unwrap();
    sqlx::query(
        "INSERT INTO invitation (id, meeting_id, revision, purpose, resend, kind, person_id, language, message_id,
             envelope_from, envelope_to, message, state, next_attempt_at, created_at)
         VALUES (7, 'kickoff', 0, 'invitation', 0, 'contact', 'lee', 'en', '<7@acme.example>', 'm@acme.example',
             'lee@client.example', ?, 'queued', 1, 1)",
    )
    .bind(&b"From: m\r\n\r\nof old\r\n"[..])
    .execute(&older)
    .await
    .unwrap();
    older.close().await;
    let database = home.open().await;
    let claimed = database.claim(&request()).await.unwrap();
    let message = message_of(&database, &claimed[0]).await;
    assert_eq!(message, b"From: m\r\n\r\nof old\r\n");
    let (_, shown) = database.invitation("7").await.unwrap().unwrap();
    assert_eq!(shown, message);
}

/// Rows as they were before mailboxes: two records of one mailbox wait, one of them is on its way; an answer was lost, a process
/// was cut off.
const BEFORE_MAILBOXES: &str = "
    INSERT INTO issued (meeting_id, revision, uid, facts, issued_at) VALUES ('kickoff', 0, 'u-1',
        '{\"name\":\"Kick-off\",\"when\":{\"start_date\":\"2026-12-01\",\"end_date\":\"2026-12-01\"},\"location\":null,\"join_url\":null,\"status\":\"Planned\"}', 1);
    INSERT INTO answer (meeting_id, kind, person_id, sequence, stamp, status) VALUES ('kickoff', 'contact', 'lee', 0, 5, 'Accepted');
    INSERT INTO invitation (meeting_id, revision, purpose, resend, kind, person_id, language, message_id, message_key,
        envelope_from, envelope_to, message, state, next_attempt_at, created_at, last_answer, lease_holder, lease_until)
    VALUES
        ('kickoff', 0, 'invitation', 0, 'contact', 'lee', 'en', '<1@a.example>', '1@a.exampl', 'm@a.example', 'Lee@client.example',
         '\\x6f66', 'sending', 1, 1, NULL, 'x', 9),
        ('kickoff', 0, 'invitation', 0, 'contact', 'lee2', 'en', '<2@a.example>', '2@a.exampl', 'm@a.example', 'lee@client.example',
         '\\x6f66', 'queued', 1, 1, NULL, NULL, NULL),
        ('kickoff', 0, 'cancellation', 0, 'contact', 'lee2', 'en', '<3@a.example>', '3@a.exampl', 'm@a.example', 'lee@client.example',
         '\\x6f66', 'queued', 1, 1, NULL, NULL, NULL),
        ('kickoff', 0, 'invitation', 0, 'contact', 'mo', 'en', '<4@a.example>', '4@a.exampl', 'm@a.example', 'mo@client.example',
         '\\x6f66', 'queued', 1, 1, 'the connection to the mail server a:25 broke before it answered whether it took the message', NULL, NULL),
        ('kickoff', 0, 'invitation', 0, 'contact', 'kim', 'en', '<5@a.example>', '5@a.exampl', 'm@a.example', 'kim@client.example',
         '\\x6f66', 'queued', 1, 1, 'delivering it was cut off, so that it may have left already', NULL, NULL),
        ('kickoff', 0, 'invitation', 0, 'contact', 'jo', 'en', '<6@a.example>', '6@a.exampl', 'm@a.example', 'jo@client.example',
         '\\x6f66', 'sent', 1, 1, '250 ok', NULL, NULL);
";

/// No row is lost, and each keeps its meaning; of what waits for a mailbox, the newest stands for the rest.
async fn after_mailboxes(database: &Database) {
    let messages = database.of_meeting(&super::kickoff()).await.unwrap();
    let states: Vec<_> = messages.iter().map(|it| (it.state, it.superseded)).collect();
    use crate::mail::DeliveryState::{Queued, Sending, Sent, Superseded};
    assert_eq!(
        states,
        [
            (Sending, true),
            (Superseded, true),
            (Queued, false),
            (Queued, false),
            (Queued, false),
            (Sent, false)
        ]
    );
    let in_doubt: Vec<_> = messages.iter().map(|it| (it.answers_lost, it.cut_off)).collect();
    assert_eq!(
        in_doubt,
        [
            (0, false),
            (0, false),
            (0, false),
            (1, false),
            (0, true),
            (0, false)
        ]
    );
    let issued = database.issued(&super::kickoff()).await.unwrap();
    assert_eq!((issued.len(), issued[0].uid.as_str()), (1, "u-1"));
    assert_eq!((&issued[0].organizer, &issued[0].answers), (&None, &None));
    let lee = "contact:lee".parse().unwrap();
    let answer = crate::mail::Answers::newest_answer(database, &super::kickoff(), &lee).await;
    assert_eq!(
        answer.unwrap().unwrap().status,
        crate::meeting::Acceptance::Accepted
    );
}

#[tokio::test]
async fn rows_from_before_mailboxes_keep_their_meaning() {
    let home = Home::sqlite();
    let path = home.dir.path().join("invite.db");
    let older = sqlx::SqlitePool::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    MIGRATIONS.run_to(6, &older).await.unwrap();
    // What PostgreSQL reads as bytes is a text to SQLite, but for this form.
    let rows = BEFORE_MAILBOXES.replace("'\\x", "x'");
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows))
        .execute(&older)
        .await
        .unwrap();
    older.close().await;
    after_mailboxes(&home.open().await).await;
}

#[tokio::test]
async fn rows_from_before_mailboxes_keep_their_meaning_on_a_server() {
    let Some(home) = Home::postgres() else { return };
    let url = secrecy::ExposeSecret::expose_secret(home.url.as_ref().unwrap()).to_owned();
    let older = sqlx::PgPool::connect(&url).await.unwrap();
    crate::database::postgres::MIGRATIONS
        .run_to(4, &older)
        .await
        .unwrap();
    sqlx::raw_sql(BEFORE_MAILBOXES).execute(&older).await.unwrap();
    older.close().await;
    after_mailboxes(&home.open().await).await;
}

/// Of a meeting with many invitees, what was sent is not looked through for each of them.
#[tokio::test]
async fn what_waits_is_found_without_what_was_sent() {
    let home = Home::sqlite();
    let database = home.open().await;
    for statement in [
        "SELECT id FROM invitation INDEXED BY invitation_unsent WHERE state = 'queued' AND state <> 'sent' AND id > 7 AND next_attempt_at <= 9
           AND account IS NOT DISTINCT FROM NULL AND meeting_id = 'm' ORDER BY id LIMIT 5",
        "SELECT id FROM invitation INDEXED BY invitation_unsent WHERE meeting_id = 'm' AND state <> 'sent' ORDER BY id",
    ] {
        let plan = query_in_words(format!("EXPLAIN QUERY PLAN {statement}"))
            .fetch_all(&database.pool)
            .await
            .unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get("detail").unwrap()).collect();
        assert!(plan[0].contains("invitation_unsent (meeting_id=?"), "{statement}: {plan:?}");
    }
    let plan = query("EXPLAIN QUERY PLAN SELECT coalesce(max(id), 0) FROM invitation WHERE meeting_id = 'm'")
        .fetch_all(&database.pool)
        .await
        .unwrap();
    let plan: String = plan[0].get("detail").unwrap();
    assert!(
        plan.contains("COVERING INDEX invitation_meeting (meeting_id=?)"),
        "{plan}"
    );
    let plan =
        query("EXPLAIN QUERY PLAN SELECT id FROM invitation WHERE message_key = 'x' AND message_id = 'y'")
            .fetch_all(&database.pool)
            .await
            .unwrap();
    let plan: String = plan[0].get("detail").unwrap();
    assert!(plan.contains("invitation_message_key (message_key=?"), "{plan}");
}
