//! The state of the part that is being rendered: the facts for functions and filters, and the rest of the limits.
//!
//! The state is kept by the thread, because Tera shows a function the variables of its template. Within a component,
//! Tera does not show the variables around the component.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::mail::InlineImage;
use crate::meeting::Zone;
use crate::organization::Color;

use super::calendar_links::CalendarEntry;
use super::trace::Trace;
use crate::template::language::locale::Locale;
use crate::template::limits::spending::Spending;

/// Whether a part is HTML or plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartFormat {
    Html,
    Text,
}

/// The facts that a part is rendered with.
#[derive(Debug)]
pub(super) struct RenderState {
    pub(in crate::template) locale: Arc<Locale>,
    pub(in crate::template) format: PartFormat,
    /// The reader's zone.
    pub(in crate::template) zone: Zone,
    /// The colour of buttons.
    pub(in crate::template) color: Color,
    /// The facts in links that add the meeting to a calendar.
    pub(in crate::template) entry: Rc<CalendarEntry>,
    pub(in crate::template) images: RefCell<Vec<InlineImage>>,
    /// The record of conditions. Only previews of templates have one.
    pub(in crate::template) trace: Option<Rc<Trace>>,
    pub(in crate::template) spending: Spending,
}

impl RenderState {
    pub(in crate::template) fn new(
        locale: Arc<Locale>,
        format: PartFormat,
        zone: Zone,
        color: Color,
        entry: Rc<CalendarEntry>,
    ) -> Self {
        Self {
            locale,
            format,
            zone,
            color,
            entry,
            images: RefCell::default(),
            trace: None,
            spending: Spending::begin(),
        }
    }

    /// The same state, with a record of conditions.
    pub(in crate::template) fn traced(mut self, trace: Option<&Rc<Trace>>) -> Self {
        self.trace = trace.cloned();
        self
    }
}

thread_local! {
    static NOW: RefCell<Option<Rc<RenderState>>> = const { RefCell::new(None) };
}

/// Runs `run` with this state as the state of the thread.
pub(super) fn with_state<T>(state: &Rc<RenderState>, run: impl FnOnce() -> T) -> T {
    struct Restore(Option<Rc<RenderState>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            NOW.with_borrow_mut(|now| *now = self.0.take());
        }
    }
    let _restore = Restore(NOW.replace(Some(Rc::clone(state))));
    run()
}

/// The state of the part that this thread renders.
pub(in crate::template) fn current() -> tera::TeraResult<Rc<RenderState>> {
    NOW.with_borrow(Clone::clone)
        .ok_or_else(|| tera::Error::message("this is known only while a mail is rendered"))
}
