//! `invite template list`: every template with its parts.

use serde_json::json;

use super::origin::origin_of;
use crate::command::DONE;
use crate::command::session::Session;
use crate::command::terminal::{DIM, STRONG, Table};
use crate::meeting::Language;
use crate::template::Templates;

pub(super) fn list(session: &Session<'_>, templates: &Templates) -> u8 {
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
