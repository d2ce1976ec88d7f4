mod accounts;
mod crm;
mod files;
mod home;
mod jobs;
mod not_before;
mod online_users;
mod pace;
mod prune;
mod servers;
mod shared_parts;
mod suites;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;

use self::accounts::{
    accounts_are_unreadable_with_another_key_and_in_another_row,
    what_leaves_over_an_account_is_taken_by_it_alone,
};
use self::crm::{
    busy_times_are_those_of_meetings_that_take_place, making_and_inviting_need_records,
    meetings_come_in_pages_each_once, people_are_looked_up,
};
use self::home::Home;
#[cfg(target_os = "linux")]
use self::jobs::jobs_of_a_killed_process_come_back_at_once;
use self::jobs::{
    a_job_is_tried_again_or_has_failed, a_job_that_waits_can_be_called_off,
    a_key_happens_once_and_moves_while_it_waits, a_lease_lasts_as_long_as_it_is_renewed,
    jobs_of_other_kinds_are_left_alone, of_many_that_claim_jobs_each_is_taken_by_one,
    of_many_that_schedule_a_key_one_adds_it,
};
use self::not_before::a_message_does_not_leave_before_its_time_whoever_asks;
use self::online_users::users_of_providers_are_kept_apart;
use self::pace::{
    a_clock_that_was_set_back_holds_nobody_up, nobody_has_a_turn_that_another_has,
    turns_are_told_apart_by_microseconds, turns_that_cannot_be_reserved_are_an_error,
};
use self::prune::{
    many_mails_are_forgotten_a_part_at_a_time, nothing_that_waits_is_forgotten,
    of_what_may_be_left_over_the_texts_are_forgotten,
    what_another_remembers_is_not_taken_for_what_came_later, what_is_over_is_forgotten_and_the_rest_is_not,
    who_organized_is_known_again_and_not_named,
};
use self::shared_parts::{
    SHORT, a_damaged_message_is_known_as_such, what_a_form_is_filled_with_is_read_back_by_all,
    what_a_newer_version_wrote_is_left_to_it, what_an_older_version_wrote_is_read,
    what_is_common_is_stored_once, without_form,
};
use self::suites::{what_a_crm_must_keep_is_kept, what_an_outbox_must_keep_is_kept};
use super::sql::{query, query_in_words};
use super::*;
use crate::crm::import;
use crate::crm::{CrmError, Directory as _, Editor as _, MeetingQuery, MeetingRecord, Records as _};
use crate::fault::{Class, Fault as _};
use crate::lease::Holder;
use crate::mail::{
    Addressed, AttemptResult, ClaimRequest, Claimed, DeliveryState, EnqueueOrder, Enqueued, Envelope, Issued,
    NewInvitation, NewMessage, Organizer, Outbox as _, OutboxOperator as _, Purpose, Seen,
};
use crate::meeting::{Acceptance, JoinUrl, Language, MeetingId, PersonKind, PersonRef, Revision, Tenure};
use crate::online::zoom::{Grant, Mode, RefreshLock, TokenKey, TokenStore as _};
use crate::online::{
    Begun, LinkStore as _, OnlineLink, OnlineMeetingId, OnlineSpec, PushIntent, PushLease, Replaced, zoom,
};

const RECORDS: &str = r#"{
  "roles": [{"id": "sales", "zoom_meetings": true, "meeting_edit": "own"}, {"id": "boss", "meeting_edit": "all"}],
  "users": [{"id": "ana", "name": "Ana", "email": "ana@acme.example", "time_zone": "Europe/Madrid", "language": "es",
             "roles": ["sales", "boss"], "zoom": {"enabled": true, "zoom_id": "a@zoom.example"}}],
  "contacts": [{"id": "lee", "name": "Lee, Harper", "email": "lee@client.example"}],
  "meetings": [{"id": "kickoff", "name": "Kick-off", "uid": "u-1", "online_location": "zoom", "zoom": {"join_before_host": true},
                "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:45:00Z", "time_zone": "Europe/Berlin",
                "assigned_user": "ana", "attendees": [{"kind": "contact", "id": "lee", "status": "Tentative"}]},
               {"id": "offsite", "name": "Offsite", "all_day": true, "start_date": "2026-11-03", "end_date": "2026-11-04",
                "time_zone": "Europe/Berlin"}]
}"#;

