//! A life as it is lived: the records, Zoom, the mail servers, a real database, and the library between them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::TimeDelta;
use invite::chance::Chance;
use invite::database::Database;
use invite::imip::{Answer, AnswerKind};
use invite::mail::{Due, Mailbox, Outbox as _, OutboxEntry};
use invite::meeting::{JoinUrl, MeetingId, MeetingStatus, PersonId};
use invite::organization::Organization;
use invite::pipeline::{
    AnswerReport, CancelOptions, DeliverySettings, Pick, Pipeline, PipelineError, SendOptions,
};
use invite::template::Templates;

use super::book::{self, Book, mailbox, record};
use super::hours::Hours;
use super::post::Post;
use super::rules::Rules;
use super::step::{Cut, Life, Reply, Run, Step, To};
use super::store::Store;
use super::zoom::Zoom;
use crate::fuse::{End, Fuse, Fused};

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

/// After so many rounds in which nothing changes, workers have nothing more to do.
const IDLE_ROUNDS: usize = 2;
const MOST_ROUNDS: usize = 12;

pub(crate) struct World {
    pub(crate) id: MeetingId,
    pub(crate) book: Book,
    pub(crate) hours: Hours,
    pub(crate) zoom: Zoom,
    pub(crate) post: Post,
    pub(crate) store: Store,
    gives_up: bool,
    answers: i64,
    /// How often a run was killed, or failed at a port.
    pub(crate) mishaps: usize,
    /// What was done, for whoever reads a failure.
    pub(crate) diary: Vec<String>,
}

