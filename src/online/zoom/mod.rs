//! Zoom meetings, made through Zoom's REST API.
//!
//! [`ZoomClient`] is the provider. It needs [`ZoomSettings`] and a [`TokenStore`] that keeps the grant of the
//! organization's one connection:
//!
//! ```no_run
//! use std::sync::Arc;
//! use invite::online::zoom::{Auth, MemoryTokens, Mode, ZoomClient, ZoomSettings};
//!
//! # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::ServerToServer { account_id: "acc0unt".into() };
//! let settings = ZoomSettings::new(Mode::Production, auth, "client-id", "client-secret".into())?;
//! let zoom = ZoomClient::new(settings, Arc::new(MemoryTokens::new()))?;
//! println!("{:?}", zoom.status().await?);
//! # Ok(())
//! # }
//! ```

mod advice;
mod api;
mod client;
mod connection;
mod consent;
mod describe;
mod error;
#[cfg(feature = "command")]
mod loopback;
mod memory;
mod oauth;
mod refusal;
mod scopes;
mod settings;
mod source;
mod timezones;
mod token;
mod wire;

pub use client::{LOCATION, SCOPE, ZoomClient};
pub use connection::{Connection, ConnectionState, Disconnected};
pub use consent::AuthorizationRequest;
pub use describe::zoom_user_id;
pub use error::{Reply, ZoomError};
#[cfg(feature = "command")]
pub use loopback::Loopback;
pub use memory::MemoryTokens;
pub use scopes::{OPTIONAL as OPTIONAL_SCOPES, REQUIRED as REQUIRED_SCOPES};
pub use settings::{Auth, AutoRecording, MeetingSettings, Mode, RetryPolicy, ZoomSettings};
pub use timezones::zoom_time_zone;
pub use token::{
    Grant, LastRequests, Loss, RefreshLease, RefreshLock, Replaced, StoredGrant, TokenKey, TokenStore,
    UnreadableGrant,
};
