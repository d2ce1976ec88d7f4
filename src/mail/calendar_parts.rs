//! The two parts of a message that hold its calendar object: one for programs that show it with the mail, and one as a
//! file.
//!
//! The text that all objects share is encoded once. It has several pieces; between each two pieces stand the lines of
//! the single message. Each piece ends with a line end.

use super::transfer_encoding::{Encoder, TransferEncoding, base64_lines, encoding_of, is_plain_file};
use crate::calendar::Method;

/// How many octets make a line of base64.
const OCTETS_IN_LINE: usize = 57;

#[derive(Debug)]
pub(super) struct CalendarParts {
    method: Method,
    pieces: Vec<String>,
    text_of_pieces: Vec<Encoder>,
    /// The first piece, up to its last full line of base64, and the length of that part.
    lines_of_head: Vec<u8>,
    in_lines: usize,
    is_plain_file: bool,
}

impl CalendarParts {
    pub(super) fn new(method: Method, pieces: &[String]) -> Self {
        let head = pieces.first().map_or("", String::as_str);
        let in_lines = head.len() / OCTETS_IN_LINE * OCTETS_IN_LINE;
        let mut lines_of_head = Vec::new();
        base64_lines(&head.as_bytes()[..in_lines], &mut lines_of_head);
        Self {
            method,
            text_of_pieces: pieces.iter().map(|piece| Encoder::of(piece)).collect(),
            lines_of_head,
            in_lines,
            is_plain_file: pieces.iter().all(|piece| is_plain_file(piece)),
            pieces: pieces.to_vec(),
        }
    }

    pub(super) const fn method(&self) -> Method {
        self.method
    }

    /// The encoded pieces, with a message's own lines between each two pieces.
    fn texts<'t>(&'t self, own: &'t Encoder) -> Vec<&'t Encoder> {
        between(&self.text_of_pieces, own)
    }

    /// The encoding of the object with these own lines.
    pub(super) fn encoding(&self, own: &Encoder) -> TransferEncoding {
        encoding_of(&self.texts(own), &[])
    }

    /// Writes the object as text.
    pub(super) fn write(&self, lines: &str, own: &Encoder, encoding: TransferEncoding, out: &mut Vec<u8>) {
        match encoding {
            TransferEncoding::Base64 => {
                Encoder::of(&self.pieces.join(lines)).write(&[], encoding, out);
            }
            TransferEncoding::SevenBit | TransferEncoding::QuotedPrintable => {
                for text in self.texts(own) {
                    text.write(&[], encoding, out);
                }
            }
        }
    }

    /// The encoding of the file, which must arrive octet by octet: base64, unless the file can be written as it is.
    pub(super) fn file_encoding(&self, lines: &str) -> TransferEncoding {
        let has_lines = self.pieces.len() > 1;
        if self.is_plain_file && (!has_lines || is_plain_file(lines)) {
            TransferEncoding::SevenBit
        } else {
            TransferEncoding::Base64
        }
    }

    /// Writes the object as a file.
    pub(super) fn write_file(&self, lines: &str, encoding: TransferEncoding, out: &mut Vec<u8>) {
        let object = self.pieces.join(lines);
        if encoding == TransferEncoding::SevenBit {
            out.extend_from_slice(object.as_bytes());
            return;
        }
        out.extend_from_slice(&self.lines_of_head);
        let rest = &object.as_bytes()[self.in_lines..];
        if !(self.lines_of_head.is_empty() || rest.is_empty()) {
            out.extend_from_slice(b"\r\n");
        }
        base64_lines(rest, out);
    }
}

/// A list with `own` between each two items.
fn between<'t, T>(list: &'t [T], own: &'t T) -> Vec<&'t T> {
    let mut all = Vec::with_capacity(list.len() * 2);
    for one in list {
        if !all.is_empty() {
            all.push(own);
        }
        all.push(one);
    }
    all
}
