//! stub
/// m
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// r
    Request,
    /// c
    Cancel,
}
impl Method {
    /// s
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}
