//! A claimed message, written and signed as it is to leave.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

use super::ports::Ports;
use crate::fault::{BoxFault, chain};
use crate::mail::{Claimed, DkimError, Outgoing, TransportError, UnreadableMessage, signed};
use crate::processors;

/// One permit for each processor: signing keeps a processor busy, and more signatures at a time would slow each other down.
static SIGNING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(processors::count()));

/// A message that can leave.
pub(super) struct Ready {
    pub(super) claimed: Claimed,
    /// The whole message, with its signatures.
    message: Vec<u8>,
}

/// The reason that a message cannot leave.
pub(super) enum NotReady {
    /// The stored form of the message is damaged, so the message can never leave.
    Damaged { claimed: Box<Claimed>, reason: String },
    /// Signing failed, as it would for every other message.
    Unsigned {
        claimed: Box<Claimed>,
        error: TransportError,
    },
    /// The outbox cannot be read.
    Outbox { claimed: Box<Claimed>, error: BoxFault },
}

impl Ready {
    /// Writes the message and puts the signatures in front. A mail that leaves over a user's account is signed only
    /// with keys of the domain that it comes from.
    pub(super) async fn make(ports: &Ports, of_account: bool, claimed: Claimed) -> Result<Self, NotReady> {
        let message = match ports.outbox.message(&claimed).await {
            Ok(message) => message,
            Err(UnreadableMessage::Damaged(error)) => {
                return Err(NotReady::Damaged {
                    claimed: claimed.into(),
                    reason: chain(&error),
                });
            }
            Err(UnreadableMessage::Outbox(error)) => {
                return Err(NotReady::Outbox {
                    claimed: claimed.into(),
                    error,
                });
            }
        };
        let domain = of_account.then(|| claimed.envelope.from.domain().to_owned());
        match with_signatures(ports, domain, message).await {
            Ok(message) => Ok(Self { claimed, message }),
            Err(source) => Err(NotReady::Unsigned {
                error: TransportError::CannotSign {
                    to: claimed.envelope.to.clone(),
                    source: source.into(),
                },
                claimed: claimed.into(),
            }),
        }
    }

    pub(super) fn outgoing(&self) -> Outgoing<'_> {
        Outgoing {
            envelope: &self.claimed.envelope,
            message: &self.message,
        }
    }
}

/// Signs with all keys, on another thread; with a domain, only with that domain's keys. Without keys, the message
/// stays as it is.
async fn with_signatures(
    ports: &Ports,
    domain: Option<String>,
    message: Vec<u8>,
) -> Result<Vec<u8>, DkimError> {
    if ports.signers.is_empty() {
        return Ok(message);
    }
    // The semaphore is never closed, so this cannot fail.
    let _turn = SIGNING.acquire().await;
    let signers = Arc::clone(&ports.signers);
    let now = ports.clock.now();
    let signing = tokio::task::spawn_blocking(move || {
        let speaks = signers
            .iter()
            .filter(|signer| domain.as_deref().is_none_or(|domain| signer.speaks_for(domain)));
        signed(speaks, message, now)
    });
    match signing.await {
        Ok(signed) => signed,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
