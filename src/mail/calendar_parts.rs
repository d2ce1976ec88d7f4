//! The two parts of a message that hold its calendar object: for programs that show it with the mail, and as a file.
//!
//! What objects have in common is encoded once. A message's own lines stand between a head and a tail, each of which ends
//! with a line.

use super::transfer_encoding::{Encoder, TransferEncoding, base64_lines, encoding_of, is_plain_file};
use crate::calendar::Method;

/// How many octets make a line of base64.
const OCTETS_IN_LINE: usize = 57;

#[derive(Debug)]
pub(super) struct CalendarParts {
    method: Method,
    head: String,
    tail: String,
    text_of_head: Encoder,
    text_of_tail: Encoder,
    /// The head as far as it fills lines of base64, and how far that is.
    lines_of_head: Vec<u8>,
    in_lines: usize,
    is_plain_file: bool,
}

impl CalendarParts {
    pub(super) fn new(method: Method, head: &str, tail: &str) -> Self {
        let in_lines = head.len() / OCTETS_IN_LINE * OCTETS_IN_LINE;
        let mut lines_of_head = Vec::new();
        base64_lines(&head.as_bytes()[..in_lines], &mut lines_of_head);
        Self {
            method,
            text_of_head: Encoder::new(head, None),
            text_of_tail: Encoder::new(tail, None),
            lines_of_head,
            in_lines,
            is_plain_file: is_plain_file(head) && is_plain_file(tail),
            head: head.to_owned(),
            tail: tail.to_owned(),
        }
    }

    pub(super) const fn method(&self) -> Method {
        self.method
    }

    /// How the object is encoded that has these lines of its own.
    pub(super) fn encoding(&self, own: &Encoder) -> TransferEncoding {
        encoding_of(&[&self.text_of_head, own, &self.text_of_tail], "")
    }

    /// Writes the object as text.
    pub(super) fn write(&self, lines: &str, own: &Encoder, encoding: TransferEncoding, out: &mut Vec<u8>) {
        match encoding {
            TransferEncoding::Base64 => {
                Encoder::new(&self.object(lines), None).write("", encoding, out);
            }
            TransferEncoding::SevenBit | TransferEncoding::QuotedPrintable => {
                for text in [&self.text_of_head, own, &self.text_of_tail] {
                    text.write("", encoding, out);
                }
            }
        }
    }

    fn object(&self, lines: &str) -> String {
        [&self.head, lines, &self.tail].concat()
    }

    /// How the file is encoded, to the octet: as base64, unless it can be written as it is.
    pub(super) fn file_encoding(&self, lines: &str) -> TransferEncoding {
        if self.is_plain_file && is_plain_file(lines) {
            TransferEncoding::SevenBit
        } else {
            TransferEncoding::Base64
        }
    }

    /// Writes the object as a file.
    pub(super) fn write_file(&self, lines: &str, encoding: TransferEncoding, out: &mut Vec<u8>) {
        if encoding == TransferEncoding::SevenBit {
            for part in [&self.head, lines, &self.tail] {
                out.extend_from_slice(part.as_bytes());
            }
            return;
        }
        out.extend_from_slice(&self.lines_of_head);
        let head = &self.head.as_bytes()[self.in_lines..];
        let rest = [head, lines.as_bytes(), self.tail.as_bytes()].concat();
        if !(self.lines_of_head.is_empty() || rest.is_empty()) {
            out.extend_from_slice(b"\r\n");
        }
        base64_lines(&rest, out);
    }
}
