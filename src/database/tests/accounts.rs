//! Users' own SMTP accounts, and what leaves over them.

use super::home::Home;
use super::kickoff;
use super::mails::{invitation, put, request};
use crate::database::sql::query;
use crate::database::{EncryptionKey, KeySource};
use crate::fault::{Act, Class, Fault as _, Sealed};
use crate::mail::{
    AccountSettings, AccountStore as _, ClaimRequest, Encryption, Enqueued, Mailbox, NewInvitation,
    Outbox as _,
};
use crate::meeting::PersonId;

fn user(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn account(password: &str) -> AccountSettings {
    AccountSettings {
        from: Mailbox::new("Ana", "ana@acme.example".parse().unwrap()),
        host: "mail.acme.example".to_owned(),
        port: 587,
        encryption: Encryption::Required,
        hello_name: None,
        login: Some(("ana".to_owned(), password.to_owned().into())),
    }
}

pub(super) async fn what_leaves_over_an_account_is_taken_by_it_alone(home: &Home) {
    let database = home.open().await;
    let of = |person: &str, account: Option<&str>| NewInvitation {
        account: account.map(user),
        ..invitation(person, 0)
    };
    let all = vec![
        of("lee", None),
        of("mo", Some("ana")),
        of("kim", Some("ben")),
        of("jo", Some("ana")),
    ];
    assert_eq!(put(&database, 0, all).await, Enqueued::Queued);
    let waiting = database.accounts(&kickoff()).await.unwrap();
    let waiting: Vec<(&str, usize)> = waiting
        .iter()
        .map(|(user, count)| (user.as_str(), *count))
        .collect();
    assert_eq!(waiting, [("ana", 2), ("ben", 1)]);
    for (account, people) in [
        (Some("ana"), &["mo", "jo"][..]),
        (None, &["lee"]),
        (Some("zoe"), &[]),
    ] {
        let request = ClaimRequest {
            account: account.map(user),
            ..request()
        };
        let claimed = database.claim(&request).await.unwrap();
        let who: Vec<&str> = claimed.iter().map(|it| it.person.id.as_str()).collect();
        assert_eq!(who, people, "{account:?}");
    }
}

pub(super) async fn accounts_are_unreadable_with_another_key_and_in_another_row(home: &Home) {
    let database = home.open().await;
    assert!(!database.remove_smtp_account(&user("ana")).await.unwrap());
    database
        .put_smtp_account(&user("ana"), &account("f1rst-s3cret"))
        .await
        .unwrap();
    database
        .put_smtp_account(&user("ana"), &account("sec0nd-s3cret"))
        .await
        .unwrap();
    let ana = database.smtp_account(&user("ana")).await.unwrap().unwrap();
    assert_eq!(ana.url(), "smtp://mail.acme.example:587?tls=required");
    let (_, password) = ana.login.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&password), "sec0nd-s3cret");
    let row = query("SELECT sealed FROM smtp_account")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let sealed: Vec<u8> = row.only().unwrap();
    for readable in [&b"s3cret"[..], b"acme.example", b"ana"] {
        assert!(!sealed.windows(readable.len()).any(|part| part == readable));
    }
    // Another user's row does not open what was sealed for this one.
    query("INSERT INTO smtp_account (user_id, sealed) VALUES ('ben', $1)")
        .bind(sealed)
        .execute(&database.pool)
        .await
        .unwrap();
    let error = database.smtp_account(&user("ben")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("database.wrong_key", Class::Configuration)
    );
    let listed = database.smtp_accounts().await.unwrap();
    let listed: Vec<(&str, bool)> = listed
        .iter()
        .map(|(user, account)| (user.as_str(), account.is_some()))
        .collect();
    assert_eq!(listed, [("ana", true), ("ben", false)]);
    let other = KeySource::Given(EncryptionKey::new([9; 32]));
    let other = home.open_with(other).await.unwrap();
    let error = other.smtp_account(&user("ana")).await.unwrap_err();
    let remedy = error.remedy().unwrap();
    assert!(
        remedy
            .acts()
            .any(|act| *act == Act::MakeAnew(Sealed::SmtpAccount)),
        "{remedy}"
    );
    assert!(database.remove_smtp_account(&user("ana")).await.unwrap());
    assert!(database.smtp_account(&user("ana")).await.unwrap().is_none());
}
