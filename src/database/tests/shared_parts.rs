//! Messages as rows have them: the part that they share, and their own.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::DateTime;

use super::home::Home;
use super::kickoff;
use super::mails::{invitation, message_of, put, request, stored, whole};
use crate::calendar::Method;
use crate::database::sql::query;
use crate::fault::{Class, Fault as _};
use crate::mail::{
    CalendarPart, ClaimRequest, Draft, Enqueued, Form, FormLetter, Mailbox, MessageBase, NewInvitation,
    NewMessage, Outbox as _, OutboxOperator as _, Own, Slot, SlotValue, UnreadableMessage, pack,
};
use crate::meeting::Language;

/// What short messages are told apart from.
pub(super) static SHORT: LazyLock<Arc<MessageBase>> =
    LazyLock::new(|| Arc::new(MessageBase::new(b"From: m\r\n\r\nhello\r\n".to_vec())));
/// What long messages are told apart from.
static LONG: LazyLock<Arc<MessageBase>> = LazyLock::new(|| {
    let lines: String = (0..300).map(common_line).collect();
    Arc::new(MessageBase::new(lines.into_bytes()))
});

fn common_line(n: usize) -> String {
    format!("line {n} of what everybody is told\r\n")
}

/// A message without a form.
pub(super) fn without_form(base: &Arc<MessageBase>, message: &[u8]) -> NewMessage {
    NewMessage::whole(Arc::clone(base), message).unwrap()
}

/// Like an invitation: much that all have in common, little that differs.
pub(super) fn long(person: &str, revision: u32) -> NewInvitation {
    let lines: String = (0..300).map(common_line).collect();
    let of =
        |person: &str| format!("To: {person}\r\n\r\nDear {person}, this is revision {revision}.\r\n{lines}");
    NewInvitation {
        message: without_form(&LONG, of(person).as_bytes()),
        ..invitation(person, revision)
    }
}

pub(super) async fn what_is_common_is_stored_once(home: &Home) {
    let database = home.open().await;
    let put = async |revision, invitations: &[NewInvitation]| {
        let queued = put(&database, revision, invitations.to_vec()).await;
        assert_eq!(queued, Enqueued::Queued);
    };
    let german = NewInvitation {
        language: "de".parse().unwrap(),
        message: without_form(&SHORT, b"Hallo"),
        ..invitation("joerg", 0)
    };
    let mut first: Vec<_> = (0..450).map(|n| long(&format!("guest-{n}"), 0)).collect();
    first.insert(200, german);
    put(0, &first).await;
    let in_order = database.of_meeting(&kickoff()).await.unwrap();
    let in_order = in_order.iter().map(|entry| &entry.message_id);
    assert!(in_order.eq(first.iter().map(|invitation| &invitation.message_id)));
    let octets: usize = first.iter().map(|invitation| whole(invitation).len()).sum();
    assert_eq!(stored(&database, "count(*) FROM message_base").await, 2);
    let size = stored(&database, "CAST(sum(length(octets)) AS BIGINT) FROM message_base").await
        + stored(&database, "CAST(sum(length(message)) AS BIGINT) FROM invitation").await;
    assert!(size * 50 < octets as i64, "{size} of {octets} bytes");
    // A later send has a base of its own.
    put(1, &[long("lee", 1)]).await;
    assert_eq!(stored(&database, "count(*) FROM message_base").await, 3);
    let id = database
        .invitation("lee.1@acme.example")
        .await
        .unwrap()
        .unwrap()
        .0
        .id;
    let third = NewInvitation {
        supersedes: Some(id),
        ..invitation("lee", 2)
    };
    put(2, &[third]).await;
    assert_eq!(stored(&database, "count(*) FROM message_base").await, 4);
    database.close().await;

    let database = home.open().await;
    let expected = |id: &str| match id {
        id if id.contains(".0@") => whole(first.iter().find(|it| it.message_id == id).unwrap()),
        _ => whole(&invitation("lee", 2)),
    };
    let all = ClaimRequest {
        limit: 1000,
        ..request()
    };
    let claimed = database.claim(&all).await.unwrap();
    assert_eq!(claimed.len(), first.len() + 1);
    for claimed in claimed {
        assert_eq!(
            message_of(&database, &claimed).await,
            expected(&claimed.message_id)
        );
    }
    let (_, message) = database.invitation("lee.1@acme.example").await.unwrap().unwrap();
    assert_eq!(message, whole(&long("lee", 1)));
}

