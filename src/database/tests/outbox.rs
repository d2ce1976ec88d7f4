//! The outbox: claims, results, superseding and calling off.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};

use super::home::Home;
use super::kickoff;
use super::mails::{enqueue, invitation, issued, message_of, put, request, seen, whole};
use crate::fault::Fault as _;
use crate::mail::{
    AttemptResult, ClaimRequest, DeliveryState, EnqueueOrder, Enqueued, Issued, NewInvitation, Organizer,
    Outbox as _, OutboxOperator as _, Seen,
};
use crate::meeting::{Acceptance, Tenure};

pub(super) async fn an_invitation_is_claimed_once_and_its_fate_recorded(home: &Home) {
    let database = home.open().await;
    assert_eq!(enqueue(&database, 0, &["lee", "mo"]).await, Enqueued::Queued);
    let claimed = database.claim(&request()).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(database.claim(&request()).await.unwrap().is_empty());
    assert_eq!(
        message_of(&database, &claimed[0]).await,
        whole(&invitation("lee", 0))
    );
    database
        .record(
            &claimed[0],
            &AttemptResult::Sent {
                answer: "250 ok".into(),
            },
        )
        .await
        .unwrap();
    let later = Utc::now() + TimeDelta::minutes(1);
    let put_off = AttemptResult::Retry {
        answer: "451 later".into(),
        at: later,
    };
    database.record(&claimed[1], &put_off).await.unwrap();
    // Recording twice changes nothing: the lease has ended.
    database
        .record(&claimed[0], &AttemptResult::Failed { answer: "550".into() })
        .await
        .unwrap();
    assert!(database.claim(&request()).await.unwrap().is_empty());
    let early = database
        .claim(&ClaimRequest {
            early: true,
            ..request()
        })
        .await
        .unwrap();
    assert_eq!((early.len(), early[0].attempts), (1, 2));
    database
        .record(&early[0], &AttemptResult::NotTried)
        .await
        .unwrap();
    let entries = database.of_meeting(&kickoff()).await.unwrap();
    assert_eq!(entries[0].state, DeliveryState::Sent);
    assert!(entries[0].sent_at.is_some());
    assert_eq!(
        (entries[1].state, entries[1].attempts),
        (DeliveryState::Queued, 1)
    );
    assert_eq!(entries[1].last_answer.as_deref(), Some("451 later"));
    let (found, message) = database.invitation("lee.0@acme.example").await.unwrap().unwrap();
    assert_eq!((found.id, message), (entries[0].id, whole(&invitation("lee", 0))));
}

pub(super) async fn a_newer_message_takes_the_place_of_the_one_that_is_named(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo", "kim"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    let lees = database.claim(&one).await.unwrap().remove(0);
    let ids = async || -> Vec<i64> {
        let messages = database.of_meeting(&kickoff()).await.unwrap();
        messages.iter().map(|message| message.id).collect()
    };
    let before = ids().await;
    let newer = |person: &str, supersedes| NewInvitation {
        supersedes,
        ..invitation(person, 1)
    };
    // Nobody else's waits for Mo, and a second one does not come in beside the first.
    assert_eq!(
        put(&database, 1, vec![newer("mo", None)]).await,
        Enqueued::Overtaken
    );
    let both = vec![newer("lee", Some(before[0])), newer("mo", Some(before[1]))];
    assert_eq!(put(&database, 1, both.clone()).await, Enqueued::Queued);
    // What was superseded does not wait any more.
    assert_eq!(put(&database, 1, both).await, Enqueued::Overtaken);
    use DeliveryState::{Queued, Sending, Superseded};
    let states = async || -> Vec<DeliveryState> {
        let messages = database.of_meeting(&kickoff()).await.unwrap();
        messages.iter().map(|message| message.state).collect()
    };
    // Lee's is on its way; Kim's was not named.
    assert_eq!(states().await, [Sending, Superseded, Queued, Queued, Queued]);
    let put_off = AttemptResult::Retry {
        answer: "451 later".into(),
        at: Utc::now(),
    };
    database.record(&lees, &put_off).await.unwrap();
    assert_eq!(states().await, [Superseded, Superseded, Queued, Queued, Queued]);
}

pub(super) async fn what_is_called_off_must_wait(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    database.claim(&one).await.unwrap();
    let messages = database.of_meeting(&kickoff()).await.unwrap();
    let call_off = async |message: i64| {
        let order = EnqueueOrder {
            seen: seen(&database, &kickoff()).await,
            issued: Vec::new(),
            called_off: vec![(message, "no longer invited")],
        };
        database.enqueue(&kickoff(), &order, &[]).await.unwrap()
    };
    assert_eq!(call_off(messages[0].id).await, Enqueued::Overtaken);
    assert_eq!(call_off(messages[1].id).await, Enqueued::Queued);
    let messages = database.of_meeting(&kickoff()).await.unwrap();
    assert_eq!(messages[0].state, DeliveryState::Sending);
    assert_eq!(messages[1].state, DeliveryState::Cancelled);
    assert_eq!(messages[1].last_answer.as_deref(), Some("no longer invited"));
}

