//! A provider that answers what it is told: for what the embedded Zoom cannot be made to do.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use invite::fault::{Class, Fault};
use invite::meeting::{JoinUrl, Meeting, OnlineLocation, Person};
use invite::online::zoom::LOCATION;
use invite::online::{
    Liveness, OnlineError, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, Outcome, Search,
};

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Ordered(pub(crate) &'static str);

impl Fault for Ordered {
    fn kind(&self) -> &'static str {
        "test.ordered"
    }

    fn class(&self) -> Class {
        Class::Unavailable
    }
}

pub(crate) fn error(outcome: Outcome, words: &'static str) -> OnlineError {
    OnlineError::new(outcome, Ordered(words))
}

/// What `update` was told: what was said before, and the new topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) before: Option<String>,
    pub(crate) now: String,
}

/// Creates meetings with rising numbers; updates fare as ordered.
#[derive(Debug, Default)]
pub(crate) struct ScriptedProvider {
    made: Mutex<u32>,
    pub(crate) updates: Mutex<VecDeque<Outcome>>,
    pub(crate) told: Mutex<Vec<Told>>,
    pub(crate) liveness: Mutex<VecDeque<Result<Liveness, Outcome>>>,
}

pub(crate) fn meeting(number: u32) -> OnlineMeeting {
    OnlineMeeting {
        id: OnlineMeetingId(number.to_string()),
        join_url: JoinUrl::new(format!("https://meet.example/{number}")).unwrap(),
        passcode: Some(format!("pass-{number}")),
    }
}

#[async_trait]
impl OnlineMeetings for ScriptedProvider {
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
        let (start, _) = meeting.when.span(&meeting.time_zone);
        Ok(OnlineSpec {
            host: host.reference.to_string(),
            topic: meeting.name().to_owned(),
            agenda: String::new(),
            start,
            duration: 45,
            time_zone: "UTC".to_owned(),
            settings: serde_json::Map::new(),
        })
    }

    async fn create(&self, _: &OnlineSpec, _: &str) -> Result<OnlineMeeting, OnlineError> {
        let mut made = self.made.lock().unwrap();
        *made += 1;
        Ok(meeting(*made))
    }

    async fn update(
        &self,
        _: &OnlineMeetingId,
        told: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        _: &str,
    ) -> Result<(), OnlineError> {
        self.told.lock().unwrap().push(Told {
            before: told.map(|told| told.topic.clone()),
            now: spec.topic.clone(),
        });
        match self.updates.lock().unwrap().pop_front() {
            None => Ok(()),
            Some(outcome) => Err(error(outcome, "the update failed as ordered")),
        }
    }

    async fn delete(&self, _: &OnlineMeetingId) -> Result<(), OnlineError> {
        Ok(())
    }

    async fn check(&self, _: &OnlineMeetingId, _: &OnlineSpec) -> Result<Liveness, OnlineError> {
        let ordered = self.liveness.lock().unwrap().pop_front();
        ordered
            .unwrap_or(Ok(Liveness::Alive(None)))
            .map_err(|outcome| error(outcome, "the check failed as ordered"))
    }

    async fn find(&self, _: &OnlineSpec, _: &str) -> Result<Search, OnlineError> {
        Ok(Search::NotThere)
    }
}
