//! `invite template history`, `diff`, `reset`, `restore` and `upgrade`: earlier versions of templates, and newer built-in
//! ones.

use clap::Args;
use serde_json::{Value, json};

use super::changes::{inspect, new_errors};
use super::part_name::PartName;
use super::target::{Target, edited, folder};
use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, STRONG, Table, visible};
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::Language;
use crate::template::{
    ChangeReason, FileChange, Part, TemplateError, TemplateFolder, TemplatePath, Upgrade, UpgradeState,
    difference,
};

#[derive(Debug, Args)]
#[command(after_help = "Example: invite template history invitation/meeting")]
pub(in crate::command) struct History {
    /// Only versions that have files of this template, or this file
    #[arg(value_name = "NAME or FILE")]
    target: Option<Target>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template diff invitation/meeting\n\nWith --upgrade: what has changed in the built-in \
    one since it was copied, what you have changed, and both together."
)]
pub(in crate::command) struct Diff {
    /// Only this template, or this file [default: all that are edited]
    #[arg(value_name = "NAME or FILE")]
    target: Option<Target>,
    /// Only this part
    #[arg(long, value_enum)]
    part: Option<PartName>,
    /// Only what is for readers of this language
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
    /// Against this version, not against the built-in one
    #[arg(long, value_name = "VERSION", conflicts_with = "upgrade")]
    version: Option<String>,
    /// What an upgrade of invite has changed
    #[arg(long)]
    upgrade: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template reset invitation/meeting\n\nWhat is taken away is kept as a version."
)]
pub(in crate::command) struct Reset {
    /// The template, or the file
    #[arg(value_name = "NAME or FILE", required_unless_present = "all")]
    target: Option<Target>,
    /// Only this part
    #[arg(long, value_enum)]
    part: Option<PartName>,
    /// Only what is for readers of this language
    #[arg(long, visible_alias = "lang", value_name = "TAG")]
    language: Option<Language>,
    /// Everything in the folder
    #[arg(long, conflicts_with = "target")]
    all: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template restore 20261124T081500Z\n\nWhat is there now is kept as a version."
)]
pub(in crate::command) struct Restore {
    /// The version, as `invite template history` lists it
    #[arg(value_name = "VERSION")]
    version: String,
    /// Only the files of this template, or this file
    #[arg(value_name = "NAME or FILE")]
    target: Option<Target>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template upgrade\n\nAn edited file gets what a newer invite has changed in the built-in \
    one. Where you have changed the same lines, it is left as it is, and a draft with both is put beside it."
)]
pub(in crate::command) struct UpgradeFiles {
    /// Only this template, or this file
    #[arg(value_name = "NAME or FILE")]
    target: Option<Target>,
}

#[derive(Debug, thiserror::Error)]
#[error("there is nothing edited in {}{}", dir.display(), of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default())]
struct NothingEdited {
    dir: std::path::PathBuf,
    of: Option<String>,
}

impl Fault for NothingEdited {
    fn kind(&self) -> &'static str {
        "template.nothing_edited"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("`invite template list` shows which files are edited".into())
    }
}

fn nothing_edited(folder: &TemplateFolder, target: Option<&Target>) -> BoxFault {
    BoxFault::new(NothingEdited {
        dir: folder.dir().to_owned(),
        of: target.map(|target| match target {
            Target::Template(name) => name.path(),
            Target::File(path) => path.to_string(),
        }),
    })
}

impl History {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let mut versions = folder(session)?.history().map_err(BoxFault::new)?;
        if let Some(target) = &self.target {
            for version in &mut versions {
                version.paths.retain(|path| target.has(path, None, None));
            }
            versions.retain(|version| !version.paths.is_empty());
        }
        let documents: Vec<_> = versions
            .iter()
            .map(|version| {
                let paths: Vec<_> = version.paths.iter().map(TemplatePath::as_str).collect();
                json!({"version": version.id, "before": version.reason.as_str(), "files": paths})
            })
            .collect();
        session.terminal.result(&documents, || {
            if versions.is_empty() {
                return "no versions: nothing has been changed by a command yet\n".to_owned();
            }
            let mut table = Table::default();
            for version in &versions {
                let paths: Vec<_> = version.paths.iter().map(TemplatePath::as_str).collect();
                table.row([
                    (version.id.as_str(), STRONG),
                    (&format!("before it was {}", version.reason.as_str()), DIM),
                    (&paths.join(", "), anstyle::Style::new()),
                ]);
            }
            table.to_text()
        });
        Ok(DONE)
    }
}

