//! What the mail server does, and what becomes of the invitations.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use invite::crm::import;
use invite::fault::Fault as _;
use invite::mail::{DeliveryState, Outbox as _, Purpose, TransportError};
use invite::meeting::Acceptance;
use invite::pipeline::{
    DeliverySettings, Event, Happened, OnlineAction, PipelineError, RecipientState, SendOptions,
};
use invite::testing::StubFate;

use crate::fuse::{End, Fuse};
use crate::stage::{INVITEES, KIM, LEE, MIKA, Stage, counts, fate, kickoff, world};
use crate::store_file;

#[tokio::test]
async fn a_refused_recipient_fails_alone_with_the_servers_words() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::Refused);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 0, 1, 1));
    assert_eq!(
        fate(&report, "contact:lee"),
        (RecipientState::Failed, Some("550 5.1.1 no such mailbox here"))
    );
    assert!(report.stopped.is_none());
    assert_eq!(stage.post.addressees(), [KIM, MIKA]);
    // With the address corrected at their side, the next send is a new try, in a mail of its own.
    let refused = report.recipients.iter().find(|r| r.id.as_str() == "lee").unwrap();
    let report = stage.send().await;
    assert_eq!(counts(&report), (1, 0, 0, 3));
    let letter = stage.post.letter_to(LEE);
    assert_ne!(Some(letter.message_id()), refused.message_id);
    assert_eq!((letter.calendar().sequence(), letter.in_reply_to()), (0, None));
}

#[tokio::test]
async fn a_send_that_is_stopped_before_it_delivers_ends_and_the_next_delivers() {
    let stage = Stage::new().await;
    let stopped = stage
        .builder()
        .stop(Arc::new(AtomicBool::new(true)))
        .build()
        .unwrap();
    let (id, options) = (kickoff(), SendOptions::default());
    let send = stopped.send(&id, &options);
    let report = tokio::time::timeout(Duration::from_secs(120), send).await;
    assert_eq!(counts(&report.expect("it ends").unwrap()), (0, 3, 0, 1));
    assert!(stage.post.tries().is_empty());
    assert_eq!(counts(&stage.send().await), (3, 0, 0, 1));
}

#[tokio::test]
async fn a_damaged_message_fails_alone() {
    let stage = Stage::new().await;
    stage.post.close_doors(true);
    assert_eq!(counts(&stage.send().await), (0, 3, 0, 1));
    store_file::damage(&stage.database, "lee").await;
    stage.post.close_doors(false);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 0, 1, 1));
    let (state, reason) = fate(&report, "contact:lee");
    assert_eq!(state, RecipientState::Failed);
    assert!(reason.unwrap().contains("is not valid"), "{reason:?}");
    assert!(report.stopped.is_none());
    assert_eq!(stage.post.addressees(), [KIM, MIKA]);
    // The next send makes a new mail.
    assert_eq!(counts(&stage.send().await), (1, 0, 0, 3));
}

#[tokio::test]
async fn what_was_put_off_waits_and_the_next_send_delivers_it() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.post.order(LEE, StubFate::PutOff);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    let (state, reason) = fate(&report, "contact:lee");
    assert_eq!(
        (state, reason),
        (RecipientState::Queued, Some("451 4.7.1 greylisted, come back"))
    );
    let queued = report
        .recipients
        .iter()
        .find(|r| r.id.as_str() == "lee")
        .unwrap()
        .message_id
        .clone();
    // Put off once more, and once tried in each run.
    assert_eq!(counts(&stage.send().await), (0, 1, 0, 3));
    assert_eq!(stage.post.tries().iter().filter(|to| *to == LEE).count(), 2);
    let entry = stage
        .database
        .of_meeting(&kickoff())
        .await
        .unwrap()
        .into_iter()
        .find(|e| e.state == DeliveryState::Queued);
    assert_eq!(entry.unwrap().attempts, 2);
    let report = stage.send().await;
    assert_eq!(counts(&report), (1, 0, 0, 3));
    assert_eq!(Some(stage.post.letter_to(LEE).message_id()), queued);
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn what_was_put_off_for_too_long_is_given_up() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    let settings = DeliverySettings {
        give_up_after: Duration::ZERO,
        ..DeliverySettings::default()
    };
    let pipeline = stage.builder().delivery(settings).build().unwrap();
    let report = pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 1, 1));
    assert_eq!(
        fate(&report, "contact:lee").1,
        Some("451 4.7.1 greylisted, come back")
    );
}

