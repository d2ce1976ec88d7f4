//! `invite template edit`: a template in the author's editor, in force only when it is right.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::Command;

use clap::Args;
use serde_json::json;

use super::changes::{inspect, new_errors};
use super::check::problem;
use super::part_name::PartName;
use super::target::{Target, folder};
use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, WARN, visible};
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::hints::say;
use crate::meeting::Language;
use crate::organization::Organization;
use crate::template::{ChangeReason, FileChange, Inspection, Part, Problem, TemplateFolder, TemplatePath};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template edit invitation/meeting --part subject --language nl\n\nThe built-in one is \
    copied where there is no edited one yet. What you save counts when the check finds no error in it; until then it \
    is kept as a draft, with which the next edit goes on. The text before is kept: see `invite template history`."
)]
pub(in crate::command) struct Edit {
    /// The template, such as invitation/meeting, or a file, such as shared/layout.html or labels/de.ftl
    #[arg(value_name = "NAME or FILE")]
    target: Target,
    /// Which part [default: html]
    #[arg(long, value_enum)]
    part: Option<PartName>,
    /// Only for readers of this language
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
    /// The editor, as a shell command [default: $VISUAL, else $EDITOR, else vi]
    #[arg(long, value_name = "COMMAND")]
    editor: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum EditError {
    #[error("there is no editor")]
    NoEditor,
    #[error("the editor {editor:?} failed")]
    Editor { editor: String },
    #[error("cannot start the editor {editor:?}")]
    Start { editor: String, source: std::io::Error },
}

impl Fault for EditError {
    fn kind(&self) -> &'static str {
        "template.editor"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::NoEditor => "set EDITOR, or name one with --editor".into(),
            Self::Editor { .. } | Self::Start { .. } => {
                "check the command; `invite template edit` goes on with what was written".into()
            }
        })
    }
}

/// The file that is edited, and its texts.
struct Work {
    folder: TemplateFolder,
    path: TemplatePath,
    /// The text that was in force at the beginning.
    in_force: Option<String>,
    /// The text that counts as no change: the text in force, or else the text that would be copied.
    unchanged: String,
    /// The draft that there was.
    draft: Option<String>,
    organization: Organization,
}

/// The author's decision about a text with errors.
enum Decision {
    EditAgain,
    KeepDraft,
    Discard,
}

impl Edit {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let work = self.begin(session)?;
        loop {
            let text = self.edit(&work)?;
            if work.unchanged == text {
                work.folder.remove_draft(&work.path).map_err(BoxFault::new)?;
                return Ok(tell(session, &work, "unchanged", None, &[]));
            }
            let change = [(work.path.clone(), Some(text))];
            let inspection = inspect(&work.folder, &change, &work.organization)?;
            let errors = work.new_errors(&inspection)?;
            if errors.is_empty() {
                return work.install(session, &change, &inspection);
            }
            for error in &errors {
                let report = visible(&error.report_in(&say));
                session.terminal.error_line(&format!(
                    "{BAD}error{BAD:#} {DIM}{}{DIM:#}: {report}\n",
                    error.code
                ));
            }
            match ask() {
                Decision::EditAgain => {}
                Decision::KeepDraft => {
                    tell(session, &work, "draft", None, &errors);
                    return Ok(Class::BadData.exit_code());
                }
                Decision::Discard => {
                    work.folder.remove_draft(&work.path).map_err(BoxFault::new)?;
                    return Ok(tell(session, &work, "unchanged", None, &[]));
                }
            }
        }
    }

    fn begin(&self, session: &Session<'_>) -> Result<Work, BoxFault> {
        let folder = folder(session)?;
        let path = self.path(&folder);
        let in_force = folder.read(&path).map_err(BoxFault::new)?;
        let draft = folder.draft(&path).map_err(BoxFault::new)?;
        if draft.is_some() {
            session.terminal.note(&format!(
                "going on with the draft {}",
                folder.draft_file(&path).display()
            ));
        }
        let unchanged = match &in_force {
            Some(text) => text.clone(),
            None => self.copied(&folder, &path)?,
        };
        Ok(Work {
            folder,
            path,
            in_force,
            unchanged,
            draft,
            organization: session.setting()?.organization,
        })
    }

    fn path(&self, folder: &TemplateFolder) -> TemplatePath {
        match &self.target {
            Target::File(path) => path.clone(),
            Target::Template(name) => {
                let part = self.part.map_or(Part::Html, Part::from);
                let path = TemplatePath::of_part(*name, part, self.language.as_ref());
                // An HTML body may be written in MJML.
                let mjml = path.as_str().replace("body.html", "body.mjml");
                match TemplatePath::new(&mjml) {
                    Ok(mjml) if part == Part::Html && folder.file(&mjml).is_file() => mjml,
                    _ => path,
                }
            }
        }
    }

    /// The text that a new file begins with. A file for one language begins as the file for all languages, if there is one.
    fn copied(&self, folder: &TemplateFolder, path: &TemplatePath) -> Result<String, BoxFault> {
        if let (Target::Template(name), Some(_)) = (&self.target, &self.language) {
            let for_all = TemplatePath::of_part(*name, self.part.map_or(Part::Html, Part::from), None);
            if let Some(text) = folder.read(&for_all).map_err(BoxFault::new)? {
                return Ok(text);
            }
        }
        Ok(path.built_in().unwrap_or_default().to_owned())
    }

    /// Lets the author write; the text is the draft's from then on.
    fn edit(&self, work: &Work) -> Result<String, BoxFault> {
        let folder = &work.folder;
        let draft = folder.draft_file(&work.path);
        if folder.draft(&work.path).map_err(BoxFault::new)?.is_none() {
            folder
                .write_draft(&work.path, &work.unchanged)
                .map_err(BoxFault::new)?;
        }
        let opened = self.open(&draft);
        let written = folder.draft(&work.path).map_err(BoxFault::new)?;
        // An editor that removes the file has written nothing.
        let written = written.unwrap_or_else(|| work.unchanged.clone());
        if let Err(error) = opened {
            if work.draft.is_none() && written == work.unchanged {
                folder.remove_draft(&work.path).map_err(BoxFault::new)?;
            }
            return Err(BoxFault::new(error));
        }
        Ok(written)
    }

    fn open(&self, path: &Path) -> Result<(), EditError> {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let usual = || std::io::stdin().is_terminal().then(|| "vi".to_owned());
        let editor = self
            .editor
            .clone()
            .or_else(|| set("VISUAL"))
            .or_else(|| set("EDITOR"))
            .or_else(usual)
            .ok_or(EditError::NoEditor)?;
        // By old custom EDITOR is a shell command, and may have arguments.
        let ended = Command::new("sh")
            .arg("-c")
            .arg(format!("{editor} \"$1\""))
            .arg("sh")
            .arg(path)
            .status();
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(EditError::Editor { editor }),
            Err(source) => Err(EditError::Start { editor, source }),
        }
    }
}

