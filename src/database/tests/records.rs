//! Records of the built-in CRM, loaded and changed.

use super::home::Home;
use super::{RECORDS, kickoff};
use crate::crm::{CrmError, Directory as _, Editor as _, MeetingQuery, MeetingRecord, Records as _, import};
use crate::database::Database;
use crate::fault::{Class, Fault as _};
use crate::meeting::{Acceptance, JoinUrl, MeetingId, PersonKind, PersonRef};
use crate::online::zoom;

pub(super) async fn records_read_back_as_they_were_loaded(home: &Home) {
    let database = home.filled().await;
    let records = import::read(RECORDS, "r.json").unwrap();
    let loaded = database.meetings(&MeetingQuery::default(), None).await.unwrap();
    assert_eq!(loaded.next, None);
    assert_eq!(
        loaded.items,
        [records.meetings[1].clone(), records.meetings[0].clone()]
    );
    assert_eq!(
        database.meeting(&kickoff()).await.unwrap().unwrap(),
        records.meetings[0].meeting
    );
    let people = database
        .people(&[
            "user:ana".parse().unwrap(),
            "contact:lee".parse().unwrap(),
            "lead:nobody".parse().unwrap(),
        ])
        .await
        .unwrap();
    assert_eq!(people.len(), 2);
    let found = people
        .iter()
        .find(|person| person.reference.kind == PersonKind::User);
    let ana = found.unwrap();
    let ana = ana.user.as_ref().unwrap();
    assert!(ana.scopes.contains(zoom::SCOPE));
    assert_eq!(ana.meeting_edit, crate::meeting::EditAccess::All);
    assert!(people.contains(&records.contacts[0]));
    assert_eq!(people.len(), 2);
}

pub(super) async fn a_file_that_refers_to_nothing_loads_nothing(home: &Home) {
    let database = home.open().await;
    let text = r#"{"contacts": [{"id": "lee", "name": "Lee"}],
        "meetings": [{"id": "m", "name": "M", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z",
        "time_zone": "UTC", "assigned_user": "nobody", "attendees": [{"kind": "lead", "id": "mika"}]}]}"#;
    let error = database
        .import(&import::read(text, "m.json").unwrap(), "m.json")
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("there is no user \"nobody\"") && message.contains("there is no lead \"mika\""),
        "{message}"
    );
    assert_eq!(error.class(), Class::BadData);
    assert!(
        database
            .people(&["contact:lee".parse().unwrap()])
            .await
            .unwrap()
            .is_empty()
    );
}

pub(super) async fn a_record_loaded_again_is_replaced(home: &Home) {
    let database = home.filled().await;
    let text =
        r#"{"users": [{"id": "ana", "name": "Ana N", "email": "ana@acme.example", "roles": ["boss"]}]}"#;
    database
        .import(&import::read(text, "u.json").unwrap(), "u.json")
        .await
        .unwrap();
    let users = database.users(None).await.unwrap().items;
    assert_eq!(users[0].person.name, "Ana N");
    assert_eq!(users[0].roles, ["boss"]);
    assert!(users[0].person.user.as_ref().unwrap().scopes.is_empty());
    // The meeting still has its host and its attendee.
    assert_eq!(record(&database).await.attendees.len(), 1);
}

pub(super) async fn an_edit_that_is_refused_changes_nothing(home: &Home) {
    let database = home.filled().await;
    let before = database.meeting(&kickoff()).await.unwrap().unwrap();
    let mut after = before.clone();
    after.location = Some("Hall".into());
    after.assigned_user = Some("nobody".parse().unwrap());
    let refused = database.change(&before, &after).await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no user \"nobody\"");
    assert_eq!(database.meeting(&kickoff()).await.unwrap().unwrap(), before);
    let lee: PersonRef = "contact:lee".parse().unwrap();
    database
        .set_statuses(&kickoff(), &[(lee.clone(), Acceptance::Accepted)])
        .await
        .unwrap();
    let url = JoinUrl::new("https://acme.zoom.us/j/1").unwrap();
    let kept = database.set_join_url(&kickoff(), None, Some(&url)).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&url));
    let written = record(&database).await;
    assert_eq!(written.meeting.join_url.as_ref(), Some(&url));
    assert_eq!(written.attendees[0].status, Acceptance::Accepted);
    // Somebody else has written it meanwhile: it stays, and so does what is changed on the ground of what was read before.
    let kept = database.set_join_url(&kickoff(), None, None).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&url));
    after.assigned_user = before.assigned_user.clone();
    let changed = database.change(&before, &after).await.unwrap_err();
    assert!(matches!(changed, CrmError::Changed { .. }), "{changed:?}");
    assert_eq!(record(&database).await, written);
    let missing = database
        .set_join_url(&MeetingId::new("x").unwrap(), None, None)
        .await
        .unwrap_err();
    assert_eq!(missing.class(), Class::NotFound);
    let strangers = [
        (lee, Acceptance::None),
        ("lead:nobody".parse().unwrap(), Acceptance::None),
    ];
    let missing = database.set_statuses(&kickoff(), &strangers).await.unwrap_err();
    assert_eq!(missing.class(), Class::NotFound);
    assert_eq!(record(&database).await, written, "all or none");
}

/// The kick-off with those who are invited.
pub(super) async fn record(database: &Database) -> MeetingRecord {
    let page = database.meetings(&MeetingQuery::default(), None).await.unwrap();
    let mut records = page.items.into_iter();
    records.find(|record| *record.meeting.id() == kickoff()).unwrap()
}
