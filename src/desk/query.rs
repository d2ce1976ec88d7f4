//! The query in the page's address, which says what to show.

use serde::{Deserialize, Serialize};
use url::form_urlencoded::Serializer;

use super::looks::Theme;
use crate::meeting::MeetingId;

/// The query of the page and of its frames. A missing or unknown value has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// A template, such as `invitation/meeting`.
    pub(super) template: String,
    pub(super) language: String,
    /// `sample:zoom`, or the number of a source and a meeting's id: `0:kickoff`.
    pub(super) about: String,
    /// The reader: `contact:lee`.
    pub(super) to: String,
    pub(super) view: String,
    pub(super) theme: String,
    /// The id of a condition. `holds` says whether it is to hold.
    pub(super) condition: String,
    pub(super) holds: String,
}

impl Query {
    pub(super) fn theme(&self) -> Theme {
        match self.theme.as_str() {
            "dark" => Theme::Dark,
            _ => Theme::Light,
        }
    }

    /// The source and the meeting of the mail. `None`: the mail is about a sample.
    pub(super) fn meeting(&self) -> Option<(usize, MeetingId)> {
        let (place, id) = self.about.split_once(':')?;
        Some((place.parse().ok()?, id.parse().ok()?))
    }

    /// The condition with a forced outcome, and whether it is to hold.
    pub(super) fn as_if(&self) -> Option<(&str, bool)> {
        (!self.condition.is_empty()).then_some((self.condition.as_str(), self.holds != "no"))
    }

    /// The query as text, with one value changed.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut other = self.clone();
        change(&mut other);
        let mut query = Serializer::new(String::new());
        let fields = [
            ("template", &other.template),
            ("language", &other.language),
            ("about", &other.about),
            ("to", &other.to),
            ("view", &other.view),
            ("theme", &other.theme),
            ("condition", &other.condition),
            ("holds", &other.holds),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_it_has_and_no_more() {
        let query = Query {
            template: "invitation/meeting".to_owned(),
            about: "0:a&b=c".to_owned(),
            ..Query::default()
        };
        assert_eq!(
            query.with(|query| query.theme = "dark".to_owned()),
            "template=invitation%2Fmeeting&about=0%3Aa%26b%3Dc&theme=dark"
        );
    }
}