impl Diff {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let folder = folder(session)?;
        if self.upgrade {
            return self.upgrades(session, &folder);
        }
        let part = self.part.map(Part::from);
        let mut paths = edited(&folder, self.target.as_ref(), part, self.language.as_ref())?;
        if let Some(version) = &self.version {
            let of_version = folder.version(version).map_err(BoxFault::new)?.paths;
            let wanted = |path: &TemplatePath| {
                let target = self.target.as_ref();
                target.is_none_or(|target| target.has(path, part, self.language.as_ref()))
            };
            paths = of_version.into_iter().filter(wanted).collect();
        }
        if paths.is_empty() {
            return Err(nothing_edited(&folder, self.target.as_ref()));
        }
        let mut documents = Vec::new();
        for path in &paths {
            let now = folder.read(path).map_err(BoxFault::new)?;
            let now = now.as_deref().or_else(|| path.built_in()).unwrap_or_default();
            let diff = match &self.version {
                Some(version) => {
                    let kept = folder.kept(version, path).map_err(BoxFault::new)?;
                    let kept = kept.unwrap_or_default();
                    difference(&kept, now, (&format!("{path}, version {version}"), path.as_str()))
                }
                None => match path.built_in() {
                    Some(built_in) => difference(built_in, now, (&format!("built-in {path}"), path.as_str())),
                    None => difference("", now, ("nothing", path.as_str())),
                },
            };
            documents.push((path, diff));
        }
        let document: Vec<_> = documents
            .iter()
            .map(|(path, diff)| json!({"path": path.as_str(), "diff": diff}))
            .collect();
        session.terminal.result(&document, || {
            let text: String = documents
                .iter()
                .map(|(path, diff)| match diff.is_empty() {
                    true => format!("{DIM}{path}: the same{DIM:#}\n"),
                    false => coloured(diff),
                })
                .collect();
            text
        });
        Ok(DONE)
    }

    fn upgrades(&self, session: &Session<'_>, folder: &TemplateFolder) -> Outcome {
        let part = self.part.map(Part::from);
        let upgrades = upgrades(folder, self.target.as_ref(), part, self.language.as_ref())?;
        let documents: Vec<_> = upgrades.iter().map(upgrade_document).collect();
        session.terminal.result(&documents, || {
            if upgrades.is_empty() {
                return "nothing: the built-in ones are as they were when you copied them\n".to_owned();
            }
            upgrades.iter().map(three_ways).collect()
        });
        Ok(DONE)
    }
}

fn upgrades(
    folder: &TemplateFolder,
    target: Option<&Target>,
    part: Option<Part>,
    language: Option<&Language>,
) -> Result<Vec<Upgrade>, BoxFault> {
    let mut upgrades = folder.upgrades().map_err(BoxFault::new)?;
    upgrades.retain(|upgrade| target.is_none_or(|target| target.has(&upgrade.path, part, language)));
    Ok(upgrades)
}

fn upgrade_document(upgrade: &Upgrade) -> Value {
    let (state, together) = match upgrade.state() {
        UpgradeState::Unedited => ("unedited", upgrade.built_in.to_owned()),
        UpgradeState::Merged(text) => ("merged", text),
        UpgradeState::Conflict(text) => ("conflict", text),
    };
    json!({
        "path": upgrade.path.as_str(), "state": state, "built_in_changes": upgrade.theirs(),
        "your_changes": upgrade.ours(), "together": together,
    })
}

fn three_ways(upgrade: &Upgrade) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n\nwhat has changed in the built-in one:\n{}",
        upgrade.path,
        coloured(&upgrade.theirs())
    );
    let together = match upgrade.state() {
        UpgradeState::Unedited => {
            text.push_str("\nyou have changed nothing in it\n");
            return text;
        }
        UpgradeState::Merged(together) => {
            text.push_str(&format!(
                "\nwhat you have changed:\n{}",
                coloured(&upgrade.ours())
            ));
            text.push_str("\nboth together, as `invite template upgrade` makes it:\n");
            together
        }
        UpgradeState::Conflict(together) => {
            text.push_str(&format!(
                "\nwhat you have changed:\n{}",
                coloured(&upgrade.ours())
            ));
            text.push_str("\nboth together; between the marks you have to decide:\n");
            together
        }
    };
    text.push_str(&visible(&together));
    text.push('\n');
    text
}

