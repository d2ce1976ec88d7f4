//! The facts that Zoom is told about a meeting, within Zoom's limits.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::timezones::zoom_time_zone;
use super::{MeetingSettings, ZoomError};
use crate::html::is_html;
use crate::meeting::{EmailAddress, Meeting, Person, PersonKind, Reach};
use crate::online::{OnlineSpec, OnlineUser};

/// The setting that gives a new meeting a passcode. In Zoom's API it stands beside the settings, not among them.
pub(super) const DEFAULT_PASSWORD: &str = "default_password";
/// Zoom's limit for a topic.
const LONGEST_TOPIC: usize = 200;
/// Zoom's limit for an agenda, in a unit that Zoom does not document. All lengths here count UTF-16 code units, of
/// which there are never fewer than characters.
const LONGEST_AGENDA_ON_THE_WIRE: usize = 2000;
/// The longest agenda of our own. The rest of Zoom's limit is for the marker.
const LONGEST_AGENDA: usize = 1900;
/// The longest meeting, in minutes.
const LONGEST_DURATION: i64 = 1440;
/// The width to which a description's HTML is laid out.
const WIDTH: usize = 400;

/// The facts that Zoom is told about a meeting. `user` is the host's record as a user of Zoom.
pub(super) fn describe(
    meeting: &Meeting,
    host: &Person,
    user: Option<&OnlineUser>,
    settings: &MeetingSettings,
) -> Result<OnlineSpec, ZoomError> {
    let (start, end) = meeting.when.span(&meeting.time_zone);
    let seconds = (end - start).num_seconds();
    // Rounded up, so that no meeting is cut short. Zoom accepts 24 hours at most.
    let minutes = ((seconds + 59) / 60).clamp(1, LONGEST_DURATION);
    Ok(OnlineSpec {
        host: zoom_host(host, user)?,
        topic: shorten(meeting.name(), LONGEST_TOPIC),
        agenda: shorten(
            &plain_text(meeting.description.as_deref().unwrap_or_default()),
            LONGEST_AGENDA,
        ),
        start,
        duration: u32::try_from(minutes).unwrap_or(1),
        time_zone: zoom_time_zone(&meeting.time_zone).to_owned(),
        settings: zoom_settings(&settings.for_meeting(&meeting.online_settings)),
    })
}

/// The Zoom ID of a user of the CRM: the recorded one, otherwise the primary email address.
#[must_use]
pub fn zoom_user_id<'a>(person: &'a Person, user: Option<&'a OnlineUser>) -> Option<&'a str> {
    let own = user.and_then(|user| user.online_id.as_deref());
    own.or_else(|| person.email().map(EmailAddress::as_str))
}

fn zoom_host(host: &Person, user: Option<&OnlineUser>) -> Result<String, ZoomError> {
    if host.reference.kind != PersonKind::User {
        return Err(ZoomError::HostNotUser {
            name: host.display_name(),
        });
    }
    if !user.is_some_and(|user| user.enabled) {
        return Err(ZoomError::HostNotEnabled {
            user: host.reference.id.clone(),
            name: host.display_name(),
        });
    }
    let id = zoom_user_id(host, user).map(str::trim).unwrap_or_default();
    // `me` would mean the user who connected the account, and dots would be another path of the API.
    if id.is_empty() || id == "me" || id.chars().all(|c| c == '.') {
        let (user, name) = (host.reference.id.clone(), host.display_name());
        return Err(match host.reach {
            Reach::Hidden if id.is_empty() => ZoomError::HostHidden { user, name },
            _ => ZoomError::HostWithoutId { user, name },
        });
    }
    Ok(id.to_owned())
}

fn zoom_settings(settings: &MeetingSettings) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            map.insert(key.to_owned(), value);
        }
    };
    put("waiting_room", Some(settings.waiting_room.into()));
    put("join_before_host", Some(settings.join_before_host.into()));
    put("jbh_time", settings.jbh_time.map(Into::into));
    put("host_video", settings.host_video.map(Into::into));
    put("participant_video", settings.participant_video.map(Into::into));
    put("mute_upon_entry", settings.mute_upon_entry.map(Into::into));
    put(
        "auto_recording",
        settings.auto_recording.and_then(|r| serde_json::to_value(r).ok()),
    );
    // Zoom reads this setting only when a meeting is created.
    put(DEFAULT_PASSWORD, settings.passcode.map(Into::into));
    // If the account's default is true, it would lock out every guest without a Zoom account.
    put("meeting_authentication", Some(false.into()));
    // The host's personal room would give all meetings the same link.
    put("use_pmi", Some(false.into()));
    map
}

