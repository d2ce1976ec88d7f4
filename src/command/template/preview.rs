//! `invite template preview`: a template as an invitee will see it, in files or in the browser.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::origin::origin_of;
use super::trying::{File, OfCrm, TryOn};
use crate::command::session::Session;
use crate::command::terminal::{DIM, STRONG};
use crate::command::{DONE, Outcome};
use crate::desk::{Desk, Meetings, Overview, Theme, overview, themed};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::Language;
use crate::pipeline::{Pick, Trial};
use crate::template::{self, Condition, Sample, TemplateName};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template preview invitation/meeting --language de --open\n\nWith --serve, files that \
    are saved show in the browser at once; Ctrl-C ends it."
)]
pub(in crate::command) struct Preview {
    /// The template, such as invitation/meeting
    #[arg(value_name = "NAME", default_value = "invitation/meeting")]
    name: TemplateName,
    #[command(flatten)]
    try_on: TryOn,
    /// As this attendee of the meeting gets it [default: the first]
    #[arg(long, value_name = "EMAIL or KIND:ID", conflicts_with = "sample")]
    to: Option<Pick>,
    /// As readers of this language get it [default: the attendee's, else the organization's]
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
    /// The folder that the files are written to
    #[arg(
        long,
        value_name = "DIR",
        default_value = "invite-preview",
        conflicts_with = "serve"
    )]
    out: PathBuf,
    /// Show it in the browser
    #[arg(long)]
    open: bool,
    /// Show every variable with its value, and each condition
    #[arg(long, conflicts_with = "serve")]
    variables: bool,
    /// Open a desk for the browser, on this machine only: choose, look, and see changes as files are saved
    #[arg(long)]
    serve: bool,
    /// The desk's port [default: one that is free]
    #[arg(long, value_name = "PORT", requires = "serve")]
    port: Option<u16>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
struct CannotWrite {
    path: PathBuf,
    source: io::Error,
}

impl Fault for CannotWrite {
    fn kind(&self) -> &'static str {
        "preview.cannot_write"
    }

    fn class(&self) -> Class {
        Class::CannotCreate
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("name another folder with --out".into())
    }
}

