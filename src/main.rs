//! The `invite` program. All of it is in [`invite::command`].

use std::process::ExitCode;

/// Rendering makes and frees many small pieces of text, on all processors at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    invite::command::run()
}
