//! A store that keeps grants in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Grant, LastRequests, Loss, RefreshLease, RefreshLock, Replaced, StoredGrant, TokenKey, TokenStore,
};
use crate::clock::Clock;
use crate::fault::BoxFault;
use crate::lease::Holder;

/// Grants in the memory of one process. They are lost when the process ends. For tests, and for Server-to-Server apps
/// in a single process.
#[derive(Debug, Default)]
pub struct MemoryTokens {
    rows: Mutex<HashMap<TokenKey, Row>>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Row {
    stored: Option<StoredGrant>,
    lease: Option<(Holder, DateTime<Utc>)>,
    last: LastRequests,
}

impl Row {
    fn version(&self) -> Option<Uuid> {
        self.stored.as_ref().map(|stored| stored.version)
    }

    fn end(&mut self, holder: &Holder) {
        if self.lease.as_ref().is_some_and(|(current, _)| current == holder) {
            self.lease = None;
        }
    }
}

impl MemoryTokens {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same store, with a clock that times its leases.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<TokenKey, Row>> {
        // No code here panics in the middle of a change.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stored(grant: &Grant) -> StoredGrant {
    StoredGrant {
        grant: grant.clone(),
        version: Uuid::new_v4(),
        lost: None,
    }
}

#[async_trait]
impl TokenStore for MemoryTokens {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredGrant>, BoxFault> {
        Ok(self.rows().get(key).and_then(|row| row.stored.clone()))
    }

    async fn put(&self, key: &TokenKey, grant: &Grant) -> Result<(), BoxFault> {
        self.rows().entry(key.clone()).or_default().stored = Some(stored(grant));
        Ok(())
    }

    async fn lock_refresh(&self, key: &TokenKey, lasting: Duration) -> Result<RefreshLock, BoxFault> {
        let now = self.clock.now();
        let mut rows = self.rows();
        let row = rows.entry(key.clone()).or_default();
        if let Some((_, until)) = row.lease
            && until > now
        {
            return Ok(RefreshLock::Busy(until));
        }
        let holder = Holder::new();
        row.lease = Some((holder.clone(), now + lasting));
        let lease = RefreshLease {
            key: key.clone(),
            holder,
            version: row.version(),
        };
        Ok(RefreshLock::Ours(lease, row.stored.clone()))
    }

    async fn replace(&self, lease: &RefreshLease, grant: &Grant) -> Result<Replaced, BoxFault> {
        let mut rows = self.rows();
        let row = rows.entry(lease.key.clone()).or_default();
        row.end(&lease.holder);
        if row.version() != lease.version {
            return Ok(Replaced::Superseded);
        }
        let successor = stored(grant);
        let version = successor.version;
        row.stored = Some(successor);
        Ok(Replaced::Kept(version))
    }

    async fn mark_lost(&self, lease: &RefreshLease, reason: &str) -> Result<bool, BoxFault> {
        let mut rows = self.rows();
        let row = rows.entry(lease.key.clone()).or_default();
        row.end(&lease.holder);
        match &mut row.stored {
            Some(stored) if Some(stored.version) == lease.version => {
                stored.lost = Some(Loss {
                    reason: reason.to_owned(),
                    at: self.clock.now(),
                });
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn release(&self, lease: &RefreshLease) -> Result<(), BoxFault> {
        if let Some(row) = self.rows().get_mut(&lease.key) {
            row.end(&lease.holder);
        }
        Ok(())
    }

    async fn forget(&self, key: &TokenKey) -> Result<(), BoxFault> {
        if let Some(row) = self.rows().get_mut(key) {
            row.stored = None;
        }
        Ok(())
    }

    async fn record_request(
        &self,
        key: &TokenKey,
        at: DateTime<Utc>,
        error: Option<&str>,
    ) -> Result<(), BoxFault> {
        let mut rows = self.rows();
        let last = &mut rows.entry(key.clone()).or_default().last;
        match error {
            None => last.success = Some(at),
            Some(message) => last.error = Some((at, message.to_owned())),
        }
        Ok(())
    }

    async fn last_requests(&self, key: &TokenKey) -> Result<LastRequests, BoxFault> {
        Ok(self
            .rows()
            .get(key)
            .map(|row| row.last.clone())
            .unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mode;
    use super::*;

    fn key() -> TokenKey {
        TokenKey {
            mode: Mode::Development,
            client_id: "id".into(),
        }
    }

    fn grant() -> Grant {
        Grant {
            access_token: "a".into(),
            refresh_token: None,
            expires_at: Utc::now(),
            scopes: vec![],
            api_url: None,
            obtained_at: Utc::now(),
        }
    }

    async fn lock(store: &MemoryTokens, lasting: Duration) -> RefreshLease {
        match store.lock_refresh(&key(), lasting).await.unwrap() {
            RefreshLock::Ours(lease, _) => lease,
            RefreshLock::Busy(until) => panic!("busy until {until}"),
        }
    }

    #[tokio::test]
    async fn one_holder_at_a_time_until_the_lease_runs_out() {
        let store = MemoryTokens::new();
        let lease = lock(&store, Duration::from_secs(60)).await;
        let second = store.lock_refresh(&key(), Duration::ZERO).await.unwrap();
        assert!(matches!(second, RefreshLock::Busy(_)));
        store.release(&lease).await.unwrap();
        let overrun = lock(&store, Duration::ZERO).await;
        let taken_over = lock(&store, Duration::from_secs(60)).await;
        store.release(&overrun).await.unwrap();
        let still = store.lock_refresh(&key(), Duration::ZERO).await.unwrap();
        assert!(
            matches!(still, RefreshLock::Busy(_)),
            "the overrun lease ended its successor's"
        );
        assert_ne!(overrun.holder, taken_over.holder);
    }

    #[tokio::test]
    async fn a_lease_runs_out_when_the_clock_is_moved() {
        let clock = Clock::manual("2031-07-01T10:00:00Z".parse().unwrap());
        let store = MemoryTokens::new().with_clock(clock.clone());
        lock(&store, Duration::from_secs(60)).await;
        clock.advance(chrono::TimeDelta::seconds(59));
        let early = store.lock_refresh(&key(), Duration::ZERO).await.unwrap();
        assert!(matches!(early, RefreshLock::Busy(_)));
        clock.advance(chrono::TimeDelta::seconds(1));
        lock(&store, Duration::from_secs(60)).await;
    }

    #[tokio::test]
    async fn the_only_living_pair_is_kept_and_an_older_one_is_not() {
        let store = MemoryTokens::new();
        store.put(&key(), &grant()).await.unwrap();
        let slow = lock(&store, Duration::ZERO).await;
        let fast = lock(&store, Duration::from_secs(60)).await;
        assert!(store.mark_lost(&fast, "refused").await.unwrap());
        assert!(matches!(
            store.replace(&slow, &grant()).await.unwrap(),
            Replaced::Kept(_)
        ));
        assert!(store.load(&key()).await.unwrap().unwrap().lost.is_none());
        assert_eq!(
            store.replace(&fast, &grant()).await.unwrap(),
            Replaced::Superseded
        );
        assert!(!store.mark_lost(&fast, "refused").await.unwrap());
        let before_forgetting = lock(&store, Duration::ZERO).await;
        store.forget(&key()).await.unwrap();
        let late = store.replace(&before_forgetting, &grant()).await.unwrap();
        assert_eq!(late, Replaced::Superseded, "a forgotten grant came back");
    }
}
