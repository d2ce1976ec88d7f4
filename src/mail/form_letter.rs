//! Messages that differ in little: what they have in common is written once.
//!
//! lettre writes the header fields, whose syntax is the harder part. The tree of the body is put together here: lettre
//! would copy and format all of it anew for each recipient.

use lettre::message::header::{
    self, ContentType, Date, Header, HeaderName, HeaderValue, Headers, ReplyTo, Subject, To,
};
use lettre::message::{Attachment, Mailbox as LettreMailbox, Mailboxes};
use sha2::{Digest, Sha256};

use super::compose::{ComposeError, Draft, InlineImage, Mailbox};
use super::transfer_encoding::{Encoder, TransferEncoding, file_encoding, write_file};
use crate::calendar::Method;
use crate::meeting::{EmailAddress, one_line};

/// What the messages about one meeting have in common that are in one language.
#[derive(Debug)]
pub struct FormLetter {
    from: String,
    subject: SubjectField,
    /// The fields between Message-ID and those that refer to other messages.
    fields: String,
    text: Encoder,
    html: Encoder,
    /// Parts of the body, as they are written.
    images: Vec<Vec<u8>>,
    method: Option<Method>,
}

#[derive(Debug)]
enum SubjectField {
    Same(String),
    /// The subject with the hole.
    Holed(String, String),
}

/// What is one message's own.
#[derive(Debug, Clone, Copy)]
pub struct Addressed<'a> {
    /// The one recipient.
    pub to: &'a Mailbox,
    /// What fills the holes.
    pub fill: &'a str,
    /// The calendar object, where the form letter has one.
    pub calendar: Option<&'a str>,
    /// Message-ID, with its angle brackets.
    pub message_id: &'a str,
    /// The Message-ID of the first message to this recipient that it belongs to.
    pub references: Option<&'a str>,
}

impl FormLetter {
    /// Writes what messages like this draft have in common. Where subject, text and HTML have the `hole`, each has its
    /// own words instead, without line ends; in HTML they stand as they are.
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
        let subject = one_line(draft.subject);
        Ok(Self {
            from: field(header::From::from(Mailboxes::from(mailbox(draft.from)?))),
            subject: match hole.filter(|hole| subject.contains(hole)) {
                Some(hole) => SubjectField::Holed(subject, hole.to_owned()),
                None => SubjectField::Same(field(Subject::from(subject))),
            },
            fields,
            text: Encoder::new(draft.text, hole),
            html: Encoder::new(draft.html, hole),
            images: draft
                .images
                .iter()
                .map(|image| inline(image, &draft.to.address))
                .collect::<Result<_, _>>()?,
            method: draft.calendar.map(|calendar| calendar.method),
        })
    }

    /// One of the messages.
    ///
    /// # Errors
    /// [`ComposeError`] when the address cannot be written.
    pub fn message(&self, own: &Addressed<'_>) -> Result<Vec<u8>, ComposeError> {
        let to = field(To::from(Mailboxes::from(mailbox(own.to)?)));
        let mut out = Vec::with_capacity(1 << 14);
        out.extend_from_slice(self.from.as_bytes());
        out.extend_from_slice(to.as_bytes());
        match &self.subject {
            SubjectField::Same(field) => out.extend_from_slice(field.as_bytes()),
            SubjectField::Holed(subject, hole) => {
                let subject = one_line(&subject.replace(hole.as_str(), own.fill));
                out.extend_from_slice(field(Subject::from(subject)).as_bytes());
            }
        }
        line(&mut out, &["Message-ID: ", own.message_id]);
        out.extend_from_slice(self.fields.as_bytes());
        if let Some(first) = own.references.filter(|first| *first != own.message_id) {
            line(&mut out, &["In-Reply-To: ", first]);
            line(&mut out, &["References: ", first]);
        }
        line(&mut out, &["MIME-Version: 1.0"]);
        self.body(own, &mut out);
        Ok(out)
    }

    fn body(&self, own: &Addressed<'_>, out: &mut Vec<u8>) {
        let mixed = Multipart::new("mixed", own.message_id);
        mixed.begin(out);
        mixed.next(out);
        let alternative = Multipart::new("alternative", own.message_id);
        alternative.begin(out);
        alternative.next(out);
        text_part("text/plain; charset=utf-8", &self.text, own.fill, out);
        alternative.next(out);
        let page = |out: &mut Vec<u8>| text_part("text/html; charset=utf-8", &self.html, own.fill, out);
        if self.images.is_empty() {
            page(out);
        } else {
            let related = Multipart::new("related", own.message_id);
            related.begin(out);
            related.next(out);
            page(out);
            for image in &self.images {
                related.next(out);
                out.extend_from_slice(image);
            }
            related.end(out);
        }
        let calendar = self.method.zip(own.calendar);
        if let Some((method, object)) = calendar {
            alternative.next(out);
            let content_type = format!("text/calendar; method={}; charset=utf-8", method.as_str());
            text_part(&content_type, &Encoder::new(object, None), "", out);
        }
        alternative.end(out);
        if let Some((_, object)) = calendar {
            mixed.next(out);
            let encoding = file_encoding(object);
            line(out, &["Content-Type: application/ics; name=\"invite.ics\""]);
            line(out, &["Content-Disposition: attachment; filename=\"invite.ics\""]);
            line(out, &["Content-Transfer-Encoding: ", encoding.as_str(), "\r\n"]);
            write_file(object, encoding, out);
            line(out, &[]);
        }
        mixed.end(out);
    }
}

