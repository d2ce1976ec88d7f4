//! The page: the lists to choose from, and one view of the chosen mail.

use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::edition::{Edition, Wrong};
use super::meetings::Choice;
use super::query::Query;
use crate::calendar::in_words;
use crate::hints::say;
use crate::meeting::{Language, Person, Zone};
use crate::pipeline::Trial;
use crate::template::{Condition, Inspection, Origin, Preview, Problem, Sample, TemplateName, escaped};

/// Both pages. A test makes sure that these templates have no mistakes.
static PAGES: LazyLock<Result<Tera, tera::Error>> = LazyLock::new(|| {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.add_raw_templates([
        ("parts.html", include_str!("parts.html")),
        ("desk.html", include_str!("desk.html")),
        ("overview.html", include_str!("overview.html")),
    ])?;
    Ok(tera)
});

pub(super) const STYLE: &str = include_str!("desk.css");
pub(super) const SCRIPT: &str = include_str!("desk.js");

/// The views, each with its title.
const VIEWS: [(&str, &str); 8] = [
    ("mail", "Mail"),
    ("text", "Text"),
    ("calendar", "Calendar"),
    ("source", "Source"),
    ("templates", "Files"),
    ("variables", "Variables"),
    ("conditions", "Conditions"),
    ("check", "Check"),
];

/// One entry of a list to choose from.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    value: String,
    label: String,
    chosen: bool,
}

/// A heading with entries below it.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    label: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Link {
    label: &'static str,
    query: String,
    current: bool,
}

/// The parts of a mail that an inbox shows.
#[derive(Debug, Serialize)]
struct Inbox<'a> {
    from: &'a str,
    initial: String,
    subject: &'a str,
    preheader: &'a str,
}

#[derive(Debug, Serialize)]
struct Source<'a> {
    part: String,
    origin: String,
    edited: bool,
    path: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Both<'a> {
    file: String,
    line: usize,
    test: &'a str,
    outcome: &'static str,
    if_so: String,
    if_not: String,
}

#[derive(Debug, Serialize)]
struct Found {
    severity: &'static str,
    code: &'static str,
    report: String,
}

/// The content of the lists to choose from.
#[derive(Debug, Default)]
pub(super) struct Choices {
    pub(super) languages: Vec<Language>,
    pub(super) samples: Vec<Sample>,
    /// The sources of meetings with their titles. For a source that could not be listed: the error.
    pub(super) places: Vec<(String, Result<Vec<Choice>, Wrong>)>,
    /// The possible readers of the mail about the chosen meeting.
    pub(super) people: Vec<Person>,
}

impl Choices {
    fn templates(query: &Query) -> Vec<Entry> {
        TemplateName::all()
            .map(|name| Entry {
                value: name.path(),
                label: name.to_string(),
                chosen: name.path() == query.template,
            })
            .collect()
    }

    fn languages(&self, query: &Query) -> Vec<Entry> {
        self.languages
            .iter()
            .map(Language::tag)
            .map(|tag| Entry {
                chosen: tag == query.language,
                label: tag.clone(),
                value: tag,
            })
            .collect()
    }

    fn abouts(&self, query: &Query) -> Vec<Group> {
        let entry = |value: String, label: String| Entry {
            chosen: value == query.about,
            value,
            label,
        };
        let samples = self
            .samples
            .iter()
            .map(|sample| entry(format!("sample:{}", sample.id), sample.title.clone()));
        let samples = Group {
            label: "Samples".to_owned(),
            entries: samples.collect(),
        };
        let places = self
            .places
            .iter()
            .enumerate()
            .map(|(number, (title, choices))| Group {
                label: title.clone(),
                entries: choices
                    .iter()
                    .flatten()
                    .map(|choice| entry(format!("{number}:{}", choice.id), choice.title.clone()))
                    .collect(),
            });
        std::iter::once(samples).chain(places).collect()
    }

    fn people(&self, query: &Query) -> Vec<Entry> {
        let entry = |person: &Person| {
            let value = person.reference.to_string();
            Entry {
                chosen: value == query.to,
                value,
                label: person.display_name(),
            }
        };
        self.people.iter().map(entry).collect()
    }
}

/// The data of a view that other views do not have.
#[derive(Debug)]
pub(super) enum Extra {
    Nothing,
    Conditions(Vec<Condition>),
    Check(Inspection),
}

