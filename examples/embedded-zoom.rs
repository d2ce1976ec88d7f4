//! Runs an embedded Zoom in a process of its own, for tests that drive a built program against it.
//!
//! ```text
//! cargo run --example embedded-zoom -- [--control] [--state FILE]
//! ```
//! prints one line of JSON, `{"api_url": …, "oauth_url": …, "control_url": … or null}`, as soon as it takes
//! connections, and serves until its standard input is closed. With `--control` it has the routes under
//! `/_control/`; with `--state` it keeps its state in a file.

use std::io::{self, Write as _};
use std::path::PathBuf;

use invite::sandbox::zoom::{EmbeddedZoom, ZoomWorld};

fn main() -> io::Result<()> {
    let mut control = false;
    let mut state: Option<PathBuf> = None;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--control") => control = true,
            Some("--state") => state = arguments.next().map(PathBuf::from),
            _ => {
                let text = format!("unknown argument {}", argument.display());
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
        }
    }
    let world = ZoomWorld::sandbox();
    let zoom = match (control, &state) {
        (true, state) => EmbeddedZoom::start_controlled(state.as_deref(), world)?,
        (false, Some(state)) => EmbeddedZoom::start_persistent(state, world)?,
        (false, None) => EmbeddedZoom::start(world)?,
    };
    let control_url = control.then(|| format!("http://{}/_control", zoom.address()));
    let urls = serde_json::json!({
        "api_url": zoom.api_url(),
        "oauth_url": zoom.oauth_url(),
        "control_url": control_url,
    });
    writeln!(io::stdout(), "{urls}")?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
