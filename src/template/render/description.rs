//! The description of a meeting, made safe: the only value that may hold HTML.

use std::collections::HashSet;
use std::sync::LazyLock;

use html2text::render::TextDecorator;

use crate::html::is_html;

/// Longer HTML is shown as plain text, cut to [`MAX_TEXT`].
const MAX_HTML: usize = 64 * 1024;
/// How many characters of a description a mail shows at most.
const MAX_TEXT: usize = 16 * 1024;
/// HTML that is nested deeper is also shown as plain text: its parsing time grows with the square of the depth.
const MAX_DEPTH: usize = 100;
/// The width of the plain text. Its lines are not wrapped: a wrapped link does not work, and mail programs wrap better.
const WIDTH: usize = 10_000;
/// The length of a horizontal rule in the plain text.
const RULE: usize = 20;

/// A description in both forms. The HTML is safe in HTML parts, the text in text parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Sanitized HTML: a fragment without scripts, styles, images and forms, whose links are https or mailto.
    pub html: String,
    /// Plain text without control characters, its lines separated by `\n`.
    pub text: String,
    /// Whether the description was written as HTML. If not, `html` says no more than `text`.
    pub is_formatted: bool,
}

impl Description {
    /// The HTML, if it says more than the text.
    #[must_use]
    pub fn formatted(&self) -> Option<&str> {
        self.is_formatted.then_some(self.html.as_str())
    }

