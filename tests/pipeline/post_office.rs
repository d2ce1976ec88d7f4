//! A mail server that keeps what it takes, and fails as it is told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use invite::mail::{Connection, Outgoing, Receipt, Transport, TransportError};

use crate::letter::Letter;

const SERVER: &str = "mail.acme.example:465";

/// What happens to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// 550.
    Refuse,
    /// 451.
    PutOff,
    /// 421, and the connection ends.
    PutOffAndClose,
    /// The connection breaks before the message is complete.
    BreakBefore,
    /// The connection breaks after the message was taken.
    BreakAfter,
    /// 535: the server wants nothing from us.
    Unwelcome,
}

#[derive(Debug, Default)]
struct Office {
    letters: Vec<Letter>,
    orders: HashMap<String, VecDeque<Order>>,
    is_closed: bool,
    connections: usize,
    said_goodbye: usize,
    tries: Vec<String>,
}

/// A mail server in this process. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct PostOffice {
    office: Arc<Mutex<Office>>,
    most_connections: usize,
}

impl PostOffice {
    pub(crate) fn new(most_connections: usize) -> Self {
        Self {
            office: Arc::default(),
            most_connections,
        }
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.office.lock().unwrap()
    }

    /// The next message to this address fares like this; the one after it like the order after it.
    pub(crate) fn order(&self, to: &str, order: Order) {
        let mut office = self.office();
        office.orders.entry(to.to_owned()).or_default().push_back(order);
    }

    /// Nobody answers any more, or again.
    pub(crate) fn close_doors(&self, closed: bool) {
        self.office().is_closed = closed;
    }

    /// Everything that was taken so far.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.office().letters.clone()
    }

    pub(crate) fn letters_to(&self, to: &str) -> Vec<Letter> {
        let mut letters = self.letters();
        letters.retain(|letter| letter.to == to);
        letters
    }

    /// The one letter to this address.
    pub(crate) fn letter_to(&self, to: &str) -> Letter {
        let mut letters = self.letters_to(to);
        assert_eq!(letters.len(), 1, "letters to {to}");
        letters.remove(0)
    }

    /// To whom letters went, in alphabetical order.
    pub(crate) fn addressees(&self) -> Vec<String> {
        let mut all: Vec<String> = self.letters().into_iter().map(|letter| letter.to).collect();
        all.sort();
        all
    }

    /// Throws away what was taken so far.
    pub(crate) fn empty(&self) -> Vec<Letter> {
        std::mem::take(&mut self.office().letters)
    }

    /// To whom a message was tried, taken or not, in that order.
    pub(crate) fn tries(&self) -> Vec<String> {
        self.office().tries.clone()
    }

    /// How many connections were opened, and on how many somebody said goodbye.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let office = self.office();
        (office.connections, office.said_goodbye)
    }
}

#[async_trait]
impl Transport for PostOffice {
    fn connections(&self) -> usize {
        self.most_connections
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let mut office = self.office();
        if office.is_closed {
            return Err(TransportError::Unreachable {
                server: SERVER.to_owned(),
                source: "connection refused".into(),
            });
        }
        office.connections += 1;
        Ok(Box::new(Counter {
            post: self.clone(),
            is_broken: false,
        }))
    }
}

struct Counter {
    post: PostOffice,
    is_broken: bool,
}

#[async_trait]
impl Connection for Counter {
    async fn send(&mut self, mail: Outgoing<'_>, _: Option<Outgoing<'_>>) -> Result<Receipt, TransportError> {
        let Outgoing { envelope, message } = mail;
        assert!(!self.is_broken, "a broken connection was used again");
        let mut office = self.post.office();
        let to = envelope.to.as_str();
        office.tries.push(to.to_owned());
        let order = office.orders.get_mut(to).and_then(VecDeque::pop_front);
        let takes = matches!(order, None | Some(Order::BreakAfter));
        if takes {
            office.letters.push(Letter::new(envelope, message));
        }
        let number = office.letters.len();
        drop(office);
        let result = match order {
            None => Ok(Receipt {
                answer: format!("250 2.0.0 Ok: queued as {number}"),
                file: None,
            }),
            Some(Order::Refuse) => Err(TransportError::Refused {
                to: envelope.to.clone(),
                answer: "550 5.1.1 no such mailbox here".to_owned(),
            }),
            Some(order @ (Order::PutOff | Order::PutOffAndClose)) => Err(TransportError::PutOff {
                to: envelope.to.clone(),
                answer: "451 4.7.1 greylisted, come back".to_owned(),
                closing: order == Order::PutOffAndClose,
            }),
            Some(Order::BreakBefore) => Err(TransportError::Unreachable {
                server: SERVER.to_owned(),
                source: "connection reset".into(),
            }),
            Some(Order::BreakAfter) => Err(TransportError::AnswerLost {
                server: SERVER.to_owned(),
                source: "connection reset".into(),
            }),
            Some(Order::Unwelcome) => Err(TransportError::Unwelcome {
                server: SERVER.to_owned(),
                answer: "535 5.7.8 who are you?".to_owned(),
            }),
        };
        self.is_broken = result.as_ref().is_err_and(TransportError::is_connection_lost);
        result
    }

    async fn close(self: Box<Self>) {
        assert!(!self.is_broken, "goodbye was said on a broken connection");
        self.post.office().said_goodbye += 1;
    }
}
