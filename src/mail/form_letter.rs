//! Messages that differ in little, such as the reader's name: what they have in common is encoded once.
//!
//! lettre writes the header fields, whose syntax is the harder part. This module writes the body's parts: lettre
//! would copy and format all of them anew for each recipient.

use lettre::address::{Address, AddressError};
use lettre::message::header::{
    self, ContentType, Date, Header, HeaderName, HeaderValue, Headers, ReplyTo, Subject, To,
};
use lettre::message::{Attachment, Mailbox as LettreMailbox, Mailboxes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::calendar_parts::CalendarParts;
use super::compose::{ComposeError, Draft, InlineImage, Mailbox};
use super::transfer_encoding::{Encoder, TransferEncoding};
use crate::calendar::Method;
use crate::meeting::{EmailAddress, one_line};

/// What such messages have in common, as the outbox stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The field From.
    from: String,
    /// The subject, which may have holes.
    subject: String,
    /// The fields between Message-ID and those that refer to other messages.
    fields: String,
    text: String,
    html: String,
    /// The images: whole parts of the body, encoded.
    images: Vec<String>,
    calendar: Option<FormCalendar>,
    /// The hole: the text that stands where each message has its own words. `None`: there is none.
    hole: Option<String>,
}

/// The calendar object without the lines that are each message's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FormCalendar {
    method: Method,
    head: String,
    tail: String,
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
    /// The subject has the hole, which is this text.
    Holed(String),
}

/// What is one message's own, as the outbox stores it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The recipient's name, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What fills the holes, if that is not `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<String>,
    /// The calendar object's lines between head and tail: whole lines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lines: String,
    /// The Message-ID of the first message about the meeting to this recipient, which this one refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<String>,
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
    /// Writes what messages like this draft have in common. Each message replaces the `hole` in subject, text and
    /// HTML by its own words. These have no line ends, and are put into HTML as they are, unescaped.
    ///
    /// # Errors
    /// [`ComposeError`] when an address cannot be written.
    pub fn new(draft: &Draft<'_>, hole: Option<&str>) -> Result<Self, ComposeError> {
        let mut fields = field(Date::from(std::time::SystemTime::from(draft.date)));
        // RFC 3834: keeps automatic answers away. Exchange obeys its own header instead.
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
                head: calendar.head.to_owned(),
                tail: calendar.tail.to_owned(),
            }),
            hole: hole.map(str::to_owned),
        })
    }
}

impl From<Form> for FormLetter {
    fn from(form: Form) -> Self {
        let hole = form.hole.as_deref();
        let calendar = form.calendar.as_ref();
        Self {
            subject: match hole.filter(|hole| form.subject.contains(hole)) {
                Some(hole) => SubjectField::Holed(hole.to_owned()),
                None => SubjectField::Same(field(Subject::from(form.subject.clone()))),
            },
            text: Encoder::new(&form.text, hole),
            html: Encoder::new(&form.html, hole),
            calendar: calendar.map(|object| CalendarParts::new(object.method, &object.head, &object.tail)),
            form,
        }
    }
}

impl FormLetter {
    /// The form that it was made of.
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
        let named = own.name.as_deref();
        let fill = own.fill.as_deref().or(named).unwrap_or_default();
        let mut out = Vec::with_capacity(1 << 14);
        out.extend_from_slice(self.form.from.as_bytes());
        let to = LettreMailbox::new(named.map(one_line), address(to)?);
        out.extend_from_slice(field(To::from(Mailboxes::from(to))).as_bytes());
        match &self.subject {
            SubjectField::Same(field) => out.extend_from_slice(field.as_bytes()),
            SubjectField::Holed(hole) => {
                let subject = one_line(&self.form.subject.replace(hole.as_str(), fill));
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
        self.body(message_id, fill, &own.lines, &mut out);
        Ok(out)
    }

    fn body(&self, message_id: &str, fill: &str, lines: &str, out: &mut Vec<u8>) {
        let mixed = Multipart::new("mixed", message_id);
        mixed.begin(out);
        mixed.next(out);
        let alternative = Multipart::new("alternative", message_id);
        alternative.begin(out);
        alternative.next(out);
        text_part("text/plain; charset=utf-8", &self.text, fill, out);
        alternative.next(out);
        let page = |out: &mut Vec<u8>| text_part("text/html; charset=utf-8", &self.html, fill, out);
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
        let object = self
            .calendar
            .as_ref()
            .map(|parts| (parts, Encoder::new(lines, None)));
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

/// A multipart: a part that consists of parts (RFC 2046 §5.1).
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

fn text_part(content_type: &str, text: &Encoder, fill: &str, out: &mut Vec<u8>) {
    let encoding = text.encoding(fill);
    begin_part(content_type, encoding, out);
    text.write(fill, encoding, out);
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

/// An inline image: mail programs show it where the HTML names it, and not as an attachment.
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

    use super::super::compose::{CalendarPart, compose};
    use super::*;
    use crate::meeting::Language;

    proptest! {
        #[test]
        fn filling_holes_is_composing_anew(
            subject in "[ -~äж§]{0,80}", text in "[ -~äж§\n]{0,300}", html in "[ -~äж§\n]{0,300}",
            fill in "[ -~äж]{0,40}", name in "\\PC{0,30}", head in "([ -~ä]{0,60}\r\n){0,8}",
            lines in "([ -~ä]{0,60}\r\n){0,2}", tail in "([ -~]{0,60}\r\n){0,2}",
        ) {
            let mailbox = |name: &str, address: &str| Mailbox::new(name, address.parse().unwrap());
            let (from, to) = (mailbox("Acme", "m@acme.example"), mailbox(&name, "lee@client.example"));
            let language = Language::ENGLISH;
            let draft = Draft {
                from: &from,
                reply_to: Some(&to),
                to: &to,
                subject: &subject,
                text: &text,
                html: &html,
                images: &[],
                language: &language,
                calendar: Some(CalendarPart { method: Method::Request, head: &head, tail: &tail }),
                message_id: "<1@acme.example>",
                references: Some("<0@acme.example>"),
                date: "2026-11-23T12:00:00Z".parse().unwrap(),
            };
            let form = Form::new(&draft, Some("§")).unwrap();
            let kept = serde_json::to_string(&form).unwrap();
            let letter = FormLetter::from(serde_json::from_str::<Form>(&kept).unwrap());
            let own = Own {
                name: to.name.clone(),
                fill: Some(fill.clone()),
                lines: lines.clone(),
                references: draft.references.map(str::to_owned),
            };
            let filled = letter.message(Addressed { to: &to.address, message_id: draft.message_id }, &own);
            let with_own = |words: &str| words.replace('§', &fill);
            let object = [head.as_str(), &lines, &tail].concat();
            let anew = Draft {
                subject: &with_own(&subject),
                text: &with_own(&text),
                html: &with_own(&html),
                calendar: Some(CalendarPart { method: Method::Request, head: &object, tail: "" }),
                ..draft
            };
            prop_assert_eq!(filled.unwrap(), compose(&anew).unwrap());
        }
    }
}
