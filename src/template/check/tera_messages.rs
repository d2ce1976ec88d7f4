//! Tera's messages in words for people who do not program: the problem, and the way to solve it.

use super::offered::{FILTERS, FUNCTIONS, TESTS};
use crate::fault::{Act, Remedy};
use crate::template::error::{Origin, nearest};
use crate::template::files::sources::Sources;
use crate::template::tags::{Tag, tags};

/// Statements that need an end.
const OPENING: &[&str] = &["if", "for", "block", "filter", "component"];

/// One problem in our words.
#[derive(Debug)]
pub(super) struct Explanation {
    pub(in crate::template) code: &'static str,
    pub(in crate::template) message: String,
    pub(in crate::template) nearest: Option<String>,
    pub(in crate::template) remedy: Option<Remedy>,
    /// Whether the place is the unclosed tag, instead of the place where Tera gave up.
    is_unclosed: bool,
    /// Whether the tag begins with a word that begins no statement.
    pub(super) is_unknown_tag: bool,
}

impl Explanation {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            nearest: None,
            remedy: None,
            is_unclosed: false,
            is_unknown_tag: false,
        }
    }

    fn near(mut self, nearest: Option<String>) -> Self {
        self.nearest = nearest;
        self
    }

    fn remedy(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Our words for a message of Tera's. `code` is for messages that this file does not know.
    pub(in crate::template) fn of(code: &'static str, message: &str, sources: &impl Sources) -> Self {
        let (what, known) = [". Available variables: ", ". Available fields: "]
            .into_iter()
            .find_map(|mark| message.split_once(mark))
            .unwrap_or((message.trim_end_matches('.'), ""));
        let name = what.split('`').nth(1).unwrap_or_default();
        unknown_name(what, name, known, sources)
            .or_else(|| bound(what))
            .or_else(|| value(what, name))
            .or_else(|| syntax(code, what))
            .unwrap_or_else(|| Self::new(code, what))
    }

    /// The place of the problem: Tera's place, or the tag that was left open.
    pub(in crate::template) fn place(
        &self,
        _file: &Origin,
        text: &str,
        line: usize,
        column: usize,
        length: usize,
    ) -> (usize, usize, usize) {
        let open = if self.is_unclosed { unclosed(text) } else { None };
        open.map_or((line, column, length), |(at, length)| {
            let before = &text[..at];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
                length,
            )
        })
    }
}

fn unknown_name(what: &str, name: &str, known: &str, sources: &impl Sources) -> Option<Explanation> {
    let near = |names: &[&str]| nearest(name, names.iter().copied());
    if what.starts_with("Variable ") {
        let said = Explanation::new("unknown_variable", format!("there is no variable `{name}`"));
        return Some(said.near(nearest(name, known.split(", "))));
    }
    if what.starts_with("Field ") {
        // Unknown fields have been reported before. So the field exists here, and the value that has it is absent.
        return Some(match known {
            "" => Explanation::new("absent_value", format!("what `{name}` belongs to is absent here"))
                .remedy("put it into `{% if … %}`, with what stands before the dot"),
            _ => Explanation::new("unknown_variable", format!("there is no field `{name}`"))
                .near(nearest(name, known.split(", "))),
        });
    }
    for (start, code, noun, names) in [
        ("Unknown filter ", "unknown_filter", "filter", FILTERS),
        ("Unknown test ", "unknown_test", "test", TESTS),
        ("Unknown function ", "unknown_function", "function", FUNCTIONS),
        ("Unknown component ", "unknown_component", "component", &[]),
    ] {
        if what.starts_with(start) {
            return Some(Explanation::new(code, format!("there is no {noun} `{name}`")).near(near(names)));
        }
    }
    what.starts_with("Unknown template ").then(|| {
        let said = Explanation::new("unknown_template", format!("there is no template `{name}`"));
        said.near(nearest(name, sources.names()))
    })
}

fn bound(what: &str) -> Option<Explanation> {
    for (text, code) in [
        ("it takes more than", "too_many_steps"),
        ("it takes longer than", "too_slow"),
        ("the text becomes longer", "too_large"),
        ("the value becomes larger", "too_large"),
        ("`range` gives at most", "too_large"),
        ("a mail has at most", "too_large"),
        ("Maximum component recursion", "too_many_steps"),
    ] {
        if what.contains(text) {
            return Some(
                Explanation::new(code, what)
                    .remedy("a mail is no place for so much: print less, or loop over less"),
            );
        }
    }
    None
}

