//! Makes the page that is sent from the text that an HTML part printed: MJML becomes HTML, style sheets become `style`
//! attributes.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use css_inline::{CSSInliner, InlineOptions};
use mrml::prelude::parser::{Error as MjmlError, ParserOptions};
use mrml::prelude::render::RenderOptions;

use super::description::depth;

/// How deep elements may be nested. Mail programs cut off far earlier, and parsers take long for deeper pages.
const MAX_DEPTH: usize = 100;

/// The page that is sent.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) html: String,
    pub(super) rewriting: Rewriting,
    /// The printed text, if the page was rewritten.
    pub(super) printed: Option<String>,
}

/// How a page was changed after it was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewriting {
    /// The page is sent as it was printed.
    None,
    /// The page was parsed and written again.
    Done {
        /// Whether a style sheet has selectors for the targets of links.
        asks_for_links: bool,
    },
}

/// Why a printed part cannot become a page.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("elements are nested more than {MAX_DEPTH} deep")]
    Depth,
    #[error("it is no MJML: {}{}", reason, line.map(|line| format!(" (in line {line} of what it prints)")).unwrap_or_default())]
    Mjml { reason: String, line: Option<usize> },
    #[error("its style sheet cannot be written into the elements: {0}")]
    Style(String),
}

impl BodyError {
    pub(in crate::template) const fn code(&self) -> &'static str {
        match self {
            Self::Depth => "too_deep",
            Self::Mjml { .. } => "mjml",
            Self::Style(_) => "style",
        }
    }
}

