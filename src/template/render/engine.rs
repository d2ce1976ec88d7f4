//! Tera with the filters and functions that templates have.

use std::io::{self, Write};

use tera::Tera;

use super::filters;
use super::functions;
use super::inserted;
use crate::template::limits::MAX_OUTPUT;

/// An engine without templates.
pub(in crate::template) fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html", ".mjml"]);
    functions::register(&mut tera);
    filters::register(&mut tera);
    inserted::register(&mut tera);
    tera
}

/// Holds the printed text, up to [`MAX_OUTPUT`].
#[derive(Debug, Default)]
pub(super) struct Page(Vec<u8>);

impl Page {
    pub(super) fn into_text(self) -> String {
        // Tera writes only text, and the text is cut only between two writes.
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
    use crate::template::check::offered::{FILTERS, FUNCTIONS, TESTS};

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
