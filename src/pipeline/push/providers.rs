//! The providers of online meetings, by location.

use std::sync::Arc;

use crate::meeting::{Meeting, OnlineLocation};
use crate::online::{self, OnlineLink, OnlineMeetings};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{Online, OnlineAction, OnlineReport};

/// The providers of online meetings. Of two for one location, the first is asked.
#[derive(Clone)]
pub(in crate::pipeline) struct Providers(Arc<[Arc<dyn OnlineMeetings>]>);

impl Providers {
    pub(in crate::pipeline) fn new(providers: Vec<Arc<dyn OnlineMeetings>>) -> Self {
        Self(providers.into())
    }

    /// The provider of a meeting.
    ///
    /// # Errors
    /// [`PipelineError::NotOnline`], [`PipelineError::NoProvider`].
    pub(super) fn of(&self, meeting: &Meeting) -> Result<&dyn OnlineMeetings, PipelineError> {
        let Some(location) = meeting.online_location else {
            return Err(PipelineError::NotOnline {
                meeting: meeting.name().to_owned(),
            });
        };
        self.at(location).ok_or_else(|| PipelineError::NoProvider {
            meeting: meeting.name().to_owned(),
            location,
            nearest: location.nearest(self.0.iter().map(|provider| provider.location())),
        })
    }

    /// The provider that serves an online location.
    pub(in crate::pipeline) fn at(&self, location: OnlineLocation) -> Option<&dyn OnlineMeetings> {
        let mut providers = self.0.iter().map(AsRef::as_ref);
        providers.find(|provider| provider.location() == location)
    }

    /// The scope that a push to an online location needs. It is known also without a provider if the location is one of
    /// this crate's own: a user who may not push is told so, whatever is configured.
    pub(in crate::pipeline) fn required_scope(&self, location: OnlineLocation) -> Option<&str> {
        match self.at(location) {
            Some(provider) => provider.required_scope(),
            None => online::built_in_scope(location),
        }
    }

    /// The name of the provider of an online location, such as `Zoom`, also without a provider for it.
    pub(in crate::pipeline) fn name(&self, location: OnlineLocation) -> String {
        match self.at(location) {
            Some(provider) => provider.name().to_owned(),
            None => location.capitalized(),
        }
    }

    /// Whether people type the provider's id of an online meeting to join.
    pub(in crate::pipeline) fn shows_id(&self, link: &OnlineLink) -> bool {
        let provider = self.at(link.location);
        provider.is_some_and(|provider| provider.shows_id())
    }

    /// The report about the online meeting of a meeting.
    pub(in crate::pipeline) fn report(&self, online: &Online, meeting: &Meeting) -> OnlineReport {
        OnlineReport {
            join_url: online.join_url(meeting),
            ..self.report_of_link(online.action, online.link.as_ref())
        }
    }

    /// The report about a link, with the link's own join URL.
    pub(super) fn report_of_link(&self, action: OnlineAction, link: Option<&OnlineLink>) -> OnlineReport {
        OnlineReport {
            action,
            provider: link.map(|link| link.location),
            provider_name: link.map(|link| self.name(link.location)),
            shows_id: link.is_some_and(|link| self.shows_id(link)),
            meeting_id: link.map(|link| link.id.0.clone()),
            join_url: link.map(|link| link.join_url.clone()),
        }
    }
}
