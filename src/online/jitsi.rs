//! Jitsi Meet as a provider of online meetings. A room is a link on the organization's server, and exists as soon as
//! somebody opens it. The provider sends no requests over the network.

use async_trait::async_trait;
use chrono::DateTime;
use url::Url;

use super::{
    Liveness, OnlineError, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, Outcome, Search,
};
use crate::fault::{Act, Class, Fault, Remedy, Setting};
use crate::meeting::{InvalidJoinUrl, JoinUrl, Meeting, OnlineLocation, Person};

/// Rooms on one server.
///
/// The name of a room is the random marker of its creation. Nobody can guess it, and creating it twice gives the same
/// room.
#[derive(Debug, Clone)]
pub struct Jitsi {
    server: Url,
}

/// The error for a server address that no link to a room can be made from.
#[derive(Debug, thiserror::Error)]
#[error("a room on the Jitsi server {server} cannot be linked to")]
struct NoLink {
    server: Url,
    source: InvalidJoinUrl,
}

impl Fault for NoLink {
    fn kind(&self) -> &'static str {
        "jitsi.invalid_server"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            Remedy::says("correct ")
                .then(Act::Setting(Setting::JITSI))
                .and(": the https address that rooms are appended to"),
        )
    }
}

impl Jitsi {
    /// The online location of Jitsi rooms.
    pub const LOCATION: OnlineLocation = OnlineLocation::from_static("jitsi");

    /// Rooms on this server. The name of a room is appended to the address.
    #[must_use]
    pub fn new(server: Url) -> Self {
        Self { server }
    }

    fn room(&self, name: &str) -> Result<OnlineMeeting, OnlineError> {
        let link = format!("{}/{name}", self.server.as_str().trim_end_matches('/'));
        let join_url = JoinUrl::new(link).map_err(|source| {
            let server = self.server.clone();
            OnlineError::new(Outcome::NotDone, NoLink { server, source })
        })?;
        Ok(OnlineMeeting {
            id: OnlineMeetingId(name.to_owned()),
            join_url,
            passcode: None,
        })
    }
}

#[async_trait]
impl OnlineMeetings for Jitsi {
    fn location(&self) -> OnlineLocation {
        Self::LOCATION
    }

    fn name(&self) -> &str {
        "Jitsi"
    }

    fn required_scope(&self) -> Option<&str> {
        None
    }

    fn shows_id(&self) -> bool {
        false
    }

    /// A Jitsi server knows nothing of a meeting but its room. So only another server is a change.
    async fn describe(&self, _meeting: &Meeting, _host: &Person) -> Result<OnlineSpec, OnlineError> {
        Ok(OnlineSpec {
            host: self.server.to_string(),
            topic: String::new(),
            agenda: String::new(),
            start: DateTime::UNIX_EPOCH,
            duration: 1,
            time_zone: "UTC".to_owned(),
            settings: serde_json::Map::new(),
        })
    }

    async fn create(&self, _spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError> {
        self.room(marker)
    }

    async fn update(
        &self,
        _id: &OnlineMeetingId,
        _told: Option<&OnlineSpec>,
        _spec: &OnlineSpec,
        _marker: &str,
    ) -> Result<(), OnlineError> {
        Ok(())
    }

    async fn delete(&self, _id: &OnlineMeetingId) -> Result<(), OnlineError> {
        Ok(())
    }

    async fn check(&self, _id: &OnlineMeetingId, _told: &OnlineSpec) -> Result<Liveness, OnlineError> {
        Ok(Liveness::Alive(None))
    }

    async fn find(&self, _spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError> {
        Ok(Search::Found(self.room(marker)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_room_made_twice_is_the_same_room() {
        let jitsi = Jitsi::new("https://meet.acme.example/rooms/".parse().unwrap());
        let ana = Person::new("user:ana".parse().unwrap(), "Ana", None);
        let when =
            crate::meeting::When::all_day("2026-12-03".parse().unwrap(), "2026-12-03".parse().unwrap());
        let meeting = Meeting::new(
            "m".parse().unwrap(),
            "M",
            when.unwrap(),
            crate::meeting::Zone::utc(),
        )
        .unwrap();
        let spec = jitsi.describe(&meeting, &ana).await.unwrap();
        let room = jitsi.create(&spec, "0f3c").await.unwrap();
        assert_eq!(room.join_url.as_str(), "https://meet.acme.example/rooms/0f3c");
        assert_eq!(jitsi.find(&spec, "0f3c").await.unwrap(), Search::Found(room));
        let plain = Jitsi::new("http://meet.acme.example".parse().unwrap());
        assert_eq!(
            plain.create(&spec, "0f3c").await.unwrap_err().class(),
            Class::Configuration
        );
    }
}
