//! Reads the inside of a tag: names, literals, helpers with their arguments.

/// Real templates have less depth and fewer pieces, and Tera has limits of its own.
const MAX_DEPTH: usize = 10;
const MAX_PIECES: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr<'a> {
    Path(Path<'a>),
    Text(String),
    Number(&'a str),
    Bool(bool),
    Nothing,
    Call(Box<Call<'a>>),
}

/// A name with its path: `name`, `this`, `../name`, `@root.name`, `assignedUser.name`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path<'a> {
    pub(super) source: &'a str,
    /// Whether the name is written with `@`.
    pub(super) is_data: bool,
    /// How many `../` there are.
    pub(super) up: usize,
    /// Whether the name begins with `this` or `./`.
    pub(super) is_here: bool,
    pub(super) parts: Vec<&'a str>,
}

/// A helper or a name, with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call<'a> {
    pub(super) head: Expr<'a>,
    pub(super) args: Vec<Expr<'a>>,
    pub(super) hash: Vec<(&'a str, Expr<'a>)>,
    /// The names in `as |item index|`.
    pub(super) params: Vec<&'a str>,
}

impl<'a> Call<'a> {
    /// The name of a helper. `None`: the head is no single word, so it cannot be a helper.
    pub(super) fn name(&self) -> Option<&'a str> {
        match &self.head {
            Expr::Path(path) if !path.is_data && !path.is_here && path.up == 0 => match path.parts[..] {
                [name] => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether nothing follows the name.
    pub(super) fn is_alone(&self) -> bool {
        self.args.is_empty() && self.hash.is_empty() && self.params.is_empty()
    }

    pub(super) fn option(&self, name: &str) -> Option<&Expr<'a>> {
        let (_, value) = self.hash.iter().find(|(key, _)| *key == name)?;
        Some(value)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Word<'a> {
    Open,
    Close,
    Equals,
    Bar,
    Text(String),
    Name(&'a str),
}

/// Reads the inside of a tag.
pub(super) fn parse(inside: &str) -> Result<Call<'_>, String> {
    let words = words(inside)?;
    let mut parser = Parser {
        words: &words,
        at: 0,
        depth: 0,
    };
    let call = parser.call()?;
    match parser.peek() {
        None => Ok(call),
        Some(_) => Err("a closing bracket stands here without an opening one".to_owned()),
    }
}

/// The first word inside a tag. It finds the closing tag even if the rest cannot be read.
pub(super) fn first_word(inside: &str) -> &str {
    inside
        .split(|c: char| is_space(c) || matches!(c, '(' | ')' | '|' | '='))
        .find(|word| !word.is_empty())
        .unwrap_or_default()
}

/// Editors of HTML write a non-breaking space where an author typed two spaces.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{a0}'
}

fn words(inside: &str) -> Result<Vec<Word<'_>>, String> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(c) = inside[at..].chars().next() {
        let rest = &inside[at..];
        if words.len() > MAX_PIECES {
            return Err(format!("there is more in this tag than {MAX_PIECES} words"));
        }
        match c {
            '(' => words.push(Word::Open),
            ')' => words.push(Word::Close),
            '=' => words.push(Word::Equals),
            '|' => words.push(Word::Bar),
            '"' | '\'' => {
                let (text, length) = quoted(rest, c)?;
                words.push(Word::Text(text));
                at += length;
                continue;
            }
            c if is_space(c) => {}
            _ => {
                let length = name_length(rest)?;
                words.push(Word::Name(&rest[..length]));
                at += length;
                continue;
            }
        }
        at += c.len_utf8();
    }
    Ok(words)
}

/// A quoted text, and its length in the source.
fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((text, at + 1));
        }
        match chars.peek() {
            Some((_, next)) if c == '\\' && *next == quote => {
                text.push(quote);
                chars.next();
            }
            _ => text.push(c),
        }
    }
    Err("a quote is not closed".to_owned())
}

/// The length of a name. In square brackets a name may have any character.
fn name_length(rest: &str) -> Result<usize, String> {
    let mut is_bracketed = false;
    for (at, c) in rest.char_indices() {
        match c {
            ']' => is_bracketed = false,
            _ if is_bracketed => {}
            '[' => is_bracketed = true,
            '(' | ')' | '=' | '|' | '"' | '\'' => return Ok(at),
            c if is_space(c) => return Ok(at),
            '{' | '}' | '`' | '^' | '*' | '+' | ',' | ';' | '<' | '>' | '!' | '#' | '%' | '&' | '~'
            | '\\' => {
                return Err(format!("`{c}` cannot stand in a name"));
            }
            _ => {}
        }
    }
    if is_bracketed {
        Err("a square bracket is not closed".to_owned())
    } else {
        Ok(rest.len())
    }
}

