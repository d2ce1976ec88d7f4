//! A provider in memory that keeps what it is told, loses meetings and tokens when it is told to, and remembers what was
//! alive when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use invite::meeting::{JoinUrl, Meeting, OnlineLocation, Person};
use invite::online::zoom::LOCATION;
use invite::online::{
    Liveness, OnlineError, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, Outcome, Search,
};

use super::hours::Hours;
use crate::scripted_provider::error;

/// For how long a provider's word is good enough to mail a link.
const SEEN_LATELY: TimeDelta = TimeDelta::minutes(10);

#[derive(Debug)]
struct Made {
    spec: OnlineSpec,
    marker: String,
    is_alive: bool,
    /// When anybody last heard that it is there.
    seen_at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct Account {
    made: BTreeMap<u32, Made>,
    has_lost_token: bool,
}

/// The provider. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Zoom {
    account: Arc<Mutex<Account>>,
    hours: Hours,
    /// The number before that of its first meeting: lives that share a database share no online meeting.
    base: u32,
}

/// How many online meetings a life can have.
const MOST_MADE: u32 = 1000;

fn join_url(number: u32) -> String {
    format!("https://zoom.example/j/{number}")
}

fn answer(number: u32) -> OnlineMeeting {
    OnlineMeeting {
        id: OnlineMeetingId(number.to_string()),
        join_url: JoinUrl::new(join_url(number)).unwrap(),
        passcode: None,
    }
}

impl Zoom {
    /// The provider of the life with this number.
    pub(crate) fn new(hours: &Hours, life: u32) -> Self {
        Self {
            account: Arc::default(),
            hours: hours.clone(),
            base: life * MOST_MADE,
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap()
    }

    /// Somebody deletes all meetings by hand.
    pub(crate) fn lose_meetings(&self) {
        self.account()
            .made
            .values_mut()
            .for_each(|made| made.is_alive = false);
    }

    pub(crate) fn lose_token(&self, lost: bool) {
        self.account().has_lost_token = lost;
    }

    /// What is wrong with mailing this link now, for a meeting of this name and start.
    pub(crate) fn against(&self, link: &str, name: &str, start: &str) -> Option<String> {
        let account = self.account();
        let number: u32 = link.strip_prefix("https://zoom.example/j/")?.parse().ok()?;
        let made = account.made.get(&number)?;
        if !made.is_alive {
            let is_old = self.hours.now() - made.seen_at > SEEN_LATELY;
            return is_old.then(|| format!("{link} is dead"));
        }
        let told = made.spec.start.format("%Y%m%dT%H%M%SZ").to_string();
        let in_sync = made.spec.topic == name && told == start;
        (!in_sync).then(|| format!("{link} was told {:?} at {told}", made.spec.topic))
    }

    fn permit(&self) -> Result<MutexGuard<'_, Account>, OnlineError> {
        let account = self.account();
        if account.has_lost_token {
            return Err(error(Outcome::NotDone, "the grant is gone"));
        }
        Ok(account)
    }

    fn number(id: &OnlineMeetingId) -> u32 {
        id.0.parse().unwrap()
    }
}

#[async_trait]
impl OnlineMeetings for Zoom {
    fn location(&self) -> OnlineLocation {
        LOCATION
    }

    fn name(&self) -> &str {
        "Zoom"
    }

    fn required_scope(&self) -> Option<&str> {
        None
    }

    fn shows_id(&self) -> bool {
        true
    }

    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError> {
        let (start, end) = meeting.when.span(&meeting.time_zone);
        Ok(OnlineSpec {
            host: host.reference.to_string(),
            topic: meeting.name().to_owned(),
            agenda: String::new(),
            start,
            duration: (end - start).num_minutes().try_into().unwrap(),
            time_zone: "UTC".to_owned(),
            settings: serde_json::Map::new(),
        })
    }

    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError> {
        let seen_at = self.hours.now();
        let mut account = self.permit()?;
        let number = self.base + 1 + u32::try_from(account.made.len()).unwrap();
        let made = Made {
            spec: spec.clone(),
            marker: marker.to_owned(),
            is_alive: true,
            seen_at,
        };
        account.made.insert(number, made);
        Ok(answer(number))
    }

    async fn update(
        &self,
        id: &OnlineMeetingId,
        _: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        _: &str,
    ) -> Result<(), OnlineError> {
        let now = self.hours.now();
        let mut account = self.permit()?;
        match account
            .made
            .get_mut(&Self::number(id))
            .filter(|made| made.is_alive)
        {
            Some(made) => {
                made.spec = spec.clone();
                made.seen_at = now;
                Ok(())
            }
            None => Err(error(Outcome::Gone, "there is no such meeting")),
        }
    }

    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError> {
        let mut account = self.permit()?;
        if let Some(made) = account.made.get_mut(&Self::number(id)) {
            made.is_alive = false;
        }
        Ok(())
    }

    async fn check(&self, id: &OnlineMeetingId, _: &OnlineSpec) -> Result<Liveness, OnlineError> {
        let now = self.hours.now();
        let mut account = self.permit()?;
        match account
            .made
            .get_mut(&Self::number(id))
            .filter(|made| made.is_alive)
        {
            Some(made) => {
                made.seen_at = now;
                Ok(Liveness::Alive(None))
            }
            None => Ok(Liveness::Gone),
        }
    }

    async fn find(&self, _: &OnlineSpec, marker: &str) -> Result<Search, OnlineError> {
        let account = self.permit()?;
        let mut made = account.made.iter();
        let found = made.find(|(_, made)| made.is_alive && made.marker == marker);
        Ok(found.map_or(Search::NotThere, |(number, _)| Search::Found(answer(*number))))
    }
}
