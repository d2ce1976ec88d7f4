//! Texts that nobody would write: deep, long, random or damaged.

use proptest::prelude::*;

use super::*;

#[test]
fn deep_nesting_is_no_danger() {
    let deep = format!("{{\"leads\": {}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(read(&deep, "f").is_err());
}

#[test]
fn long_values_are_cut_in_errors() {
    let lines = wrong(&contact(&format!(r#""email": "{}""#, "ü".repeat(10_000))));
    assert!(lines[0].chars().count() < 200, "{lines:?}");
}

/// JSON in the form of a file of records, with wrong values in it.
fn almost_records() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[ -~ü\u{0}\u{1F600}]{0,12}",
        prop::sample::select(vec![
            "id",
            "name",
            "kind",
            "email",
            "zoom",
            "user",
            "start",
            "end",
            "all_day",
            "start_date",
            "end_date",
            "time_zone",
            "Europe/Berlin",
            "2026-12-01T09:00:00Z",
            "2026-10-25T02:30:00",
            "2026-12-03",
            "attendees",
            "roles",
            "meetings",
            "users",
            "contacts",
            "uid",
            "status",
            "join_url",
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        word.clone().prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec((word.clone(), inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    value.prop_map(|value| value.to_string())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}") {
        let _ = read(&text, "f").map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_json_makes_it_panic(text in almost_records()) {
        let _ = read(&text, "f").map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..EXAMPLE.len(), cut in 0..40_usize, with in "[ -~ü\u{0}\\\\\"]{0,6}") {
        let at = (0..=at).rev().find(|at| EXAMPLE.is_char_boundary(*at)).unwrap();
        let end = (at + cut..).find(|at| *at >= EXAMPLE.len() || EXAMPLE.is_char_boundary(*at)).unwrap();
        let text = format!("{}{with}{}", &EXAMPLE[..at], EXAMPLE.get(end..).unwrap_or_default());
        if let Err(errors) = read(&text, "f") {
            for finding in errors.findings() {
                let line = text.split('\n').nth(finding.line - 1);
                prop_assert!(line.is_some_and(|line| finding.column <= line.chars().count() + 1), "{finding:?}");
            }
        }
    }

    #[test]
    fn any_text_is_read_as_it_is_written(name in "\\PC{1,40}", description in "[^\u{0}]{1,40}") {
        let record = serde_json::json!({"meetings": [{
            "id": "m", "name": format!("x{name}"), "description": description,
            "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z",
        }]});
        let records = read(&record.to_string(), "f").unwrap();
        prop_assert_eq!(records.meetings[0].meeting.name(), crate::meeting::one_line(&format!("x{name}")));
        prop_assert_eq!(records.meetings[0].meeting.description.as_deref(), Some(description.as_str()));
    }
}
