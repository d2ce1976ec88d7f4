//! The built program, as people and other programs run it: its arguments, what it prints, how it ends, what
//! arrives at Zoom and in mailboxes. The Zoom and the mail server it talks to are processes of their own.
#![cfg(all(feature = "command", unix))]
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod answers;
mod appointment;
mod arguments;
mod at_once;
mod bouncing;
mod calendars;
mod changes;
#[path = "../cluster/mod.rs"]
mod cluster;
mod connecting;
mod crowds;
#[cfg(target_os = "linux")]
mod delivery;
mod desk;
mod disks;
mod editing;
mod examples;
mod failing_mail;
mod first_send;
#[path = "../foreign/mod.rs"]
mod foreign;
#[path = "../held_port/mod.rs"]
mod held_port;
mod help;
mod hosts;
mod http;
mod killed;
mod later_sends;
mod mail;
mod mailboxes;
mod mistakes;
mod names;
mod nights;
mod outbox;
mod pacing;
#[path = "../peers/mod.rs"]
mod peers;
mod permissions;
mod postgres;
mod program;
mod records;
mod replying;
mod sandbox;
mod several;
mod signing;
mod smtp_users;
mod stopping;
mod templates;
mod tokens;
mod uncertain;
mod upgraded;
mod wording;
mod zoom;
mod zoom_at_work;