fn value(what: &str, name: &str) -> Option<Explanation> {
    let plain = |kind: &str| match kind {
        "string" | "String" | "&str" | "str" => "a text",
        "f64" | "i64" | "u64" | "usize" | "u32" | "Number" | "number" => "a number",
        "array" | "Vec" => "a list",
        "map" => "something with fields",
        "bool" => "yes or no",
        _ => "something else",
    };
    if let Some(types) = what.strip_prefix("Invalid type for the value, expected ") {
        let mut types = types.split('`').skip(1).step_by(2);
        let (wanted, found) = (types.next()?, types.next()?);
        return Some(match found {
            "none" | "undefined" => Explanation::new(
                "absent_value",
                format!("the value is absent here, and {} is needed", plain(wanted)),
            )
            .remedy("put it into `{% if … %}`, or give another value: `| default(value=\"…\")`"),
            _ => Explanation::new(
                "wrong_type",
                format!("this is {}, and {} is needed", plain(found), plain(wanted)),
            ),
        });
    }
    if what.starts_with("Iteration not possible") {
        return Some(match name {
            "none" | "undefined" => Explanation::new("absent_value", "the list is absent here")
                .remedy("put the loop into `{% if … %}`"),
            _ => Explanation::new(
                "wrong_type",
                format!("this is {}, and a list is needed", plain(name)),
            ),
        });
    }
    if what.contains("requires both operands to be numbers") {
        return Some(
            Explanation::new("wrong_type", "only numbers can be added")
                .remedy("to join texts, write `~` in place of `+`"),
        );
    }
    if what.contains("the label `") && what.contains("cannot be written") {
        let said = what.replace("Resolver error: Unknown variable: ", "it wants ");
        return Some(Explanation::new("label", said).remedy("give it: `label(key=\"…\", name=…)`"));
    }
    for (text, code) in [
        ("is no date; use", "wrong_type"),
        ("is no pattern of dates", "date_format"),
        ("there is no style `", "date_format"),
        ("is not an IANA time zone", "time_zone"),
        ("does not begin with https://", "insecure_link"),
        ("`url` is missing", "missing_argument"),
        ("is no colour", "color"),
        ("there is no calendar `", "unknown_calendar"),
        ("there is no kind `", "wrong_type"),
    ] {
        if what.contains(text) {
            return Some(Explanation::new(code, what));
        }
    }
    if what.contains("missing value for Hour") || what.contains("a whole day has no time") {
        return Some(
            Explanation::new(
                "date_format",
                "a whole day has no time of day, and the pattern asks for one",
            )
            .remedy("put it into `{% if not is_all_day %}`"),
        );
    }
    None
}

fn syntax(code: &'static str, what: &str) -> Option<Explanation> {
    if code != "syntax" {
        return None;
    }
    if what == "Unexpected end of input" {
        return Some(Explanation {
            is_unclosed: true,
            ..Explanation::new("syntax", "this is not closed")
                .remedy("close a tag with }} or %}, and {% if … %} with {% endif %}")
        });
    }
    if what.starts_with("Unknown tag") {
        let said = Explanation::new("syntax", "there is no such tag, or not in this place").remedy(
            "an end such as {% endif %} needs its beginning before it; the tags are if, for, set, include, extends, block, \
             raw, filter, component",
        );
        return Some(Explanation {
            is_unknown_tag: true,
            ..said
        });
    }
    if what == "Unexpected character" {
        return Some(
            Explanation::new("syntax", "this character has no meaning here").remedy(
                Remedy::says("a placeholder of EspoCRM such as {{#if …}} is written {% if … %} here; ")
                    .then(Act::ConvertTemplates),
            ),
        );
    }
    if what.starts_with("Found `=` but expected") {
        return Some(Explanation::new("syntax", "an equals sign is too few").remedy("to compare, write =="));
    }
    if let Some(rest) = what.strip_prefix("Found ") {
        let (found, wanted) = rest.split_once(" but expected ")?;
        let wanted = match wanted {
            _ if wanted.starts_with("one of") => "a value, such as a variable or a text in quotes",
            "identifier" => "a name",
            other => other,
        };
        let found = if found == "identifier" { "a name" } else { found };
        return Some(Explanation::new(
            "syntax",
            format!("here stands {found}, where {wanted} should stand"),
        ));
    }
    None
}

/// The last opened tag or statement without an end: a tag without its closing braces, or a statement without its end
/// tag.
fn unclosed(text: &str) -> Option<(usize, usize)> {
    let tags = tags(text);
    let whole = |tag: &&Tag<'_>| text[tag.start..tag.end].ends_with(['}']);
    if let Some(open) = tags.iter().find(|tag| !whole(tag)) {
        return Some((open.start, 2));
    }
    let mut open: Vec<&Tag<'_>> = Vec::new();
    for tag in &tags {
        match tag.keyword() {
            Some(word) if OPENING.contains(&word) => open.push(tag),
            Some("set" | "set_global") if !tag.is_sign(2, "=") => open.push(tag),
            Some(word) if word.starts_with("end") => drop(open.pop()),
            _ => {}
        }
    }
    open.last()
        .map(|tag| (tag.start, text[tag.start..tag.end].chars().count()))
}