/// The agenda as Zoom gets it: our text, and below it a line with the marker by which the meeting can be recognised.
pub(super) fn agenda_with_marker(agenda: &str, marker: &str) -> String {
    if marker.is_empty() {
        return agenda.to_owned();
    }
    let line = format!("Ref. {marker}");
    let room = LONGEST_AGENDA_ON_THE_WIRE.saturating_sub(units(&line) + 2);
    let agenda = shorten(agenda, room);
    if agenda.is_empty() {
        line
    } else {
        format!("{agenda}\n\n{line}")
    }
}

/// Whether an agenda at Zoom was made by [`agenda_with_marker`] with this marker.
pub(super) fn has_marker(agenda: &str, marker: &str) -> bool {
    !marker.is_empty()
        && agenda.lines().any(|line| {
            line.trim()
                .strip_prefix("Ref. ")
                .is_some_and(|found| found.trim() == marker)
        })
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Cuts a text to at most `longest` UTF-16 code units. The cut is between two characters as a reader sees them, and a
/// cut text ends with `…`.
fn shorten(text: &str, longest: usize) -> String {
    let text = text.trim();
    if units(text) <= longest {
        return text.to_owned();
    }
    let Some(room) = longest.checked_sub(1) else {
        return String::new();
    };
    let mut kept = 0;
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += units(grapheme);
        if used > room {
            break;
        }
        kept += grapheme.len();
    }
    format!("{}…", text[..kept].trim_end())
}

