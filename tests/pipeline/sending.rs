//! A send from beginning to end.

use invite::mail::{DeliveryState, Outbox as _, OutboxOperator as _};
use invite::pipeline::{OnlineAction, Pick, RecipientState};
use invite::sandbox::zoom::Operation;

use crate::stage::{INVITEES, KIM, LEE, Stage, counts, fate, kickoff, states};

#[tokio::test]
async fn the_link_reaches_everybody() {
    let stage = Stage::new().await;
    let report = stage.send().await;

    let made = stage.zoom_meeting();
    assert_eq!(stage.asked(), [Operation::CreateMeeting]);
    assert_eq!(made.host_email, "ana@acme.example");
    assert_eq!(made.start_time, Some("2036-12-01T09:00:00Z".parse().unwrap()));
    assert_eq!(made.duration, 45);
    assert_eq!(report.online.action, OnlineAction::Created);
    assert_eq!(report.online.meeting_id, Some(made.id.to_string()));
    assert_eq!(report.online.join_url.as_ref().unwrap().as_str(), made.join_url);
    assert_eq!(stage.join_url().await, Some(made.join_url.clone()));

    assert_eq!(report.revision.0, 0);
    assert_eq!(counts(&report), (3, 0, 0, 1));
    assert_eq!(
        fate(&report, "user:ana"),
        (RecipientState::Skipped, Some("holds the meeting"))
    );
    assert_eq!(stage.post.addressees(), INVITEES);
    for letter in stage.post.letters() {
        let to = letter.to.clone();
        assert_eq!(letter.from, "meetings@acme.example");
        assert_eq!(letter.header_from(), ["meetings@acme.example"]);
        assert_eq!(letter.header_to(), [to.as_str()]);
        assert!(!letter.has_further_recipients());
        assert_eq!(letter.reply_to(), ["ana@acme.example"]);
        assert_eq!(letter.in_reply_to(), None);
        assert!(letter.text().contains(&made.join_url), "{}", letter.text());
        let escaped = made.join_url.replace('&', "&amp;");
        assert!(
            letter.html().contains(&format!("href=\"{escaped}\"")),
            "{}",
            letter.html()
        );
        for object in [letter.calendar(), letter.invite_ics()] {
            assert_eq!(object.url(), Some(made.join_url.clone()));
            assert_eq!(object.conference(), Some(made.join_url.clone()));
            assert!(object.description().contains(&made.join_url));
            assert!(object.description().contains(made.password.as_deref().unwrap()));
            assert_eq!(object.sequence(), 0);
            assert_eq!(object.start(), "2036-12-01 09:00");
            assert_eq!(object.summary(), "Kick-off; phase 1");
            assert!(
                object
                    .attendees()
                    .iter()
                    .any(|(address, _)| address.ends_with(&to)),
                "{to}: {:?}",
                object.attendees()
            );
        }
        let entry = report
            .recipients
            .iter()
            .find(|r| r.email.as_ref().is_some_and(|e| e.as_str() == to));
        assert_eq!(entry.unwrap().message_id, Some(letter.message_id()));
    }
    let uids: std::collections::BTreeSet<_> = stage
        .post
        .letters()
        .iter()
        .map(|letter| letter.calendar().uid())
        .collect();
    assert_eq!(uids.len(), 1, "{uids:?}");
}

#[tokio::test]
async fn everybody_reads_the_own_language() {
    let stage = Stage::new().await;
    let report = stage.send().await;
    assert!(
        stage
            .post
            .letter_to(KIM)
            .subject()
            .starts_with("Einladung: Kick-off")
    );
    assert!(
        stage
            .post
            .letter_to(LEE)
            .subject()
            .starts_with("Invitation: Kick-off")
    );
    // Nine o'clock UTC, in New York.
    assert!(
        stage.post.letter_to(LEE).text().contains("4:00"),
        "{}",
        stage.post.letter_to(LEE).text()
    );
    let kim = report.recipients.iter().find(|r| r.id.as_str() == "kim").unwrap();
    assert_eq!(kim.language.as_deref(), Some("de"));
}

#[tokio::test]
async fn a_second_send_asks_nobody_and_mails_nobody() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let report = stage.send().await;
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(stage.post.letters().len(), 0);
    assert_eq!(report.online.action, OnlineAction::Unchanged);
    assert_eq!(counts(&report), (0, 0, 0, 4));
    let (_, reason) = fate(&report, "contact:lee");
    assert_eq!(reason, Some("has revision 0 already"));
}

#[tokio::test]
async fn a_report_in_json_has_what_the_command_prints() {
    let stage = Stage::new().await;
    let report = serde_json::to_value(stage.send().await).unwrap();
    assert_eq!(report["meeting"], "kickoff");
    assert_eq!(report["revision"], 0);
    assert_eq!(report["zoom"]["action"], "created");
    assert_eq!(report["zoom"]["meeting_id"], stage.zoom_meeting().id.to_string());
    let lee = report["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == "lee")
        .unwrap();
    assert_eq!(lee["kind"], "contact");
    assert_eq!(lee["state"], "sent");
    assert_eq!(lee["email"], LEE);
    assert_eq!(lee["reason"], serde_json::Value::Null);
    assert_eq!((&report["sent"], &report["skipped"]), (&3.into(), &1.into()));
}

#[tokio::test]
async fn the_outbox_has_the_bytes_that_left() {
    let stage = Stage::new().await;
    stage.send().await;
    let letter = stage.post.letter_to(LEE);
    let (entry, message) = stage
        .database
        .invitation(&letter.message_id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message, letter.raw);
    assert_eq!(entry.state, DeliveryState::Sent);
    assert!(entry.last_answer.unwrap().starts_with("250 "));
    let issued = stage.database.issued(&kickoff()).await.unwrap();
    assert_eq!(issued.len(), 1);
    assert_eq!(issued[0].uid, letter.calendar().uid());
    assert!("contact:lee".parse::<Pick>().is_ok());
    assert_eq!(states(&stage.send().await)["contact:lee"], "skipped");
}
