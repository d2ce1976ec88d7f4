//! `invite ics`: a meeting's calendar object.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::session::Session;
use super::{DONE, Outcome};
use crate::calendar::Method;
use crate::meeting::MeetingId;
use crate::pipeline::Pick;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite ics --meeting kickoff --to lee@client.example > kickoff.ics\n\n\
    For the organizer's own calendar, or anybody's: invite ics --meeting kickoff --method PUBLISH"
)]
pub(super) struct Ics {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: MeetingId,
    /// For this attendee [default: the first with an address]
    #[arg(long, value_name = "EMAIL or KIND:ID")]
    to: Option<Pick>,
    /// What it asks for
    #[arg(long, value_enum, ignore_case = true, default_value_t = IcsMethod::Request)]
    method: IcsMethod,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum IcsMethod {
    #[value(name = "REQUEST")]
    Request,
    #[value(name = "CANCEL")]
    Cancel,
    #[value(name = "PUBLISH")]
    Publish,
}

impl Ics {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let method = match self.method {
            IcsMethod::Request => Method::Request,
            IcsMethod::Cancel => Method::Cancel,
            IcsMethod::Publish => Method::Publish,
        };
        let pipeline = session.writing_pipeline().await?;
        let object = pipeline
            .calendar_object(&self.meeting, method, self.to.as_ref())
            .await;
        session.close().await;
        let object = object?;
        let document = json!({"meeting": self.meeting, "method": method.as_str(), "calendar": object});
        session.terminal.result(&document, || object.clone());
        Ok(DONE)
    }
}
