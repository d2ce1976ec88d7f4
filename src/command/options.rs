//! Options that commands have in common.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::meeting::PersonId;

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Global {
    /// The configuration file [default: $INVITE_CONFIG, ./invite.toml, or the one in your configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// How to print the result: for people, or as one document for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Say more (-v what is done, -vv each request)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Say less: no warnings, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Use the embedded Zoom and a mailbox folder under ./invite-sandbox/; no real server is reached
    #[arg(long, global = true)]
    pub(super) sandbox: bool,
}

/// On whose behalf a command runs.
#[derive(Debug, Clone, Args)]
pub(super) struct Actor {
    /// The CRM user on whose behalf it is done, whose permissions then count [default: the administrator]
    #[arg(
        long = "as",
        value_name = "USER",
        env = "INVITE_ACTOR",
        hide_env_values = true
    )]
    pub(super) actor: Option<PersonId>,
}

/// How results are printed: for people, or as one document for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// When colour is used; `Auto`: when a person looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}
