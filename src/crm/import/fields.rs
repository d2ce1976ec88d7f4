//! Reads the fields of a record, and notes the problems of each.

use super::error::Finding;
use super::json::{Document, Json, Member};

/// The problems that are found while a document is read.
pub(super) struct Findings<'a> {
    document: Document<'a>,
    pub(super) list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(document: Document<'a>) -> Self {
        Self {
            document,
            list: Vec::new(),
        }
    }

    /// Notes a problem at a slice of the document.
    pub(super) fn note(
        &mut self,
        slice: &str,
        path: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let (line, column) = self.document.place(slice);
        self.list.push(Finding {
            path: path.into(),
            line,
            column,
            what: what.into(),
            why: why.into(),
            excerpt: None,
        });
    }

    /// Line and column of a slice of the document.
    pub(super) fn place(&self, slice: &str) -> (usize, usize) {
        self.document.place(slice)
    }
}

/// A value, and its path among the records.
#[derive(Debug, Clone)]
pub(super) struct At<'a> {
    pub(super) json: Json<'a>,
    pub(super) path: String,
}

impl<'a> At<'a> {
    fn wrong_type(&self, findings: &mut Findings<'_>, expected: &str) {
        let what = format!("{} stands here", self.json.kind());
        findings.note(
            self.json.slice(),
            self.path.as_str(),
            what,
            format!("it must be {expected}"),
        );
    }

    /// Notes that the value cannot be used.
    pub(super) fn refuse(
        &self,
        findings: &mut Findings<'_>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        findings.note(self.json.slice(), self.path.as_str(), what, why);
    }

    /// The text of a string.
    pub(super) fn text(&self, findings: &mut Findings<'_>) -> Option<String> {
        if !self.json.is_text() {
            self.wrong_type(findings, "text");
            return None;
        }
        match self.json.text() {
            Err(why) => {
                self.refuse(findings, "this is no text", why);
                None
            }
            Ok(text) if text.contains('\0') => {
                self.refuse(
                    findings,
                    "the text has the character U+0000 in it",
                    "not every database can keep it",
                );
                None
            }
            Ok(text) => Some(text),
        }
    }

    fn flag(&self, findings: &mut Findings<'_>) -> Option<bool> {
        let flag = self.json.flag();
        if flag.is_none() {
            self.wrong_type(findings, "true or false");
        }
        flag
    }

    /// The items of a list.
    pub(super) fn items(&self, findings: &mut Findings<'_>) -> Vec<At<'a>> {
        if !self.json.slice().starts_with('[') {
            self.wrong_type(findings, "a list");
            return Vec::new();
        }
        match self.json.items() {
            Ok(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, json)| At {
                    json,
                    path: format!("{}[{index}]", self.path),
                })
                .collect(),
            Err(why) => {
                self.refuse(findings, "this list cannot be read", why);
                Vec::new()
            }
        }
    }

    /// The fields of an object. Unknown fields, and fields that occur twice, are noted.
    pub(super) fn fields(
        &self,
        findings: &mut Findings<'_>,
        record: &'static str,
        known: &'static [&'static str],
    ) -> Option<Fields<'a>> {
        if !self.json.slice().starts_with('{') {
            self.wrong_type(findings, &format!("an object: {record}"));
            return None;
        }
        let members = match self.json.members() {
            Ok(members) => members,
            Err(why) => {
                self.refuse(findings, "this object cannot be read", why);
                return None;
            }
        };
        let fields = Fields {
            at: self.clone(),
            record,
            members,
        };
        for (index, member) in fields.members.iter().enumerate() {
            let name = member.name.as_ref();
            let path = fields.path_of(name);
            if !known.contains(&name) {
                let why = nearest(known, name).map_or_else(
                    || format!("its fields are {}", known.join(", ")),
                    |known| format!("did you mean {known:?}?"),
                );
                findings.note(
                    member.slice(),
                    path,
                    format!("{} is not a field of {record}", shown(name)),
                    why,
                );
            } else if fields.members[..index].iter().any(|earlier| earlier.name == name) {
                findings.note(member.slice(), path, "this field is there twice", "write it once");
            }
        }
        Some(fields)
    }
}