pub(super) async fn a_second_lost_answer_is_the_last_try(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee"]).await;
    let claimed = database.claim(&request()).await.unwrap().remove(0);
    assert_eq!(claimed.answers_lost, 0);
    let lost = AttemptResult::AnswerLost {
        answer: "reset".into(),
        at: Utc::now(),
    };
    database.record(&claimed, &lost).await.unwrap();
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert!(message.may_have_left() && message.state == DeliveryState::Queued);
    let claimed = database.claim(&request()).await.unwrap().remove(0);
    assert_eq!(claimed.answers_lost, 1);
    let answer = "reset".to_owned();
    database
        .record(&claimed, &AttemptResult::MayHaveArrived { answer })
        .await
        .unwrap();
    assert!(database.claim(&request()).await.unwrap().is_empty());
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert_eq!(
        (message.state, message.answers_lost),
        (DeliveryState::MayHaveArrived, 2)
    );
    let counts = database.count_invitations(None).await.unwrap();
    assert_eq!((counts.may_have_arrived, counts.sent), (1, 0));
    // Named, it is tried again as if for the first time, and is known to have left perhaps.
    let seen = seen(&database, &kickoff()).await;
    let again = database.requeue(&kickoff(), seen, &[message.id]).await.unwrap();
    assert_eq!(again, Enqueued::Queued);
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert_eq!(message.answers_lost, 0);
    assert!(message.may_have_left());
}

pub(super) async fn of_two_that_send_the_same_one_is_overtaken_and_writes_nothing(home: &Home) {
    let database = home.open().await;
    let before = seen(&database, &kickoff()).await;
    enqueue(&database, 0, &["lee"]).await;
    let stale = EnqueueOrder {
        seen: before,
        issued: vec![issued(0)],
        called_off: Vec::new(),
    };
    let mos = vec![invitation("mo", 0)];
    let stale = database.enqueue(&kickoff(), &stale, &mos).await.unwrap();
    assert_eq!(stale, Enqueued::Overtaken);
    // Another for the same mailbox, whoever the record is.
    assert_eq!(enqueue(&database, 0, &["mo", "lee"]).await, Enqueued::Overtaken);
    assert_eq!(database.of_meeting(&kickoff()).await.unwrap().len(), 1);
    // Nor is anything tried again by somebody who has not seen the newest.
    let again = database.requeue(&kickoff(), before, &[1]).await.unwrap();
    assert_eq!(again, Enqueued::Overtaken);
}

pub(super) async fn what_was_answered_is_kept_with_the_revision(home: &Home) {
    let database = home.open().await;
    let answers: BTreeMap<String, Acceptance> = [
        ("lee@client.example", Acceptance::Accepted),
        ("mo@client.example", Acceptance::Declined),
        ("ana@acme.example", Acceptance::Accepted),
    ]
    .into_iter()
    .map(|(mailbox, answer)| (mailbox.to_owned(), answer))
    .collect();
    let told = Issued {
        organizer: Some(Organizer {
            person: "user:ana".parse().unwrap(),
            name: "Ana".into(),
            email: "ana@acme.example".parse().unwrap(),
        }),
        answers: Some(answers),
        content: Some(i64::MIN),
        ..issued(0)
    };
    let next = Issued {
        tenure: Tenure(1),
        uid: "u-2".into(),
        ..issued(0)
    };
    let order = EnqueueOrder {
        seen: Seen::default(),
        issued: vec![told.clone(), next.clone()],
        called_off: Vec::new(),
    };
    database.enqueue(&kickoff(), &order, &[]).await.unwrap();
    assert_eq!(database.issued(&kickoff()).await.unwrap(), [told, next]);
}

pub(super) async fn what_has_not_left_can_be_called_off(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo", "kim", "jo"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    let sent = database.claim(&one).await.unwrap();
    let answer = "250 ok".to_owned();
    database
        .record(&sent[0], &AttemptResult::Sent { answer })
        .await
        .unwrap();
    database.claim(&one).await.unwrap();
    let ids: Vec<i64> = database
        .of_meeting(&kickoff())
        .await
        .unwrap()
        .iter()
        .map(|e| e.id)
        .collect();
    let kind = async |ids: &[i64]| database.cancel_invitations(ids).await.unwrap_err().kind();
    assert_eq!(kind(&[ids[2], ids[0]]).await, "outbox.sent");
    assert_eq!(kind(&[ids[2], ids[1]]).await, "outbox.sending");
    assert_eq!(kind(&[ids[2], 999_999]).await, "outbox.not_found");
    assert_eq!(database.cancel_invitations(&ids[2..3]).await.unwrap(), 1);
    assert_eq!(database.cancel_invitations(&ids[2..3]).await.unwrap(), 0);
    assert_eq!(database.cancel_of_meeting(&kickoff()).await.unwrap(), (1, 1));
    let states: Vec<_> = database
        .of_meeting(&kickoff())
        .await
        .unwrap()
        .iter()
        .map(|e| e.state)
        .collect();
    use DeliveryState::{Cancelled, Sending, Sent};
    assert_eq!(states, [Sent, Sending, Cancelled, Cancelled]);
    // What was called off is not tried again.
    let seen = seen(&database, &kickoff()).await;
    let again = database.requeue(&kickoff(), seen, &ids[2..3]).await.unwrap();
    assert_eq!(again, Enqueued::Overtaken);
}

pub(super) async fn a_list_is_read_in_parts(home: &Home) {
    let database = home.open().await;
    let people: Vec<String> = (0..7).map(|n| format!("p{n}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    enqueue(&database, 0, &people).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let part = database.invitations(None, None, before, 3).await.unwrap();
        let Some(last) = part.last() else { break };
        before = Some(last.id);
        seen.extend(part.iter().map(|entry| entry.person.id.as_str().to_owned()));
    }
    let newest_first: Vec<_> = people.iter().rev().copied().collect();
    assert_eq!(seen, newest_first);
    let queued = Some(DeliveryState::Queued);
    let of_meeting = database.invitations(Some(&kickoff()), queued, None, 10).await;
    assert_eq!(of_meeting.unwrap().len(), 7);
    let sent = Some(DeliveryState::Sent);
    assert!(
        database
            .invitations(None, sent, None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}
