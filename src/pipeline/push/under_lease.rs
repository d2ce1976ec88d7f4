//! A push under its lease: the calls to the provider, and the records before and after them.

use chrono::TimeDelta;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::online::{
    LinkStore, Liveness, OnlineLink, OnlineMeeting, OnlineMeetings, OnlineSpec, Outcome, PushIntent,
    PushLease, Replaced, Search,
};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{Online, OnlineAction};

/// An online meeting that its provider confirmed within this time is not checked again.
const SEEN_LATELY: TimeDelta = TimeDelta::minutes(10);
/// The time after the record of its intent in which a creation may still show at the provider, also if its process was
/// killed.
const SETTLING: TimeDelta = TimeDelta::seconds(3);

/// The provider of a meeting and the store of links, under the lease of a push.
pub(super) struct UnderLease<'a> {
    pub(super) lease: &'a PushLease,
    pub(super) provider: &'a dyn OnlineMeetings,
    pub(super) links: &'a dyn LinkStore,
    pub(super) clock: &'a Clock,
    pub(super) chance: &'a Chance,
}

impl UnderLease<'_> {
    /// Resolves the intent of an earlier run that was cut off: adopts the online meeting that the run created, if there is one.
    /// Returns whether there was one.
    pub(super) async fn settle(&self, intent: &PushIntent) -> Result<bool, PipelineError> {
        let mut search = self.provider.find(&intent.spec, &intent.marker).await?;
        if search == Search::NotThere {
            let age = self.clock.now() - intent.begun_at;
            if age < SETTLING {
                let rest = (SETTLING - age).min(SETTLING).to_std().unwrap_or_default();
                tokio::time::sleep(rest).await;
                search = self.provider.find(&intent.spec, &intent.marker).await?;
            }
        }
        match search {
            Search::Found(meeting) => {
                let before = match self.links.link(&self.lease.meeting).await? {
                    Some(link) if link.told.host != intent.spec.host => Replaced::ToDelete,
                    _ => Replaced::Gone,
                };
                self.record(meeting, intent, before).await?;
                Ok(true)
            }
            Search::NotThere => {
                self.links.end_intent(self.lease, false).await?;
                Ok(false)
            }
            Search::CannotLook => {
                tracing::warn!(
                    meeting = %self.lease.meeting,
                    host = %intent.spec.host,
                    marker = %intent.marker,
                    "an earlier run was interrupted while it made an online meeting, and the connection may not look for it: one may be left over"
                );
                self.links.end_intent(self.lease, true).await?;
                Ok(false)
            }
        }
    }

    /// Resolves the intent that an earlier run left behind, and then creates, updates or confirms the online meeting.
    pub(super) async fn push(
        &self,
        spec: &OnlineSpec,
        left_over: Option<PushIntent>,
    ) -> Result<Online, PipelineError> {
        let mut adopted = false;
        if let Some(intent) = left_over {
            adopted = self.settle(&intent).await?;
        }
        let Some(link) = self.links.link(&self.lease.meeting).await? else {
            return self.create(spec, Replaced::Gone).await;
        };
        if link.told.host != spec.host {
            // An online meeting cannot move to another account.
            return self.create(spec, Replaced::ToDelete).await;
        }
        let mut online = if link.unsure || link.told != *spec {
            self.update(spec, link).await?
        } else {
            self.confirm(spec, link).await?
        };
        if adopted && online.action != OnlineAction::Created {
            // The run that created it ended before it reported so.
            online.action = OnlineAction::Created;
        }
        Ok(online)
    }

    async fn create(&self, spec: &OnlineSpec, before: Replaced) -> Result<Online, PipelineError> {
        let intent = PushIntent {
            marker: self.chance.marker(),
            location: self.provider.location(),
            spec: spec.clone(),
            begun_at: self.clock.now(),
        };
        self.links.record_intent(self.lease, &intent).await?;
        match self.provider.create(&intent.spec, &intent.marker).await {
            Ok(meeting) => Ok(Online::done(
                OnlineAction::Created,
                self.record(meeting, &intent, before).await?,
            )),
            Err(error) if error.outcome() == Outcome::Unknown => {
                // The answer was lost, but the meeting may exist. If the search fails too, the next run repeats it.
                match self.provider.find(&intent.spec, &intent.marker).await {
                    Ok(Search::Found(meeting)) => Ok(Online::done(
                        OnlineAction::Created,
                        self.record(meeting, &intent, before).await?,
                    )),
                    _ => Err(error.into()),
                }
            }
            Err(error) => {
                self.links.end_intent(self.lease, false).await?;
                Err(error.into())
            }
        }
    }

    async fn update(&self, spec: &OnlineSpec, mut link: OnlineLink) -> Result<Online, PipelineError> {
        let told = (!link.unsure).then(|| link.told.clone());
        link.unsure = true;
        self.links.record_link(self.lease, &link, Replaced::Gone).await?;
        match self
            .provider
            .update(&link.id, told.as_ref(), spec, &link.marker)
            .await
        {
            Ok(()) => {
                link.told = spec.clone();
                link.unsure = false;
                link.seen_at = self.clock.now();
                self.links.record_link(self.lease, &link, Replaced::Gone).await?;
                Ok(Online::done(OnlineAction::Updated, link))
            }
            Err(error) if error.outcome() == Outcome::Gone => self.create(spec, Replaced::Gone).await,
            Err(error) => {
                if error.outcome() == Outcome::NotDone && told.is_some() {
                    link.unsure = false;
                    self.links.record_link(self.lease, &link, Replaced::Gone).await?;
                }
                Err(error.into())
            }
        }
    }

    /// The link is in sync. Unless the meeting was seen within [`SEEN_LATELY`], asks the provider whether it still
    /// exists.
    async fn confirm(&self, spec: &OnlineSpec, mut link: OnlineLink) -> Result<Online, PipelineError> {
        let age = self.clock.now() - link.seen_at;
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
                link.seen_at = self.clock.now();
                self.links.record_link(self.lease, &link, Replaced::Gone).await?;
                Ok(Online::done(OnlineAction::Unchanged, link))
            }
            Liveness::Gone => {
                tracing::warn!(meeting = %self.lease.meeting, online_meeting = %link.id, "the online meeting is gone at its provider; a new one is made");
                self.create(spec, Replaced::Gone).await
            }
        }
    }

    async fn record(
        &self,
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
        self.links.record_link(self.lease, &link, before).await?;
        Ok(link)
    }
}
