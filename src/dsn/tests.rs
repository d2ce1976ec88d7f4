use proptest::prelude::*;

use super::status::LONGEST_ANSWER;
use super::*;
use crate::imip::Answer;
use crate::mail::Fate;
use crate::meeting::EmailAddress;
use crate::received::Received;

const POSTFIX: &str = include_str!("../../fixtures/bounces/postfix.eml");
const DELAYED: &str = include_str!("../../fixtures/bounces/postfix-delayed.eml");
const INTERNATIONAL: &str = include_str!("../../fixtures/bounces/postfix-delivered-international.eml");
const EXCHANGE: &str = include_str!("../../fixtures/bounces/exchange-online.eml");
const GMAIL: &str = include_str!("../../fixtures/bounces/gmail.eml");
const EXIM: &str = include_str!("../../fixtures/bounces/exim.eml");
const EXIM_IN_WORDS: &str = include_str!("../../fixtures/bounces/exim-in-words.eml");
const QMAIL: &str = include_str!("../../fixtures/bounces/qmail.eml");
const ALL: [&str; 8] = [
    POSTFIX,
    DELAYED,
    INTERNATIONAL,
    EXCHANGE,
    GMAIL,
    EXIM,
    EXIM_IN_WORDS,
    QMAIL,
];

fn of(raw: &str) -> Option<Notification> {
    Notification::of(&Mail::read(raw.as_bytes()).unwrap()).unwrap()
}

fn read(raw: &str) -> Notification {
    of(raw).unwrap()
}

fn changed(raw: &str, from: &str, to: &str) -> String {
    assert!(raw.contains(from), "{from}");
    raw.replace(from, to)
}

fn lee() -> EmailAddress {
    "lee@client.example".parse().unwrap()
}

#[test]
fn bounces_of_all_servers_are_read() {
    for (raw, status, answer) in [
        (
            POSTFIX,
            "5.1.1",
            "550 5.1.1 <lee@client.example>: Recipient address rejected: User unknown in virtual mailbox table",
        ),
        (
            EXCHANGE,
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient lee@client.example not found by SMTP address lookup",
        ),
        (
            GMAIL,
            "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 \
             double-checking the recipient's email address for typos or 550 5.1.1 unnecessary spaces.",
        ),
        (EXIM, "5.2.1", "550 5.2.1 Mailbox disabled"),
        (
            EXIM_IN_WORDS,
            "5.1.1",
            "SMTP error from remote mail server after RCPT TO:<lee@client.example>: host mx.client.example \
             [198.51.100.25]: 550 5.1.1 <lee@client.example>: User unknown",
        ),
        (
            QMAIL,
            "5.1.1",
            "198.51.100.25 does not like recipient. Remote host said: 550 sorry, no mailbox here by that name. \
             (#5.1.1) Giving up on 198.51.100.25.",
        ),
    ] {
        let notification = read(raw);
        assert_eq!(notification.message_ids, ["<kickoff.0@acme.example>"], "{raw}");
        let [recipient] = notification.recipients.as_slice() else {
            panic!("{notification:#?}")
        };
        assert_eq!(recipient.fate, Fate::Bounced, "{raw}");
        assert_eq!(recipient.status.as_deref(), Some(status), "{raw}");
        assert_eq!(recipient.answer.as_deref(), Some(answer));
        assert!(recipient.is_of(&lee()), "{raw}");
        assert!(!recipient.is_of(&"eve@client.example".parse().unwrap()));
        let date = notification.date.unwrap().to_rfc3339();
        assert!(date.starts_with("2026-11-24T10:15:0"), "{date}");
    }
}

#[test]
fn the_servers_and_times_of_a_report_are_read() {
    let notification = read(GMAIL);
    assert_eq!(notification.reported_by.as_deref(), Some("google.example"));
    let recipient = &notification.recipients[0];
    assert_eq!(
        recipient.last_attempt,
        Some("2026-11-24T10:15:02Z".parse().unwrap())
    );
    assert!(
        recipient
            .remote
            .as_ref()
            .unwrap()
            .starts_with("mx.client.example.")
    );
    assert_eq!(recipient.address(), Some("lee@client.example"));
}

#[test]
fn delays_and_deliveries_are_told_apart() {
    let delayed = read(DELAYED);
    assert_eq!(delayed.message_ids, ["<kickoff.0@acme.example>"]);
    let recipient = &delayed.recipients[0];
    assert_eq!(
        (recipient.fate, recipient.status.as_deref()),
        (Fate::Delayed, Some("4.4.1"))
    );
    let delivered = read(INTERNATIONAL);
    assert_eq!(delivered.message_ids, ["<kickoff.0@acme.example>"]);
    let recipient = &delivered.recipients[0];
    assert_eq!(
        (recipient.fate, recipient.status.as_deref()),
        (Fate::Delivered, Some("2.0.0"))
    );
    assert_eq!(recipient.original.as_deref(), Some("zoë@client.example"));
    assert!(recipient.is_of(&"zoë@client.example".parse().unwrap()));
}

