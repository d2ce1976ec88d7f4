//! `invite template check`: everything that can be found wrong without sending.

use clap::Args;
use serde_json::{Value, json};

use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, WARN};
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class};
use crate::hints::say;
use crate::template::{Inspection, Problem, Severity, Templates};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template check --format json\n\nExit status: 0 without errors (warnings may \
    be listed), 65 with errors."
)]
pub(in crate::command) struct Check {
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let dir = session.templates_dir().await?;
        let organization = &session.config().await?.organization;
        let inspection = Templates::inspect(dir.as_deref(), organization).map_err(BoxFault::new)?;
        let errors = inspection.count(Severity::Error);
        let warnings = inspection.count(Severity::Warning);
        let is_bad = errors > 0 || (self.strict && warnings > 0);
        let exit = if is_bad { Class::BadData.exit_code() } else { DONE };
        let mut document = json!({
            "files": inspection.files,
            "rendered": inspection.rendered,
            "errors": errors,
            "warnings": warnings,
            "problems": inspection.problems.iter().map(problem).collect::<Vec<_>>(),
        });
        if is_bad {
            let message = format!("{} in the templates", counts(errors, warnings));
            document["error"] = json!({
                "kind": "template.broken", "exit": exit, "message": message, "hint": "mend what is listed as problems",
            });
        }
        session.terminal.result(&document, || text(&inspection));
        Ok(exit)
    }
}

/// A problem as editors read it.
pub(super) fn problem(problem: &Problem) -> Value {
    json!({
        "file": problem.file.to_string(),
        "line": problem.line,
        "column": problem.column,
        "length": problem.length,
        "severity": problem.severity.as_str(),
        "code": problem.code,
        "message": problem.message,
        "nearest": problem.nearest,
        "hint": problem.remedy.as_ref().map(|remedy| remedy.words(say)),
        "notes": problem.notes,
        "source_line": problem.source_line,
    })
}

fn counts(errors: usize, warnings: usize) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    };
    format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
}

fn text(inspection: &Inspection) -> String {
    let mut text = String::new();
    for problem in &inspection.problems {
        let (style, word) = match problem.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (WARN, "warning"),
        };
        text.push_str(&format!(
            "{style}{word}{style:#} {DIM}{}{DIM:#}: {}\n\n",
            problem.code,
            problem.report_in(&say)
        ));
    }
    let (errors, warnings) = (
        inspection.count(Severity::Error),
        inspection.count(Severity::Warning),
    );
    let style = if errors > 0 { BAD } else { GOOD };
    text.push_str(&format!("{style}{}{style:#}", counts(errors, warnings)));
    text.push_str(&match inspection.rendered {
        0 => "; nothing was rendered, because of the errors\n".to_owned(),
        rendered => format!("; {} edited files, {rendered} mails tried\n", inspection.files),
    });
    text
}
