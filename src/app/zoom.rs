//! The connection to Zoom that `[zoom]` configures, or to the embedded Zoom.

use std::sync::Arc;

use super::App;
use crate::config::{Config, ZoomMeetingDefaults};
use crate::fault::BoxFault;
use crate::online::zoom::{MeetingSettings, ZoomClient, ZoomSettings};

impl App {
    /// The connection to Zoom.
    ///
    /// # Errors
    /// When no Zoom is configured, or the database or the embedded Zoom cannot be opened.
    pub async fn zoom(&self) -> Result<Arc<ZoomClient>, BoxFault> {
        let make = async || {
            let settings = self.zoom_settings().await;
            let store = Arc::new(self.database().await?.clone());
            let mut settings = settings?;
            settings.clock = self.clock.clone();
            let client = ZoomClient::new(settings, store).map_err(BoxFault::new)?;
            let client = client.with_users(self.online_users().await?);
            Ok(Arc::new(client))
        };
        self.zoom.get_or_try_init(make).await.cloned()
    }

    async fn zoom_settings(&self) -> Result<ZoomSettings, BoxFault> {
        #[cfg(feature = "sandbox")]
        if let Some(folder) = &self.folder {
            let database = self.database().await?;
            let start = || super::Sandbox::start(folder, database, &self.clock);
            return self.sandbox.get_or_try_init(start).await?.zoom_settings();
        }
        settings_of(&self.config)
    }
}

fn settings_of(config: &Config) -> Result<ZoomSettings, BoxFault> {
    let zoom = config.require_zoom().map_err(BoxFault::new)?;
    let mut settings = ZoomSettings::new(
        zoom.mode,
        zoom.auth.clone(),
        zoom.client_id.clone(),
        zoom.client_secret.clone(),
    )
    .map_err(BoxFault::new)?;
    settings.api_url = zoom.api_url.clone();
    settings.oauth_url = zoom.oauth_url.clone();
    settings.meeting = meeting_settings(&zoom.meeting);
    Ok(settings)
}

/// The settings of every Zoom meeting. If the configuration leaves a setting open, the default suits most
/// organizations.
fn meeting_settings(defaults: &ZoomMeetingDefaults) -> MeetingSettings {
    let join_before_host = defaults.join_before_host.unwrap_or(false);
    MeetingSettings {
        // Zoom ignores early entry together with a waiting room, so a configuration with early entry has no waiting
        // room by default.
        waiting_room: defaults.waiting_room.unwrap_or(!join_before_host),
        join_before_host,
        jbh_time: defaults.jbh_time,
        host_video: defaults.host_video,
        participant_video: defaults.participant_video,
        mute_upon_entry: defaults.mute_upon_entry,
        auto_recording: defaults.auto_recording,
        passcode: defaults.passcode,
    }
}
