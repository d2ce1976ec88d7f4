//! An app made from a configuration's text, without the command.

use invite::app::App;
use invite::clock::Clock;
use invite::config::{Config, Environment};
use invite::mail::DeliveryState;
use invite::pipeline::SendOptions;
use tempfile::TempDir;

use crate::stage::kickoff;

fn config(folder: &TempDir) -> Config {
    let file = folder.path().join("invite.toml");
    let text = "[organization]\nname = \"Acme\"\ntime_zone = \"Europe/Berlin\"\n\n[database]\nurl = \"sqlite://own.db\"\n";
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file), &Environment::empty(folder.path())).unwrap()
}

#[tokio::test]
async fn an_app_sends_a_meeting_without_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = folder.path().join("sandbox");
    let app = App::sandbox(config(&folder), Clock::system(), sandbox.clone());
    // Nothing is made before it is asked for.
    assert!(!sandbox.exists() && !folder.path().join("own.db").exists());
    assert!(!app.runs_embedded_zoom());

    let pipeline = app.mailing().await.unwrap().build().unwrap();
    let report = pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    assert!(app.runs_embedded_zoom());
    assert!(report.sent > 0 && report.failed == 0, "{report:?}");
    assert!(report.online.join_url.is_some(), "{:?}", report.online);
    // The database is the configuration's own; the mails lie in the sandbox's folder.
    assert!(folder.path().join("own.db").is_file());
    let mails = std::fs::read_dir(sandbox.join("outbox")).unwrap().count();
    assert_eq!(mails, report.sent);

    let operator = app.operator().await.unwrap();
    let counts = operator.count_invitations(Some(&kickoff())).await.unwrap();
    assert_eq!(usize::try_from(counts.sent).unwrap(), report.sent);
    let sent = operator
        .invitations(None, Some(DeliveryState::Sent), None, 1)
        .await
        .unwrap();
    let (entry, message) = operator.invitation(&sent[0].message_id).await.unwrap().unwrap();
    assert_eq!(entry.id, sent[0].id);
    assert!(message.starts_with(b"From: "));
    app.close().await;
}

#[tokio::test]
async fn what_is_not_configured_is_said_when_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(config(&folder), Clock::system());
    let error = app.mailing().await.unwrap_err();
    assert_eq!(invite::fault::Fault::kind(&error), "config.no_section");
    // What writes no mail needs no mail server.
    let pipeline = app.asking().await.unwrap().build().unwrap();
    let error = pipeline.push(&kickoff(), &Default::default()).await.unwrap_err();
    assert_eq!(invite::fault::Fault::kind(&error), "meeting.not_found");
    app.close().await;
}
