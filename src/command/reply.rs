//! `invite reply`: takes a mail that came back: an answer to an invitation, or a notification of a mail server about one.

use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;

use super::delivery;
use super::session::Session;
use super::terminal::{DIM, GOOD, STRONG, WARN, visible};
use super::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::imip::LONGEST;
use crate::mail::{Fate, Purpose};
use crate::meeting::{EmailAddress, PersonId, PersonKind};
use crate::pipeline::{AnswerOutcome, AnswerReport, NotificationOutcome, NotificationReport};
use crate::received::Received;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite reply answer.eml")]
pub(super) struct Reply {
    /// The mail, or the .ics file out of it; - reads standard input
    #[arg(value_name = "FILE or -")]
    file: PathBuf,
    /// Believe an answer, whoever sent it
    #[arg(long)]
    trust: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
struct Unreadable {
    path: PathBuf,
    source: std::io::Error,
}

impl Fault for Unreadable {
    fn kind(&self) -> &'static str {
        "reply.unreadable_file"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("check the path, and that you may read it".into())
    }
}

impl Reply {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let received = self
            .read()
            .and_then(|raw| Received::read(&raw).map_err(BoxFault::new))?;
        let pipeline = session.pipeline().await?;
        match received {
            Received::Answer(answer) => {
                let report = pipeline.receive_answer(&answer, self.trust).await;
                session.close().await;
                let report = report?;
                session.terminal.result(&report, || answer_text(&report));
            }
            Received::Notification(notification) => {
                let report = pipeline.receive_notification(&notification).await;
                session.close().await;
                let report = report?;
                session.terminal.result(&report, || notification_text(&report));
            }
        }
        Ok(DONE)
    }

    /// The content of the file; of one that is too long, only one octet more than the limit.
    fn read(&self) -> Result<Vec<u8>, BoxFault> {
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
        let mut raw = Vec::new();
        let read = if self.file.as_os_str() == "-" {
            std::io::stdin().take(limit).read_to_end(&mut raw)
        } else {
            std::fs::File::open(&self.file).and_then(|file| file.take(limit).read_to_end(&mut raw))
        };
        match read {
            Ok(_) => Ok(raw),
            Err(source) => Err(BoxFault::new(Unreadable {
                path: self.file.clone(),
                source,
            })),
        }
    }
}

/// A person, as the first words of a line.
fn who(name: &str, kind: PersonKind, id: &PersonId, email: &EmailAddress) -> String {
    format!(
        "{STRONG}{}{STRONG:#} {DIM}{kind}:{id} {email}{DIM:#}",
        visible(name)
    )
}

fn notification_text(report: &NotificationReport) -> String {
    let who = who(&report.name, report.kind, &report.id, &report.email);
    let (meeting, delivery) = (&report.meeting, &report.delivery);
    let style = delivery::style(delivery.state);
    let mail = format!("{} {}", report.purpose.as_str(), report.invitation);
    let words = delivery::words(delivery);
    let mut text = match report.outcome {
        NotificationOutcome::Recorded => {
            format!("{who} of meeting {meeting}: {mail} {style}{words}{style:#}\n")
        }
        NotificationOutcome::Older => format!(
            "{who} of meeting {meeting}: more is known of {mail} already, so it stays {style}{words}{style:#}\n"
        ),
    };
    if delivery.state == Fate::Bounced && report.purpose != Purpose::Cancellation {
        text.push_str(&format!(
            "to invite again when the address is corrected: `invite send --meeting {meeting} --to {}:{} --resend`\n",
            report.kind, report.id
        ));
    }
    text
}

fn answer_text(report: &AnswerReport) -> String {
    let who = who(&report.name, report.kind, &report.id, &report.email);
    let meeting = &report.meeting;
    let mut text = match report.outcome {
        AnswerOutcome::Recorded => format!("{who} of meeting {meeting}: {GOOD}{}{GOOD:#}\n", report.status),
        AnswerOutcome::Older => format!(
            "{who} of meeting {meeting}: a newer answer is known, so it stays {}\n",
            report.status
        ),
        AnswerOutcome::Outdated => format!(
            "{who} of meeting {meeting}: this answers an invitation that does not stand any more, so it stays {}\n",
            report.status
        ),
        AnswerOutcome::CalledOff => format!(
            "{who} of meeting {meeting}: the meeting was called off, so it stays {}\n",
            report.status
        ),
        AnswerOutcome::Occurrence => format!(
            "{who} of meeting {meeting}: this answers one occurrence of it only ({}), so it stays {}\n",
            visible(report.occurrence.as_deref().unwrap_or_default()),
            report.status
        ),
        AnswerOutcome::Delegated => {
            let to = report.delegate.as_ref();
            let to = to.map_or_else(|| "somebody else".to_owned(), ToString::to_string);
            format!(
                "{who} of meeting {meeting} {WARN}passed the invitation on{WARN:#} to {}, so it stays {}\n",
                visible(&to),
                report.status
            )
        }
        AnswerOutcome::Unclear => {
            let said = report.participation.as_ref();
            let said = said.map_or_else(
                || "nothing about coming".to_owned(),
                |said| format!("{:?}, which is not known", visible(said)),
            );
            format!(
                "{who} of meeting {meeting}: the answer says {said}, so it stays {}\n",
                report.status
            )
        }
        AnswerOutcome::Proposed => {
            let [start, end] = report.proposed.clone().unwrap_or_default();
            let unknown = || "an unknown time".to_owned();
            format!(
                "{who} {WARN}proposes another time{WARN:#} for meeting {meeting}: {} – {}\n\
                 to accept it: `invite meeting edit {meeting} --start …`, then `invite send --meeting {meeting}`\n",
                visible(&start.unwrap_or_else(unknown)),
                visible(&end.unwrap_or_else(unknown)),
            )
        }
        AnswerOutcome::Requested => format!(
            "{who} {WARN}asks for the invitation again{WARN:#}: \
             `invite send --meeting {meeting} --to {}:{} --resend`\n",
            report.kind, report.id
        ),
    };
    if let Some(comment) = &report.comment {
        text.push_str(&format!("{DIM}{}{DIM:#}\n", visible(comment)));
    }
    text
}
