//! Long lists, page by page.

/// The place at which the next page begins. Only the CRM that made the cursor can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A place, as the CRM writes it: a number, the last id, the address of the next page.
    pub fn new(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    /// The place, as the CRM wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A part of a long list. The CRM chooses its size. A page may be empty although it is not the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page. `None`: this page is the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The last page, or the only one.
    #[must_use]
    pub const fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
