//! The users of an embedded Zoom.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::SANDBOX_ACCOUNT_ID;

/// The licence of a Zoom user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum License {
    /// Meetings of up to 40 minutes (type 1).
    Basic,
    /// Meetings without that limit (type 2).
    Licensed,
    /// A user without a meeting licence (type 4).
    Unassigned,
    /// No licence (type 99).
    None,
}

impl License {
    /// Zoom's number for the licence.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Basic => 1,
            Self::Licensed => 2,
            Self::Unassigned => 4,
            Self::None => 99,
        }
    }

    pub(super) const fn hosts_meetings(self) -> bool {
        matches!(self, Self::Basic | Self::Licensed)
    }
}

/// The state of a Zoom user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// The user is active.
    Active,
    /// The user was invited, and has not accepted yet.
    Pending,
    /// An administrator has deactivated the user.
    Inactive,
}

impl UserStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Inactive => "inactive",
        }
    }
}

/// A user of an embedded Zoom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoomUser {
    /// The user id.
    pub id: String,
    /// The login address.
    pub email: String,
    /// The account to which the user belongs.
    pub account_id: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// The licence.
    pub license: License,
    /// The state.
    pub status: UserStatus,
    /// The name of the user's time zone. Meetings that are sent without a time zone get it.
    pub timezone: String,
    /// Ids of the users who may schedule meetings on this user's behalf.
    #[serde(default)]
    pub scheduled_by: BTreeSet<String>,
}

impl ZoomUser {
    /// An active licensed user of the sandbox's account. The id is derived from the address.
    #[must_use]
    pub fn licensed(email: impl Into<String>) -> Self {
        let email = email.into();
        let digest = Sha256::digest(email.to_lowercase());
        let name = email.split('@').next().unwrap_or_default().to_owned();
        Self {
            id: URL_SAFE_NO_PAD.encode(&digest[..16]),
            email,
            account_id: SANDBOX_ACCOUNT_ID.to_owned(),
            first_name: name,
            last_name: "Sandbox".to_owned(),
            license: License::Licensed,
            status: UserStatus::Active,
            timezone: "UTC".to_owned(),
            scheduled_by: BTreeSet::new(),
        }
    }

    /// The same user with another licence.
    #[must_use]
    pub fn with_license(mut self, license: License) -> Self {
        self.license = license;
        self
    }

    /// The same user in another state.
    #[must_use]
    pub fn with_status(mut self, status: UserStatus) -> Self {
        self.status = status;
        self
    }

    /// The same user on another account.
    #[must_use]
    pub fn on_account(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = account_id.into();
        self
    }

    /// The same user. The user with the id `user_id` may schedule meetings on this user's behalf.
    #[must_use]
    pub fn scheduled_by(mut self, user_id: impl Into<String>) -> Self {
        self.scheduled_by.insert(user_id.into());
        self
    }
}
