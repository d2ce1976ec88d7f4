//! Rendering of a mail: its parts, and the texts that it must contain.

use std::rc::Rc;
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use tera::Context;

use crate::meeting::{JoinUrl, Language, one_line};

use super::body;
use super::choice::Choice;
use super::context::{InvitationContext, Variables};
use super::description;
use super::engine::Page;
use super::functions;
use super::state::{PartFormat, RenderState, with_state};
use super::trace::Trace;
use crate::template::check::diagnosis;
use crate::template::check::label_checks;
use crate::template::language::locale::Locale;
use crate::template::name::{Kind, Part, TemplateName};
use crate::template::{Rendered, TemplateError, Templates};

/// Facts about the parts of a mail as templates printed them.
pub(in crate::template) struct Printed {
    pub(in crate::template) subject: String,
    /// How many octets the longest part has.
    pub(super) longest_part: usize,
    /// How the page was changed after it was printed.
    pub(super) rewriting: body::Rewriting,
    /// The page as it was printed, if it was rewritten.
    pub(super) page: Option<String>,
}

impl Templates {
    /// Renders a mail. If there is no text body, or only the built-in one beside an edited HTML body, the text is made
    /// from the HTML body.
    ///
    /// Each part is taken from the first file that exists, in this order: for the language, for its parents (`de` for
    /// `de-AT`), for the organization's language, for all languages. At each step, the configured folder's file comes
    /// before the built-in one. A part is written in one language throughout: the language of its file. A file for all
    /// languages is written in the reader's language, or in the organization's if there are no labels in the reader's.
    ///
    /// # Errors
    /// [`TemplateError::Missing`] if there is no subject or HTML body. [`TemplateError::Broken`] if rendering fails,
    /// exceeds the limits, leaves the subject empty, or omits the join link. [`TemplateError::Dates`] if CLDR's data
    /// cannot write dates of the language.
    pub fn render(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Rendered, TemplateError> {
        self.render_parts(name, context, None)
            .map(|(rendered, _)| rendered)
    }

    /// The mail, and facts about how it was printed. If conditions are traced, the join link may be missing.
    pub(in crate::template) fn render_parts(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
        trace: Option<&Rc<Trace>>,
    ) -> Result<(Rendered, Printed), TemplateError> {
        let ours = &context.organization.language;
        let choose = |part| self.choose(name, part, context.language, ours);
        let missing = |part| TemplateError::Missing { name, part };
        let subject = choose(Part::Subject).ok_or_else(|| missing(Part::Subject))?;
        let html = choose(Part::Html).ok_or_else(|| missing(Part::Html))?;
        let text = choose(Part::Text).filter(|text| !self.speaks_for_itself(text, &html));

        let speak = |language: &Language| self.0.locales.of(language, ours, &self.0.labels);
        let locale = speak(&html.language)?;
        let variables = self.variables_of(name, context, &locale)?;
        let entry = Rc::new(variables.calendar_entry(context));
        let begin = |locale: &Arc<Locale>, format| {
            let color = context.organization.brand.color;
            let zone = context.invitee_zone.clone();
            let state = RenderState::new(Arc::clone(locale), format, zone, color, Rc::clone(&entry));
            Rc::new(state.traced(trace))
        };
        // Mostly all parts are in one language, and share their variables.
        let render_text = |choice: &Choice<'_>| {
            if choice.language == locale.language {
                return self.print(
                    choice.template,
                    variables.text(),
                    &begin(&locale, PartFormat::Text),
                );
            }
            let locale = speak(&choice.language)?;
            let variables = self.variables_of(name, context, &locale)?;
            self.print(
                choice.template,
                variables.text(),
                &begin(&locale, PartFormat::Text),
            )
        };
        let printed_subject = render_text(&subject)?;
        let subject_line = one_line(&printed_subject);
        if subject_line.is_empty() {
            return Err(TemplateError::problem(self.at_start(
                "empty_subject",
                "the subject is empty",
                subject.template,
            )));
        }
        let written = text.as_ref().map(render_text).transpose()?;
        let state = begin(&locale, PartFormat::Html);
        let printed = self.print(html.template, &variables.into_html(), &state)?;
        let longest_part = [
            printed_subject.len(),
            printed.len(),
            written.as_ref().map_or(0, String::len),
        ];
        let page = if html.template.ends_with(".mjml") {
            body::of_mjml(printed)
        } else {
            body::of_html(printed)
        };
        let body::Page {
            html: page,
            rewriting,
            printed: printed_page,
        } = page.map_err(|error| {
            TemplateError::problem(self.at_start(error.code(), &error.to_string(), html.template))
        })?;
        let text_body = match written {
            Some(text) => tidy(&text),
            None => description::to_text(&page),
        };
        if name.kind != Kind::Cancellation && trace.is_none() {
            let choices = [(&html, &page), (text.as_ref().unwrap_or(&html), &text_body)];
            self.require_link(context.join_url, choices)?;
        }
        let rendered = Rendered {
            subject: subject_line,
            text: text_body,
            html: page,
            right_to_left: html.language.is_right_to_left(),
            language: html.language,
            images: state.images.take(),
        };
        let printed = Printed {
            subject: printed_subject,
            longest_part: longest_part.into_iter().max().unwrap_or_default(),
            rewriting,
            page: printed_page,
        };
        Ok((rendered, printed))
    }