impl Preview {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let done = if self.serve {
            self.serve(session).await
        } else {
            self.write(session).await
        };
        session.close().await;
        done
    }

    async fn write(&self, session: &Session<'_>) -> Outcome {
        let setting = session.setting()?;
        let sample = self
            .try_on
            .sample(session, self.to.as_ref(), &setting.organization)
            .await?;
        let language = self
            .language
            .as_ref()
            .or(sample.invitee.language.as_ref())
            .unwrap_or(&setting.organization.language);
        let trials = setting.trials().map_err(BoxFault::new)?;
        let trial = trials
            .preview(self.name, &sample, language, session.clock.now())
            .map_err(BoxFault::new)?;
        let conditions = if self.variables {
            trials.templates.conditions(self.name, &sample, language)
        } else {
            Ok(Vec::new())
        }
        .map_err(BoxFault::new)?;
        let page = overview(&Overview {
            name: self.name,
            language,
            trial: &trial,
            sample: &sample,
        });
        let files = write_all(&self.out, &trial, &page).map_err(BoxFault::new)?;
        if self.open {
            show(session, &self.out.join("index.html").display().to_string());
        }
        let document = self.document(&trial, &sample, language, &files, &conditions);
        session
            .terminal
            .result(&document, || self.text(&trial, &sample, language, &conditions));
        Ok(DONE)
    }

    fn document(
        &self,
        trial: &Trial,
        sample: &Sample,
        language: &Language,
        files: &[PathBuf],
        conditions: &[Condition],
    ) -> Value {
        let preview = &trial.preview;
        let sources: Vec<_> = preview
            .sources
            .iter()
            .map(|(part, source)| {
                json!({
                    "part": part.to_string(), "path": source.path, "file": source.origin.path(),
                    "origin": origin_of(&source.origin),
                })
            })
            .collect();
        let mut document = json!({
            "template": self.name.path(), "about": sample.id, "language": language.tag(),
            "subject": preview.rendered.subject, "preheader": preview.preheader, "sources": sources, "files": files,
        });
        if self.variables {
            document["variables"] = variables(preview);
            document["conditions"] = conditions
                .iter()
                .map(|condition| {
                    json!({
                        "file": condition.file.to_string(), "line": condition.line, "column": condition.column,
                        "test": condition.test, "held": condition.held, "failed": condition.failed,
                    })
                })
                .collect();
        }
        document
    }

    fn text(&self, trial: &Trial, sample: &Sample, language: &Language, conditions: &[Condition]) -> String {
        let preview = &trial.preview;
        let mut text = format!(
            "{STRONG}{}{STRONG:#}  {DIM}{}, in {}{DIM:#}\n{}\n{DIM}{}{DIM:#}\n\n",
            self.name,
            sample.title,
            language.tag(),
            preview.rendered.subject,
            preview.preheader
        );
        for (part, source) in &preview.sources {
            text.push_str(&format!("  {part}  {DIM}{}{DIM:#}\n", source.origin));
        }
        if self.variables {
            text.push('\n');
            for (name, value) in &preview.variables {
                text.push_str(&format!(
                    "  {STRONG}{name}{STRONG:#} = {}\n",
                    crate::command::terminal::visible(&value.to_string())
                ));
            }
            text.push('\n');
            for condition in conditions {
                text.push_str(&format!(
                    "  {STRONG}{}{STRONG:#}  {}  {DIM}{}:{}{DIM:#}\n",
                    condition.outcome(),
                    condition.test,
                    condition.file,
                    condition.line
                ));
            }
        }
        text.push_str(&format!("\nlook at {}\n", self.out.join("index.html").display()));
        text
    }

    async fn serve(&self, session: &Session<'_>) -> Outcome {
        let setting = session.setting()?;
        let config = session.config().await?;
        let mut places: Vec<Box<dyn Meetings>> = Vec::new();
        let mut files: Vec<PathBuf> = config.file.iter().cloned().collect();
        if let Some(path) = &self.try_on.data {
            places.push(Box::new(File(path.clone())));
            files.push(path.clone());
        }
        match OfCrm::of(session).await {
            Ok(Some(place)) => places.push(Box::new(place)),
            Ok(None) => {}
            Err(fault) => session
                .terminal
                .note(&format!("without the CRM's meetings: {fault}")),
        }
        let about = match (&self.try_on.meeting, &self.try_on.sample) {
            (Some(meeting), _) => Some(format!("0:{meeting}")),
            (None, Some(sample)) => Some(format!("sample:{sample}")),
            (None, None) => None,
        };
        // A file is watched in its folder, and a path without one is in this one.
        let files = files.into_iter().map(absolute).collect();
        let folders = vec![absolute(setting.dir)];
        let desk = Desk::open(
            self.port.unwrap_or(0),
            session.read_setting(),
            (folders, files),
            places,
            session.clock.clone(),
        )
        .await
        .map_err(BoxFault::new)?;
        session.stop.listen();
        let url = desk.url(self.name, self.language.as_ref(), about.as_deref());
        session
            .terminal
            .result(&json!({ "url": url }), || format!("{url}\n"));
        session.terminal.note("the desk is open; Ctrl-C closes it");
        if self.open {
            show(session, &url);
        }
        desk.serve(session.stop.asked()).await.map_err(BoxFault::new)?;
        Ok(DONE)
    }
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Shows something in the browser; where there is none, its address has been printed.
fn show(session: &Session<'_>, what: &str) {
    if let Err(error) = open::that_detached(what) {
        session
            .terminal
            .note(&format!("cannot open a browser ({error}); open {what}"));
    }
}

/// Every variable with its value.
fn variables(preview: &template::Preview) -> Value {
    preview
        .variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

/// Writes everything that there is to see, and tells the files.
fn write_all(folder: &Path, trial: &Trial, page: &str) -> Result<Vec<PathBuf>, CannotWrite> {
    let rendered = &trial.preview.rendered;
    let variables = format!("{:#}", variables(&trial.preview));
    let (light, dark) = (themed(rendered, Theme::Light), themed(rendered, Theme::Dark));
    let mut files: Vec<(&str, &[u8])> = vec![
        ("index.html", page.as_bytes()),
        ("subject.txt", rendered.subject.as_bytes()),
        ("body.html", light.as_bytes()),
        ("body-dark.html", dark.as_bytes()),
        ("body.txt", rendered.text.as_bytes()),
        ("message.eml", &trial.message),
        ("variables.json", variables.as_bytes()),
    ];
    if let Some(calendar) = &trial.calendar {
        files.push(("invite.ics", calendar.as_bytes()));
    }
    let cannot = |path: &Path| {
        let path = path.to_owned();
        |source| CannotWrite { path, source }
    };
    std::fs::create_dir_all(folder).map_err(cannot(folder))?;
    if trial.calendar.is_none() {
        // A calendar object of an earlier preview is no part of this one.
        let _ = std::fs::remove_file(folder.join("invite.ics"));
    }
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(cannot(&path))?;
        written.push(path);
    }
    Ok(written)
}
