//! Names of templates: kind, kind of record, and parts.

use std::fmt;
use std::str::FromStr;

/// The purpose of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The first mail about a meeting.
    Invitation,
    /// The meeting has changed in something that invitees must know.
    Update,
    /// The meeting was called off.
    Cancellation,
    /// The meeting is near.
    Reminder,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Invitation, Self::Update, Self::Cancellation, Self::Reminder];

    /// The folder of the kind, such as `invitation`.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Update => "update",
            Self::Cancellation => "cancellation",
            Self::Reminder => "reminder",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invitation => "Invitation",
            Self::Update => "Update",
            Self::Cancellation => "Cancellation",
            Self::Reminder => "Reminder",
        })
    }
}

/// The kind of CRM record that a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Record {
    /// A meeting.
    Meeting,
    /// A call.
    Call,
}

impl Record {
    /// All kinds of record.
    pub const ALL: [Self; 2] = [Self::Meeting, Self::Call];

    /// The folder of the record, such as `meeting`.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::Call => "call",
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Meeting => "Meeting",
            Self::Call => "Call",
        })
    }
}

/// The name of a template: `Invitation · Meeting`, in the folder `invitation/meeting`.
///
/// ```
/// use invite::template::{Kind, Record, TemplateName};
/// let name: TemplateName = "invitation/meeting".parse()?;
/// assert_eq!(name, TemplateName { kind: Kind::Invitation, record: Record::Meeting });
/// assert_eq!(name.to_string(), "Invitation · Meeting");
/// assert_eq!(name, "Invitation · Meeting".parse()?);
/// # Ok::<(), invite::template::UnknownTemplateName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateName {
    /// The purpose of the mail.
    pub kind: Kind,
    /// The kind of record that the mail is about.
    pub record: Record,
}

impl TemplateName {
    /// `Invitation · Meeting`.
    pub const INVITATION: Self = Self {
        kind: Kind::Invitation,
        record: Record::Meeting,
    };
    /// `Update · Meeting`.
    pub const UPDATE: Self = Self {
        kind: Kind::Update,
        record: Record::Meeting,
    };
    /// `Cancellation · Meeting`.
    pub const CANCELLATION: Self = Self {
        kind: Kind::Cancellation,
        record: Record::Meeting,
    };

    /// Every name there can be, in a fixed order.
    pub fn all() -> impl Iterator<Item = Self> {
        Kind::ALL
            .into_iter()
            .flat_map(|kind| Record::ALL.into_iter().map(move |record| Self { kind, record }))
    }

    /// The folder of the template, such as `invitation/meeting`.
    #[must_use]
    pub fn path(self) -> String {
        format!("{}/{}", self.kind.folder(), self.record.folder())
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}", self.kind, self.record)
    }
}

/// The error for a text that names no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} does not name a template{}", nearest.map(|n| format!(" (did you mean \"{n}\"?)")).unwrap_or_default())]
pub struct UnknownTemplateName {
    /// The text as it was given.
    pub text: String,
    /// The nearest name, if one is near.
    pub nearest: Option<TemplateName>,
}

impl FromStr for TemplateName {
    type Err = UnknownTemplateName;

    /// Reads `Invitation · Meeting` and `invitation/meeting`, in upper or lower case.
    fn from_str(text: &str) -> Result<Self, UnknownTemplateName> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let asked = words.join("/");
        if let Some(found) = Self::all().find(|name| name.path() == asked) {
            return Ok(found);
        }
        let nearest = Self::all()
            .map(|name| (strsim::jaro_winkler(&name.path(), &asked), name))
            .filter(|(score, _)| *score > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name);
        Err(UnknownTemplateName {
            text: text.to_owned(),
            nearest,
        })
    }
}

/// A part of a template. Each is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The subject, one line.
    Subject,
    /// The HTML body.
    Html,
    /// The text body.
    Text,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Html, Self::Text];

    /// The part's file, such as `body.html`.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Subject => "subject.txt",
            Self::Html => "body.html",
            Self::Text => "body.txt",
        }
    }

    /// The part that a file of this name holds. `body.mjml` is an HTML body too.
    #[must_use]
    pub fn from_file_name(name: &str) -> Option<Self> {
        if name == "body.mjml" {
            return Some(Self::Html);
        }
        Self::ALL.into_iter().find(|part| part.file_name() == name)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_every_spelling() {
        for text in ["Invitation · Meeting", "invitation/meeting", "INVITATION MEETING"] {
            assert_eq!(
                text.parse::<TemplateName>(),
                Ok(TemplateName::INVITATION),
                "{text}"
            );
        }
        for name in TemplateName::all() {
            assert_eq!(name.to_string().parse(), Ok(name));
            assert_eq!(name.path().parse(), Ok(name));
        }
    }

    #[test]
    fn an_unknown_name_offers_the_nearest() {
        let error = "invitaton/meeting".parse::<TemplateName>().unwrap_err();
        assert_eq!(error.nearest, Some(TemplateName::INVITATION));
        assert_eq!("zebra".parse::<TemplateName>().unwrap_err().nearest, None);
    }
}
