//! The file format of the built-in CRM: roles, people and meetings as JSON.
//!
//! [`read`] checks a whole file. It returns either all of its records, or all of its problems, each with its path and
//! line. `docs/import.md` describes the format.
//!
//! ```
//! let text = r#"{"contacts": [{"id": "lee", "name": "Lee", "emial": "lee@client.example"}]}"#;
//! let errors = invite::crm::import::read(text, "people.json").unwrap_err();
//! assert_eq!(
//!     errors.to_string(),
//!     r#"people.json:1:45: contacts[0].emial: "emial" is not a field of a contact — did you mean "email"?"#
//! );
//! ```

mod coming_weeks;
mod error;
mod fields;
mod json;
mod meeting;
mod person;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;

pub use coming_weeks::CannotMove;
pub use error::{Finding, ImportErrors};

use super::MeetingRecord;
use crate::meeting::{EditAccess, Person, PersonId, PersonRef, RoleId};
use crate::online::OnlineUser;
use fields::{At, Fields, Findings, shown};
use json::Document;

/// The records of a file, each valid by itself.
///
/// Records may refer to records that are not in the file, see [`ImportFile::references`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportFile {
    /// The roles.
    pub roles: Vec<Role>,
    /// The users.
    pub users: Vec<ImportedUser>,
    /// The contacts.
    pub contacts: Vec<Person>,
    /// The leads.
    pub leads: Vec<Person>,
    /// The meetings.
    pub meetings: Vec<MeetingRecord>,
    references: Vec<Reference>,
}

/// The permissions of the users who have the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// Whether the role has the *Zoom Meetings* scope.
    pub zoom_meetings: bool,
    /// The meetings that the role lets its users edit.
    pub meeting_edit: EditAccess,
}

/// A user, with the user's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedUser {
    /// The user. The permissions of the roles ([`UserFacts`](crate::meeting::UserFacts)) are not filled in, because a
    /// role may be a record of an earlier import.
    pub person: Person,
    /// Whether the user may have meetings at Zoom, and the Zoom ID: the field `zoom`.
    pub zoom: OnlineUser,
    /// The roles, each once.
    pub roles: Vec<RoleId>,
}

/// A reference to a record that is not in the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The record that is referred to.
    pub target: Target,
    /// The place of the reference: its path among the records, such as `meetings[0].assigned_user`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// The record that a [`Reference`] refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A role.
    Role(RoleId),
    /// A user, contact or lead.
    Person(PersonRef),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(id) => write!(f, "role {:?}", id.as_str()),
            Self::Person(person) => write!(f, "{} {:?}", person.kind, person.id.as_str()),
        }
    }
}

impl ImportFile {
    /// The references to roles and people that are not in the file. The caller checks that the CRM has them, and makes
    /// [`ImportErrors::unknown_references`] from the others.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// A user, contact or lead of the file.
    #[must_use]
    pub fn person(&self, who: &PersonRef) -> Option<&Person> {
        let users = self.users.iter().map(|user| &user.person);
        let mut people = users.chain(&self.contacts).chain(&self.leads);
        people.find(|person| person.reference == *who)
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.roles.len() + self.users.len() + self.contacts.len() + self.leads.len() + self.meetings.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads a file of records. `file_name` is the name of the file in errors.
///
/// # Errors
/// [`ImportErrors`] with all problems, if the text is not JSON or a record is wrong.
pub fn read(text: &str, file_name: &str) -> Result<ImportFile, ImportErrors> {
    let document = Document::new(text);
    let root = match document.parse() {
        Ok(json) => At {
            json,
            path: String::new(),
        },
        Err(finding) => return Err(ImportErrors::new(file_name, vec![finding])),
    };
    let mut reading = Reading {
        findings: Findings::new(document),
        references: Vec::new(),
        uids: HashMap::new(),
    };
    let records = reading.records(&root);
    if !reading.findings.list.is_empty() {
        return Err(ImportErrors::new(file_name, reading.findings.list));
    }
    Ok(records)
}

/// The state while a file is read.
struct Reading<'a> {
    findings: Findings<'a>,
    references: Vec<Reference>,
    /// The iCalendar UIDs so far, each with the path of its meeting.
    uids: HashMap<String, String>,
}

impl<'a> Reading<'a> {
    fn records(&mut self, root: &At<'a>) -> ImportFile {
        const SECTIONS: &[&str] = &["roles", "users", "contacts", "leads", "meetings"];
        let Some(sections) = root.fields(&mut self.findings, "a file of records", SECTIONS) else {
            return ImportFile::default();
        };
        let roles = self.each(&sections, "roles", Self::role, |role| role.id.as_str().to_owned());
        let users = self.each(&sections, "users", Self::user, |user| id_of(&user.person));
        let contacts = self.each(&sections, "contacts", Self::contact, id_of);
        let leads = self.each(&sections, "leads", Self::lead, id_of);
        let meetings = self.each(&sections, "meetings", Self::meeting, |record| {
            record.meeting.id().as_str().to_owned()
        });

        let people = users
            .iter()
            .map(|user| &user.person)
            .chain(&contacts)
            .chain(&leads);
        let here: HashSet<Target> = people
            .map(|person| Target::Person(person.reference.clone()))
            .chain(roles.iter().map(|role| Target::Role(role.id.clone())))
            .collect();
        let references = std::mem::take(&mut self.references);
        ImportFile {
            roles,
            users,
            contacts,
            leads,
            meetings,
            references: references
                .into_iter()
                .filter(|reference| !here.contains(&reference.target))
                .collect(),
        }
    }

