//! The preview of a template: the mail that an invitee would get, and the files and values that it was made from.

use serde_json::Value;

use crate::meeting::Language;

use super::sample::Sample;
use crate::template::name::{Part, TemplateName};
use crate::template::render::context::{InvitationContext, VARIABLES};
use crate::template::render::description;
use crate::template::{Description, PartSource, Rendered, TemplateError, Templates};

/// How many characters of a mail an inbox shows after the subject.
const SNIPPET: usize = 140;

/// A rendered sample.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The mail.
    pub rendered: Rendered,
    /// The text that an inbox shows after the subject: the first words of the HTML body.
    pub preheader: String,
    /// The file that each part comes from. A text part without a file was made from the HTML body.
    pub sources: Vec<(Part, PartSource)>,
    /// The meeting's description, made safe.
    pub description: Option<Description>,
    /// Every variable with its value, in the order of `docs/templates.md`.
    pub variables: Vec<(&'static str, Value)>,
}

impl Templates {
    /// The names of all variables that templates can use.
    pub fn variables() -> impl Iterator<Item = &'static str> {
        VARIABLES.iter().copied()
    }

    /// Renders a sample for a reader of a language, and adds the sources and the values that an author asks for.
    ///
    /// # Errors
    /// As of [`Templates::render`].
    pub fn preview(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
    ) -> Result<Preview, TemplateError> {
        let description = Description::of(sample.meeting.description.as_deref());
        let context = InvitationContext {
            description: description.as_ref(),
            ..sample.context_for(name, language)
        };
        let ours = &sample.organization.language;
        let rendered = self.render(name, &context)?;
        let sources = Part::ALL
            .into_iter()
            .filter_map(|part| Some((part, self.source(name, part, language, ours)?)))
            .filter(|(part, _)| *part != Part::Text || !self.text_is_made(name, language, ours))
            .collect();
        Ok(Preview {
            preheader: preheader(&rendered.html),
            variables: self.values(name, &context)?,
            rendered,
            sources,
            description,
        })
    }

    fn text_is_made(&self, name: TemplateName, language: &Language, ours: &Language) -> bool {
        let choose = |part| self.choose(name, part, language, ours);
        match (choose(Part::Text), choose(Part::Html)) {
            (Some(text), Some(html)) => self.speaks_for_itself(&text, &html),
            _ => true,
        }
    }

    /// Every variable with its value in HTML parts.
    fn values(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Vec<(&'static str, Value)>, TemplateError> {
        let ours = &context.organization.language;
        let language = self
            .choose(name, Part::Html, context.language, ours)
            .map_or_else(|| context.language.clone(), |choice| choice.language);
        let locale = self.0.locales.of(&language, ours, &self.0.labels)?;
        let page = self.variables_of(name, context, &locale)?.into_html();
        let value = |name: &str| page.get(name).map(serde_json::to_value);
        Ok(VARIABLES
            .iter()
            .map(|name| (*name, value(name).and_then(Result::ok).unwrap_or_default()))
            .collect())
    }
}

/// The first words of a page, hidden ones included.
fn preheader(html: &str) -> String {
    let body = html.find("<body").map_or(html, |at| &html[at..]);
    let words = ammonia::Builder::empty()
        .clean_content_tags(["script", "style", "title"].into())
        .clean(body)
        .to_string();
    let text = description::to_text(&words);
    // Filler characters that keep the rest of the mail out of the inbox's line.
    let is_filler = |c: char| {
        c.is_whitespace() || matches!(c, '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{a0}')
    };
    let mut snippet = String::new();
    for word in text.split(is_filler).filter(|word| !word.is_empty()) {
        if !snippet.is_empty() {
            snippet.push(' ');
        }
        snippet.push_str(word);
        if snippet.chars().count() > SNIPPET {
            break;
        }
    }
    snippet.chars().take(SNIPPET).collect()
}
