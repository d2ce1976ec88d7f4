//! Values, content lines and components that are always well formed.
//!
//! The `ics` crate writes its input as it is: it does not escape values or quote parameters, and its folded lines have
//! one octet too many. Here a [`Line`] accepts only a [`Value`] and [`Param`]s. Each of them has a constructor that
//! encodes it once for its type. Names are literals of this program, and [`Block::to_text`] folds the lines.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc, Weekday};
use ics::components::{Component, Parameter, Property};

use crate::meeting::EmailAddress;

/// The longest line in octets, without its line break (RFC 5545 §3.1).
const LINE_OCTETS: usize = 75;

/// A property's value, encoded for its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value(String);

impl Value {
    /// TEXT (RFC 5545 §3.3.11): any text. Each line break (U+2028 and U+2029 too) becomes `
    /// `. Other control characters, except for the tab, are not allowed in a calendar object and are dropped.
    pub(super) fn text(text: &str) -> Self {
        Self(ics::escape_text(plain(text)).into_owned())
    }

    /// A word that the RFCs define, or a name made of such words; fixed in this program.
    pub(super) fn token(token: &'static str) -> Self {
        Self(token.to_owned())
    }

    /// INTEGER (RFC 5545 §3.3.8).
    pub(super) fn integer(number: u32) -> Self {
        Self(number.to_string())
    }

    /// URI (RFC 5545 §3.3.13). URI has no escapes of its own. So characters that RFC 3986 does not allow in a URI are
    /// percent-encoded; allowed characters, `%` among them, stay unchanged.
    pub(super) fn uri(uri: &str) -> Self {
        Self(percent_encode(uri, |octet| {
            octet.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&octet)
        }))
    }

    /// CAL-ADDRESS (RFC 5545 §3.3.3).
    pub(super) fn mailbox(address: &EmailAddress) -> Self {
        Self(mailto(address))
    }

    /// DATE-TIME in UTC (RFC 5545 §3.3.5, form 2).
    pub(super) fn utc(instant: DateTime<Utc>) -> Self {
        Self(instant.format("%Y%m%dT%H%M%SZ").to_string())
    }

    /// DATE-TIME as a clock on the wall shows it (RFC 5545 §3.3.5, forms 1 and 3).
    pub(super) fn local(time: NaiveDateTime) -> Self {
        Self(time.format("%Y%m%dT%H%M%S").to_string())
    }

    /// DATE (RFC 5545 §3.3.4).
    pub(super) fn date(day: NaiveDate) -> Self {
        Self(day.format("%Y%m%d").to_string())
    }

    /// RECUR (RFC 5545 §3.3.10): every year, on the nth given weekday of a month. -1 means the last one.
    pub(super) fn every_year(month: u32, nth: i8, weekday: Weekday) -> Self {
        let weekday = match weekday {
            Weekday::Mon => "MO",
            Weekday::Tue => "TU",
            Weekday::Wed => "WE",
            Weekday::Thu => "TH",
            Weekday::Fri => "FR",
            Weekday::Sat => "SA",
            Weekday::Sun => "SU",
        };
        Self(format!("FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{weekday}"))
    }

    /// UTC-OFFSET (RFC 5545 §3.3.14). Seconds are written only if they are not 0.
    pub(super) fn offset(offset: FixedOffset) -> Self {
        let seconds = offset.local_minus_utc();
        let sign = if seconds < 0 { '-' } else { '+' };
        let (minutes, seconds) = (seconds.abs() / 60, seconds.abs() % 60);
        let mut text = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
        if seconds != 0 {
            let _ = write!(text, "{seconds:02}");
        }
        Self(text)
    }
}

/// A parameter's value, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param(String);

