//! Mistakes about people.

use super::*;

#[test]
fn each_mistake_about_people_is_explained() {
    for (text, expected) in [
        (
            r#"{"contacts": [{"name": "C"}]}"#.to_owned(),
            r#"1:15: contacts[0].id: missing — a contact needs it"#,
        ),
        (
            r#"{"leads": [{"id": null}]}"#.into(),
            r#"1:12: leads[0].id: missing — a lead needs it"#,
        ),
        (
            r#"{"leads": [{"id": "a b"}]}"#.into(),
            r#"1:19: leads[0].id: "a b" cannot be an id — an id has 1 to 128 visible characters without spaces"#,
        ),
        (
            r#"{"leads": [{"id": 7}]}"#.into(),
            r#"1:19: leads[0].id: a number stands here — it must be text"#,
        ),
        (
            r#"{"leads": [{"id": "\ud800"}]}"#.into(),
            r#"1:19: leads[0].id: this is no text — unexpected end of hex escape"#,
        ),
        (
            r#"{"leads": [{"id": "\u0000"}]}"#.into(),
            r#"1:19: leads[0].id: the text has the character U+0000 in it — not every database can keep it"#,
        ),
        (
            r#"{"leads": [{"\ud800": 1}]}"#.into(),
            r#"1:12: leads[0]: this object cannot be read — unexpected end of hex escape"#,
        ),
        (
            r#"{"leads": ["x"]}"#.into(),
            r#"1:12: leads[0]: text stands here — it must be an object: a lead"#,
        ),
        (
            r#"{"leads": {}}"#.into(),
            r#"1:11: leads: an object stands here — it must be a list"#,
        ),
        (
            contact(r#""email": "a@x.example, b@x.example""#),
            r#"1:36: contacts[0].email: "a@x.example, b@x.example" is not one email address — write the bare address, one only"#,
        ),
        (
            contact(r#""email": "lee""#),
            r#"1:36: contacts[0].email: "lee" is not one email address — it has no @"#,
        ),
        (
            contact(r#""time_zone": "Europe/Berlinn""#),
            r#"1:40: contacts[0].time_zone: "Europe/Berlinn" is not an IANA time zone — did you mean Europe/Berlin?"#,
        ),
        (
            contact(r#""time_zone": "qqqq""#),
            r#"1:40: contacts[0].time_zone: "qqqq" is not an IANA time zone — write one such as Europe/Berlin"#,
        ),
        (
            contact(r#""language": "german language""#),
            r#"1:39: contacts[0].language: "german language" is not a language tag — write one such as en, de-AT or zh-Hans"#,
        ),
        (
            contact(r#""emial": "x@y.example""#),
            r#"1:28: contacts[0].emial: "emial" is not a field of a contact — did you mean "email"?"#,
        ),
        (
            contact(r#""quux": 1"#),
            r#"1:28: contacts[0].quux: "quux" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""zoom": {}"#),
            r#"1:28: contacts[0].zoom: "zoom" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""a b": 1"#),
            r#"1:28: contacts[0]["a b"]: "a b" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""name": "A", "name": "B""#),
            r#"1:41: contacts[0].name: this field is there twice — write it once"#,
        ),
        (
            r#"{"users": [{"id": "u", "roles": "sales"}]}"#.into(),
            r#"1:33: users[0].roles: text stands here — it must be a list"#,
        ),
        (
            r#"{"users": [{"id": "u", "roles": ["a", ""]}]}"#.into(),
            r#"1:39: users[0].roles[1]: "" cannot be an id — an id has 1 to 128 visible characters without spaces"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"enabled": "yes"}}]}"#.into(),
            r#"1:44: users[0].zoom.enabled: text stands here — it must be true or false"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"zoom_id": "a b"}}]}"#.into(),
            r#"1:44: users[0].zoom.zoom_id: "a b" cannot be a Zoom ID — it is an email address or an id, without spaces"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"zoomid": "a"}}]}"#.into(),
            r#"1:34: users[0].zoom.zoomid: "zoomid" is not a field of a user's zoom — did you mean "zoom_id"?"#,
        ),
        (
            r#"{"roles": [{"id": "r", "meeting_edit": "Own"}]}"#.into(),
            r#"1:40: roles[0].meeting_edit: "Own" is not an access to meetings — write no, own or all; did you mean own?"#,
        ),
        (
            r#"{"roles": [{"id": "r"}, {"id": "r"}]}"#.into(),
            r#"1:32: roles[1].id: the id "r" is there twice — roles[0] has it too"#,
        ),
        (
            r#"{"user": []}"#.into(),
            r#"1:3: user: "user" is not a field of a file of records — did you mean "users"?"#,
        ),
        (
            r#"[]"#.into(),
            r#"1:1: a list stands here — it must be an object: a file of records"#,
        ),
    ] {
        assert_eq!(wrong(&text), [expected], "{text}");
    }
}
