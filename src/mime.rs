//! The parts of a mail from outside (RFC 5322, RFC 2045, RFC 2046).
//!
//! Such a mail is read before its sender is known. So this module walks the tree of its parts itself, to a limited
//! depth and number, and never into a mail within the mail. `mail-parser` only reads single headers and decodes single
//! parts.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};

/// The longest mail that is read, in octets.
pub(crate) const LONGEST: usize = 10 * 1024 * 1024;
/// How deep multiparts may be nested. Mail programs need 3 or 4 levels.
const DEEPEST: usize = 16;
/// The most parts of all kinds.
const MOST_PARTS: usize = 200;
/// The longest header of a mail or a part, in octets.
const LONGEST_HEADER: usize = 256 * 1024;

/// Why the parts of a mail cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The mail is longer than [`LONGEST`].
    TooLong { octets: usize },
    /// The text has no header.
    NotAMail,
    /// The mail has more parts, deeper nested parts, or a longer header than any mail that is meant for this program.
    TooManyParts,
}

/// A mail and its parts.
#[derive(Debug)]
pub(crate) struct Mail<'a> {
    header: &'a [u8],
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Mail<'a> {
    /// Reads a mail. The time that this takes grows only with its length.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub(crate) fn read(raw: &'a [u8]) -> Result<Self, Unreadable> {
        if raw.len() > LONGEST {
            return Err(Unreadable::TooLong { octets: raw.len() });
        }
        Ok(Self {
            header: header_and_body(raw).0,
            leaves: leaves(raw)?,
        })
    }

    /// The header, unchanged.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.header
    }

    /// The parts without parts of their own, in their order. A mail within the mail is one of them.
    pub(crate) fn leaves(&self) -> &[Leaf<'a>] {
        &self.leaves
    }
}

/// A part without parts of its own.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    header: Message<'a>,
    raw: &'a [u8],
}

/// The header of a mail, with the empty line, and the text behind it.
pub(crate) fn header_and_body(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < raw.len() {
        let end = line_end(raw, at);
        if raw[at..end].iter().all(|b| matches!(b, b'\r' | b'\n')) {
            return (&raw[..at], &raw[end..]);
        }
        at = end;
    }
    (raw, &[])
}

/// The end of the line that begins at `at`, behind its line break.
fn line_end(raw: &[u8], at: usize) -> usize {
    let rest = &raw[at..];
    rest.iter()
        .position(|b| *b == b'\n')
        .map_or(raw.len(), |n| at + n + 1)
}

/// The leaves of a mail, in their order.
///
/// # Errors
/// [`Unreadable::NotAMail`] without a header, [`Unreadable::TooManyParts`] beyond the limits.
fn leaves(raw: &[u8]) -> Result<Vec<Leaf<'_>>, Unreadable> {
    let mut found = Vec::new();
    let mut parts = 0;
    // The parts that are still to be read, with the next one last.
    let mut waiting = vec![(raw, 0)];
    while let Some((raw, depth)) = waiting.pop() {
        parts += 1;
        if parts > MOST_PARTS || depth > DEEPEST {
            return Err(Unreadable::TooManyParts);
        }
        let (head, body) = header_and_body(raw);
        if head.len() > LONGEST_HEADER {
            return Err(Unreadable::TooManyParts);
        }
        let parser = MessageParser::new().with_mime_headers();
        // The header needs its empty line: without it, the parser ignores a header at the end of the mail.
        let Some(header) = parser.parse_headers(&raw[..raw.len() - body.len()]) else {
            if depth == 0 {
                return Err(Unreadable::NotAMail);
            }
            continue;
        };
        let content_type = header.content_type();
        let kind = content_type.map(|content_type| content_type.ctype().to_ascii_lowercase());
        let boundary = content_type.and_then(|content_type| content_type.attribute("boundary"));
        match (kind.as_deref(), boundary) {
            (Some("multipart"), Some(boundary)) => {
                let room = MOST_PARTS.saturating_sub(parts + waiting.len());
                let inner = split(body, boundary.as_bytes(), room + 1);
                if inner.len() > room {
                    return Err(Unreadable::TooManyParts);
                }
                waiting.extend(inner.into_iter().rev().map(|part| (part, depth + 1)));
            }
            (Some("multipart"), None) => {}
            _ => found.push(Leaf { header, raw }),
        }
    }
    Ok(found)
}

/// The parts between the lines of a boundary (RFC 2046 §5.1.1), at most `most`. A last part that is not closed counts.
fn split<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() && parts.len() < most {
        let end = line_end(body, at);
        let line = body[at..end].trim_ascii_end();
        let rest = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary));
        let is_close = rest == Some(b"--");
        if is_close || rest == Some(b"") {
            parts.extend(start.map(|start| without_line_break(&body[start..at])));
            start = Some(end);
            if is_close {
                return parts;
            }
        }
        at = end;
    }
    if at >= body.len() {
        parts.extend(start.map(|start| &body[start.min(body.len())..]));
    }
    parts
}

