//! The problems of a file of records, all in one error.

use std::fmt;

use serde::Serialize;

use super::records::Reference;
use crate::fault::{Class, Fault, Remedy};

/// All problems of a file of records. Nothing of such a file is imported.
///
/// `Display` has one line for each finding: `file:line:column: path: what — why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportErrors {
    file: String,
    findings: Vec<Finding>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The place among the records, such as `meetings[0].attendees[2].kind`; empty for the file as a whole.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The problem.
    pub what: String,
    /// The reason, or the correct form.
    pub why: String,
    /// If the file is no JSON: the line, and below it a mark under the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl ImportErrors {
    pub(super) fn new(file: &str, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| (finding.line, finding.column));
        Self {
            file: file.to_owned(),
            findings,
        }
    }

    /// Problems of references to unknown records: the CRM does not have them, and neither has the file
    /// ([`ImportFile::references`](super::ImportFile::references)).
    #[must_use]
    pub fn unknown_references<'a>(
        file_name: &str,
        references: impl IntoIterator<Item = &'a Reference>,
    ) -> Self {
        let findings = references.into_iter().map(|reference| Finding {
            path: reference.path.clone(),
            line: reference.line,
            column: reference.column,
            what: format!("there is no {}", reference.target),
            why: "neither in this file nor among the records loaded before".to_owned(),
            excerpt: None,
        });
        Self::new(file_name, findings.collect())
    }

    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for ImportErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{}:{}: ", self.file, finding.line, finding.column)?;
            if !finding.path.is_empty() {
                write!(f, "{}: ", finding.path)?;
            }
            write!(f, "{} — {}", finding.what, finding.why)?;
            if let Some(excerpt) = &finding.excerpt {
                write!(f, "\n{excerpt}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}

impl Fault for ImportErrors {
    fn kind(&self) -> &'static str {
        "import.invalid"
    }

    fn class(&self) -> Class {
        Class::BadData
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("nothing of this file was loaded; correct it and import it again".into())
    }
}