fn kickoff() -> MeetingId {
    MeetingId::new("kickoff").unwrap()
}

/// The kick-off with those who are invited.
async fn record(database: &Database) -> MeetingRecord {
    let page = database.meetings(&MeetingQuery::default(), None).await.unwrap();
    let mut records = page.items.into_iter();
    records.find(|record| *record.meeting.id() == kickoff()).unwrap()
}

async fn records_read_back_as_they_were_loaded(home: &Home) {
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

async fn a_file_that_refers_to_nothing_loads_nothing(home: &Home) {
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

async fn a_record_loaded_again_is_replaced(home: &Home) {
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

async fn an_edit_that_is_refused_changes_nothing(home: &Home) {
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

fn spec() -> OnlineSpec {
    OnlineSpec {
        host: "ana@acme.example".into(),
        topic: "Kick-off".into(),
        agenda: String::new(),
        start: "2026-12-01T09:00:00Z".parse().unwrap(),
        duration: 45,
        time_zone: "Europe/Berlin".into(),
        settings: serde_json::Map::from_iter([("waiting_room".to_owned(), true.into())]),
    }
}

fn intent(marker: &str) -> PushIntent {
    PushIntent {
        marker: marker.into(),
        location: zoom::LOCATION,
        spec: spec(),
        begun_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

fn link(id: &str) -> OnlineLink {
    OnlineLink {
        location: zoom::LOCATION,
        id: OnlineMeetingId(id.into()),
        join_url: JoinUrl::new(format!("https://acme.zoom.us/j/{id}")).unwrap(),
        passcode: Some("123456".into()),
        marker: "m".into(),
        told: spec(),
        unsure: false,
        seen_at: "2026-11-23T12:00:01Z".parse().unwrap(),
    }
}

async fn begin(database: &Database) -> (PushLease, Option<PushIntent>) {
    match database.begin_push(&kickoff()).await.unwrap() {
        Begun::Ours(lease, intent) => (lease, intent.map(|intent| *intent)),
        Begun::Busy(until) => panic!("busy until {until}"),
    }
}

async fn one_pushes_at_a_time_and_an_intent_outlives_its_process(home: &Home) {
    let database = home.open().await;
    let (lease, none) = begin(&database).await;
    assert_eq!(none, None);
    assert!(matches!(
        database.begin_push(&kickoff()).await.unwrap(),
        Begun::Busy(_)
    ));
    database.record_intent(&lease, &intent("m-1")).await.unwrap();
    database.end_push(lease.clone()).await.unwrap();
    // Whoever comes next learns what was begun; the holder of an old lease can write nothing any more.
    let (next, left_over) = begin(&database).await;
    assert_eq!(left_over, Some(intent("m-1")));
    let error = database
        .record_link(&lease, &link("1"), Replaced::Gone)
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::Temporary);
    assert_eq!(database.link(&kickoff()).await.unwrap(), None);
    database
        .record_link(&next, &link("1"), Replaced::Gone)
        .await
        .unwrap();
    database.end_push(next).await.unwrap();
    assert_eq!(database.link(&kickoff()).await.unwrap(), Some(link("1")));
    let (last, ended) = begin(&database).await;
    assert_eq!(ended, None);
    database
        .record_link(&last, &link("2"), Replaced::ToDelete)
        .await
        .unwrap();
    let superseded = database.superseded(&kickoff()).await.unwrap();
    assert_eq!(superseded[0].id, OnlineMeetingId("1".into()));
    database
        .forget_superseded(&kickoff(), &superseded[0])
        .await
        .unwrap();
    assert!(database.superseded(&kickoff()).await.unwrap().is_empty());
    database.record_intent(&last, &intent("m-2")).await.unwrap();
    database.end_intent(&last, true).await.unwrap();
    assert_eq!(database.orphans().await.unwrap()[0].intent, intent("m-2"));
    database.forget_link(&last).await.unwrap();
    assert_eq!(database.link(&kickoff()).await.unwrap(), None);
}

/// A holder in a process that has ended.
#[cfg(target_os = "linux")]
fn ended_process() -> Holder {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let own = Holder::new();
    let own_process = format!("/{}.", std::process::id());
    let (machine, _) = own.as_str().split_once(&own_process).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    Holder::from_stored(format!("{machine}/{}.1/x", child.id()))
}

#[cfg(target_os = "linux")]
async fn what_a_killed_process_held_is_free_at_once(home: &Home) {
    let database = home.open().await;
    let ended = ended_process();
    let later = millis(Utc::now() + TimeDelta::hours(1));
    query("INSERT INTO push_lease VALUES ('kickoff', $1, $2)")
        .bind(ended.as_str())
        .bind(later)
        .execute(&database.pool)
        .await
        .unwrap();
    begin(&database).await;
    enqueue(&database, 0, &["lee"]).await;
    assert_eq!(database.claim(&request()).await.unwrap().len(), 1);
    assert!(database.claim(&request()).await.unwrap().is_empty());
    query("UPDATE invitation SET lease_holder = $1")
        .bind(ended.as_str())
        .execute(&database.pool)
        .await
        .unwrap();
    let again = database.claim(&request()).await.unwrap();
    assert_eq!(again[0].attempts, 2);
}

/// Whether a process on another machine has ended cannot be known from here.
async fn what_another_machine_holds_is_free_when_its_time_is_over(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo"]).await;
    database.claim(&request()).await.unwrap();
    let held = async |person: &str, until: i64| {
        query("UPDATE invitation SET lease_holder = 'another-machine/1.1/x', lease_until = $1 WHERE person_id = $2")
            .bind(until)
            .bind(person)
            .execute(&database.pool)
            .await
            .unwrap();
    };
    held("lee", database.clock.now() + 30_000).await;
    held("mo", database.clock.now() - 1).await;
    let claimed = database.claim(&request()).await.unwrap();
    let people: Vec<_> = claimed.iter().map(|it| it.person.id.as_str()).collect();
    assert_eq!(people, ["mo"]);
    query("INSERT INTO push_lease VALUES ('kickoff', 'another-machine/1.1/x', $1)")
        .bind(database.clock.now() + 30_000)
        .execute(&database.pool)
        .await
        .unwrap();
    let held = database.begin_push(&kickoff()).await.unwrap();
    assert!(matches!(held, Begun::Busy(_)));
    query("UPDATE push_lease SET until = $1")
        .bind(database.clock.now() - 1)
        .execute(&database.pool)
        .await
        .unwrap();
    begin(&database).await;
}

fn issued(revision: u32) -> Issued {
    let text = RECORDS.replace("Kick-off", &format!("Kick-off {revision}"));
    let facts = import::read(&text, "r.json").unwrap().meetings[0].meeting.facts();
    Issued {
        tenure: Tenure(0),
        uid: "u-1".into(),
        revision: Revision(revision),
        facts,
        organizer: None,
        answers: None,
        content: None,
    }
}

/// What there is about a meeting now.
async fn seen(database: &Database, meeting: &MeetingId) -> Seen {
    let issued = database.issued(meeting).await.unwrap().pop();
    let messages = database.of_meeting(meeting).await.unwrap();
    Seen {
        issued: issued.map(|issued| (issued.tenure, issued.revision)),
        newest: messages.iter().map(|message| message.id).max().unwrap_or(0),
    }
}

/// Puts these in as the messages of a revision.
async fn put(database: &Database, revision: u32, invitations: Vec<NewInvitation>) -> Enqueued {
    let order = EnqueueOrder {
        seen: seen(database, &kickoff()).await,
        issued: vec![issued(revision)],
        called_off: Vec::new(),
    };
    database.enqueue(&kickoff(), &order, &invitations).await.unwrap()
}

fn invitation(person: &str, revision: u32) -> NewInvitation {
    NewInvitation {
        person: format!("contact:{person}").parse().unwrap(),
        language: Language::ENGLISH,
        tenure: Tenure(0),
        revision: Revision(revision),
        purpose: Purpose::Invitation,
        resend: 0,
        message_id: format!("<{person}.{revision}@acme.example>"),
        envelope: Envelope {
            from: "m@acme.example".parse().unwrap(),
            to: format!("{person}@client.example").parse().unwrap(),
        },
        account: None,
        not_before: None,
        content: None,
        supersedes: None,
        message: without_form(&SHORT, b"From: m\r\n\r\nhello\r\n"),
    }
}

async fn enqueue(database: &Database, revision: u32, people: &[&str]) -> Enqueued {
    let invitations = people.iter().map(|person| invitation(person, revision));
    put(database, revision, invitations.collect()).await
}

fn request() -> ClaimRequest {
    ClaimRequest {
        meetings: vec![kickoff()],
        account: None,
        early: false,
        after: None,
        limit: 10,
        lease: Duration::from_secs(60),
    }
}

async fn message_of(database: &Database, claimed: &Claimed) -> Vec<u8> {
    database.message(claimed).await.unwrap()
}

/// The message of an invitation that is put in.
fn whole(invitation: &NewInvitation) -> Vec<u8> {
    let addressed = Addressed {
        to: &invitation.envelope.to,
        message_id: &invitation.message_id,
    };
    let NewMessage { shared, own } = &invitation.message;
    shared.message(addressed, own).unwrap()
}

async fn an_invitation_is_claimed_once_and_its_fate_recorded(home: &Home) {
    let database = home.open().await;
    assert_eq!(enqueue(&database, 0, &["lee", "mo"]).await, Enqueued::Queued);
    let claimed = database.claim(&request()).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(database.claim(&request()).await.unwrap().is_empty());
    assert_eq!(
        message_of(&database, &claimed[0]).await,
        whole(&invitation("lee", 0))
    );
    database
        .record(
            &claimed[0],
            &AttemptResult::Sent {
                answer: "250 ok".into(),
            },
        )
        .await
        .unwrap();
    let later = Utc::now() + TimeDelta::minutes(1);
    let put_off = AttemptResult::Retry {
        answer: "451 later".into(),
        at: later,
    };
    database.record(&claimed[1], &put_off).await.unwrap();
    // Recording twice changes nothing: the lease has ended.
    database
        .record(&claimed[0], &AttemptResult::Failed { answer: "550".into() })
        .await
        .unwrap();
    assert!(database.claim(&request()).await.unwrap().is_empty());
    let early = database
        .claim(&ClaimRequest {
            early: true,
            ..request()
        })
        .await
        .unwrap();
    assert_eq!((early.len(), early[0].attempts), (1, 2));
    database
        .record(&early[0], &AttemptResult::NotTried)
        .await
        .unwrap();
    let entries = database.of_meeting(&kickoff()).await.unwrap();
    assert_eq!(entries[0].state, DeliveryState::Sent);
    assert!(entries[0].sent_at.is_some());
    assert_eq!(
        (entries[1].state, entries[1].attempts),
        (DeliveryState::Queued, 1)
    );
    assert_eq!(entries[1].last_answer.as_deref(), Some("451 later"));
    let (found, message) = database.invitation("lee.0@acme.example").await.unwrap().unwrap();
    assert_eq!((found.id, message), (entries[0].id, whole(&invitation("lee", 0))));
}

async fn a_newer_message_takes_the_place_of_the_one_that_is_named(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo", "kim"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    let lees = database.claim(&one).await.unwrap().remove(0);
    let ids = async || -> Vec<i64> {
        let messages = database.of_meeting(&kickoff()).await.unwrap();
        messages.iter().map(|message| message.id).collect()
    };
    let before = ids().await;
    let newer = |person: &str, supersedes| NewInvitation {
        supersedes,
        ..invitation(person, 1)
    };
    // Nobody else's waits for Mo, and a second one does not come in beside the first.
    assert_eq!(
        put(&database, 1, vec![newer("mo", None)]).await,
        Enqueued::Overtaken
    );
    let both = vec![newer("lee", Some(before[0])), newer("mo", Some(before[1]))];
    assert_eq!(put(&database, 1, both.clone()).await, Enqueued::Queued);
    // What was superseded does not wait any more.
    assert_eq!(put(&database, 1, both).await, Enqueued::Overtaken);
    use DeliveryState::{Queued, Sending, Superseded};
    let states = async || -> Vec<DeliveryState> {
        let messages = database.of_meeting(&kickoff()).await.unwrap();
        messages.iter().map(|message| message.state).collect()
    };
    // Lee's is on its way; Kim's was not named.
    assert_eq!(states().await, [Sending, Superseded, Queued, Queued, Queued]);
    let put_off = AttemptResult::Retry {
        answer: "451 later".into(),
        at: Utc::now(),
    };
    database.record(&lees, &put_off).await.unwrap();
    assert_eq!(states().await, [Superseded, Superseded, Queued, Queued, Queued]);
}

async fn what_is_called_off_must_wait(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    database.claim(&one).await.unwrap();
    let messages = database.of_meeting(&kickoff()).await.unwrap();
    let call_off = async |message: i64| {
        let order = EnqueueOrder {
            seen: seen(&database, &kickoff()).await,
            issued: Vec::new(),
            called_off: vec![(message, "no longer invited")],
        };
        database.enqueue(&kickoff(), &order, &[]).await.unwrap()
    };
    assert_eq!(call_off(messages[0].id).await, Enqueued::Overtaken);
    assert_eq!(call_off(messages[1].id).await, Enqueued::Queued);
    let messages = database.of_meeting(&kickoff()).await.unwrap();
    assert_eq!(messages[0].state, DeliveryState::Sending);
    assert_eq!(messages[1].state, DeliveryState::Cancelled);
    assert_eq!(messages[1].last_answer.as_deref(), Some("no longer invited"));
}

async fn a_second_lost_answer_is_the_last_try(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee"]).await;
    let claimed = database.claim(&request()).await.unwrap().remove(0);
    assert_eq!(claimed.answers_lost, 0);
    let lost = AttemptResult::AnswerLost {
        answer: "reset".into(),
        at: Utc::now(),
    };
    database.record(&claimed, &lost).await.unwrap();
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert!(message.may_have_left() && message.state == DeliveryState::Queued);
    let claimed = database.claim(&request()).await.unwrap().remove(0);
    assert_eq!(claimed.answers_lost, 1);
    let answer = "reset".to_owned();
    database
        .record(&claimed, &AttemptResult::MayHaveArrived { answer })
        .await
        .unwrap();
    assert!(database.claim(&request()).await.unwrap().is_empty());
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert_eq!(
        (message.state, message.answers_lost),
        (DeliveryState::MayHaveArrived, 2)
    );
    let counts = database.count_invitations(None).await.unwrap();
    assert_eq!((counts.may_have_arrived, counts.sent), (1, 0));
    // Named, it is tried again as if for the first time, and is known to have left perhaps.
    let seen = seen(&database, &kickoff()).await;
    let again = database.requeue(&kickoff(), seen, &[message.id]).await.unwrap();
    assert_eq!(again, Enqueued::Queued);
    let message = database.of_meeting(&kickoff()).await.unwrap().remove(0);
    assert_eq!(message.answers_lost, 0);
    assert!(message.may_have_left());
}

async fn of_two_that_send_the_same_one_is_overtaken_and_writes_nothing(home: &Home) {
    let database = home.open().await;
    let before = seen(&database, &kickoff()).await;
    enqueue(&database, 0, &["lee"]).await;
    let stale = EnqueueOrder {
        seen: before,
        issued: vec![issued(0)],
        called_off: Vec::new(),
    };
    let mos = vec![invitation("mo", 0)];
    let stale = database.enqueue(&kickoff(), &stale, &mos).await.unwrap();
    assert_eq!(stale, Enqueued::Overtaken);
    // Another for the same mailbox, whoever the record is.
    assert_eq!(enqueue(&database, 0, &["mo", "lee"]).await, Enqueued::Overtaken);
    assert_eq!(database.of_meeting(&kickoff()).await.unwrap().len(), 1);
    // Nor is anything tried again by somebody who has not seen the newest.
    let again = database.requeue(&kickoff(), before, &[1]).await.unwrap();
    assert_eq!(again, Enqueued::Overtaken);
}

async fn what_was_answered_is_kept_with_the_revision(home: &Home) {
    let database = home.open().await;
    let answers: BTreeMap<String, Acceptance> = [
        ("lee@client.example", Acceptance::Accepted),
        ("mo@client.example", Acceptance::Declined),
        ("ana@acme.example", Acceptance::Accepted),
    ]
    .into_iter()
    .map(|(mailbox, answer)| (mailbox.to_owned(), answer))
    .collect();
    let told = Issued {
        organizer: Some(Organizer {
            person: "user:ana".parse().unwrap(),
            name: "Ana".into(),
            email: "ana@acme.example".parse().unwrap(),
        }),
        answers: Some(answers),
        content: Some(i64::MIN),
        ..issued(0)
    };
    let next = Issued {
        tenure: Tenure(1),
        uid: "u-2".into(),
        ..issued(0)
    };
    let order = EnqueueOrder {
        seen: Seen::default(),
        issued: vec![told.clone(), next.clone()],
        called_off: Vec::new(),
    };
    database.enqueue(&kickoff(), &order, &[]).await.unwrap();
    assert_eq!(database.issued(&kickoff()).await.unwrap(), [told, next]);
}

async fn stored(database: &Database, what: &str) -> i64 {
    let row = query_in_words(format!("SELECT {what}"))
        .fetch_one(&database.pool)
        .await
        .unwrap();
    row.only().unwrap()
}

async fn what_has_not_left_can_be_called_off(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo", "kim", "jo"]).await;
    let one = ClaimRequest {
        limit: 1,
        ..request()
    };
    let sent = database.claim(&one).await.unwrap();
    let answer = "250 ok".to_owned();
    database
        .record(&sent[0], &AttemptResult::Sent { answer })
        .await
        .unwrap();
    database.claim(&one).await.unwrap();
    let ids: Vec<i64> = database
        .of_meeting(&kickoff())
        .await
        .unwrap()
        .iter()
        .map(|e| e.id)
        .collect();
    let kind = async |ids: &[i64]| database.cancel_invitations(ids).await.unwrap_err().kind();
    assert_eq!(kind(&[ids[2], ids[0]]).await, "outbox.sent");
    assert_eq!(kind(&[ids[2], ids[1]]).await, "outbox.sending");
    assert_eq!(kind(&[ids[2], 999_999]).await, "outbox.not_found");
    assert_eq!(database.cancel_invitations(&ids[2..3]).await.unwrap(), 1);
    assert_eq!(database.cancel_invitations(&ids[2..3]).await.unwrap(), 0);
    assert_eq!(database.cancel_of_meeting(&kickoff()).await.unwrap(), (1, 1));
    let states: Vec<_> = database
        .of_meeting(&kickoff())
        .await
        .unwrap()
        .iter()
        .map(|e| e.state)
        .collect();
    use DeliveryState::{Cancelled, Sending, Sent};
    assert_eq!(states, [Sent, Sending, Cancelled, Cancelled]);
    // What was called off is not tried again.
    let seen = seen(&database, &kickoff()).await;
    let again = database.requeue(&kickoff(), seen, &ids[2..3]).await.unwrap();
    assert_eq!(again, Enqueued::Overtaken);
}

async fn a_list_is_read_in_parts(home: &Home) {
    let database = home.open().await;
    let people: Vec<String> = (0..7).map(|n| format!("p{n}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    enqueue(&database, 0, &people).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let part = database.invitations(None, None, before, 3).await.unwrap();
        let Some(last) = part.last() else { break };
        before = Some(last.id);
        seen.extend(part.iter().map(|entry| entry.person.id.as_str().to_owned()));
    }
    let newest_first: Vec<_> = people.iter().rev().copied().collect();
    assert_eq!(seen, newest_first);
    let queued = Some(DeliveryState::Queued);
    let of_meeting = database.invitations(Some(&kickoff()), queued, None, 10).await;
    assert_eq!(of_meeting.unwrap().len(), 7);
    let sent = Some(DeliveryState::Sent);
    assert!(
        database
            .invitations(None, sent, None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Several processes that take, record, put off, retry, call off and send anew at the same time: nothing is taken by
/// two, and nobody waits for somebody who waits for them.
async fn many_share_an_outbox(home: &Home) {
    const WORKERS: usize = 6;
    let database = home.open().await;
    let people: Vec<String> = (0..120).map(|n| format!("p{n}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    enqueue(&database, 0, &people).await;
    let mut running = tokio::task::JoinSet::new();
    for worker in 0..WORKERS {
        let database = home.open().await;
        running.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let batch = ClaimRequest {
                    limit: 5,
                    ..request()
                };
                let batch = database.claim(&batch).await.unwrap();
                if batch.is_empty() {
                    break;
                }
                for claimed in batch {
                    taken.push(claimed.id);
                    let answer = format!("250 by {worker}");
                    database
                        .record(&claimed, &AttemptResult::Sent { answer })
                        .await
                        .unwrap();
                }
                let (meeting, queued) = (kickoff(), Some(DeliveryState::Queued));
                let waiting = database.invitations(Some(&meeting), queued, None, 3);
                let waiting: Vec<i64> = waiting.await.unwrap().iter().map(|it| it.id).collect();
                let newest = seen(&database, &kickoff()).await;
                database.requeue(&kickoff(), newest, &waiting).await.unwrap();
                database.postpone(&kickoff(), Utc::now(), "later").await.unwrap();
                database.due().await.unwrap();
                let other = MeetingId::new(format!("other-{worker}")).unwrap();
                let before = seen(&database, &other).await;
                let revision = before.issued.map_or(0, |(_, revision)| revision.0 + 1);
                let order = EnqueueOrder {
                    seen: before,
                    issued: vec![issued(revision)],
                    called_off: Vec::new(),
                };
                let new = vec![invitation("lee", revision)];
                database.enqueue(&other, &order, &new).await.unwrap();
                database.cancel_of_meeting(&other).await.unwrap();
            }
            taken
        });
    }
    let mut taken = running.join_all().await.concat();
    taken.sort_unstable();
    let entries = database.of_meeting(&kickoff()).await.unwrap();
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(taken, ids);
    assert!(entries.iter().all(|entry| entry.state == DeliveryState::Sent));
}

fn grant(refresh: &str) -> Grant {
    Grant {
        access_token: "acc-tok".into(),
        refresh_token: Some(refresh.into()),
        expires_at: "2026-12-01T10:00:00Z".parse().unwrap(),
        scopes: vec!["meeting:write:meeting:admin".into()],
        api_url: None,
        obtained_at: "2026-12-01T09:00:00Z".parse().unwrap(),
    }
}

fn key() -> TokenKey {
    TokenKey {
        mode: Mode::Production,
        client_id: "client".into(),
    }
}

async fn tokens_are_unreadable_in_the_file_and_with_another_key(home: &Home) {
    let database = home.open().await;
    database.put(&key(), &grant("ref-tok")).await.unwrap();
    let stored = database.load(&key()).await.unwrap().unwrap();
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&stored.grant.access_token),
        "acc-tok"
    );
    let row = query("SELECT sealed FROM oauth_grant")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let mut stored = vec![row.only::<Vec<u8>>().unwrap()];
    database.close().await;
    for entry in std::fs::read_dir(home.dir.path()).unwrap() {
        stored.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    for bytes in stored {
        for secret in [&b"acc-tok"[..], b"ref-tok"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret));
        }
    }
    for (name, text) in [("other.key", Some("00".repeat(32))), ("missing.key", None)] {
        let path = home.dir.path().join(name);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let database = home.open_with(KeySource::File(path.clone())).await.unwrap();
        let error = database.load(&key()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.class()),
            ("database.wrong_key", Class::Configuration)
        );
        assert_eq!(
            path.exists(),
            name == "other.key",
            "a key was made that opens nothing"
        );
    }
}

async fn a_grant_is_renewed_by_one_and_replaced_only_from_the_version_it_was(home: &Home) {
    use crate::online::zoom::Replaced::{Kept, Superseded};
    let database = home.open().await;
    database.put(&key(), &grant("r0")).await.unwrap();
    let minute = Duration::from_secs(60);
    let RefreshLock::Ours(lease, Some(stored)) = database.lock_refresh(&key(), minute).await.unwrap() else {
        panic!("the lease is free");
    };
    assert_eq!(lease.version, Some(stored.version));
    assert!(matches!(
        database.lock_refresh(&key(), minute).await.unwrap(),
        RefreshLock::Busy(_)
    ));
    assert!(matches!(
        database.replace(&lease, &grant("r1")).await.unwrap(),
        Kept(_)
    ));
    assert_eq!(database.replace(&lease, &grant("r2")).await.unwrap(), Superseded);
    assert!(!database.mark_lost(&lease, "late").await.unwrap());
    let RefreshLock::Ours(lease, _) = database.lock_refresh(&key(), minute).await.unwrap() else {
        panic!("the lease was given back");
    };
    assert!(database.mark_lost(&lease, "invalid_grant").await.unwrap());
    let lost = database.load(&key()).await.unwrap().unwrap().lost.unwrap();
    assert_eq!(lost.reason, "invalid_grant");
    database
        .record_request(&key(), "2026-11-23T12:00:00Z".parse().unwrap(), None)
        .await
        .unwrap();
    database
        .record_request(&key(), "2026-11-23T12:00:01Z".parse().unwrap(), Some("no"))
        .await
        .unwrap();
    let last = database.last_requests(&key()).await.unwrap();
    assert_eq!(last.success, Some("2026-11-23T12:00:00Z".parse().unwrap()));
    assert_eq!(
        last.error,
        Some(("2026-11-23T12:00:01Z".parse().unwrap(), "no".into()))
    );
    database.forget(&key()).await.unwrap();
    assert!(database.load(&key()).await.unwrap().is_none());
}

async fn many_that_open_a_new_one_at_once_all_succeed(home: &Home) {
    std::thread::scope(|scope| {
        let opening = (0..10).map(|_| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let database = home.open_with(KeySource::File("unused".into())).await.unwrap();
                    let count = database.users(None).await.unwrap().items.len();
                    database.close().await;
                    count
                })
            })
        });
        for thread in opening.collect::<Vec<_>>() {
            assert_eq!(thread.join().unwrap(), 0);
        }
    });
}

