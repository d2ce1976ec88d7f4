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
mod reading;
mod records;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

pub use coming_weeks::CannotMove;
pub use error::{Finding, ImportErrors};
pub use records::{ImportFile, ImportedUser, Reference, Role, Target};

use crate::meeting::{EditAccess, Person, RoleId};
use fields::{At, Fields, Findings, shown};
use json::Document;
use reading::Reading;

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
}

fn id_of(person: &Person) -> String {
    person.reference.id.as_str().to_owned()
}
