//! Writes Tera: tags, and between them text in which Tera sees no tags.

use crate::template::Part;

/// The characters that begin a tag in Tera.
const MARKERS: [&str; 3] = ["{{", "{%", "{#"];

/// Which spaces around a tag are not printed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trims {
    pub(super) left: bool,
    pub(super) right: bool,
}

impl Trims {
    /// The trims of the first tag, where one source tag becomes two tags.
    pub(super) fn before(self) -> Self {
        Self { right: false, ..self }
    }

    /// The trims of the second tag.
    pub(super) fn behind(self) -> Self {
        Self { left: false, ..self }
    }
}

#[derive(Debug)]
pub(super) struct Writer {
    out: String,
    /// The text since the last tag. Only the whole text shows whether it needs protection.
    text: String,
    is_one_line: bool,
    is_html: bool,
    /// Whether the written text ends within an HTML tag, where attributes stand.
    is_in_html_tag: bool,
}

impl Writer {
    pub(super) fn new(part: Part) -> Self {
        Self {
            out: String::new(),
            text: String::new(),
            is_one_line: part == Part::Subject,
            is_html: part == Part::Html,
            is_in_html_tag: false,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.is_one_line {
            // EspoCRM also removes line ends without putting a space in their place.
            self.text
                .extend(text.chars().filter(|c| !matches!(c, '\n' | '\r')));
        } else {
            self.text.push_str(text);
        }
        if let Some(last) = text.rfind(['<', '>']).filter(|_| self.is_html) {
            self.is_in_html_tag = text[last..].starts_with('<');
        }
    }

    /// The text since the last tag.
    pub(super) fn pending(&self) -> &str {
        &self.text
    }

    pub(super) fn is_in_html_tag(&self) -> bool {
        self.is_in_html_tag
    }

    /// `{{ … }}`
    pub(super) fn print(&mut self, code: &str, trims: Trims) {
        self.tag("{{", code, "}}", trims);
    }

    /// `{% … %}`
    pub(super) fn statement(&mut self, code: &str, trims: Trims) {
        self.tag("{%", code, "%}", trims);
    }

    /// `{# … #}`
    pub(super) fn comment(&mut self, text: &str, trims: Trims) {
        let mut text = text.replace("#}", "# }");
        if self.is_one_line {
            text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        self.tag("{#", text.trim(), "#}", trims);
    }

    fn tag(&mut self, open: &str, inside: &str, close: &str, trims: Trims) {
        let text = std::mem::take(&mut self.text);
        protect(&text, true, &mut self.out);
        self.out.push_str(open);
        self.out.push_str(if trims.left { "- " } else { " " });
        self.out.push_str(inside);
        self.out.push_str(if trims.right { " -" } else { " " });
        self.out.push_str(close);
    }

    pub(super) fn finish(mut self) -> String {
        protect(&self.text, false, &mut self.out);
        self.out
    }
}

/// Writes text so that Tera sees no tag in the text.
fn protect(text: &str, is_before_tag: bool, out: &mut String) {
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        // A brace at the end of the text would become part of the following tag.
        let is_brace_last = is_before_tag && lines.peek().is_none() && line.ends_with('{');
        protect_line(line, is_brace_last, out);
    }
}

fn protect_line(line: &str, is_brace_last: bool, out: &mut String) {
    let marker = |from: usize| {
        let rest = line.get(from..).unwrap_or_default();
        let found = rest
            .as_bytes()
            .windows(2)
            .position(|two| MARKERS.iter().any(|marker| two == marker.as_bytes()))
            .map(|n| (from + n, 2));
        let last = (is_brace_last && !rest.is_empty()).then(|| (line.len() - 1, 1));
        found.or(last)
    };
    let Some((first, length)) = marker(0) else {
        out.push_str(line);
        return;
    };
    // In most texts one raw section covers everything that looks like a tag.
    let mut end = first + length;
    while let Some((at, length)) = marker(end) {
        end = at + length;
    }
    let closes = ["}}", "%}", "#}"].map(|close| line[end..].find(close));
    if let Some(close) = closes.into_iter().flatten().min() {
        end += close + 2;
        end += line[end..].len() - line[end..].trim_start_matches('}').len();
    }
    if !line[first..end].contains("endraw") {
        out.push_str(&line[..first]);
        raw(&line[first..end], out);
        out.push_str(&line[end..]);
        return;
    }
    // `endraw` in the text would end the section. So only the braces are put into raw sections.
    let mut at = 0;
    let mut found = Some((first, length));
    while let Some((from, length)) = found {
        out.push_str(&line[at..from]);
        at = from + length;
        raw(&line[from..at], out);
        found = marker(at);
    }
    out.push_str(&line[at..]);
}

fn raw(text: &str, out: &mut String) {
    out.push_str("{% raw %}");
    out.push_str(text);
    out.push_str("{% endraw %}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, is_before_tag: bool) -> String {
        let mut out = String::new();
        protect(text, is_before_tag, &mut out);
        out
    }

    #[test]
    fn text_stays_text() {
        for (text, expected) in [
            ("a { b } c", "a { b } c"),
            ("a{", "a{"),
            ("x {{name}} y", "x {% raw %}{{name}}{% endraw %} y"),
            ("{{{x}}} }", "{% raw %}{{{x}}}{% endraw %} }"),
            ("50{% off\n", "50{% raw %}{%{% endraw %} off\n"),
            (
                "a {# b\nc {% d %}\n",
                "a {% raw %}{#{% endraw %} b\nc {% raw %}{% d %}{% endraw %}\n",
            ),
            (
                "{% endraw %} {{",
                "{% raw %}{%{% endraw %} endraw %} {% raw %}{{{% endraw %}",
            ),
        ] {
            assert_eq!(written(text, false), expected, "{text}");
        }
        assert_eq!(written("a{", true), "a{% raw %}{{% endraw %}");
        assert_eq!(written("a{\nb", true), "a{\nb");
    }
}
