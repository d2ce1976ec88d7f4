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
    assert_eq!(status(GMAIL), (Acceptance::Accepted, "lee@client.example".into()));
    assert_eq!(
        status(OUTLOOK),
        (Acceptance::Tentative, "joerg@kunde.example".into())
    );
    assert_eq!(status(APPLE), (Acceptance::Declined, "mika@lead.example".into()));
    assert_eq!(
        status(THUNDERBIRD),
        (Acceptance::Accepted, "lee+crm@client.example".into())
    );
    let outlook = read(OUTLOOK);
    assert_eq!(
        outlook.comment.as_deref(),
        Some("Bin eventuell unterwegs; ich melde mich.")
    );
    assert!(outlook.sender.unwrap().is_same_mailbox(&outlook.attendee));
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
    assert_eq!((refresh.kind, refresh.sender), (AnswerKind::Refresh, None));
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
    assert_eq!(answer.kind, AnswerKind::Reply(Acceptance::Accepted));
}

/// The Thunderbird fixture with one text in place of another.
fn with(from: &str, to: &str) -> Result<Answer, AnswerError> {
    let text = String::from_utf8(THUNDERBIRD.to_vec()).unwrap();
    assert!(text.contains(from), "{from}");
    Answer::read(text.replace(from, to).as_bytes())
}

#[test]
fn of_several_attendees_one_must_have_sent_it() {
    let both = "ATTENDEE:mailto:other@client.example\r\nATTENDEE:mailto:third@client.example\r\nX-REST";
    let error = with("ATTENDEE;PARTSTAT=ACCEPTED", both).unwrap_err();
    assert_eq!(error, AnswerError::SeveralAttendees { count: 2 });
}

#[test]
fn what_says_nothing_clear_is_told_apart() {
    let kind = |to: &str| with("ATTENDEE;PARTSTAT=ACCEPTED", to).unwrap().kind;
    let unclear = |participation: Option<&str>| AnswerKind::Unclear {
        participation: participation.map(str::to_owned),
    };
    assert_eq!(kind("ATTENDEE"), unclear(None));
    assert_eq!(kind("ATTENDEE;PARTSTAT=x-perhaps"), unclear(Some("X-PERHAPS")));
    assert_eq!(
        kind("ATTENDEE;PARTSTAT=NEEDS-ACTION"),
        AnswerKind::Reply(Acceptance::None)
    );
    assert_eq!(
        kind("ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:kim@client.example\""),
        AnswerKind::Delegated {
            to: Some("kim@client.example".parse().unwrap())
        }
    );
    assert!(with("UID:", "SEQUENCE:many\r\nUID:").is_err());
}

#[test]
fn an_occurrence_is_told_from_the_whole_meeting() {
    let one = with("UID:", "RECURRENCE-ID:20261208T090000Z\r\nUID:").unwrap();
    assert_eq!(one.occurrence.as_deref(), Some("2026-12-08 09:00 UTC"));
    assert_eq!(with("UID:", "UID:").unwrap().occurrence, None);
}

#[test]
fn addresses_are_found_as_programs_write_them() {
    for written in [
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=Lee: Harper:MAILTO:lee+crm@client.example\r\nX-REST",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lee%2Bcrm@client.example?subject=x\r\nX-REST",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:MAILTO:lee+crm@client.example\r\nX-REST",
    ] {
        let answer = with("ATTENDEE;PARTSTAT=ACCEPTED", written).unwrap();
        assert_eq!(answer.attendee.as_str(), "lee+crm@client.example", "{written}");
    }
}

/// A mail around the object of the REFRESH fixture, with METHOD lines as given.
fn mail(content_type: &str, method: &str) -> Result<Answer, AnswerError> {
    let object = String::from_utf8(REFRESH.to_vec()).unwrap();
    let object = object.replace("METHOD:REFRESH\r\n", method);
    let mail = format!("From: lee@client.example\r\nContent-Type: {content_type}\r\n\r\n{object}");
    Answer::read(mail.as_bytes())
}

#[test]
fn the_method_is_read_from_either_place_and_must_agree() {
    let kind = |content_type, method| mail(content_type, method).map(|answer| answer.kind);
    let plain = "text/calendar";
    assert_eq!(kind(plain, "METHOD:REFRESH\r\n"), Ok(AnswerKind::Refresh));
    assert_eq!(kind("text/calendar; method=refresh", ""), Ok(AnswerKind::Refresh));
    assert_eq!(
        kind("text/calendar; method=REPLY", "METHOD:REFRESH\r\n")
            .unwrap_err()
            .kind(),
        "reply.methods_differ"
    );
    assert_eq!(kind(plain, "").unwrap_err().kind(), "reply.other_method");
}

