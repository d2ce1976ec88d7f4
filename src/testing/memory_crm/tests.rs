use super::*;
use crate::meeting::{When, Zone};
use crate::testing::{Rights, crm_suite};

#[tokio::test]
async fn it_keeps_what_a_crm_must_keep() {
    for at_once in [1, 7, 1_000] {
        let failures = crm_suite(async |contents| {
            let crm = MemoryCrm::with(contents.people, contents.meetings).with_pages_of(at_once);
            match contents.rights {
                Rights::All => {}
                Rights::WithoutAddressesOf(people) => crm.hide_addresses_of(people),
                Rights::WithoutJoinUrl => crm.lock_join_urls(true),
            }
            Some(crm)
        })
        .await;
        assert_eq!(failures, [], "pages of {at_once}");
    }
}

fn person(reference: &str, name: &str) -> Person {
    let reference: PersonRef = reference.parse().unwrap();
    let email = format!("{}@acme.example", reference.id).parse().unwrap();
    Person::new(reference, name, Some(email))
}

fn record(id: &str, hour: u32) -> MeetingRecord {
    let at = |minute| format!("2036-12-01T{hour:02}:{minute:02}:00Z").parse().unwrap();
    let when = When::timed(at(0), at(45)).unwrap();
    let mut meeting = Meeting::new(id.parse().unwrap(), id, when, Zone::utc()).unwrap();
    meeting.assigned_user = Some("ana".parse().unwrap());
    let attendees = vec![Attendee {
        person: "contact:lee".parse().unwrap(),
        status: Acceptance::Accepted,
    }];
    MeetingRecord { meeting, attendees }
}

fn crm() -> MemoryCrm {
    let people = [
        person("user:ben", "Ben"),
        person("contact:lee", "Lee, Harper"),
        person("user:ana", "Ana"),
        person("user:cleo", "Cleo"),
    ];
    MemoryCrm::with(people, [record("b", 9), record("c", 8), record("a", 9)])
}

#[tokio::test]
async fn lists_come_in_pages_each_item_once() {
    for at_once in [1, 2, 10] {
        let directory: Arc<dyn Directory> = Arc::new(crm().with_pages_of(at_once));
        let ids = async |order| -> Vec<String> {
            let query = MeetingQuery {
                order,
                ..MeetingQuery::default()
            };
            let all = directory.all_meetings(&query).await.unwrap();
            all.iter().map(|record| record.meeting.id().to_string()).collect()
        };
        assert_eq!(ids(MeetingOrder::Earliest).await, ["c", "a", "b"]);
        assert_eq!(ids(MeetingOrder::Latest).await, ["b", "a", "c"]);
        let users = directory.all_users().await.unwrap();
        let names: Vec<&str> = users.iter().map(|user| user.person.name.as_str()).collect();
        assert_eq!(names, ["Ana", "Ben", "Cleo"]);
    }
    let after = Some("2036-12-01T08:45:00Z".parse().unwrap());
    let later = MeetingQuery {
        ends_after: after,
        ..MeetingQuery::default()
    };
    assert_eq!(crm().meetings(&later, None).await.unwrap().items.len(), 2);
    let found = crm()
        .look_up(&PeopleQuery::Name("HARPER".into()), None)
        .await
        .unwrap();
    assert_eq!(found.items, [person("contact:lee", "Lee, Harper")]);
    let nowhere = crm()
        .meetings(&MeetingQuery::default(), Some(&Cursor::new("x")))
        .await;
    assert!(
        matches!(nowhere, Err(CrmError::InvalidRecord { .. })),
        "{nowhere:?}"
    );
}

#[tokio::test]
async fn an_edit_that_is_refused_changes_nothing() {
    let crm = crm();
    let before = record("a", 9).meeting;
    let mut after = before.clone();
    after.location = Some("Hall 2".to_owned());
    after.assigned_user = Some("nobody".parse().unwrap());
    let refused = crm.change(&before, &after).await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no user \"nobody\" in the CRM");
    after.assigned_user = Some("ben".parse().unwrap());
    crm.change(&before, &after).await.unwrap();
    let stale = crm.change(&before, &after).await.unwrap_err();
    assert!(matches!(stale, CrmError::Changed { .. }), "{stale:?}");
    let stranger: PersonRef = "lead:nobody".parse().unwrap();
    crm.set_attendees(after.id(), &[stranger]).await.unwrap_err();
    // Lee stays an attendee, so Lee's answer stays.
    let people = ["user:ben", "contact:lee"].map(|person| person.parse().unwrap());
    crm.set_attendees(after.id(), &people).await.unwrap();
    let attendees = crm.record(after.id()).unwrap().attendees;
    let answers: Vec<Acceptance> = attendees.iter().map(|attendee| attendee.status).collect();
    assert_eq!(answers, [Acceptance::None, Acceptance::Accepted]);
    // Making the same meeting again changes nothing. Another meeting with the same id is refused.
    let made = record("d", 10);
    for _ in 0..2 {
        assert_eq!(crm.create(&made).await.unwrap(), *made.meeting.id());
    }
    let other = crm.create(&record("d", 11)).await.unwrap_err();
    assert!(matches!(other, CrmError::Changed { .. }), "{other:?}");
}
