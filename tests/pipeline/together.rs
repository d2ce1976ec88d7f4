//! Several sends of one meeting at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use invite::fault::BoxFault;
use invite::mail::{
    AttemptResult, ClaimRequest, Claimed, DeliveryState, Due, EnqueueOrder, Enqueued, Issued, NewInvitation,
    Outbox, OutboxEntry, Seen, UnreadableMessage,
};
use invite::meeting::MeetingId;
use invite::pipeline::{Pipeline, PushOptions, SendOptions};
use invite::sandbox::zoom::{Action, Operation, ZoomFault};
use tokio::sync::Barrier;

use crate::fuse::Fuse;
use crate::stage::{INVITEES, LEE, MIKA, Stage, counts, kickoff, to, zoom_client};

async fn send(pipeline: &Pipeline) -> invite::pipeline::SendReport {
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap()
}

#[tokio::test]
async fn two_at_once_make_one_meeting_and_one_mail_each() {
    let stage = Stage::new().await;
    // Long enough for the second to come while the first is at it.
    stage.zoom.order(ZoomFault::once(
        Operation::CreateMeeting,
        Action::DelayBefore { milliseconds: 300 },
    ));
    let pipeline = stage.pipeline();
    let (one, two) = tokio::join!(send(&pipeline), send(&pipeline));
    assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);
    let made = stage.zoom_meeting();
    for report in [&one, &two] {
        assert_eq!(report.online.meeting_id, Some(made.id.to_string()));
        assert_eq!(report.failed, 0);
    }
    assert_eq!(stage.post.addressees(), INVITEES);
}

/// A process reads what was told by more than one call; the other sends between two of them.
#[tokio::test]
async fn another_sends_while_one_reads_what_was_told() {
    for read in ["outbox.issued", "outbox.each_of_meeting", "crm.attendees"] {
        let stage = Stage::new().await;
        let others = stage.pipeline();
        let fuse = Fuse::meanwhile(read, Box::pin(async move { drop(send(&others).await) }));
        let report = stage.send_until(&fuse).await.unwrap().unwrap();
        assert_eq!((report.sent, report.skipped), (0, 4), "{read}");
        assert_eq!(stage.post.addressees(), INVITEES, "{read}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_handles_on_one_file_make_one_meeting_and_one_mail_each() {
    let stage = Arc::new(Stage::new().await);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let stage = Arc::clone(&stage);
        running.spawn(async move {
            let database = stage.second_handle().await;
            let zoom = zoom_client(&stage.zoom, &database, &stage.clock);
            let pipeline = stage.without_zoom(&database).online(zoom).build().unwrap();
            send(&pipeline).await
        });
    }
    let reports = running.join_all().await;
    assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);
    assert_eq!(stage.post.addressees(), INVITEES);
    for report in reports {
        assert_eq!((report.failed, report.revision.0), (0, 0));
        assert!(report.stopped.is_none());
    }
}

/// An outbox whose first two callers of `enqueue` wait for each other, and whose first claim has taken long.
struct Meeting {
    outbox: Arc<dyn Outbox>,
    both: Arc<Barrier>,
    has_met: AtomicBool,
    is_in_time: AtomicBool,
}

#[async_trait]
impl Outbox for Meeting {
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault> {
        self.outbox.issued(meeting).await
    }

