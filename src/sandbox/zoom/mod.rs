//! An embedded Zoom: a real HTTP server on loopback that speaks Zoom's OAuth and meeting API.
//!
//! It is as strict as Zoom, or stricter where Zoom's behaviour is not documented: a refresh token is void after its
//! use, scopes are enforced, an access token older than 1 hour gets the status 401, and a host's 101st creation of the
//! day gets the status 429. [`Rules`] set which rules are strict. [`ZoomFault`] orders faults. A [`Change`]
//! happens without the client.
//!
//! It is written from Zoom's documents and from recorded answers. It shares no code with the client of this crate, so
//! that a mistake in one of them shows at the other.
//!
//! It contains no secrets: its client secrets stand in the source, and its tokens are valid nowhere else. So they
//! appear in its state, its request log and `Debug`.
//!
//! ```
//! use invite::sandbox::zoom::{EmbeddedZoom, SANDBOX_CLIENT_ID, ZoomWorld};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let zoom = EmbeddedZoom::start(ZoomWorld::sandbox())?;
//! assert!(zoom.api_url().starts_with("http://127.0.0.1:"));
//! let tokens = zoom.grant(SANDBOX_CLIENT_ID)?.ok_or("no such client")?;
//! // … let a client of yours POST to `{api_url}/users/ana@acme.example/meetings` with `tokens.access_token` …
//! assert!(zoom.meetings()?.is_empty());
//! # let _ = tokens;
//! # Ok(())
//! # }
//! ```
//!
//! # Guesses
//! No public source documents these details, so do not rely on them: the words for a bad code, verifier or redirect URI
//! at the token endpoint and for a bad page token; the answer to revoking an unknown token; the code for creating under
//! a pending (here 1000) or deactivated host (here 1001); the words of the codes 3002 and 3007; that alternative hosts
//! are refused as a field; that zones which Zoom does not list are refused; the longest duration; that a deletion does
//! not count among a host's hundred; and the order of the checks: token, scope, calls per second and day, JSON, user or
//! meeting, licence, fields, privilege, the host's hundred.
//!
//! # What it does not do
//! Webinars, registrants, occurrences of recurring meetings (they are accepted and kept as sent), webhooks, and
//! user-level scopes.

mod answer;
mod api;
mod call;
mod change;
mod client;
mod connection;
mod control;
mod fault;
mod fields;
mod grants;
mod limits;
mod listing;
mod meeting;
mod oauth;
mod request_log;
mod rules;
mod server;
mod shared;
mod store;
mod time_zones;
mod user;
mod world;

pub use call::Operation;
pub use change::Change;
pub use client::{ClientKind, READ_SCOPES, WRITE_SCOPES, ZoomClient};
pub use fault::{Action, RateLimit, ZoomFault};
pub use grants::{Granted, Rotation};
pub use meeting::{MeetingRecord, MeetingState, TrackingField};
pub use request_log::RequestRecord;
pub use rules::{Clock, LimitHeaders, Rules};
pub use server::EmbeddedZoom;
pub use user::{License, UserStatus, ZoomUser};
pub use world::{
    SANDBOX_ACCOUNT_ID, SANDBOX_ADMIN, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET,
    SANDBOX_DEVELOPMENT_CLIENT_ID, SANDBOX_DEVELOPMENT_CLIENT_SECRET, SANDBOX_REDIRECT_URI,
    SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET, ZoomWorld,
};
