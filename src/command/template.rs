//! `invite template`: which templates there are, and where each part comes from.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::session::Session;
use super::template_check::Check;
use super::template_edit::Edit;
use super::template_import::ImportEspocrm;
use super::template_preview::Preview;
use super::template_test_send::TestSend;
use super::template_versions::{Diff, History, Reset, Restore, UpgradeFiles};
use super::terminal::{DIM, STRONG, Table};
use super::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::Language;
use crate::template::{Origin, Part, PartSource, TemplateName, Templates};

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

#[derive(Debug, Args)]
#[command(after_help = "Example: invite template show invitation/meeting --part subject --language de")]
pub(super) struct Show {
    /// The template, such as invitation/meeting
    #[arg(value_name = "NAME")]
    name: TemplateName,
    /// Only this part
    #[arg(long, value_enum)]
    part: Option<PartName>,
    /// As readers of this language get it [default: the organization's language]
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PartName {
    Subject,
    Html,
    Text,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Subject => Self::Subject,
            PartName::Html => Self::Html,
            PartName::Text => Self::Text,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no template \"{name}\"{}", part.map(|part| format!(" with a {part}")).unwrap_or_default())]
struct NoTemplate {
    name: TemplateName,
    part: Option<Part>,
}

impl Fault for NoTemplate {
    fn kind(&self) -> &'static str {
        "template.not_found"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("see `invite template list`".into())
    }
}

impl TemplateCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        match self {
            Self::List => Ok(list(session, &session.app().await?.templates()?)),
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

pub(super) fn origin_of(origin: &Origin) -> &'static str {
    match origin {
        Origin::BuiltIn(_) => "built-in",
        Origin::File(_) => "edited",
    }
}

fn list(session: &Session<'_>, templates: &Templates) -> u8 {
    let infos = templates.list();
    let documents: Vec<_> = infos
        .iter()
        .map(|info| {
            let parts: Vec<_> = info
                .parts
                .iter()
                .map(|part| {
                    json!({
                        "part": part.part.to_string(),
                        "language": part.language.as_ref().map(Language::tag),
                        "origin": origin_of(&part.origin),
                        "file": part.origin.path(),
                    })
                })
                .collect();
            json!({"name": info.name.path(), "title": info.name.to_string(), "parts": parts})
        })
        .collect();
    session.terminal.result(&documents, || {
        let mut text = String::new();
        for info in &infos {
            text.push_str(&format!(
                "{STRONG}{}{STRONG:#}  {DIM}{}{DIM:#}\n",
                info.name,
                info.name.path()
            ));
            let mut table = Table::default();
            for part in &info.parts {
                let language = part
                    .language
                    .as_ref()
                    .map_or("all languages".to_owned(), Language::tag);
                table.row([
                    (part.part.to_string().as_str(), anstyle::Style::new()),
                    (language.as_str(), DIM),
                    (part.origin.to_string().as_str(), DIM),
                ]);
            }
            text.push_str(&table.to_text());
        }
        let languages: Vec<_> = templates
            .languages()
            .iter()
            .map(|(language, _)| language.tag())
            .collect();
        text.push_str(&format!("languages: {}\n", languages.join(", ")));
        text
    });
    DONE
}

impl Show {
    async fn run(&self, session: &Session<'_>, templates: &Templates) -> Outcome {
        let ours = &session.config().await?.organization.language;
        let language = self.language.as_ref().unwrap_or(ours);
        let only = self.part.map(Part::from);
        let parts: Vec<Part> = only.map_or_else(|| Part::ALL.to_vec(), |part| vec![part]);
        let sources: Vec<(Part, PartSource)> = parts
            .into_iter()
            .filter_map(|part| Some((part, templates.source(self.name, part, language, ours)?)))
            .collect();
        if sources.is_empty() {
            return Err(BoxFault::new(NoTemplate {
                name: self.name,
                part: only,
            }));
        }
        let documents: Vec<_> = sources
            .iter()
            .map(|(part, source)| {
                json!({
                    "part": part.to_string(), "path": source.path, "origin": origin_of(&source.origin),
                    "language": source.language.as_ref().map(Language::tag), "source": source.text,
                })
            })
            .collect();
        let document = json!({"name": self.name.path(), "parts": documents});
        session.terminal.result(&document, || match &sources[..] {
            // One part alone can be redirected into a file as it is.
            [(_, only)] if self.part.is_some() => only.text.clone(),
            _ => sources
                .iter()
                .map(|(_, source)| format!("{DIM}--- {}{DIM:#}\n{}\n", source.origin, source.text.trim_end()))
                .collect(),
        });
        Ok(DONE)
    }
}
