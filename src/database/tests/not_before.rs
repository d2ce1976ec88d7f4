//! Messages that do not leave before a moment, and purposes with names of their own.

use chrono::{DateTime, TimeDelta, Utc};

use super::home::Home;
use super::mails::{enqueue, invitation, put, request};
use crate::clock::Clock;
use crate::mail::{AttemptResult, ClaimRequest, Enqueued, NewInvitation, Outbox as _, Purpose, PurposeName};

pub(super) async fn a_message_does_not_leave_before_its_time_whoever_asks(home: &Home) {
    let whole_second = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    let clock = Clock::manual(whole_second);
    let database = home.open().await.with_clock(clock.clone());
    let at = clock.now() + TimeDelta::hours(3);
    let thanks = Purpose::Custom(PurposeName::new("thank-you").unwrap());
    let later = NewInvitation {
        purpose: thanks,
        not_before: Some(at),
        ..invitation("lee", 0)
    };
    assert_eq!(put(&database, 0, vec![later]).await, Enqueued::Queued);
    // It stands in the way of no invitation.
    assert_eq!(enqueue(&database, 1, &["lee"]).await, Enqueued::Queued);
    let early = ClaimRequest {
        early: true,
        ..request()
    };
    let claimed = database.claim(&early).await.unwrap();
    let purposes: Vec<_> = claimed.iter().map(|claimed| claimed.purpose).collect();
    assert_eq!(purposes, [Purpose::Invitation]);
    let sent = AttemptResult::Sent {
        answer: "250 ok".to_owned(),
    };
    database.record(&claimed[0], &sent).await.unwrap();
    assert!(database.due().await.unwrap().is_empty());
    assert_eq!(database.next_due().await.unwrap(), Some(at));
    clock.advance(TimeDelta::hours(3) - TimeDelta::milliseconds(1));
    assert!(database.due().await.unwrap().is_empty());
    assert!(database.claim(&early).await.unwrap().is_empty());
    clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(database.due().await.unwrap().len(), 1);
    let claimed = database.claim(&request()).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].purpose, thanks);
    let entries = database.of_meeting(&super::kickoff()).await.unwrap();
    assert_eq!(entries[0].purpose.as_str(), "thank-you");
}
