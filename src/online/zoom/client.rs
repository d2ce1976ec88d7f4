//! The provider Zoom: the operations of the port as requests to the meeting API.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::api::{Api, Failure, segment};
use super::oauth::Oauth;
use super::refusal::Task;
use super::source::TokenSource;
use super::wire::{ListedMeeting, MeetingAnswer, MeetingBody, MeetingList};
use super::{MeetingSettings, Mode, TokenStore, ZoomError, ZoomSettings, describe, scopes};
use crate::clock::Clock;
use crate::fault::chain;
use crate::http;
use crate::meeting::{JoinUrl, Meeting, OnlineLocation, Person, PersonKind};
use crate::online::{
    Liveness, OnlineError, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, OnlineUsers, Outcome,
    Search,
};

/// The online location of meetings at Zoom.
pub const LOCATION: OnlineLocation = OnlineLocation::from_static("zoom");
/// The scope that one of a user's roles must have for a push on behalf of the user. EspoCRM's integration has the same
/// name for it.
pub const SCOPE: &str = "Zoom Meetings";
/// Zoom cuts agendas in lists after this many characters.
const AGENDA_IN_LISTS: usize = 250;
/// The most pages of a user's meetings that are searched. A page has 300 meetings.
const PAGES: usize = 20;

/// Zoom as a provider of online meetings, over the organization's one connection.
pub struct ZoomClient {
    pub(super) api: Api,
    pub(super) oauth: Arc<Oauth>,
    pub(super) store: Arc<dyn TokenStore>,
    users: Option<Arc<dyn OnlineUsers>>,
    mode: Mode,
    meeting: MeetingSettings,
    clock: Clock,
}

impl fmt::Debug for ZoomClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZoomClient")
            .field("mode", &self.mode)
            .field("oauth", &self.oauth)
            .finish_non_exhaustive()
    }
}

impl ZoomClient {
    /// A client. It sends nothing yet, and does not read the store. To describe meetings it needs to know its users,
    /// see [`with_users`](Self::with_users).
    ///
    /// # Errors
    /// [`ZoomError::InvalidSettings`], see [`ZoomSettings::check`].
    pub fn new(settings: ZoomSettings, store: Arc<dyn TokenStore>) -> Result<Self, ZoomError> {
        settings.check()?;
        let http = http::client(settings.timeout, settings.is_local()).map_err(|e| ZoomError::Internal {
            doing: "preparing the connection to Zoom".to_owned(),
            reason: chain(&e),
        })?;
        let oauth = Arc::new(Oauth::new(&settings, http.clone()));
        let tokens = TokenSource::new(&settings, Arc::clone(&oauth), Arc::clone(&store));
        Ok(Self {
            api: Api::new(&settings, http, tokens),
            oauth,
            store,
            users: None,
            mode: settings.mode,
            meeting: settings.meeting,
            clock: settings.clock,
        })
    }

    /// Sets the store of the users who may have meetings at Zoom. Without it, no user may.
    #[must_use]
    pub fn with_users(mut self, users: Arc<dyn OnlineUsers>) -> Self {
        self.users = Some(users);
        self
    }

    /// The set of credentials that the client uses.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    async fn granted(&self, task: Task<'_>, scope: &str) -> Result<bool, Failure> {
        let access = self.api.tokens.access(&task.doing()).await;
        Ok(scopes::includes(
            &access.map_err(Failure::not_done)?.scopes,
            scope,
        ))
    }

    async fn show(&self, task: Task<'_>, id: &str) -> Result<MeetingAnswer, Failure> {
        self.api.get(task, format!("/meetings/{}", segment(id))).await
    }
}

/// A meeting from Zoom's answer.
fn online_meeting(task: Task<'_>, answer: MeetingAnswer) -> Result<OnlineMeeting, ZoomError> {
    let join_url = join_url(task, answer.join_url)?;
    Ok(OnlineMeeting {
        id: OnlineMeetingId(answer.id),
        join_url,
        passcode: answer.password.filter(|passcode| !passcode.is_empty()),
    })
}

fn join_url(task: Task<'_>, text: String) -> Result<JoinUrl, ZoomError> {
    JoinUrl::new(text).map_err(|e| ZoomError::UnreadableAnswer {
        doing: task.doing(),
        status: 200,
        reason: format!("its join_url cannot be used: {}", e.reason),
    })
}

/// Whether a time in Zoom's form is this instant. Zoom may cut the seconds.
fn is_at(text: Option<&str>, start: DateTime<Utc>) -> bool {
    text.and_then(|text| text.parse::<DateTime<Utc>>().ok())
        .is_some_and(|at| (at - start).abs() < TimeDelta::minutes(1))
}

#[async_trait]
impl OnlineMeetings for ZoomClient {
    fn location(&self) -> OnlineLocation {
        LOCATION
    }

    fn name(&self) -> &str {
        "Zoom"
    }

    fn required_scope(&self) -> Option<&str> {
        Some(SCOPE)
    }

    /// People type the id into the Zoom app, or on the telephone.
    fn shows_id(&self) -> bool {
        true
    }

    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError> {
        let user = match &self.users {
            Some(users) if host.reference.kind == PersonKind::User => {
                let user = users.online_user(LOCATION, &host.reference.id).await;
                user.map_err(|e| OnlineError::new(Outcome::NotDone, e))?
            }
            _ => None,
        };
        describe::describe(meeting, host, user.as_ref(), &self.meeting)
            .map_err(|e| OnlineError::new(Outcome::NotDone, e))
    }

