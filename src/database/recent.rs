//! A cache of the rows that were read last, for a table whose rows never change.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Values by their numbers, the newest first.
type Known<T> = VecDeque<(i64, T)>;

/// A cache of the values that were read last, by their numbers. The values never change.
pub(super) struct Recent<T> {
    known: Arc<Mutex<Known<T>>>,
    most: usize,
}

impl<T: Clone> Recent<T> {
    /// A cache of at most so many values.
    pub(super) fn of(most: usize) -> Self {
        Self {
            known: Arc::default(),
            most,
        }
    }

    pub(super) fn get(&self, id: i64) -> Option<T> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, one) = known.iter().find(|(known, _)| *known == id)?;
        Some(one.clone())
    }

    pub(super) fn put(&self, id: i64, one: T) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(known, _)| *known != id);
        known.push_front((id, one));
        known.truncate(self.most);
    }
}

impl<T> Clone for Recent<T> {
    fn clone(&self) -> Self {
        Self {
            known: Arc::clone(&self.known),
            most: self.most,
        }
    }
}

impl<T> fmt::Debug for Recent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent")
    }
}
