//! Long lists, a page at a time.

/// Where the next page begins. Only the CRM that made it can read it.
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

/// Some items of a long list. The CRM chooses how many; a page may be empty and not be the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The last page, or the only one.
    #[must_use]
    pub const fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
