//! `invite template test-send`: a template as a mail in one's own inbox, marked as a test.

use clap::Args;
use serde_json::json;

use super::trying::TryOn;
use crate::command::session::Session;
use crate::command::terminal::{DIM, GOOD};
use crate::command::{DONE, Outcome};
use crate::fault::BoxFault;
use crate::mail::{Envelope, Mailbox, Outgoing, signed};
use crate::meeting::{EmailAddress, Language};
use crate::template::TemplateName;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template test-send invitation/meeting --to me@acme.example\n\nNobody of the meeting \
    gets anything, and nothing is recorded. Whoever accepts the test answers its sender."
)]
pub(in crate::command) struct TestSend {
    /// The template, such as invitation/meeting
    #[arg(value_name = "NAME")]
    name: TemplateName,
    /// Who gets the test
    #[arg(long, value_name = "EMAIL")]
    to: EmailAddress,
    #[command(flatten)]
    try_on: TryOn,
    /// As readers of this language get it [default: the organization's language]
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
}

impl TestSend {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let done = self.send(session).await;
        session.close().await;
        done
    }

    async fn send(&self, session: &Session<'_>) -> Outcome {
        let sender = session.sender().await?;
        let setting = session.setting()?;
        let sample = self.try_on.sample(session, None, &setting.organization).await?;
        let language = self.language.as_ref().unwrap_or(&setting.organization.language);
        let trials = setting.trials().map_err(BoxFault::new)?;
        let now = session.clock.now();
        let to = Mailbox::new("", self.to.clone());
        let id = format!("test-{}", uuid::Uuid::new_v4());
        let trial = trials
            .test(self.name, &sample, language, (&to, &id), now)
            .map_err(BoxFault::new)?;
        let envelope = Envelope {
            from: sender.address,
            to: self.to.clone(),
        };
        let signers = session.signers().await?;
        let message = signed(&signers, trial.message, now).map_err(BoxFault::new)?;
        let transport = session.transport().await?;
        let mut connection = transport.connect().await.map_err(BoxFault::new)?;
        let sent = connection
            .send(
                Outgoing {
                    envelope: &envelope,
                    message: &message,
                },
                None,
            )
            .await;
        connection.close().await;
        let receipt = sent.map_err(BoxFault::new)?;
        let document = json!({
            "template": self.name.path(), "to": self.to, "language": language.tag(), "state": "sent",
            "subject": trial.preview.rendered.subject, "message_id": trial.message_id,
            "answer": receipt.answer, "file": receipt.file,
        });
        session.terminal.result(&document, || {
            let place = receipt
                .file
                .as_ref()
                .map_or_else(|| receipt.answer.clone(), |file| file.display().to_string());
            format!(
                "{GOOD}sent{GOOD:#} “{}” to {}\n{DIM}{place}{DIM:#}\n",
                trial.preview.rendered.subject, self.to
            )
        });
        Ok(DONE)
    }
}
