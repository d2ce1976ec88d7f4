//! Messages that differ only in a few places, such as the reader's name. Their common text is encoded once.
//!
//! lettre writes the header fields, because their syntax is the harder part. This module writes the parts of the body:
//! lettre would copy and format all of them again for each recipient.

mod older;

use std::collections::BTreeMap;

use lettre::address::{Address, AddressError};
use lettre::message::header::{
    self, ContentType, Date, Header, HeaderName, HeaderValue, Headers, ReplyTo, Subject, To,
};
use lettre::message::{Attachment, Mailbox as LettreMailbox, Mailboxes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::calendar_parts::CalendarParts;
use super::draft::{ComposeError, Draft, InlineImage, Mailbox};
use super::slot::{Slot, SlotValue, SlotValues, SlottedText};
use super::transfer_encoding::{Encoder, TransferEncoding};
use crate::calendar::Method;
use crate::meeting::{EmailAddress, one_line};

pub(super) use older::FormWithOneHole;

/// The common text of such messages, as the outbox stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The header field From.
    from: String,
    /// The subject, which may have slots.
    subject: String,
    /// The header fields between Message-ID and the fields that refer to other messages.
    fields: String,
    text: String,
    html: String,
    /// The images: whole parts of the body, encoded.
    images: Vec<String>,
    calendar: Option<FormCalendar>,
    /// The mark of each slot, which stands in subject, text and HTML in place of the value.
    marks: BTreeMap<Slot, String>,
}

/// The calendar object. Between each two pieces stand the lines of [`Slot::ATTENDEE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormCalendar {
    method: Method,
    pieces: Vec<String>,
}

/// A form, prepared for writing messages.
#[derive(Debug)]
pub struct FormLetter {
    form: Form,
    subject: SubjectField,
    text: Encoder,
    html: Encoder,
    calendar: Option<CalendarParts>,
}

#[derive(Debug)]
enum SubjectField {
    Same(String),
    Slotted(SlottedText),
}

/// One message's own values, as the outbox stores them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "older::AnyOwn")]
pub struct Own {
    /// The recipient's name, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The values of the slots. [`Slot::INVITEE_NAME`] may be missing if its value is `name`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: SlotValues,
    /// The Message-ID of the first message about the meeting to this recipient. This message refers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<String>,
}

impl Own {
    /// Removes the reader's name from the slots if it equals `name`, so that the name is stored once.
    pub(crate) fn leave_out_name(&mut self) {
        let is_name =
            |value: &SlotValue| self.name.as_deref() == Some(value.text()) && value.text() == value.html();
        if self.slots.get(&Slot::INVITEE_NAME).is_some_and(is_name) {
            self.slots.remove(&Slot::INVITEE_NAME);
        }
    }

    /// The value of a slot. `of` picks its text or its HTML.
    fn value(&self, slot: &Slot, of: fn(&SlotValue) -> &str) -> &str {
        let name = || self.name.as_deref().filter(|_| *slot == Slot::INVITEE_NAME);
        self.slots.get(slot).map(of).or_else(name).unwrap_or_default()
    }
}

/// The recipient and the Message-ID of one message.
#[derive(Debug, Clone, Copy)]
pub struct Addressed<'a> {
    /// The one recipient's address.
    pub to: &'a EmailAddress,
    /// Message-ID, with its angle brackets.
    pub message_id: &'a str,
}

impl Form {
    /// Writes the common text of all messages like this draft. The marks stand in subject, text and HTML where each
    /// message has its own values. The values have no line ends, and stand in the HTML as [`SlotValue::html`] says.
    ///
    /// # Errors
    /// [`ComposeError`] when an address cannot be written.
    pub fn new(draft: &Draft<'_>, marks: BTreeMap<Slot, String>) -> Result<Self, ComposeError> {
        let mut fields = field(Date::from(std::time::SystemTime::from(draft.date)));
        // RFC 3834: prevents automatic answers. Exchange obeys its own header instead.
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "OOF, AutoReply"),
            ("Content-Language", &draft.language.tag()),
        ] {
            let mut headers = Headers::new();
            headers.insert_raw(HeaderValue::new(
                HeaderName::new_from_ascii_str(name),
                value.to_owned(),
            ));
            fields.push_str(&headers.to_string());
        }
        if let Some(reply_to) = draft.reply_to {
            fields.push_str(&field(ReplyTo::from(Mailboxes::from(mailbox(reply_to)?))));
        }
        let images = draft.images.iter();
        Ok(Self {
            from: field(header::From::from(Mailboxes::from(mailbox(draft.from)?))),
            subject: one_line(draft.subject),
            fields,
            text: draft.text.to_owned(),
            html: draft.html.to_owned(),
            images: images
                .map(|image| inline(image, &draft.to.address))
                .collect::<Result<_, _>>()?,
            calendar: draft.calendar.map(|calendar| FormCalendar {
                method: calendar.method,
                pieces: calendar.pieces.iter().map(|piece| (*piece).to_owned()).collect(),
            }),
            marks,
        })
    }
}

