//! The online settings of one meeting, where they differ from the organization's.

use serde::{Deserialize, Serialize};

/// Settings of one meeting. `None` in a field means the organization's setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OnlineSettings {
    /// Guests wait until the host lets them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<bool>,
    /// Guests may enter before the host does. Without a setting for the waiting room, it also turns the waiting room
    /// off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_before_host: Option<bool>,
    /// A new online meeting gets a passcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode: Option<bool>,
    /// The host's camera is on at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_video: Option<bool>,
    /// The guests' cameras are on at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_video: Option<bool>,
    /// Guests enter muted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mute_upon_entry: Option<bool>,
}

/// The settings contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("guests who wait in a waiting room cannot enter before the host; choose one of the two")]
pub struct InvalidOnlineSettings;

impl OnlineSettings {
    /// Whether no setting is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that the settings do not contradict each other.
    ///
    /// # Errors
    /// [`InvalidOnlineSettings`] if both a waiting room and early entry are wanted.
    pub fn check(&self) -> Result<(), InvalidOnlineSettings> {
        match (self.waiting_room, self.join_before_host) {
            (Some(true), Some(true)) => Err(InvalidOnlineSettings),
            _ => Ok(()),
        }
    }
}
