//! The ports of the built-in CRM beyond single records: lists, busy times, making and inviting.

use super::home::Home;
use super::kickoff;
use crate::crm::{
    Availability as _, Busy, CrmError, Cursor, Directory as _, Editor as _, MeetingOrder, MeetingQuery,
    MeetingRecord, PeopleQuery, Records as _, Span, import,
};
use crate::database::Database;
use crate::fault::{Class, Fault as _};
use crate::meeting::{
    Acceptance, Attendee, Meeting, MeetingId, MeetingStatus, PersonId, PersonRef, When, Zone,
};

/// Half of them last an hour, half are days; many begin at the same time, and some are over.
async fn many(database: &Database, count: usize) {
    let meetings: Vec<_> = (0..count)
        .map(|n| {
            let day = format!("2027-03-{:02}", 1 + n % 15);
            match n % 2 {
                0 => serde_json::json!({"id": format!("m{n}"), "name": "M", "assigned_user": "ana", "time_zone": "UTC",
                    "status": if n % 3 == 0 { "Planned" } else { "Held" },
                    "start": format!("{day}T00:00:00Z"), "end": format!("{day}T01:00:00Z")}),
                _ => serde_json::json!({"id": format!("m{n}"), "name": "M", "all_day": true, "time_zone": "Asia/Tokyo",
                    "start_date": day, "end_date": day}),
            }
        })
        .collect();
    let text = serde_json::json!({ "meetings": meetings }).to_string();
    let file = import::read(&text, "many.json").unwrap();
    database.import(&file, "many.json").await.unwrap();
}

/// All pages of a query, and how many there were.
async fn paged(database: &Database, query: &MeetingQuery) -> (Vec<MeetingRecord>, usize) {
    let (mut all, mut pages, mut after) = (Vec::new(), 0, None::<Cursor>);
    loop {
        let page = database.meetings(query, after.as_ref()).await.unwrap();
        all.extend(page.items);
        pages += 1;
        after = page.next;
        if after.is_none() {
            return (all, pages);
        }
    }
}