impl From<Form> for FormLetter {
    fn from(form: Form) -> Self {
        let marks: Vec<&str> = form.marks.values().map(String::as_str).collect();
        let subject = SlottedText::new(&form.subject, &marks);
        let calendar = form.calendar.as_ref();
        Self {
            subject: match subject.slots() {
                [] => SubjectField::Same(field(Subject::from(form.subject.clone()))),
                _ => SubjectField::Slotted(subject),
            },
            text: Encoder::new(&form.text, &marks),
            html: Encoder::new(&form.html, &marks),
            calendar: calendar.map(|object| CalendarParts::new(object.method, &object.pieces)),
            form,
        }
    }
}

impl FormLetter {
    /// The form that this letter was made from.
    #[must_use]
    pub const fn form(&self) -> &Form {
        &self.form
    }

    /// Writes one of the messages.
    ///
    /// # Errors
    /// [`ComposeError`] when the address cannot be written.
    pub fn message(&self, addressed: Addressed<'_>, own: &Own) -> Result<Vec<u8>, ComposeError> {
        let Addressed { to, message_id } = addressed;
        let values = |of: fn(&SlotValue) -> &str| -> Vec<&str> {
            let slots = self.form.marks.keys();
            slots.map(|slot| own.value(slot, of)).collect()
        };
        let (text, html) = (values(SlotValue::text), values(SlotValue::html));
        let mut out = Vec::with_capacity(1 << 14);
        out.extend_from_slice(self.form.from.as_bytes());
        let to = LettreMailbox::new(own.name.as_deref().map(one_line), address(to)?);
        out.extend_from_slice(field(To::from(Mailboxes::from(to))).as_bytes());
        match &self.subject {
            SubjectField::Same(field) => out.extend_from_slice(field.as_bytes()),
            SubjectField::Slotted(subject) => {
                let subject = one_line(&subject.fill(&text));
                out.extend_from_slice(field(Subject::from(subject)).as_bytes());
            }
        }
        line(&mut out, &["Message-ID: ", message_id]);
        out.extend_from_slice(self.form.fields.as_bytes());
        if let Some(first) = own.references.as_deref().filter(|first| *first != message_id) {
            line(&mut out, &["In-Reply-To: ", first]);
            line(&mut out, &["References: ", first]);
        }
        line(&mut out, &["MIME-Version: 1.0"]);
        let lines = own.value(&Slot::ATTENDEE, SlotValue::text);
        self.body(message_id, [&text, &html], lines, &mut out);
        Ok(out)
    }

    fn body(&self, message_id: &str, [text, html]: [&[&str]; 2], lines: &str, out: &mut Vec<u8>) {
        let mixed = Multipart::new("mixed", message_id);
        mixed.begin(out);
        mixed.next(out);
        let alternative = Multipart::new("alternative", message_id);
        alternative.begin(out);
        alternative.next(out);
        text_part("text/plain; charset=utf-8", &self.text, text, out);
        alternative.next(out);
        let page = |out: &mut Vec<u8>| text_part("text/html; charset=utf-8", &self.html, html, out);
        if self.form.images.is_empty() {
            page(out);
        } else {
            let related = Multipart::new("related", message_id);
            related.begin(out);
            related.next(out);
            page(out);
            for image in &self.form.images {
                related.next(out);
                out.extend_from_slice(image.as_bytes());
            }
            related.end(out);
        }
        let object = self.calendar.as_ref().map(|parts| (parts, Encoder::of(lines)));
        if let Some((parts, own)) = &object {
            alternative.next(out);
            let content_type = [
                "text/calendar; method=",
                parts.method().as_str(),
                "; charset=utf-8",
            ]
            .concat();
            let encoding = parts.encoding(own);
            begin_part(&content_type, encoding, out);
            parts.write(lines, own, encoding, out);
            line(out, &[]);
        }
        alternative.end(out);
        if let Some((parts, _)) = &object {
            mixed.next(out);
            let encoding = parts.file_encoding(lines);
            line(out, &["Content-Type: application/ics; name=\"invite.ics\""]);
            line(out, &["Content-Disposition: attachment; filename=\"invite.ics\""]);
            line(out, &["Content-Transfer-Encoding: ", encoding.as_str(), "\r\n"]);
            parts.write_file(lines, encoding, out);
            line(out, &[]);
        }
        mixed.end(out);
    }
}

/// A multipart: a part that consists of other parts (RFC 2046 §5.1).
struct Multipart {
    subtype: &'static str,
    boundary: String,
}

impl Multipart {
    /// Makes the boundary from the Message-ID, so that writing the same message again gives the same octets.
    fn new(subtype: &'static str, message_id: &str) -> Self {
        let digest = Sha256::digest(format!("{message_id}{subtype}"));
        Self {
            subtype,
            boundary: format!("{digest:.30x}"),
        }
    }

