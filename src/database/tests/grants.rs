//! Grants, sealed and renewed, over several connections to one database.

use std::time::Duration;

use super::home::Home;
use crate::database::KeySource;
use crate::database::sql::query;
use crate::fault::{Class, Fault as _};
use crate::online::zoom::{Grant, Mode, RefreshLock, TokenKey, TokenStore as _};

pub(super) fn grant(refresh: &str) -> Grant {
    Grant {
        access_token: "acc-tok".into(),
        refresh_token: Some(refresh.into()),
        expires_at: "2026-12-01T10:00:00Z".parse().unwrap(),
        scopes: vec!["meeting:write:meeting:admin".into()],
        api_url: None,
        obtained_at: "2026-12-01T09:00:00Z".parse().unwrap(),
    }
}

pub(super) fn key() -> TokenKey {
    TokenKey {
        mode: Mode::Production,
        client_id: "client".into(),
    }
}

pub(super) async fn tokens_are_unreadable_in_the_file_and_with_another_key(home: &Home) {
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

pub(super) async fn a_grant_is_renewed_by_one_and_replaced_only_from_the_version_it_was(home: &Home) {
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
