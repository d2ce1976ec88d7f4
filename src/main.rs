//! The `invite` program. All of it is in [`invite::command`].

use std::process::ExitCode;

fn main() -> ExitCode {
    invite::command::run()
}
