//! The parts of a mail from outside (RFC 5322, RFC 2045, RFC 2046).
//!
//! Such a mail is read before anybody knows who wrote it. So the tree of its parts is walked here, to a bounded
//! depth and number, and never into a mail within the mail; `mail-parser` reads single headers and decodes single parts.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};

/// The longest mail that is read.
pub(crate) const LONGEST: usize = 10 * 1024 * 1024;
/// Multiparts within multiparts. Mail programs need three or four.
const DEEPEST: usize = 16;
/// Parts of all kinds.
const MOST_PARTS: usize = 200;
/// The header of a mail or a part, in octets.
const LONGEST_HEADER: usize = 256 * 1024;

/// Why the parts of a mail cannot be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is longer than [`LONGEST`].
    TooLong { octets: usize },
    /// It has no header.
    NotAMail,
    /// It has more parts, or parts within parts, or a longer header, than any mail that is for us.
    TooManyParts,
}

/// A mail, as far as it is read.
#[derive(Debug)]
pub(crate) struct Mail<'a> {
    header: &'a [u8],
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Mail<'a> {
    /// Reads a mail. What it costs grows with its length, whatever is in it.
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

    /// Its header, as it is.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.header
    }

    /// Its parts that hold no others, in their order. A mail within it is one of them.
    pub(crate) fn leaves(&self) -> &[Leaf<'a>] {
        &self.leaves
    }
}

/// A part that holds no others.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    header: Message<'a>,
    raw: &'a [u8],
}

/// The header of a mail, up to the empty line, and what follows it.
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

/// Where the line that begins at `at` ends, its line break included.
fn line_end(raw: &[u8], at: usize) -> usize {
    let rest = &raw[at..];
    rest.iter()
        .position(|b| *b == b'\n')
        .map_or(raw.len(), |n| at + n + 1)
}

/// The leaves of a mail, in their order.
///
/// # Errors
/// [`Unreadable::NotAMail`] without a header, [`Unreadable::TooManyParts`] past the bounds.
fn leaves(raw: &[u8]) -> Result<Vec<Leaf<'_>>, Unreadable> {
    let mut found = Vec::new();
    let mut parts = 0;
    // What is still to be looked at, the next one last.
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
        // With its empty line, or a header at the end of the mail counts for none.
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

/// The parts between the lines of a boundary (RFC 2046 §5.1.1), at most so many. A last one that is not closed counts.
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

/// The fields of a header, unfolded. Lines that are no fields are passed over.
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

/// Octets as text: UTF-16 where they begin with its mark, else UTF-8.
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

/// An instant as a mail writes it (RFC 5322 §3.3).
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

    /// Whether it may hold the calendar object. Some programs send it as an attached file only.
    pub(crate) fn is_calendar(&self) -> bool {
        self.is_of("text", &["calendar"])
            || self.is_of("application", &["ics"])
            || (self.is_named(|name| name.ends_with(".ics")) && !self.is_message())
    }

    /// Whether it is Outlook's own format, which hides the answer from everybody else.
    pub(crate) fn is_tnef(&self) -> bool {
        self.is_of("application", &["ms-tnef", "vnd.ms-tnef"])
            || (self.is_named(|name| name == "winmail.dat") && !self.is_message())
    }

    fn is_message(&self) -> bool {
        self.header
            .content_type()
            .is_some_and(|content_type| content_type.ctype().eq_ignore_ascii_case("message"))
    }

    /// Whether it says, for programs, what became of a mail (RFC 3464 §2.1, RFC 6533 §3).
    pub(crate) fn is_delivery_status(&self) -> bool {
        self.is_of("message", &["delivery-status", "global-delivery-status"])
    }

    /// Whether it is a mail that came back, or the header of one (RFC 6522 §3, RFC 6533 §3).
    pub(crate) fn is_returned_mail(&self) -> bool {
        self.is_of(
            "message",
            &["rfc822", "global", "rfc822-headers", "global-headers"],
        ) || self.is_of("text", &["rfc822-headers"])
    }

    /// Whether it is text for people, as it is where no Content-Type says otherwise (RFC 2045 §5.2).
    pub(crate) fn is_plain_text(&self) -> bool {
        self.header.content_type().is_none() || self.is_of("text", &["plain"])
    }

    /// The `method` of its Content-Type (RFC 6047 §2.4).
    pub(crate) fn method(&self) -> Option<&str> {
        self.header.content_type()?.attribute("method")
    }

    /// Its octets, the transfer encoding undone. Where that cannot be, they are as they came.
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

    /// Its octets as text: the transfer encoding undone, in the charset that it says.
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
