//! The page of a mail in a frame: light or dark, with its pictures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::template::Rendered;

/// The theme of a reader's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    Light,
    Dark,
}

impl Theme {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The page as a device with this theme shows it. The theme of the author's own device does not matter.
///
/// The rules for dark devices (`prefers-color-scheme`) are made to apply or not to apply. Pictures of the mail are put
/// into the page itself. Links lead nowhere.
pub(crate) fn themed(rendered: &Rendered, theme: Theme) -> String {
    let mut page = with_scheme(&rendered.html, theme);
    for image in &rendered.images {
        let data = format!(
            "data:{};base64,{}",
            image.media_type,
            STANDARD.encode(&image.data)
        );
        page = page.replace(&format!("cid:{}", image.content_id), &data);
    }
    let head = format!(
        "<base target=\"_blank\"><style>:root{{color-scheme:{} !important}}</style>",
        theme.as_str()
    );
    match page.find("</head>") {
        Some(at) => page.insert_str(at, &head),
        None => page.insert_str(0, &head),
    }
    page
}

/// The page, with each media query for the theme replaced by its answer.
fn with_scheme(page: &str, theme: Theme) -> String {
    const QUERY: &str = "prefers-color-scheme";
    let mut answered = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(QUERY) {
        let (before, after) = rest.split_at(at);
        let query = before.trim_end().strip_suffix('(').zip(after.split_once(')'));
        let Some((before_query, (inside, behind))) = query else {
            answered.push_str(before);
            answered.push_str(QUERY);
            rest = &after[QUERY.len()..];
            continue;
        };
        let asked = inside[QUERY.len()..].trim_start_matches([':', ' ']).trim();
        answered.push_str(before_query);
        // One of these queries is true on every screen, the other one is false.
        answered.push_str(if asked.eq_ignore_ascii_case(theme.as_str()) {
            "(min-width: 0)"
        } else {
            "(max-width: 0)"
        });
        rest = behind;
    }
    answered.push_str(rest);
    answered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::Language;
    use crate::template::{Sample, TemplateName, Templates};

    #[test]
    fn a_query_for_the_devices_colours_is_answered() {
        let page = "<style>@media (prefers-color-scheme: dark) { a { color: red } } @media screen and \
                    (prefers-color-scheme:light) { b { color: blue } }</style> prefers-color-scheme";
        assert_eq!(
            with_scheme(page, Theme::Dark),
            "<style>@media (min-width: 0) { a { color: red } } @media screen and (max-width: 0) { b { color: blue } \
             }</style> prefers-color-scheme"
        );
    }

    #[test]
    fn the_built_in_mail_has_both_looks() {
        let sample = Sample::all().into_iter().next().unwrap();
        let rendered = Templates::built_in()
            .unwrap()
            .render(TemplateName::INVITATION, &sample.context(&Language::ENGLISH))
            .unwrap();
        let (light, dark) = (themed(&rendered, Theme::Light), themed(&rendered, Theme::Dark));
        assert!(light.contains("@media (max-width: 0)") && dark.contains("@media (min-width: 0)"));
        assert!(!dark.contains("prefers-color-scheme"));
    }
}
