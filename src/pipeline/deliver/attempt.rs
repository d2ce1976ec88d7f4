//! One attempt: a message on its way over a connection, and the result.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::deliveries::Delivered;
use super::ports::Ports;
use super::ready::Ready;
use crate::fault::{BoxFault, chain};
use crate::mail::{AttemptResult, Connection, Transport, TransportError};

/// A connection that fails within this time is tried again at once.
const SOON: Duration = Duration::from_secs(5);

/// A worker's connection, if it has one, and the number of messages that the connection has carried.
#[derive(Default)]
pub(super) struct Line {
    pub(super) connection: Option<Box<dyn Connection>>,
    carried: usize,
    /// Held while this worker opens the first connection of the round.
    pub(super) opening: Option<OwnedMutexGuard<()>>,
}

/// The error of one attempt.
struct Trouble {
    error: TransportError,
    /// The connection could not be opened.
    at_connect: bool,
    /// Another worker of the round had a connection at that time.
    in_company: bool,
}

impl Trouble {
    /// Whether a new connection may help: the old connection was idle for too long, or has carried as many messages as the
    /// server takes over one connection.
    fn is_of_connection(&self, carried: usize) -> bool {
        let broke = matches!(self.error, TransportError::Unreachable { .. });
        let was_ended = matches!(self.error, TransportError::PutOff { closing: true, .. });
        !self.at_connect && (broke || (was_ended && carried > 0))
    }
}

/// Whether a worker goes on.
pub(super) enum Next {
    Continue,
    /// The worker gets no connection while others have one. It ends, and the others deliver its message.
    Leave,
    Stop,
}

/// The shared state of the attempts of one round.
pub(super) struct Attempts {
    ports: Arc<Ports>,
    transport: Arc<dyn Transport>,
    delivered: Mutex<Delivered>,
    /// The number of workers with a connection.
    connected: AtomicUsize,
}

impl Attempts {
    pub(super) fn new(ports: Arc<Ports>, transport: Arc<dyn Transport>) -> Self {
        Self {
            ports,
            transport,
            delivered: Mutex::default(),
            connected: AtomicUsize::new(0),
        }
    }

    /// The number of connections that the transport has.
    pub(super) fn connections(&self) -> usize {
        self.transport.connections()
    }

    pub(super) fn has_connections(&self) -> bool {
        self.connected.load(Ordering::Relaxed) > 0
    }

    fn delivered(&self) -> MutexGuard<'_, Delivered> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of the round. To be taken once.
    pub(super) fn take_delivered(&self) -> Delivered {
        std::mem::take(&mut *self.delivered())
    }

    /// Whether an error has ended the round.
    pub(super) fn is_stopped(&self) -> bool {
        self.delivered().stopped.is_some()
    }

    /// Ends the round. The first error is kept as the reason.
    pub(super) fn stop_for(&self, error: TransportError) {
        self.delivered().stopped.get_or_insert(error);
    }

    /// Closes the connection of a worker that ends.
    pub(super) async fn close(&self, line: Line) {
        if let Some(connection) = line.connection {
            self.connected.fetch_sub(1, Ordering::Relaxed);
            connection.close().await;
        }
    }