/// A part that has parts (RFC 2046 §5.1).
struct Multipart {
    subtype: &'static str,
    boundary: String,
}

impl Multipart {
    /// The boundary is the same whenever the same message is written.
    fn new(subtype: &'static str, message_id: &str) -> Self {
        let digest = Sha256::digest(format!("{message_id}{subtype}"));
        Self {
            subtype,
            boundary: format!("{digest:.30x}"),
        }
    }

    /// Its header, up to the first boundary.
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
    let encoding: TransferEncoding = text.encoding(fill);
    line(out, &["Content-Type: ", content_type]);
    line(out, &["Content-Transfer-Encoding: ", encoding.as_str(), "\r\n"]);
    text.write(fill, encoding, out);
    line(out, &[]);
}

/// A header field as it is written, with its line end.
fn field(header: impl Header) -> String {
    let mut headers = Headers::new();
    headers.set(header);
    headers.to_string()
}

/// A picture that is shown where the page names it, and nowhere else.
fn inline(image: &InlineImage, to: &EmailAddress) -> Result<Vec<u8>, ComposeError> {
    let content_type = ContentType::parse(image.media_type).map_err(|source| ComposeError::Message {
        to: to.clone(),
        source: source.into(),
    })?;
    let part = Attachment::new_inline(image.content_id.clone()).body(image.data.clone(), content_type);
    Ok(part.formatted())
}

fn mailbox(mailbox: &Mailbox) -> Result<LettreMailbox, ComposeError> {
    let address = mailbox
        .address
        .as_str()
        .parse()
        .map_err(|e: lettre::address::AddressError| ComposeError::Address {
            address: mailbox.address.clone(),
            source: e.into(),
        })?;
    Ok(LettreMailbox::new(mailbox.name.as_deref().map(one_line), address))
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
            fill in "[ -~äж]{0,40}", name in "\\PC{0,30}", object in "([ -~ä]{0,60}\r\n){0,8}",
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
                calendar: Some(CalendarPart { method: Method::Request, object: &object }),
                message_id: "<1@acme.example>",
                references: Some("<0@acme.example>"),
                date: "2026-11-23T12:00:00Z".parse().unwrap(),
            };
            let letter = FormLetter::new(&draft, Some("§")).unwrap();
            let filled = letter.message(&Addressed {
                to: &to,
                fill: &fill,
                calendar: Some(&object),
                message_id: draft.message_id,
                references: draft.references,
            });
            let own = |words: &str| words.replace('§', &fill);
            let anew = Draft { subject: &own(&subject), text: &own(&text), html: &own(&html), ..draft };
            prop_assert_eq!(filled.unwrap(), compose(&anew).unwrap());
        }
    }
}
