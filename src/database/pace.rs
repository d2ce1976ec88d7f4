//! Turns to send, given out to all processes that share a database: the port [`Pacing`].

use std::time::Duration;

use async_trait::async_trait;

use super::sql::query_in_words;
use super::{Database, DatabaseError};
use crate::fault::BoxFault;
use crate::mail::Pacing;

/// No turn is given farther ahead than this. If the table has a later one, the clock was set back since.
const FARTHEST: Duration = Duration::from_secs(600);

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX)
}

impl Database {
    async fn take_turns(&self, server: &str, turns: u32, apart: Duration) -> Result<Duration, DatabaseError> {
        let doing = "reserving turns to send mails";
        let lasting = micros(apart.saturating_mul(turns));
        let mut tx = self.write_rows(doing).await?;
        // The time counts at which this transaction writes. A server reads its own clock, to the microsecond: two clocks
        // differ by more than turns do, also once they were compared.
        let dialect = self.pool.dialect();
        let now = dialect.micros_now().unwrap_or("$4");
        let mut reserve = query_in_words(format!(
            "INSERT INTO pace (server, next_at) VALUES ($1, {now} + $2)
             ON CONFLICT (server) DO UPDATE SET next_at = $2 +
                 CASE WHEN pace.next_at BETWEEN {now} AND {now} + $3 THEN pace.next_at ELSE {now} END
             RETURNING next_at - {now}"
        ))
        .bind(server)
        .bind(lasting)
        .bind(micros(FARTHEST));
        if dialect.micros_now().is_none() {
            reserve = reserve.bind(self.clock.now_in_micros());
        }
        let row = reserve.fetch_one(&mut tx).await.map_err(self.explain(doing))?;
        let until: i64 = row.only().map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        let first = u64::try_from(until.saturating_sub(lasting)).unwrap_or(0);
        Ok(Duration::from_micros(first))
    }
}

#[async_trait]
impl Pacing for Database {
    async fn reserve(&self, server: &str, turns: u32, apart: Duration) -> Result<Duration, BoxFault> {
        Ok(self.take_turns(server, turns, apart).await?)
    }
}
