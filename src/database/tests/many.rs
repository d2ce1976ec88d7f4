//! Many processes at one database at the same time.

use chrono::Utc;

use super::home::Home;
use super::kickoff;
use super::mails::{enqueue, invitation, issued, request, seen};
use crate::crm::Directory as _;
use crate::database::KeySource;
use crate::mail::{
    AttemptResult, ClaimRequest, DeliveryState, EnqueueOrder, Outbox as _, OutboxOperator as _,
};
use crate::meeting::MeetingId;

/// Several processes that take, record, put off, retry, call off and send anew at the same time: nothing is taken by
/// two, and nobody waits for somebody who waits for them.
pub(super) async fn many_share_an_outbox(home: &Home) {
    const WORKERS: usize = 6;
    let database = home.open().await;
    let people: Vec<String> = (0..120).map(|n| format!("p{n}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    enqueue(&database, 0, &people).await;
    let mut running = tokio::task::JoinSet::new();
    for worker in 0..WORKERS {
        let database = home.open().await;
        running.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let batch = ClaimRequest {
                    limit: 5,
                    ..request()
                };
                let batch = database.claim(&batch).await.unwrap();
                if batch.is_empty() {
                    break;
                }
                for claimed in batch {
                    taken.push(claimed.id);
                    let answer = format!("250 by {worker}");
                    database
                        .record(&claimed, &AttemptResult::Sent { answer })
                        .await
                        .unwrap();
                }
                let (meeting, queued) = (kickoff(), Some(DeliveryState::Queued));
                let waiting = database.invitations(Some(&meeting), queued, None, 3);
                let waiting: Vec<i64> = waiting.await.unwrap().iter().map(|it| it.id).collect();
                let newest = seen(&database, &kickoff()).await;
                database.requeue(&kickoff(), newest, &waiting).await.unwrap();
                database.postpone(&kickoff(), Utc::now(), "later").await.unwrap();
                database.due().await.unwrap();
                let other = MeetingId::new(format!("other-{worker}")).unwrap();
                let before = seen(&database, &other).await;
                let revision = before.issued.map_or(0, |(_, revision)| revision.0 + 1);
                let order = EnqueueOrder {
                    seen: before,
                    issued: vec![issued(revision)],
                    called_off: Vec::new(),
                };
                let new = vec![invitation("lee", revision)];
                database.enqueue(&other, &order, &new).await.unwrap();
                database.cancel_of_meeting(&other).await.unwrap();
            }
            taken
        });
    }
    let mut taken = running.join_all().await.concat();
    taken.sort_unstable();
    let entries = database.of_meeting(&kickoff()).await.unwrap();
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(taken, ids);
    assert!(entries.iter().all(|entry| entry.state == DeliveryState::Sent));
}

pub(super) async fn many_that_open_a_new_one_at_once_all_succeed(home: &Home) {
    std::thread::scope(|scope| {
        let opening = (0..10).map(|_| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let database = home.open_with(KeySource::File("unused".into())).await.unwrap();
                    let count = database.users(None).await.unwrap().items.len();
                    database.close().await;
                    count
                })
            })
        });
        for thread in opening.collect::<Vec<_>>() {
            assert_eq!(thread.join().unwrap(), 0);
        }
    });
}