    /// Reads the records of a section, and notes records with the id of an earlier one.
    fn each<T>(
        &mut self,
        sections: &Fields<'a>,
        name: &'static str,
        read: fn(&mut Self, &At<'a>) -> Option<T>,
        id: fn(&T) -> String,
    ) -> Vec<T> {
        let mut seen: HashMap<String, String> = HashMap::new();
        let mut records = Vec::new();
        for at in sections.items(&mut self.findings, name) {
            let Some(record) = read(self, &at) else { continue };
            let id = id(&record);
            if let Some(earlier) = seen.get(&id) {
                self.note_repeated(&at, &id, earlier);
            } else {
                seen.insert(id, at.path);
            }
            records.push(record);
        }
        records
    }

    fn note_repeated(&mut self, at: &At<'a>, id: &str, earlier: &str) {
        let members = at.json.members().unwrap_or_default();
        let place = members.iter().find(|member| member.name == "id");
        let slice = place.map_or(at.json.slice(), |member| member.value.slice());
        let what = format!("the id {} is there twice", shown(id));
        let why = format!("{earlier} has it too");
        self.findings.note(slice, format!("{}.id", at.path), what, why);
    }

    fn role(&mut self, at: &At<'a>) -> Option<Role> {
        const FIELDS: &[&str] = &["id", "zoom_meetings", "meeting_edit"];
        let fields = at.fields(&mut self.findings, "a role", FIELDS)?;
        let id = self.id(&fields, "id", RoleId::new);
        let zoom_meetings = fields.flag(&mut self.findings, "zoom_meetings").unwrap_or(false);
        let choices = [
            ("no", EditAccess::No),
            ("own", EditAccess::Own),
            ("all", EditAccess::All),
        ];
        let meeting_edit = fields.choice(
            &mut self.findings,
            "meeting_edit",
            "an access to meetings",
            &choices,
        );
        Some(Role {
            id: id?,
            zoom_meetings,
            meeting_edit: meeting_edit.unwrap_or_default(),
        })
    }

    /// A field that must exist and be an id.
    fn id<T, E>(
        &mut self,
        fields: &Fields<'a>,
        name: &'static str,
        new: fn(String) -> Result<T, E>,
    ) -> Option<T> {
        let at = fields.required(&mut self.findings, name)?;
        self.id_at(&at, new)
    }

    /// The value as an id.
    fn id_at<T, E>(&mut self, at: &At<'a>, new: fn(String) -> Result<T, E>) -> Option<T> {
        let text = at.text(&mut self.findings)?;
        let what = format!("{} cannot be an id", shown(&text));
        new(text)
            .map_err(|_| {
                at.refuse(
                    &mut self.findings,
                    what,
                    "an id has 1 to 128 visible characters without spaces",
                );
            })
            .ok()
    }

    /// Remembers a reference to a record.
    fn mention(&mut self, at: &At<'a>, target: Target) {
        let (line, column) = self.findings.place(at.json.slice());
        self.references.push(Reference {
            target,
            path: at.path.clone(),
            line,
            column,
        });
    }
}

fn id_of(person: &Person) -> String {
    person.reference.id.as_str().to_owned()
}

/// The indices of the items that occurred before.
fn repeated<T: Eq + Hash>(items: &[T]) -> impl Iterator<Item = usize> + '_ {
    let mut seen = HashSet::new();
    items
        .iter()
        .enumerate()
        .filter(move |(_, item)| !seen.insert(*item))
        .map(|(index, _)| index)
}
