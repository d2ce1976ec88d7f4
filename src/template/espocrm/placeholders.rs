//! EspoCRM's placeholders and their variables.

use super::notes::ImportSeverity::{self, Converted, NeedsAttention};

/// The shape of a value, which decides how the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// Sanitized HTML. Its plain form is a variable of another name.
    Html {
        plain: &'static str,
    },
    Number,
    Flag,
    Date,
    List,
    /// A record with fields.
    Fields(&'static [Placeholder]),
}

/// One placeholder of EspoCRM's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) name: &'static str,
    pub(super) variable: &'static str,
    pub(super) shape: Shape,
    /// The variable that stands for the placeholder in a condition, if it is another one.
    pub(super) condition: Option<&'static str>,
    /// A remark for the person who uses the placeholder.
    pub(super) remark: Option<(ImportSeverity, &'static str)>,
}

const fn text(name: &'static str, variable: &'static str) -> Placeholder {
    shaped(name, variable, Shape::Text)
}

const fn shaped(name: &'static str, variable: &'static str, shape: Shape) -> Placeholder {
    Placeholder {
        name,
        variable,
        shape,
        condition: None,
        remark: None,
    }
}

impl Placeholder {
    const fn with(mut self, severity: ImportSeverity, remark: &'static str) -> Self {
        self.remark = Some((severity, remark));
        self
    }

    const fn in_conditions(mut self, variable: &'static str) -> Self {
        self.condition = Some(variable);
        self
    }
}

const KIND_OF_RECORD: &str =
    "EspoCRM prints its own word for the kind of record, translated; here it is English in every language";
const ONLY_SOME: &str = "EspoCRM has one list each of users, contacts and leads; here `participants` has the names of all of them";

/// The known placeholders of a record at the top level.
pub(super) const ROOT: &[Placeholder] = &[
    text("name", "name"),
    shaped("description", "description", Shape::Html { plain: "description_text" }),
    text("status", "status").with(
        Converted,
        "EspoCRM prints the status translated; here it is `Planned`, `Held` or `NotHeld` in every language",
    ),
    text("location", "location"),
    text("joinUrl", "join_url"),
    text("joinURL", "join_url"),
    shaped("isAllDay", "is_all_day", Shape::Flag),
    shaped("dateStart", "date_start", Shape::Date),
    shaped("dateEnd", "date_end", Shape::Date),
    // In EspoCRM these two have a value only if the meeting takes the whole day.
    shaped("dateStartDate", "date_start", Shape::Date).in_conditions("is_all_day"),
    shaped("dateEndDate", "date_end", Shape::Date).in_conditions("is_all_day"),
    shaped("dateStartFull", "date_start_full", Shape::Date),
    shaped("dateEndFull", "date_end_full", Shape::Date),
    text("duration", "duration").with(
        Converted,
        "EspoCRM prints the duration as a number of seconds; here it is in words, such as `45 minutes`",
    ),
    text("timeZone", "time_zone").with(
        Converted,
        "EspoCRM prints the time zone as `Europe/Berlin`; here it is named as people do, such as `Central European Time`",
    ),
    text("inviteeName", "invitee_name"),
    text("userName", "invitee_name"),
    shaped("isUser", "is_user", Shape::Flag),
    text("recordUrl", "record_url"),
    text("acceptLink", "accept_link"),
    text("tentativeLink", "tentative_link"),
    text("declineLink", "decline_link"),
    text("entityType", "entity_type").with(Converted, KIND_OF_RECORD),
    text("entityTypeLowerFirst", "entity_type_lower_first").with(Converted, KIND_OF_RECORD),
    text("__entityType", "entity_type"),
    text("eventType", "entity_type_lower_first").with(
        Converted,
        "EspoCRM fills `eventType` no more, and prints nothing for it; what took its place is the kind of record, in English in every language",
    ),
    text("assignedUserName", "organizer_name"),
    text("assignedUserId", "organizer.id"),
    shaped("assignedUser", "organizer", Shape::Fields(PERSON)),
    text("id", "meeting.id"),
    text("siteUrl", "organization.site_url"),
    shaped("participants", "participants", Shape::List),
    shaped("users", "participants", Shape::List).with(NeedsAttention, ONLY_SOME),
    shaped("contacts", "participants", Shape::List).with(NeedsAttention, ONLY_SOME),
    shaped("leads", "participants", Shape::List).with(NeedsAttention, ONLY_SOME),
];

