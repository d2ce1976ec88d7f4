//! All known keys, and the search for the key nearest to an unknown name.

/// The kind of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Secret text. It can also be in a file that `KEY_file` names.
    Secret,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
}

use Kind::{Flag, Number, Secret, Text};

/// The keys by their full paths.
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("organization.name", Text),
    ("organization.site_url", Text),
    ("organization.public_url", Text),
    ("organization.time_zone", Text),
    ("organization.language", Text),
    ("organization.logo_url", Text),
    ("organization.color", Text),
    ("organization.footer", Text),
    ("organization.address", Text),
    ("database.url", Text),
    ("database.password", Secret),
    ("database.key_file", Text),
    ("database.keep", Text),
    ("crm.url", Text),
    ("crm.api_key", Secret),
    ("crm.allow_plaintext", Flag),
    ("zoom.mode", Text),
    ("zoom.auth", Text),
    ("zoom.account_id", Text),
    ("zoom.redirect_uri", Text),
    ("zoom.api_url", Text),
    ("zoom.oauth_url", Text),
    ("zoom.production.client_id", Text),
    ("zoom.production.client_secret", Secret),
    ("zoom.development.client_id", Text),
    ("zoom.development.client_secret", Secret),
    ("zoom.meeting.waiting_room", Flag),
    ("zoom.meeting.join_before_host", Flag),
    ("zoom.meeting.jbh_time", Number),
    ("zoom.meeting.passcode", Flag),
    ("zoom.meeting.host_video", Flag),
    ("zoom.meeting.participant_video", Flag),
    ("zoom.meeting.mute_upon_entry", Flag),
    ("zoom.meeting.auto_recording", Text),
    ("jitsi.server", Text),
    ("smtp.url", Text),
    ("smtp.username", Text),
    ("smtp.password", Secret),
    ("smtp.oauth.token_url", Text),
    ("smtp.oauth.client_id", Text),
    ("smtp.oauth.client_secret", Secret),
    ("smtp.oauth.refresh_token", Secret),
    ("smtp.oauth.scope", Text),
    ("smtp.from", Text),
    ("smtp.bounces_to", Text),
    ("smtp.verp", Flag),
    ("smtp.allow_plaintext", Flag),
    ("smtp.connections", Number),
    ("smtp.max_per_second", Number),
    ("smtp.max_per_connection", Number),
    ("smtp.first_retry", Text),
    ("smtp.give_up_after", Text),
    ("smtp.dkim.domain", Text),
    ("smtp.dkim.selector", Text),
    ("smtp.dkim.key", Secret),
    ("smtp.dkim.second.domain", Text),
    ("smtp.dkim.second.selector", Text),
    ("smtp.dkim.second.key", Secret),
    ("templates.dir", Text),
    ("calendar.times", Text),
    ("calendar.attendees", Text),
];

/// The kind of the value at a path. The value of a `KEY_file` is text.
pub(super) fn kind_of(path: &str) -> Option<Kind> {
    let find = |wanted: &str| KEYS.iter().find(|(key, _)| *key == wanted).map(|(_, kind)| *kind);
    find(path).or_else(|| {
        let secret = path.strip_suffix("_file")?;
        (find(secret)? == Secret).then_some(Text)
    })
}

