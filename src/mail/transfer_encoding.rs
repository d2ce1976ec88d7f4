//! Encodings of text in a part of a message (RFC 2045 §6): as it is, quoted-printable, or base64.
//!
//! lettre can encode text too, but makes several passes over each part. Encoding takes most of the time of composing a
//! mail.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::slot::{SlottedText, first_mark};

/// The longest line (RFC 2045 §6.7, §6.8), without its end.
const LONGEST_LINE: usize = 76;

/// Content-Transfer-Encoding (RFC 2045 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEncoding {
    SevenBit,
    QuotedPrintable,
    Base64,
}

impl TransferEncoding {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }
}

/// Encodes a text whose lines end with LF or CRLF, in the shortest way that keeps it readable. The text may have slots,
/// which each mail fills with its own values. The text around the slots is encoded once.
#[derive(Debug)]
pub(super) struct Encoder {
    pieces: Vec<Piece>,
    /// Counts over the text without its slots: its octets, the octets that quoted-printable writes as three, and
    /// whether the text can stand in a message as it is.
    length: usize,
    escaped: usize,
    is_plain: bool,
    /// How often each slot occurs in the text, in the order of the marks.
    slots: Vec<usize>,
}

#[derive(Debug)]
enum Piece {
    /// Whole lines without slots, with their ends.
    Same {
        text: String,
        plain: OnceLock<Vec<u8>>,
        quoted: OnceLock<Vec<u8>>,
    },
    /// A line with slots, without the LF.
    Slotted { line: SlottedText, has_end: bool },
}

impl Encoder {
    /// An encoder for a text without slots.
    pub(super) fn of(text: &str) -> Self {
        Self::new(text, &[])
    }

    /// An encoder for a text with marks. Each mark will be replaced by the value at the same index of a list.
    pub(super) fn new(text: &str, marks: &[&str]) -> Self {
        let mut encoder = Self {
            pieces: Vec::new(),
            length: 0,
            escaped: 0,
            is_plain: true,
            slots: vec![0; marks.len()],
        };
        if first_mark(text, marks).is_none() {
            encoder.push_same(text);
            return encoder;
        }
        let (mut same, mut at) = (0, 0);
        for line in text.split_inclusive('\n') {
            let (begin, end) = (at, at + line.len());
            at = end;
            if first_mark(line, marks).is_none() {
                continue;
            }
            if same < begin {
                encoder.push_same(&text[same..begin]);
            }
            same = end;
            encoder.push_slotted(line, marks);
        }
        if same < text.len() {
            encoder.push_same(&text[same..]);
        }
        encoder
    }

    fn push_same(&mut self, text: &str) {
        let escaped = escaped(text);
        let has_long_lines = text.split('\n').any(|line| line.len() >= LONGEST_LINE);
        self.length += text.len();
        self.escaped += escaped;
        // A CR alone is no line end, and may not stand in a message as it is.
        self.is_plain &= escaped == 0 && !has_long_lines && !has_lone_cr(text);
        self.pieces.push(Piece::Same {
            text: text.to_owned(),
            plain: OnceLock::new(),
            quoted: OnceLock::new(),
        });
    }

    fn push_slotted(&mut self, line: &str, marks: &[&str]) {
        let without_end = line.strip_suffix('\n');
        let slotted = SlottedText::new(without_end.unwrap_or(line), marks);
        let around = slotted.around().iter();
        self.length += around.clone().map(String::len).sum::<usize>() + usize::from(without_end.is_some());
        self.escaped += around.map(|part| escaped(part)).sum::<usize>();
        self.is_plain &= !has_lone_cr(line);
        for slot in slotted.slots() {
            self.slots[*slot] += 1;
        }
        self.pieces.push(Piece::Slotted {
            line: slotted,
            has_end: without_end.is_some(),
        });
    }

    /// The encoding for the text with these values, which have no line ends.
    pub(super) fn encoding(&self, values: &[&str]) -> TransferEncoding {
        encoding_of(&[self], values)
    }

    /// Whether the lines with these values are short enough to stand in a message as they are.
    fn is_short(&self, values: &[&str]) -> bool {
        let is_short = |piece: &Piece| match piece {
            Piece::Same { .. } => true,
            Piece::Slotted { line, .. } => {
                let around: usize = line.around().iter().map(String::len).sum();
                let own: usize = line.slots().iter().map(|slot| values[*slot].len()).sum();
                around + own < LONGEST_LINE
            }
        };
        self.pieces.iter().all(is_short)
    }

    /// Adds a count over the values. Each value counts as often as its slot occurs in the text.
    fn sum(&self, values: &[&str], of: impl Fn(&str) -> usize) -> usize {
        let each = self.slots.iter().zip(values);
        each.filter(|(count, _)| **count > 0)
            .map(|(count, value)| count * of(value))
            .sum()
    }

