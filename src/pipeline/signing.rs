//! Step 5, in between: signatures on what was taken out of the outbox.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use chrono::Utc;

use crate::mail::{Claimed, DkimSigner, TransportError, signed};
use crate::meeting::EmailAddress;

/// Puts the signatures in front of the messages, on all processors, beside what else is done. A mail of a user's account
/// is signed by those alone who speak for the domain that it comes from.
pub(super) async fn sign_all(
    signers: &Arc<[DkimSigner]>,
    of_account: bool,
    batch: &mut VecDeque<Claimed>,
) -> Result<(), TransportError> {
    if signers.is_empty() {
        return Ok(());
    }
    let from = |claimed: &Claimed| of_account.then(|| claimed.envelope.from.clone());
    let take = |claimed: &mut Claimed| (from(claimed), std::mem::take(&mut claimed.message));
    let mut messages = batch.iter_mut().map(take);
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = messages.len().div_ceil(processors);
    let mut running = Vec::with_capacity(processors);
    while messages.len() > 0 {
        let share: Vec<_> = messages.by_ref().take(share).collect();
        let signers = Arc::clone(signers);
        running.push(tokio::task::spawn_blocking(move || {
            let now = Utc::now();
            let sign = |(from, message): (Option<EmailAddress>, _)| {
                let may =
                    |signer: &&DkimSigner| from.as_ref().is_none_or(|it| signer.speaks_for(it.domain()));
                signed(signers.iter().filter(may), message, now)
            };
            share.into_iter().map(sign).collect::<Result<Vec<_>, _>>()
        }));
    }
    let mut place = 0;
    for signing in running {
        let signed = match signing.await {
            Ok(signed) => signed,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        match signed {
            Ok(signed) => {
                for message in signed {
                    batch[place].message = message;
                    place += 1;
                }
            }
            Err(source) => {
                return Err(TransportError::CannotSign {
                    to: batch[place].envelope.to.clone(),
                    source: source.into(),
                });
            }
        }
    }
    Ok(())
}
