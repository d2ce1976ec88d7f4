//! The part of a notification for programs: the outcome of a mail (RFC 3464 §2; RFC 6533 §3).

use super::code;
use super::status::{LONGEST_ANSWER, LONGEST_NAME, RecipientStatus, kept};
use crate::mail::Fate;
use crate::mime::{fields, instant};

/// The reporting server, and the recipients with an outcome, at most `most`.
pub(super) fn read(octets: &[u8], most: usize) -> (Option<String>, Vec<RecipientStatus>) {
    let mut reported_by = None;
    let mut recipients = Vec::new();
    for group in groups(octets) {
        let group = Group::read(group);
        if reported_by.is_none() {
            reported_by = group.value("reporting-mta").and_then(name);
        }
        if recipients.len() < most {
            recipients.extend(group.recipient());
        }
    }
    (reported_by, recipients)
}

/// Groups of fields, separated by empty lines. Empty lines at the beginning do not count.
fn groups(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let group;
        (group, rest) = crate::mime::header_and_body(rest);
        Some(group)
    })
}

/// The fields about the mail as a whole, or about one recipient.
struct Group(Vec<(String, String)>);

impl Group {
    /// The most fields that are read of a group. Real groups have fewer.
    const MOST_FIELDS: usize = 100;

    fn read(group: &[u8]) -> Self {
        let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        let read = fields(group).map(|(name, value)| (text(name).to_ascii_lowercase(), text(value)));
        Self(read.take(Self::MOST_FIELDS).collect())
    }

    fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.trim())
    }

    /// The recipient that the group is about. `None`: the group is about no recipient.
    fn recipient(&self) -> Option<RecipientStatus> {
        let original = self.value("original-recipient").and_then(address);
        let last = self.value("final-recipient").and_then(address);
        if original.is_none() && last.is_none() {
            return None;
        }
        let answer = self.value("diagnostic-code").and_then(words);
        let written = self.value("status").and_then(code::of_field);
        let fate = fate(self.value("action").unwrap_or_default(), written.as_deref())?;
        // Servers write `5.0.0` if they know no better code. Their answers often contain a better one.
        let is_telling = |status: &str| !status.ends_with(".0.0");
        let status = match written.filter(|status| is_telling(status)) {
            Some(status) => Some(status),
            None => answer
                .as_deref()
                .and_then(code::of_words)
                .or_else(|| self.value("status").and_then(code::of_field)),
        };
        Some(RecipientStatus {
            fate,
            status,
            answer,
            original,
            last,
            remote: self.value("remote-mta").and_then(name),
            last_attempt: self.value("last-attempt-date").and_then(instant),
        })
    }
}

/// The outcome, from the Action field. Without one, from the class of the status.
fn fate(action: &str, status: Option<&str>) -> Option<Fate> {
    let word = action.split(|c: char| !c.is_ascii_alphabetic()).next();
    match word.unwrap_or_default().to_ascii_lowercase().as_str() {
        "failed" | "failure" => Some(Fate::Bounced),
        "delayed" => Some(Fate::Delayed),
        "delivered" => Some(Fate::Delivered),
        "relayed" => Some(Fate::Relayed),
        "expanded" => Some(Fate::Expanded),
        "" => match status?.as_bytes().first()? {
            b'5' => Some(Fate::Bounced),
            b'4' => Some(Fate::Delayed),
            _ => Some(Fate::Delivered),
        },
        _ => None,
    }
}

/// The type and the value of a typed field, `rfc822; lee@client.example`. Without a type, the whole field is the value.
fn typed(field: &str) -> (&str, &str) {
    let is_type = |text: &str| {
        let is_of_atom = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        !text.is_empty() && text.chars().all(is_of_atom)
    };
    match field.split_once(';') {
        Some((kind, value)) if is_type(kind.trim()) => (kind.trim(), value.trim()),
        _ => ("", field),
    }
}

/// An address (RFC 3464 §2.3.1, §2.3.2). Some servers put it in angle brackets.
fn address(field: &str) -> Option<String> {
    let (kind, value) = typed(field);
    let bare = value.strip_prefix('<').and_then(|value| value.strip_suffix('>'));
    let bare = bare.unwrap_or(value);
    if kind.eq_ignore_ascii_case("utf-8") {
        kept(&unitext_decoded(bare), LONGEST_NAME)
    } else {
        kept(bare, LONGEST_NAME)
    }
}

/// A server (RFC 3464 §2.2.2, §2.3.5).
fn name(field: &str) -> Option<String> {
    kept(typed(field).1, LONGEST_NAME)
}

/// A server's reply (Diagnostic-Code, RFC 3464 §2.3.6).
fn words(field: &str) -> Option<String> {
    kept(typed(field).1, LONGEST_ANSWER)
}

/// An international address (RFC 6533 §3): `\x{…}` is the character with that hexadecimal number.
fn unitext_decoded(text: &str) -> String {
    const OPEN: &str = "\\x{";
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        decoded.push_str(&rest[..at]);
        let inner = &rest[at + OPEN.len()..];
        let digits = inner.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let character = inner[digits..].strip_prefix('}').and_then(|after| {
            let number = u32::from_str_radix(&inner[..digits], 16).ok()?;
            Some((char::from_u32(number)?, after))
        });
        match character {
            Some((character, after)) => {
                decoded.push(character);
                rest = after;
            }
            None => {
                decoded.push_str(OPEN);
                rest = inner;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_addresses_are_decoded() {
        let address = |field| address(field).unwrap();
        assert_eq!(address("utf-8; zo\\x{EB}@x.example"), "zoë@x.example");
        assert_eq!(address("utf-8;zoë@x.example"), "zoë@x.example");
        assert_eq!(
            address("UTF-8; \\x{}\\x{D800}\\x{1F3AC}\\x{41"),
            "\\x{}\\x{D800}🎬\\x{41"
        );
        assert_eq!(address("rfc822;<lee@x.example>"), "lee@x.example");
        assert_eq!(address("lee@x.example"), "lee@x.example");
        assert_eq!(address("RFC822 ; \"a;b\"@x.example"), "\"a;b\"@x.example");
    }

    #[test]
    fn a_missing_action_is_told_by_the_status() {
        let read = |group: &str| {
            let group = format!("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; lee@x.example\n{group}");
            read(group.as_bytes(), 9).1.pop().map(|it| (it.fate, it.status))
        };
        let status = |text: &str| Some(text.to_owned());
        assert_eq!(read("Status: 5.2.1"), Some((Fate::Bounced, status("5.2.1"))));
        assert_eq!(read("Status: 4.2.1"), Some((Fate::Delayed, status("4.2.1"))));
        assert_eq!(
            read("Action: Failed (now)\nStatus: 4.4.7"),
            Some((Fate::Bounced, status("4.4.7")))
        );
        assert_eq!(read("Action: lost\nStatus: 5.1.1"), None);
        assert_eq!(read("Subject: x"), None);
        // The answer's code counts if the Status field has only a general code.
        let told = read("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp;\n\t550 5.7.1\n Denied");
        assert_eq!(told, Some((Fate::Bounced, status("5.7.1"))));
        assert_eq!(
            read("Action: failed\nStatus: 5.0.0"),
            Some((Fate::Bounced, status("5.0.0")))
        );
    }
}
