//! The parts of a mail (RFC 2045, RFC 2046), as far as an answer needs them.
//!
//! A mail from outside is read before anybody knows who wrote it. So the tree of its parts is walked here, to a bounded
//! depth and number, and never into a mail within the mail; `mail-parser` reads single headers and decodes single parts.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};

use super::AnswerError;

/// Multiparts within multiparts. Mail programs need three or four.
const DEEPEST: usize = 16;
/// Parts of all kinds.
const MOST_PARTS: usize = 200;
/// The header of a mail or a part, in octets.
const LONGEST_HEADER: usize = 256 * 1024;

/// A part that holds no others.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    header: Message<'a>,
    raw: &'a [u8],
}

/// The header of a mail, up to the empty line, and what follows it.
pub(super) fn header_and_body(raw: &[u8]) -> (&[u8], &[u8]) {
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
/// [`AnswerError::NotAMail`] without a header, [`AnswerError::TooManyParts`] past the bounds.
pub(super) fn leaves(raw: &[u8]) -> Result<Vec<Leaf<'_>>, AnswerError> {
    let mut found = Vec::new();
    let mut parts = 0;
    // What is still to be looked at, the next one last.
    let mut waiting = vec![(raw, 0)];
    while let Some((raw, depth)) = waiting.pop() {
        parts += 1;
        if parts > MOST_PARTS || depth > DEEPEST {
            return Err(AnswerError::TooManyParts);
        }
        let (head, body) = header_and_body(raw);
        if head.len() > LONGEST_HEADER {
            return Err(AnswerError::TooManyParts);
        }
        let parser = MessageParser::new().with_mime_headers();
        // With its empty line, or a header at the end of the mail counts for none.
        let Some(header) = parser.parse_headers(&raw[..raw.len() - body.len()]) else {
            if depth == 0 {
                return Err(AnswerError::NotAMail);
            }
            continue;
        };
        let content_type = header.content_type();
        let kind = content_type.map(|content_type| content_type.ctype().to_ascii_lowercase());
        let boundary = content_type.and_then(|content_type| content_type.attribute("boundary"));
        match (kind.as_deref(), boundary) {
            (Some("message"), _) => {}
            (Some("multipart"), Some(boundary)) => {
                let room = MOST_PARTS.saturating_sub(parts + waiting.len());
                let inner = split(body, boundary.as_bytes(), room + 1);
                if inner.len() > room {
                    return Err(AnswerError::TooManyParts);
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
    pub(super) fn is_calendar(&self) -> bool {
        self.is_of("text", &["calendar"])
            || self.is_of("application", &["ics"])
            || self.is_named(|name| name.ends_with(".ics"))
    }

    /// Whether it is Outlook's own format, which hides the answer from everybody else.
    pub(super) fn is_tnef(&self) -> bool {
        self.is_of("application", &["ms-tnef", "vnd.ms-tnef"]) || self.is_named(|name| name == "winmail.dat")
    }

    /// The `method` of its Content-Type (RFC 6047 §2.4).
    pub(super) fn method(&self) -> Option<&str> {
        self.header.content_type()?.attribute("method")
    }

    /// Its octets as text: the transfer encoding undone, in the charset that it says.
    pub(super) fn text(&self) -> String {
        let parsed = MessageParser::default().parse(self.raw);
        let part = parsed.as_ref().and_then(|message| message.parts.first());
        match part {
            Some(part) => part
                .text_contents()
                .map_or_else(|| super::decoded(part.contents()), str::to_owned),
            None => String::new(),
        }
    }
}
