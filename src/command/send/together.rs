//! One report of several meetings that are sent together.

use super::report::{document, print};
use super::said::Said;
use super::shortfall::{Shortfall, exit_code};
use crate::command::session::Session;
use crate::command::terminal::{print_json, print_text};
use crate::command::{DONE, DONE_IN_PART};
use crate::fault::{BoxFault, Fault as _};
use crate::meeting::MeetingId;
use crate::pipeline::{PipelineError, SendReport};

/// The reports of several meetings.
pub(super) struct Together {
    said: Said,
    meetings: Vec<(MeetingId, Result<SendReport, BoxFault>)>,
    pub(super) stopped: Option<PipelineError>,
}

impl Together {
    pub(super) fn new(said: Said) -> Self {
        Self {
            said,
            meetings: Vec::new(),
            stopped: None,
        }
    }

    pub(super) fn add(&mut self, meeting: MeetingId, report: Result<SendReport, BoxFault>) {
        self.meetings.push((meeting, report));
    }

    fn total(&self, count: impl Fn(&SendReport) -> usize) -> usize {
        let reports = self
            .meetings
            .iter()
            .filter_map(|(_, report)| report.as_ref().ok());
        reports.map(count).sum()
    }

    pub(super) fn print(&self, session: &Session<'_>) {
        if session.terminal.is_json() {
            print_json(&self.document(session.is_sandbox()));
        }
        for (meeting, report) in &self.meetings {
            match report {
                Ok(report) => {
                    if !session.terminal.is_json() {
                        print(session, report, self.said);
                    }
                    // Where a server took none, that is said once, below.
                    let shortfall = Shortfall::of(report, self.said).filter(|_| self.stopped.is_none());
                    if let Some(shortfall) = shortfall {
                        shortfall.of_meeting(meeting).print(session.terminal);
                    }
                }
                Err(error) => Shortfall::of_error(error)
                    .of_meeting(meeting)
                    .print(session.terminal),
            }
        }
        if !session.terminal.is_json() {
            let failed = self.meetings.iter().filter(|(_, report)| report.is_err()).count();
            let mut text = format!("{} meetings", self.meetings.len());
            if failed > 0 {
                text.push_str(&format!(", {failed} of them not sent"));
            }
            print_text(&format!("{text}\n"));
        }
        if let Some(stopped) = &self.stopped {
            Shortfall::of_error(stopped).print(session.terminal);
        }
    }

    fn document(&self, sandbox: bool) -> serde_json::Value {
        let meetings = self.meetings.iter().map(|(meeting, report)| match report {
            Ok(report) => serde_json::json!(document(report, self.said, sandbox)),
            Err(error) => serde_json::json!({"meeting": meeting, "error": Shortfall::of_error(error)}),
        });
        serde_json::json!({
            "meetings": meetings.collect::<Vec<_>>(),
            "sent": self.total(|report| report.sent),
            "queued": self.total(|report| report.queued),
            "failed": self.total(|report| report.failed),
            "may_have_arrived": self.total(|report| report.may_have_arrived),
            "skipped": self.total(|report| report.skipped),
            "error": self.stopped.as_ref().map(|stopped| Shortfall::of_error(stopped)),
        })
    }

    /// The exit status of all meetings if it is the same for all, otherwise that of work done in part.
    pub(super) fn exit_code(&self) -> u8 {
        if let Some(stopped) = &self.stopped {
            return stopped.class().exit_code();
        }
        let mut codes = self.meetings.iter().map(|(_, report)| match report {
            Ok(report) => exit_code(report, self.said),
            Err(error) => error.class().exit_code(),
        });
        let Some(first) = codes.next() else { return DONE };
        match codes.all(|code| code == first) {
            true => first,
            false => DONE_IN_PART,
        }
    }
}
