//! How one meeting differs online from what its organization's meetings are made with.

use serde::{Deserialize, Serialize};

/// Settings of one meeting; what is `None` is as the organization has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OnlineSettings {
    /// Guests wait until the host lets them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<bool>,
    /// Guests may enter before the host does. Asked for alone, it does without a waiting room.
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

/// Why settings cannot go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("guests who wait in a waiting room cannot enter before the host; choose one of the two")]
pub struct InvalidOnlineSettings;

impl OnlineSettings {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether these settings can go together.
    ///
    /// # Errors
    /// [`InvalidOnlineSettings`] when both a waiting room and early entry are asked for.
    pub fn check(&self) -> Result<(), InvalidOnlineSettings> {
        match (self.waiting_room, self.join_before_host) {
            (Some(true), Some(true)) => Err(InvalidOnlineSettings),
            _ => Ok(()),
        }
    }
}