#[test]
fn a_forwarded_mail_is_known_by_the_address_that_it_went_to() {
    let forwarded = changed(
        POSTFIX,
        "Final-Recipient: rfc822; lee@client.example",
        "Final-Recipient: rfc822; harper@elsewhere.example",
    );
    assert!(read(&forwarded).recipients[0].is_of(&lee()));
    let encoded = changed(
        &forwarded,
        "rfc822;lee@client.example",
        "RFC822; <lee+2Bcrm@client.example>",
    );
    let recipient = &read(&encoded).recipients[0];
    assert!(recipient.is_of(&"lee+crm@client.example".parse().unwrap()));
    assert!(!recipient.is_of(&lee()));
    assert_eq!(recipient.address(), Some("harper@elsewhere.example"));
}

#[test]
fn each_recipient_of_a_report_is_read_and_no_more_than_there_may_be() {
    let group =
        |n| format!("\r\n\r\nFinal-Recipient: rfc822; p{n}@x.example\r\nAction: relayed\r\nStatus: 2.0.0");
    let groups: String = (0..MOST_RECIPIENTS + 10).map(group).collect();
    let many = changed(
        POSTFIX,
        "\r\n    rejected: User unknown in virtual mailbox table\r\n",
        &groups,
    );
    let recipients = read(&many).recipients;
    assert_eq!(recipients.len(), MOST_RECIPIENTS);
    assert_eq!(recipients[1].address(), Some("p0@x.example"));
    assert_eq!(recipients[1].fate, Fate::Relayed);
}

#[test]
fn encoded_parts_are_decoded() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let (head, rest) = POSTFIX.split_once("message/delivery-status\r\n\r\n").unwrap();
    let (report, rest) = rest.split_once("\r\n\r\n--4cW1").unwrap();
    let encoded = format!(
        "{head}message/delivery-status\r\nContent-Transfer-Encoding: Base64\r\n\r\n{}\r\n\r\n--4cW1{rest}",
        STANDARD.encode(report)
    );
    assert_eq!(read(&encoded), read(POSTFIX));
    let quoted = format!(
        "{head}message/delivery-status\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n\r\n--4cW1{rest}",
        report.replace("Action: failed", "Action: fai=\r\nl=65d")
    );
    assert_eq!(read(&quoted), read(POSTFIX));
}

#[test]
fn the_mail_is_found_also_where_it_did_not_come_back() {
    let alone = changed(
        EXCHANGE,
        "Content-Type: message/rfc822",
        "Content-Type: application/x-gone",
    );
    assert_eq!(read(&alone).message_ids, ["<kickoff.0@acme.example>"]);
    let other = changed(
        &alone,
        "In-Reply-To: <kickoff.0@acme.example>\r\nReferences: <kickoff.0@acme.example>",
        "References: <first@acme.example>\r\n <second@acme.example>",
    );
    assert_eq!(read(&other).message_ids, ["<second@acme.example>"]);
    let none = changed(&other, "References:", "X-References:");
    assert!(read(&none).message_ids.is_empty());
    // The returned mail counts, even if the notification answers another mail.
    let differs = changed(
        EXCHANGE,
        "In-Reply-To: <kickoff.0@acme.example>",
        "In-Reply-To: <x@y.example>",
    );
    assert_eq!(read(&differs).message_ids, ["<kickoff.0@acme.example>"]);
    let folded = changed(QMAIL, "Message-ID: <kick", "Message-Id:\n <kick");
    assert_eq!(read(&folded).message_ids, ["<kickoff.0@acme.example>"]);
}

#[test]
fn other_mails_are_no_notifications() {
    for answer in [
        include_bytes!("../../fixtures/replies/gmail-accepted.eml").as_slice(),
        include_bytes!("../../fixtures/replies/out-of-office.eml"),
        include_bytes!("../../fixtures/replies/outlook-tnef.eml"),
    ] {
        assert_eq!(of(std::str::from_utf8(answer).unwrap()), None);
    }
    // A read receipt (RFC 8098), and a bounce that somebody forwards inside another mail.
    let receipt = changed(
        POSTFIX,
        "message/delivery-status",
        "message/disposition-notification",
    );
    assert_eq!(of(&receipt), None);
    let passed_on = format!("Subject: look\r\nContent-Type: message/rfc822\r\n\r\n{POSTFIX}");
    assert_eq!(of(&passed_on), None);
    assert_eq!(of(&changed(QMAIL, "<lee@client.example>:", "lee:")), None);
    assert_eq!(of(&changed(QMAIL, "Hi. This is the", "Hi. This is a")), None);
}