fn coloured(diff: &str) -> String {
    visible(diff)
        .lines()
        .map(|line| match line.chars().next() {
            _ if line.starts_with("---") || line.starts_with("+++") => format!("{STRONG}{line}{STRONG:#}\n"),
            Some('+') => format!("{GOOD}{line}{GOOD:#}\n"),
            Some('-') => format!("{BAD}{line}{BAD:#}\n"),
            Some('@') => format!("{DIM}{line}{DIM:#}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

impl Reset {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let folder = folder(session)?;
        let part = self.part.map(Part::from);
        let paths = edited(&folder, self.target.as_ref(), part, self.language.as_ref())?;
        if paths.is_empty() {
            return Err(nothing_edited(&folder, self.target.as_ref()));
        }
        let changes: Vec<FileChange> = paths.into_iter().map(|path| (path, None)).collect();
        change(session, &folder, &changes, ChangeReason::Reset, &[])
    }
}

impl Restore {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let folder = folder(session)?;
        let version = folder.version(&self.version).map_err(BoxFault::new)?;
        let mut changes: Vec<FileChange> = Vec::new();
        for path in version.paths {
            if self
                .target
                .as_ref()
                .is_none_or(|target| target.has(&path, None, None))
            {
                let text = folder.kept(&self.version, &path).map_err(BoxFault::new)?;
                changes.push((path, text));
            }
        }
        if changes.is_empty() {
            return Err(nothing_edited(&folder, self.target.as_ref()));
        }
        let done = change(session, &folder, &changes, ChangeReason::Restored, &[])?;
        copied_from_now(&folder, &changes, false)?;
        Ok(done)
    }
}

impl UpgradeFiles {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let folder = folder(session)?;
        let upgrades = upgrades(&folder, self.target.as_ref(), None, None)?;
        let mut changes: Vec<FileChange> = Vec::new();
        let mut drafts = Vec::new();
        for upgrade in &upgrades {
            let path = upgrade.path.clone();
            match upgrade.state() {
                UpgradeState::Unedited => changes.push((path, Some(upgrade.built_in.to_owned()))),
                UpgradeState::Merged(text) => changes.push((path, Some(text))),
                UpgradeState::Conflict(text) => {
                    folder.write_draft(&path, &text).map_err(BoxFault::new)?;
                    drafts.push(path);
                }
            }
        }
        let mut exit = DONE;
        if changes.is_empty() {
            let document = json!({"state": "unchanged", "files": [], "drafts": names(&drafts)});
            let nothing = || "nothing to upgrade\n".to_owned();
            session.terminal.result(&document, || {
                if drafts.is_empty() {
                    nothing()
                } else {
                    String::new()
                }
            });
        } else {
            change(session, &folder, &changes, ChangeReason::Upgraded, &drafts)?;
            copied_from_now(&folder, &changes, true)?;
        }
        for path in &drafts {
            session.terminal.note(&format!(
                "{path}: you have changed the same lines; decide with `invite template edit {path}`, whose draft has both"
            ));
            exit = crate::command::DONE_IN_PART;
        }
        Ok(exit)
    }
}

fn names(paths: &[TemplatePath]) -> Vec<&str> {
    paths.iter().map(TemplatePath::as_str).collect()
}

/// Remembers today's built-in templates as the ones that these files were copied from. With `all` for every file,
/// otherwise only for files whose origin is not known.
fn copied_from_now(folder: &TemplateFolder, changes: &[FileChange], all: bool) -> Result<(), BoxFault> {
    for (path, _) in changes {
        let is_known = folder.base(path).map_err(BoxFault::new)?.is_some();
        if let Some(built_in) = path.built_in().filter(|_| all || !is_known) {
            folder.set_base(path, built_in).map_err(BoxFault::new)?;
        }
    }
    Ok(())
}

/// Puts files in force, if nothing is wrong with them.
fn change(
    session: &Session<'_>,
    folder: &TemplateFolder,
    changes: &[FileChange],
    reason: ChangeReason,
    drafts: &[TemplatePath],
) -> Outcome {
    let mut expected = Vec::new();
    for (path, _) in changes {
        expected.push(folder.read(path).map_err(BoxFault::new)?);
    }
    let organization = session.setting()?.organization;
    let after = inspect(folder, changes, &organization)?;
    let problems = new_errors(folder, &organization, &after, |_| false)?;
    if !problems.is_empty() {
        return Err(BoxFault::new(TemplateError::Broken { problems }));
    }
    let version = folder
        .install(changes, &expected, reason)
        .map_err(BoxFault::new)?;
    let files: Vec<_> = changes.iter().map(|(path, _)| path.as_str()).collect();
    let document = json!({
        "state": reason.as_str(), "files": files, "version_before": version, "drafts": names(drafts),
    });
    session.terminal.result(&document, || {
        let mut text = String::new();
        for file in &files {
            text.push_str(&format!("{GOOD}{}{GOOD:#}: {file}\n", reason.as_str()));
        }
        if let Some(version) = &version {
            text.push_str(&format!(
                "{DIM}what was there before is version {version}; `invite template restore {version}` puts it \
                 back{DIM:#}\n"
            ));
        }
        text
    });
    Ok(DONE)
}
