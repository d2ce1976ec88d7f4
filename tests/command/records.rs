//! People and meetings for the tests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Two users who may host at Zoom, one who is not enabled and one whom Zoom does not know; a meeting of each state.
pub(crate) fn all() -> Value {
    let attendees = json!([
        {"kind": "user", "id": "ana", "status": "Accepted"}, {"kind": "contact", "id": "lee"},
        {"kind": "contact", "id": "joerg"}, {"kind": "lead", "id": "mika"},
    ]);
    let meeting = |id: &str, status: &str, host: &str, attendees: &Value| {
        json!({
            "id": id, "name": format!("The {id}"), "status": status, "online_location": "zoom",
            "start": "2027-06-01T09:00:00Z", "end": "2027-06-01T09:45:00Z", "time_zone": "Europe/Berlin",
            "description": "What we talk about", "assigned_user": host, "attendees": attendees,
        })
    };
    json!({
        "roles": [
            {"id": "sales", "zoom_meetings": true, "meeting_edit": "own"},
            {"id": "desk", "zoom_meetings": false, "meeting_edit": "all"},
            {"id": "guest", "zoom_meetings": true, "meeting_edit": "no"},
        ],
        "users": [
            {"id": "ana", "name": "Ana Núñez", "email": "ana@acme.example", "time_zone": "Europe/Madrid",
             "language": "es", "roles": ["sales"], "zoom": {"enabled": true}},
            {"id": "zoe", "name": "Zoë", "email": "zoe@acme.example", "roles": ["guest"], "zoom": {"enabled": true}},
            {"id": "ben", "name": "Ben", "email": "ben@acme.example", "roles": ["desk"], "zoom": {"enabled": false}},
            {"id": "nobody", "name": "Not at Zoom", "email": "nobody@acme.example", "zoom": {"enabled": true}},
        ],
        "contacts": [
            {"id": "lee", "name": "Lee, Harper", "email": "lee@client.example", "time_zone": "America/New_York",
             "language": "en"},
            {"id": "joerg", "name": "Jörg Weiß", "email": "joerg@kunde.example", "time_zone": "Europe/Berlin",
             "language": "de"},
            {"id": "mute", "name": "No Address"},
        ],
        "leads": [{"id": "mika", "name": "Mika", "email": "mika@lead.example"}],
        "meetings": [
            meeting("kickoff", "Planned", "ana", &attendees),
            meeting("second", "Planned", "zoe", &attendees),
            meeting("held", "Held", "ana", &attendees),
            meeting("called-off", "NotHeld", "ana", &attendees),
            meeting("of-ben", "Planned", "ben", &attendees),
            meeting("of-nobody", "Planned", "nobody", &attendees),
            meeting("empty", "Planned", "ana", &json!([])),
            meeting("alone", "Planned", "ana", &json!([{"kind": "user", "id": "ana"}])),
            meeting("mute", "Planned", "ana", &json!([{"kind": "contact", "id": "mute"}])),
            {"id": "on-site", "name": "On site", "start": "2027-06-02T08:00:00Z", "end": "2027-06-02T10:00:00Z",
             "time_zone": "Europe/Vienna", "location": "Ringstraße 12", "assigned_user": "ben",
             "attendees": attendees},
        ],
    })
}

/// Whom `kickoff` is mailed to, sorted.
pub(crate) const KICKOFF: [&str; 3] = ["joerg@kunde.example", "lee@client.example", "mika@lead.example"];

/// So many contacts, `c0` and on.
pub(crate) fn crowd(people: usize) -> Value {
    let contact = |n| json!({"id": format!("c{n}"), "name": format!("Guest {n}"), "email": crowd_address(n)});
    (0..people).map(contact).collect()
}

/// The address of one of them.
pub(crate) fn crowd_address(n: usize) -> String {
    format!("c{n}@crowd.example")
}

/// A meeting that all of them are invited to, and that is not online: where it is used, it is about the mails.
pub(crate) fn meeting_of_crowd(id: &str, people: usize) -> Value {
    let mut meeting = all()["meetings"][0].clone();
    meeting["id"] = json!(id);
    meeting["name"] = json!(id);
    meeting["online_location"] = json!(null);
    let attendee = |n| json!({"kind": "contact", "id": format!("c{n}")});
    meeting["attendees"] = (0..people).map(attendee).collect();
    meeting
}

/// The Message-IDs of each recipient's mails, of a mail server's tally.
pub(crate) fn by_recipient(tally: &[(String, String)]) -> BTreeMap<&str, Vec<&str>> {
    let mut mails: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (to, id) in tally {
        mails.entry(to).or_default().push(id);
    }
    mails
}
