//! Cuts the source of a template into its tags, and each tag into tokens.

/// A token of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    Text(&'a str),
    Number,
    Sign(&'a str),
}

/// A tag, with the offsets of its tokens.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    is_statement: bool,
    pub(super) tokens: Vec<(usize, Token<'a>)>,
    /// The offset of the tag's first brace.
    pub(super) start: usize,
    /// The offset behind the tag's last brace.
    pub(super) end: usize,
    /// Whether the spaces behind the tag are dropped.
    pub(super) trims_after: bool,
}

impl<'a> Tag<'a> {
    pub(super) fn token(&self, at: usize) -> Option<Token<'a>> {
        self.tokens.get(at).map(|(_, token)| *token)
    }

    pub(super) fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.token(at) == Some(Token::Sign(sign))
    }

    pub(super) fn is_name(&self, at: usize, name: &str) -> bool {
        self.token(at) == Some(Token::Name(name))
    }

    pub(super) fn name(&self, at: usize) -> Option<&'a str> {
        match self.token(at) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        }
    }

    pub(super) const fn is_statement(&self) -> bool {
        self.is_statement
    }

    /// The first word of a statement, which names the statement.
    pub(super) fn keyword(&self) -> Option<&'a str> {
        if self.is_statement { self.name(0) } else { None }
    }
}

/// The tags of a template, without comments and raw sections.
pub(super) fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|n| at + n) {
        let rest = &text[open..];
        if rest.starts_with("{#") {
            at = text[open..].find("#}").map_or(text.len(), |n| open + n + 2);
        } else if rest.starts_with("{{") || rest.starts_with("{%") {
            let is_statement = rest.starts_with("{%");
            let (tokens, end) = tokens(text, open + 2, if is_statement { "%}" } else { "}}" });
            let tag = Tag {
                is_statement,
                tokens,
                start: open,
                end,
                trims_after: text[..end].trim_end_matches(['%', '}']).ends_with('-'),
            };
            at = end;
            if tag.keyword() == Some("raw") {
                at = text[end..].find("endraw").map_or(text.len(), |n| end + n);
            } else {
                found.push(tag);
            }
        } else {
            at = open + 1;
        }
    }
    found
}

fn tokens<'a>(text: &'a str, from: usize, close: &str) -> (Vec<(usize, Token<'a>)>, usize) {
    let mut found = Vec::new();
    // A dash here only trims the spaces around the tag.
    let mut at = from + usize::from(text[from..].starts_with('-'));
    let mut braces = 0_usize;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with(close) && (braces == 0 || close == "%}") {
            return (found, at + 2);
        }
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if c.is_alphabetic() || c == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            found.push((at, Token::Name(&rest[..end])));
            at += end;
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            found.push((at, Token::Number));
            at += end;
        } else if matches!(c, '"' | '\'' | '`') {
            let mut end = 1;
            let mut escaped = false;
            for d in rest[1..].chars() {
                end += d.len_utf8();
                if escaped {
                    escaped = false;
                } else if d == '\\' {
                    escaped = true;
                } else if d == c {
                    break;
                }
            }
            found.push((at, Token::Text(rest[1..end].trim_end_matches(c))));
            at += end;
        } else {
            match c {
                '{' => braces += 1,
                '}' => braces = braces.saturating_sub(1),
                _ => {}
            }
            let length = ["...", "?.", "==", "!=", "<=", ">=", "</", "**", "//"]
                .iter()
                .find(|sign| rest.starts_with(**sign))
                .map_or(c.len_utf8(), |sign| sign.len());
            found.push((at, Token::Sign(&rest[..length])));
            at += length;
        }
    }
    (found, text.len())
}