impl Param {
    /// Any text, always quoted (RFC 5545 §3.2): clients lose an unquoted name with a comma, a colon or an umlaut in it.
    /// `^` is written `^^` (RFC 6868 §3.1). Two characters are replaced:
    ///
    /// - `"` could be written `^'`, but most clients show `^'` unchanged. A quote in a name mostly marks a nickname, so
    ///   it becomes `'`, which every reader understands.
    /// - `\` has no meaning in a parameter, but many parsers take it for an escape and then miss the closing quote. It
    ///   becomes `/`.
    ///
    /// A line break becomes a space. Other control characters are dropped.
    pub(super) fn quoted(text: &str) -> Self {
        let mut value = String::with_capacity(text.len() + 2);
        value.push('"');
        for c in plain(text).chars() {
            match c {
                '"' => value.push('\''),
                '\\' => value.push('/'),
                '^' => value.push_str("^^"),
                '\n' | '\t' => value.push(' '),
                c => value.push(c),
            }
        }
        value.push('"');
        Self(value)
    }

    /// A word that the RFCs define, or a zone's name; fixed in this program.
    pub(super) fn token(token: &'static str) -> Self {
        Self(token.to_owned())
    }

    /// An address in a parameter, quoted as RFC 5545 §3.2.18 requires.
    pub(super) fn mailbox(address: &EmailAddress) -> Self {
        Self(format!("\"{}\"", mailto(address)))
    }
}

/// One content line: a property with its parameters.
#[derive(Debug, Clone)]
pub(super) struct Line(Property<'static>);

impl Line {
    pub(super) fn new(name: &'static str, value: Value) -> Self {
        Self(Property::new(name, value.0))
    }

    /// Adds a parameter. Parameters are written in the order of their names.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, param: Param) -> Self {
        self.0.add(Parameter::new(name, param.0));
        self
    }

    /// The line as it is sent: folded, with its line break.
    pub(super) fn to_text(&self) -> String {
        fold(&self.0.to_string())
    }
}

