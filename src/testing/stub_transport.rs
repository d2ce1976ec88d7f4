//! A mail server in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::mail::{Connection, Envelope, Outgoing, Receipt, Transport, TransportError};
use crate::meeting::EmailAddress;

/// The server's name in errors.
const SERVER: &str = "stub.invalid:465";

/// The fate of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StubFate {
    /// The server takes the message: 250.
    Taken,
    /// The server refuses the message for good: 550.
    Refused,
    /// The server puts the message off: 451.
    PutOff,
    /// The server puts the message off and closes the connection: 421.
    PutOffAndClosed,
    /// The connection breaks before the message is complete.
    BrokenBefore,
    /// The server takes the message, and the connection breaks before the answer.
    BrokenAfter,
    /// The server refuses this client: 535.
    Unwelcome,
}

/// A message that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubMail {
    /// The sender and the recipient.
    pub envelope: Envelope,
    /// The message's octets.
    pub message: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<StubMail>,
    fates: HashMap<EmailAddress, VecDeque<StubFate>>,
    tries: Vec<EmailAddress>,
    is_unreachable: bool,
}

/// A mail server in memory. It keeps the messages that it takes, and fails on demand. Clones share the same server.
///
/// ```
/// use invite::testing::{StubFate, StubTransport};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = StubTransport::new();
/// // The first message to Lee is put off; further ones are taken.
/// transport.script(&"lee@client.example".parse()?, [StubFate::PutOff]);
/// // … Pipeline::builder(…).transport(Arc::new(transport.clone())) …
/// assert!(transport.mails().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct StubTransport {
    state: Arc<Mutex<State>>,
    connections: usize,
}

impl Default for StubTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl StubTransport {
    /// A server that takes every message, over one connection at a time.
    #[must_use]
    pub fn new() -> Self {
        Self::with_connections(1)
    }

    /// The same, over at most this many connections at once; at least 1.
    #[must_use]
    pub fn with_connections(connections: usize) -> Self {
        Self {
            state: Arc::default(),
            connections: connections.max(1),
        }
    }

    /// Sets the fates of the next messages to this address, one after another. Later messages are taken.
    pub fn script(&self, to: &EmailAddress, fates: impl IntoIterator<Item = StubFate>) {
        self.state().fates.entry(to.clone()).or_default().extend(fates);
    }

    /// Whether connections are refused from now on.
    pub fn set_unreachable(&self, is_unreachable: bool) {
        self.state().is_unreachable = is_unreachable;
    }

    /// The messages that were taken, the oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<StubMail> {
        self.state().mails.clone()
    }

    /// Removes and returns the messages that were taken so far.
    #[must_use]
    pub fn take_mails(&self) -> Vec<StubMail> {
        std::mem::take(&mut self.state().mails)
    }

    /// The recipients of all tries, successful or not, the oldest try first.
    #[must_use]
    pub fn tries(&self) -> Vec<EmailAddress> {
        self.state().tries.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a try, and keeps the message if it is taken. Returns the message's fate, and how many messages were taken
    /// so far.
    fn receive(&self, mail: Outgoing<'_>) -> (StubFate, usize) {
        let Outgoing { envelope, message } = mail;
        let mut state = self.state();
        state.tries.push(envelope.to.clone());
        let scripted = state.fates.get_mut(&envelope.to).and_then(VecDeque::pop_front);
        let fate = scripted.unwrap_or(StubFate::Taken);
        if matches!(fate, StubFate::Taken | StubFate::BrokenAfter) {
            state.mails.push(StubMail {
                envelope: envelope.clone(),
                message: message.to_vec(),
            });
        }
        (fate, state.mails.len())
    }
}

#[async_trait]
impl Transport for StubTransport {
    fn connections(&self) -> usize {
        self.connections
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        if self.state().is_unreachable {
            return Err(unreachable_because("connection refused"));
        }
        Ok(Box::new(StubConnection {
            transport: self.clone(),
        }))
    }
}

struct StubConnection {
    transport: StubTransport,
}

fn unreachable_because(reason: &'static str) -> TransportError {
    TransportError::Unreachable {
        server: SERVER.to_owned(),
        source: reason.into(),
    }
}

#[async_trait]
impl Connection for StubConnection {
    async fn send(
        &mut self,
        mail: Outgoing<'_>,
        _next: Option<Outgoing<'_>>,
    ) -> Result<Receipt, TransportError> {
        let to = mail.envelope.to.clone();
        let (fate, taken) = self.transport.receive(mail);
        match fate {
            StubFate::Taken => Ok(Receipt {
                answer: format!("250 2.0.0 Ok: queued as {taken}"),
                file: None,
            }),
            StubFate::Refused => Err(TransportError::Refused {
                to,
                answer: "550 5.1.1 no such mailbox here".to_owned(),
            }),
            StubFate::PutOff | StubFate::PutOffAndClosed => Err(TransportError::PutOff {
                to,
                answer: "451 4.7.1 greylisted, come back".to_owned(),
                closing: fate == StubFate::PutOffAndClosed,
            }),
            StubFate::BrokenBefore => Err(unreachable_because("connection reset")),
            StubFate::BrokenAfter => Err(TransportError::AnswerLost {
                server: SERVER.to_owned(),
                source: "connection reset".into(),
            }),
            StubFate::Unwelcome => Err(TransportError::Unwelcome {
                server: SERVER.to_owned(),
                answer: "535 5.7.8 authentication credentials invalid".to_owned(),
            }),
        }
    }

    async fn close(self: Box<Self>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_fare_as_scripted_and_then_are_taken() {
        let transport = StubTransport::new();
        let envelope = Envelope {
            from: "m@acme.example".parse().unwrap(),
            to: "lee@client.example".parse().unwrap(),
        };
        let mail = Outgoing {
            envelope: &envelope,
            message: b"hello",
        };
        use StubFate::{BrokenAfter, BrokenBefore, PutOff, PutOffAndClosed, Refused, Unwelcome};
        let fates = [
            PutOff,
            PutOffAndClosed,
            Refused,
            BrokenBefore,
            Unwelcome,
            BrokenAfter,
        ];
        transport.script(&envelope.to, fates);
        let mut connection = transport.connect().await.unwrap();
        let mut ends = Vec::new();
        for _ in fates {
            let error = connection.send(mail, None).await.unwrap_err();
            ends.push((error.is_temporary(), error.is_connection_lost()));
        }
        let (stays, lost) = ((true, false), (true, true));
        assert_eq!(ends, [stays, lost, (false, false), lost, lost, lost]);
        // The message whose answer was lost has arrived.
        assert_eq!(transport.take_mails().len(), 1);
        let receipt = connection.send(mail, None).await.unwrap();
        assert_eq!(receipt.answer, "250 2.0.0 Ok: queued as 1");
        assert_eq!(transport.mails()[0].message, b"hello");
        assert_eq!(transport.tries().len(), 7);
        transport.set_unreachable(true);
        let error = transport.connect().await.map(drop).unwrap_err();
        assert!(matches!(error, TransportError::Unreachable { .. }), "{error:?}");
    }
}
