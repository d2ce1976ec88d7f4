//! Steps 2 and 3: the online meeting, and its link in the CRM's record.

use std::time::Duration;

use chrono::TimeDelta;
use tracing::Instrument as _;

use super::right::PushRight;
use crate::crm::CrmError;
use crate::meeting::{JoinUrl, Meeting, MeetingId, OnlineLocation, Person};
use crate::online::{
    Begun, Liveness, OnlineLink, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, Outcome,
    PushIntent, PushLease, Replaced, Search,
};
use crate::pipeline::facts::{Online, OnlineAction};
use crate::pipeline::{Happened, Pipeline, PipelineError, SendOptions};

/// How long ago the provider may have confirmed an online meeting whose link is mailed.
const SEEN_LATELY: TimeDelta = TimeDelta::minutes(10);
/// How long to wait for another process that pushes the same meeting.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long after its intent was recorded a creation may take to show at the provider, also if its process was
/// killed.
const SETTLING: TimeDelta = TimeDelta::seconds(3);

impl Pipeline {
    /// Step 2 of a send.
    pub(in crate::pipeline) async fn push_for_send(
        &self,
        meeting: &Meeting,
        organizer: &Person,
        options: &SendOptions,
    ) -> Result<Online, PipelineError> {
        if options.no_push {
            if meeting.online_location.is_some() {
                match &meeting.join_url {
                    Some(url) => {
                        tracing::warn!(meeting = %meeting.id(), %url, "the join URL is mailed as it stands, not made sure of")
                    }
                    None => tracing::warn!(meeting = %meeting.id(), "there is no join URL to mail"),
                }
            }
            return Ok(Online::skipped());
        }
        if meeting.online_location.is_none() {
            return Ok(Online {
                withdrawn: self.is_our_link(meeting).await?,
                ..Online::skipped()
            });
        }
        self.push_online(meeting, organizer).await
    }

    /// Whether the record's join URL is one that a write-back put there.
    async fn is_our_link(&self, meeting: &Meeting) -> Result<bool, PipelineError> {
        let Some(url) = &meeting.join_url else {
            return Ok(false);
        };
        let link = self.links.link(meeting.id()).await?;
        Ok(link.is_some_and(|link| link.join_url == *url))
    }

    /// Step 3: writes the join URL to the CRM's record. Then deletes the online meeting that a new one replaced:
    /// nothing points to it any more.
    pub(in crate::pipeline) async fn write_back(
        &self,
        meeting: &mut Meeting,
        online: &Online,
    ) -> Result<(), PipelineError> {
        let join_url = online.join_url(meeting);
        if join_url != meeting.join_url {
            self.write_join_url(meeting, join_url).await?;
        }
        if online.link.is_some() {
            self.delete_superseded(meeting.id()).await?;
        }
        Ok(())
    }

    /// Writes the join URL to the CRM's record, or clears it, and makes sure that the CRM kept it.
    pub(in crate::pipeline) async fn write_join_url(
        &self,
        meeting: &mut Meeting,
        join_url: Option<JoinUrl>,
    ) -> Result<(), PipelineError> {
        let expected = meeting.join_url.as_ref();
        let kept = self
            .crm
            .set_join_url(meeting.id(), expected, join_url.as_ref())
            .await?;
        if kept != join_url {
            return Err(CrmError::NotKept {
                record: format!("meeting {:?}", meeting.id().as_str()),
                field: "join URL",
                kept: kept.map(|url| url.to_string()),
                remedy: None,
            }
            .into());
        }
        meeting.join_url = join_url;
        self.tell_of(meeting.id(), Happened::JoinUrlWritten);
        Ok(())
    }

    /// Step 2 for a meeting with an online location: creates the online meeting, updates it, or makes sure that it
    /// exists.
    pub(in crate::pipeline) async fn push_online(
        &self,
        meeting: &Meeting,
        organizer: &Person,
    ) -> Result<Online, PipelineError> {
        let provider = self.provider(meeting)?;
        let span = tracing::info_span!("push", meeting = %meeting.id(), provider = %provider.location());
        let push = self.push_to(provider, meeting, organizer);
        push.instrument(span).await
    }

    async fn push_to(
        &self,
        provider: &dyn OnlineMeetings,
        meeting: &Meeting,
        organizer: &Person,
    ) -> Result<Online, PipelineError> {
        let spec = provider.describe(meeting, organizer).await?;
        self.tell_of(meeting.id(), Happened::Pushing);
        let (right, left_over) = self.begin_push(meeting).await?;
        let push = Push {
            pipeline: self,
            provider,
            spec,
            lease: right.lease(),
        };
        let result = push.run(left_over).await;
        let ended = right.end().await;
        let online = result?;
        ended?;
        let action = online.action;
        self.tell_of(meeting.id(), Happened::Pushed { action });
        Ok(online)
    }

