//! The progress bar of a run.

use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

use crate::command::terminal::{Terminal, visible};
use crate::pipeline::{Event, Happened};

/// The progress bar of a run.
#[derive(Default)]
pub(super) struct ShownProgress {
    bar: Mutex<Bar>,
}

/// The bar, and its length so far: the events of a run add to it meeting by meeting.
#[derive(Default)]
struct Bar {
    shown: Option<ProgressBar>,
    mailboxes: usize,
    tried: u64,
}

impl ShownProgress {
    pub(super) fn show(&self, event: &Event, terminal: &Terminal) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match (&event.what, &event.mailbox) {
            (Happened::Delivering { count }, _) => {
                bar.mailboxes += count;
                if let Some(shorter) = bar.shown.take() {
                    shorter.finish_and_clear();
                }
                let longer = terminal.progress(bar.mailboxes);
                bar.shown = Some(longer.with_position(bar.tried));
            }
            (what, Some(to)) => {
                bar.tried += 1;
                let Some(shown) = &bar.shown else { return };
                shown.inc(1);
                if let Some(answer) = what.answer().filter(|_| !matches!(what, Happened::Sent { .. })) {
                    // The answer stands above the bar as it comes. The table at the end has it again.
                    shown.println(format!("  {to}: {}", visible(answer)));
                }
            }
            _ => {}
        }
    }

    pub(super) fn end(&self) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = bar.shown.take() {
            shown.finish_and_clear();
        }
    }
}
