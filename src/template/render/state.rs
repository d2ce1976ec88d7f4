//! One part while it is rendered: what functions and filters of templates know, and what they may still spend.
//!
//! It is kept by the thread, because Tera shows a function the variables of a template but not, within a component,
//! those around it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::mail::InlineImage;
use crate::meeting::Zone;
use crate::organization::Color;

use super::calendar_links::CalendarEntry;
use crate::template::authoring::conditions::Trace;
use crate::template::language::locale::Voice;
use crate::template::limits::computing_time::ComputingTime;

/// How many steps a part may take: turns of loops, calls of components, inclusions.
pub(in crate::template) const MAX_STEPS: u32 = 20_000;
/// How long a part may compute. A tenth of a millisecond is usual; nobody comes near it by accident.
pub(in crate::template) const MAX_TIME: Duration = Duration::from_millis(500);

/// Whether a part is HTML or plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Form {
    Html,
    Text,
}

/// What a part is rendered with.
#[derive(Debug)]
pub(in crate::template) struct Rendering {
    pub(in crate::template) voice: Arc<Voice>,
    pub(in crate::template) form: Form,
    /// The reader's zone.
    pub(in crate::template) zone: Zone,
    /// The colour of buttons.
    pub(in crate::template) color: Color,
    /// What goes into links that add the meeting to a calendar.
    pub(in crate::template) entry: Rc<CalendarEntry>,
    pub(in crate::template) images: RefCell<Vec<InlineImage>>,
    /// What is to be told of conditions; only for looking at templates.
    pub(in crate::template) trace: Option<Rc<Trace>>,
    steps: Cell<u32>,
    spent: ComputingTime,
    /// When `spent` is looked at next: it cannot be all before, and asking costs more than a look at this.
    look: Cell<Instant>,
}

/// Why a part is not rendered to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::template) enum Exhausted {
    #[error("it takes more than {MAX_STEPS} steps (turns of loops, components, inclusions)")]
    Steps,
    #[error("it takes longer than {} milliseconds", MAX_TIME.as_millis())]
    Time,
}

impl Rendering {
    pub(in crate::template) fn new(
        voice: Arc<Voice>,
        form: Form,
        zone: Zone,
        color: Color,
        entry: Rc<CalendarEntry>,
    ) -> Self {
        Self {
            voice,
            form,
            zone,
            color,
            entry,
            images: RefCell::default(),
            trace: None,
            steps: Cell::new(0),
            spent: ComputingTime::begin(),
            look: Cell::new(Instant::now() + MAX_TIME),
        }
    }

    /// The same, telling of conditions.
    pub(in crate::template) fn traced(mut self, trace: Option<&Rc<Trace>>) -> Self {
        self.trace = trace.cloned();
        self
    }

    /// Takes steps, if there are any left.
    pub(in crate::template) fn step(&self, count: u32) -> Result<(), Exhausted> {
        let steps = self.steps.get().saturating_add(count);
        self.steps.set(steps);
        if steps > MAX_STEPS {
            Err(Exhausted::Steps)
        } else if self.is_out_of_time() {
            Err(Exhausted::Time)
        } else {
            Ok(())
        }
    }

    fn is_out_of_time(&self) -> bool {
        let now = Instant::now();
        if now < self.look.get() {
            return false;
        }
        let left = MAX_TIME.saturating_sub(self.spent.spent());
        self.look.set(now + left);
        left.is_zero()
    }
}

thread_local! {
    static NOW: RefCell<Option<Rc<Rendering>>> = const { RefCell::new(None) };
}

/// Renders something on this thread.
pub(in crate::template) fn rendering<T>(rendering: &Rc<Rendering>, run: impl FnOnce() -> T) -> T {
    struct Restore(Option<Rc<Rendering>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            NOW.with_borrow_mut(|now| *now = self.0.take());
        }
    }
    let _restore = Restore(NOW.replace(Some(Rc::clone(rendering))));
    run()
}

/// What is rendered on this thread.
pub(in crate::template) fn now() -> tera::TeraResult<Rc<Rendering>> {
    NOW.with_borrow(Clone::clone)
        .ok_or_else(|| tera::Error::message("this is known only while a mail is rendered"))
}
