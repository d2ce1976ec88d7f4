//! Finds the mail that a notification is about.

use crate::mime::{Leaf, Mail, fields, header_and_body};

/// A longer Message-ID is not ours.
const LONGEST: usize = 300;
/// How many Message-IDs are tried.
const MOST: usize = 4;

/// The Message-IDs by which the mail may be found, the most certain first: those of the returned mail; if no mail came
/// back, those in a text; otherwise that of the mail that the notification answers.
pub(super) fn message_ids(mail: &Mail<'_>) -> Vec<String> {
    let returned = mail.leaves().iter().filter(|leaf| leaf.is_returned_mail());
    let mut ids: Vec<String> = returned.filter_map(in_header).take(MOST).collect();
    if ids.is_empty() {
        let texts = mail.leaves().iter().filter(|leaf| leaf.is_plain_text());
        ids = texts
            .filter_map(|leaf| in_text(&leaf.text()))
            .take(MOST)
            .collect();
    }
    if ids.is_empty() {
        let all = |field: &str| -> Vec<String> {
            let values =
                fields(mail.header()).filter(|(name, _)| name.eq_ignore_ascii_case(field.as_bytes()));
            values
                .flat_map(|(_, value)| of(&String::from_utf8_lossy(&value)))
                .collect()
        };
        ids = all("in-reply-to");
        // The last one is the answered mail. The others are mails that the answered mail referred to.
        ids.extend(all("references").pop());
        ids.truncate(MOST);
        ids.dedup();
    }
    ids
}

/// The addresses that a notification was sent to, from its header.
pub(super) fn sent_to(header: &[u8]) -> Vec<String> {
    const FIELDS: [&[u8]; 4] = [b"delivered-to", b"x-original-to", b"envelope-to", b"to"];
    let is_wanted = |name: &[u8]| FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
    let values = fields(header).filter(|(name, _)| is_wanted(name));
    let mut addresses: Vec<String> = values
        .flat_map(|(_, value)| {
            let text = String::from_utf8_lossy(&value).into_owned();
            let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | '"'));
            let addresses = words.filter(|word| word.contains('@') && word.len() <= LONGEST);
            addresses.map(str::to_owned).collect::<Vec<_>>()
        })
        .take(MOST)
        .collect();
    addresses.dedup();
    addresses
}

/// The Message-ID in the header of a returned mail.
fn in_header(leaf: &Leaf<'_>) -> Option<String> {
    let octets = leaf.octets();
    let (header, _) = header_and_body(octets.trim_ascii_start());
    let (_, value) = fields(header).find(|(name, _)| name.eq_ignore_ascii_case(b"message-id"))?;
    of(&String::from_utf8_lossy(&value)).next()
}

/// The first Message-ID in a text that contains a copy of a mail. It may be on one line or folded.
fn in_text(text: &str) -> Option<String> {
    const NAME: &str = "message-id:";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_at_checked(NAME.len()) else {
            continue;
        };
        if name.eq_ignore_ascii_case(NAME) {
            let next = lines.next().unwrap_or_default();
            return of(value).next().or_else(|| of(next).next());
        }
    }
    None
}

/// The Message-IDs in the value of a field (RFC 5322 §3.6.4).
fn of(value: &str) -> impl Iterator<Item = String> + use<> {
    let pieces = value.split('<').skip(1).filter_map(|piece| piece.split_once('>'));
    let is_id = |id: &&str| {
        id.len() < LONGEST && id.contains('@') && id.chars().all(|c| !c.is_whitespace() && !c.is_control())
    };
    let ids: Vec<_> = pieces
        .map(|(id, _)| id)
        .filter(is_id)
        .map(|id| format!("<{id}>"))
        .collect();
    ids.into_iter()
}
