//! Step 4, first half: which revision is told, to whom, and how it comes into the outbox.

use uuid::Uuid;

use super::case::Case;
use super::deliver::Addressees;
use super::online::Online;
use super::press::Press;
use super::recipients::{Recipient, Told, Verdict, cancel, choose, withdraw};
use super::render::{Invitation, Renderer};
use super::{CancelOptions, Pipeline, PipelineError, Progress, SendOptions};
use crate::mail::{Enqueued, Issued, Purpose, Supply, message_id};
use crate::meeting::{Acceptance, Change, MeetingId, PersonRef, Revision};

/// A revision and its mails, ready to be queued.
#[derive(Debug)]
pub(super) struct Issue<'a> {
    /// What invitees were told last.
    pub(super) before: Option<Issued>,
    /// What they are told now.
    pub(super) issued: Issued,
    /// What becomes of each attendee, and of those who are none any more.
    pub(super) verdicts: Vec<Verdict<'a>>,
}

impl<'a> Issue<'a> {
    fn new(case: &Case, issued: Issued, verdicts: Vec<Verdict<'a>>) -> Self {
        Self {
            before: case.history.last().cloned(),
            issued,
            verdicts,
        }
    }

    /// Those who get a mail, and what for.
    pub(super) fn addressed(&self) -> impl Iterator<Item = (Purpose, &Recipient<'a>)> {
        self.verdicts.iter().filter_map(Verdict::addressed)
    }

    /// Those who get a mail, or for whom one waits. Mostly that is everybody: so it is said who does not.
    pub(super) fn addressees(&self, case: &Case) -> Addressees {
        let (awaited, others): (Vec<_>, Vec<_>) =
            self.verdicts.iter().partition(|verdict| verdict.is_awaited());
        let has_mail_waiting = |person: &&PersonRef| {
            let told = case.told(person);
            told.invitation_waits || told.cancellation_waits
        };
        let others = others.iter().map(|verdict| case.reference(verdict.place()));
        Addressees::all_but(awaited.len(), others.filter(has_mail_waiting).cloned())
    }

    /// Whether there is anything to put into the outbox.
    fn is_nothing_new(&self) -> bool {
        let calls_off = self
            .verdicts
            .iter()
            .any(|verdict| matches!(verdict, Verdict::CallOff(_)));
        self.addressed().next().is_none() && !calls_off && self.before.as_ref() == Some(&self.issued)
    }

    /// What differs from what invitees were told last.
    fn change(&self) -> Option<Change> {
        self.issued.facts.change_since(&self.before.as_ref()?.facts)
    }
}

