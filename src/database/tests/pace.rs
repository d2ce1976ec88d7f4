//! Turns to send, over several connections to one database.

use std::time::Duration;

use super::home::Home;
use crate::database::sql::query;
use crate::fault::Fault as _;
use crate::mail::Pacing as _;

const SECOND: Duration = Duration::from_secs(1);

pub(super) async fn nobody_has_a_turn_that_another_has(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    // So long that what passes while they are given out is less than one.
    let apart = SECOND * 20;
    let mut running = tokio::task::JoinSet::new();
    for place in 0..12 {
        let database = if place % 2 == 0 {
            one.clone()
        } else {
            other.clone()
        };
        running.spawn(async move { database.reserve("mail", 2, apart).await.unwrap() });
    }
    let mut firsts = running.join_all().await;
    firsts.sort();
    for (place, first) in firsts.iter().enumerate() {
        let at = apart * 2 * u32::try_from(place).unwrap();
        assert!(*first <= at && at.saturating_sub(*first) < apart, "{firsts:?}");
    }
    // Another server has turns of its own.
    assert_eq!(other.reserve("another", 1, apart).await.unwrap(), Duration::ZERO);
}

pub(super) async fn turns_are_told_apart_by_microseconds(home: &Home) {
    let database = home.open().await;
    let next_at = async || {
        let row = query("SELECT next_at FROM pace")
            .fetch_one(&database.pool)
            .await
            .unwrap();
        row.only::<i64>().unwrap()
    };
    database.reserve("mail", 1, SECOND * 300).await.unwrap();
    for (turns, apart, lasting) in [
        (1, SECOND / 3_000, 334),
        (30_000, SECOND / 300_000, 99_990),
        (7, SECOND / 7, 1_000_000),
    ] {
        let before = next_at().await;
        database.reserve("mail", turns, apart).await.unwrap();
        assert_eq!(next_at().await - before, lasting, "{turns} turns");
    }
}

pub(super) async fn a_clock_that_was_set_back_holds_nobody_up(home: &Home) {
    let database = home.open().await;
    database.reserve("mail", 1, SECOND).await.unwrap();
    query("UPDATE pace SET next_at = next_at + 3600000000")
        .execute(&database.pool)
        .await
        .unwrap();
    assert_eq!(database.reserve("mail", 1, SECOND).await.unwrap(), Duration::ZERO);
    let next = database.reserve("mail", 1, SECOND).await.unwrap();
    assert!(next > Duration::ZERO && next <= SECOND, "{next:?}");
}

pub(super) async fn turns_that_cannot_be_reserved_are_an_error(home: &Home) {
    let database = home.open().await;
    query("DROP TABLE pace").execute(&database.pool).await.unwrap();
    let error = database.reserve("mail", 1, SECOND).await.unwrap_err();
    assert_eq!(error.kind(), "database.query");
    assert!(
        error.to_string().contains("reserving turns to send mails"),
        "{error}"
    );
}