    /// Tries a message, and a second time if a new connection may help. Records the result. `next` is the following message.
    pub(super) async fn deliver_one(
        &self,
        line: &mut Line,
        ready: &Ready,
        next: Option<&Ready>,
    ) -> Result<Next, BoxFault> {
        let claimed = &ready.claimed;
        let carried = line.carried;
        let mut result = self.try_once(line, ready, next).await;
        if result
            .as_ref()
            .is_err_and(|trouble| trouble.is_of_connection(carried))
        {
            result = self.try_once(line, ready, next).await;
        }
        let mut stops = None;
        let fate = match result {
            Ok(answer) => {
                tracing::info!(meeting = %claimed.meeting, message_id = claimed.message_id, to = %claimed.envelope.to, answer, "sent");
                AttemptResult::Sent { answer }
            }
            // The server takes no more connections than are open already.
            Err(Trouble {
                at_connect: true,
                in_company: true,
                error,
            }) => {
                tracing::info!(meeting = %claimed.meeting, error = chain(&error), "no further connection");
                return Ok(Next::Leave);
            }
            Err(Trouble {
                error: TransportError::NoTurn { source, .. },
                ..
            }) => {
                // If turns cannot be reserved, giving back is likely to fail for the same reason. The first error says
                // more.
                let _ = self.ports.give_back(claimed).await;
                return Err(source);
            }
            Err(Trouble {
                error, at_connect, ..
            }) => {
                let answer = chain(&error);
                tracing::warn!(meeting = %claimed.meeting, message_id = claimed.message_id, to = %claimed.envelope.to, answer, "not sent");
                let answer = words_of(&error).unwrap_or(answer);
                let fate = if matches!(error, TransportError::AnswerLost { .. }) && !at_connect {
                    let (settings, now) = (&self.ports.settings, self.ports.clock.now());
                    settings.after_lost_answer(claimed, answer, now, self.ports.chance.fraction())
                } else if error.is_temporary() {
                    let (settings, now) = (&self.ports.settings, self.ports.clock.now());
                    settings.after_failure(claimed, answer, now, self.ports.chance.fraction())
                } else {
                    AttemptResult::Failed { answer }
                };
                if at_connect || is_about_us(&error) {
                    stops = Some(error);
                }
                fate
            }
        };
        // The result is recorded before the next message is sent. So after a crash, the result of at most one message for
        // each connection is not known.
        self.ports.record(claimed, &fate).await?;
        let Some(error) = stops else {
            return Ok(Next::Continue);
        };
        self.stop_for(error);
        Ok(Next::Stop)
    }

    /// Opens a connection. A connection that breaks at once is tried once more, because the break says little about the server.
    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let began = Instant::now();
        match self.transport.connect().await {
            Err(TransportError::Unreachable { .. }) if began.elapsed() < SOON => {
                self.transport.connect().await
            }
            connected => connected,
        }
    }

    /// Sends over the open connection, or opens one. After an error that ends the connection, the line has none.
    async fn try_once(
        &self,
        line: &mut Line,
        ready: &Ready,
        next: Option<&Ready>,
    ) -> Result<String, Trouble> {
        let mut open = match line.connection.take() {
            Some(open) => open,
            None => {
                let others_before = self.connected.load(Ordering::Relaxed);
                let open = self.connect().await.map_err(|error| Trouble {
                    error,
                    at_connect: true,
                    in_company: others_before > 0 || self.connected.load(Ordering::Relaxed) > 0,
                })?;
                self.connected.fetch_add(1, Ordering::Relaxed);
                line.opening = None;
                line.carried = 0;
                open
            }
        };
        let result = open.send(ready.outgoing(), next.map(Ready::outgoing)).await;
        line.carried += 1;
        if result.as_ref().is_err_and(TransportError::is_connection_lost) {
            self.connected.fetch_sub(1, Ordering::Relaxed);
        } else if open.is_spent() {
            self.connected.fetch_sub(1, Ordering::Relaxed);
            open.close().await;
        } else {
            line.connection = Some(open);
        }
        let receipt = result.map_err(|error| Trouble {
            error,
            at_connect: false,
            in_company: false,
        })?;
        if let Some(file) = receipt.file {
            let message_id = ready.claimed.message_id.clone();
            self.delivered().files.insert(message_id, file);
        }
        Ok(receipt.answer)
    }
}

/// The server's own words, where the error has them.
fn words_of(error: &TransportError) -> Option<String> {
    match error {
        TransportError::Refused { answer, .. } | TransportError::PutOff { answer, .. } => {
            Some(answer.clone())
        }
        _ => None,
    }
}

/// Whether every further message would fail in the same way. A connection that breaks amid a message does not say so:
/// this one message may be the cause.
fn is_about_us(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Unwelcome { .. }
            | TransportError::NoToken { .. }
            | TransportError::CannotSign { .. }
            | TransportError::CannotWrite { .. }
    )
}
