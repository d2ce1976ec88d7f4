//! Enhanced status codes (RFC 3463).

/// Whether a text is an enhanced status code: class, subject and detail.
fn is_code(text: &str) -> bool {
    let mut numbers = text.split('.');
    let is_class = matches!(numbers.next(), Some("2" | "4" | "5"));
    let is_number =
        |number: Option<&str>| number.is_some_and(|n| (1..=3).contains(&n.len()) && digits(n) == n.len());
    is_class && is_number(numbers.next()) && is_number(numbers.next()) && numbers.next().is_none()
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The code in a Status field. A comment may stand behind it.
pub(super) fn of_field(value: &str) -> Option<String> {
    let first = value
        .split(|c: char| c.is_whitespace() || c == '(')
        .find(|w| !w.is_empty())?;
    is_code(first).then(|| first.to_owned())
}

/// The code in the text of a server: behind a reply code of the same class (`550 5.1.1 No such user`, RFC 2034 §4), or
/// in qmail's form (`(#5.1.1)`).
pub(super) fn of_words(words: &str) -> Option<String> {
    let mut before = "";
    for word in words.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '#')) {
        if word.is_empty() {
            continue;
        }
        let (is_marked, word) = word.strip_prefix('#').map_or((false, word), |word| (true, word));
        let word = word.trim_end_matches('.');
        let follows = before.len() == 3 && digits(before) == 3 && before.get(..1) == word.get(..1);
        if is_code(word) && (is_marked || follows) {
            return Some(word.to_owned());
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_other_numbers() {
        for (field, code) in [
            ("5.1.1", Some("5.1.1")),
            (" 4.4.7 (expired)", Some("4.4.7")),
            ("5.1.10(x)", Some("5.1.10")),
            ("5.1", None),
            ("3.1.1", None),
            ("5.1.1.1", None),
            ("5.1.1234", None),
            ("5.+1.1", None),
            ("", None),
        ] {
            assert_eq!(of_field(field).as_deref(), code, "{field}");
        }
        for (words, code) in [
            ("550 5.1.1 <lee@client.example>: unknown", Some("5.1.1")),
            ("550-5.1.1 The email account", Some("5.1.1")),
            ("Sorry, no mailbox here by that name. (#5.1.1)", Some("5.1.1")),
            ("host 4.2.2.1 said: 550 no such user", None),
            ("550 Postfix 5.6.1 says no", None),
            ("554 4.7.1 odd", None),
        ] {
            assert_eq!(of_words(words).as_deref(), code, "{words}");
        }
    }
}