#[test]
fn a_report_that_says_nothing_is_said_to_be_one() {
    for raw in [
        changed(POSTFIX, "Action: failed\r\nStatus: 5.1.1", "Action: lost"),
        changed(POSTFIX, "-Recipient: rfc822;", "-Recipients: rfc822;"),
    ] {
        let error = Received::read(raw.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), "reply.no_delivery_status");
    }
}

#[test]
fn an_invitation_that_came_back_is_no_answer() {
    // The calendar object in the returned mail is not read.
    for raw in ALL {
        assert!(Answer::read(raw.as_bytes()).is_err());
        let as_reply = raw.replace("REQUEST", "REPLY");
        assert!(Answer::read(as_reply.as_bytes()).is_err(), "{raw}");
        assert!(matches!(
            Received::read(as_reply.as_bytes()),
            Ok(Received::Notification(_))
        ));
    }
}

#[test]
fn what_is_kept_is_one_bounded_line() {
    let long = changed(
        POSTFIX,
        "smtp; 550 5.1.1",
        &format!("smtp; 550\u{1b}]0;x\u{7}\r\n\t{}", "é".repeat(100_000)),
    );
    let recipient = &read(&long).recipients[0];
    let answer = recipient.answer.as_ref().unwrap();
    assert!(answer.chars().count() <= LONGEST_ANSWER);
    assert!(!answer.chars().any(char::is_control), "{answer}");
}

#[test]
fn what_it_costs_grows_with_the_length_alone() {
    let long = |piece: &str| piece.repeat(2_000_000 / piece.len());
    for (raw, from, pieces) in [
        (INTERNATIONAL, "zo\\x{EB}", ["\\x{", "+C3", ";", "<"]),
        (
            POSTFIX,
            "X-Postfix-Queue-ID: ",
            ["a:b\r\n", "\r\n\r\n", "\r\n ", "Action: failed\r\n\r\n"],
        ),
        (POSTFIX, "<kickoff.0@", ["<", "<a@", ">", "\r\n <"]),
        (
            QMAIL,
            "<lee@client.example>:\n",
            ["<a>:\n\n", "<", "#5.1.1", "\nMessage-ID:\n"],
        ),
        (
            EXIM_IN_WORDS,
            "\r\n  lee@",
            [
                "\r\n  lee@client.example\r\n",
                "<lee@client.example>",
                ",",
                "550 ",
            ],
        ),
        (EXIM_IN_WORDS, "X-Failed-Recipients: ", ["a,", "\r\n ", "<", ",,"]),
    ] {
        for piece in pieces {
            let _ = Received::read(
                raw.replacen(from, &format!("{from}{}", long(piece)), 1)
                    .as_bytes(),
            );
            let _ = Received::read(
                raw.replacen(from, &format!("{}{from}", long(piece)), 1)
                    .as_bytes(),
            );
        }
    }
}

/// A fixture, with a piece of it replaced.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20),
        prop::sample::select(vec![
            "\r\n\r\n",
            "\n",
            ";",
            "<",
            ">",
            ":",
            "\\x{",
            "+",
            "+C3",
            "=",
            "--",
            "\r\n ",
            "\t",
            "Content-Type: message/delivery-status\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n",
            "Message-ID:",
            "Status: 5.",
            "ü",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (
        prop::sample::select(ALL.to_vec()),
        any::<prop::sample::Index>(),
        0..200_usize,
        piece,
    )
        .prop_map(|(raw, at, length, piece)| {
            let mut raw = raw.as_bytes().to_vec();
            let at = at.index(raw.len());
            let end = (at + length).min(raw.len());
            raw.splice(at..end, piece);
            raw
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_mail_makes_it_panic(raw in damaged()) {
        if let Ok(Received::Notification(notification)) = Received::read(&raw) {
            prop_assert!(!notification.recipients.is_empty());
            for id in &notification.message_ids {
                prop_assert!(id.starts_with('<') && id.ends_with('>') && id.len() < 310, "{}", id);
            }
            for recipient in &notification.recipients {
                let _ = recipient.is_of(&lee());
                let texts = [&recipient.status, &recipient.answer, &recipient.original, &recipient.last, &recipient.remote];
                for text in texts.into_iter().flatten() {
                    prop_assert!(!text.is_empty() && !text.chars().any(char::is_control), "{:?}", text);
                }
            }
        }
    }

    #[test]
    fn no_octets_make_it_panic(raw in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Received::read(&raw);
        let _ = report::read(&raw, 9);
        let _ = plain::read(&raw, &String::from_utf8_lossy(&raw));
        let _ = code::of_words(&String::from_utf8_lossy(&raw));
    }
}