    /// Writes the text with these values.
    pub(super) fn write(&self, values: &[&str], encoding: TransferEncoding, out: &mut Vec<u8>) {
        match encoding {
            TransferEncoding::Base64 => base64_lines(&with_crlf(&self.filled(values)), out),
            TransferEncoding::SevenBit | TransferEncoding::QuotedPrintable => {
                for piece in &self.pieces {
                    piece.write(values, encoding, out);
                }
            }
        }
    }

    fn filled(&self, values: &[&str]) -> String {
        let mut text = String::with_capacity(self.length + self.sum(values, str::len));
        for piece in &self.pieces {
            match piece {
                Piece::Same { text: same, .. } => text.push_str(same),
                Piece::Slotted { line, has_end } => {
                    text.push_str(&line.fill(values));
                    if *has_end {
                        text.push('\n');
                    }
                }
            }
        }
        text
    }
}

/// The encoding for several texts that follow one another in one part, with these values in their slots. Each text
/// except the last must end with a line end.
pub(super) fn encoding_of(texts: &[&Encoder], values: &[&str]) -> TransferEncoding {
    let sum = |of: &dyn Fn(&Encoder) -> usize| texts.iter().map(|text| of(text)).sum::<usize>();
    let escaped = sum(&|text| text.escaped + text.sum(values, escaped));
    if escaped == 0 && texts.iter().all(|text| text.is_plain && text.is_short(values)) {
        TransferEncoding::SevenBit
    } else if escaped <= sum(&|text| text.length + text.sum(values, str::len)) / 3 {
        TransferEncoding::QuotedPrintable
    } else {
        TransferEncoding::Base64
    }
}

impl Piece {
    fn write(&self, values: &[&str], encoding: TransferEncoding, out: &mut Vec<u8>) {
        let is_quoted = encoding == TransferEncoding::QuotedPrintable;
        match self {
            Self::Same { text, plain, quoted } => {
                let written = if is_quoted {
                    quoted.get_or_init(|| quoted_printable(text))
                } else {
                    plain.get_or_init(|| with_crlf(text))
                };
                out.extend_from_slice(written);
            }
            Self::Slotted { line, has_end } => {
                let line = line.fill(values);
                let line = if *has_end { without_cr(&line) } else { &line };
                if is_quoted {
                    quoted_line(line.as_bytes(), out);
                } else {
                    out.extend_from_slice(line.as_bytes());
                }
                if *has_end {
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
    }
}

/// How many octets quoted-printable writes as three each, without counting `=`.
fn escaped(text: &str) -> usize {
    let is_escaped = |octet: &&u8| !(is_plain(**octet) || matches!(octet, b'=' | b'\n' | b'\r'));
    text.as_bytes().iter().filter(is_escaped).count()
}

fn has_lone_cr(text: &str) -> bool {
    if !text.contains('\r') {
        return false;
    }
    let mut parts = text.split('\r');
    parts.next();
    parts.any(|behind| !behind.starts_with('\n'))
}

fn without_cr(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

/// Text with CRLF at the ends of its lines.
fn with_crlf(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        match lines.peek() {
            Some(_) => {
                out.extend_from_slice(without_cr(line).as_bytes());
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line.as_bytes()),
        }
    }
    out
}

/// Whether quoted-printable writes an octet as itself, anywhere on a line. This is a table, because it is looked up for
/// every octet of a mail.
fn is_plain(octet: u8) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut octet = b' ';
        while octet <= b'~' {
            plain[octet as usize] = octet != b'=';
            octet += 1;
        }
        plain[b'\t' as usize] = true;
        plain
    };
    PLAIN[usize::from(octet)]
}

/// Quoted-printable (RFC 2045 §6.7).
fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let line = if is_last { line } else { without_cr(line) };
        quoted_line(line.as_bytes(), &mut out);
        if !is_last {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

fn quoted_line(line: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut column = 0;
    let mut rest = line;
    while let Some(&first) = rest.first() {
        let mut run = rest.iter().take_while(|octet| is_plain(**octet)).count();
        // Relays remove white space at the end of a line.
        if run == rest.len() && matches!(rest[run - 1], b' ' | b'\t') {
            run -= 1;
        }
        if run > 0 {
            let ends_line = run == rest.len();
            let room = if ends_line && run <= LONGEST_LINE - column {
                run
            } else {
                run.min(LONGEST_LINE - 1 - column)
            };
            let (now, later) = rest.split_at(room);
            out.extend_from_slice(now);
            column += room;
            rest = later;
            if room < run {
                out.extend_from_slice(b"=\r\n");
                column = 0;
            }
            continue;
        }
        let most = LONGEST_LINE - usize::from(rest.len() > 1);
        if column + 3 > most {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        out.extend_from_slice(&[b'=', HEX[usize::from(first >> 4)], HEX[usize::from(first & 15)]]);
        column += 3;
        rest = &rest[1..];
    }
}

/// Writes base64 (RFC 2045 §6.8) in lines. The last line has no line end.
pub(super) fn base64_lines(octets: &[u8], out: &mut Vec<u8>) {
    let mut line = [0; LONGEST_LINE];
    for (place, octets) in octets.chunks(LONGEST_LINE / 4 * 3).enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\r\n");
        }
        // 3 octets become 4 characters, so the line has room for them.
        let length = STANDARD.encode_slice(octets, &mut line).unwrap_or_default();
        out.extend_from_slice(&line[..length]);
    }
}

/// Whether a file with CRLF line ends can stand in a message as it is, octet by octet.
pub(super) fn is_plain_file(text: &str) -> bool {
    text.is_ascii() && text.split("\r\n").all(|line| line.len() <= LONGEST_LINE)
}

#[cfg(test)]
mod tests {
    use mail_parser::decoders::base64::base64_decode;
    use mail_parser::decoders::quoted_printable::quoted_printable_decode;
    use proptest::prelude::*;

