//! Composing a message (RFC 5322, 2045–2047, 6047). Gmail, Outlook, Apple Mail and Thunderbird all show this tree of
//! parts as an invitation with buttons.
//!
//! ```text
//! multipart/mixed
//! ├─ multipart/alternative
//! │  ├─ text/plain
//! │  ├─ text/html                          with pictures: multipart/related, the page first (RFC 2387)
//! │  └─ text/calendar; method=REQUEST      last, so that clients which understand it prefer it
//! └─ application/ics; name="invite.ics"    the same bytes, for clients that attach only
//! ```

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::draft::{ComposeError, Draft};
use super::form_letter::{Addressed, Form, FormLetter, Own};
use crate::meeting::Revision;

/// The Message-ID of an invitation: the same for the same meeting, revision, purpose and recipient, so that a retry
/// after a lost answer cannot become a second mail. `resend` gives each repeated mail that a user asked for its own
/// Message-ID.
#[must_use]
pub fn message_id(
    uid: &str,
    purpose: &str,
    revision: Revision,
    mailbox: &str,
    resend: u32,
    domain: &str,
) -> String {
    let digest = Sha256::digest(format!("{uid}\n{purpose}\n{revision}\n{mailbox}\n{resend}"));
    format!("<{digest:.32x}.{revision}@{domain}>")
}

/// Composes a message. The same draft makes the same bytes.
///
/// # Errors
/// [`ComposeError`] when an address cannot be written.
pub fn compose(draft: &Draft<'_>) -> Result<Vec<u8>, ComposeError> {
    let own = Own {
        name: draft.to.name.clone(),
        references: draft.references.map(str::to_owned),
        ..Own::default()
    };
    let addressed = Addressed {
        to: &draft.to.address,
        message_id: draft.message_id,
    };
    FormLetter::from(Form::new(draft, BTreeMap::new())?).message(addressed, &own)
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};

    use super::super::draft::{CalendarPart, InlineImage, Mailbox};
    use super::*;
    use crate::calendar::Method;
    use crate::meeting::Language;

    const ICS: &str =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Grüße\r\nEND:VCALENDAR\r\n";

    fn mailbox_of(name: &str, address: &str) -> Mailbox {
        Mailbox::new(name, address.parse().unwrap())
    }

    fn draft_of<'a>(
        from: &'a Mailbox,
        to: &'a Mailbox,
        subject: &'a str,
        language: &'a Language,
    ) -> Draft<'a> {
        Draft {
            from,
            reply_to: None,
            to,
            subject,
            text: "Hello,\n.\n.dot\nSee you",
            html: "<p>Hello</p>",
            images: &[],
            language,
            calendar: Some(CalendarPart {
                method: Method::Request,
                pieces: &[ICS],
            }),
            message_id: "<1@acme.example>",
            references: None,
            date: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    fn composed(name: &str, subject: &str) -> Vec<u8> {
        let (from, to) = (
            mailbox_of("Acme", "m@acme.example"),
            mailbox_of(name, "lee@client.example"),
        );
        compose(&draft_of(&from, &to, subject, &Language::ENGLISH)).unwrap()
    }

    #[test]
    fn pictures_go_with_the_page_that_shows_them() {
        let (from, to) = (
            mailbox_of("Acme", "m@acme.example"),
            mailbox_of("Lee", "lee@client.example"),
        );
        let images = [InlineImage {
            content_id: "code-1@invite".to_owned(),
            media_type: "image/png",
            data: vec![0x89, b'P', 0, 0xff],
        }];
        let language = Language::ENGLISH;
        let draft = Draft {
            images: &images,
            ..draft_of(&from, &to, "Kick-off", &language)
        };
        let raw = compose(&draft).unwrap();
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let types: Vec<_> = parsed
            .parts
            .iter()
            .map(|part| part.content_type().unwrap().subtype().unwrap().to_owned())
            .collect();
        assert_eq!(
            types,
            [
                "mixed",
                "alternative",
                "plain",
                "related",
                "html",
                "png",
                "calendar",
                "ics"
            ]
        );
        let picture = &parsed.parts[5];
        assert_eq!(picture.content_id(), Some("code-1@invite"));
        assert_eq!(picture.contents(), images[0].data);
        assert!(picture.content_disposition().unwrap().is_inline());
    }

    #[test]
    fn the_tree_is_the_one_that_clients_understand() {
        let raw = composed("Lee, Harper", "Kick-off");
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let types: Vec<_> = parsed
            .parts
            .iter()
            .map(|part| {
                let t = part.content_type().unwrap();
                format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default())
            })
            .collect();
        assert_eq!(
            types,
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics"
            ]
        );
        assert_eq!(
            parsed.parts[4].content_type().unwrap().attribute("method"),
            Some("REQUEST")
        );
        assert!(parsed.parts[4].content_disposition().is_none());
        assert_eq!(parsed.parts[4].text_contents().unwrap(), ICS);
        assert_eq!(parsed.parts[5].contents(), ICS.as_bytes());
        assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some("Lee, Harper"));
        assert_eq!(
            parsed.header_raw("Auto-Submitted").unwrap().trim(),
            "auto-generated"
        );
    }

    #[test]
    fn the_same_draft_makes_the_same_bytes() {
        assert_eq!(composed("Lee", "x"), composed("Lee", "x"));
    }

    #[test]
    fn every_line_is_short_and_ends_in_crlf() {
        let raw = composed(&"name ".repeat(40), &"слово ".repeat(60));
        for line in raw.split_inclusive(|b| *b == b'\n') {
            assert!(line.ends_with(b"\r\n"), "{:?}", String::from_utf8_lossy(line));
            assert!(line.len() <= 1000);
            assert!(line.is_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_or_subject_adds_a_header_or_decodes_to_a_line_break(name in "\\PC{0,40}|[\\x00-\\x7f\\u{85}\\u{2028}é]{0,40}", subject in "[\\x00-\\x7f\\u{85}\\u{2028}é]{0,120}|\\PC{0,120}") {
            let (from, to) = (mailbox_of(&name, "m@acme.example"), mailbox_of(&name, "lee@client.example"));
            let raw = compose(&draft_of(&from, &to, &subject, &Language::ENGLISH)).unwrap();
            let parsed = MessageParser::default().parse(&raw).unwrap();
            let mut names: Vec<_> = parsed.headers().iter().map(|h| h.name().to_lowercase()).collect();
            names.sort();
            proptest::prop_assert_eq!(names, ["auto-submitted", "content-language", "content-type", "date", "from", "message-id", "mime-version", "subject", "to", "x-auto-response-suppress"]);
            let read = parsed.subject().unwrap_or_default();
            proptest::prop_assert!(!read.contains(['\r', '\n']), "{:?}", read);
            proptest::prop_assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("lee@client.example"));
            proptest::prop_assert_eq!(parsed.parts.len(), 6);
        }
    }
}