#[tokio::test]
async fn a_server_that_hangs_up_with_its_answer_is_called_again() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOffAndClosed);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    assert!(report.stopped.is_none());
    assert_eq!(stage.post.addressees(), [KIM, MIKA]);
    assert_eq!(stage.post.connections(), (2, 1));
}

#[tokio::test]
async fn a_server_that_is_not_there_stops_everything_and_loses_nothing() {
    let stage = Stage::new().await;
    stage.post.close_doors(true);
    let report = stage.send().await;
    assert_eq!(counts(&report), (0, 3, 0, 1));
    let stopped = report.stopped.unwrap();
    assert!(matches!(
        stopped,
        PipelineError::Transport(TransportError::Unreachable { .. })
    ));
    assert_eq!(stopped.kind(), "smtp.unreachable");
    assert_eq!(stage.post.tries().len(), 0);
    // The link was written back all the same.
    assert_eq!(stage.join_url().await, Some(stage.zoom_meeting().join_url));
    stage.post.close_doors(false);
    let report = stage.send().await;
    assert_eq!(counts(&report), (3, 0, 0, 1));
    assert!(report.stopped.is_none());
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn a_server_that_does_not_want_us_is_not_asked_for_each() {
    let stage = Stage::new().await;
    for to in INVITEES {
        stage.post.order(to, StubFate::Unwelcome);
    }
    let report = stage.send().await;
    assert_eq!(counts(&report), (0, 3, 0, 1));
    let refused = report.stopped.unwrap();
    assert!(matches!(
        refused,
        PipelineError::Transport(TransportError::Unwelcome { .. })
    ));
    assert_eq!(stage.post.tries().len(), 1);
    // Who was not tried has no attempt against his name.
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.attempts).sum::<u32>(), 1);
    assert!(entries.iter().all(|entry| entry.state == DeliveryState::Queued));
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again_at_once() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::BrokenBefore);
    let report = stage.send().await;
    assert_eq!(counts(&report), (3, 0, 0, 1));
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!(stage.post.connections(), (2, 1));
}

#[tokio::test]
async fn a_message_that_breaks_every_connection_does_not_stop_the_others() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::BrokenBefore);
    stage.post.order(LEE, StubFate::BrokenBefore);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    assert!(report.stopped.is_none());
    assert_eq!(stage.post.addressees(), [KIM, MIKA]);
    let (_, reason) = fate(&report, "contact:lee");
    assert!(reason.unwrap().contains("connection reset"), "{reason:?}");
}

#[tokio::test]
async fn a_message_whose_fate_is_unknown_goes_again_as_the_same_mail() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::BrokenAfter);
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    assert_eq!(
        stage.post.addressees(),
        INVITEES,
        "the server has it, though it could not say so"
    );
    stage.send().await;
    let letters = stage.post.letters_to(LEE);
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].raw, letters[1].raw);
    assert_eq!(counts(&stage.send().await), (0, 0, 0, 4));
}

/// So many leads more, all invited.
async fn crowd(stage: &Stage, size: usize) -> BTreeSet<String> {
    let leads: Vec<_> = (0..size)
        .map(|n| serde_json::json!({"id": format!("l{n}"), "name": format!("Lead {n}"), "email": format!("l{n}@crowd.example")}))
        .collect();
    let text = serde_json::json!({ "leads": leads }).to_string();
    let records = import::read(&text, "crowd.json").unwrap();
    stage.database.import(&records, "crowd.json").await.unwrap();
    let attendees = (0..size).map(|n| invite::meeting::Attendee {
        person: format!("lead:l{n}").parse().unwrap(),
        status: Acceptance::None,
    });
    let attendees: Vec<_> = attendees.collect();
    stage.edit_attendees(|all| all.extend(attendees)).await;
    let crowd = (0..size).map(|n| format!("l{n}@crowd.example"));
    crowd.chain(INVITEES.map(str::to_owned)).collect()
}

