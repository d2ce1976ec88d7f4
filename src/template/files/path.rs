//! Paths below the folder of templates, and their meanings.

use crate::meeting::Language;
use crate::template::error::nearest;
use crate::template::name::{Kind, Part, Record, TemplateName};

use super::built_in;

/// A path below the folder of templates that has a meaning there, such as `invitation/meeting/body.html`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplatePath(String);

/// Why a text is no path of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no template file {path:?}: {reason}{}", nearest.as_ref().map(|n| format!(" (did you mean {n:?}?)")).unwrap_or_default())]
pub struct InvalidTemplatePath {
    /// The text as it was given.
    pub path: String,
    /// The reason why it is no path of a template.
    pub reason: String,
    /// The known name nearest to the wrong part of the path.
    pub nearest: Option<String>,
}

impl TemplatePath {
    /// Checks a path.
    ///
    /// # Errors
    /// [`InvalidTemplatePath`] if the path leads out of the folder, or is no path of a template or of labels.
    pub fn new(path: &str) -> Result<Self, InvalidTemplatePath> {
        let refuse = |reason: &str, nearest: Option<String>| InvalidTemplatePath {
            path: path.to_owned(),
            reason: reason.to_owned(),
            nearest,
        };
        let is_plain = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && !segment.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
        };
        if !path.split('/').all(is_plain) {
            return Err(refuse("it is no path below the folder of templates", None));
        }
        match meaning(path) {
            Ok(Meaning::Nothing) => Err(refuse("no template is kept there", None)),
            Ok(_) => Ok(Self(path.to_owned())),
            Err((reason, nearest)) => Err(refuse(&reason, nearest)),
        }
    }

    /// The file of a part, for all languages or for one.
    #[must_use]
    pub fn of_part(name: TemplateName, part: Part, language: Option<&Language>) -> Self {
        Self(match language {
            None => format!("{}/{}", name.path(), part.file_name()),
            Some(language) => format!("{}/{}/{}", name.path(), language.tag(), part.file_name()),
        })
    }

    /// The path, with slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the path is a file of this template. If a part or a language is given, the file must be of that part or
    /// language.
    #[must_use]
    pub fn is_of(&self, name: TemplateName, part: Option<Part>, language: Option<&Language>) -> bool {
        match meaning(&self.0) {
            Ok(Meaning::Part(of, for_language, of_part)) => {
                of == name
                    && part.is_none_or(|part| part == of_part)
                    && language.is_none_or(|language| for_language.as_ref() == Some(language))
            }
            _ => false,
        }
    }

    /// The built-in text that the file replaces. A file for one language replaces the built-in text for all languages,
    /// if there is no built-in text for that language.
    #[must_use]
    pub fn built_in(&self) -> Option<&'static str> {
        let find = |path: &str| {
            let file = built_in::FILES.iter().find(|(known, _)| *known == path);
            file.map(|(_, text)| *text)
        };
        find(&self.0).or_else(|| match meaning(&self.0) {
            Ok(Meaning::Part(name, Some(_), part)) => find(Self::of_part(name, part, None).as_str()),
            _ => None,
        })
    }
}

impl std::fmt::Display for TemplatePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for TemplatePath {
    type Err = InvalidTemplatePath;

    fn from_str(path: &str) -> Result<Self, InvalidTemplatePath> {
        Self::new(path)
    }
}

/// A change of a file: its new text, or `None` to remove the file, so that the built-in one counts again.
pub type FileChange = (TemplatePath, Option<String>);

/// The meaning of a path below the folder.
pub(in crate::template) enum Meaning {
    Labels(Language),
    Part(TemplateName, Option<Language>, Part),
    Shared,
    Nothing,
}