impl Pipeline {
    /// Decides on the revision and the recipients.
    pub(super) fn decide<'a>(&self, case: &'a Case, options: &SendOptions) -> Issue<'a> {
        let before = case.history.last();
        let issued = next_issue(case, self.sender.address.domain());
        let rose = before.is_some_and(|before| before.revision != issued.revision);
        let mut verdicts = choose(case, options, issued.revision, rose);
        if options.to.is_empty() {
            verdicts.extend(withdraw(case));
        }
        Issue::new(case, issued, verdicts)
    }

    /// The same for a meeting that was called off.
    pub(super) fn decide_cancellations<'a>(&self, case: &'a Case, options: &CancelOptions) -> Issue<'a> {
        let mut issued = next_issue(case, self.sender.address.domain());
        if case.history.is_empty() {
            // Nobody was told anything: there is nothing to take back, and no revision of it.
            issued.revision = Revision::default();
        }
        let verdicts = cancel(case, &options.to);
        Issue::new(case, issued, verdicts)
    }

    /// Renders every mail, for a caller that wants to have them all.
    pub(super) fn render(
        &self,
        case: &Case,
        online: &Online,
        issue: &Issue<'_>,
    ) -> Result<Vec<Invitation>, PipelineError> {
        let count = issue.addressed().count();
        (self.progress)(&Progress::Rendering { count });
        if count == 0 {
            return Ok(Vec::new());
        }
        let renderer = Renderer::new(self, case, online, &issue.issued);
        let groups = renderer.groups(issue)?;
        Press::new(&renderer, &groups, issue)?.all()
    }

    /// Renders every mail and puts all of them into the outbox, with the revision that they tell. Of many there is
    /// only a part in memory at a time; none is in when any of them cannot be rendered.
    pub(super) async fn render_and_enqueue(
        &self,
        case: &Case,
        online: &Online,
        issue: &Issue<'_>,
    ) -> Result<Enqueued, PipelineError> {
        let count = issue.addressed().count();
        (self.progress)(&Progress::Rendering { count });
        if count == 0 {
            return self.enqueue(case, issue, &mut Vec::new()).await;
        }
        let renderer = Renderer::new(self, case, online, &issue.issued);
        let groups = renderer.groups(issue)?;
        let mut press = Press::new(&renderer, &groups, issue)?;
        let enqueued = self.enqueue(case, issue, &mut press).await;
        match press.into_failure() {
            Some(error) => Err(error),
            None => enqueued,
        }
    }

    /// What those who were removed since the last send are to be told, and nothing else.
    pub(super) async fn enqueue_withdrawals(
        &self,
        case: &Case,
        told_last: &Issued,
    ) -> Result<Enqueued, PipelineError> {
        let issue = Issue::new(case, told_last.clone(), withdraw(case));
        self.render_and_enqueue(case, &Online::as_recorded(None), &issue)
            .await
    }

    async fn enqueue(
        &self,
        case: &Case,
        issue: &Issue<'_>,
        invitations: &mut dyn Supply,
    ) -> Result<Enqueued, PipelineError> {
        let was_never_sent = case.history.is_empty() && issue.addressed().next().is_none();
        if issue.is_nothing_new() || was_never_sent {
            return Ok(Enqueued::Queued);
        }
        self.reset_answers(case, issue).await?;
        let called_off: Vec<PersonRef> = issue
            .verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::CallOff(place) => Some(case.reference(*place).clone()),
                Verdict::Cancel(recipient) => Some(case.reference(recipient.place).clone()),
                // Invited anew before the cancellation had left.
                Verdict::Invite(recipient) if recipient.told.cancellation_waits => {
                    Some(case.reference(recipient.place).clone())
                }
                _ => None,
            })
            .collect();
        let queued = self.outbox.enqueue(
            case.meeting.id(),
            issue.before.as_ref(),
            &issue.issued,
            invitations,
            &called_off,
        );
        Ok(queued.await?)
    }

    /// Records the revision alone, for invitations that the caller mails.
    pub(super) async fn record_revision(
        &self,
        case: &Case,
        issue: &Issue<'_>,
    ) -> Result<Enqueued, PipelineError> {
        self.reset_answers(case, issue).await?;
        let (id, before) = (case.meeting.id(), issue.before.as_ref());
        let mut nothing = Vec::new();
        let recorded = self.outbox.enqueue(id, before, &issue.issued, &mut nothing, &[]);
        Ok(recorded.await?)
    }

    /// When the time has changed, no earlier answer stands (RFC 5546 §3.2.2.1). Done before the mails are queued:
    /// what is cut off here is done again with them.
    async fn reset_answers(&self, case: &Case, issue: &Issue<'_>) -> Result<(), PipelineError> {
        if !issue.change().is_some_and(|change| change.is_rescheduled()) {
            return Ok(());
        }
        for (attendee, person) in case.attendees() {
            let holds_it = person.is_some_and(|person| case.is_organizer(&person));
            if attendee.status != Acceptance::None && !holds_it {
                self.crm
                    .set_attendee_status(case.meeting.id(), &attendee.person, Acceptance::None)
                    .await?;
            }
        }
        Ok(())
    }
}

impl Issued {
    /// The Message-ID of somebody's mail that tells it.
    pub(super) fn message_id(&self, purpose: Purpose, to: &PersonRef, told: &Told, domain: &str) -> String {
        let resend = told.resend(purpose, self.revision);
        message_id(&self.uid, purpose.as_str(), self.revision, to, resend, domain)
    }
}

/// What is told next: the same revision when nothing that matters has changed.
pub(super) fn next_issue(case: &Case, domain: &str) -> Issued {
    let facts = case.meeting.facts();
    match case.history.last() {
        Some(before) => Issued {
            uid: before.uid.clone(),
            revision: if before.facts == facts {
                before.revision
            } else {
                before.revision.next()
            },
            facts,
        },
        None => Issued {
            uid: match case.meeting.uid() {
                Some(uid) => uid.to_owned(),
                None => format!("{}@{domain}", new_uid(case.meeting.id(), domain)),
            },
            revision: Revision::default(),
            facts,
        },
    }
}

/// The same for the same meeting, so that one that is shown before it is sent has the UID that it will have.
fn new_uid(id: &MeetingId, domain: &str) -> Uuid {
    let name = format!("https://{domain}/meeting/{id}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}
