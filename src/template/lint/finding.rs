//! The findings of a lint.

use std::ops::Range;

use crate::template::error::{Origin, Place, Problem, Severity};

/// A finding in a range of the source. Only a finding that is reported becomes a [`Problem`], which holds its whole
/// line.
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Finding {
    pub(super) fn error(
        code: &'static str,
        range: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            range: range.clone(),
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub(super) fn warning(
        code: &'static str,
        range: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, range, message, hint)
        }
    }

    pub(super) fn problem(&self, origin: &Origin, text: &str) -> Problem {
        let concerned = text.get(self.range.clone()).unwrap_or_default();
        let length = concerned.lines().next().map_or(1, |line| line.chars().count());
        let place = Place::at(origin, text, self.range.start, length);
        let problem = Problem::new(self.code, &self.message, place).remedy(self.hint.clone());
        match self.severity {
            Severity::Error => problem,
            Severity::Warning => problem.warning(),
        }
    }
}

/// `Gmail`, `Gmail and Yahoo Mail`, `Gmail, Outlook.com and Yahoo Mail`.
pub(super) fn listed(clients: &[&str]) -> String {
    match clients {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