/// The meaning of a path. The error is the reason, with the nearest known name if there is one.
///
/// A file that only looks like a template must be an error. If the loader skipped it silently, its author would see the
/// built-in template and not know why.
pub(in crate::template) fn meaning(path: &str) -> Result<Meaning, (String, Option<String>)> {
    let segments: Vec<&str> = path.split('/').collect();
    let Some((file_name, folders)) = segments.split_last() else {
        return Ok(Meaning::Nothing);
    };
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_template = matches!(extension, "html" | "htm" | "txt" | "mjml" | "tera");
    match (folders, extension) {
        (["labels"], "ftl") => {
            let tag = file_name.trim_end_matches(".ftl");
            return match Language::new(tag) {
                Ok(language) => Ok(Meaning::Labels(language)),
                Err(error) => Err((error.to_string(), None)),
            };
        }
        (_, "ftl") => {
            return Err(("labels belong into the folder `labels`".to_owned(), None));
        }
        (["shared", ..], _) if is_template => return Ok(Meaning::Shared),
        _ if !is_template || folders.is_empty() => return Ok(Meaning::Nothing),
        _ => {}
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.folder() == folders[0]);
    let Some(kind) = kind else {
        let known = Kind::ALL
            .map(Kind::folder)
            .into_iter()
            .chain(["shared", "labels"]);
        return match nearest(folders[0], known) {
            None => Ok(Meaning::Nothing),
            near => Err((
                format!("no templates are kept in a folder `{}`", folders[0]),
                near,
            )),
        };
    };
    let record = folders
        .get(1)
        .and_then(|folder| Record::ALL.into_iter().find(|record| record.folder() == *folder));
    let Some(record) = record else {
        let asked = folders.get(1).copied().unwrap_or_default();
        let near = nearest(asked, Record::ALL.map(Record::folder)).unwrap_or_else(|| "meeting".to_owned());
        return Err((
            format!("below `{}` there are folders for kinds of records", kind.folder()),
            Some(near),
        ));
    };
    let language = match folders.get(2) {
        None => None,
        Some(tag) => Some(Language::new(tag).map_err(|error| (error.to_string(), None))?),
    };
    if folders.len() > 3 {
        return Err((
            "a template has no folders below those of languages".to_owned(),
            None,
        ));
    }
    match Part::from_file_name(file_name) {
        Some(part) => Ok(Meaning::Part(TemplateName { kind, record }, language, part)),
        None => Err((
            format!("a template has no part `{file_name}`"),
            nearest(file_name, Part::ALL.map(Part::file_name)),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TemplatePath {
        TemplatePath::new(text).unwrap()
    }

    #[test]
    fn a_misplaced_file_says_where_it_belongs() {
        for (path, near) in [
            ("invitaton/meeting/body.html", Some("invitation")),
            ("invitation/meetings/body.html", Some("meeting")),
            ("invitation/meeting/body.htm", Some("body.html")),
            ("invitation/meeting/german!/body.html", None),
            ("invitation/body.html", Some("meeting")),
            ("de.ftl", None),
        ] {
            match meaning(path) {
                Err((_, found)) => assert_eq!(found.as_deref(), near, "{path}"),
                Ok(_) => panic!("{path} was taken"),
            }
        }
        for path in ["README.txt", "notes/todo.txt", "invitation/meeting/logo.png"] {
            assert!(matches!(meaning(path), Ok(Meaning::Nothing)), "{path}");
        }
    }

    #[test]
    fn only_paths_of_templates_are_taken() {
        for good in [
            "invitation/meeting/body.html",
            "invitation/meeting/de/subject.txt",
            "shared/layout.html",
            "labels/de.ftl",
        ] {
            assert!(TemplatePath::new(good).is_ok(), "{good}");
        }
        for bad in [
            "../x.html",
            "/etc/passwd",
            "invitation//body.html",
            "shared/../../x.html",
            "notes.txt",
            ".history/x.html",
            "shared\\x.html",
        ] {
            assert!(TemplatePath::new(bad).is_err(), "{bad}");
        }
        let near = TemplatePath::new("invitaton/meeting/body.html").unwrap_err();
        assert_eq!(near.nearest.as_deref(), Some("invitation"));
    }

    #[test]
    fn a_file_of_a_language_stands_in_the_place_of_that_for_all() {
        let all = path("invitation/meeting/subject.txt").built_in();
        assert!(all.is_some());
        assert_eq!(path("invitation/meeting/nl/subject.txt").built_in(), all);
        assert_eq!(path("shared/mine.html").built_in(), None);
    }
}
