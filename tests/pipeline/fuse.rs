//! Ends a run at any one of the calls that it makes of its ports.
//!
//! [`Fused`] goes around a store, a provider, a CRM or a transport. All that share a [`Fuse`] count their
//! calls together, so that "at the seventh call" means one moment of a run, whatever is called then.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use invite::crm::{AttendeePages, CrmError, Invitee, Records};
use invite::fault::BoxFault;
use invite::mail::{
    AttemptResult, ClaimRequest, Claimed, Connection, Due, EnqueueOrder, Enqueued, Issued, NewInvitation,
    Outbox, OutboxEntry, Outgoing, Receipt, Seen, Transport, TransportError, UnreadableMessage,
};
use invite::meeting::{
    Acceptance, EmailAddress, JoinUrl, Meeting, MeetingId, OnlineLocation, Person, PersonRef,
};
use invite::online::{
    Begun, LinkStore, Liveness, OnlineError, OnlineLink, OnlineMeeting, OnlineMeetingId, OnlineMeetings,
    OnlineSpec, Orphan, Outcome, PushIntent, PushLease, Replaced, Search, Superseded,
};
use tokio::sync::Notify;

use crate::scripted_provider::Ordered;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The process is killed when the call has been done, before its answer is used.
    Killed,
    /// The call is not done, and fails.
    Fails,
    /// The call is done, but its answer is lost: it fails.
    AnswerLost,
}

#[derive(Debug)]
struct State {
    passed: usize,
    /// The name of the call at which it blew, and how many of this name were made before.
    blown: Option<(&'static str, usize)>,
    /// How many calls of each name were made.
    made: BTreeMap<&'static str, usize>,
}

/// Which call ends the run.
#[derive(Debug)]
enum When {
    /// The one after so many.
    After(usize),
    /// The first of this name.
    At(&'static str),
}

/// Ends a run at one of its calls.
pub(crate) struct Fuse {
    when: When,
    end: End,
    state: Mutex<State>,
    killed: Notify,
    /// What happens after the first call of this name.
    meanwhile: Mutex<Option<(&'static str, BoxFuture<'static, ()>)>>,
}

/// An error for each port, by what it leaves behind.
trait Fails {
    fn not_done() -> Self;
    fn answer_lost() -> Self;
}

impl<T> Fails for Result<T, BoxFault> {
    fn not_done() -> Self {
        Err(BoxFault::new(Ordered("the store failed as ordered")))
    }
    fn answer_lost() -> Self {
        Err(BoxFault::new(Ordered("the store was cut off as ordered")))
    }
}

impl<T> Fails for Result<T, UnreadableMessage> {
    fn not_done() -> Self {
        let failed: Result<T, BoxFault> = Fails::not_done();
        failed.map_err(UnreadableMessage::Outbox)
    }
    fn answer_lost() -> Self {
        let cut_off: Result<T, BoxFault> = Fails::answer_lost();
        cut_off.map_err(UnreadableMessage::Outbox)
    }
}

impl<T> Fails for Result<T, CrmError> {
    fn not_done() -> Self {
        Err(CrmError::Records(BoxFault::new(Ordered(
            "the CRM failed as ordered",
        ))))
    }
    fn answer_lost() -> Self {
        Self::not_done()
    }
}

impl<T> Fails for Result<T, OnlineError> {
    fn not_done() -> Self {
        Err(OnlineError::new(Outcome::NotDone, Ordered("refused as ordered")))
    }
    fn answer_lost() -> Self {
        Err(OnlineError::new(Outcome::Unknown, Ordered("cut off as ordered")))
    }
}

impl<T> Fails for Result<T, TransportError> {
    fn not_done() -> Self {
        Err(TransportError::Unreachable {
            server: "mail.acme.example:465".to_owned(),
            source: "reset as ordered".into(),
        })
    }
    fn answer_lost() -> Self {
        Err(TransportError::AnswerLost {
            server: "mail.acme.example:465".to_owned(),
            source: "reset as ordered".into(),
        })
    }
}

impl Fuse {
    /// Ends the run at the call after so many.
    pub(crate) fn after(passes: usize, end: End) -> Arc<Self> {
        Self::new(When::After(passes), end)
    }

    /// Ends the run at the first call of this name.
    pub(crate) fn at(name: &'static str, end: End) -> Arc<Self> {
        Self::new(When::At(name), end)
    }

    fn new(when: When, end: End) -> Arc<Self> {
        Arc::new(Self {
            when,
            end,
            state: Mutex::new(State {
                passed: 0,
                blown: None,
                made: BTreeMap::new(),
            }),
            killed: Notify::new(),
            meanwhile: Mutex::default(),
        })
    }

    /// Never ends the run. After the first call of this name, and before the next call, somebody else does something.
    pub(crate) fn meanwhile(name: &'static str, happens: BoxFuture<'static, ()>) -> Arc<Self> {
        let fuse = Self::after(usize::MAX, End::Fails);
        *fuse.meanwhile.lock().unwrap() = Some((name, happens));
        fuse
    }

