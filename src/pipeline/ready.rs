//! Step 5, in between: a message that was taken out of the outbox, as it is to leave.

use chrono::Utc;

use super::Pipeline;
use crate::fault::{BoxFault, chain};
use crate::mail::{Claimed, DkimSigner, Outgoing, TransportError, UnreadableMessage, signed};

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
    /// Reads its message and puts the signatures in front. A mail of a user's account is signed by those alone who speak
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
        let domain = claimed.envelope.from.domain();
        let may = |signer: &&DkimSigner| !of_account || signer.speaks_for(domain);
        match signed(pipeline.signers.iter().filter(may), message, Utc::now()) {
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