    async fn each_of_meeting(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault> {
        self.outbox.each_of_meeting(meeting, each).await
    }

    async fn enqueue(
        &self,
        meeting: &MeetingId,
        order: &EnqueueOrder,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, BoxFault> {
        if !self.has_met.swap(true, Ordering::Relaxed) {
            self.both.wait().await;
        }
        self.outbox.enqueue(meeting, order, invitations).await
    }

    async fn requeue(&self, meeting: &MeetingId, seen: Seen, messages: &[i64]) -> Result<Enqueued, BoxFault> {
        self.outbox.requeue(meeting, seen, messages).await
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault> {
        let mut claimed = self.outbox.claim(request).await?;
        if !self.is_in_time.swap(true, Ordering::Relaxed) {
            for claimed in &mut claimed {
                claimed.leased_until = Instant::now() + Duration::from_secs(60);
            }
        }
        Ok(claimed)
    }

    async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, UnreadableMessage> {
        self.outbox.message(claimed).await
    }

    async fn due(&self) -> Result<Vec<Due>, BoxFault> {
        self.outbox.due().await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault> {
        self.outbox.next_due().await
    }

    async fn postpone(
        &self,
        meeting: &MeetingId,
        until: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), BoxFault> {
        self.outbox.postpone(meeting, until, reason).await
    }

    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault> {
        self.outbox.record(claimed, result).await
    }
}

/// Two pipelines that both have rendered before either of them queues.
fn side_by_side(stage: &Stage) -> (Pipeline, Pipeline) {
    let both = Arc::new(Barrier::new(2));
    let one = || {
        let outbox = Arc::new(Meeting {
            outbox: Arc::new(stage.database.clone()),
            both: Arc::clone(&both),
            has_met: AtomicBool::new(false),
            is_in_time: AtomicBool::new(true),
        });
        stage.builder().outbox(outbox).build().unwrap()
    };
    (one(), one())
}

#[tokio::test]
async fn who_is_overtaken_looks_again_and_mails_nothing_twice() {
    let stage = Stage::new().await;
    let (one, two) = side_by_side(&stage);
    let (one, two) = tokio::join!(send(&one), send(&two));
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!((one.revision.0, two.revision.0), (0, 0));
    assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);

    stage.post.empty();
    stage.reschedule().await;
    let (one, two) = side_by_side(&stage);
    let (one, two) = tokio::join!(send(&one), send(&two));
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!((one.revision.0, two.revision.0), (1, 1));
}

#[tokio::test]
async fn who_is_overtaken_still_mails_the_own_recipients() {
    let stage = Stage::new().await;
    let (one, two) = side_by_side(&stage);
    let (to_lee, to_mika) = (to(&[LEE]), to(&[MIKA]));
    let meeting = kickoff();
    let (one, two) = tokio::join!(one.send(&meeting, &to_lee), two.send(&meeting, &to_mika));
    assert_eq!((one.unwrap().sent, two.unwrap().sent), (1, 1));
    assert_eq!(stage.post.addressees(), [LEE, MIKA]);
}

#[tokio::test]
async fn who_is_overtaken_while_preparing_has_the_revision_of_the_other() {
    let stage = Stage::new().await;
    let (one, two) = side_by_side(&stage);
    let options = SendOptions::default();
    let meeting = kickoff();
    let (one, two) = tokio::join!(one.prepare(&meeting, &options), two.prepare(&meeting, &options));
    assert_eq!((one.unwrap().revision.0, two.unwrap().revision.0), (0, 0));
    assert_eq!(stage.database.issued(&kickoff()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn pushing_waits_for_who_is_pushing() {
    let stage = Stage::new().await;
    let lease = stage.hold_push().await;
    let pipeline = stage.pipeline();
    let (meeting, options) = (kickoff(), PushOptions::default());
    let has_ended = AtomicBool::new(false);
    let end = async {
        // Long enough to do it, were it not waiting.
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(stage.zoom.requests(), []);
        has_ended.store(true, Ordering::Relaxed);
        invite::online::LinkStore::end_push(&stage.database, lease)
            .await
            .unwrap();
    };
    let push = async {
        pipeline.push(&meeting, &options).await.unwrap();
        assert!(has_ended.load(Ordering::Relaxed));
    };
    tokio::join!(push, end);
    stage.zoom_meeting();
}

/// Another may take it over before the server has answered.
#[tokio::test]
async fn what_is_held_for_too_long_is_left_for_the_next() {
    let stage = Stage::new().await;
    let outbox = Meeting {
        outbox: Arc::new(stage.database.clone()),
        both: Arc::new(Barrier::new(1)),
        has_met: AtomicBool::new(true),
        is_in_time: AtomicBool::new(false),
    };
    let slow = stage.builder().outbox(Arc::new(outbox)).build().unwrap();
    let report = slow.send(&kickoff(), &SendOptions::default()).await.unwrap();
    assert_eq!(counts(&report), (0, 3, 0, 1));
    assert!(stage.post.tries().is_empty());
    let waiting = stage.database.of_meeting(&kickoff()).await.unwrap();
    assert!(
        waiting
            .iter()
            .all(|entry| (entry.state, entry.attempts) == (DeliveryState::Queued, 0))
    );
    assert_eq!(counts(&stage.send().await), (3, 0, 0, 1));
}