    /// Writes the multipart's header fields, up to the first boundary.
    fn begin(&self, out: &mut Vec<u8>) {
        line(out, &["Content-Type: multipart/", self.subtype, ";"]);
        line(out, &[" boundary=\"", &self.boundary, "\"\r\n"]);
    }

    fn next(&self, out: &mut Vec<u8>) {
        line(out, &["--", &self.boundary]);
    }

    fn end(&self, out: &mut Vec<u8>) {
        line(out, &["--", &self.boundary, "--"]);
    }
}

fn line(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn text_part(content_type: &str, text: &Encoder, values: &[&str], out: &mut Vec<u8>) {
    let encoding = text.encoding(values);
    begin_part(content_type, encoding, out);
    text.write(values, encoding, out);
    line(out, &[]);
}

fn begin_part(content_type: &str, encoding: TransferEncoding, out: &mut Vec<u8>) {
    line(out, &["Content-Type: ", content_type]);
    line(out, &["Content-Transfer-Encoding: ", encoding.as_str(), "\r\n"]);
}

/// A header field as it is written, with its line end.
fn field(header: impl Header) -> String {
    let mut headers = Headers::new();
    headers.set(header);
    headers.to_string()
}

/// An inline image. Mail programs show it where the HTML names it, and not as an attachment.
fn inline(image: &InlineImage, to: &EmailAddress) -> Result<String, ComposeError> {
    let cannot = |source| ComposeError::Message {
        to: to.clone(),
        source,
    };
    let content_type = ContentType::parse(image.media_type).map_err(|error| cannot(error.into()))?;
    let part = Attachment::new_inline(image.content_id.clone()).body(image.data.clone(), content_type);
    String::from_utf8(part.formatted()).map_err(|error| cannot(error.into()))
}

fn mailbox(mailbox: &Mailbox) -> Result<LettreMailbox, ComposeError> {
    let name = mailbox.name.as_deref().map(one_line);
    Ok(LettreMailbox::new(name, address(&mailbox.address)?))
}

fn address(address: &EmailAddress) -> Result<Address, ComposeError> {
    address
        .as_str()
        .parse()
        .map_err(|error: AddressError| ComposeError::Address {
            address: address.clone(),
            source: error.into(),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::compose::compose;
    use super::super::draft::CalendarPart;
    use super::*;
    use crate::meeting::Language;

    proptest! {
        #[test]
        fn filling_slots_is_composing_anew(
            subject in "[ -~äж§¤]{0,80}", text in "[ -~äж§¤\n]{0,300}", html in "[ -~äж§¤\n]{0,300}",
            fill in "[ -~äж]{0,40}", link in "[!-~]{0,90}", name in "\\PC{0,30}",
            pieces in prop::collection::vec("([ -~ä]{0,60}\r\n){0,8}", 1..4), lines in "([ -~ä]{0,60}\r\n){0,2}",
        ) {
            let mailbox = |name: &str, address: &str| Mailbox::new(name, address.parse().unwrap());
            let (from, to) = (mailbox("Acme", "m@acme.example"), mailbox(&name, "lee@client.example"));
            let language = Language::ENGLISH;
            let parts: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let draft = Draft {
                from: &from,
                reply_to: Some(&to),
                to: &to,
                subject: &subject,
                text: &text,
                html: &html,
                images: &[],
                language: &language,
                calendar: Some(CalendarPart { method: Method::Request, pieces: &parts }),
                message_id: "<1@acme.example>",
                references: Some("<0@acme.example>"),
                date: "2026-11-23T12:00:00Z".parse().unwrap(),
            };
            let marks = [(Slot::INVITEE_NAME, "§".to_owned()), (Slot::ACCEPT_LINK, "¤".to_owned())];
            let form = Form::new(&draft, BTreeMap::from(marks)).unwrap();
            let kept = serde_json::to_string(&form).unwrap();
            let letter = FormLetter::from(serde_json::from_str::<Form>(&kept).unwrap());
            let escaped = link.replace('&', "&amp;");
            let own = Own {
                name: to.name.clone(),
                slots: BTreeMap::from([
                    (Slot::INVITEE_NAME, SlotValue::Same(fill.clone())),
                    (Slot::ACCEPT_LINK, SlotValue::new(link.clone(), escaped.clone())),
                    (Slot::ATTENDEE, SlotValue::Same(lines.clone())),
                ]),
                references: draft.references.map(str::to_owned),
            };
            let kept = serde_json::to_string(&own).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Own>(&kept).unwrap(), &own);
            let filled = letter.message(Addressed { to: &to.address, message_id: draft.message_id }, &own);
            let with_own = |words: &str, link: &str| words.replace('§', &fill).replace('¤', link);
            let object = pieces.join(&lines);
            let anew = Draft {
                subject: &with_own(&subject, &link),
                text: &with_own(&text, &link),
                html: &with_own(&html, &escaped),
                calendar: Some(CalendarPart { method: Method::Request, pieces: &[&object] }),
                ..draft
            };
            prop_assert_eq!(filled.unwrap(), compose(&anew).unwrap());
        }
    }
}
