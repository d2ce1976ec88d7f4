//! Addresses encoded as SMTP carries them in ORCPT.

/// Decodes an address in the encoding of SMTP's ORCPT (RFC 3461 §4): each `+` and two hexadecimal digits are an octet.
/// `None`: the text is not valid, or needs no decoding.
pub(super) fn xtext_decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'+' {
            octets.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'A'..=b'F');
        if !digits.bytes().all(is_hex) {
            return None;
        }
        octets.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(octets).ok().filter(|decoded| decoded != text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_addresses_are_decoded() {
        assert_eq!(
            xtext_decoded("lee+2Bcrm@x.example").as_deref(),
            Some("lee+crm@x.example")
        );
        assert_eq!(xtext_decoded("lee+crm@x.example"), None);
        assert_eq!(xtext_decoded("lee@x.example"), None);
        assert_eq!(xtext_decoded("lee+2"), None);
        assert_eq!(xtext_decoded("lee+FF"), None);
    }
}
