//! Tera as templates see it: its own filters and tests, and the functions below.

use std::io::{self, Write};

use fluent_bundle::{FluentArgs, FluentValue};
use tera::{Kwargs, State, Tera, TeraResult};

use crate::meeting::Language;

use super::labels::LabelError;
use super::voice::now_speaking;

/// The most that one part may print, in octets.
pub(super) const MAX_OUTPUT: usize = 1024 * 1024;
/// The most elements that `range` gives.
pub(super) const MAX_RANGE: i64 = 1_000;

/// The names of all filters, for offering the nearest.
pub(super) const FILTERS: &[&str] = &[
    "safe",
    "default",
    "upper",
    "lower",
    "wordcount",
    "escape",
    "escape_html",
    "escape_xml",
    "newlines_to_br",
    "pluralize",
    "trim",
    "trim_start",
    "trim_end",
    "replace",
    "capitalize",
    "title",
    "truncate",
    "indent",
    "str",
    "int",
    "float",
    "length",
    "reverse",
    "split",
    "abs",
    "round",
    "first",
    "last",
    "nth",
    "join",
    "sort",
    "unique",
    "get",
    "values",
    "keys",
    "pairs",
    "group_by",
];
/// The names of all tests.
pub(super) const TESTS: &[&str] = &[
    "string",
    "number",
    "map",
    "bool",
    "array",
    "integer",
    "float",
    "none",
    "iterable",
    "defined",
    "undefined",
    "odd",
    "even",
    "divisible_by",
    "starting_with",
    "ending_with",
    "containing",
];
/// The names of all functions.
pub(super) const FUNCTIONS: &[&str] = &["label", "range", "throw"];

/// An engine without templates.
pub(super) fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.register_function("label", label);
    tera.register_function("range", range);
    tera
}

fn label(kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let key = kwargs.must_get::<&str>("key")?;
    let voice = now_speaking()
        .ok_or_else(|| tera::Error::message("labels are known only while a mail is rendered"))?;
    let mut args = FluentArgs::new();
    for (name, value) in kwargs.iter() {
        let Some(name) = name.as_str().filter(|name| !matches!(*name, "key" | "lang")) else {
            continue;
        };
        let value = match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => FluentValue::from(whole),
            (None, Some(number)) => FluentValue::from(number),
            (None, None) => FluentValue::from(value.to_string()),
        };
        args.set(name.to_owned(), value);
    }
    let written = match kwargs.get::<&str>("lang")? {
        None => voice.label(key, Some(&args)),
        Some(tag) => {
            let language = Language::new(tag).map_err(tera::Error::message)?;
            voice.label_in(&language, key, Some(&args))
        }
    };
    written.map_err(|error| {
        tera::Error::message(match error {
            LabelError::Unknown { nearest, .. } => format!(
                "there is no label `{key}`{}",
                nearest
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default()
            ),
            LabelError::Unfinished { reason, .. } => format!("the label `{key}` cannot be written: {reason}"),
        })
    })
}

fn range(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or_default();
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1);
    if step == 0 {
        return Err(tera::Error::message("`range` cannot go in steps of 0"));
    }
    let mut numbers = Vec::new();
    let mut next = Some(start);
    while let Some(number) = next.filter(|n| if step > 0 { *n < end } else { *n > end }) {
        if numbers.len() as i64 == MAX_RANGE {
            return Err(tera::Error::message(format!(
                "`range` gives at most {MAX_RANGE} numbers"
            )));
        }
        numbers.push(number);
        next = number.checked_add(step);
    }
    Ok(numbers)
}

/// Keeps what is printed, up to [`MAX_OUTPUT`].
#[derive(Debug, Default)]
pub(super) struct Page(Vec<u8>);

impl Page {
    pub(super) fn into_text(self) -> String {
        // Tera writes text only, and it is cut nowhere but between two writes.
        String::from_utf8(self.0)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl Write for &mut Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_offered_exists() {
        let mut tera = engine();
        for filter in FILTERS {
            tera.add_raw_template("t", &format!("{{{{ 1 | {filter} }}}}"))
                .unwrap();
        }
        for test in TESTS {
            tera.add_raw_template("t", &format!("{{{{ 1 is {test} }}}}"))
                .unwrap();
        }
        for function in FUNCTIONS {
            tera.add_raw_template("t", &format!("{{{{ {function}() }}}}"))
                .unwrap();
        }
    }

    #[test]
    fn range_is_short() {
        let render = |text: &str| engine().render_str(text, &tera::Context::new(), false);
        assert_eq!(
            render("{% for n in range(start=3, end=0, step_by=-1) %}{{ n }}{% endfor %}").unwrap(),
            "321"
        );
        assert!(render("{% for n in range(end=1001) %}{% endfor %}").is_err());
        assert!(
            render("{% for n in range(end=9223372036854775807, step_by=9223372036854775807) %}{% endfor %}")
                .is_ok()
        );
    }
}