/// The line break before a boundary belongs to the boundary.
fn without_line_break(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// The fields of a header, unfolded. Lines that are no fields are skipped.
pub(crate) fn fields(header: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let mut lines = header.split(|b| *b == b'\n').peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            // "From :" is a From as well (RFC 5322 §4.5.1).
            let Some(colon) = line.iter().position(|b| *b == b':') else {
                continue;
            };
            let name = line[..colon].trim_ascii_end().to_vec();
            let mut value = line[colon + 1..].trim_ascii_end().to_vec();
            while let Some(more) = lines.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
                value.extend_from_slice(more.trim_ascii_end());
            }
            return Some((name, value));
        }
    })
}

/// Octets as text: UTF-16 if they begin with its byte order mark, otherwise UTF-8.
pub(crate) fn decoded(octets: &[u8]) -> String {
    let units = |from: fn([u8; 2]) -> u16| -> String {
        let units = octets[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match octets {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(octets).into_owned(),
    }
}

/// An instant in the form of mails (RFC 5322 §3.3).
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let read = mail_parser::DateTime::parse_rfc822(text).filter(mail_parser::DateTime::is_valid)?;
    DateTime::from_timestamp(read.to_timestamp(), 0)
}

impl Leaf<'_> {
    fn part(&self) -> Option<&MessagePart<'_>> {
        self.header.parts.first()
    }

    fn is_of(&self, kind: &str, subtypes: &[&str]) -> bool {
        self.header.content_type().is_some_and(|content_type| {
            let subtype = content_type.subtype().unwrap_or_default();
            content_type.ctype().eq_ignore_ascii_case(kind)
                && subtypes.iter().any(|known| known.eq_ignore_ascii_case(subtype))
        })
    }

    fn is_named(&self, is: impl Fn(&str) -> bool) -> bool {
        let name = self.part().and_then(|part| part.attachment_name());
        name.is_some_and(|name| is(&name.to_ascii_lowercase()))
    }

    /// Whether the part may contain the calendar object. Some programs send it only as an attached file.
    pub(crate) fn is_calendar(&self) -> bool {
        self.is_of("text", &["calendar"])
            || self.is_of("application", &["ics"])
            || (self.is_named(|name| name.ends_with(".ics")) && !self.is_message())
    }

    /// Whether the part is in Outlook's own format, in which only Outlook can read the answer.
    pub(crate) fn is_tnef(&self) -> bool {
        self.is_of("application", &["ms-tnef", "vnd.ms-tnef"])
            || (self.is_named(|name| name == "winmail.dat") && !self.is_message())
    }

    fn is_message(&self) -> bool {
        self.header
            .content_type()
            .is_some_and(|content_type| content_type.ctype().eq_ignore_ascii_case("message"))
    }

    /// Whether the part is the outcome of a mail, for programs (RFC 3464 §2.1, RFC 6533 §3).
    pub(crate) fn is_delivery_status(&self) -> bool {
        self.is_of("message", &["delivery-status", "global-delivery-status"])
    }

    /// Whether the part is a returned mail, or the header of one (RFC 6522 §3, RFC 6533 §3).
    pub(crate) fn is_returned_mail(&self) -> bool {
        self.is_of(
            "message",
            &["rfc822", "global", "rfc822-headers", "global-headers"],
        ) || self.is_of("text", &["rfc822-headers"])
    }

    /// Whether the part is text for people. A part without a Content-Type is (RFC 2045 §5.2).
    pub(crate) fn is_plain_text(&self) -> bool {
        self.header.content_type().is_none() || self.is_of("text", &["plain"])
    }

    /// The `method` of the part's Content-Type (RFC 6047 §2.4).
    pub(crate) fn method(&self) -> Option<&str> {
        self.header.content_type()?.attribute("method")
    }

    /// The part's octets, decoded from the transfer encoding. If they cannot be decoded, they are unchanged.
    pub(crate) fn octets(&self) -> Cow<'_, [u8]> {
        let body = header_and_body(self.raw).1;
        let encoding = self.header.content_transfer_encoding().map(str::trim);
        let decoded = match encoding.map(str::to_ascii_lowercase).as_deref() {
            Some("base64") => base64_decode(body),
            Some("quoted-printable") => quoted_printable_decode(body),
            _ => None,
        };
        decoded.map_or(Cow::Borrowed(body), Cow::Owned)
    }

    /// The part's octets as text, decoded from the transfer encoding and from the part's charset.
    pub(crate) fn text(&self) -> String {
        let parsed = MessageParser::default().parse(self.raw);
        let part = parsed.as_ref().and_then(|message| message.parts.first());
        match part {
            Some(part) => part
                .text_contents()
                .map_or_else(|| decoded(part.contents()), str::to_owned),
            None => String::new(),
        }
    }
}
