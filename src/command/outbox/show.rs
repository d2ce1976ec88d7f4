//! `invite outbox show`: one invitation, with its message.

use clap::Args;

use super::entry::{NoInvitation, document, style};
use crate::command::session::Session;
use crate::command::terminal::{STRONG, visible};
use crate::command::{DONE, Outcome, delivery};
use crate::fault::BoxFault;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite outbox show 3 --raw > mail.eml")]
pub(in crate::command) struct Show {
    /// The invitation's number, or its Message-ID
    #[arg(value_name = "ID")]
    id: String,
    /// Print the message alone, as it leaves
    #[arg(long)]
    raw: bool,
}

impl Show {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let found = session.operator().await?.invitation(&self.id).await?;
        let Some((entry, message)) = found else {
            return Err(BoxFault::new(NoInvitation { id: self.id.clone() }));
        };
        let raw = String::from_utf8_lossy(&message);
        let mut document = document(&entry);
        document["message"] = raw.as_ref().into();
        session.terminal.result(&document, || {
            if self.raw {
                return raw.into_owned();
            }
            let style = style(entry.state);
            let mut text = format!(
                "invitation {} to {STRONG}{}{STRONG:#}: {style}{}{style:#} after {} tries\n",
                entry.id, entry.envelope.to, entry.state, entry.attempts
            );
            if let Some(answer) = &entry.last_answer {
                text.push_str(&format!("{}\n", visible(answer)));
            }
            if let Some(notice) = &entry.notice {
                let style = delivery::style(notice.state);
                let by = notice
                    .reported_by
                    .as_deref()
                    .map(|by| format!(", says {}", visible(by)));
                text.push_str(&format!(
                    "{style}{}{style:#}{}, {}\n",
                    delivery::words(notice),
                    by.unwrap_or_default(),
                    notice.at.format("%Y-%m-%d %H:%M UTC")
                ));
            }
            text.push_str(&format!("\n{}\n", visible(&raw.replace("\r\n", "\n"))));
            text
        });
        Ok(DONE)
    }
}