/// A description as plain text. HTML is laid out as text, with links as footnotes; plain text stays unchanged.
fn plain_text(description: &str) -> String {
    let text = description.replace("\r\n", "\n").replace('\r', "\n");
    let text = if is_html(&text) {
        html2text::config::plain()
            .no_table_borders()
            .no_link_wrapping()
            .allow_width_overflow()
            .string_from_read(text.as_bytes(), WIDTH)
            .unwrap_or_else(|_| without_tags(&text))
    } else {
        text
    };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text: String = lines.join("\n");
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::meeting::{MeetingId, When, Zone};

    fn ana() -> Person {
        Person::new(
            "user:ana".parse().unwrap(),
            "Ana Núñez",
            Some("ana@acme.example".parse().unwrap()),
        )
    }

    fn enabled(online_id: Option<&str>) -> OnlineUser {
        OnlineUser {
            provider: super::super::LOCATION,
            user: "ana".parse().unwrap(),
            enabled: true,
            online_id: online_id.map(str::to_owned),
        }
    }

    fn meeting(when: When, zone: &str) -> Meeting {
        Meeting::new(
            MeetingId::new("m").unwrap(),
            "Kick-off",
            when,
            Zone::new(zone).unwrap(),
        )
        .unwrap()
    }

    fn timed(start: &str, end: &str) -> When {
        When::timed(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    fn told(meeting: &Meeting) -> OnlineSpec {
        describe(meeting, &ana(), Some(&enabled(None)), &MeetingSettings::default()).unwrap()
    }

    #[test]
    fn a_timed_meeting_keeps_its_instant_and_is_rounded_up() {
        let spec = told(&meeting(
            timed("2026-12-01T09:00:00Z", "2026-12-01T09:44:01Z"),
            "Europe/Kyiv",
        ));
        assert_eq!(
            spec.start,
            "2026-12-01T09:00:00Z"
                .parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
        );
        assert_eq!(
            (spec.duration, &*spec.time_zone, &*spec.host),
            (45, "Europe/Kiev", "ana@acme.example")
        );
        let short = told(&meeting(
            timed("2026-12-01T09:00:00Z", "2026-12-01T09:00:01Z"),
            "UTC",
        ));
        assert_eq!(short.duration, 1);
        let long = told(&meeting(
            timed("2026-12-01T09:00:00Z", "2026-12-04T09:00:00Z"),
            "UTC",
        ));
        assert_eq!(long.duration, 1440);
    }

    #[test]
    fn an_all_day_meeting_begins_at_midnight_of_its_zone() {
        let days = When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap();
        let spec = told(&meeting(days, "Europe/Berlin"));
        assert_eq!(super::super::wire::start_time(spec.start), "2026-12-02T23:00:00Z");
        assert_eq!(spec.duration, 1440);
        let short_day = When::all_day("2027-03-28".parse().unwrap(), "2027-03-28".parse().unwrap()).unwrap();
        assert_eq!(told(&meeting(short_day, "Europe/Berlin")).duration, 23 * 60);
    }

    #[test]
    fn guests_are_never_locked_out_by_an_account_default() {
        let spec = told(&meeting(
            timed("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"),
            "UTC",
        ));
        assert_eq!(
            Value::Object(spec.settings),
            serde_json::json!({"waiting_room": true, "join_before_host": false, "meeting_authentication": false, "use_pmi": false})
        );
    }

    #[test]
    fn who_cannot_host_is_told_why() {
        let describe_as = |host: &Person, user: Option<&OnlineUser>| {
            let meeting = meeting(timed("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"), "UTC");
            describe(&meeting, host, user, &MeetingSettings::default())
        };
        let describe = |host: &Person| describe_as(host, Some(&enabled(None)));
        let disabled = OnlineUser {
            enabled: false,
            ..enabled(None)
        };
        for user in [None, Some(&disabled)] {
            assert!(matches!(
                describe_as(&ana(), user),
                Err(ZoomError::HostNotEnabled { .. })
            ));
        }
        let known = describe_as(&ana(), Some(&enabled(Some("a.nunez@acme.example"))));
        assert_eq!(known.unwrap().host, "a.nunez@acme.example");
        let mut host = ana();
        host.reach = Reach::Nowhere;
        assert!(matches!(describe(&host), Err(ZoomError::HostWithoutId { .. })));
        host.reach = Reach::Hidden;
        assert!(matches!(describe(&host), Err(ZoomError::HostHidden { .. })));
        let host = ana();
        for wrong in ["..", " ", "me"] {
            let described = describe_as(&host, Some(&enabled(Some(wrong))));
            assert!(
                matches!(described, Err(ZoomError::HostWithoutId { .. })),
                "{wrong:?}"
            );
        }
        let guest = Person::new("contact:lee".parse().unwrap(), "Lee", None);
        assert!(matches!(describe(&guest), Err(ZoomError::HostNotUser { .. })));
    }

    #[test]
    fn html_becomes_text_and_text_stays() {
        assert_eq!(
            plain_text("Agenda:\n- a < b\n- <lee@client.example>"),
            "Agenda:\n- a < b\n- <lee@client.example>"
        );
        let text = plain_text(
            "<p>Agenda &amp; more:</p><ul><li>scope</li></ul><hr><p>See <a href=\"https://x.example/d\">doc</a></p>",
        );
        assert!(
            text.starts_with("Agenda & more:\n* scope\n\nSee [doc][1]"),
            "{text:?}"
        );
        assert!(
            text.contains("https://x.example/d") && !text.contains("<p>"),
            "{text:?}"
        );
        assert_eq!(plain_text("a\r\nb\u{0}"), "a\nb");
        // What a mail takes for HTML, Zoom is told as text too.
        let text = plain_text("<style>p{}</style>Read <small>this</small>");
        assert_eq!(text, "Read this");
    }

    #[test]
    fn a_family_is_not_torn_apart() {
        let family = "👨‍👩‍👧‍👦";
        let text = family.repeat(30);
        let cut = shorten(&text, LONGEST_TOPIC);
        assert!(cut.ends_with("👦…"), "{cut}");
        assert!(units(&cut) <= LONGEST_TOPIC);
    }

    #[test]
    fn a_marker_is_found_again_and_only_that_one() {
        let agenda = agenda_with_marker(&"x".repeat(1900), "kickoff-7f3a");
        assert!(units(&agenda) <= LONGEST_AGENDA_ON_THE_WIRE && agenda.ends_with("\n\nRef. kickoff-7f3a"));
        assert!(has_marker(&agenda, "kickoff-7f3a"));
        assert!(!has_marker(&agenda, "kickoff-7f3"));
        assert!(!has_marker(&agenda, ""));
        assert_eq!(agenda_with_marker("", "m"), "Ref. m");
    }

    proptest! {
        #[test]
        fn a_cut_text_fits_and_is_a_beginning(text in any::<String>(), longest in 1_usize..40) {
            let cut = shorten(&text, longest);
            prop_assert!(units(&cut) <= longest);
            let text = text.trim();
            if units(text) <= longest {
                prop_assert_eq!(cut, text);
            } else {
                prop_assert!(text.starts_with(cut.strip_suffix('…').unwrap()));
            }
        }

        #[test]
        fn an_agenda_with_its_marker_fits(agenda in "\\PC{0,2500}", marker in "[a-z0-9:-]{1,80}") {
            let sent = agenda_with_marker(&agenda, &marker);
            prop_assert!(units(&sent) <= LONGEST_AGENDA_ON_THE_WIRE);
            prop_assert!(has_marker(&sent, &marker));
        }

        #[test]
        fn any_description_becomes_some_text(
            description in any::<String>(),
            html in "(<(b|p|td|tr|table|a href=x|li|ul|hr|pre)>|</p>|</table>|[x\u{200d} ]|&lt;|漢){0,30}",
        ) {
            let _ = plain_text(&description);
            let _ = plain_text(&html);
        }
    }
}
