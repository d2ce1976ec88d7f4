//! Step 4: the mails of a plan are rendered and put into the outbox, all or none.

use super::deliver::Addressees;
use super::error::PipelineError;
use super::event::Happened;
use super::facts::{Case, Online};
use super::options::{CancelOptions, SendOptions};
use super::plan::{Aim, Plan, plan};
use super::render::{Invitation, Press, Renderer};
use super::report::Outcomes;
use super::{ATTEMPTS, Pipeline};
use crate::mail::{EnqueueOrder, Enqueued, NewInvitation};
use crate::meeting::{Acceptance, MeetingId};

/// The message of a run about a meeting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Telling<'a> {
    /// That it takes place.
    Send(&'a SendOptions),
    /// That it does not.
    Cancel(&'a CancelOptions),
}

/// A meeting whose mails wait in the outbox.
pub(super) struct Queued {
    pub(super) case: Case,
    pub(super) online: Online,
    pub(super) outcomes: Outcomes,
    pub(super) addressees: Addressees,
}

impl Queued {
    /// For which mailboxes to deliver. To be asked for once.
    pub(super) fn take_addressees(&mut self) -> Addressees {
        std::mem::take(&mut self.addressees)
    }
}

impl Pipeline {
    /// Steps 1 to 4: loads a meeting, pushes it, writes the link back, plans, renders and queues. Begins again where
    /// somebody else has queued mails of the same meeting meanwhile.
    pub(super) async fn queue(&self, id: &MeetingId, telling: Telling<'_>) -> Result<Queued, PipelineError> {
        for _ in 0..ATTEMPTS {
            let (case, online, aim) = match telling {
                Telling::Send(options) => {
                    let mut case = self.loader.for_send(id, options).await?;
                    let online = self
                        .pusher
                        .for_send(&case.meeting, &case.organizer, options)
                        .await?;
                    self.pusher.write_back(&mut case.meeting, &online).await?;
                    (case, online, Aim::Send(options))
                }
                Telling::Cancel(options) => {
                    let case = self.loader.for_cancel(id, options).await?;
                    (case, Online::as_recorded(None), Aim::Cancel(&options.to))
                }
            };
            let plan = self.plan_for(&case, aim);
            if self.render_and_enqueue(&case, &online, &plan).await? == Enqueued::Overtaken {
                continue;
            }
            let addressees = addressees(&case, &plan);
            let outcomes = Outcomes::all_wait(plan);
            return Ok(Queued {
                case,
                online,
                outcomes,
                addressees,
            });
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }

    /// The plan of a case, as of now.
    pub(super) fn plan_for<'c>(&self, case: &'c Case, aim: Aim<'_>) -> Plan<'c> {
        plan(case, aim, self.now(), self.letterhead.domain())
    }

    /// Renders every mail, for a caller that wants to have them all.
    pub(super) fn render(
        &self,
        case: &Case,
        online: &Online,
        plan: &Plan<'_>,
    ) -> Result<Vec<Invitation>, PipelineError> {
        let count = plan.mails().count();
        self.tell_of(case.meeting.id(), Happened::Rendering { count });
        if count == 0 {
            return Ok(Vec::new());
        }
        let renderer = Renderer::new(&self.letterhead, case, online, &plan.issues)?;
        let groups = renderer.groups(plan)?;
        Press::new(&renderer, &groups, plan)?.invitations()
    }

    /// Renders every mail, and then puts all of them into the outbox, with the revisions that they tell. A mail that cannot
    /// be rendered is an error before anything is written.
    pub(super) async fn render_and_enqueue(
        &self,
        case: &Case,
        online: &Online,
        plan: &Plan<'_>,
    ) -> Result<Enqueued, PipelineError> {
        let count = plan.mails().count();
        self.tell_of(case.meeting.id(), Happened::Rendering { count });
        if count == 0 {
            return self.enqueue(case, plan, &[]).await;
        }
        let mails = {
            let renderer = Renderer::new(&self.letterhead, case, online, &plan.issues)?;
            let groups = renderer.groups(plan)?;
            Press::new(&renderer, &groups, plan)?.for_outbox()?
        };
        self.enqueue(case, plan, &mails).await
    }

    async fn enqueue(
        &self,
        case: &Case,
        plan: &Plan<'_>,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, PipelineError> {
        let order = EnqueueOrder {
            seen: case.seen,
            issued: new_issues(plan),
            called_off: plan
                .called_off()
                .map(|(message, reason)| (message, reason.words()))
                .collect(),
        };
        // A revision that nobody is told of is one only after others.
        let is_revision = !order.issued.is_empty() && !case.history.is_empty();
        if invitations.is_empty() && order.called_off.is_empty() && !is_revision {
            return Ok(Enqueued::Queued);
        }
        self.end_answers(case, plan).await?;
        Ok(self
            .outbox
            .enqueue(case.meeting.id(), &order, invitations)
            .await?)
    }

    /// Records the revisions alone, for invitations that the caller mails.
    pub(super) async fn record_revision(
        &self,
        case: &Case,
        plan: &Plan<'_>,
    ) -> Result<Enqueued, PipelineError> {
        self.end_answers(case, plan).await?;
        let order = EnqueueOrder {
            seen: case.seen,
            issued: new_issues(plan),
            called_off: Vec::new(),
        };
        if order.issued.is_empty() {
            return Ok(Enqueued::Queued);
        }
        Ok(self.outbox.enqueue(case.meeting.id(), &order, &[]).await?)
    }

    /// Sets the answers that end to none. Done before the mails are queued: after a crash in between, the next send does it again.
    async fn end_answers(&self, case: &Case, plan: &Plan<'_>) -> Result<(), PipelineError> {
        if plan.answers_end.is_empty() {
            return Ok(());
        }
        let ended = plan
            .answers_end
            .iter()
            .map(|place| (case.reference(*place).clone(), Acceptance::None));
        let ended: Vec<_> = ended.collect();
        Ok(self.crm.set_statuses(case.meeting.id(), &ended).await?)
    }
}

fn new_issues(plan: &Plan<'_>) -> Vec<crate::mail::Issued> {
    let new = plan.issues.iter().filter(|issue| issue.is_new);
    new.map(|issue| issue.issued.clone()).collect()
}

/// The mailboxes that get a mail, or for which a wanted mail waits. Mostly that is all: so the few others are listed.
fn addressees(case: &Case, plan: &Plan<'_>) -> Addressees {
    let awaited = || plan.steps.iter().filter(|step| step.is_awaited());
    let waiting = case.mailboxes.iter().filter(|(_, history)| history.waits());
    let mut others: std::collections::HashSet<String> = waiting.map(|(mailbox, _)| mailbox.clone()).collect();
    if !others.is_empty() {
        for step in awaited() {
            if let Some(address) = case.address(step.place) {
                others.remove(&address.mailbox());
            }
        }
    }
    Addressees::all_but(awaited().count(), others)
}
