//! The test kit's mail server, which shows its mails as letters, counts connections, and panics where a broken one is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use invite::mail::{Connection, Outgoing, Receipt, Transport, TransportError};
use invite::testing::{StubFate, StubMail, StubTransport};

use crate::letter::Letter;

fn read(mails: &[StubMail]) -> Vec<Letter> {
    let letters = mails
        .iter()
        .map(|mail| Letter::new(&mail.envelope, &mail.message));
    letters.collect()
}

/// A mail server in this process. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct PostOffice {
    server: StubTransport,
    opened: Arc<AtomicUsize>,
    said_goodbye: Arc<AtomicUsize>,
}

impl PostOffice {
    pub(crate) fn new(most_connections: usize) -> Self {
        Self {
            server: StubTransport::with_connections(most_connections),
            opened: Arc::default(),
            said_goodbye: Arc::default(),
        }
    }

    /// The next message to this address fares like this; the one after it like the order after it.
    pub(crate) fn order(&self, to: &str, fate: StubFate) {
        self.server.script(&to.parse().unwrap(), [fate]);
    }

    /// Nobody answers any more, or again.
    pub(crate) fn close_doors(&self, closed: bool) {
        self.server.set_unreachable(closed);
    }

    /// Everything that was taken so far.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let mails = self.server.mails();
        let letter = mails
            .iter()
            .map(|mail| Letter::new(&mail.envelope, &mail.message));
        letter.collect()
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
        read(&self.server.take_mails())
    }

    /// To whom a message was tried, taken or not, in that order.
    pub(crate) fn tries(&self) -> Vec<String> {
        self.server.tries().iter().map(ToString::to_string).collect()
    }

    /// How many connections were opened, and on how many somebody said goodbye.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let counts = [&self.opened, &self.said_goodbye].map(|count| count.load(Ordering::Relaxed));
        counts.into()
    }
}

#[async_trait]
impl Transport for PostOffice {
    fn connections(&self) -> usize {
        self.server.connections()
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let connection = self.server.connect().await?;
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Counter {
            connection,
            said_goodbye: Arc::clone(&self.said_goodbye),
            is_broken: false,
        }))
    }
}

struct Counter {
    connection: Box<dyn Connection>,
    said_goodbye: Arc<AtomicUsize>,
    is_broken: bool,
}

#[async_trait]
impl Connection for Counter {
    async fn send(
        &mut self,
        mail: Outgoing<'_>,
        next: Option<Outgoing<'_>>,
    ) -> Result<Receipt, TransportError> {
        assert!(!self.is_broken, "a broken connection was used again");
        let result = self.connection.send(mail, next).await;
        self.is_broken = result.as_ref().is_err_and(TransportError::is_connection_lost);
        result
    }

    async fn close(self: Box<Self>) {
        assert!(!self.is_broken, "goodbye was said on a broken connection");
        self.said_goodbye.fetch_add(1, Ordering::Relaxed);
        self.connection.close().await;
    }
}