/// Each of these on either kind of database.
macro_rules! on_both {
    ($($(#[$attribute:meta])* $name:ident,)*) => {
        mod sqlite {
            $($(#[$attribute])* #[tokio::test] async fn $name() { super::$name(&super::Home::sqlite()).await; })*
        }
        mod postgres {
            $($(#[$attribute])* #[tokio::test] async fn $name() {
                if let Some(home) = super::Home::postgres() {
                    super::$name(&home).await;
                }
            })*
        }
    };
}

on_both! {
    records_read_back_as_they_were_loaded,
    a_file_that_refers_to_nothing_loads_nothing,
    a_record_loaded_again_is_replaced,
    an_edit_that_is_refused_changes_nothing,
    one_pushes_at_a_time_and_an_intent_outlives_its_process,
    #[cfg(target_os = "linux")] what_a_killed_process_held_is_free_at_once,
    an_invitation_is_claimed_once_and_its_fate_recorded,
    a_newer_message_takes_the_place_of_the_one_that_is_named,
    what_is_called_off_must_wait,
    a_second_lost_answer_is_the_last_try,
    what_was_answered_is_kept_with_the_revision,
    of_two_that_send_the_same_one_is_overtaken_and_writes_nothing,
    what_another_machine_holds_is_free_when_its_time_is_over,
    what_is_common_is_stored_once,
    what_an_older_version_wrote_is_read,
    a_damaged_message_is_known_as_such,
    what_a_form_is_filled_with_is_read_back_by_all,
    what_a_newer_version_wrote_is_left_to_it,
    what_has_not_left_can_be_called_off,
    a_list_is_read_in_parts,
    many_share_an_outbox,
    tokens_are_unreadable_in_the_file_and_with_another_key,
    a_grant_is_renewed_by_one_and_replaced_only_from_the_version_it_was,
    many_that_open_a_new_one_at_once_all_succeed,
    what_leaves_over_an_account_is_taken_by_it_alone,
    accounts_are_unreadable_with_another_key_and_in_another_row,
    nobody_has_a_turn_that_another_has,
    turns_are_told_apart_by_microseconds,
    a_clock_that_was_set_back_holds_nobody_up,
    turns_that_cannot_be_reserved_are_an_error,
    nothing_that_waits_is_forgotten,
    what_is_over_is_forgotten_and_the_rest_is_not,
    who_organized_is_known_again_and_not_named,
    many_mails_are_forgotten_a_part_at_a_time,
    what_another_remembers_is_not_taken_for_what_came_later,
    of_what_may_be_left_over_the_texts_are_forgotten,
    meetings_come_in_pages_each_once,
    people_are_looked_up,
    busy_times_are_those_of_meetings_that_take_place,
    making_and_inviting_need_records,
    of_many_that_claim_jobs_each_is_taken_by_one,
    of_many_that_schedule_a_key_one_adds_it,
    a_key_happens_once_and_moves_while_it_waits,
    a_job_that_waits_can_be_called_off,
    a_job_is_tried_again_or_has_failed,
    #[cfg(target_os = "linux")] jobs_of_a_killed_process_come_back_at_once,
    a_lease_lasts_as_long_as_it_is_renewed,
    jobs_of_other_kinds_are_left_alone,
    a_message_does_not_leave_before_its_time_whoever_asks,
    what_a_crm_must_keep_is_kept,
    what_an_outbox_must_keep_is_kept,
    users_of_providers_are_kept_apart,
}