    /// The name of the call at which it blew, if it did.
    pub(crate) fn blown(&self) -> Option<&'static str> {
        self.blown_after().map(|(name, _)| name)
    }

    /// The same, and how many calls of that name were made before.
    pub(crate) fn blown_after(&self) -> Option<(&'static str, usize)> {
        self.state.lock().unwrap().blown
    }

    /// The calls that were made.
    pub(crate) fn names(&self) -> BTreeSet<&'static str> {
        self.state.lock().unwrap().made.keys().copied().collect()
    }

    /// Runs until the end, or until it is killed: then the rest of it never happens.
    pub(crate) async fn run<T>(&self, run: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = run => Some(done),
            () = self.killed.notified() => None,
        }
    }

    fn blows(&self, name: &'static str) -> bool {
        let mut state = self.state.lock().unwrap();
        let made = state.made.entry(name).or_default();
        let before = *made;
        *made += 1;
        let blows = state.blown.is_none()
            && match self.when {
                When::After(passes) => state.passed == passes,
                When::At(awaited) => name == awaited,
            };
        if blows {
            state.blown = Some((name, before));
        }
        state.passed += 1;
        blows
    }

    async fn pass<T: Fails>(&self, name: &'static str, call: impl Future<Output = T>) -> T {
        if !self.blows(name) {
            let answer = call.await;
            let happens = self
                .meanwhile
                .lock()
                .unwrap()
                .take_if(|(after, _)| *after == name);
            if let Some((_, happens)) = happens {
                happens.await;
            }
            return answer;
        }
        match self.end {
            End::Fails => T::not_done(),
            End::AnswerLost => {
                call.await;
                T::answer_lost()
            }
            End::Killed => {
                call.await;
                self.killed.notify_one();
                std::future::pending().await
            }
        }
    }
}

/// A port whose calls a [`Fuse`] counts.
pub(crate) struct Fused<T: ?Sized> {
    pub(crate) fuse: Arc<Fuse>,
    pub(crate) port: Arc<T>,
}

impl<T: ?Sized> Fused<T> {
    pub(crate) fn new(fuse: &Arc<Fuse>, port: Arc<T>) -> Arc<Self> {
        Arc::new(Self {
            fuse: Arc::clone(fuse),
            port,
        })
    }
}

#[async_trait]
impl<T: LinkStore + ?Sized> LinkStore for Fused<T> {
    async fn link(&self, meeting: &MeetingId) -> Result<Option<OnlineLink>, BoxFault> {
        self.fuse.pass("links.link", self.port.link(meeting)).await
    }

    async fn begin_push(&self, meeting: &MeetingId) -> Result<Begun, BoxFault> {
        self.fuse
            .pass("links.begin_push", self.port.begin_push(meeting))
            .await
    }

    /// Recorded as of ten seconds ago: whoever looks after this run has ended does so long after.
    async fn record_intent(&self, lease: &PushLease, intent: &PushIntent) -> Result<(), BoxFault> {
        let intent = PushIntent {
            begun_at: intent.begun_at - TimeDelta::seconds(10),
            ..intent.clone()
        };
        self.fuse
            .pass("links.record_intent", self.port.record_intent(lease, &intent))
            .await
    }

    async fn end_intent(&self, lease: &PushLease, orphan: bool) -> Result<(), BoxFault> {
        self.fuse
            .pass("links.end_intent", self.port.end_intent(lease, orphan))
            .await
    }

    async fn record_link(
        &self,
        lease: &PushLease,
        link: &OnlineLink,
        before: Replaced,
    ) -> Result<(), BoxFault> {
        self.fuse
            .pass("links.record_link", self.port.record_link(lease, link, before))
            .await
    }

    async fn forget_link(&self, lease: &PushLease) -> Result<(), BoxFault> {
        self.fuse
            .pass("links.forget_link", self.port.forget_link(lease))
            .await
    }

    async fn superseded(&self, meeting: &MeetingId) -> Result<Vec<Superseded>, BoxFault> {
        self.fuse
            .pass("links.superseded", self.port.superseded(meeting))
            .await
    }

    async fn forget_superseded(&self, meeting: &MeetingId, superseded: &Superseded) -> Result<(), BoxFault> {
        self.fuse
            .pass(
                "links.forget_superseded",
                self.port.forget_superseded(meeting, superseded),
            )
            .await
    }

    async fn orphans(&self) -> Result<Vec<Orphan>, BoxFault> {
        self.fuse.pass("links.orphans", self.port.orphans()).await
    }

    async fn end_push(&self, lease: PushLease) -> Result<(), BoxFault> {
        self.fuse.pass("links.end_push", self.port.end_push(lease)).await
    }
}

#[async_trait]
impl<T: Outbox + ?Sized> Outbox for Fused<T> {
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault> {
        self.fuse.pass("outbox.issued", self.port.issued(meeting)).await
    }

