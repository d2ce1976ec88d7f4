//! `invite completions` and `invite man`.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::terminal::print_text;
use super::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};

#[derive(Debug, Args)]
#[command(after_help = "Example: invite completions bash > /etc/bash_completion.d/invite")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite man --out man1")]
pub(super) struct Man {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write the manual to {}", path.display())]
struct CannotWrite {
    path: PathBuf,
    source: std::io::Error,
}

impl Fault for CannotWrite {
    fn kind(&self) -> &'static str {
        "man.cannot_write"
    }

    fn class(&self) -> Class {
        Class::CannotCreate
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("name a folder that you can write to".into())
    }
}

impl Completions {
    pub(super) fn run(&self, command: &mut Command) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "invite", &mut script);
        print_text(&String::from_utf8_lossy(&script));
        Ok(DONE)
    }
}

impl Man {
    pub(super) fn run(&self, command: Command) -> Outcome {
        let path = self
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("standard output"));
        let cannot = |source| {
            BoxFault::new(CannotWrite {
                path: path.clone(),
                source,
            })
        };
        if let Some(folder) = &self.out {
            std::fs::create_dir_all(folder).map_err(cannot)?;
            clap_mangen::generate_to(command, folder).map_err(cannot)?;
        } else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(cannot)?;
            print_text(&String::from_utf8_lossy(&page));
        }
        Ok(DONE)
    }
}