impl Work {
    /// The errors that the new text brings, and all errors of this file.
    fn new_errors(&self, after: &Inspection) -> Result<Vec<Problem>, BoxFault> {
        let file = self.folder.file(&self.path);
        let is_here = |problem: &Problem| problem.file.path() == Some(&file);
        new_errors(&self.folder, &self.organization, after, is_here)
    }

    fn install(&self, session: &Session<'_>, change: &[FileChange], inspection: &Inspection) -> Outcome {
        let version = self
            .folder
            .install(change, std::slice::from_ref(&self.in_force), ChangeReason::Edited)
            .map_err(BoxFault::new)?;
        if self.in_force.is_none()
            && let Some(base) = self.path.built_in()
        {
            self.folder.set_base(&self.path, base).map_err(BoxFault::new)?;
        }
        self.folder.remove_draft(&self.path).map_err(BoxFault::new)?;
        let file = self.folder.file(&self.path);
        let warnings: Vec<Problem> = inspection
            .problems
            .iter()
            .filter(|problem| problem.file.path() == Some(&file))
            .cloned()
            .collect();
        Ok(tell(session, self, "in force", version.as_deref(), &warnings))
    }
}

/// Asks the author for a decision about errors. Without a terminal the draft is kept.
fn ask() -> Decision {
    if !std::io::stdin().is_terminal() {
        return Decision::KeepDraft;
    }
    loop {
        let mut out = anstream::stderr().lock();
        let _ = write!(
            out,
            "It does not count like this. [e]dit again, [k]eep as a draft, [d]iscard? "
        );
        let _ = out.flush();
        let mut answer = String::new();
        match std::io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => return Decision::KeepDraft,
            Ok(_) => {}
        }
        match answer.trim() {
            "e" | "edit" | "" => return Decision::EditAgain,
            "k" | "keep" => return Decision::KeepDraft,
            "d" | "discard" => return Decision::Discard,
            _ => {}
        }
    }
}

fn tell(session: &Session<'_>, work: &Work, state: &str, version: Option<&str>, problems: &[Problem]) -> u8 {
    let file = work.folder.file(&work.path);
    let draft = (state == "draft").then(|| work.folder.draft_file(&work.path));
    let document = json!({
        "path": work.path.as_str(), "file": file, "state": state, "version_before": version, "draft": draft,
        "problems": problems.iter().map(problem).collect::<Vec<_>>(),
    });
    session.terminal.result(&document, || {
        let mut text = match &draft {
            Some(draft) => format!(
                "{WARN}not in force{WARN:#}: the draft is {}; `invite template edit` goes on with it\n",
                draft.display()
            ),
            None => format!("{GOOD}{state}{GOOD:#}: {}\n", file.display()),
        };
        if let Some(version) = version {
            text.push_str(&format!(
                "{DIM}the text before is version {version}; `invite template restore {version}` puts it back{DIM:#}\n"
            ));
        }
        if draft.is_none() {
            for warning in problems {
                text.push_str(&format!(
                    "\n{WARN}warning{WARN:#} {DIM}{}{DIM:#}: {}\n",
                    warning.code,
                    visible(&warning.report_in(&say))
                ));
            }
        }
        text
    });
    DONE
}
