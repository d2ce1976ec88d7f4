//! How text travels in a part of a message (RFC 2045 §6): as it is, as quoted-printable, or as base64.
//!
//! lettre would encode it as well, in several passes over each part, which is most of what composing a mail takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

/// The longest line (RFC 2045 §6.7, §6.8), without its end.
const LONGEST_LINE: usize = 76;

/// Encodes text whose lines end with LF or CRLF, in the way that is the shortest and keeps it readable.
pub(super) fn encode(text: &str) -> Body {
    let is_escaped = |octet: &u8| !(is_plain(*octet) || matches!(octet, b'=' | b'\n' | b'\r'));
    let escaped = text.as_bytes().iter().filter(|octet| is_escaped(octet)).count();
    let has_long_lines = text.split('\n').any(|line| line.len() >= LONGEST_LINE);
    // A CR alone is no line end, and may not stand in a message as it is.
    let has_odd_octets = escaped > 0 || text.contains('\r') && has_lone_cr(text);
    if !has_odd_octets && !has_long_lines {
        Body::dangerous_pre_encoded(with_crlf(text), ContentTransferEncoding::SevenBit)
    } else if escaped <= text.len() / 3 {
        Body::dangerous_pre_encoded(quoted_printable(text), ContentTransferEncoding::QuotedPrintable)
    } else {
        Body::dangerous_pre_encoded(base64(&with_crlf(text)), ContentTransferEncoding::Base64)
    }
}

fn has_lone_cr(text: &str) -> bool {
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

/// Whether an octet stands for itself, wherever it is on a line. Looked up, because every octet of a mail is asked for.
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
        // Relays cut off what is white at the end of a line.
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

/// Base64 (RFC 2045 §6.8).
fn base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len() * 3 / 2);
    for (place, line) in octets.chunks(LONGEST_LINE / 4 * 3).enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(STANDARD.encode(line).as_bytes());
    }
    out
}

/// Encodes a file that has lines with CRLF, to the octet: base64, unless it can be written as it is.
pub(super) fn encode_file(text: &str) -> Body {
    let has_long_lines = text.split("\r\n").any(|line| line.len() > LONGEST_LINE);
    if text.is_ascii() && !has_long_lines {
        Body::dangerous_pre_encoded(text.as_bytes().to_vec(), ContentTransferEncoding::SevenBit)
    } else {
        Body::dangerous_pre_encoded(base64(text.as_bytes()), ContentTransferEncoding::Base64)
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::decoders::base64::base64_decode;
    use mail_parser::decoders::quoted_printable::quoted_printable_decode;
    use proptest::prelude::*;

    use super::*;

    /// The text as a reader gets it.
    fn decoded(body: &Body) -> Vec<u8> {
        let octets: &[u8] = body.as_ref();
        match body.encoding() {
            ContentTransferEncoding::QuotedPrintable => quoted_printable_decode(octets).unwrap(),
            ContentTransferEncoding::Base64 => base64_decode(octets).unwrap_or_default(),
            _ => octets.to_vec(),
        }
    }

    fn longest_line(body: &Body) -> usize {
        let octets: &[u8] = body.as_ref();
        octets
            .split(|octet| *octet == b'\n')
            .map(|line| line.len())
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn what_is_plain_stays_as_it_is() {
        let body = encode("Hello,\nMika.\r\n");
        assert_eq!(body.encoding(), ContentTransferEncoding::SevenBit);
        assert_eq!(body.as_ref(), b"Hello,\r\nMika.\r\n");
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
        let body = encode("a\rb\n");
        assert_eq!(body.encoding(), ContentTransferEncoding::QuotedPrintable);
        assert_eq!(body.as_ref(), b"a=0Db\r\n");
    }

    proptest! {
        #[test]
        fn is_read_as_it_was_written(lines in prop::collection::vec("[ -~äö📬\t=.]{0,100}", 0..8)) {
            let text = lines.join("\n");
            let body = encode(&text);
            prop_assert_eq!(String::from_utf8(decoded(&body)).unwrap(), text.replace('\n', "\r\n"));
            // With the CR of its end.
            prop_assert!(longest_line(&body) <= LONGEST_LINE + 1, "{:?}", body);
        }

        #[test]
        fn is_what_others_write(line in "[ -~äö\t=]{0,400}") {
            let ours = quoted_printable(&line);
            let theirs = Body::new_with_encoding(line, ContentTransferEncoding::QuotedPrintable);
            prop_assert_eq!(String::from_utf8(ours).unwrap(), String::from_utf8(theirs.unwrap().into_vec()).unwrap());
        }
    }
}