    pub(in crate::pipeline) fn provider(
        &self,
        meeting: &Meeting,
    ) -> Result<&dyn OnlineMeetings, PipelineError> {
        let Some(location) = meeting.online_location else {
            return Err(PipelineError::NotOnline {
                meeting: meeting.name().to_owned(),
            });
        };
        self.provider_at(location)
            .ok_or_else(|| PipelineError::NoProvider {
                meeting: meeting.name().to_owned(),
                location,
                nearest: location.nearest(self.providers.iter().map(|provider| provider.location())),
            })
    }

    /// The provider that serves an online location.
    pub(in crate::pipeline) fn provider_at(&self, location: OnlineLocation) -> Option<&dyn OnlineMeetings> {
        let mut providers = self.providers.iter().map(AsRef::as_ref);
        providers.find(|provider| provider.location() == location)
    }

    /// What people call the provider of an online location, such as `Zoom`, also where none serves it.
    #[must_use]
    pub fn provider_name(&self, location: OnlineLocation) -> String {
        match self.provider_at(location) {
            Some(provider) => provider.name().to_owned(),
            None => location.capitalized(),
        }
    }

    pub(in crate::pipeline) async fn begin_push(
        &self,
        meeting: &Meeting,
    ) -> Result<(PushRight, Option<PushIntent>), PipelineError> {
        let began = tokio::time::Instant::now();
        loop {
            match self.links.begin_push(meeting.id()).await? {
                Begun::Ours(lease, intent) => {
                    let right = PushRight::new(&self.links, lease);
                    return Ok((right, intent.map(|intent| *intent)));
                }
                Begun::Busy(_) if began.elapsed() < LONGEST_WAIT => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Begun::Busy(_) => {
                    return Err(PipelineError::PushBusy {
                        meeting: meeting.name().to_owned(),
                        waited: began.elapsed(),
                    });
                }
            }
        }
    }

    /// Deletes online meetings that a newer one has replaced. If one cannot be deleted now, the next push tries
    /// again.
    pub(in crate::pipeline) async fn delete_superseded(&self, id: &MeetingId) -> Result<(), PipelineError> {
        for superseded in self.links.superseded(id).await? {
            let Some(provider) = self.provider_at(superseded.location) else {
                continue;
            };
            match provider.delete(&superseded.id).await {
                Ok(()) => self.links.forget_superseded(id, &superseded).await?,
                Err(error) => {
                    tracing::warn!(meeting = %id, online_meeting = %superseded.id, %error, "a replaced online meeting could not be deleted yet");
                }
            }
        }
        Ok(())
    }

    /// Resolves the intent of an earlier run that was cut off: adopts the online meeting that it made, if there is
    /// one.
    pub(in crate::pipeline) async fn settle(
        &self,
        provider: &dyn OnlineMeetings,
        lease: &PushLease,
        intent: &PushIntent,
    ) -> Result<bool, PipelineError> {
        let links = &self.links;
        let mut search = provider.find(&intent.spec, &intent.marker).await?;
        if search == Search::NotThere {
            let age = self.clock.now() - intent.begun_at;
            if age < SETTLING {
                let rest = (SETTLING - age).min(SETTLING).to_std().unwrap_or_default();
                tokio::time::sleep(rest).await;
                search = provider.find(&intent.spec, &intent.marker).await?;
            }
        }
        match search {
            Search::Found(meeting) => {
                let before = match links.link(&lease.meeting).await? {
                    Some(link) if link.told.host != intent.spec.host => Replaced::ToDelete,
                    _ => Replaced::Gone,
                };
                self.record_online(lease, meeting, intent, before).await?;
                Ok(true)
            }
            Search::NotThere => {
                links.end_intent(lease, false).await?;
                Ok(false)
            }
            Search::CannotLook => {
                tracing::warn!(
                    meeting = %lease.meeting,
                    host = %intent.spec.host,
                    marker = %intent.marker,
                    "an earlier run was interrupted while it made an online meeting, and the connection may not look for it: one may be left over"
                );
                links.end_intent(lease, true).await?;
                Ok(false)
            }
        }
    }

    async fn record_online(
        &self,
        lease: &PushLease,
        meeting: OnlineMeeting,
        intent: &PushIntent,
        before: Replaced,
    ) -> Result<OnlineLink, PipelineError> {
        let link = OnlineLink {
            location: intent.location,
            id: meeting.id,
            join_url: meeting.join_url,
            passcode: meeting.passcode,
            marker: intent.marker.clone(),
            told: intent.spec.clone(),
            unsure: false,
            seen_at: self.clock.now(),
        };
        self.links.record_link(lease, &link, before).await?;
        Ok(link)
    }

    /// What a push would do now, without asking the provider.
    pub(in crate::pipeline) async fn foresee(
        &self,
        meeting: &Meeting,
        organizer: &Person,
        options: &SendOptions,
    ) -> Result<Online, PipelineError> {
        if options.no_push || meeting.online_location.is_none() {
            return self.push_for_send(meeting, organizer, options).await;
        }
        let provider = self.provider(meeting)?;
        let spec = provider.describe(meeting, organizer).await?;
        match self.links.link(meeting.id()).await? {
            Some(link) if !link.unsure && link.told == spec => {
                Ok(Online::done(OnlineAction::Unchanged, link))
            }
            Some(link) if link.told.host == spec.host => Ok(Online::done(OnlineAction::Updated, link)),
            _ => {
                let mut online = Online::skipped();
                online.action = OnlineAction::Created;
                online.link = provider.placeholder().map(|join_url| OnlineLink {
                    location: provider.location(),
                    id: OnlineMeetingId(String::new()),
                    join_url,
                    passcode: None,
                    marker: String::new(),
                    told: spec,
                    unsure: false,
                    seen_at: self.clock.now(),
                });
                Ok(online)
            }
        }
    }
}

