//! Rate limits: per second, per account and day, per host and day.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::answer::Refusal;
use super::meeting::wire_time;
use super::{LimitHeaders, Operation, RateLimit, ZoomWorld};

/// The counts against the limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counters {
    /// Creations and updates, by the host's user id.
    hosts: BTreeMap<String, DayCount>,
    /// Calls, by account.
    accounts: BTreeMap<String, DayCount>,
    /// The calls of the last second, by account.
    recent: BTreeMap<String, Vec<DateTime<Utc>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct DayCount {
    day: NaiveDate,
    used: u32,
}

impl DayCount {
    fn on(self, day: NaiveDate) -> u32 {
        if self.day == day { self.used } else { 0 }
    }
}

impl Counters {
    pub(super) fn host_used(&self, host_id: &str, now: DateTime<Utc>) -> u32 {
        self.hosts
            .get(host_id)
            .map_or(0, |count| count.on(now.date_naive()))
    }

    fn account_used(&self, account_id: &str, now: DateTime<Utc>) -> u32 {
        self.accounts
            .get(account_id)
            .map_or(0, |count| count.on(now.date_naive()))
    }
}

impl ZoomWorld {
    /// Counts a call of an account, or refuses it if the limit is reached.
    pub(super) fn count_call(&mut self, account_id: &str) -> Result<(), Refusal> {
        let now = self.now();
        if let Some(limit) = self.rules.per_second_limit {
            let recent = self.counters.recent.entry(account_id.to_owned()).or_default();
            recent.retain(|at| now - *at < TimeDelta::seconds(1) && *at <= now);
            if recent.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                let code = self.rules.per_second_code;
                return Err(refusal(RateLimit::PerSecond { code }, now));
            }
            recent.push(now);
        }
        if let Some(limit) = self.rules.account_daily_limit {
            let used = self.counters.account_used(account_id, now);
            if used >= limit {
                return Err(refusal(RateLimit::AccountDaily, now));
            }
            let count = DayCount {
                day: now.date_naive(),
                used: used + 1,
            };
            self.counters.accounts.insert(account_id.to_owned(), count);
        }
        Ok(())
    }

    /// Counts a creation or update of a host, or refuses it if the limit is reached.
    pub(super) fn count_change(&mut self, host_id: &str) -> Result<(), Refusal> {
        let now = self.now();
        let used = self.counters.host_used(host_id, now);
        if used >= self.rules.host_daily_limit {
            return Err(host_daily(self.rules.host_daily_limit));
        }
        let count = DayCount {
            day: now.date_naive(),
            used: used + 1,
        };
        self.counters.hosts.insert(host_id.to_owned(), count);
        Ok(())
    }

    /// The rate limit headers of an answer to a permitted call.
    pub(super) fn limit_headers(&self, operation: Operation, account_id: &str) -> Vec<(String, String)> {
        let header = |name: &str, value: String| (name.to_owned(), value);
        let category = match operation {
            Operation::CreateMeeting | Operation::ListMeetings => "Medium",
            _ => "Light",
        };
        let mut headers = Vec::new();
        if self.rules.limit_headers != LimitHeaders::None {
            headers.push(header("X-RateLimit-Category", category.to_owned()));
        }
        if self.rules.limit_headers == LimitHeaders::Full {
            let limit = self.rules.account_daily_limit.unwrap_or(6000);
            let used = self.counters.account_used(account_id, self.now());
            headers.push(header("X-RateLimit-Type", "Daily-limit".to_owned()));
            headers.push(header("X-RateLimit-Limit", limit.to_string()));
            headers.push(header(
                "X-RateLimit-Remaining",
                limit.saturating_sub(used).to_string(),
            ));
        }
        headers
    }
}

/// The answer to a call over a limit.
pub(super) fn refusal(limit: RateLimit, now: DateTime<Utc>) -> Refusal {
    const PER_SECOND: &str =
        "You have reached the maximum per-second rate limit for this API. Try again later.";
    match limit {
        RateLimit::PerSecond { code } => {
            Refusal::new(429, code, PER_SECOND).with_header("X-RateLimit-Type", "QPS")
        }
        RateLimit::RetryAfter { seconds } => Refusal::new(429, 429, PER_SECOND)
            .with_header("X-RateLimit-Type", "QPS")
            .with_header("Retry-After", seconds.to_string()),
        RateLimit::AccountDaily => Refusal::new(
            429,
            429,
            "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.",
        )
        .with_header("X-RateLimit-Category", "Heavy")
        .with_header("X-RateLimit-Type", "Daily-limit")
        .with_header("X-RateLimit-Limit", "30000")
        .with_header("X-RateLimit-Remaining", "0")
        .with_header("Retry-After", wire_time(next_midnight(now))),
        RateLimit::HostDaily => host_daily(100),
        RateLimit::Concurrent => Refusal::new(
            429,
            429,
            "Too many concurrent requests. Try again later.",
        ),
        RateLimit::Status300 => Refusal {
            status: 300,
            ..host_daily(100)
        },
    }
}

fn host_daily(limit: u32) -> Refusal {
    Refusal::new(
        429,
        429,
        format!(
            "You have exceeded the daily rate limit ({limit}) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00."
        ),
    )
    .with_header("X-RateLimit-Category", "Light")
    .with_header("X-RateLimit-Limit", "6000")
    .with_header("X-RateLimit-Remaining", "5893")
}

fn next_midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1));
    tomorrow.map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc())
}
