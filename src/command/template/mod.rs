//! `invite template`: shows, checks, tries, edits and converts templates.

mod changes;
mod check;
mod edit;
mod import;
mod list;
mod origin;
mod part_name;
mod preview;
mod show;
mod target;
mod test_send;
mod trying;
mod versions;

use clap::Subcommand;

use super::Outcome;
use super::session::Session;
use check::Check;
use edit::Edit;
use import::ImportEspocrm;
use preview::Preview;
use show::Show;
use test_send::TestSend;
use versions::{Diff, History, Reset, Restore, UpgradeFiles};

#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// Every template with its parts and the files these come from
    #[command(after_help = "Example: invite template list")]
    List,
    /// The source of a template
    Show(Show),
    /// Everything that is wrong with the templates, without sending
    Check(Check),
    /// A template as an invitee will see it, in files or, with --serve, in the browser
    Preview(Box<Preview>),
    /// Mail a template to yourself, marked as a test
    TestSend(TestSend),
    /// Change a template in your editor; it counts when nothing is wrong with it
    Edit(Edit),
    /// What was changed in a template, against the built-in one or a version
    Diff(Diff),
    /// The versions that are kept of templates
    History(History),
    /// Put the built-in one back
    Reset(Reset),
    /// Put a version back
    Restore(Restore),
    /// Bring edited templates up to newer built-in ones
    Upgrade(UpgradeFiles),
    /// EspoCRM's own templates, converted
    ImportEspocrm(ImportEspocrm),
}

impl TemplateCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        match self {
            Self::List => Ok(list::list(session, &session.app().await?.templates()?)),
            Self::Show(show) => show.run(session, &session.app().await?.templates()?).await,
            Self::Check(check) => check.run(session).await,
            Self::Preview(preview) => preview.run(session).await,
            Self::TestSend(send) => send.run(session).await,
            Self::Edit(edit) => edit.run(session),
            Self::Diff(diff) => diff.run(session),
            Self::History(history) => history.run(session),
            Self::Reset(reset) => reset.run(session),
            Self::Restore(restore) => restore.run(session),
            Self::Upgrade(upgrade) => upgrade.run(session),
            Self::ImportEspocrm(import) => import.run(session),
        }
    }
}