const PERSON: &[Placeholder] = &[
    text("name", "name"),
    text("id", "id"),
    text("emailAddress", "email"),
];

/// Placeholders that EspoCRM has and mails here lack, with a replacement for each.
const ABSENT: &[(&str, &str)] = &[
    (
        "today",
        "A mail here does not say when it was sent; its date stands in its header.",
    ),
    (
        "now",
        "A mail here does not say when it was sent; its date stands in its header.",
    ),
    (
        "uid",
        "The calendar file that is attached carries the meeting's identifier.",
    ),
    (
        "externalService",
        "`meeting.online_location` is `zoom` for a meeting on Zoom, and `zoom` holds its id and passcode.",
    ),
    (
        "acceptanceStatus",
        "Answers are not known when a mail is written.",
    ),
    ("reminders", "There is a template of its own for reminders."),
    ("parent", "What a meeting belongs to is not told to templates."),
    ("account", "What a meeting belongs to is not told to templates."),
    (
        "parentName",
        "What a meeting belongs to is not told to templates.",
    ),
    (
        "parentType",
        "What a meeting belongs to is not told to templates.",
    ),
    (
        "accountName",
        "What a meeting belongs to is not told to templates.",
    ),
    (
        "createdByName",
        "`organizer_name` is whom the meeting is assigned to.",
    ),
    (
        "modifiedByName",
        "`organizer_name` is whom the meeting is assigned to.",
    ),
];

pub(super) fn find(known: &'static [Placeholder], name: &str) -> Option<&'static Placeholder> {
    let exact = |name: &str| known.iter().find(|placeholder| placeholder.name == name);
    // `status_RAW` is the value as the database stores it.
    exact(name).or_else(|| exact(name.strip_suffix("_RAW")?))
}

/// A replacement for an unknown placeholder.
pub(super) fn instead(name: &str) -> Option<String> {
    let bare = name.strip_suffix("_RAW").unwrap_or(name);
    if let Some((_, hint)) = ABSENT.iter().find(|(absent, _)| *absent == bare) {
        return Some((*hint).to_owned());
    }
    // A long name is no misspelling of a short name.
    if bare.len() > 40 {
        return None;
    }
    let ours = snake_case(bare);
    let variables = crate::template::render::context::VARIABLES;
    let near = variables.iter().find(|variable| **variable == ours);
    let near = near.map(|variable| (*variable).to_owned()).or_else(|| {
        let names = ROOT.iter().map(|placeholder| placeholder.name);
        let theirs = crate::template::error::nearest(bare, names)?;
        find(ROOT, &theirs).map(|placeholder| placeholder.variable.to_owned())
    });
    near.or_else(|| crate::template::error::nearest(&ours, variables.iter().copied()))
        .map(|near| format!("The nearest variable is `{near}`."))
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if c.is_uppercase() && was_small {
            snake.push('_');
        }
        was_small = c.is_lowercase() || c.is_numeric();
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_exists() {
        for placeholder in ROOT {
            let names = [Some(placeholder.variable), placeholder.condition];
            for variable in names.into_iter().flatten() {
                let root = variable.split('.').next().unwrap();
                assert!(
                    crate::template::render::context::VARIABLES.contains(&root),
                    "{placeholder:?}"
                );
            }
        }
    }

    #[test]
    fn names_are_found_in_their_raw_form_too() {
        assert_eq!(find(ROOT, "status_RAW").unwrap().variable, "status");
        assert_eq!(find(ROOT, "joinURL").unwrap().variable, "join_url");
        assert_eq!(find(ROOT, "_RAW"), None);
    }

    #[test]
    fn something_near_is_offered() {
        assert_eq!(
            instead("joinUlr").as_deref(),
            Some("The nearest variable is `join_url`.")
        );
        assert_eq!(
            instead("organizerName").as_deref(),
            Some("The nearest variable is `organizer_name`.")
        );
        assert!(instead("accountName").unwrap().contains("belongs"));
        assert_eq!(instead("cZebra"), None);
    }
}