pub(super) async fn a_damaged_message_is_known_as_such(home: &Home) {
    let database = home.open().await;
    let filled = filled(&["lee", "mo"]);
    let mut invitations = vec![long("jo", 0), long("kim", 0)];
    invitations.extend(filled);
    assert_eq!(put(&database, 0, invitations).await, Enqueued::Queued);
    for person in ["kim", "mo"] {
        let (entry, _) = database
            .invitation(&format!("{person}.0@acme.example"))
            .await
            .unwrap()
            .unwrap();
        let row = query("SELECT message FROM invitation WHERE id = $1")
            .bind(entry.id)
            .fetch_one(&database.pool)
            .await
            .unwrap();
        let mut bytes: Vec<u8> = row.only().unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        query("UPDATE invitation SET message = $1 WHERE id = $2")
            .bind(bytes)
            .bind(entry.id)
            .execute(&database.pool)
            .await
            .unwrap();
    }
    let claimed = database.claim(&request()).await.unwrap();
    assert_eq!(claimed.len(), 4);
    for claimed in &claimed {
        let is_damaged = ["kim", "mo"].contains(&claimed.person.id.as_str());
        match database.message(claimed).await {
            Ok(_) => assert!(!is_damaged, "{claimed:?}"),
            Err(UnreadableMessage::Damaged(error)) => {
                assert!(is_damaged, "{error}");
                assert!(error.to_string().contains("is not valid"), "{error}");
            }
            Err(UnreadableMessage::Outbox(error)) => panic!("{error}"),
        }
    }
    let error = database.invitation("mo.0@acme.example").await.unwrap_err();
    assert_eq!(error.class(), Class::BadData);
}

/// Invitations with one form.
pub(super) fn filled(people: &[&str]) -> Vec<NewInvitation> {
    let from = Mailbox::new("Acme", "m@acme.example".parse().unwrap());
    let draft = Draft {
        from: &from,
        reply_to: None,
        to: &from,
        subject: "Kick-off",
        text: "Dear §,",
        html: "<p>Dear §,</p>",
        images: &[],
        language: &Language::ENGLISH,
        calendar: Some(CalendarPart {
            method: Method::Request,
            pieces: &["BEGIN:VEVENT\r\n", "END:VEVENT\r\n"],
        }),
        message_id: "",
        references: None,
        date: DateTime::UNIX_EPOCH,
    };
    let marks = BTreeMap::from([(Slot::INVITEE_NAME, "§".to_owned())]);
    let letter = Arc::new(FormLetter::from(Form::new(&draft, marks).unwrap()));
    let one = |person: &&str| {
        let line = format!("ATTENDEE:mailto:{person}@client.example\r\n");
        let own = Own {
            name: Some((*person).to_owned()),
            slots: BTreeMap::from([(Slot::ATTENDEE, SlotValue::Same(line))]),
            ..Own::default()
        };
        NewInvitation {
            message: NewMessage::filled(Arc::clone(&letter), &own).unwrap(),
            ..invitation(person, 0)
        }
    };
    people.iter().map(one).collect()
}

