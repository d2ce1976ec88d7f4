//! The template authors' desk: templates in the browser as invitees will see them, while they are edited.
//!
//! A server for one person on one machine. It listens only on loopback, and answers only GET requests to its own name,
//! so that no page on the web can read it through the browser (DNS rebinding). The server makes the pages; a small
//! script loads the page again when a file has changed.
//!
//! | path | answers |
//! | --- | --- |
//! | `/` | the page |
//! | `/mail` | the mail's HTML alone, for the frames of the page |
//! | `/message.eml`, `/invite.ics` | the files |
//! | `/events` | the number of the edition, at once and after each change of a file (server-sent events) |

mod edition;
mod guard;
mod looks;
mod meetings;
mod page;
mod query;
mod server;
mod watch;

pub(crate) use edition::{ReadSetting, Setting};
pub(crate) use looks::{Theme, themed};
pub(crate) use meetings::{Choice, Meetings};
pub(crate) use page::{Overview, overview};
pub(crate) use server::Desk;