/// A push under its lease.
struct Push<'a> {
    pipeline: &'a Pipeline,
    provider: &'a dyn OnlineMeetings,
    spec: OnlineSpec,
    lease: &'a PushLease,
}

impl Push<'_> {
    async fn run(&self, left_over: Option<PushIntent>) -> Result<Online, PipelineError> {
        let links = &self.pipeline.links;
        let mut adopted = false;
        if let Some(intent) = left_over {
            adopted = self.pipeline.settle(self.provider, self.lease, &intent).await?;
        }
        let Some(link) = links.link(&self.lease.meeting).await? else {
            return self.create(Replaced::Gone).await;
        };
        if link.told.host != self.spec.host {
            // An online meeting cannot move to another account.
            return self.create(Replaced::ToDelete).await;
        }
        let mut online = if link.unsure || link.told != self.spec {
            self.update(link).await?
        } else {
            self.confirm(link).await?
        };
        if adopted && online.action != OnlineAction::Created {
            // The run that created it ended before it reported so.
            online.action = OnlineAction::Created;
        }
        Ok(online)
    }

    async fn create(&self, before: Replaced) -> Result<Online, PipelineError> {
        let intent = PushIntent {
            marker: self.pipeline.chance.marker(),
            location: self.provider.location(),
            spec: self.spec.clone(),
            begun_at: self.pipeline.clock.now(),
        };
        let links = &self.pipeline.links;
        links.record_intent(self.lease, &intent).await?;
        match self.provider.create(&intent.spec, &intent.marker).await {
            Ok(meeting) => Ok(Online::done(
                OnlineAction::Created,
                self.pipeline
                    .record_online(self.lease, meeting, &intent, before)
                    .await?,
            )),
            Err(error) if error.outcome() == Outcome::Unknown => {
                // The answer was lost, the meeting perhaps not. If the search fails too, the next run repeats it.
                match self.provider.find(&intent.spec, &intent.marker).await {
                    Ok(Search::Found(meeting)) => Ok(Online::done(
                        OnlineAction::Created,
                        self.pipeline
                            .record_online(self.lease, meeting, &intent, before)
                            .await?,
                    )),
                    _ => Err(error.into()),
                }
            }
            Err(error) => {
                links.end_intent(self.lease, false).await?;
                Err(error.into())
            }
        }
    }

    async fn update(&self, mut link: OnlineLink) -> Result<Online, PipelineError> {
        let links = &self.pipeline.links;
        let told = (!link.unsure).then(|| link.told.clone());
        link.unsure = true;
        links.record_link(self.lease, &link, Replaced::Gone).await?;
        match self
            .provider
            .update(&link.id, told.as_ref(), &self.spec, &link.marker)
            .await
        {
            Ok(()) => {
                link.told = self.spec.clone();
                link.unsure = false;
                link.seen_at = self.pipeline.clock.now();
                links.record_link(self.lease, &link, Replaced::Gone).await?;
                Ok(Online::done(OnlineAction::Updated, link))
            }
            Err(error) if error.outcome() == Outcome::Gone => self.create(Replaced::Gone).await,
            Err(error) => {
                if error.outcome() == Outcome::NotDone && told.is_some() {
                    link.unsure = false;
                    links.record_link(self.lease, &link, Replaced::Gone).await?;
                }
                Err(error.into())
            }
        }
    }

    /// The link is in sync. Unless the meeting was seen within [`SEEN_LATELY`], asks the provider whether it still
    /// exists.
    async fn confirm(&self, mut link: OnlineLink) -> Result<Online, PipelineError> {
        let age = self.pipeline.clock.now() - link.seen_at;
        if (TimeDelta::zero()..SEEN_LATELY).contains(&age) {
            return Ok(Online::done(OnlineAction::Unchanged, link));
        }
        match self.provider.check(&link.id, &link.told).await? {
            Liveness::Alive(join_url) => {
                if let Some(join_url) = join_url.filter(|url| *url != link.join_url) {
                    // The passcode was changed at the provider, so the stored one is no longer true.
                    link.join_url = join_url;
                    link.passcode = None;
                }
                link.seen_at = self.pipeline.clock.now();
                self.pipeline
                    .links
                    .record_link(self.lease, &link, Replaced::Gone)
                    .await?;
                Ok(Online::done(OnlineAction::Unchanged, link))
            }
            Liveness::Gone => {
                tracing::warn!(meeting = %self.lease.meeting, online_meeting = %link.id, "the online meeting is gone at its provider; a new one is made");
                self.create(Replaced::Gone).await
            }
        }
    }
}