    /// A meeting's description, made safe by [`sanitize_description`]. `None`: there is no description, or nothing of
    /// it can be shown.
    #[must_use]
    pub fn of(html_or_text: Option<&str>) -> Option<Self> {
        html_or_text
            .map(sanitize_description)
            .filter(|safe| !safe.is_empty())
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Makes a description safe. This takes much longer than rendering a template, so do it once for each meeting.
///
/// A text with an HTML tag counts as HTML: it keeps paragraphs, lists, tables, emphasis and links, and loses all else.
/// Links keep only `https:` and `mailto:` addresses. Images are dropped, because they tell their server who reads the
/// mail. A text without a tag counts as plain text: an empty line ends a paragraph, and every other line break is kept.
///
/// ```
/// let safe = invite::template::sanitize_description("<p>Read <a href='javascript:x'>this</a><script>x</script></p>");
/// assert_eq!(safe.html, "<p>Read <a rel=\"noopener noreferrer\">this</a></p>");
/// assert_eq!(safe.text, "Read this");
/// ```
#[must_use]
pub fn sanitize_description(html_or_text: &str) -> Description {
    if !is_html(html_or_text) {
        return from_text(html_or_text);
    }
    let html = without_controls(html_or_text);
    if html.len() > MAX_HTML || depth(&html) > MAX_DEPTH {
        return from_text(&without_tags(&html));
    }
    let html = CLEANER.clean(&html).to_string();
    let text = to_text(&html);
    if text.chars().count() > MAX_TEXT {
        return from_text(&text);
    }
    if text.is_empty() {
        return Description::default();
    }
    Description {
        html: html.trim().to_owned(),
        text,
        is_formatted: true,
    }
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .rm_tags(["img", "map", "area"])
        .url_schemes(HashSet::from(["https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .add_generic_attributes(["dir"]);
    cleaner
});

/// The greatest depth of nested elements. Elements without an end tag are not counted.
pub(in crate::template) fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let name: String = rest
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(10)
            .collect();
        let needs_no_end = [
            "br", "hr", "img", "wbr", "input", "p", "li", "tr", "td", "th", "col", "meta", "link",
        ];
        if name.is_empty() || needs_no_end.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// The text between tags, for HTML that is too long or too deep to parse.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut pieces = html.split('<');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        text.push_str(piece.split_once('>').map_or("", |(_, after)| after));
    }
    text
}

fn without_controls(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

fn from_text(text: &str) -> Description {
    let text = without_controls(text);
    let mut text = text.trim().to_owned();
    if let Some((cut, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(cut);
        text.push('…');
    }
    let mut html = String::with_capacity(text.len() + 16);
    for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        html.push_str("<p>");
        for (n, line) in paragraph.lines().enumerate() {
            if n > 0 {
                html.push_str("<br>");
            }
            escape_into(line.trim_end(), &mut html);
        }
        html.push_str("</p>");
    }
    Description {
        html,
        text,
        is_formatted: false,
    }
}

fn escape_into(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
}

/// HTML as text, without elements that its styles hide.
pub(in crate::template) fn to_text(html: &str) -> String {
    let text = html2text::config::with_decorator(TextForm::default())
        .use_doc_css()
        .raw_mode(true)
        .link_footnotes(false)
        .string_from_read(html.as_bytes(), WIDTH)
        .unwrap_or_default();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.trim_end() {
            rule if rule.chars().count() > RULE && rule.chars().all(|c| c == '─') => "─".repeat(RULE),
            line => line.to_owned(),
        })
        .collect();
    without_controls(lines.join("\n").trim_matches('\n'))
}

/// The text form of HTML: links show their address, list items their dashes, and emphasis is dropped.
#[derive(Debug, Clone, Default)]
struct TextForm {
    links: Vec<String>,
}

impl TextDecorator for TextForm {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, ()) {
        self.links.push(url.to_owned());
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        match self.links.pop() {
            Some(url) if !url.is_empty() => format!(" <{}>", url.trim_start_matches("mailto:")),
            _ => String::new(),
        }
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _src: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }

    fn ordered_item_prefix(&self, i: i64) -> String {
        format!("{i}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_keeps_its_lines() {
        let safe = sanitize_description("Agenda:\r\n- scope <draft>\n\nBring \"it\" & smile\u{0}");
        assert_eq!(
            safe.html,
            "<p>Agenda:<br>- scope &lt;draft&gt;</p><p>Bring &quot;it&quot; &amp; smile</p>"
        );
        assert_eq!(safe.text, "Agenda:\n- scope <draft>\n\nBring \"it\" & smile");
    }

    #[test]
    fn comparisons_are_not_html() {
        for text in [
            "a <bee and c> d",
            "1 < 2 > 0",
            "<3",
            "<lee@client.example>",
            "x <bold> y",
        ] {
            let safe = sanitize_description(text);
            assert_eq!(safe.text, text);
            assert!(
                !safe
                    .html
                    .trim_start_matches("<p>")
                    .trim_end_matches("</p>")
                    .contains('<')
            );
        }
    }

    #[test]
    fn html_loses_all_that_acts() {
        for (hostile, forbidden) in [
            ("<p onclick=alert(1)>x</p>", "onclick"),
            ("<script>alert(1)</script><b>x</b>", "alert"),
            ("<style>p{}</style><b>x</b>", "p{}"),
            ("<a href='http://plain.example'>x</a>", "plain"),
            ("<a href='javascript:alert(1)'>x</a>", "javascript"),
            ("<a href='/relative'>x</a>", "relative"),
            ("<b>x</b><img src='https://spy.example/1.gif'>", "img"),
            ("<iframe src='https://x.example'></iframe><b>x</b>", "iframe"),
            ("<p style='position:fixed'>x</p>", "position"),
            ("<form action='https://x.example'><b>x</b></form>", "form"),
            ("<svg/onload=alert(1)><b>x</b>", "onload"),
        ] {
            let safe = sanitize_description(hostile);
            assert!(!safe.html.contains(forbidden), "{hostile} became {}", safe.html);
            assert_eq!(safe.text.trim(), "x", "{hostile}");
        }
    }

    #[test]
    fn links_show_their_address_in_text() {
        let safe =
            sanitize_description("<p>See <a href=\"https://x.example/a?b=1&amp;c=2\">the plan</a></p>");
        assert_eq!(safe.text, "See the plan <https://x.example/a?b=1&c=2>");
        let list = sanitize_description("<p>Agenda</p><ul><li>one</li><li>two</li></ul>");
        let long = format!("https://x.example/?{}", "part&-".repeat(40));
        let safe = sanitize_description(&format!("<a href=\"{}\">here</a>", long.replace('&', "&amp;")));
        assert_eq!(safe.text, format!("here <{long}>"));
        let ruled = sanitize_description("<p>a</p><hr><p>b</p>");
        assert!(
            ruled.text.lines().all(|line| line.chars().count() <= RULE),
            "{}",
            ruled.text
        );
        let table = sanitize_description("<table><tr><td>a</td><td>b</td></tr></table>");
        assert_eq!(table.text, "a\nb");
        assert_eq!(list.text, "Agenda\n- one\n- two");
    }

    #[test]
    fn nothing_visible_is_nothing() {
        for empty in ["", "  \r\n", "<p></p>", "<br>", "<script>x</script>"] {
            assert!(sanitize_description(empty).is_empty(), "{empty:?}");
            assert!(sanitize_description(empty).html.is_empty(), "{empty:?}");
        }
    }

    #[test]
    fn what_is_long_or_deep_is_bounded() {
        let long = sanitize_description(&"word ".repeat(100_000));
        assert!(long.text.chars().count() <= MAX_TEXT + 1);
        let deep = format!("{}x{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        assert_eq!(sanitize_description(&deep).html, "<p>x</p>");
        let lines = sanitize_description(&"line<br>".repeat(500));
        assert_eq!(lines.html.matches("<br>").count(), 500);
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_in_only_harmless_tags_come_out(
            text in "(<[a-z]{1,6}[ />]|</[a-z]{1,6}>|<!--|[\"'=&;]|href=|on[a-z]+=|javascript:|\\PC|[\r\n\t\u{0}]){0,40}"
        ) {
            let safe = sanitize_description(&text);
            let allowed = CLEANER.clone_tags();
            for (at, _) in safe.html.match_indices('<') {
                let rest = safe.html[at + 1..].trim_start_matches('/');
                let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
                proptest::prop_assert!(allowed.contains(name.as_str()), "{}", safe.html);
            }
            proptest::prop_assert!(!safe.text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
            for link in safe.html.split("<a href=\"").skip(1) {
                proptest::prop_assert!(link.starts_with("https:") || link.starts_with("mailto:"), "{}", safe.html);
            }
        }
    }
}