/// What came of a run.
fn words<T: std::fmt::Debug>(result: &Result<T, PipelineError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

impl World {
    pub(crate) fn new(life: &Life, store: Store, number: u32) -> Self {
        let id = MeetingId::new(format!("life-{number}")).unwrap();
        let hours = Hours::new();
        let store = store.going_by(&hours.clock());
        let zoom = Zoom::new(&hours, number);
        Self {
            book: Book::new(&id, life.online),
            post: Post::new(&zoom),
            id,
            hours,
            zoom,
            store,
            gives_up: false,
            answers: 0,
            mishaps: 0,
            diary: Vec::new(),
        }
    }

    fn pipeline(&self, fuse: &Arc<Fuse>, database: &Database) -> Pipeline {
        let organization = Organization::new("Acme");
        let sender = Mailbox::new("Acme Meetings", "meetings@acme.example".parse().unwrap());
        let settings = DeliverySettings {
            give_up_after: match self.gives_up {
                true => Duration::ZERO,
                false => DeliverySettings::default().give_up_after,
            },
            ..DeliverySettings::default()
        };
        let ports = Arc::new(database.clone());
        Pipeline::builder(organization, sender)
            .database(database)
            .crm(Fused::new(fuse, Arc::new(self.book.clone())))
            .links(Fused::new(fuse, Arc::clone(&ports)))
            .outbox(Fused::new(fuse, ports))
            .online(Fused::new(fuse, Arc::new(self.zoom.clone())))
            .transport(Fused::new(fuse, Arc::new(self.post.clone())))
            .templates(TEMPLATES.clone())
            .delivery(settings)
            .clock(self.hours.clock())
            .chance(Chance::seeded(self.answers.unsigned_abs()))
            .build()
            .unwrap()
    }

    /// Every message of the meeting, oldest first.
    pub(crate) async fn rows(&self) -> Vec<OutboxEntry> {
        self.store.database.of_meeting(&self.id).await.unwrap()
    }

    async fn run(
        &self,
        run: Run,
        fuse: &Arc<Fuse>,
        database: &Database,
    ) -> Option<Result<(), PipelineError>> {
        let pipeline = self.pipeline(fuse, database);
        let call = async {
            match run {
                Run::Send | Run::SendAll | Run::Resend => {
                    let options = SendOptions {
                        all: run == Run::SendAll,
                        resend: run == Run::Resend,
                        ..SendOptions::default()
                    };
                    pipeline.send(&self.id, &options).await.map(drop)
                }
                Run::SendTo(to) => {
                    let options = SendOptions {
                        to: vec![pick(to)],
                        ..SendOptions::default()
                    };
                    pipeline.send(&self.id, &options).await.map(drop)
                }
                Run::Cancel => pipeline
                    .cancel(&self.id, &CancelOptions::default())
                    .await
                    .map(drop),
                Run::Work(mask) => match self.due(mask).await {
                    Some(due) => pipeline.deliver_due(&due).await.map(drop),
                    None => Ok(()),
                },
            }
        };
        fuse.run(call).await
    }

    /// What a worker finds due, of the mailboxes in the mask.
    async fn due(&self, mask: u8) -> Option<Due> {
        // Gives what the dead held back to the living, as a worker's look does.
        self.store.database.due().await.unwrap();
        let now = self.hours.now();
        let is_in = |address: &str| {
            let number = book::ADDRESSES.iter().position(|known| mailbox(known) == address);
            mask & (1 << (number.unwrap_or_default() % 8)) != 0
        };
        let rows = self.rows().await;
        let queued = rows.iter().filter(|row| row.state.as_str() == "queued");
        let (due, others): (Vec<_>, Vec<_>) =
            queued.partition(|row| row.next_attempt_at <= now && is_in(&mailbox(row.envelope.to.as_str())));
        let ids = |rows: &[&OutboxEntry]| -> Vec<i64> { rows.iter().map(|row| row.id).collect() };
        let later = now + TimeDelta::hours(1);
        self.store.set_due(&ids(&others), later).await;
        (!due.is_empty()).then(|| Due {
            meeting: self.id.clone(),
        })
    }

    async fn run_to_end(&mut self, run: Run) -> Result<(), PipelineError> {
        let fuse = Fuse::after(usize::MAX, End::Fails);
        let result = self.run(run, &fuse, &self.store.database).await.unwrap();
        self.diary.push(format!("{run:?}: {}", words(&result)));
        result
    }

    async fn run_until(&mut self, run: Run, cut: Cut) {
        let fuse = Fuse::after(cut.after, cut.end);
        let came = self.post.came();
        let result = self.run(run, &fuse, &self.store.database).await;
        let said = result.as_ref().map_or_else(|| "killed".to_owned(), words);
        self.diary
            .push(format!("{run:?}: {said}, cut at {:?}", fuse.blown()));
        if fuse.blown().is_none() {
            return;
        }
        self.mishaps += 1;
        // Nor was it recorded, perhaps, that an answer was lost.
        self.post.note_retry();
        if let (Some(("mail.send", sent)), End::AnswerLost) = (fuse.blown_after(), cut.end) {
            self.post.note_unheard(came + sent);
        }
        // What was in its hands may have left.
        for row in self.rows().await {
            if row.state.as_str() == "sending" {
                self.post.note_reached(&mailbox(row.envelope.to.as_str()));
            }
        }
        self.store.end_leases(&self.id).await;
    }

    async fn pass(&self, time: TimeDelta) {
        self.hours.pass(time);
    }

    /// Workers run, hours pass, until nothing waits or nothing goes on.
    async fn drain(&mut self) {
        let fuse = Fuse::after(usize::MAX, End::Fails);
        let mut before = Vec::new();
        let mut idle = 0;
        for _ in 0..MOST_ROUNDS {
            let rows = self.rows().await;
            if !rows.iter().any(OutboxEntry::waits) {
                return;
            }
            let now: Vec<_> = rows.iter().map(|row| (row.id, row.state.as_str())).collect();
            idle = if now == before { idle + 1 } else { 0 };
            if idle > IDLE_ROUNDS {
                return;
            }
            before = now;
            self.pass(TimeDelta::hours(2)).await;
            let result = self
                .run(Run::Work(u8::MAX), &fuse, &self.store.database)
                .await
                .unwrap();
            self.diary.push(format!("worker: {}", words(&result)));
        }
    }

    async fn both(&mut self, one: Run, other: Run) {
        // While two run, either may find a message in the hands of the other: it may be leaving.
        for row in self.rows().await.iter().filter(|row| row.waits()) {
            self.post.note_reached(&mailbox(row.envelope.to.as_str()));
        }
        let second = self.store.second_handle(&self.hours.clock()).await;
        let fuse = Fuse::after(usize::MAX, End::Fails);
        let (one_said, other_said) = tokio::join!(
            self.run(one, &fuse, &self.store.database),
            self.run(other, &fuse, &second)
        );
        second.close().await;
        let (one_said, other_said) = (words(&one_said.unwrap()), words(&other_said.unwrap()));
        self.diary
            .push(format!("{one:?}: {one_said}; at once {other:?}: {other_said}"));
    }

    async fn reply(&mut self, reply: Reply, rules: &mut Rules) {
        let address = book::address(reply.of);
        let to = mailbox(address);
        let mut letters = self.post.arrived_since(0);
        letters.retain(|letter| letter.mailbox == to && letter.object.is_request());
        let Some(letter) = letters.iter().rev().nth(reply.age).or(letters.first()).cloned() else {
            return;
        };
        self.answers += 1;
        let answer = Answer {
            kind: AnswerKind::Reply(reply.status),
            uid: letter.object.uid.clone(),
            sequence: letter.object.sequence,
            // Each later than the one before, and none in the future.
            stamp: Some(self.hours.now() + TimeDelta::seconds(self.answers - 10_000)),
            occurrence: None,
            attendee: address.parse().unwrap(),
            comment: None,
            sender: Some(address.parse().unwrap()),
        };
        let fuse = Fuse::after(usize::MAX, End::Fails);
        let pipeline = self.pipeline(&fuse, &self.store.database);
        let result: Result<AnswerReport, PipelineError> = pipeline.receive_answer(&answer, false).await;
        let said = match &result {
            Ok(report) => format!("{:?} of {}", report.outcome, report.id),
            Err(error) => error.to_string(),
        };
        self.diary.push(format!("{reply:?}: {said}"));
        rules.after_answer(self, &letter, reply.status, &result).await;
    }

    async fn retry(&mut self, which: Option<usize>) {
        let rows = self.rows().await;
        let named = match which {
            None => None,
            Some(_) if rows.is_empty() => return,
            Some(number) => Some(rows[number % rows.len()].id),
        };
        self.post.note_retry();
        let fuse = Fuse::after(usize::MAX, End::Fails);
        let pipeline = self.pipeline(&fuse, &self.store.database);
        let report = pipeline.retry(&self.id, named).await.unwrap();
        self.diary.push(format!("retry {named:?}: {report:?}"));
    }

    pub(crate) async fn live(&mut self, step: Step, rules: &mut Rules) {
        self.diary.push(format!("-- {step:?}"));
        // Long enough for a request that was cut off to show at the provider.
        self.hours.pass(TimeDelta::seconds(5));
        match step {
            Step::Run(Run::Resend) | Step::Cut(Run::Resend, _) => rules.everybody_is_told_again(),
            Step::Both(Run::Resend, _) | Step::Both(_, Run::Resend) => rules.two_tell_everybody(),
            _ => {}
        }
        match step {
            Step::Run(run) => {
                let _ = self.run_to_end(run).await;
            }
            Step::QueueOnly => {
                self.post.close(true);
                let _ = self.run_to_end(Run::Send).await;
                self.post.close(false);
            }
            Step::Cut(run, cut) => self.run_until(run, cut).await,
            Step::Both(one, other) => self.both(one, other).await,
            Step::Drain => {
                let waited = rules.before_drain(self).await;
                self.drain().await;
                rules.after_drain(self, &waited).await;
            }
            Step::Retry(which) => self.retry(which).await,
            Step::Reply(reply) => self.reply(reply, rules).await,
            Step::Hours(hours) => self.pass(TimeDelta::hours(hours.into())).await,
            Step::ZoomGone => {
                self.zoom.lose_meetings();
                self.pass(TimeDelta::minutes(11)).await;
            }
            Step::TokenLost(lost) => self.zoom.lose_token(lost),
            Step::GiveUp(gives_up) => self.gives_up = gives_up,
            Step::Down(closed) => self.post.close(closed),
            Step::Mail(to, fate, times) => self.post.order(book::address(to), fate, times),
            edit => self.edit(edit),
        }
    }

    fn edit(&self, step: Step) {
        let book = &self.book;
        let numbered = |words: &str, number: u8| (number > 0).then(|| format!("{words} {number}"));
        let of = |minutes: i64| u8::try_from(minutes / 15).unwrap();
        let (start, end) = book.meeting().when.instants().unwrap();
        let (first, last) = book::when(0, 0).instants().unwrap();
        let (begins, ends) = (of((start - first).num_minutes()), of((end - last).num_minutes()));
        match step {
            Step::Start(quarters) => book.edit(|meeting| meeting.when = book::when(quarters, ends)),
            Step::End(quarters) => book.edit(|meeting| meeting.when = book::when(begins, quarters)),
            Step::Name(number) => book.edit(|meeting| meeting.rename(format!("Kick-off {number}")).unwrap()),
            Step::Location(number) => book.edit(|meeting| meeting.location = numbered("Room", number)),
            Step::Description(number) => {
                book.edit(|meeting| meeting.description = numbered("Agenda", number))
            }
            Step::Link(number) => book.edit(|meeting| {
                if meeting.online_location.is_none() {
                    let url = numbered("https://rooms.example/", number);
                    meeting.join_url = url.map(|url| JoinUrl::new(url.replace(' ', "")).unwrap());
                }
            }),
            Step::CallOff => book.edit(|meeting| meeting.status = MeetingStatus::NotHeld),
            Step::TakeUp => book.edit(|meeting| meeting.status = MeetingStatus::Planned),
            Step::Add(who) => book.add(record(who)),
            Step::Remove(who) => book.remove(&record(who)),
            Step::NoAddress(who) => book.take_address(&record(who)),
            Step::Address(who, to) => book.set_address(&record(who), book::address(to)),
            Step::Swap(one, other) => {
                let (one, other) = (record(one), record(other));
                if let (Some(of_one), Some(of_other)) = (book.address_of(&one), book.address_of(&other)) {
                    book.set_address(&one, &of_other);
                    book.set_address(&other, &of_one);
                }
            }
            Step::Merge(from, into) => {
                let (from, into) = (record(from), record(into));
                let address = book.address_of(&from).filter(|_| from != into);
                if let Some(address) = address.filter(|_| book.status(&from).is_some()) {
                    book.set_address(&into, &address);
                    book.remove(&from);
                    book.add(into);
                }
            }
            Step::Host(user) => {
                let user = ["ana", "ben"][user % 2];
                book.edit(|meeting| meeting.assigned_user = Some(PersonId::new(user).unwrap()));
            }
            other => panic!("{other:?} is no edit"),
        }
    }

    /// Everything is well again, and what is to be done is done.
    pub(crate) async fn end(&mut self, rules: &mut Rules) {
        self.diary.push("-- the end".to_owned());
        self.post.heal();
        self.zoom.lose_token(false);
        self.gives_up = false;
        self.pass(TimeDelta::hours(48)).await;
        let waited = rules.before_drain(self).await;
        self.drain().await;
        rules.after_drain(self, &waited).await;
        rules.after_step(self).await;
        let run = match self.book.meeting().status {
            MeetingStatus::Planned => Run::Send,
            _ => Run::Cancel,
        };
        let result = self.run_to_end(run).await;
        self.drain().await;
        rules.after_step(self).await;
        rules.at_the_end(self, &result).await;
        let _ = self.run_to_end(run).await;
        self.drain().await;
        rules.at_the_very_end(self);
    }
}

fn pick(to: To) -> Pick {
    match to {
        To::Record(number) => Pick::Person(record(number)),
        To::Address(number) => book::address(number).parse().unwrap(),
    }
}
