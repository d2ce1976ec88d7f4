//! What every test plays on: a CRM with a meeting, a Zoom, a post office.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use invite::clock::Clock;
use invite::crm::{Editor as _, Records as _, import};
use invite::database::{Database, EncryptionKey, KeySource};
use invite::mail::Mailbox;
use invite::meeting::{Acceptance, Attendee, Meeting, MeetingId, When};
use invite::online::zoom::{
    Auth, Grant, Mode, RetryPolicy, TokenKey, TokenStore as _, ZoomClient, ZoomSettings,
};
use invite::online::{Begun, LinkStore as _, OnlineLink, PushLease, Replaced};
use invite::organization::Organization;
use invite::pipeline::{Pipeline, PipelineBuilder, PipelineError, RecipientState, SendOptions, SendReport};
use invite::sandbox::zoom::{
    EmbeddedZoom, MeetingRecord, Operation, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REDIRECT_URI,
    ZoomClient as AppClient, ZoomUser, ZoomWorld,
};
use invite::template::Templates;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::fuse::{Fuse, Fused};
use crate::post_office::PostOffice;

pub(crate) const LEE: &str = "lee@client.example";
pub(crate) const KIM: &str = "kim@kunde.example";
pub(crate) const MIKA: &str = "mika@lead.example";
/// Those whom the kick-off invites, in alphabetical order.
pub(crate) const INVITEES: [&str; 3] = [KIM, LEE, MIKA];

const RECORDS: &str = r#"{
  "roles": [{"id": "sales", "zoom_meetings": true, "meeting_edit": "own"},
            {"id": "lead", "zoom_meetings": true, "meeting_edit": "all"},
            {"id": "clerk", "zoom_meetings": false, "meeting_edit": "all"},
            {"id": "reader", "zoom_meetings": true, "meeting_edit": "no"}],
  "users": [{"id": "ana", "name": "Ana Núñez", "email": "ana@acme.example", "roles": ["sales"], "zoom": {"enabled": true}},
            {"id": "ben", "name": "Ben", "email": "ben@acme.example", "roles": ["sales"], "zoom": {"enabled": true}},
            {"id": "cleo", "name": "Cleo", "email": "cleo@acme.example", "roles": ["clerk"]},
            {"id": "rita", "name": "Rita", "email": "rita@acme.example", "roles": ["reader"]},
            {"id": "boss", "name": "Boss", "email": "boss@acme.example", "roles": ["lead"]}],
  "contacts": [{"id": "lee", "name": "Lee, Harper", "email": "lee@client.example", "time_zone": "America/New_York", "language": "en"},
               {"id": "lee2", "name": "Lee's Desk", "email": "Lee@client.example"},
               {"id": "kim", "name": "Kim", "email": "kim@kunde.example", "language": "de"},
               {"id": "mute", "name": "No Address"},
               {"id": "alias", "name": "Ana at home", "email": "ANA@acme.example"}],
  "leads": [{"id": "mika", "name": "Mika", "email": "mika@lead.example"}],
  "meetings": [{"id": "kickoff", "name": "Kick-off; phase 1", "online_location": "zoom",
                "start": "2036-12-01T09:00:00Z", "end": "2036-12-01T09:45:00Z", "time_zone": "Europe/Berlin",
                "description": "Agenda:\n- scope", "assigned_user": "ana",
                "attendees": [{"kind": "user", "id": "ana", "status": "Accepted"}, {"kind": "contact", "id": "lee"},
                              {"kind": "lead", "id": "mika"}, {"kind": "contact", "id": "kim"}]}]
}"#;

/// The records in a database file, made once.
static PRISTINE: OnceCell<Vec<u8>> = OnceCell::const_new();
static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

async fn open(path: &Path) -> Database {
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    Database::open(path, key).await.unwrap()
}

async fn make_pristine() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("invite.db");
    let database = open(&path).await;
    let records = import::read(RECORDS, "records.json").unwrap();
    database.import(&records, "records.json").await.unwrap();
    database.close().await;
    std::fs::read(path).unwrap()
}

pub(crate) fn kickoff() -> MeetingId {
    MeetingId::new("kickoff").unwrap()
}

/// On the day of the kick-off, from one time (`hh:mm`, UTC) to another.
pub(crate) fn on_the_day(start: &str, end: &str) -> When {
    let at = |time: &str| format!("2036-12-01T{time}:00Z").parse().unwrap();
    When::timed(at(start), at(end)).unwrap()
}

pub(crate) fn to(picks: &[&str]) -> SendOptions {
    SendOptions {
        to: picks.iter().map(|pick| pick.parse().unwrap()).collect(),
        ..SendOptions::default()
    }
}

pub(crate) fn resend() -> SendOptions {
    SendOptions {
        resend: true,
        ..SendOptions::default()
    }
}

/// The sandbox's world with Ben in it too.
pub(crate) fn world() -> ZoomWorld {
    let app = AppClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_read_scopes();
    ZoomWorld::sandbox()
        .with_client(app)
        .with_user(ZoomUser::licensed("ben@acme.example"))
}

