//! Stopping by signals: Ctrl-C, SIGTERM (systemd, containers), SIGHUP (a terminal that is closed), and the counterparts of
//! Windows.
//!
//! Until a command listens, each signal ends the program as the system does by default. While a command listens, the first
//! signal is a request: the command finishes the mails that are on the wire. The second ends the program at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Whether the command was asked to stop.
#[derive(Debug, Default, Clone)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    told: Arc<watch::Sender<bool>>,
}

/// A signal that asks the program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    Interrupt,
    Terminate,
    HangUp,
}

impl Signal {
    /// The exit status of a program that the signal ended: 128 and the signal's number, as shells have it.
    fn exit_status(self) -> i32 {
        128 + match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    /// Whether the signal ends the program at once if it comes second. A hang-up does not: when a terminal is closed, both
    /// the shell and the kernel send it, a moment apart.
    fn is_impatient(self) -> bool {
        self != Self::HangUp
    }
}

impl Stop {
    /// From now on the first signal is a request to stop, and the second ends the program.
    pub(super) fn listen(&self) {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => {
                tracing::warn!(%error, "signals cannot be listened for; each of them ends the program at once");
                return;
            }
        };
        let stop = self.clone();
        tokio::spawn(async move {
            signals.next().await;
            stop.asked.store(true, Ordering::Relaxed);
            stop.told.send_replace(true);
            loop {
                let signal = signals.next().await;
                if signal.is_impatient() {
                    std::process::exit(signal.exit_status());
                }
            }
        });
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// The flag that is set when the command is asked to stop.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// Waits until the command is asked to stop.
    pub(super) async fn asked(&self) {
        if self.told.subscribe().wait_for(|told| *told).await.is_err() {
            // The sender lives in `self`. Without it, no request can come any more.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None`: the program was started so that it ignores hang-ups, as by nohup(1).
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: match ignores_hang_ups() {
                true => None,
                false => Some(signal(SignalKind::hangup())?),
            },
        })
    }

    async fn next(&mut self) -> Signal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = hang_up => Signal::HangUp,
        }
    }
}

/// Whether SIGHUP was ignored when the program began. Linux tells; elsewhere a hang-up always asks to stop.
#[cfg(unix)]
fn ignores_hang_ups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    is_hang_up_ignored(&status)
}

/// The same of the text of `/proc/PID/status` (proc(5)): the line `SigIgn` has a bit for each signal, that of SIGHUP
/// the lowest.
#[cfg(unix)]
fn is_hang_up_ignored(status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u128::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    interrupt_by_break: tokio::signal::windows::CtrlBreak,
    hang_up: tokio::signal::windows::CtrlClose,
    terminate: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            interrupt_by_break: ctrl_break()?,
            hang_up: ctrl_close()?,
            terminate: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.interrupt_by_break.recv() => Signal::Interrupt,
            _ = self.hang_up.recv() => Signal::HangUp,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn whether_hang_ups_are_ignored_is_read_from_proc() {
        for (mask, ignored) in [
            ("0000000000000001", true),
            ("0000000000001003", true),
            ("0000000000001002", false),
            ("0000000000000000", false),
            ("", false),
        ] {
            let status = format!("Name:\tinvite\nSigBlk:\tffffffffffffffff\nSigIgn:\t{mask}\nSigCgt:\t01\n");
            assert_eq!(is_hang_up_ignored(&status), ignored, "{mask}");
        }
        assert!(!is_hang_up_ignored(""));
    }
}