#[tokio::test]
async fn many_leave_over_several_connections_each_once() {
    let stage = Stage::with(world(), 3).await;
    let everybody = crowd(&stage, 30).await;
    stage.post.order("l7@crowd.example", StubFate::Refused);
    stage.post.order("l8@crowd.example", StubFate::BrokenBefore);
    stage.post.order("l9@crowd.example", StubFate::PutOff);
    let report = stage.send().await;
    assert_eq!(counts(&report), (31, 1, 1, 1));
    let addressees = stage.post.addressees();
    let distinct: BTreeSet<_> = addressees.iter().cloned().collect();
    assert_eq!(distinct.len(), addressees.len(), "{addressees:?}");
    let missing: Vec<_> = everybody.difference(&distinct).collect();
    assert_eq!(missing, ["l7@crowd.example", "l9@crowd.example"]);
    let (opened, said_goodbye) = stage.post.connections();
    // One of them broke.
    assert_eq!(opened, said_goodbye + 1);
    assert!((1..=4).contains(&opened), "{opened}");
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_leaves_the_rest_in_the_outbox() {
    let stage = Stage::new().await;
    let stop = Arc::new(AtomicBool::new(false));
    let after_one = Arc::clone(&stop);
    let pipeline = stage
        .builder()
        .stop(Arc::clone(&stop))
        .on_event(move |event| {
            if event.what.answer().is_some() {
                after_one.store(true, Ordering::Relaxed);
            }
        })
        .build()
        .unwrap();
    let report = pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    assert_eq!(counts(&report), (1, 2, 0, 1));
    assert!(report.stopped.is_none());
    assert_eq!(counts(&stage.send().await), (2, 0, 0, 2));
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn events_are_told_in_the_order_of_the_steps() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::Refused);
    stage.post.order(KIM, StubFate::PutOff);
    let seen: Arc<std::sync::Mutex<Vec<Event>>> = Arc::default();
    let log = Arc::clone(&seen);
    let pipeline = stage
        .builder()
        .on_event(move |event| log.lock().unwrap().push(event.clone()))
        .build()
        .unwrap();
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.iter().all(|event| event.meeting == kickoff()), "{seen:?}");
    let steps: Vec<&Happened> = seen[..5].iter().map(|event| &event.what).collect();
    assert_eq!(
        steps,
        [
            &Happened::Pushing,
            &Happened::Pushed {
                action: OnlineAction::Created
            },
            &Happened::JoinUrlWritten,
            &Happened::Rendering { count: 3 },
            &Happened::Delivering { count: 3 },
        ]
    );
    let attempts = &seen[5..];
    assert_eq!(attempts.len(), 3);
    let of = |to: &str| {
        let is_to = |event: &&Event| {
            event
                .mailbox
                .as_ref()
                .is_some_and(|mailbox| mailbox.as_str() == to)
        };
        attempts.iter().find(is_to).unwrap()
    };
    assert_eq!(
        of(LEE).what,
        Happened::Refused {
            answer: "550 5.1.1 no such mailbox here".to_owned()
        }
    );
    assert!(matches!(&of(KIM).what, Happened::PutOff { answer, .. } if answer.starts_with("451")));
    assert!(matches!(&of(MIKA).what, Happened::Sent { answer } if answer.starts_with("250")));
    for event in attempts {
        assert_eq!(event.purpose, Some(Purpose::Invitation));
        assert!(event.person.is_some());
    }
    // What is logged of them has nobody's address, and none of the server's words.
    let shown = format!("{seen:?}");
    for private in ["@", "550", "no such mailbox", "Kick-off"] {
        assert!(!shown.contains(private), "{private} in {shown}");
    }
}

#[tokio::test]
async fn an_outbox_that_fails_does_not_hold_on_to_the_others() {
    let stage = Stage::new().await;
    // The first was taken, and that could not be recorded.
    let fuse = Fuse::at("outbox.record", End::Fails);
    let error = stage.send_until(&fuse).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the store failed as ordered");
    assert_eq!(stage.post.letters().len(), 1);
    let first = stage.post.letters().remove(0).to;
    // Within the same process: the one whose fate is unknown stays ours for a while, the others are free.
    let report = stage.send().await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!(stage.post.letters_to(&first).len(), 1);
}