struct Parser<'w, 'a> {
    words: &'w [Word<'a>],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'_, 'a> {
    fn peek(&self) -> Option<&Word<'a>> {
        self.words.get(self.at)
    }

    fn call(&mut self) -> Result<Call<'a>, String> {
        let mut call = Call {
            head: self.expr()?,
            args: Vec::new(),
            hash: Vec::new(),
            params: Vec::new(),
        };
        loop {
            match (self.peek(), self.words.get(self.at + 1)) {
                (None | Some(Word::Close), _) => return Ok(call),
                (Some(Word::Name("as")), Some(Word::Bar)) => {
                    self.at += 2;
                    call.params = self.params()?;
                }
                (Some(Word::Name(key)), Some(Word::Equals)) => {
                    let key = *key;
                    self.at += 2;
                    call.hash.push((key, self.expr()?));
                }
                _ => call.args.push(self.expr()?),
            }
        }
    }

    fn params(&mut self) -> Result<Vec<&'a str>, String> {
        let mut names = Vec::new();
        loop {
            let word = self.peek().cloned();
            self.at += 1;
            match word {
                Some(Word::Name(name)) => names.push(name),
                Some(Word::Bar) => return Ok(names),
                _ => return Err("the names behind `as` are not closed by `|`".to_owned()),
            }
        }
    }

    fn expr(&mut self) -> Result<Expr<'a>, String> {
        let word = self.peek().cloned();
        self.at += 1;
        match word {
            Some(Word::Text(text)) => Ok(Expr::Text(text)),
            Some(Word::Name(name)) => name_or_literal(name),
            Some(Word::Open) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(format!("brackets are nested more than {MAX_DEPTH} deep"));
                }
                let call = self.call()?;
                self.depth -= 1;
                if self.peek() != Some(&Word::Close) {
                    return Err("a bracket is not closed".to_owned());
                }
                self.at += 1;
                Ok(Expr::Call(Box::new(call)))
            }
            Some(Word::Equals | Word::Bar | Word::Close) | None => {
                Err("a name or a value is missing".to_owned())
            }
        }
    }
}

fn name_or_literal(name: &str) -> Result<Expr<'_>, String> {
    let digits = name.strip_prefix('-').unwrap_or(name);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = [whole, part]
            .iter()
            .all(|half| !half.is_empty() && half.bytes().all(|b| b.is_ascii_digit()));
        // Tera keeps whole numbers in 64 bits.
        return if is_number && digits.len() <= 18 {
            Ok(Expr::Number(name))
        } else {
            Err(format!("`{name}` is neither a name nor a number"))
        };
    }
    Ok(match name {
        "true" => Expr::Bool(true),
        "false" => Expr::Bool(false),
        "null" | "undefined" => Expr::Nothing,
        _ => Expr::Path(path(name)?),
    })
}

fn path(name: &str) -> Result<Path<'_>, String> {
    let mut path = Path {
        source: name,
        ..Path::default()
    };
    let mut rest = name;
    if let Some(behind) = rest.strip_prefix('@') {
        path.is_data = true;
        rest = behind;
    }
    while let Some(behind) = rest.strip_prefix("..") {
        path.up += 1;
        rest = behind.strip_prefix('/').unwrap_or(behind);
    }
    if let Some(behind) = rest.strip_prefix("./") {
        path.is_here = true;
        rest = behind;
    } else if rest == "." {
        path.is_here = true;
        rest = "";
    }
    if let Some(behind) = rest.strip_prefix("this")
        && (behind.is_empty() || behind.starts_with(['.', '/']))
    {
        path.is_here = true;
        rest = behind.trim_start_matches(['.', '/']);
    }
    while !rest.is_empty() {
        let (part, behind) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or("a square bracket is not closed")?,
            None => {
                let end = rest.find(['.', '/']).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        if part.is_empty() {
            return Err(format!("a name is missing in `{name}`"));
        }
        path.parts.push(part);
        rest = match behind.strip_prefix(['.', '/']) {
            Some("") => return Err(format!("a name is missing in `{name}`")),
            Some(behind) => behind,
            None => behind,
        };
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> (usize, bool, bool, Vec<&str>) {
        match parse(inside).unwrap().head {
            Expr::Path(path) => (path.up, path.is_data, path.is_here, path.parts),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_are_read() {
        assert_eq!(read(" name "), (0, false, false, vec!["name"]));
        assert_eq!(read("\u{a0}a.b/c"), (0, false, false, vec!["a", "b", "c"]));
        assert_eq!(read("this"), (0, false, true, vec![]));
        assert_eq!(read("./name"), (0, false, true, vec!["name"]));
        assert_eq!(read("this.name"), (0, false, true, vec!["name"]));
        assert_eq!(read("thisname"), (0, false, false, vec!["thisname"]));
        assert_eq!(read("../../name"), (2, false, false, vec!["name"]));
        assert_eq!(read(".."), (1, false, false, vec![]));
        assert_eq!(read("@root.name"), (0, true, false, vec!["root", "name"]));
        assert_eq!(read("a.[b c]"), (0, false, false, vec!["a", "b c"]));
    }

    #[test]
    fn helpers_are_read() {
        let call = parse("ifEqual status 'Held' size=2 x=(not -1.5 \"a\\\"b\") as |item i|").unwrap();
        assert_eq!(call.name(), Some("ifEqual"));
        assert_eq!(call.args.len(), 2);
        assert_eq!(call.args[1], Expr::Text("Held".to_owned()));
        assert_eq!(call.option("size"), Some(&Expr::Number("2")));
        let Some(Expr::Call(inner)) = call.option("x") else {
            panic!("{call:?}")
        };
        assert_eq!(inner.args, [Expr::Number("-1.5"), Expr::Text("a\"b".to_owned())]);
        assert_eq!(call.params, ["item", "i"]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for inside in [
            "",
            "(a",
            "a)",
            "a=",
            "a |",
            "a as |b",
            "'a",
            "a..b",
            "1x",
            "{a",
            "a b=",
            "[a",
            "((((((((((((a",
        ] {
            assert!(parse(inside).is_err(), "{inside}");
        }
        assert!(parse(&"a ".repeat(100)).is_err());
    }
}
