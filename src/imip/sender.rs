//! The sender of a mail (RFC 5322 §3.6.2).

use crate::meeting::EmailAddress;
use crate::mime::fields;

/// The longest From that is read. Real ones are shorter.
const LONGEST: usize = 2000;

/// The only address in the only From of a mail's header. `None`: the sender is not certain.
///
/// Mail servers that check a sender (DMARC, RFC 7489 §6.6.1) check only From, and only if it has one address. This
/// function does the same: a second From, a second address, or an address that appears only after decoding is no
/// sender. The field Sender is not read, because mail servers do not check it.
pub(super) fn of(header: &[u8]) -> Option<EmailAddress> {
    let mut values = fields(header).filter(|(name, _)| name.eq_ignore_ascii_case(b"from"));
    let (_, value) = values.next()?;
    if values.next().is_some() || value.len() > LONGEST {
        return None;
    }
    EmailAddress::new(&address(std::str::from_utf8(&value).ok()?)?).ok()
}

/// The address of a From with one mailbox: `name <address>` or `address`, with comments anywhere.
fn address(value: &str) -> Option<String> {
    let mut angle: Option<String> = None;
    let mut bare = String::new();
    let (mut comments, mut is_quoted, mut is_angle) = (0_usize, false, false);
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        if c == '\\' && (is_quoted || comments > 0) {
            characters.next()?;
        } else if is_quoted {
            is_quoted = c != '"';
        } else if comments > 0 {
            match c {
                '(' => comments += 1,
                ')' => comments -= 1,
                _ => {}
            }
        } else if is_angle {
            match c {
                '>' => is_angle = false,
                '<' => return None,
                c => angle.as_mut()?.push(c),
            }
        } else {
            match c {
                '(' => comments = 1,
                // A quoted text is a name, or a form of local part that no mail program writes.
                '"' => is_quoted = true,
                '<' if angle.is_none() => {
                    angle = Some(String::new());
                    is_angle = true;
                }
                // There are two mailboxes, or a group.
                '<' | ',' | ';' | ':' => return None,
                c => bare.push(c),
            }
        }
    }
    let is_whole = comments == 0 && !is_quoted && !is_angle;
    let found = match angle {
        // A name that looks like another address deceives the reader.
        Some(_) if bare.contains('@') => return None,
        Some(angle) => angle,
        None => bare,
    };
    let found = found.trim();
    let is_one_word = !found.is_empty() && !found.contains(char::is_whitespace);
    (is_whole && is_one_word && !found.contains("=?")).then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sender(header: &str) -> Option<String> {
        of(header.as_bytes()).map(|address| address.to_string())
    }

    #[test]
    fn one_literal_address_is_the_sender() {
        for header in [
            "From: lee@client.example",
            "From: Harper Lee <lee@client.example>",
            "from :\r\n \"Lee, Harper\" \r\n\t<lee@client.example> (office)",
            "Subject: x\r\nFROM: =?utf-8?q?Lee=2C?= <lee@client.example>\r\nTo: eve@evil.example",
            "From: (a (nested) \\) comment) lee@client.example",
            "From: \"eve@evil.example\" <lee@client.example>",
        ] {
            assert_eq!(sender(header).as_deref(), Some("lee@client.example"), "{header}");
        }
    }

    #[test]
    fn a_doubtful_sender_is_none() {
        for header in [
            "To: lee@client.example",
            "From: lee@client.example\r\nFrom: eve@evil.example",
            "From: eve@evil.example\r\nFrom : lee@client.example",
            "From: eve@evil.example, lee@client.example",
            "From: lee@client.example <eve@evil.example>",
            "From: <eve@evil.example> <lee@client.example>",
            "From: friends: lee@client.example;",
            "From: =?utf-8?q?lee=40client=2Eexample?= (eve@evil.example)",
            "From: <=?utf-8?q?lee?=@client.example>",
            "From: lee@client.example eve@evil.example",
            "From: <lee@client.example",
            "From: (lee@client.example",
            "From: \"lee\"@client.example",
            "From: eve@evil.example\r\nSender: lee@client.example\r\nFrom: lee@client.example",
        ] {
            assert_eq!(sender(header), None, "{header}");
        }
        assert_eq!(
            sender("From: eve@evil.example\r\nSender: lee@client.example").as_deref(),
            Some("eve@evil.example")
        );
    }

    /// Pieces of a From in which `lee` is never the mailbox.
    fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
        let piece = prop::sample::select(vec![
            "=?utf-8?q?lee=40client=2Eexample?=",
            "=?utf-8?b?bGVlQGNsaWVudC5leGFtcGxl?=",
            "\"lee@client.example\"",
            "(lee@client.example)",
            "(<lee@client.example>)",
            "\"<lee@client.example>\"",
            "<eve@evil.example>",
            "eve@evil.example",
            "Harper",
            ",",
            ";",
            ":",
            "\\",
            "(",
            ")",
            "\"",
            "<",
            ">",
            " ",
            "\r\n ",
            "\r\nFrom: ",
            "\r\nSender: lee@client.example",
        ]);
        prop::collection::vec(piece, 0..10)
    }

    proptest! {
        #[test]
        fn what_only_looks_like_an_address_never_is_the_sender(pieces in pieces()) {
            let header = format!("From: {}", pieces.concat());
            let lee = sender(&header).is_some_and(|sender| sender.contains("lee"));
            // A bracket or quote that opens in one piece and closes in another can expose an address. The address then
            // stands alone and literally in the header.
            let is_literal = pieces.iter().any(|piece| matches!(*piece, "(" | ")" | "\"" | "<" | ">" | "\\" ));
            prop_assert!(!lee || is_literal, "{header}");
        }

        #[test]
        fn no_octets_make_a_sender_panic(header in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = of(&header);
        }
    }
}