/// The same, but the app may not look for meetings.
pub(crate) fn world_without_looking() -> ZoomWorld {
    world().with_client(AppClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET))
}

/// The real client, for this Zoom, with its grant in this database.
pub(crate) fn zoom_client(zoom: &EmbeddedZoom, database: &Database, clock: &Clock) -> Arc<ZoomClient> {
    let auth = Auth::AuthorizationCode {
        redirect_uri: SANDBOX_REDIRECT_URI.to_owned(),
    };
    let secret = SANDBOX_CLIENT_SECRET.into();
    let mut settings = ZoomSettings::new(Mode::Production, auth, SANDBOX_CLIENT_ID, secret).unwrap();
    settings.api_url = zoom.api_url().parse().unwrap();
    settings.oauth_url = zoom.oauth_url().parse().unwrap();
    settings.clock = clock.clone();
    settings.retry = RetryPolicy {
        first_pause: Duration::from_millis(1),
        limit_pause: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    let store = Arc::new(database.clone());
    let client = ZoomClient::new(settings, store.clone()).unwrap();
    Arc::new(client.with_users(store))
}

pub(crate) struct Stage {
    pub(crate) database: Database,
    pub(crate) zoom: EmbeddedZoom,
    pub(crate) post: PostOffice,
    /// What everything but Zoom goes by.
    pub(crate) clock: Clock,
    _dir: TempDir,
    /// Made once: to read the system's certificates takes longer than a whole send.
    client: Arc<ZoomClient>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(world(), 1).await
    }

    /// With a clock that stands still.
    pub(crate) async fn standing() -> Self {
        let whole_second = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
        Self::by(Clock::manual(whole_second), world(), 1).await
    }

    /// With this world at Zoom, and so many connections to the post office.
    pub(crate) async fn with(world: ZoomWorld, connections: usize) -> Self {
        Self::by(Clock::system(), world, connections).await
    }

    async fn by(clock: Clock, world: ZoomWorld, connections: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("invite.db");
        std::fs::write(&path, PRISTINE.get_or_init(make_pristine).await).unwrap();
        let database = open(&path).await.with_clock(clock.clone());
        let zoom = EmbeddedZoom::start(world).unwrap();
        let granted = zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
        let key = TokenKey {
            mode: Mode::Production,
            client_id: SANDBOX_CLIENT_ID.to_owned(),
        };
        let grant = Grant {
            access_token: granted.access_token.into(),
            refresh_token: granted.refresh_token.map(Into::into),
            expires_at: Utc::now() + TimeDelta::seconds(granted.expires_in.into()),
            scopes: granted.scope.split(' ').map(str::to_owned).collect(),
            api_url: None,
            obtained_at: Utc::now(),
        };
        database.put(&key, &grant).await.unwrap();
        let client = zoom_client(&zoom, &database, &clock);
        Self {
            database,
            zoom,
            post: PostOffice::new(connections),
            clock,
            _dir: dir,
            client,
        }
    }

    /// Another handle on the same file, as another process has it.
    pub(crate) async fn second_handle(&self) -> Database {
        open(self.database.name().as_ref())
            .await
            .with_clock(self.clock.clone())
    }

    pub(crate) fn zoom_client(&self) -> Arc<ZoomClient> {
        Arc::clone(&self.client)
    }

    /// A builder with everything but a provider.
    pub(crate) fn without_zoom(&self, database: &Database) -> PipelineBuilder {
        let mut organization = Organization::new("Acme");
        organization.site_url = Some("https://crm.acme.example/".parse().unwrap());
        let sender = Mailbox::new("Acme Meetings", "meetings@acme.example".parse().unwrap());
        Pipeline::builder(organization, sender)
            .crm(Arc::new(database.clone()))
            .database(database)
            .transport(Arc::new(self.post.clone()))
            .clock(self.clock.clone())
            .templates(TEMPLATES.clone())
    }

    pub(crate) fn builder(&self) -> PipelineBuilder {
        self.without_zoom(&self.database).online(self.zoom_client())
    }

    pub(crate) fn pipeline(&self) -> Pipeline {
        self.builder().build().unwrap()
    }

    pub(crate) async fn try_send(&self, options: &SendOptions) -> Result<SendReport, PipelineError> {
        self.pipeline().send(&kickoff(), options).await
    }

    pub(crate) async fn send_with(&self, options: &SendOptions) -> SendReport {
        self.try_send(options).await.unwrap()
    }

    pub(crate) async fn send(&self) -> SendReport {
        self.send_with(&SendOptions::default()).await
    }

    /// Sends as [`Stage::send`], and throws the letters away.
    pub(crate) async fn send_before_it_begins(&self) -> SendReport {
        let report = self.send().await;
        assert_eq!(report.failed + report.queued, 0, "{report:?}");
        self.post.empty();
        self.zoom.forget_requests();
        report
    }

    /// A send whose every call may be its last.
    pub(crate) async fn send_until(&self, fuse: &Arc<Fuse>) -> Option<Result<SendReport, PipelineError>> {
        let database = Arc::new(self.database.clone());
        let pipeline = self
            .without_zoom(&self.database)
            .crm(Fused::new(fuse, Arc::clone(&database)))
            .links(Fused::new(fuse, Arc::clone(&database)))
            .outbox(Fused::new(fuse, database))
            .online(Fused::new(fuse, self.zoom_client()))
            .transport(Fused::new(fuse, Arc::new(self.post.clone())))
            .build()
            .unwrap();
        fuse.run(pipeline.send(&kickoff(), &SendOptions::default())).await
    }

    pub(crate) async fn meeting(&self) -> Meeting {
        self.database.meeting(&kickoff()).await.unwrap().unwrap()
    }

    pub(crate) async fn join_url(&self) -> Option<String> {
        self.meeting().await.join_url.map(|url| url.as_str().to_owned())
    }

    pub(crate) async fn edit(&self, change: impl FnOnce(&mut Meeting) + Send) {
        let before = self.meeting().await;
        let mut after = before.clone();
        change(&mut after);
        self.database.change(&before, &after).await.unwrap();
    }

    pub(crate) async fn attendees(&self) -> Vec<Attendee> {
        let id = kickoff();
        let mut pages = self.database.attendees(&id);
        let mut attendees = Vec::new();
        while let Some(page) = pages.next().await {
            attendees.extend(page.unwrap().into_iter().map(|invitee| invitee.attendee));
        }
        attendees
    }

    /// Changes who is invited, and what they answered.
    pub(crate) async fn edit_attendees(&self, change: impl FnOnce(&mut Vec<Attendee>)) {
        let mut attendees = self.attendees().await;
        change(&mut attendees);
        let people: Vec<_> = attendees.iter().map(|attendee| attendee.person.clone()).collect();
        self.database.set_attendees(&kickoff(), &people).await.unwrap();
        let answers = attendees
            .into_iter()
            .map(|attendee| (attendee.person, attendee.status));
        let answers: Vec<_> = answers.collect();
        self.database.set_statuses(&kickoff(), &answers).await.unwrap();
    }

    pub(crate) async fn reschedule(&self) {
        self.edit(|meeting| meeting.when = on_the_day("11:00", "12:00"))
            .await;
    }

    /// Adds somebody to the attendees.
    pub(crate) async fn invite(&self, person: &str, status: Acceptance) {
        let person = person.parse().unwrap();
        self.edit_attendees(|attendees| attendees.push(Attendee { person, status }))
            .await;
    }

    pub(crate) async fn answer(&self, person: &str, status: Acceptance) {
        let person = person.parse().unwrap();
        self.database
            .set_statuses(&kickoff(), &[(person, status)])
            .await
            .unwrap();
    }

    /// The one meeting at Zoom.
    pub(crate) fn zoom_meeting(&self) -> MeetingRecord {
        let mut meetings = self.zoom.meetings().unwrap();
        assert_eq!(meetings.len(), 1, "{meetings:?}");
        meetings.remove(0)
    }

    /// What was asked of Zoom, in that order.
    pub(crate) fn asked(&self) -> Vec<Operation> {
        self.zoom
            .requests()
            .iter()
            .map(|request| request.operation)
            .collect()
    }

    pub(crate) async fn link(&self) -> OnlineLink {
        self.database.link(&kickoff()).await.unwrap().unwrap()
    }

    /// Takes the right to push, as another run would.
    pub(crate) async fn hold_push(&self) -> PushLease {
        match self.database.begin_push(&kickoff()).await.unwrap() {
            Begun::Ours(lease, _) => lease,
            Begun::Busy(until) => panic!("busy until {until}"),
        }
    }

    /// Changes what is remembered of the link, as if it had been so.
    pub(crate) async fn alter_link(&self, alter: impl FnOnce(&mut OnlineLink)) {
        let mut link = self.link().await;
        alter(&mut link);
        let lease = self.hold_push().await;
        self.database
            .record_link(&lease, &link, Replaced::Gone)
            .await
            .unwrap();
        self.database.end_push(lease).await.unwrap();
    }

    /// As if Zoom had not been heard of for longer than its word is taken for.
    pub(crate) fn let_link_age(&self) {
        self.clock.advance(TimeDelta::minutes(11));
    }
}

/// What the report says of one attendee.
pub(crate) fn fate(report: &SendReport, person: &str) -> (RecipientState, Option<&'static str>) {
    let mut found = report
        .recipients
        .iter()
        .filter(|recipient| format!("{}:{}", recipient.kind, recipient.id) == person);
    let recipient = found.next().unwrap();
    assert!(found.next().is_none(), "{person} twice");
    // A test may look at it for as long as it likes.
    (recipient.state, recipient.reason.map(|reason| &*reason.leak()))
}

/// Every attendee's state.
pub(crate) fn states(report: &SendReport) -> BTreeMap<String, &'static str> {
    report
        .recipients
        .iter()
        .map(|recipient| {
            (
                format!("{}:{}", recipient.kind, recipient.id),
                recipient.state.as_str(),
            )
        })
        .collect()
}

/// `sent`, `queued`, `failed`, `skipped`.
pub(crate) fn counts(report: &SendReport) -> (usize, usize, usize, usize) {
    (report.sent, report.queued, report.failed, report.skipped)
}
