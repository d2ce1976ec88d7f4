//! The conditions of a template, each shown both ways: as if it held, and as if it did not.

use std::rc::Rc;

use crate::meeting::Language;

use super::sample::Sample;
use crate::template::error::{Origin, Place};
use crate::template::name::{Part, TemplateName};
use crate::template::render::trace::{Trace, conditions};
use crate::template::tags::tags;
use crate::template::{Rendered, TemplateError, Templates};

/// A condition of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The place by which [`Templates::as_if`] finds the condition: file, line and column.
    pub id: String,
    /// The file.
    pub file: Origin,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The question as the author wrote it, such as `join_url`.
    pub test: String,
    /// Whether the condition held at least once.
    pub held: bool,
    /// Whether the condition failed at least once. A condition that neither held nor failed was not reached.
    pub failed: bool,
}

impl Condition {
    /// The outcome in one or two words.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match (self.held, self.failed) {
            (true, true) => "sometimes",
            (true, false) => "yes",
            (false, true) => "no",
            (false, false) => "not asked",
        }
    }
}

impl Templates {
    /// The conditions in the files of a sample's mail, with the outcome of each.
    ///
    /// # Errors
    /// As of [`Templates::render`].
    pub fn conditions(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
    ) -> Result<Vec<Condition>, TemplateError> {
        let trace = Rc::new(Trace::default());
        self.traced(name, sample, language, &trace)?;
        let seen = trace.seen();
        let ours = &sample.organization.language;
        let parts = Part::ALL
            .into_iter()
            .filter_map(|part| self.source(name, part, language, ours));
        let mut files: Vec<String> = Vec::new();
        for part in parts {
            self.reach(part.path, &mut files);
        }
        for id in seen.keys() {
            let file = id.rsplitn(3, ':').last().unwrap_or_default();
            self.reach(file.to_owned(), &mut files);
        }
        let mut found = Vec::new();
        for path in &files {
            let Some(file) = self.0.catalogue.file(path) else {
                continue;
            };
            let tags = tags(&file.text);
            for (_, start, end, id) in conditions(path, &file.text, &tags) {
                let place = Place::at(&file.origin, &file.text, start, 1);
                let (held, failed) = seen.get(&id).copied().unwrap_or_default();
                found.push(Condition {
                    file: file.origin.clone(),
                    line: place.line,
                    column: place.column,
                    test: file.text[start..end].trim().to_owned(),
                    held,
                    failed,
                    id,
                });
            }
        }
        Ok(found)
    }

    /// The mail of a sample as it would be if one condition held, or did not hold. This mail may lack the join link.
    ///
    /// # Errors
    /// As of [`Templates::render`].
    pub fn as_if(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
        (condition, holds): (&str, bool),
    ) -> Result<Rendered, TemplateError> {
        let trace = Rc::new(Trace::forcing(condition, holds));
        self.traced(name, sample, language, &trace)
    }

    fn traced(
        &self,
        name: TemplateName,
        sample: &Sample,
        language: &Language,
        trace: &Rc<Trace>,
    ) -> Result<Rendered, TemplateError> {
        let context = sample.context_for(name, language);
        let (rendered, _) = self.render_parts(name, &context, Some(trace))?;
        Ok(rendered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sample: &str) -> (Templates, Sample) {
        let templates = Templates::built_in().unwrap();
        let sample = Sample::all().into_iter().find(|s| s.id == sample).unwrap();
        (templates, sample)
    }

    #[test]
    fn each_condition_tells_how_it_came_out() {
        let (templates, sample) = of("room");
        let all = templates
            .conditions(TemplateName::INVITATION, &sample, &Language::ENGLISH)
            .unwrap();
        let of_link = all
            .iter()
            .find(|condition| condition.test.starts_with("join_url"))
            .unwrap();
        assert!(of_link.failed && !of_link.held, "{of_link:?}");
        assert!(all.iter().any(|condition| condition.held));
        let (templates, sample) = of("zoom");
        let all = templates
            .conditions(TemplateName::INVITATION, &sample, &Language::ENGLISH)
            .unwrap();
        let of_link = all.iter().find(|condition| condition.id == of_link.id).unwrap();
        assert!(of_link.held);
    }

    #[test]
    fn a_condition_is_shown_the_other_way() {
        let (templates, sample) = of("zoom");
        let english = Language::ENGLISH;
        let url = sample.meeting.join_url.as_ref().unwrap().as_str();
        let all = templates
            .conditions(TemplateName::INVITATION, &sample, &english)
            .unwrap();
        let of_link = all
            .iter()
            .find(|c| c.test == "join_url" && c.file.to_string().ends_with(".html"))
            .unwrap();
        let as_if = |holds| {
            templates
                .as_if(TemplateName::INVITATION, &sample, &english, (&of_link.id, holds))
                .unwrap()
        };
        assert!(as_if(true).html.contains(url));
        assert!(!as_if(false).html.contains(&format!("href=\"{url}\"")));
        let usual = templates
            .render(TemplateName::INVITATION, &sample.context(&english))
            .unwrap();
        assert_eq!(as_if(true).subject, usual.subject);
    }
}
