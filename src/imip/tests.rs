use proptest::prelude::*;

use super::*;
use crate::fault::Fault as _;

const GMAIL: &[u8] = include_bytes!("../../fixtures/replies/gmail-accepted.eml");
const OUTLOOK: &[u8] = include_bytes!("../../fixtures/replies/outlook-tentative.eml");
const APPLE: &[u8] = include_bytes!("../../fixtures/replies/apple-declined.eml");
const THUNDERBIRD: &[u8] = include_bytes!("../../fixtures/replies/thunderbird-accepted.eml");
const COUNTER: &[u8] = include_bytes!("../../fixtures/replies/exchange-counter.eml");
const REFRESH: &[u8] = include_bytes!("../../fixtures/replies/refresh.ics");
const WORDS: &[u8] = include_bytes!("../../fixtures/replies/out-of-office.eml");
const TNEF: &[u8] = include_bytes!("../../fixtures/replies/outlook-tnef.eml");

fn read(raw: &[u8]) -> Answer {
    let answer = Answer::read(raw).unwrap();
    assert_eq!(answer.uid, "kickoff@acme.example");
    answer
}

#[test]
fn answers_of_all_programs_are_read() {
    let status = |raw| match read(raw).kind {
        AnswerKind::Reply(status) => (status, read(raw).attendee.to_string()),
        kind => panic!("{kind:?}"),
    };
    assert_eq!(
        status(GMAIL),
        (Some(Acceptance::Accepted), "lee@client.example".into())
    );
    assert_eq!(
        status(OUTLOOK),
        (Some(Acceptance::Tentative), "joerg@kunde.example".into())
    );
    assert_eq!(
        status(APPLE),
        (Some(Acceptance::Declined), "mika@lead.example".into())
    );
    assert_eq!(
        status(THUNDERBIRD),
        (Some(Acceptance::Accepted), "lee+crm@client.example".into())
    );
    let outlook = read(OUTLOOK);
    assert_eq!(
        outlook.comment.as_deref(),
        Some("Bin eventuell unterwegs; ich melde mich.")
    );
    assert!(outlook.senders[0].is_same_mailbox(&outlook.attendee));
    assert_eq!(outlook.stamp, Some("2026-11-24T10:15:00Z".parse().unwrap()));
    assert_eq!((outlook.sequence, read(THUNDERBIRD).sequence), (0, 0));
}

#[test]
fn proposals_and_requests_are_told_apart() {
    let counter = read(COUNTER);
    let AnswerKind::Counter { start, end } = counter.kind else {
        panic!("{counter:?}")
    };
    assert_eq!(start.as_deref(), Some("2026-12-02 09:00 Eastern Standard Time"));
    assert_eq!(end.as_deref(), Some("2026-12-02 09:45 Eastern Standard Time"));
    let refresh = read(REFRESH);
    assert_eq!((refresh.kind, refresh.senders.len()), (AnswerKind::Refresh, 0));
}

#[test]
fn what_is_no_answer_is_named() {
    let kind = |raw: &[u8]| Answer::read(raw).unwrap_err().kind();
    assert_eq!(kind(WORDS), "reply.no_calendar_object");
    assert_eq!(kind(TNEF), "reply.tnef");
    assert_eq!(kind(&vec![b'x'; LONGEST + 1]), "reply.too_long");
    let changed = |from: &str, to: &str| {
        let text = String::from_utf8(REFRESH.to_vec()).unwrap();
        assert!(text.contains(from));
        text.replace(from, to).into_bytes()
    };
    assert_eq!(
        kind(&changed("METHOD:REFRESH", "METHOD:REQUEST")),
        "reply.other_method"
    );
    assert_eq!(kind(&changed("METHOD:REFRESH\r\n", "")), "reply.other_method");
    assert_eq!(kind(&changed("UID:kickoff@acme.example\r\n", "")), "reply.no_uid");
    assert_eq!(
        kind(&changed("ATTENDEE:mailto:lee@client.example\r\n", "")),
        "reply.no_attendee"
    );
    assert_eq!(
        kind(&changed("mailto:lee@client.example", "mailto:lee")),
        "reply.no_attendee"
    );
}

#[test]
fn of_several_attendees_the_sender_answers() {
    let text = String::from_utf8(THUNDERBIRD.to_vec()).unwrap();
    let both = text.replace(
        "ATTENDEE;PARTSTAT=ACCEPTED",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:other@client.example\r\nATTENDEE;PARTSTAT=ACCEPTED",
    );
    let answer = read(both.as_bytes());
    assert_eq!(answer.attendee.as_str(), "lee+crm@client.example");
    assert_eq!(answer.kind, AnswerKind::Reply(Some(Acceptance::Accepted)));
}

/// A mail with some of its octets changed, cut out or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let mails = [GMAIL, OUTLOOK, APPLE, THUNDERBIRD, COUNTER, REFRESH, TNEF];
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8, 0..64_usize);
    (
        prop::sample::select(mails.to_vec()),
        prop::collection::vec(change, 1..12),
    )
        .prop_map(|(mail, changes)| {
            let mut mail = mail.to_vec();
            for (place, octet, what, length) in changes {
                let at = place.index(mail.len().max(1)).min(mail.len().saturating_sub(1));
                let end = (at + length).min(mail.len());
                match what {
                    0 => mail.iter_mut().skip(at).take(1).for_each(|b| *b = octet),
                    1 => drop(mail.drain(at..end)),
                    2 => {
                        let piece = mail[at..end].to_vec();
                        mail.splice(at..at, piece);
                    }
                    _ => mail.insert(at, octet),
                }
            }
            mail
        })
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = Answer::read(&raw);
    }

    /// Whatever is done to a mail: what comes out is still one address, one UID without line breaks, and a comment
    /// of a bounded length.
    #[test]
    fn no_change_of_a_mail_makes_it_panic_or_lie(raw in mutated()) {
        if let Ok(answer) = Answer::read(&raw) {
            prop_assert!(EmailAddress::new(answer.attendee.as_str()).is_ok());
            prop_assert!(!answer.uid.trim().is_empty());
            prop_assert!(answer.comment.is_none_or(|comment| comment.chars().count() <= 2000));
        }
    }
}