/// Whether a path is the path of a table.
pub(super) fn is_table(path: &str) -> bool {
    KEYS.iter()
        .any(|(key, _)| key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The paths of all keys, with those of secrets' files.
pub(super) fn all_paths() -> impl Iterator<Item = String> {
    KEYS.iter().flat_map(|(key, kind)| {
        let file = (*kind == Secret).then(|| format!("{key}_file"));
        std::iter::once((*key).to_owned()).chain(file)
    })
}

fn all_tables() -> impl Iterator<Item = String> {
    let mut tables: Vec<String> = KEYS
        .iter()
        .flat_map(|(key, _)| {
            key.match_indices('.')
                .map(|(at, _)| key[..at].to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    tables.dedup();
    tables.into_iter()
}

/// The environment variable that overrides a key.
pub(super) fn variable(path: &str) -> String {
    format!("INVITE_{}", path.to_uppercase().replace('.', "__"))
}

/// The known key nearest to an unknown path.
pub(super) fn nearest_key(path: &str) -> Option<String> {
    let (table, name) = split(path);
    let known: Vec<String> = all_paths().collect();
    let sibling_in = |table: &str| {
        let siblings = known.iter().filter(|key| split(key).0 == table);
        nearest_of(siblings, |key| closeness(split(key).1, name))
    };
    sibling_in(table)
        .or_else(|| {
            let namesakes = known.iter().filter(|key| split(key).1 == name);
            namesakes.max_by(|a, b| closeness(a, path).total_cmp(&closeness(b, path)))
        })
        .or_else(|| sibling_in(&nearest_table(table)?))
        .cloned()
}

/// The known table nearest to an unknown path.
pub(super) fn nearest_table(path: &str) -> Option<String> {
    let (parent, name) = split(path);
    let known: Vec<String> = all_tables().collect();
    let siblings = known.iter().filter(|table| split(table).0 == parent);
    nearest_of(siblings, |table| closeness(split(table).1, name))
        .or_else(|| known.iter().find(|table| split(table).1 == name))
        .or_else(|| nearest_of(known.iter(), |table| closeness(table, path)))
        .cloned()
}

/// The names of the keys and tables directly in a table. The empty path means the top level.
pub(super) fn names_in(table: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for path in all_paths() {
        let rest = if table.is_empty() {
            Some(path.as_str())
        } else {
            path.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'))
        };
        if let Some(name) = rest.map(|rest| rest.split('.').next().unwrap_or(rest))
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The table and the name of a path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// The nearest of a few words to a word, if one is near. For values that must be one of a few words.
pub(super) fn nearest_word<'a>(words: &[&'a str], word: &str) -> Option<&'a str> {
    nearest_of(words.iter(), |known| closeness(known, word)).copied()
}

fn closeness(known: &str, given: &str) -> f64 {
    strsim::jaro_winkler(known, &given.to_lowercase())
}

fn nearest_of<'a, T>(known: impl Iterator<Item = &'a T>, score: impl Fn(&T) -> f64) -> Option<&'a T> {
    known
        .map(|key| (score(key), key))
        .filter(|(score, _)| *score >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_key_that_was_meant() {
        for (given, meant) in [
            ("smtp.urll", Some("smtp.url")),
            ("smtp.user", Some("smtp.username")),
            ("smtp.pasword_file", Some("smtp.password_file")),
            ("smpt.url", Some("smtp.url")),
            ("smpt.urll", Some("smtp.url")),
            ("smpt.quux", None),
            ("redirect_uri", Some("zoom.redirect_uri")),
            ("smtp.redirect_uri", Some("zoom.redirect_uri")),
            ("zoom.client_secret", Some("zoom.production.client_secret")),
            ("smtp.quux", None),
        ] {
            assert_eq!(nearest_key(given).as_deref(), meant, "{given}");
        }
        assert_eq!(nearest_table("smpt").as_deref(), Some("smtp"));
        assert_eq!(nearest_table("zoom.prod").as_deref(), Some("zoom.production"));
        assert_eq!(nearest_table("dkim").as_deref(), Some("smtp.dkim"));
        assert_eq!(nearest_table("xyz"), None);
    }

    #[test]
    fn only_secrets_have_files() {
        assert_eq!(kind_of("smtp.password_file"), Some(Text));
        assert_eq!(kind_of("smtp.username_file"), None);
        assert_eq!(kind_of("database.key_file"), Some(Text));
        assert!(is_table("zoom.meeting") && !is_table("smtp.url") && !is_table("zoo"));
        assert_eq!(names_in("templates"), ["dir"]);
    }
}