pub(super) async fn meetings_come_in_pages_each_once(home: &Home) {
    let database = home.filled().await;
    many(&database, 450).await;
    let begins = |record: &MeetingRecord| match record.meeting.when.instants() {
        Some((start, _)) => start.naive_utc(),
        None => record
            .meeting
            .when
            .days()
            .unwrap()
            .0
            .and_time(chrono::NaiveTime::MIN),
    };
    let (earliest, pages) = paged(&database, &MeetingQuery::default()).await;
    assert_eq!((earliest.len(), pages), (452, 3));
    let places: Vec<_> = earliest
        .iter()
        .map(|record| (begins(record), record.meeting.id().to_string()))
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "each once, by time and id");
    let latest = MeetingQuery {
        order: MeetingOrder::Latest,
        ..MeetingQuery::default()
    };
    let (mut latest, _) = paged(&database, &latest).await;
    latest.reverse();
    assert_eq!(latest, earliest);
    // A day in Tokyo ends nine hours before it does in UTC.
    let noon = "2027-03-10T15:00:00Z".parse().unwrap();
    let ahead = MeetingQuery::planned_after(noon);
    let (ahead, _) = paged(&database, &ahead).await;
    let expected = earliest.iter().filter(|record| {
        let (_, end) = record.meeting.when.span(&record.meeting.time_zone);
        record.meeting.status == MeetingStatus::Planned && end > noon
    });
    assert_eq!(ahead.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert!(!ahead.is_empty() && ahead.len() < 300);
    let wrong = database
        .meetings(&MeetingQuery::default(), Some(&Cursor::new("x")))
        .await;
    assert!(wrong.is_err());
    let (mut changed, mut after) = (0, None);
    loop {
        let page = database.changed_since(noon, after.as_ref()).await.unwrap();
        changed += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(changed, 452, "nothing that may have changed is left out");
}

pub(super) async fn people_are_looked_up(home: &Home) {
    let database = home.filled().await;
    let found = async |query| {
        let page = database.look_up(&query, None).await.unwrap();
        assert_eq!(page.next, None);
        page.items
            .iter()
            .map(|person| person.reference.to_string())
            .collect::<Vec<_>>()
    };
    let person = database
        .person(&"contact:lee".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let email = person.email().unwrap().as_str().to_uppercase();
    assert_eq!(
        found(PeopleQuery::Email(email.parse().unwrap())).await,
        ["contact:lee"]
    );
    let part = person.name[1..].to_uppercase();
    assert_eq!(found(PeopleQuery::Name(part)).await, ["contact:lee"]);
    assert!(
        found(PeopleQuery::Name("nobody is called so".into()))
            .await
            .is_empty()
    );
}

fn meeting(id: &str, start: &str, end: &str) -> Meeting {
    let at = |time: &str| format!("2027-04-01T{time}:00Z").parse().unwrap();
    let when = When::timed(at(start), at(end)).unwrap();
    Meeting::new(MeetingId::new(id).unwrap(), "M", when, Zone::utc()).unwrap()
}

pub(super) async fn busy_times_are_those_of_meetings_that_take_place(home: &Home) {
    let database = home.filled().await;
    let ana = PersonId::new("ana").unwrap();
    let make = async |id: &str, start: &str, end: &str, status, answer: Option<Acceptance>| {
        let mut meeting = meeting(id, start, end);
        meeting.status = status;
        meeting.assigned_user = answer.is_none().then(|| ana.clone());
        let attendees = answer.map(|status| Attendee {
            person: PersonRef::user(ana.clone()),
            status,
        });
        let record = MeetingRecord {
            meeting,
            attendees: attendees.into_iter().collect(),
        };
        assert_eq!(database.create(&record).await.unwrap().as_str(), id);
        // A run that was cut off makes it once more.
        database.create(&record).await.unwrap();
    };
    make("hosts", "09:00", "10:00", MeetingStatus::Planned, None).await;
    make(
        "attends",
        "11:00",
        "12:00",
        MeetingStatus::Planned,
        Some(Acceptance::Tentative),
    )
    .await;
    make(
        "declined",
        "13:00",
        "14:00",
        MeetingStatus::Planned,
        Some(Acceptance::Declined),
    )
    .await;
    make("off", "15:00", "16:00", MeetingStatus::NotHeld, None).await;
    let span = |start: &str, end: &str| {
        let at = |time: &str| format!("2027-04-01T{time}:00Z").parse().unwrap();
        Span {
            start: at(start),
            end: at(end),
        }
    };
    let busy =
        async |asked, apart_from: Option<&MeetingId>| database.busy(&ana, asked, apart_from).await.unwrap();
    assert_eq!(
        busy(span("08:00", "20:00"), None).await,
        Busy::During(vec![span("09:00", "10:00"), span("11:00", "12:00")])
    );
    // What ends when the span begins is not in it.
    assert_eq!(busy(span("10:00", "11:00"), None).await, Busy::During(vec![]));
    let hosts = MeetingId::new("hosts").unwrap();
    assert_eq!(
        busy(span("08:00", "11:30"), Some(&hosts)).await,
        Busy::During(vec![span("11:00", "12:00")])
    );
    // A day counts in its own zone: in Tokyo it begins at 15:00 UTC of the day before.
    let day = "2027-04-02".parse().unwrap();
    let mut in_tokyo = meeting("day", "00:00", "01:00");
    in_tokyo.when = When::all_day(day, day).unwrap();
    in_tokyo.time_zone = Zone::new("Asia/Tokyo").unwrap();
    in_tokyo.assigned_user = Some(ana.clone());
    let record = MeetingRecord {
        meeting: in_tokyo,
        attendees: Vec::new(),
    };
    database.create(&record).await.unwrap();
    assert_eq!(busy(span("14:00", "15:00"), None).await, Busy::During(vec![]));
    let Busy::During(spans) = busy(span("14:00", "15:01"), None).await else {
        panic!("Ana is known");
    };
    assert_eq!(spans.len(), 1);
    let nobody = PersonId::new("nobody").unwrap();
    let unknown = database
        .busy(&nobody, span("08:00", "20:00"), None)
        .await
        .unwrap();
    assert_eq!(unknown, Busy::Unknown, "never free");
}

pub(super) async fn making_and_inviting_need_records(home: &Home) {
    let database = home.filled().await;
    let lee: PersonRef = "contact:lee".parse().unwrap();
    let nobody: PersonRef = "lead:nobody".parse().unwrap();
    let stranger = MeetingRecord {
        meeting: meeting("new", "09:00", "10:00"),
        attendees: vec![Attendee {
            person: nobody.clone(),
            status: Acceptance::None,
        }],
    };
    let error = database.create(&stranger).await.unwrap_err();
    assert_eq!(error.class(), Class::NotFound);
    let mut taken = stranger.clone();
    taken.attendees.clear();
    database.create(&taken).await.unwrap();
    taken.meeting.rename("Another").unwrap();
    let error = database.create(&taken).await.unwrap_err();
    assert!(matches!(error, CrmError::Changed { .. }), "{error:?}");
    // Who stays keeps the answer.
    database
        .set_statuses(&kickoff(), &[(lee.clone(), Acceptance::Declined)])
        .await
        .unwrap();
    let ana: PersonRef = "user:ana".parse().unwrap();
    database
        .set_attendees(&kickoff(), &[ana.clone(), lee.clone()])
        .await
        .unwrap();
    let invitee = database.attendee(&kickoff(), &lee).await.unwrap().unwrap();
    assert_eq!(invitee.attendee.status, Acceptance::Declined);
    assert_eq!(invitee.person.unwrap().reference, lee);
    let error = database
        .set_attendees(&kickoff(), std::slice::from_ref(&nobody))
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::NotFound);
    assert!(
        database.attendee(&kickoff(), &ana).await.unwrap().is_some(),
        "all or none"
    );
    assert_eq!(database.attendee(&kickoff(), &nobody).await.unwrap(), None);
}