#[test]
fn a_wide_calendar_object_is_read() {
    let text = String::from_utf8(REFRESH.to_vec()).unwrap();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(read(&wide).kind, AnswerKind::Refresh);
}

/// Multiparts within one another, the innermost first.
fn nested(depth: usize, close: bool, same: bool) -> Vec<u8> {
    let mut mail = b"From: lee@client.example\r\n".to_vec();
    for level in 0..depth {
        let boundary = if same { 0 } else { level };
        mail.extend(
            format!("Content-Type: multipart/mixed; boundary=b{boundary}\r\n\r\n--b{boundary}\r\n").bytes(),
        );
    }
    mail.extend(b"Content-Type: text/plain\r\n\r\nx\r\n");
    for level in (0..depth).rev().filter(|_| close) {
        mail.extend(format!("--b{level}--\r\n").bytes());
    }
    mail
}

/// Mails within mails, encoded or not. An early version overflowed the stack on them.
#[test]
fn mails_in_mails_are_not_looked_into() {
    use base64::Engine as _;
    let mut mail = b"Subject: innermost\r\n\r\nx\r\n".to_vec();
    for _ in 0..4 {
        let body = base64::engine::general_purpose::STANDARD.encode(&mail);
        mail = format!("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n")
            .into_bytes();
    }
    let plain = b"Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    for hostile in [mail, plain] {
        let mut parts =
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".to_vec();
        parts.extend(&hostile);
        for raw in [parts, hostile] {
            assert_eq!(Answer::read(&raw), Err(AnswerError::NoCalendarObject));
        }
    }
}

/// These mails once took time that grew with the square of their length. With the limits, reading ends at once with an
/// error.
#[test]
fn parts_in_parts_are_bounded() {
    for mail in [
        nested(100_000, false, false),
        nested(100_000, true, false),
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            .iter()
            .copied()
            .chain(b"--b\r\n\r\n".repeat(200_000))
            .collect(),
        [b"X: ".as_slice(), &b"y".repeat(LONGEST - 10)].concat(),
    ] {
        let error = Answer::read(&mail).unwrap_err();
        assert_eq!(error, AnswerError::TooManyParts, "{} octets", mail.len());
    }
    // The same boundary again ends the outer part at once.
    assert_eq!(
        Answer::read(&nested(150, false, true)),
        Err(AnswerError::NoCalendarObject)
    );
    assert_eq!(
        Answer::read(&nested(10, true, false)),
        Err(AnswerError::NoCalendarObject)
    );
}

/// Mails made of pieces of mails, nested in any way.
fn built() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop::sample::select(vec![
        GMAIL,
        OUTLOOK,
        APPLE,
        THUNDERBIRD,
        COUNTER,
        REFRESH,
        WORDS,
        TNEF,
    ])
    .prop_map(<[u8]>::to_vec);
    leaf.prop_recursive(12, 64, 3, |inner| {
        (
            prop::collection::vec(inner, 1..3),
            prop::sample::select(vec![
                "multipart/mixed; boundary=a",
                "multipart/alternative; boundary=\"b b\"",
                "multipart/mixed",
                "multipart/digest; boundary=a",
                "message/rfc822",
                "text/calendar; method=REPLY",
            ]),
            prop::sample::select(vec!["7bit", "base64", "quoted-printable"]),
            any::<bool>(),
        )
            .prop_map(|(parts, content_type, encoding, is_closed)| {
                let mut mail = format!(
                    "From: eve@evil.example\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
                )
                .into_bytes();
                let boundary = if content_type.contains("b b") { "b b" } else { "a" };
                for part in parts {
                    mail.extend(format!("--{boundary}\r\n").bytes());
                    mail.extend(part);
                    mail.extend(b"\r\n");
                }
                if is_closed {
                    mail.extend(format!("--{boundary}--\r\n").bytes());
                }
                mail
            })
    })
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

    /// After any change of a mail, an answer in it still has one address, one UID without line breaks, and a comment of
    /// limited length.
    #[test]
    fn no_change_of_a_mail_makes_it_panic_or_lie(raw in mutated()) {
        if let Ok(answer) = Answer::read(&raw) {
            prop_assert!(EmailAddress::new(answer.attendee.as_str()).is_ok());
            prop_assert!(!answer.uid.trim().is_empty());
            prop_assert!(answer.comment.is_none_or(|comment| comment.chars().count() <= 2000));
        }
    }

    /// Whatever a mail contains, its sender is always the one in its own From.
    #[test]
    fn no_nesting_lends_a_mail_another_sender(raw in built()) {
        if raw.starts_with(b"From: eve@evil.example") {
            if let Ok(answer) = Answer::read(&raw) {
                prop_assert_eq!(answer.sender.map(|sender| sender.to_string()), Some("eve@evil.example".to_owned()));
            }
        } else {
            let _ = Answer::read(&raw);
        }
    }
}