    /// The marker becomes the last line of the agenda, `Ref. …`. It is not part of the spec.
    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError> {
        let task = Task::Create(&spec.host);
        let body = MeetingBody::creation(spec, marker);
        let path = format!("/users/{}/meetings", segment(&spec.host));
        let answer: MeetingAnswer = self.api.post(task, path, &body).await?;
        if answer.start_time.is_some() && !is_at(answer.start_time.as_deref(), spec.start) {
            tracing::warn!(
                id = answer.id,
                told = %spec.start,
                answered = answer.start_time,
                "Zoom made the meeting with another start"
            );
        }
        online_meeting(task, answer).map_err(|e| OnlineError::new(Outcome::Unknown, e))
    }

    /// A start in the past is not sent, because Zoom would ignore it and report success.
    async fn update(
        &self,
        id: &OnlineMeetingId,
        told: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        marker: &str,
    ) -> Result<(), OnlineError> {
        let now = self.clock.now();
        if told.is_none_or(|told| told.start != spec.start) && spec.start <= now {
            tracing::warn!(%id, start = %spec.start, "Zoom does not move a meeting into the past; its start stays");
        }
        let body = MeetingBody::change(told, spec, marker, now);
        let path = format!("/meetings/{}", segment(&id.0));
        Ok(self.api.patch(Task::Update(&id.0), path, &body).await?)
    }

    /// Zoom sends no mails about the deletion. A meeting that has ended by itself also counts as deleted.
    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError> {
        let path = format!(
            "/meetings/{}?schedule_for_reminder=false&cancel_meeting_reminder=false",
            segment(&id.0)
        );
        match self.api.delete(Task::Delete(&id.0), path).await {
            Err(failure) if failure.outcome == Outcome::Gone => {
                tracing::info!(%id, "the Zoom meeting to delete was gone already");
                Ok(())
            }
            Err(failure) if matches!(*failure.error, ZoomError::MeetingEnded { .. }) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Reads the meeting if the connection has `meeting:read:meeting:admin`. Otherwise it sends the meeting its present
    /// topic, which counts among the host's 100 updates of the day.
    async fn check(&self, id: &OnlineMeetingId, told: &OnlineSpec) -> Result<Liveness, OnlineError> {
        let task = Task::Check(&id.0);
        let seen = if self.granted(task, scopes::READ).await? {
            self.show(task, &id.0)
                .await
                .and_then(|answer| join_url(task, answer.join_url).map_err(Failure::not_done))
                .map(Some)
        } else {
            let path = format!("/meetings/{}", segment(&id.0));
            self.api
                .patch(task, path, &MeetingBody::unchanged(told))
                .await
                .map(|()| None)
        };
        match seen {
            Ok(join_url) => Ok(Liveness::Alive(join_url)),
            Err(failure) if failure.outcome == Outcome::Gone => Ok(Liveness::Gone),
            Err(failure) if matches!(*failure.error, ZoomError::MeetingRunning { .. }) => {
                Ok(Liveness::Alive(None))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Searches the host's meetings that begin at the same minute, if the connection has
    /// `meeting:read:list_meetings:admin`. Zoom cuts long agendas in lists; such a meeting is read by itself with
    /// `meeting:read:meeting:admin`. Without that scope, the result is [`Search::CannotLook`].
    async fn find(&self, spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError> {
        let task = Task::List(&spec.host);
        if !self.granted(task, scopes::LIST).await? {
            return Ok(Search::CannotLook);
        }
        let may_read = self.granted(task, scopes::READ).await?;
        let mut undecided = false;
        let mut next_page = String::new();
        for _ in 0..PAGES {
            let mut path = format!(
                "/users/{}/meetings?type=scheduled&page_size=300",
                segment(&spec.host)
            );
            if !next_page.is_empty() {
                path.push_str(&format!("&next_page_token={}", segment(&next_page)));
            }
            let page: MeetingList = self.api.get(task, path).await?;
            for listed in page.meetings {
                if !is_at(listed.start_time.as_deref(), spec.start) {
                    continue;
                }
                match self.recognise(listed, marker, may_read).await? {
                    Recognised::Yes(meeting) => return Ok(Search::Found(meeting)),
                    Recognised::No => {}
                    Recognised::Undecided => undecided = true,
                }
            }
            next_page = page.next_page_token.unwrap_or_default();
            if next_page.is_empty() {
                return Ok(if undecided {
                    Search::CannotLook
                } else {
                    Search::NotThere
                });
            }
        }
        Ok(Search::CannotLook)
    }
}

enum Recognised {
    Yes(OnlineMeeting),
    No,
    Undecided,
}

impl ZoomClient {
    async fn recognise(
        &self,
        listed: ListedMeeting,
        marker: &str,
        may_read: bool,
    ) -> Result<Recognised, OnlineError> {
        let task = Task::Check(&listed.id);
        if may_read {
            let answer = match self.show(task, &listed.id).await {
                Err(failure) if failure.outcome == Outcome::Gone => return Ok(Recognised::No),
                answer => answer?,
            };
            if !describe::has_marker(answer.agenda.as_deref().unwrap_or_default(), marker) {
                return Ok(Recognised::No);
            }
            let meeting = online_meeting(task, answer).map_err(Failure::not_done)?;
            return Ok(Recognised::Yes(meeting));
        }
        let agenda = listed.agenda.as_deref().unwrap_or_default();
        if !describe::has_marker(agenda, marker) {
            let cut = agenda.chars().count() >= AGENDA_IN_LISTS;
            return Ok(if cut {
                Recognised::Undecided
            } else {
                Recognised::No
            });
        }
        let Some(text) = listed.join_url.clone() else {
            return Ok(Recognised::Undecided);
        };
        Ok(Recognised::Yes(OnlineMeeting {
            join_url: join_url(task, text).map_err(Failure::not_done)?,
            id: OnlineMeetingId(listed.id.clone()),
            passcode: None,
        }))
    }
}
