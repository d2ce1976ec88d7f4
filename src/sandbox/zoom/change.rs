//! Changes in a Zoom that its client did not make.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Clock, License, MeetingState, UserStatus, ZoomClient, ZoomUser, ZoomWorld};

/// A change in the world of an embedded Zoom that its client did not make. If it names a user, client or meeting that
/// does not exist, nothing happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// All grants end: the app was removed, or another grant took their place. Authorization codes end too.
    RevokeGrants,
    /// All access tokens stop working (401, `Invalid access token.`); refresh tokens stay.
    InvalidateAccessTokens,
    /// All access tokens are older than 1 hour (401, `Access token is expired.`).
    ExpireAccessTokens,
    /// All refresh tokens are older than 90 days.
    ExpireRefreshTokens,
    /// A user appears. A user with the same id is replaced.
    PutUser(Box<ZoomUser>),
    /// A user's state changes.
    SetUserStatus {
        /// The user's id or address.
        user: String,
        /// The new state.
        status: UserStatus,
    },
    /// A user's licence changes.
    SetLicense {
        /// The user's id or address.
        user: String,
        /// The new licence.
        license: License,
    },
    /// A user leaves Zoom.
    RemoveUser {
        /// The user's id or address.
        user: String,
    },
    /// A client appears. A client with the same id is replaced.
    PutClient(Box<ZoomClient>),
    /// The scopes of an app change. An existing grant keeps its scopes.
    SetScopes {
        /// The client's id.
        client: String,
        /// The new scopes.
        scopes: BTreeSet<String>,
    },
    /// A meeting is deleted in Zoom's own pages.
    DeleteMeeting {
        /// The meeting's id. `None`: all meetings.
        id: Option<u64>,
    },
    /// A meeting's passcode is changed in Zoom's own pages; the join URL changes with it.
    ChangePasscode {
        /// The meeting's id. `None`: all meetings.
        id: Option<u64>,
        /// The new passcode. `None`: no passcode.
        passcode: Option<String>,
    },
    /// A meeting begins, ends, or returns to waiting.
    SetMeetingState {
        /// The meeting's id. `None`: all meetings.
        id: Option<u64>,
        /// The new state.
        state: MeetingState,
    },
    /// Time passes.
    Advance {
        /// By how many seconds.
        seconds: i64,
    },
    /// The clock is set, and stands still until it is moved.
    SetClock {
        /// The time.
        at: DateTime<Utc>,
    },
}

impl Change {
    pub(super) fn apply(&self, world: &mut ZoomWorld) {
        let now = world.now();
        match self {
            Self::RevokeGrants => {
                world.grants.clear();
                world.codes.clear();
            }
            Self::InvalidateAccessTokens => world.grants.iter_mut().for_each(|grant| grant.access.clear()),
            Self::ExpireAccessTokens => {
                for access in world.grants.iter_mut().flat_map(|grant| &mut grant.access) {
                    access.expires_at = access.expires_at.min(now);
                }
            }
            Self::ExpireRefreshTokens => {
                for refresh in world.grants.iter_mut().flat_map(|grant| &mut grant.refresh) {
                    refresh.expires_at = refresh.expires_at.min(now);
                }
            }
            Self::PutUser(user) => {
                world.users.retain(|known| known.id != user.id);
                world.users.push(user.as_ref().clone());
            }
            Self::SetUserStatus { user, status } => {
                if let Some(user) = world.user_mut(user) {
                    user.status = *status;
                }
            }
            Self::SetLicense { user, license } => {
                if let Some(user) = world.user_mut(user) {
                    user.license = *license;
                }
            }
            Self::RemoveUser { user } => {
                let id = world.user(user).map(|user| user.id.clone());
                world.users.retain(|user| Some(&user.id) != id.as_ref());
            }
            Self::PutClient(client) => {
                world.clients.retain(|known| known.id != client.id);
                world.clients.push(client.as_ref().clone());
            }
            Self::SetScopes { client, scopes } => {
                for known in world.clients.iter_mut().filter(|known| known.id == *client) {
                    known.scopes.clone_from(scopes);
                }
            }
            Self::DeleteMeeting { id } => {
                for meeting in matching(world, *id) {
                    meeting.deleted_at = Some(now);
                }
            }
            Self::ChangePasscode { id, passcode } => {
                let join_base = world.rules.join_base.clone();
                for meeting in matching(world, *id) {
                    meeting.set_passcode(&join_base, passcode.clone());
                }
            }
            Self::SetMeetingState { id, state } => {
                for meeting in matching(world, *id) {
                    meeting.state = *state;
                }
            }
            Self::Advance { seconds } => world.clock = world.clock.advanced(*seconds),
            Self::SetClock { at } => world.clock = Clock::Fixed { at: *at },
        }
    }
}

fn matching(world: &mut ZoomWorld, id: Option<u64>) -> impl Iterator<Item = &mut super::MeetingRecord> {
    let now = world.now();
    world
        .meetings
        .iter_mut()
        .filter(move |meeting| meeting.is_alive(now) && id.is_none_or(|id| meeting.id == id))
}