    use lettre::message::Body;
    use lettre::message::header::ContentTransferEncoding;

    use super::*;

    fn encode(text: &str, marks: &[&str], values: &[&str]) -> (TransferEncoding, Vec<u8>) {
        let encoder = Encoder::new(text, marks);
        let encoding = encoder.encoding(values);
        let mut out = Vec::new();
        encoder.write(values, encoding, &mut out);
        (encoding, out)
    }

    /// The decoded text.
    fn decoded((encoding, octets): &(TransferEncoding, Vec<u8>)) -> Vec<u8> {
        match encoding {
            TransferEncoding::QuotedPrintable => quoted_printable_decode(octets).unwrap(),
            TransferEncoding::Base64 => base64_decode(octets).unwrap_or_default(),
            TransferEncoding::SevenBit => octets.clone(),
        }
    }

    fn longest_line(octets: &[u8]) -> usize {
        octets
            .split(|octet| *octet == b'\n')
            .map(|line| line.len())
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn what_is_plain_stays_as_it_is() {
        let (encoding, octets) = encode("Hello,\nMika.\r\n", &[], &[]);
        assert_eq!(encoding, TransferEncoding::SevenBit);
        assert_eq!(octets, b"Hello,\r\nMika.\r\n");
    }

    #[test]
    fn lines_end_where_they_must() {
        let x = |n| "x".repeat(n);
        for (line, wanted) in [
            (x(76), x(76)),
            (x(77), format!("{}=\r\n{}", x(75), x(2))),
            (format!("{}ö", x(70)), format!("{}=C3=B6", x(70))),
            (format!("{}ö", x(71)), format!("{}=C3=\r\n=B6", x(71))),
            (format!("{}öx", x(70)), format!("{}=C3=\r\n=B6x", x(70))),
            ("a=b \t".to_owned(), "a=3Db =09".to_owned()),
            (format!("{} ", x(75)), format!("{}=\r\n=20", x(75))),
        ] {
            assert_eq!(
                String::from_utf8(quoted_printable(&line)).unwrap(),
                wanted,
                "{line:?}"
            );
        }
    }

    #[test]
    fn a_return_alone_is_hidden() {
        let (encoding, octets) = encode("a\rb\n", &[], &[]);
        assert_eq!(encoding, TransferEncoding::QuotedPrintable);
        assert_eq!(octets, b"a=0Db\r\n");
    }

    proptest! {
        #[test]
        fn is_read_as_it_was_written(lines in prop::collection::vec("[ -~äö📬\t=.]{0,100}", 0..8)) {
            let text = lines.join("\n");
            let body = encode(&text, &[], &[]);
            prop_assert_eq!(String::from_utf8(decoded(&body)).unwrap(), text.replace('\n', "\r\n"));
            // The length includes the CR of the line end.
            prop_assert!(longest_line(&body.1) <= LONGEST_LINE + 1, "{:?}", body);
        }

        #[test]
        fn filling_slots_is_writing_anew(
            lines in prop::collection::vec("[ -~äö\t=§¤\r]{0,100}", 0..8), first in "[ -~äöж]{0,90}", second in "[ -~ä]{0,90}",
        ) {
            let text = lines.join("\n");
            let filled = encode(&text, &["§", "¤"], &[&first, &second]);
            let anew = text.replace('§', &first).replace('¤', &second);
            prop_assert_eq!(filled, encode(&anew, &[], &[]));
        }

        #[test]
        fn is_what_others_write(line in "[ -~äö\t=]{0,400}") {
            let ours = quoted_printable(&line);
            let theirs = Body::new_with_encoding(line, ContentTransferEncoding::QuotedPrintable);
            prop_assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs.unwrap().into_vec()).unwrap());
        }
    }
}
