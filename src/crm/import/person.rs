//! Users, contacts and leads.

use super::fields::{At, Fields, shown};
use super::reading::Reading;
use super::records::{ImportedUser, Target};
use crate::meeting::{
    EmailAddress, Language, Person, PersonId, PersonKind, PersonRef, RoleId, Zone, one_line,
};
use crate::online::{OnlineUser, zoom};

impl<'a> Reading<'a> {
    pub(super) fn user(&mut self, at: &At<'a>) -> Option<ImportedUser> {
        const FIELDS: &[&str] = &["id", "name", "email", "time_zone", "language", "roles", "zoom"];
        let fields = at.fields(&mut self.findings, "a user", FIELDS)?;
        let person = self.person(&fields, PersonKind::User);
        let roles = self.roles(&fields);
        let (enabled, online_id) = self.zoom(&fields);
        let person = person?;
        let zoom = OnlineUser {
            provider: zoom::LOCATION,
            user: person.reference.id.clone(),
            enabled,
            online_id,
        };
        Some(ImportedUser { person, zoom, roles })
    }

    pub(super) fn contact(&mut self, at: &At<'a>) -> Option<Person> {
        self.guest(at, PersonKind::Contact, "a contact")
    }

    pub(super) fn lead(&mut self, at: &At<'a>) -> Option<Person> {
        self.guest(at, PersonKind::Lead, "a lead")
    }

    fn guest(&mut self, at: &At<'a>, kind: PersonKind, record: &'static str) -> Option<Person> {
        const FIELDS: &[&str] = &["id", "name", "email", "time_zone", "language"];
        let fields = at.fields(&mut self.findings, record, FIELDS)?;
        self.person(&fields, kind)
    }

    fn person(&mut self, fields: &Fields<'a>, kind: PersonKind) -> Option<Person> {
        let id = self.id(fields, "id", PersonId::new);
        let name = fields.text(&mut self.findings, "name").unwrap_or_default();
        let email = self.email(fields);
        let time_zone = self.zone(fields);
        let language = self.language(fields);
        let mut person = Person::new(PersonRef { kind, id: id? }, one_line(&name), email);
        person.time_zone = time_zone;
        person.language = language;
        Some(person)
    }

    fn email(&mut self, fields: &Fields<'a>) -> Option<EmailAddress> {
        let (at, text) = fields.filled(&mut self.findings, "email")?;
        EmailAddress::new(&text)
            .map_err(|error| {
                let what = format!("{} is not one email address", shown(&text));
                at.refuse(&mut self.findings, what, error.reason);
            })
            .ok()
    }

    /// The field `time_zone`. `None`: the field is missing or wrong.
    pub(super) fn zone(&mut self, fields: &Fields<'a>) -> Option<Zone> {
        let (at, text) = fields.filled(&mut self.findings, "time_zone")?;
        Zone::new(&text)
            .map_err(|error| {
                let what = format!("{} is not an IANA time zone", shown(&text));
                let why = error.nearest.map_or_else(
                    || "write one such as Europe/Berlin".to_owned(),
                    |name| format!("did you mean {name}?"),
                );
                at.refuse(&mut self.findings, what, why);
            })
            .ok()
    }

    fn language(&mut self, fields: &Fields<'a>) -> Option<Language> {
        let (at, text) = fields.filled(&mut self.findings, "language")?;
        Language::new(&text)
            .map_err(|_| {
                let what = format!("{} is not a language tag", shown(&text));
                at.refuse(&mut self.findings, what, "write one such as en, de-AT or zh-Hans");
            })
            .ok()
    }

    fn roles(&mut self, fields: &Fields<'a>) -> Vec<RoleId> {
        let mut roles: Vec<RoleId> = Vec::new();
        for at in fields.items(&mut self.findings, "roles") {
            let Some(role) = self.id_at(&at, RoleId::new) else {
                continue;
            };
            self.mention(&at, Target::Role(role.clone()));
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        roles
    }

    /// Whether the user is enabled for Zoom, and the Zoom ID if it is not the address.
    fn zoom(&mut self, fields: &Fields<'a>) -> (bool, Option<String>) {
        let fields = fields
            .get("zoom")
            .and_then(|at| at.fields(&mut self.findings, "a user's zoom", &["enabled", "zoom_id"]));
        let Some(fields) = fields else {
            return (false, None);
        };
        let enabled = fields.flag(&mut self.findings, "enabled").unwrap_or(false);
        let zoom_id = fields
            .filled(&mut self.findings, "zoom_id")
            .and_then(|(at, text)| {
                let fits = !text.chars().any(|c| c.is_control() || c.is_whitespace());
                if !fits {
                    let what = format!("{} cannot be a Zoom ID", shown(&text));
                    at.refuse(
                        &mut self.findings,
                        what,
                        "it is an email address or an id, without spaces",
                    );
                }
                fits.then_some(text)
            });
        (enabled, zoom_id)
    }
}
