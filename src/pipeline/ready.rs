//! Step 5, in between: a message that was taken out of the outbox, as it is to leave.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

use super::Pipeline;
use crate::fault::{BoxFault, chain};
use crate::mail::{Claimed, DkimError, Outgoing, TransportError, UnreadableMessage, signed};
use crate::processors;

/// Signing takes a processor for a while: more at a time would only hold up each other.
static SIGNING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(processors::count()));

/// An invitation that can leave.
pub(super) struct Ready {
    pub(super) claimed: Claimed,
    /// The whole message, with its signatures.
    message: Vec<u8>,
}

/// Why one cannot.
pub(super) enum NotReady {
    /// It never will.
    Damaged { claimed: Box<Claimed>, reason: String },
    /// Nor could any other.
    Unsigned {
        claimed: Box<Claimed>,
        error: TransportError,
    },
    /// The outbox does not say what it has.
    Outbox { claimed: Box<Claimed>, error: BoxFault },
}

impl Ready {
    /// Writes its message and puts the signatures in front. A mail of a user's account is signed by those alone who speak
    /// for the domain that it comes from.
    pub(super) async fn make(
        pipeline: &Pipeline,
        of_account: bool,
        claimed: Claimed,
    ) -> Result<Self, NotReady> {
        let message = match pipeline.outbox.message(&claimed).await {
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
        match with_signatures(pipeline, domain, message).await {
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

/// Signs where there is somebody to sign, beside what else is done; with a domain, by those alone who speak for it.
async fn with_signatures(
    pipeline: &Pipeline,
    domain: Option<String>,
    message: Vec<u8>,
) -> Result<Vec<u8>, DkimError> {
    if pipeline.signers.is_empty() {
        return Ok(message);
    }
    // It is never closed.
    let _turn = SIGNING.acquire().await;
    let signers = Arc::clone(&pipeline.signers);
    let now = pipeline.clock.now();
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