/// The rows of three messages as older versions wrote them: two with a form that has one hole, and one that is told apart
/// from a base of an earlier send.
pub(super) async fn what_an_older_version_wrote_is_read(home: &Home) {
    const FORM: &str = r#"{"from":"From: Acme <m@acme.example>\r\n","subject":"§, come","fields":"Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\nContent-Language: en\r\n","text":"Dear §,","html":"<p>Dear §,</p>","images":[],"calendar":{"method":"REQUEST","head":"BEGIN:VEVENT\r\n","tail":"END:VEVENT\r\n"},"hole":"§"}"#;
    const NAMED: &str = r#"{"name":"Lee","lines":"ATTENDEE:mailto:lee@client.example\r\n"}"#;
    const FILLED: &str = r#"{"name":"M. Ortiz","fill":"Mo","lines":"ATTENDEE:mailto:mo@client.example\r\n","references":"<0@acme.example>"}"#;
    let database = home.open().await;
    let order = ["lee", "mo", "kim"].map(|person| invitation(person, 0));
    assert_eq!(put(&database, 0, order.to_vec()).await, Enqueued::Queued);
    let insert = async |kind: &str, octets: &[u8]| -> i64 {
        let row = query(
            "INSERT INTO message_base (meeting_id, purpose, language, kind, octets)
             VALUES ('kickoff', 'invitation', 'en', $1, $2) RETURNING id",
        )
        .bind(kind)
        .bind(pack(octets).unwrap())
        .fetch_one(&database.pool)
        .await
        .unwrap();
        row.only().unwrap()
    };
    let form = insert("form", FORM.as_bytes()).await;
    let base = b"To: jo\r\n\r\nDear jo, come at nine, as we said.\r\n".as_slice();
    let kims = b"To: kim\r\n\r\nDear kim, come at nine, as we said.\r\n".as_slice();
    let difference = MessageBase::new(base.to_vec()).pack(kims).unwrap();
    let base = insert("message", base).await;
    for (person, base, own) in [
        ("lee", form, NAMED.as_bytes()),
        ("mo", form, FILLED.as_bytes()),
        ("kim", base, &difference),
    ] {
        query("UPDATE invitation SET base_id = $1, message = $2 WHERE person_id = $3")
            .bind(base)
            .bind(own)
            .bind(person)
            .execute(&database.pool)
            .await
            .unwrap();
    }
    let claimed = database.claim(&request()).await.unwrap();
    let mut messages = Vec::new();
    for claimed in &claimed {
        messages.push(String::from_utf8(message_of(&database, claimed).await).unwrap());
    }
    let [lee, mo, kim] = messages.as_slice() else {
        panic!("{messages:?}")
    };
    let has = |message: &str, parts: &[&str]| {
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message}");
        }
    };
    has(
        lee,
        &[
            "From: Acme <m@acme.example>\r\nTo: Lee <lee@client.example>\r\nSubject: Lee, come\r\n",
            "Dear Lee,",
            "<p>Dear Lee,</p>",
            "BEGIN:VEVENT\r\nATTENDEE:mailto:lee@client.example\r\nEND:VEVENT\r\n",
        ],
    );
    has(
        mo,
        &[
            "To: \"M. Ortiz\" <mo@client.example>\r\nSubject: Mo, come\r\n",
            "In-Reply-To: <0@acme.example>\r\nReferences: <0@acme.example>\r\n",
            "<p>Dear Mo,</p>",
        ],
    );
    assert_eq!(kim.as_bytes(), kims);
}

pub(super) async fn what_a_newer_version_wrote_is_left_to_it(home: &Home) {
    let database = home.open().await;
    let invitations = filled(&["lee"]);
    assert_eq!(put(&database, 0, invitations.clone()).await, Enqueued::Queued);
    database.close().await;
    let database = home.open().await;
    query("UPDATE message_base SET kind = 'form 3'")
        .execute(&database.pool)
        .await
        .unwrap();
    let claimed = database.claim(&request()).await.unwrap();
    match database.message(&claimed[0]).await {
        Err(UnreadableMessage::Outbox(error)) => assert_eq!(error.kind(), "database.too_new"),
        other => panic!("{other:?}"),
    }
}

pub(super) async fn what_a_form_is_filled_with_is_read_back_by_all(home: &Home) {
    let database = home.open().await;
    let invitations = filled(&["lee", "mo", "kim"]);
    assert_eq!(put(&database, 0, invitations.clone()).await, Enqueued::Queued);
    assert_eq!(stored(&database, "count(*) FROM message_base").await, 1);
    // The one that wrote it remembers the form, and another reads it.
    for database in [database, home.open().await] {
        let claimed = database
            .claim(&ClaimRequest {
                lease: Duration::ZERO,
                ..request()
            })
            .await
            .unwrap();
        assert_eq!(claimed.len(), 3);
        for (claimed, invitation) in claimed.iter().zip(&invitations) {
            let message = message_of(&database, claimed).await;
            assert_eq!(message, whole(invitation));
            let name = claimed.person.id.as_str();
            assert!(
                String::from_utf8(message)
                    .unwrap()
                    .contains(&format!("Dear {name},"))
            );
        }
        database.close().await;
    }
}
