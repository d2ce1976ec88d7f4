//! The state that the server and its owner share, and the order of events in one request.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answer::Answer;
use super::call::Call;
use super::fault::{End, Faults};
use super::request_log::RequestLog;
use super::store::Store;
use super::{Operation, api, limits, oauth};

/// The state that the server and its owner share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) origin: String,
    pub(super) with_control: bool,
    pub(super) faults: Mutex<Faults>,
    pub(super) log: Mutex<RequestLog>,
}

impl Shared {
    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, RequestLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act(&self, call: &Call, consents: bool) -> io::Result<Answer> {
        self.store.with(|world| match call.operation() {
            Operation::Authorize => oauth::authorize(world, call, consents),
            Operation::Token
            | Operation::ExchangeCode
            | Operation::RefreshToken
            | Operation::AccountCredentials => oauth::token(world, &self.origin, call),
            Operation::Revoke => oauth::revoke(world, call),
            _ => api::answer(world, call),
        })
    }

    /// Processes one request from beginning to end. `None`: the connection must be dropped.
    pub(super) async fn process(&self, call: Call) -> io::Result<Option<Answer>> {
        let operation = call.operation();
        let at = self.store.with(|world| world.now())?;
        let number = self.log().note(&call, operation, at);
        let plan = self.faults().plan(operation);
        pause(plan.delay_before).await;
        if !plan.changes.is_empty() {
            self.store
                .with(|world| plan.changes.iter().for_each(|change| change.apply(world)))?;
        }
        let acts = !matches!(
            plan.end,
            Some(End::Answer(_) | End::RateLimited(_) | End::DropBefore)
        );
        let consents = !matches!(plan.end, Some(End::DenyConsent));
        let acted = if acts {
            let answer = self.act(&call, consents)?;
            self.log().amend(number, |record| record.acted = true);
            Some(answer)
        } else {
            None
        };
        pause(plan.delay_after).await;
        let answer = match plan.end {
            Some(End::DropBefore | End::DropAfter) => None,
            Some(End::Answer(answer) | End::ActThenAnswer(answer)) => Some(answer),
            Some(End::RateLimited(limit)) => Some(limits::refusal(limit, at).into_answer(false)),
            Some(End::DenyConsent) | None => acted,
        };
        if let Some(answer) = &answer {
            self.log().amend(number, |record| {
                record.status = Some(answer.status);
                record.answer.clone_from(&answer.body);
            });
        }
        Ok(answer)
    }
}

async fn pause(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}
