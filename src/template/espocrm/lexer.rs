//! Cuts a Handlebars source into text and tags, without losing a character of the text.
//!
//! The lexer keeps text that Handlebars would refuse, because the rest of the file is still worth converting.

/// A place in the source. Line and column count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Tag(Tag<'a>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The tag with its braces.
    pub(super) source: &'a str,
    pub(super) place: Place,
    /// The first octet of the tag, as an offset.
    pub(super) offset: usize,
    /// `{{~`: the spaces before the tag are not printed.
    pub(super) trim_left: bool,
    /// `~}}`: the spaces behind the tag are not printed.
    pub(super) trim_right: bool,
    pub(super) kind: TagKind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind<'a> {
    /// `{{x}}`; raw as `{{{x}}}` and `{{&x}}`.
    Print { inside: &'a str, is_raw: bool },
    /// `{{#x}}`; inverse as `{{^x}}`.
    Open { inside: &'a str, is_inverse: bool },
    /// `{{/x}}`
    Close(&'a str),
    /// `{{else}}`, `{{^}}`, and `{{else x}}` with the text behind `else`.
    Else(&'a str),
    /// `{{> x}}`
    Partial,
    /// `{{#> x}}`, closed by its name.
    PartialBlock(&'a str),
    /// `{{* x}}`
    Decorator,
    /// `{{#* x}}`, closed by its name.
    DecoratorBlock(&'a str),
    /// `{{! x}}`, `{{!-- x --}}`
    Comment(&'a str),
    /// `{{{{x}}}} … {{{{/x}}}}`: text that only looks like tags.
    Raw { body: &'a str },
    /// Braces without a `}}` behind them.
    Unclosed,
}

/// The opening tag of a raw block is never longer than this. The limit keeps the search short.
const MAX_RAW_TAG: usize = 256;

#[derive(Debug)]
pub(super) struct Lexer<'a> {
    source: &'a str,
    at: usize,
    place: Place,
    /// The offset of the last `}}`. No tag is closed behind it.
    last_close: Option<usize>,
    /// The offset of the last `{{{{/`, which closes raw blocks.
    last_raw_close: Option<usize>,
    /// The offset from which on there is no `--}}`.
    no_long_comment: usize,
    /// Whether the next braces are text, because a backslash stands before them.
    is_escaped: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            at: 0,
            place: Place { line: 1, column: 1 },
            last_close: source.rfind("}}"),
            last_raw_close: source.rfind("{{{{/"),
            no_long_comment: usize::MAX,
            is_escaped: false,
        }
    }

    fn rest(&self, from: usize) -> &'a str {
        self.source.get(from..).unwrap_or_default()
    }

    /// Moves on to an offset, and returns the text before it.
    fn go_to(&mut self, end: usize) -> &'a str {
        let passed = self.source.get(self.at..end).unwrap_or_default();
        for c in passed.chars() {
            if c == '\n' {
                self.place.line += 1;
                self.place.column = 1;
            } else {
                self.place.column += 1;
            }
        }
        self.at = end;
        passed
    }

    fn text(&mut self) -> Option<Token<'a>> {
        let from = self.at + if self.is_escaped { 2 } else { 0 };
        self.is_escaped = false;
        let Some(open) = self.rest(from).find("{{").map(|n| from + n) else {
            return Some(Token::Text(self.go_to(self.source.len())));
        };
        let before = self.source.get(from..open).unwrap_or_default();
        // Before a tag, two backslashes are one backslash. A single backslash makes the braces text.
        if before.ends_with('\\') {
            let text = self.go_to(open - 1);
            self.go_to(open);
            self.is_escaped = !before.ends_with(r"\\");
            if text.is_empty() && !self.is_escaped {
                return None;
            }
            return Some(Token::Text(text));
        }
        (open > self.at).then(|| Token::Text(self.go_to(open)))
    }

    fn tag(&mut self) -> Tag<'a> {
        let open = self.at;
        let place = self.place;
        let (kind, end, trims) = self.read(open);
        Tag {
            source: self.go_to(end),
            place,
            offset: open,
            trim_left: trims.0,
            trim_right: trims.1,
            kind,
        }
    }

    /// The kind of the tag at a place, its end, and which spaces around the tag are trimmed.
    fn read(&mut self, open: usize) -> (TagKind<'a>, usize, (bool, bool)) {
        let unclosed = (TagKind::Unclosed, open + 2, (false, false));
        if let Some((kind, end)) = self.raw_block(open) {
            return (kind, end, (false, false));
        }
        let mut from = open + 2;
        let trim_left = self.rest(from).starts_with('~');
        from += usize::from(trim_left);
        if self.last_close.is_none_or(|last| last < from) {
            return unclosed;
        }
        if self.rest(from).starts_with('!') {
            return match self.comment(from + 1) {
                Some((text, end, trim_right)) => (TagKind::Comment(text), end, (trim_left, trim_right)),
                None => unclosed,
            };
        }
        if self.rest(from).starts_with('{') {
            return match self.end_of(from + 1) {
                Some(close) => {
                    let tail = self.rest(close);
                    let (end, trim_right) = match () {
                        () if tail.starts_with("}}}") => (close + 3, false),
                        () if tail.starts_with("}~}}") => (close + 4, true),
                        () => (close + 2, false),
                    };
                    let inside = self.source.get(from + 1..close).unwrap_or_default();
                    let kind = TagKind::Print { inside, is_raw: true };
                    (kind, end, (trim_left, trim_right))
                }
                None => unclosed,
            };
        }
        let Some(close) = self.end_of(from) else {
            return unclosed;
        };
        let inside = self.source.get(from..close).unwrap_or_default();
        let (inside, trim_right) = match inside.strip_suffix('~') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        (kind_of(inside), close + 2, (trim_left, trim_right))
    }

    fn raw_block(&self, open: usize) -> Option<(TagKind<'a>, usize)> {
        let inside = self.rest(open).strip_prefix("{{{{")?;
        if inside.starts_with(['/', '{']) || self.last_raw_close.is_none_or(|last| last < open) {
            return None;
        }
        let window = inside.as_bytes().get(..MAX_RAW_TAG).unwrap_or(inside.as_bytes());
        let head = window.windows(4).position(|four| four == b"}}}}")?;
        let body = open + 4 + head + 4;
        let body_end = body + self.rest(body).find("{{{{/")?;
        let close = self.rest(body_end).find("}}}}");
        let end = close.map_or(self.source.len(), |n| body_end + n + 4);
        let body = self.source.get(body..body_end).unwrap_or_default();
        Some((TagKind::Raw { body }, end))
    }

    /// The text of a comment, its end, and whether the spaces behind it are trimmed.
    fn comment(&mut self, from: usize) -> Option<(&'a str, usize, bool)> {
        if self.rest(from).starts_with("--") && from < self.no_long_comment {
            let start = from + 2;
            let mut at = start;
            while let Some(n) = self.rest(at).find("--") {
                let dashes = at + n;
                let behind = self.rest(dashes + 2);
                let text = || self.source.get(start..dashes).unwrap_or_default();
                if behind.starts_with("}}") {
                    return Some((text(), dashes + 4, false));
                }
                if behind.starts_with("~}}") {
                    return Some((text(), dashes + 5, true));
                }
                at = dashes + 1;
            }
            self.no_long_comment = from;
        }
        let close = from + self.rest(from).find("}}")?;
        let text = self.source.get(from..close).unwrap_or_default();
        Some(match text.strip_suffix('~') {
            Some(text) => (text, close + 2, true),
            None => (text, close + 2, false),
        })
    }

    /// The first `}}` outside of quotes. A tag within a tag means that the outer tag was never closed.
    fn end_of(&self, from: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'}' if self.rest(at).starts_with("}}") || self.rest(at).starts_with("}~}}") => {
                    return Some(at);
                }
                b'{' if self.rest(at).starts_with("{{") => return None,
                b'"' | b'\'' => at = end_of_quote(bytes, at).unwrap_or(at),
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// The closing quote. It must stand on the same line and before the next tag, so that a stray apostrophe does not
/// swallow half of the file.
fn end_of_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let quote = bytes.get(open)?;
    let mut at = open + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return None,
            b'{' if bytes.get(at + 1) == Some(&b'{') => return None,
            b'\\' if bytes.get(at + 1) == Some(quote) => at += 1,
            _ if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn kind_of(inside: &str) -> TagKind<'_> {
    let word = inside.trim();
    if word == "^" {
        return TagKind::Else("");
    }
    if let Some(behind) = word.strip_prefix("else")
        && !behind.starts_with(|c: char| !c.is_whitespace())
    {
        return TagKind::Else(behind.trim());
    }
    let mut sigils = inside.chars();
    match (sigils.next(), sigils.next()) {
        (Some('#'), Some('>')) => TagKind::PartialBlock(&inside[2..]),
        (Some('#'), Some('*')) => TagKind::DecoratorBlock(&inside[2..]),
        (Some('#'), _) => TagKind::Open {
            inside: &inside[1..],
            is_inverse: false,
        },
        (Some('^'), _) => TagKind::Open {
            inside: &inside[1..],
            is_inverse: true,
        },
        (Some('/'), _) => TagKind::Close(inside[1..].trim()),
        (Some('>'), _) => TagKind::Partial,
        (Some('*'), _) => TagKind::Decorator,
        (Some('&'), _) => TagKind::Print {
            inside: &inside[1..],
            is_raw: true,
        },
        _ => TagKind::Print {
            inside,
            is_raw: false,
        },
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self.at < self.source.len() {
            let is_tag = !self.is_escaped && self.rest(self.at).starts_with("{{");
            if is_tag {
                return Some(Token::Tag(self.tag()));
            }
            if let Some(text) = self.text() {
                return Some(text);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        Lexer::new(source)
            .map(|token| match token {
                Token::Text(text) => format!("{text:?}"),
                Token::Tag(tag) => format!("{}:{} {:?}", tag.place.line, tag.place.column, tag.kind),
            })
            .collect()
    }

    #[test]
    fn tags_are_told_apart() {
        assert_eq!(
            shown("ä{{a}}\n {{{b}}} {{&c}}{{#d e}}{{^f}}{{/ d }}{{else}}{{^}}{{else if g}}{{elsewhere}}"),
            [
                "\"ä\"",
                "1:2 Print { inside: \"a\", is_raw: false }",
                "\"\\n \"",
                "2:2 Print { inside: \"b\", is_raw: true }",
                "\" \"",
                "2:10 Print { inside: \"c\", is_raw: true }",
                "2:16 Open { inside: \"d e\", is_inverse: false }",
                "2:24 Open { inside: \"f\", is_inverse: true }",
                "2:30 Close(\"d\")",
                "2:38 Else(\"\")",
                "2:46 Else(\"\")",
                "2:51 Else(\"if g\")",
                "2:64 Print { inside: \"elsewhere\", is_raw: false }",
            ]
        );
    }

    #[test]
    fn comments_quotes_and_raw_blocks_hide_braces() {
        assert_eq!(
            shown("{{! a }}{{!-- b }} --}}{{c \"}}\" 'don\\'t }}'}}{{{{r}}}}{{x}}{{{{/r}}}}."),
            [
                "1:1 Comment(\" a \")",
                "1:9 Comment(\" b }} \")",
                "1:24 Print { inside: \"c \\\"}}\\\" 'don\\\\'t }}'\", is_raw: false }",
                "1:46 Raw { body: \"{{x}}\" }",
                "\".\"",
            ]
        );
    }

    #[test]
    fn backslashes_and_tags_that_are_not_closed() {
        assert_eq!(
            shown(r"a\{{b}} \\{{c}}"),
            [
                "\"a\"",
                "\"{{b}} \\\\\"",
                "1:11 Print { inside: \"c\", is_raw: false }"
            ]
        );
        assert_eq!(
            shown("{{a} {{b}} {{c"),
            [
                "1:1 Unclosed",
                "\"a} \"",
                "1:6 Print { inside: \"b\", is_raw: false }",
                "\" \"",
                "1:12 Unclosed",
                "\"c\"",
            ]
        );
    }
}