    /// Refuses a mail that has no join link although its meeting has one.
    fn require_link(
        &self,
        join_url: Option<&JoinUrl>,
        bodies: [(&Choice<'_>, &String); 2],
    ) -> Result<(), TemplateError> {
        let Some(url) = join_url.map(JoinUrl::as_str) else {
            return Ok(());
        };
        let escaped = functions::escaped(url);
        for (choice, body) in bodies {
            if !body.contains(url) && !body.contains(&escaped) {
                let message = "the meeting has a link to join, and the mail does not show it";
                let problem = self.at_start("join_link_missing", message, choice.template);
                return Err(TemplateError::problem(problem.remedy(
                    "put {{ join_url }} where every reader gets it, outside of conditions other than `{% if join_url %}`",
                )));
            }
        }
        Ok(())
    }

    /// A label that is used by itself, such as `join`, in a reader's language, or in the organization's if there are no
    /// labels in the reader's.
    ///
    /// # Errors
    /// [`TemplateError::Broken`] when there is no such label or it cannot be written;
    /// [`TemplateError::Dates`] when CLDR's data cannot write dates of the language.
    pub fn label(
        &self,
        key: &str,
        language: &Language,
        organization_language: &Language,
    ) -> Result<String, TemplateError> {
        self.label_with(key, None, language, organization_language)
    }

    /// A label with one argument, such as `test-subject` with `subject`.
    ///
    /// # Errors
    /// As of [`Templates::label`].
    pub fn label_with(
        &self,
        key: &str,
        argument: Option<(&str, &str)>,
        language: &Language,
        organization_language: &Language,
    ) -> Result<String, TemplateError> {
        let locale = self
            .0
            .locales
            .of(language, organization_language, &self.0.labels)?;
        let arguments: Option<FluentArgs<'_>> = argument.map(|argument| [argument].into_iter().collect());
        locale
            .phrases
            .label(key, arguments.as_ref())
            .map_err(|error| TemplateError::problem(label_checks::label_problem(&error, &self.0.catalogue)))
    }

    pub(in crate::template) fn variables_of(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
        locale: &Locale,
    ) -> Result<Variables, TemplateError> {
        Variables::new(name, context, locale)
            .map_err(|error| TemplateError::problem(label_checks::label_problem(&error, &self.0.catalogue)))
    }

    fn print(
        &self,
        template: &str,
        context: &Context,
        part: &Rc<RenderState>,
    ) -> Result<String, TemplateError> {
        let mut page = Page::default();
        let tera = match part.trace {
            None => &self.0.tera,
            Some(_) => self.traced_engine()?,
        };
        with_state(part, || tera.render_to(template, context, &mut page)).map_err(|error| {
            TemplateError::Broken {
                problems: diagnosis::problems(&error, template, &*self.0),
            }
        })?;
        Ok(page.into_text())
    }
}

/// Text without spaces at the ends of lines, and with at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if empty > 0 && !tidy.is_empty() {
            tidy.push('\n');
        }
        empty = 0;
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy
}
