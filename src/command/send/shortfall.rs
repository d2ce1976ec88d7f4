//! The reason why a recipient who was to get a mail does not have it, and the exit status of that.

use serde::Serialize;

use super::said::Said;
use crate::command::terminal::{BAD, DIM, Terminal, visible};
use crate::command::{DONE, DONE_IN_PART};
use crate::fault::{Class, Fault, chain};
use crate::hints::hint;
use crate::meeting::MeetingId;
use crate::pipeline::SendReport;

/// The reason why a recipient who was to get a mail does not have it, as one error.
#[derive(Serialize)]
pub(super) struct Shortfall {
    kind: &'static str,
    exit: u8,
    message: String,
    hint: Option<String>,
}

impl Shortfall {
    pub(super) fn of_error(error: &dyn Fault) -> Self {
        Self {
            kind: error.kind(),
            exit: error.class().exit_code(),
            message: chain(error),
            hint: hint(error),
        }
    }

    /// The same reason, with the meeting's id, for a report of several meetings.
    pub(super) fn of_meeting(self, meeting: &MeetingId) -> Self {
        Self {
            message: format!("meeting {meeting}: {}", self.message),
            ..self
        }
    }

    pub(super) fn print(&self, terminal: &Terminal) {
        terminal.error_line(&format!("{BAD}error{BAD:#}: {}", visible(&self.message)));
        if let Some(hint) = &self.hint {
            terminal.error_line(&format!("{DIM}hint{DIM:#}: {hint}"));
        }
    }

    /// `None`: every recipient has the mail, or the command was not to deliver and has done its work.
    pub(super) fn of(report: &SendReport, said: Said) -> Option<Self> {
        if said == Said::WouldSend {
            return None;
        }
        if let Some(stopped) = &report.stopped {
            return Some(Self::of_error(stopped));
        }
        let all = report.sent + report.queued + report.failed + report.may_have_arrived;
        if report.failed > 0 {
            let in_part = report.sent + report.queued > 0;
            return Some(Self {
                kind: if in_part { "send.in_part" } else { "send.failed" },
                exit: if in_part {
                    DONE_IN_PART
                } else {
                    Class::Unavailable.exit_code()
                },
                message: format!(
                    "{} of {all} mails were refused; each is listed with the reason",
                    report.failed
                ),
                hint: Some("correct the addresses in the CRM, then run the same command again".to_owned()),
            });
        }
        if report.may_have_arrived > 0 {
            return Some(Self {
                kind: "send.may_have_arrived",
                exit: DONE_IN_PART,
                message: format!(
                    "{} of {all} mails may have arrived: the mail server's answer was lost twice",
                    report.may_have_arrived
                ),
                hint: Some(
                    "ask the recipients; `invite outbox retry ID` sends one again, see `invite outbox list`"
                        .to_owned(),
                ),
            });
        }
        if report.queued > 0 && said != Said::Queues {
            return Some(Self {
                kind: "send.put_off",
                exit: Class::Temporary.exit_code(),
                message: format!("{} of {all} mails wait in the outbox", report.queued),
                hint: Some(
                    "run the same command again later, or let `invite outbox worker` deliver them".to_owned(),
                ),
            });
        }
        (report.hidden > 0).then(|| Self {
            kind: "send.hidden",
            exit: match all {
                0 => Class::NotPermitted.exit_code(),
                _ => DONE_IN_PART,
            },
            message: format!(
                "{} of the attendees cannot be mailed: the CRM does not show their email addresses",
                report.hidden
            ),
            hint: Some(
                "let the CRM's user for this program read email addresses, then run the same command again"
                    .to_owned(),
            ),
        })
    }
}

pub(super) fn exit_code(report: &SendReport, said: Said) -> u8 {
    Shortfall::of(report, said).map_or(DONE, |shortfall| shortfall.exit)
}
