//! The mail servers of a life, as one: what they take they keep, read; what they do not is as they were told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use invite::mail::{Connection, Outgoing, Receipt, Transport, TransportError};

use super::book::mailbox;
use super::object::Object;
use super::zoom::Zoom;
use crate::letter::Letter;

const SERVER: &str = "mail.acme.example:465";
/// A message is not tried again by itself after so many lost answers.
const MOST_LOST: usize = 2;

/// How one message to a mailbox fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// 451.
    PutOff,
    /// 550.
    Refused,
    /// Taken, but the answer after the final dot is lost.
    TakenUnheard,
    /// Not taken, and the answer after the final dot is lost.
    LostUnheard,
}

/// A message that came.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) mailbox: String,
    pub(crate) message_id: String,
    pub(crate) object: Object,
    /// Whether the mailbox had a message before, or may have had one.
    pub(crate) was_reached: bool,
    /// What was wrong with its link when it came.
    pub(crate) against_link: Option<String>,
}

#[derive(Debug, Default)]
struct Office {
    arrived: Vec<Arrived>,
    orders: BTreeMap<String, VecDeque<Fate>>,
    is_closed: bool,
    /// How many answers were lost, by Message-ID.
    lost: BTreeMap<String, usize>,
    /// Messages that were tried again though two answers were lost.
    pestered: Vec<String>,
    /// How often somebody asked for everything to be tried again.
    retries: usize,
    /// Mailboxes that have a message, or may.
    reached: BTreeSet<String>,
    /// The mailbox of each message that came to the server, whatever became of it.
    came: Vec<String>,
    /// Mailboxes to which a message may have come that did not, since somebody asked last.
    in_doubt: BTreeSet<String>,
}

/// A mail server. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Post {
    office: Arc<Mutex<Office>>,
    zoom: Zoom,
}

impl Post {
    pub(crate) fn new(zoom: &Zoom) -> Self {
        Self {
            office: Arc::default(),
            zoom: zoom.clone(),
        }
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap()
    }

    /// The next messages to a mailbox fare like this.
    pub(crate) fn order(&self, to: &str, fate: Fate, times: usize) {
        let mut office = self.office();
        let orders = office.orders.entry(mailbox(to)).or_default();
        orders.extend(std::iter::repeat_n(fate, times));
    }

    pub(crate) fn close(&self, closed: bool) {
        self.office().is_closed = closed;
    }

    /// From now on everything is taken.
    pub(crate) fn heal(&self) {
        let mut office = self.office();
        office.orders.clear();
        office.is_closed = false;
    }

    pub(crate) fn note_retry(&self) {
        self.office().retries += 1;
    }

    /// A mailbox may have a message that nobody can know of.
    pub(crate) fn note_reached(&self, mailbox: &str) {
        let mut office = self.office();
        office.reached.insert(mailbox.to_owned());
        office.in_doubt.insert(mailbox.to_owned());
    }

    /// How many messages came to the server, whatever became of them.
    pub(crate) fn came(&self) -> usize {
        self.office().came.len()
    }

    /// Nobody but the server knows what it said of the message that came after so many: its mailbox may have it.
    pub(crate) fn note_unheard(&self, before: usize) {
        let mailbox = self.office().came[before].clone();
        self.note_reached(&mailbox);
    }

    /// Mailboxes to which a message may have come that did not, since the last call.
    pub(crate) fn in_doubt(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.office().in_doubt)
    }

    /// What came after the first so many messages.
    pub(crate) fn arrived_since(&self, count: usize) -> Vec<Arrived> {
        self.office().arrived[count..].to_vec()
    }

    pub(crate) fn lost(&self, message_id: &str) -> usize {
        self.office().lost.get(message_id).copied().unwrap_or_default()
    }

    /// Messages that were tried again though nobody asked for it, since the last call.
    pub(crate) fn pestered(&self) -> Vec<String> {
        std::mem::take(&mut self.office().pestered)
    }

    fn take(&self, mail: Outgoing<'_>) -> Result<Receipt, TransportError> {
        let letter = Letter::new(mail.envelope, mail.message);
        let object = Object::read(&letter.calendar_text());
        let (mailbox, message_id) = (mailbox(&letter.to), letter.message_id());
        let against_link = object
            .link
            .as_ref()
            .filter(|_| object.is_request())
            .and_then(|link| self.zoom.against(link, &object.name, &object.start));
        let mut office = self.office();
        let lost = office.lost.get(&message_id).copied().unwrap_or_default();
        if lost >= MOST_LOST * (1 + office.retries) {
            office.pestered.push(message_id.clone());
        }
        office.came.push(mailbox.clone());
        let fate = office.orders.get_mut(&mailbox).and_then(VecDeque::pop_front);
        let was_reached = office.reached.contains(&mailbox);
        if fate == Some(Fate::LostUnheard) {
            office.in_doubt.insert(mailbox.clone());
        }
        if !matches!(fate, Some(Fate::PutOff | Fate::Refused)) {
            office.reached.insert(mailbox.clone());
        }
        if matches!(fate, Some(Fate::TakenUnheard | Fate::LostUnheard)) {
            *office.lost.entry(message_id.clone()).or_default() += 1;
        }
        if matches!(fate, None | Some(Fate::TakenUnheard)) {
            office.arrived.push(Arrived {
                mailbox,
                message_id,
                object,
                was_reached,
                against_link,
            });
        }
        match fate {
            None => Ok(Receipt {
                answer: "250 2.0.0 Ok".to_owned(),
                file: None,
            }),
            Some(Fate::Refused) => Err(TransportError::Refused {
                to: mail.envelope.to.clone(),
                answer: "550 5.1.1 no such mailbox here".to_owned(),
            }),
            Some(Fate::PutOff) => Err(TransportError::PutOff {
                to: mail.envelope.to.clone(),
                answer: "451 4.7.1 greylisted, come back".to_owned(),
                closing: false,
            }),
            Some(Fate::TakenUnheard | Fate::LostUnheard) => Err(TransportError::AnswerLost {
                server: SERVER.to_owned(),
                source: "connection reset".into(),
            }),
        }
    }
}

#[async_trait]
impl Transport for Post {
    fn connections(&self) -> usize {
        1
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        if self.office().is_closed {
            return Err(TransportError::Unreachable {
                server: SERVER.to_owned(),
                source: "connection refused".into(),
            });
        }
        Ok(Box::new(Line(self.clone())))
    }
}

struct Line(Post);

#[async_trait]
impl Connection for Line {
    async fn send(&mut self, mail: Outgoing<'_>, _: Option<Outgoing<'_>>) -> Result<Receipt, TransportError> {
        self.0.take(mail)
    }

    async fn close(self: Box<Self>) {}
}
