//! `invite template show`: the source of a template.

use clap::Args;
use serde_json::json;

use super::origin::origin_of;
use super::part_name::PartName;
use crate::command::session::Session;
use crate::command::terminal::DIM;
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::Language;
use crate::template::{Part, PartSource, TemplateName, Templates};

#[derive(Debug, Args)]
#[command(after_help = "Example: invite template show invitation/meeting --part subject --language de")]
pub(in crate::command) struct Show {
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

impl Show {
    pub(super) async fn run(&self, session: &Session<'_>, templates: &Templates) -> Outcome {
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
