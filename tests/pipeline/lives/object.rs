//! A calendar object as one reader of it sees it: line by line, no more than our own objects need.

use std::collections::BTreeMap;

/// What a mail says to a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) method: String,
    pub(crate) uid: String,
    pub(crate) sequence: u32,
    pub(crate) stamp: String,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) name: String,
    pub(crate) location: Option<String>,
    pub(crate) link: Option<String>,
    /// The organizer's mailbox.
    pub(crate) organizer: String,
    /// PARTSTAT by mailbox; of two lines for one mailbox, both.
    pub(crate) attendees: BTreeMap<String, Vec<String>>,
    /// Every line but DTSTAMP's.
    pub(crate) content: Vec<String>,
}

/// Name, parameters and value of a content line.
fn parts(line: &str) -> (&str, &str, &str) {
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = line.split_at(colon.unwrap_or(line.len()));
    let (name, parameters) = head.split_at(head.find(';').unwrap_or(head.len()));
    (name, parameters, value.strip_prefix(':').unwrap_or(value))
}

fn mailbox(value: &str) -> String {
    let bare = value.strip_prefix("mailto:").unwrap_or(value);
    bare.to_ascii_lowercase()
}

fn text(value: &str) -> String {
    let plain = value.replace("\\,", ",").replace("\\;", ";");
    plain.replace("\\n", "\n").replace("\\\\", "\\")
}

impl Object {
    pub(crate) fn read(raw: &str) -> Self {
        let unfolded = raw.replace("\r\n ", "").replace("\r\n\t", "");
        let lines: Vec<&str> = unfolded.lines().collect();
        let find = |wanted: &str| {
            let mut lines = lines.iter().map(|line| parts(line));
            lines
                .find(|(name, ..)| *name == wanted)
                .map(|(_, _, value)| value)
        };
        let required = |name: &str| {
            find(name)
                .unwrap_or_else(|| panic!("no {name} in {raw}"))
                .to_owned()
        };
        let mut attendees: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in &lines {
            let ("ATTENDEE", parameters, value) = parts(line) else {
                continue;
            };
            let answer = parameters.split("PARTSTAT=").nth(1).unwrap_or_default();
            let answer = answer.split(';').next().unwrap_or_default();
            attendees
                .entry(mailbox(value))
                .or_default()
                .push(answer.to_owned());
        }
        attendees.values_mut().for_each(|answers| answers.sort());
        Self {
            method: required("METHOD"),
            uid: required("UID"),
            sequence: required("SEQUENCE").parse().unwrap(),
            stamp: required("DTSTAMP"),
            start: required("DTSTART"),
            end: find("DTEND").unwrap_or_default().to_owned(),
            name: text(find("SUMMARY").unwrap_or_default()),
            location: find("LOCATION").map(text),
            link: find("CONFERENCE").map(str::to_owned),
            organizer: mailbox(find("ORGANIZER").unwrap_or_default()),
            attendees,
            content: lines
                .iter()
                .filter(|line| !line.starts_with("DTSTAMP"))
                .map(|line| (*line).to_owned())
                .collect(),
        }
    }

    pub(crate) fn is_request(&self) -> bool {
        self.method == "REQUEST"
    }

    pub(crate) fn is_cancel(&self) -> bool {
        self.method == "CANCEL"
    }
}
