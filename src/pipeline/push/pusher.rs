//! Making sure of an online meeting: each push under a lease, so that no two processes push one meeting together.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;

use super::providers::Providers;
use super::right::PushRight;
use super::under_lease::UnderLease;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::crm::Records;
use crate::meeting::{Meeting, MeetingId, Person};
use crate::online::{Begun, LinkStore, OnlineLink, OnlineMeetingId, OnlineMeetings, PushIntent, PushLease};
use crate::pipeline::error::PipelineError;
use crate::pipeline::event::Events;
use crate::pipeline::event::Happened;
use crate::pipeline::facts::{Online, OnlineAction};
use crate::pipeline::options::SendOptions;

/// The longest wait for another process that pushes the same meeting.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Makes sure of online meetings, and writes their links back to the CRM.
pub(in crate::pipeline) struct Pusher {
    /// For the join URL of a record alone.
    pub(in crate::pipeline) crm: Arc<dyn Records>,
    pub(in crate::pipeline) links: Arc<dyn LinkStore>,
    pub(in crate::pipeline) providers: Providers,
    pub(in crate::pipeline) clock: Clock,
    pub(in crate::pipeline) chance: Chance,
    pub(in crate::pipeline) events: Events,
}

impl Pusher {
    /// The link that is recorded for a meeting.
    pub(in crate::pipeline) async fn link(
        &self,
        id: &MeetingId,
    ) -> Result<Option<OnlineLink>, PipelineError> {
        Ok(self.links.link(id).await?)
    }

    /// The link that is recorded for a meeting, if the CRM's record has the same join URL.
    pub(in crate::pipeline) async fn link_in_record(
        &self,
        meeting: &Meeting,
    ) -> Result<Option<OnlineLink>, PipelineError> {
        let link = self.link(meeting.id()).await?;
        Ok(link.filter(|link| meeting.join_url.as_ref() == Some(&link.join_url)))
    }

    /// Step 2 of a send.
    pub(in crate::pipeline) async fn for_send(
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
        self.make_sure(meeting, organizer).await
    }

    /// Whether the record's join URL is one that a write-back put there.
    async fn is_our_link(&self, meeting: &Meeting) -> Result<bool, PipelineError> {
        if meeting.join_url.is_none() {
            return Ok(false);
        }
        Ok(self.link_in_record(meeting).await?.is_some())
    }

    /// Step 2 for a meeting with an online location: creates the online meeting, updates it, or makes sure that it
    /// exists.
    pub(in crate::pipeline) async fn make_sure(
        &self,
        meeting: &Meeting,
        organizer: &Person,
    ) -> Result<Online, PipelineError> {
        let provider = self.providers.of(meeting)?;
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
        self.events.tell_of(meeting.id(), Happened::Pushing);
        let (right, left_over) = self.begin(meeting).await?;
        let result = self.under(right.lease(), provider).push(&spec, left_over).await;
        let ended = right.end().await;
        let online = result?;
        ended?;
        let action = online.action;
        self.events.tell_of(meeting.id(), Happened::Pushed { action });
        Ok(online)
    }

    /// The provider, asked under a lease.
    pub(super) fn under<'a>(
        &'a self,
        lease: &'a PushLease,
        provider: &'a dyn OnlineMeetings,
    ) -> UnderLease<'a> {
        UnderLease {
            lease,
            provider,
            links: self.links.as_ref(),
            clock: &self.clock,
            chance: &self.chance,
        }
    }

    /// Begins a push. Waits while another process pushes the same meeting. Returns also the intent that an earlier run left
    /// behind.
    pub(super) async fn begin(
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

    /// The result that a push would have now, without asking the provider.
    pub(in crate::pipeline) async fn foresee(
        &self,
        meeting: &Meeting,
        organizer: &Person,
        options: &SendOptions,
    ) -> Result<Online, PipelineError> {
        if options.no_push || meeting.online_location.is_none() {
            return self.for_send(meeting, organizer, options).await;
        }
        let provider = self.providers.of(meeting)?;
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
