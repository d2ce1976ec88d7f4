//! `invite send`: the pipeline.

mod deliver;
mod progress;
mod report;
mod said;
mod shortfall;
mod together;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::session::Session;
use super::{Actor, DONE, Outcome};
use crate::fault::BoxFault;
use crate::mail::MailboxFolder;
use crate::meeting::MeetingId;
use crate::pipeline::{Pick, Pipeline, PipelineError, Plan, SendOptions};
pub(super) use deliver::deliver;
use deliver::sending_pipeline;
use progress::ShownProgress;
use report::print;
pub(super) use said::Said;
use together::Together;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite send --meeting kickoff --to lee@client.example --dry-run --out /tmp/mails"
)]
pub(super) struct Send {
    /// The meeting's id; can be given several times
    #[arg(long, value_name = "ID", required_unless_present = "pending")]
    meeting: Vec<MeetingId>,
    /// Every planned meeting to come in which somebody lacks what is to be told
    #[arg(long, conflicts_with_all = ["meeting", "to", "all", "resend"])]
    pending: bool,
    /// Only this attendee, whatever the answer was; can be given several times
    #[arg(long, value_name = "EMAIL or KIND:ID")]
    to: Vec<Pick>,
    /// All attendees, whatever they answered
    #[arg(long)]
    all: bool,
    /// Also those who have the current revision already
    #[arg(long)]
    resend: bool,
    /// Do not push to Zoom: mail the join URL as it stands
    #[arg(long)]
    no_push: bool,
    /// Also a meeting that is over
    #[arg(long)]
    past: bool,
    /// Do not deliver: let the mails wait for `invite outbox worker`
    #[arg(long, conflicts_with = "dry_run")]
    queue_only: bool,
    /// Write nothing, ask nobody: show what would happen
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: write the mails into this folder
    #[arg(long, value_name = "DIR", requires = "dry_run")]
    out: Option<PathBuf>,
    #[command(flatten)]
    actor: Actor,
}

impl Send {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let options = SendOptions {
            to: self.to.clone(),
            all: self.all,
            resend: self.resend,
            no_push: self.no_push,
            past: self.past,
            queue_only: self.queue_only,
            actor: self.actor.actor.clone(),
        };
        let said = match (self.dry_run, self.queue_only) {
            (true, _) => Said::WouldSend,
            (false, true) => Said::Queues,
            (false, false) => Said::Sends,
        };
        let result = match self.meeting.as_slice() {
            [meeting] if said == Said::WouldSend => self.show_plan(session, meeting, &options).await,
            [meeting] => {
                deliver(session, said, async |pipeline| {
                    pipeline.send(meeting, &options).await
                })
                .await
            }
            _ => self.send_several(session, said, &options).await,
        };
        session.close().await;
        result
    }

    async fn show_plan(&self, session: &Session<'_>, meeting: &MeetingId, options: &SendOptions) -> Outcome {
        let pipeline = session.writing_pipeline().await?;
        let plan = self.plan(&pipeline, meeting, options).await?;
        print(session, &plan.report, Said::WouldSend);
        Ok(DONE)
    }

    async fn plan(
        &self,
        pipeline: &Pipeline,
        meeting: &MeetingId,
        options: &SendOptions,
    ) -> Result<Plan, BoxFault> {
        let mut plan = pipeline.plan(meeting, options).await?;
        if let Some(folder) = &self.out {
            write_mails(&mut plan, folder)?;
        }
        Ok(plan)
    }

    /// Sends several meetings, each by a plan of its own, and shows one report.
    async fn send_several(&self, session: &Session<'_>, said: Said, options: &SendOptions) -> Outcome {
        let shown = Arc::new(ShownProgress::default());
        let pipeline = match said {
            Said::WouldSend => session.writing_pipeline().await?,
            _ => sending_pipeline(session, &shown).await?,
        };
        let mut together = Together::new(said);
        let mut meetings: Vec<&MeetingId> = Vec::new();
        // Asked for twice, a meeting is sent once.
        for meeting in &self.meeting {
            if !meetings.contains(&meeting) {
                meetings.push(meeting);
            }
        }
        let mut meetings: Vec<MeetingId> = meetings.into_iter().cloned().collect();
        if self.pending {
            for record in session.planned_ahead().await? {
                let meeting = record.meeting.id();
                match pipeline.is_pending(meeting).await {
                    Ok(true) => meetings.push(meeting.clone()),
                    Ok(false) | Err(PipelineError::NoRecipients { .. }) => {}
                    Err(error) => together.add(meeting.clone(), Err(error.into())),
                }
            }
        }
        if said == Said::WouldSend {
            for meeting in meetings {
                let plan = self.plan(&pipeline, &meeting, options).await;
                together.add(meeting, plan.map(|plan| plan.report));
            }
        } else {
            let sent = pipeline.send_all(&meetings, options).await?;
            shown.end();
            for (meeting, report) in sent.meetings {
                together.add(meeting, report.map_err(BoxFault::from));
            }
            together.stopped = sent.stopped;
        }
        together.print(session);
        Ok(together.exit_code())
    }
}

/// Writes the mails of a plan into a folder, and notes the files in the report.
fn write_mails(plan: &mut Plan, folder: &std::path::Path) -> Result<(), BoxFault> {
    let mailbox = MailboxFolder::new(folder);
    let mut files = HashMap::new();
    for invitation in &plan.invitations {
        let file = mailbox
            .write(&invitation.envelope, &invitation.message)
            .map_err(BoxFault::new)?;
        files.insert(invitation.message_id.clone(), file);
    }
    plan.report.recipients.note_files(files);
    Ok(())
}