/// The fields of an object.
pub(super) struct Fields<'a> {
    at: At<'a>,
    record: &'static str,
    members: Vec<Member<'a>>,
}

impl<'a> Fields<'a> {
    fn path_of(&self, name: &str) -> String {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match (self.at.path.as_str(), plain) {
            ("", true) => name.to_owned(),
            (path, true) => format!("{path}.{name}"),
            (path, false) => format!("{path}[{}]", shown(name)),
        }
    }

    /// The object itself, with its place.
    pub(super) fn at(&self) -> &At<'a> {
        &self.at
    }

    /// A field that exists and is not null.
    pub(super) fn get(&self, name: &'static str) -> Option<At<'a>> {
        let member = self.members.iter().find(|member| member.name == name)?;
        (!member.value.is_null()).then(|| At {
            json: member.value,
            path: self.path_of(name),
        })
    }

    /// Notes that a field is missing.
    pub(super) fn missing(&self, findings: &mut Findings<'_>, name: &'static str, why: impl Into<String>) {
        findings.note(self.at.json.slice(), self.path_of(name), "missing", why);
    }

    /// A field that must exist.
    pub(super) fn required(&self, findings: &mut Findings<'_>, name: &'static str) -> Option<At<'a>> {
        let found = self.get(name);
        if found.is_none() {
            self.missing(findings, name, format!("{} needs it", self.record));
        }
        found
    }

    /// A text. `None`: the field is missing, null or empty.
    pub(super) fn text(&self, findings: &mut Findings<'_>, name: &'static str) -> Option<String> {
        self.filled(findings, name).map(|(_, text)| text)
    }

    /// A text and its place. `None`: the field is missing, null or empty.
    pub(super) fn filled(&self, findings: &mut Findings<'_>, name: &'static str) -> Option<(At<'a>, String)> {
        let at = self.get(name)?;
        let text = at.text(findings).filter(|text| !text.is_empty())?;
        Some((at, text))
    }

    /// `true` or `false`. `None`: the field is missing or null.
    pub(super) fn flag(&self, findings: &mut Findings<'_>, name: &'static str) -> Option<bool> {
        self.get(name)?.flag(findings)
    }

    /// The items of a list. A missing field, or null, counts as an empty list.
    pub(super) fn items(&self, findings: &mut Findings<'_>, name: &'static str) -> Vec<At<'a>> {
        self.get(name).map_or_else(Vec::new, |at| at.items(findings))
    }

    /// One of a few words. `None`: the field is missing, null or wrong.
    pub(super) fn choice<T: Copy>(
        &self,
        findings: &mut Findings<'_>,
        name: &'static str,
        what: &str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let at = self.get(name)?;
        let text = at.text(findings)?;
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&'static str> = choices.iter().map(|(word, _)| *word).collect();
            let list = match words.as_slice() {
                [one] => format!("the only one known is {one}"),
                [others @ .., last] => format!("write {} or {last}", others.join(", ")),
                [] => String::new(),
            };
            let advice = nearest(&words, &text)
                .map(|word| format!("; did you mean {word}?"))
                .unwrap_or_default();
            at.refuse(
                findings,
                format!("{} is not {what}", shown(&text)),
                list + &advice,
            );
        }
        found.map(|(_, choice)| *choice)
    }
}

/// A text for a message: quoted, and cut if it is long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

fn nearest(known: &[&'static str], given: &str) -> Option<&'static str> {
    let plain = |text: &str| text.to_lowercase().replace([' ', '_', '-'], "");
    let given = plain(given);
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(&plain(word), &given), *word))
        .filter(|(score, _)| *score >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}