    async fn each_of_meeting(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault> {
        self.fuse
            .pass("outbox.each_of_meeting", self.port.each_of_meeting(meeting, each))
            .await
    }

    async fn of_mailbox(
        &self,
        meeting: &MeetingId,
        address: &EmailAddress,
    ) -> Result<Vec<OutboxEntry>, BoxFault> {
        self.fuse
            .pass("outbox.of_mailbox", self.port.of_mailbox(meeting, address))
            .await
    }

    async fn enqueue(
        &self,
        meeting: &MeetingId,
        order: &EnqueueOrder,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, BoxFault> {
        let call = self.port.enqueue(meeting, order, invitations);
        self.fuse.pass("outbox.enqueue", call).await
    }

    async fn requeue(&self, meeting: &MeetingId, seen: Seen, messages: &[i64]) -> Result<Enqueued, BoxFault> {
        self.fuse
            .pass("outbox.requeue", self.port.requeue(meeting, seen, messages))
            .await
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault> {
        self.fuse.pass("outbox.claim", self.port.claim(request)).await
    }

    async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, UnreadableMessage> {
        self.fuse.pass("outbox.message", self.port.message(claimed)).await
    }

    async fn due(&self) -> Result<Vec<Due>, BoxFault> {
        self.fuse.pass("outbox.due", self.port.due()).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault> {
        self.fuse.pass("outbox.next_due", self.port.next_due()).await
    }

    async fn postpone(
        &self,
        meeting: &MeetingId,
        until: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), BoxFault> {
        let call = self.port.postpone(meeting, until, reason);
        self.fuse.pass("outbox.postpone", call).await
    }

    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault> {
        self.fuse
            .pass("outbox.record", self.port.record(claimed, result))
            .await
    }
}

/// Each page of attendees is a call.
#[async_trait]
impl<T: Records + ?Sized> Records for Fused<T> {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        self.fuse.pass("crm.meeting", self.port.meeting(id)).await
    }

    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        stream::unfold(Some(self.port.attendees(id)), async |pages| {
            let mut pages = pages?;
            let next = async { pages.next().await.transpose() };
            match self.fuse.pass("crm.attendees", next).await {
                Ok(Some(page)) => Some((Ok(page), Some(pages))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }

    async fn attendee(&self, id: &MeetingId, person: &PersonRef) -> Result<Option<Invitee>, CrmError> {
        self.fuse
            .pass("crm.attendee", self.port.attendee(id, person))
            .await
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        self.fuse.pass("crm.person", self.port.person(person)).await
    }

    async fn people(&self, people: &[PersonRef]) -> Result<Vec<Person>, CrmError> {
        self.fuse.pass("crm.people", self.port.people(people)).await
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let call = self.port.set_join_url(id, expected, join_url);
        self.fuse.pass("crm.set_join_url", call).await
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        let call = self.port.set_statuses(id, statuses);
        self.fuse.pass("crm.set_statuses", call).await
    }
}

#[async_trait]
impl<T: OnlineMeetings + ?Sized> OnlineMeetings for Fused<T> {
    fn location(&self) -> OnlineLocation {
        self.port.location()
    }

    fn name(&self) -> &str {
        self.port.name()
    }

    fn required_scope(&self) -> Option<&str> {
        self.port.required_scope()
    }

    fn shows_id(&self) -> bool {
        self.port.shows_id()
    }

    fn placeholder(&self) -> Option<JoinUrl> {
        self.port.placeholder()
    }

    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError> {
        self.port.describe(meeting, host).await
    }

    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError> {
        self.fuse
            .pass("zoom.create", self.port.create(spec, marker))
            .await
    }

    async fn update(
        &self,
        id: &OnlineMeetingId,
        told: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        marker: &str,
    ) -> Result<(), OnlineError> {
        self.fuse
            .pass("zoom.update", self.port.update(id, told, spec, marker))
            .await
    }

    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError> {
        self.fuse.pass("zoom.delete", self.port.delete(id)).await
    }

    async fn check(&self, id: &OnlineMeetingId, told: &OnlineSpec) -> Result<Liveness, OnlineError> {
        self.fuse.pass("zoom.check", self.port.check(id, told)).await
    }

    async fn find(&self, spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError> {
        self.fuse.pass("zoom.find", self.port.find(spec, marker)).await
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Fused<T> {
    fn connections(&self) -> usize {
        self.port.connections()
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let connection = self.fuse.pass("mail.connect", self.port.connect()).await?;
        Ok(Box::new(FusedConnection {
            fuse: Arc::clone(&self.fuse),
            connection,
        }))
    }
}

struct FusedConnection {
    fuse: Arc<Fuse>,
    connection: Box<dyn Connection>,
}

#[async_trait]
impl Connection for FusedConnection {
    async fn send(
        &mut self,
        mail: Outgoing<'_>,
        next: Option<Outgoing<'_>>,
    ) -> Result<Receipt, TransportError> {
        let call = self.connection.send(mail, next);
        self.fuse.pass("mail.send", call).await
    }

    async fn close(self: Box<Self>) {
        self.connection.close().await;
    }
}
