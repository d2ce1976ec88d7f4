//! Links that add a meeting to a calendar on the web.
//!
//! Such a link makes a separate entry in the calendar. The entry does not follow changes of the meeting, as the
//! attached calendar object does.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::meeting::{Meeting, When, Zone};

/// How many characters of a description go into a link.
const LONGEST_TEXT: usize = 800;

/// The facts in such a link.
#[derive(Debug)]
pub(super) struct CalendarEntry {
    pub(in crate::template) name: String,
    pub(in crate::template) when: When,
    pub(in crate::template) time_zone: Zone,
    pub(in crate::template) location: Option<String>,
    pub(in crate::template) join_url: Option<String>,
    pub(in crate::template) description: Option<String>,
}

/// A calendar on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Google,
    Outlook,
    Office365,
    Yahoo,
}

impl Service {
    pub(in crate::template) const ALL: [Self; 4] =
        [Self::Google, Self::Outlook, Self::Office365, Self::Yahoo];

    /// The name by which a template picks it.
    pub(in crate::template) const fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Outlook => "outlook",
            Self::Office365 => "office365",
            Self::Yahoo => "yahoo",
        }
    }

    /// The name of the calendar, as people know it.
    pub(in crate::template) const fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Outlook => "Outlook.com",
            Self::Office365 => "Office 365",
            Self::Yahoo => "Yahoo",
        }
    }

    /// The link.
    pub(in crate::template) fn link(self, entry: &CalendarEntry) -> String {
        let (start, end) = entry.when.span(&entry.time_zone);
        let days = entry.when.days();
        let text = entry.text();
        let place = entry.place();
        let basic = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        let extended = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (base, fields): (&str, Vec<(&str, String)>) = match self {
            Self::Google => {
                let dates = match days {
                    Some((first, last)) => {
                        format!(
                            "{}/{}",
                            first.format("%Y%m%d"),
                            (last + TimeDelta::days(1)).format("%Y%m%d")
                        )
                    }
                    None => format!("{}/{}", basic(start), basic(end)),
                };
                let fields = vec![
                    ("action", "TEMPLATE".to_owned()),
                    ("text", entry.name.clone()),
                    ("dates", dates),
                    ("details", text),
                    ("location", place),
                ];
                ("https://calendar.google.com/calendar/render", fields)
            }
            Self::Outlook | Self::Office365 => {
                let (from, to) = match days {
                    Some((first, last)) => (first.to_string(), (last + TimeDelta::days(1)).to_string()),
                    None => (extended(start), extended(end)),
                };
                let mut fields = vec![
                    ("path", "/calendar/action/compose".to_owned()),
                    ("rru", "addevent".to_owned()),
                    ("subject", entry.name.clone()),
                    ("startdt", from),
                    ("enddt", to),
                    ("body", text),
                    ("location", place),
                ];
                if days.is_some() {
                    fields.push(("allday", "true".to_owned()));
                }
                let base = match self {
                    Self::Outlook => "https://outlook.live.com/calendar/0/deeplink/compose",
                    _ => "https://outlook.office.com/calendar/0/deeplink/compose",
                };
                (base, fields)
            }
            Self::Yahoo => {
                let mut fields = vec![("v", "60".to_owned()), ("title", entry.name.clone())];
                match days {
                    Some((first, last)) => fields.extend([
                        ("st", first.format("%Y%m%d").to_string()),
                        ("et", last.format("%Y%m%d").to_string()),
                        ("dur", "allday".to_owned()),
                    ]),
                    None => fields.extend([("st", basic(start)), ("et", basic(end))]),
                }
                fields.extend([("desc", text), ("in_loc", place)]);
                ("https://calendar.yahoo.com/", fields)
            }
        };
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        Url::parse_with_params(base, fields).map_or_else(|_| base.to_owned(), String::from)
    }
}

impl CalendarEntry {
    pub(in crate::template) fn new(
        meeting: &Meeting,
        join_url: Option<&str>,
        description: Option<&str>,
    ) -> Self {
        let short = |text: &str| -> String {
            let mut short: String = text.chars().take(LONGEST_TEXT).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        };
        Self {
            name: meeting.name().to_owned(),
            when: meeting.when,
            time_zone: meeting.time_zone.clone(),
            location: meeting.location.clone(),
            join_url: join_url.map(str::to_owned),
            description: description.map(short),
        }
    }

    /// The join link, then the description.
    fn text(&self) -> String {
        let parts: Vec<&str> = [&self.join_url, &self.description]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect();
        parts.join("\n\n")
    }

    /// The location, or else the join link.
    fn place(&self) -> String {
        self.location
            .clone()
            .or_else(|| self.join_url.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(when: When) -> CalendarEntry {
        CalendarEntry {
            name: "Q&A = 1".to_owned(),
            when,
            time_zone: Zone::new("Europe/Berlin").unwrap(),
            location: None,
            join_url: Some("https://zoom.us/j/1?pwd=a&b".to_owned()),
            description: Some("Agenda".to_owned()),
        }
    }

    fn fields(link: &str) -> std::collections::BTreeMap<String, String> {
        Url::parse(link).unwrap().query_pairs().into_owned().collect()
    }

    #[test]
    fn a_time_is_told_in_utc() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let entry = entry(When::timed(at("2026-12-01T09:00:00Z"), at("2026-12-01T09:45:00Z")).unwrap());
        let google = fields(&Service::Google.link(&entry));
        assert_eq!(google["dates"], "20261201T090000Z/20261201T094500Z");
        assert_eq!(google["text"], "Q&A = 1");
        assert_eq!(google["details"], "https://zoom.us/j/1?pwd=a&b\n\nAgenda");
        assert_eq!(google["location"], "https://zoom.us/j/1?pwd=a&b");
        let outlook = fields(&Service::Office365.link(&entry));
        assert_eq!(
            (outlook["startdt"].as_str(), outlook["enddt"].as_str()),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z")
        );
        assert_eq!(fields(&Service::Yahoo.link(&entry))["et"], "20261201T094500Z");
    }

    #[test]
    fn whole_days_end_as_each_service_has_it() {
        let day = |text: &str| text.parse().unwrap();
        let entry = entry(When::all_day(day("2026-12-03"), day("2026-12-04")).unwrap());
        assert_eq!(
            fields(&Service::Google.link(&entry))["dates"],
            "20261203/20261205"
        );
        let outlook = fields(&Service::Outlook.link(&entry));
        assert_eq!(
            (outlook["enddt"].as_str(), outlook["allday"].as_str()),
            ("2026-12-05", "true")
        );
        let yahoo = fields(&Service::Yahoo.link(&entry));
        assert_eq!(
            (yahoo["et"].as_str(), yahoo["dur"].as_str()),
            ("20261204", "allday")
        );
    }
}