/// The page about a mail, or about the error that prevents the mail.
pub(super) fn desk(
    query: &Query,
    choices: &Choices,
    edition: &Edition,
    shown: Result<(&Trial, &Sample), &Wrong>,
    extra: &Extra,
) -> String {
    let mut context = Context::new();
    context.insert("edition", &edition.number);
    context.insert("query", query);
    context.insert("dir", &edition.dir.as_ref().map(|dir| dir.display().to_string()));
    context.insert("templates", &Choices::templates(query));
    context.insert("languages", &choices.languages(query));
    context.insert("abouts", &choices.abouts(query));
    context.insert("people", &choices.people(query));
    let failed: Vec<_> = choices
        .places
        .iter()
        .filter_map(|(title, choices)| Some(format!("{title}: {}", choices.as_ref().err()?.message)))
        .collect();
    context.insert("failed", &failed);
    let views: Vec<Link> = VIEWS
        .iter()
        .map(|(view, label)| Link {
            label,
            query: query.with(|query| query.view = (*view).to_owned()),
            current: *view == query.view,
        })
        .collect();
    context.insert("views", &views);
    let themes: Vec<Link> = [("light", "Light"), ("dark", "Dark")]
        .iter()
        .map(|(theme, label)| Link {
            label,
            query: query.with(|query| query.theme = (*theme).to_owned()),
            current: *theme == query.theme().as_str(),
        })
        .collect();
    context.insert("themes", &themes);
    context.insert("mail", &query.with(|query| query.view.clear()));
    context.insert("wrong", &None::<()>);
    match shown {
        Ok((trial, sample)) => about_mail(&mut context, trial, sample),
        Err(wrong) => {
            context.insert(
                "wrong",
                &serde_json::json!({
                    "message": wrong.message, "report": wrong.report, "hint": wrong.hint,
                }),
            );
        }
    }
    match extra {
        Extra::Nothing => {}
        Extra::Conditions(conditions) => context.insert("conditions", &both(conditions, query)),
        Extra::Check(inspection) => {
            let found: Vec<_> = inspection.problems.iter().map(found).collect();
            context.insert("found", &found);
            context.insert("rendered", &inspection.rendered);
        }
    }
    render("desk.html", &context)
}

fn about_mail(context: &mut Context, trial: &Trial, sample: &Sample) {
    let preview = &trial.preview;
    context.insert("inbox", &inbox(preview, sample));
    context.insert("sources", &sources(preview));
    context.insert("text", &preview.rendered.text);
    context.insert("message", &String::from_utf8_lossy(&trial.message));
    context.insert("variables", &variables(preview));
    let zone = sample
        .invitee
        .time_zone
        .as_ref()
        .unwrap_or(&sample.organization.time_zone);
    context.insert("calendar_words", &words(trial.calendar.as_deref(), zone));
    context.insert("calendar", &trial.calendar);
    context.insert("kilobytes", &(preview.rendered.html.len().div_ceil(1024)));
}

fn inbox<'a>(preview: &'a Preview, sample: &'a Sample) -> Inbox<'a> {
    let from = sample.organization.name.as_str();
    Inbox {
        from,
        initial: from.chars().next().map(String::from).unwrap_or_default(),
        subject: &preview.rendered.subject,
        preheader: &preview.preheader,
    }
}

fn sources(preview: &Preview) -> Vec<Source<'_>> {
    preview
        .sources
        .iter()
        .map(|(part, source)| Source {
            part: part.to_string(),
            origin: source.origin.to_string(),
            edited: matches!(source.origin, Origin::File(_)),
            path: &source.path,
            text: &source.text,
        })
        .collect()
}

fn variables(preview: &Preview) -> Vec<Row> {
    let written = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "none".to_owned(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    preview
        .variables
        .iter()
        .map(|(name, value)| Row {
            name: (*name).to_owned(),
            value: written(value),
        })
        .collect()
}

fn words(calendar: Option<&str>, zone: &Zone) -> Vec<Row> {
    let words = calendar.map(|object| in_words(object, zone)).unwrap_or_default();
    words
        .into_iter()
        .map(|(what, said)| Row {
            name: what.to_owned(),
            value: said,
        })
        .collect()
}

fn both<'a>(conditions: &'a [Condition], query: &Query) -> Vec<Both<'a>> {
    conditions
        .iter()
        .map(|condition| {
            let as_if = |holds: &str| {
                query.with(|query| {
                    query.view.clear();
                    query.condition.clone_from(&condition.id);
                    holds.clone_into(&mut query.holds);
                })
            };
            Both {
                file: condition.file.to_string(),
                line: condition.line,
                test: &condition.test,
                outcome: condition.outcome(),
                if_so: as_if("yes"),
                if_not: as_if("no"),
            }
        })
        .collect()
}

fn found(problem: &Problem) -> Found {
    Found {
        severity: problem.severity.as_str(),
        code: problem.code,
        report: problem.report_in(&say),
    }
}

/// A preview as a separate page, beside the files that it shows.
#[derive(Debug)]
pub(crate) struct Overview<'a> {
    pub(crate) name: TemplateName,
    pub(crate) language: &'a Language,
    pub(crate) trial: &'a Trial,
    pub(crate) sample: &'a Sample,
}

/// The page for a preview that was written to files.
pub(crate) fn overview(overview: &Overview<'_>) -> String {
    let mut context = Context::new();
    context.insert("style", STYLE);
    context.insert("title", &overview.name.to_string());
    context.insert("language", &overview.language.tag());
    context.insert("sample", &overview.sample.title);
    about_mail(&mut context, overview.trial, overview.sample);
    render("overview.html", &context)
}

fn render(page: &str, context: &Context) -> String {
    let rendered = match &*PAGES {
        Ok(tera) => tera.render(page, context).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    rendered.unwrap_or_else(|error| format!("this page cannot be made: {}", escaped(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_templates() {
        assert!(PAGES.is_ok(), "{:?}", PAGES.as_ref().err());
    }
}