/// The page of a `body.mjml` part. `printed` is the rendered part.
pub(super) fn of_mjml(printed: String) -> Result<Page, BodyError> {
    if depth(&printed) > MAX_DEPTH {
        return Err(BodyError::Depth);
    }
    // mrml includes no further files: Tera has included all of them.
    let parsed = mrml::parse_with_options(&printed, &ParserOptions::default());
    let parsed = parsed.map_err(|error| mjml(&error, &printed))?;
    let options = RenderOptions {
        // mrml's built-in fonts would be loaded from servers that then learn who reads the mail.
        fonts: HashMap::new(),
        ..RenderOptions::default()
    };
    let page = parsed.element.render(&options).map_err(|error| BodyError::Mjml {
        reason: error.to_string(),
        line: None,
    })?;
    // mrml copies unknown elements to the page as they are.
    if let Some(at) = page.find("<mj-") {
        let name: String = page[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let at = printed.find(&format!("<{name}"));
        return Err(BodyError::Mjml {
            reason: format!("there is no element <{name}>, or not in this place"),
            line: at.map(|at| line_of(&printed, at)),
        });
    }
    let asks_for_links = asks_for_links(&page);
    Ok(Page {
        html: with_styles(page)?,
        rewriting: Rewriting::Done { asks_for_links },
        printed: Some(printed),
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1
}

fn mjml(error: &MjmlError, printed: &str) -> BodyError {
    let at = match error {
        MjmlError::UnexpectedElement { position, .. }
        | MjmlError::UnexpectedToken { position, .. }
        | MjmlError::MissingAttribute { position, .. }
        | MjmlError::InvalidAttribute { position, .. }
        | MjmlError::InvalidFormat { position, .. }
        | MjmlError::IncludeLoaderError { position, .. } => Some(position.start),
        _ => None,
    };
    let reason = match error {
        MjmlError::UnexpectedElement { .. } => "an element stands where none of its kind may",
        MjmlError::UnexpectedToken { .. } => {
            "something stands where it may not, such as an end without its beginning"
        }
        MjmlError::MissingAttribute { .. } => "an attribute is missing",
        MjmlError::InvalidAttribute { .. } => "an attribute cannot be read",
        MjmlError::InvalidFormat { .. } => "a value cannot be read",
        MjmlError::EndOfStream { .. } => "an element is not closed",
        MjmlError::NoRootNode => "there is no <mjml> element",
        MjmlError::IncludeLoaderError { .. } => {
            "<mj-include> finds nothing here; use {% include \"shared/…\" %}"
        }
        _ => "it cannot be parsed",
    };
    BodyError::Mjml {
        reason: reason.to_owned(),
        line: at.map(|at| {
            printed
                .as_bytes()
                .iter()
                .take(at)
                .filter(|b| **b == b'\n')
                .count()
                + 1
        }),
    }
}

/// The page of a `body.html` part. `printed` is the rendered part.
pub(super) fn of_html(printed: String) -> Result<Page, BodyError> {
    if !has_styles(&printed) {
        return Ok(Page {
            html: printed,
            rewriting: Rewriting::None,
            printed: None,
        });
    }
    Ok(Page {
        html: with_styles(printed.clone())?,
        rewriting: Rewriting::Done {
            asks_for_links: asks_for_links(&printed),
        },
        printed: Some(printed),
    })
}

/// Whether a page has style sheets to write into its elements. A style sheet that is marked `data-css-inline="ignore"`,
/// as in the built-in layout, does not count.
fn has_styles(page: &str) -> bool {
    page.match_indices("<style").any(|(at, _)| {
        !page[at..]
            .split('>')
            .next()
            .unwrap_or_default()
            .contains("data-css-inline=\"ignore\"")
    })
}

/// Whether a style sheet of a page may have rules for links with certain targets, such as `a[href^="https"]`. The name
/// in the brackets may contain backslashes.
fn asks_for_links(page: &str) -> bool {
    let sheets = page.split("<style").skip(1);
    let sheets = sheets.filter_map(|sheet| sheet.split("</style").next());
    let mut brackets = sheets.flat_map(|sheet| sheet.split('[').skip(1));
    brackets.any(|bracket| {
        let within = bracket.split(']').next().unwrap_or_default().to_ascii_lowercase();
        within.contains("href") || within.contains('\\')
    })
}

/// A page whose style rules have become `style` attributes, for mail programs that drop style sheets. Rules that only
/// work in a style sheet, such as `@media`, stay there.
fn with_styles(page: String) -> Result<String, BodyError> {
    if !has_styles(&page) {
        return Ok(page);
    }
    if depth(&page) > MAX_DEPTH {
        return Err(BodyError::Depth);
    }
    let failed = |error: &dyn Display| BodyError::Style(error.to_string());
    INLINER.inline(&page).map_err(|error| failed(&error))
}

static INLINER: LazyLock<CSSInliner<'static>> = LazyLock::new(|| {
    InlineOptions {
        inline_style_tags: true,
        keep_style_tags: false,
        keep_at_rules: true,
        load_remote_stylesheets: false,
        ..InlineOptions::default()
    }
    .build()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mjml_becomes_a_page() {
        let page = of_mjml(
            "<mjml><mj-head><mj-style inline=\"inline\">.x { color: red }</mj-style></mj-head><mj-body><mj-section>\
             <mj-column><mj-text css-class=\"x\">Hi &amp; bye</mj-text><mj-button href=\"https://zoom.us/j/1?a=1&amp;b=2\">Join</mj-button></mj-column></mj-section></mj-body></mjml>".to_owned(),
        )
        .unwrap()
        .html;
        assert!(
            page.contains("Hi &amp; bye") && page.contains("href=\"https://zoom.us/j/1?a=1&amp;b=2\""),
            "{page}"
        );
        assert!(!page.contains("fonts.googleapis"), "{page}");
    }

    #[test]
    fn wrong_mjml_is_told_with_its_line() {
        for (text, line) in [
            (
                "<mjml><mj-body>\n<mj-nothing></mj-nothing></mj-body></mjml>",
                Some(2),
            ),
            ("<p>x</p>", Some(1)),
            ("<mjml><mj-body><mj-section>", None),
            (
                "<mjml><mj-body><mj-include path=\"/etc/passwd\" /></mj-body></mjml>",
                Some(1),
            ),
        ] {
            match of_mjml(text.to_owned()) {
                Err(BodyError::Mjml { line: found, reason }) => assert_eq!(found, line, "{text}: {reason}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let deep = format!("<mjml><mj-body>{}", "<mj-section>".repeat(100_000));
        assert!(matches!(of_mjml(deep), Err(BodyError::Depth)));
    }

    #[test]
    fn style_sheets_become_attributes() {
        let page = of_html(
            "<!doctype html><html><head><style>p { color: red } @media (max-width: 600px) { p { color: blue } }</style>\
             </head><body><p>x</p></body></html>"
                .to_owned(),
        )
        .unwrap()
        .html;
        assert!(
            page.contains("<p style=\"color: red") && page.contains("@media"),
            "{page}"
        );
        let marked = "<html><head><style data-css-inline=\"ignore\">p { color: red }</style></head><body><p>x</p></body></html>";
        let unmarked = of_html(marked.to_owned()).unwrap();
        assert_eq!(
            (unmarked.html.as_str(), unmarked.rewriting),
            (marked, Rewriting::None)
        );
        let import = "<html><head><style>@import url(https://evil.example/x.css); p { color: red }</style><link rel=\"stylesheet\" href=\"file:///etc/passwd\"></head><body><p>x</p></body></html>";
        let page = of_html(import.to_owned()).unwrap().html;
        assert!(page.contains("color: red") && !page.contains("root:"), "{page}");
    }

    #[test]
    fn style_sheets_that_ask_for_links_are_known() {
        for (sheet, asks) in [
            ("a { color: red }", false),
            ("p[title] { color: red } .href {}", false),
            ("a[href^='https'] { color: red }", true),
            ("a[ HREF ] { color: red }", true),
            ("a[\\68 ref] { color: red }", true),
        ] {
            let page = of_html(format!("<style>{sheet}</style><p>[href]</p>")).unwrap();
            assert_eq!(
                page.rewriting,
                Rewriting::Done { asks_for_links: asks },
                "{sheet}"
            );
        }
    }
}
