//! A worker beside a web server: a route queues a send and answers at once; a worker of the same process delivers.
//!
//! ```text
//! cargo run --example worker-beside-a-web-server
//! ```
//! serves on a free port of this machine, sends itself one request, waits for the mail, and stops. Mails go to a stub of a
//! mail server.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use invite::crm::MeetingRecord;
use invite::database::{Database, EncryptionKey, KeySource};
use invite::fault::{Class, Fault as _, chain};
use invite::mail::Mailbox;
use invite::meeting::*;
use invite::organization::Organization;
use invite::pipeline::{Happened, Pipeline, SendOptions};
use invite::testing::{MemoryCrm, StubTransport};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// `POST /meetings/{id}/send`: the mails are in the outbox when it answers, so that nothing is lost if the process ends.
async fn send(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> (StatusCode, Json<Value>) {
    let Ok(id) = MeetingId::new(id) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "this is no id"})));
    };
    let options = SendOptions {
        queue_only: true,
        ..SendOptions::default()
    };
    match pipeline.send(&id, &options).await {
        Ok(report) => (StatusCode::ACCEPTED, Json(json!({"queued": report.queued}))),
        Err(error) => {
            let status = match error.class() {
                Class::NotFound => StatusCode::NOT_FOUND,
                Class::NotPermitted => StatusCode::FORBIDDEN,
                Class::Temporary | Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (
                status,
                Json(json!({"error": chain(&error), "kind": error.kind()})),
            )
        }
    }
}

fn records() -> Result<MemoryCrm, Box<dyn Error>> {
    let ana = Person::new("user:ana".parse()?, "Ana", Some("ana@acme.example".parse()?));
    let lee = Person::new("contact:lee".parse()?, "Lee", Some("lee@client.example".parse()?));
    let when = When::timed("2036-12-02T09:00:00Z".parse()?, "2036-12-02T09:45:00Z".parse()?)?;
    let mut meeting = Meeting::new("kickoff".parse()?, "Kick-off", when, Zone::new("Europe/Berlin")?)?;
    meeting.assigned_user = Some(PersonId::new("ana")?);
    let attendees = vec![Attendee {
        person: lee.reference.clone(),
        status: Acceptance::None,
    }];
    Ok(MemoryCrm::with(
        [ana, lee],
        [MeetingRecord { meeting, attendees }],
    ))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    let database = Database::open(&folder.path().join("invite.db"), key).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let (tell, mut sent) = mpsc::unbounded_channel();
    let sender = Mailbox::new("Acme", "meetings@acme.example".parse()?);
    let pipeline = Pipeline::builder(Organization::new("Acme"), sender)
        .crm(Arc::new(records()?))
        .database(&database)
        .transport(Arc::new(StubTransport::new()))
        .on_event(move |event| {
            if matches!(event.what, Happened::Sent { .. }) {
                // Nobody listens any more once the example ends.
                tell.send(event.meeting.clone()).ok();
            }
        })
        .stop(stop.clone())
        .build()?;

    // The worker: until it is stopped. More of them, here or on other machines, share the work.
    let worker = tokio::spawn({
        let pipeline = pipeline.clone();
        async move { pipeline.work(false).await }
    });
    let routes = Router::new()
        .route("/meetings/{id}/send", post(send))
        .with_state(pipeline);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });

    // The client, which a browser or another program is otherwise.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().no_proxy().build()?;
    for id in ["kickoff", "nowhere"] {
        let answer = client
            .post(format!("http://{address}/meetings/{id}/send"))
            .send()
            .await?;
        println!(
            "POST {id}: {}: {}",
            answer.status().as_u16(),
            answer.text().await?
        );
    }
    if let Some(meeting) = sent.recv().await {
        println!("the worker sent a mail of {meeting}");
    }

    // To end well: take no more requests, and let the worker end what is on the wire.
    server.abort();
    stop.store(true, Ordering::Relaxed);
    let worked = worker.await??;
    println!(
        "the worker stopped; it had delivered mails of {} meetings",
        worked.meetings
    );
    database.close().await;
    Ok(())
}
