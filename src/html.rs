//! HTML or plain text? The description of a meeting may be either, and does not say which.

/// Elements that make a text HTML. Other text in angle brackets, such as `<lee@client.example>` or `<draft>`, is plain text.
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "code",
    "div",
    "em",
    "font",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "li",
    "link",
    "meta",
    "object",
    "ol",
    "p",
    "pre",
    "s",
    "script",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "u",
    "ul",
];

/// Whether a text has a tag of HTML: a start tag or an end tag of a known element.
pub(crate) fn is_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let closes = after.starts_with(['>', '/']) || after.starts_with(|c: char| c.is_ascii_whitespace());
        closes && after.contains('>') && ELEMENTS.contains(&name.to_ascii_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::is_html;

    #[test]
    fn a_tag_of_a_known_element_makes_html() {
        for text in [
            "<p>x</p>",
            "x</P>",
            "a<br/>b",
            "a<br />b",
            "<a\r\nhref='https://x.example'>x</a>",
            "H<sub>2</sub>O",
            "<style>p{}</style>",
            "1 < 2, <b>bold</b>",
        ] {
            assert!(is_html(text), "{text:?}");
        }
    }

    #[test]
    fn other_angle_brackets_are_plain_text() {
        for text in [
            "",
            "a <bee and c> d",
            "1 < 2 > 0",
            "<3",
            "<lee@client.example>",
            "x <bold> y",
            "<draft>",
            "<//p>",
            "<p and no end",
            "&lt;p&gt;",
        ] {
            assert!(!is_html(text), "{text:?}");
        }
    }
}