/// A component: `BEGIN`, its lines and inner components, `END`.
#[derive(Debug, Clone)]
pub(super) struct Block(Component<'static>);

impl Block {
    pub(super) fn new(name: &'static str) -> Self {
        Self(Component::new(name))
    }

    pub(super) fn push(&mut self, line: Line) {
        self.0.add_property(line.0);
    }

    pub(super) fn nest(&mut self, block: Self) {
        self.0.add_component(block.0);
    }

    /// The component as it is sent: every line folded and ended by CRLF.
    pub(super) fn to_text(&self) -> String {
        fold(&self.0.to_string())
    }
}

/// Text without control characters, except for tabs and line breaks. All line breaks become `
/// `.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                plain.push('\n');
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            '\t' => plain.push('\t'),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

/// A `mailto` URI (RFC 6068 §2). In the part before the `@`, characters with a meaning in a URI are percent-encoded.
/// The `@` before the domain is never encoded, because some clients compare the text.
fn mailto(address: &EmailAddress) -> String {
    let local = percent_encode(address.local_part(), |octet| {
        octet.is_ascii_alphanumeric() || b"-._~!$'*+".contains(&octet)
    });
    format!("mailto:{local}@{}", address.domain())
}

fn percent_encode(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for octet in text.bytes() {
        if keep(octet) {
            encoded.push(char::from(octet));
        } else {
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

/// Folds the `ics` crate's output again. The crate's continuation lines have 76 octets, because it does not count the
/// space at their beginning. Values contain no line break, so each CRLF with a space behind it is a fold of the crate.
fn fold(written: &str) -> String {
    let unfolded = written.replace("\r\n ", "");
    let mut text = String::with_capacity(unfolded.len() + unfolded.len() / LINE_OCTETS * 3);
    for line in unfolded.split_terminator("\r\n") {
        let (mut rest, mut room) = (line, LINE_OCTETS);
        while rest.len() > room {
            let (now, later) = rest.split_at(rest.floor_char_boundary(room));
            text.push_str(now);
            text.push_str("\r\n ");
            // The space at the beginning of the line counts.
            (rest, room) = (later, LINE_OCTETS - 1);
        }
        text.push_str(rest);
        text.push_str("\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mailbox(text: &str) -> String {
        Value::mailbox(&text.parse().unwrap()).0
    }

    #[test]
    fn text_is_escaped_once() {
        assert_eq!(
            Value::text("a\\b; c, d: \"e\"\r\nf\rg\nh\u{2028}i\tj\u{0}\u{7}\u{7f}\u{9b}k").0,
            "a\\\\b\\; c\\, d: \"e\"\\nf\\ng\\nh\\ni\tjk"
        );
        // Text that looks escaped is escaped like any other text.
        assert_eq!(Value::text("\\n\\,").0, "\\\\n\\\\\\,");
    }

    #[test]
    fn a_parameter_is_quoted_and_cannot_end_its_quotes() {
        assert_eq!(
            Param::quoted("Lee, \"Harper\": x;y\\z^n\r\nX-EVIL:1\u{7}").0,
            "\"Lee, 'Harper': x;y/z^^n X-EVIL:1\""
        );
    }

    #[test]
    fn an_address_is_a_mailto_uri() {
        assert_eq!(
            mailbox("o'hara+crm@acme.example"),
            "mailto:o'hara+crm@acme.example"
        );
        assert_eq!(
            mailbox("a&b=c%d/e?f#g^h@acme.example"),
            "mailto:a%26b%3Dc%25d%2Fe%3Ff%23g%5Eh@acme.example"
        );
        assert_eq!(mailbox("\"a;b\"@acme.example"), "mailto:%22a%3Bb%22@acme.example");
        assert_eq!(
            mailbox("jörg@bücher.example"),
            "mailto:j%C3%B6rg@xn--bcher-kva.example"
        );
    }

    #[test]
    fn a_uri_is_kept_to_the_letter_where_it_is_one() {
        let url = "https://acme.zoom.us/j/1?pwd=a%2Cb;c,d.1&x=(y)#z";
        assert_eq!(Value::uri(url).0, url);
        assert_eq!(
            Value::uri("https://x/ä\r\nX:\"1\"").0,
            "https://x/%C3%A4%0D%0AX:%221%22"
        );
    }

    #[test]
    fn offsets_have_seconds_where_there_are_some() {
        let offset = |seconds| Value::offset(FixedOffset::east_opt(seconds).unwrap()).0;
        assert_eq!(offset(0), "+0000");
        assert_eq!(offset(-12_600), "-0330");
        assert_eq!(offset(20_700), "+0545");
        assert_eq!(offset(-2_670), "-004430");
    }

    #[test]
    fn continuation_lines_count_their_space() {
        let text = Line::new("SUMMARY", Value::text(&"x".repeat(200))).to_text();
        let lengths: Vec<_> = text.split_terminator("\r\n").map(str::len).collect();
        assert_eq!(lengths, [75, 75, 60]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

        /// Every text becomes one logical line, folded as required, and can be read back.
        #[test]
        fn any_text_stays_in_its_line(text in any::<String>(), cn in any::<String>(), uri in any::<String>()) {
            let line = Line::new("X-TEST", Value::text(&text)).with("CN", Param::quoted(&cn)).to_text();
            let uri = Line::new("URL", Value::uri(&uri)).to_text();
            for written in [&line, &uri] {
                prop_assert!(written.ends_with("\r\n"));
                for (i, physical) in written.split_terminator("\r\n").enumerate() {
                    prop_assert!(physical.len() <= 75);
                    prop_assert_eq!(physical.starts_with(' '), i > 0);
                    prop_assert!(physical.chars().all(|c| c == '\t' || !c.is_control()));
                }
            }
            let unfolded = line.replace("\r\n ", "");
            let rest = unfolded.strip_prefix("X-TEST;CN=\"").unwrap().strip_suffix("\r\n").unwrap();
            let (name, value) = rest.split_once("\":").unwrap();
            prop_assert_eq!(
                name.replace("^^", "^"),
                plain(&cn).replace('"', "'").replace('\\', "/").replace(['\n', '\t'], " ")
            );
            prop_assert_eq!(unescape(value), plain(&text));
        }
    }

    fn unescape(value: &str) -> String {
        let mut text = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some(c @ ('\\' | ';' | ',')) => text.push(c),
                    other => panic!("\\{other:?} is no escape"),
                },
                ';' | ',' => panic!("a bare {c:?}"),
                c => text.push(c),
            }
        }
        text
    }
}
