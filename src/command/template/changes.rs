//! Changes of templates, looked at before they are in force.

use crate::fault::BoxFault;
use crate::organization::Organization;
use crate::template::{FileChange, Inspection, Problem, Severity, TemplateFolder, Templates};

/// Looks at the templates as they would be.
pub(super) fn inspect(
    folder: &TemplateFolder,
    changes: &[FileChange],
    organization: &Organization,
) -> Result<Inspection, BoxFault> {
    let has_text = changes.iter().any(|(_, text)| text.is_some());
    let dir = (has_text || folder.dir().is_dir()).then(|| folder.dir());
    Templates::inspect_changes(dir, changes, organization).map_err(BoxFault::new)
}

/// The errors that changes bring. Errors that were there before do not count, so that an author can mend something else.
/// Errors that `always` picks count in any case.
pub(super) fn new_errors(
    folder: &TemplateFolder,
    organization: &Organization,
    after: &Inspection,
    always: impl Fn(&Problem) -> bool,
) -> Result<Vec<Problem>, BoxFault> {
    let errors = || {
        let problems = after.problems.iter();
        problems.filter(|problem| problem.severity == Severity::Error)
    };
    if errors().all(&always) {
        return Ok(errors().cloned().collect());
    }
    let before = inspect(folder, &[], organization)?;
    Ok(errors()
        .filter(|problem| always(problem) || !before.problems.contains(problem))
        .cloned()
        .collect())
}
