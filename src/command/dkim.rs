//! `invite dkim`: the DNS record that the domain has to publish, so that receivers can check signatures.

use clap::Subcommand;
use serde_json::json;

use super::session::Session;
use super::terminal::{DIM, STRONG};
use super::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::mail::DkimSigner;

#[derive(Debug, Subcommand)]
pub(super) enum DkimCommand {
    /// Print the DNS record of the key that signs
    #[command(after_help = "Example: invite dkim record")]
    Record,
}

#[derive(Debug, thiserror::Error)]
#[error("mail is not signed: the section [smtp.dkim] of the configuration is not there")]
struct NotSigned;

impl Fault for NotSigned {
    fn kind(&self) -> &'static str {
        "dkim.not_configured"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("add [smtp.dkim] to invite.toml; docs/configuration.md shows how".into())
    }
}

impl DkimCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let Self::Record = self;
        let signers = session.signers().await?;
        if signers.is_empty() {
            return Err(BoxFault::new(NotSigned));
        }
        let records: Vec<(String, String)> = signers.iter().map(DkimSigner::dns_record).collect();
        let of_each = records
            .iter()
            .map(|(name, text)| json!({"name": name, "type": "TXT", "text": text}));
        // One key is the usual case, and its record stands alone.
        let document = match of_each.collect::<Vec<_>>() {
            mut one if one.len() == 1 => one.remove(0),
            several => several.into(),
        };
        session.terminal.result(&document, || {
            let texts = records
                .iter()
                .map(|(name, text)| format!("{STRONG}{name}{STRONG:#} {DIM}TXT{DIM:#}\n{text}\n"));
            texts.collect()
        });
        Ok(DONE)
    }
}
