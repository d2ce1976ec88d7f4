//! The command: arguments in, the library's answers out as text or JSON, and an exit status.
//!
//! Nothing here decides anything about meetings or mails; each command reads its arguments, calls the library
//! and shows the library's answer.

mod cancel;
mod delivery;
mod dkim;
mod ics;
mod import;
mod init;
mod meeting;
mod online_meeting;
mod options;
mod outbox;
mod outcome;
mod reply;
mod send;
mod session;
mod shell;
mod smtp;
mod stop;
mod template;
mod terminal;
mod zoom;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::meeting::tzdb_version;
use options::{Actor, Global};
use outcome::{DONE, DONE_IN_PART, Outcome};
use session::Session;
use terminal::Terminal;

#[derive(Debug, Parser)]
#[command(
    name = "invite",
    version = version(),
    about = "Puts a live Zoom join link into every meeting invitation that a CRM sends",
    after_help = "Example: invite send --meeting kickoff --sandbox",
    arg_required_else_help = true,
    max_term_width = 110
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin: write a configuration, copy the templates, make the key and the database
    Init(init::Init),
    /// Load people and meetings into the built-in CRM
    Import(import::Import),
    /// Look at and change the meetings of the built-in CRM
    #[command(subcommand)]
    Meeting(meeting::MeetingCommand),
    /// Send a meeting's invitations: push to Zoom, write the link back, render, deliver
    Send(send::Send),
    /// Tell those who were invited that a meeting does not take place
    Cancel(cancel::Cancel),
    /// Read what came back by mail: an answer to an invitation, or a bounce
    Reply(reply::Reply),
    /// Print a meeting's calendar object
    Ics(ics::Ics),
    /// The connection to Zoom, its users, and single meetings there
    #[command(subcommand)]
    Zoom(zoom::ZoomCommand),
    /// Look at the templates
    #[command(subcommand)]
    Template(template::TemplateCommand),
    /// Look at the invitations that wait, were sent or failed
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// The mail servers of users who have one of their own
    #[command(subcommand)]
    Smtp(smtp::SmtpCommand),
    /// Signatures of mails (DKIM)
    #[command(subcommand)]
    Dkim(dkim::DkimCommand),
    /// Print a script that completes this command in a shell
    Completions(shell::Completions),
    /// Print the manual page, or write the pages of all commands
    Man(shell::Man),
}

fn version() -> String {
    format!("{} (tzdb {})", env!("CARGO_PKG_VERSION"), tzdb_version())
}

/// Runs the command of this process's arguments.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage_error(&error, &arguments),
    };
    let terminal = Terminal::new(&cli.global);
    terminal.start_log(&cli.global);
    // Tasks that wait for others need one thread. Tasks that compute have their own threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal.error_line(&format!("cannot start: {error}"));
            return ExitCode::from(70);
        }
    };
    let result = runtime.block_on(dispatch(cli, &terminal));
    // A name being looked up on another thread must not hold the end of the program.
    runtime.shutdown_background();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(fault) => ExitCode::from(terminal.fault(&fault)),
    }
}

async fn dispatch(cli: Cli, terminal: &Terminal) -> Outcome {
    let session = Session::new(&cli.global, terminal)?;
    match cli.command {
        Command::Init(init) => init.run(&session).await,
        Command::Import(import) => import.run(&session).await,
        Command::Meeting(command) => command.run(&session).await,
        Command::Send(send) => send.run(&session).await,
        Command::Cancel(cancel) => cancel.run(&session).await,
        Command::Reply(reply) => reply.run(&session).await,
        Command::Ics(ics) => ics.run(&session).await,
        Command::Zoom(command) => command.run(&session).await,
        Command::Template(command) => command.run(&session.for_authors()).await,
        Command::Outbox(command) => command.run(&session).await,
        Command::Smtp(command) => command.run(&session).await,
        Command::Dkim(command) => command.run(&session).await,
        Command::Completions(completions) => completions.run(&mut Cli::command()),
        Command::Man(man) => man.run(Cli::command()),
    }
}

/// A request for help or the version, or arguments that make no sense.
fn usage_error(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let is_error = !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let wants_json = arguments.iter().any(|argument| argument == "--format=json")
        || arguments
            .windows(2)
            .any(|pair| pair[0] == "--format" && pair[1] == "json");
    if is_error && wants_json {
        let message = error.to_string();
        let message = message.trim_start_matches("error: ").trim_end();
        terminal::print_json(&terminal::error_document("usage", 2, message, None));
    }
    // If this cannot be printed, the error cannot be printed either.
    let _ = error.print();
    ExitCode::from(if is_error { 2 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent_and_every_command_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(|sub| check(sub, &path));
            } else {
                let example = command
                    .get_after_help()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                assert!(example.starts_with("Example: invite "), "{path}: {example:?}");
                let words: Vec<&str> = example.lines().next().unwrap_or_default()["Example: ".len()..]
                    .split(' ')
                    .collect();
                let words: Vec<&str> = words
                    .into_iter()
                    .take_while(|word| !matches!(*word, ">" | "|" | "<"))
                    .collect();
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{path}: {error}");
                }
            }
        }
        let command = Cli::command();
        command.clone().debug_assert();
        command.get_subcommands().for_each(|sub| check(sub, "invite"));
    }
}
