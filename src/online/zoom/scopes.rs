//! The scopes that a connection needs, and optional ones.

/// The scopes that a push needs: to create, change and delete meetings of all users of the account. `zoom status`
/// reports missing ones.
pub const REQUIRED: [&str; 3] = [
    "meeting:write:meeting:admin",
    "meeting:update:meeting:admin",
    "meeting:delete:meeting:admin",
];

/// Optional scopes: to check that a meeting exists without changing it, and to find a meeting after the answer to its
/// creation was lost.
pub const OPTIONAL: [&str; 2] = ["meeting:read:meeting:admin", "meeting:read:list_meetings:admin"];

/// The scope to read one meeting.
pub(super) const READ: &str = OPTIONAL[0];
/// The scope to list a user's meetings.
pub(super) const LIST: &str = OPTIONAL[1];

/// Whether a scope was granted, or the older and coarser scope that includes it.
pub(super) fn includes(granted: &[String], scope: &str) -> bool {
    let classic = if scope == READ || scope == LIST {
        "meeting:read:admin"
    } else {
        "meeting:write:admin"
    };
    granted.iter().any(|g| g == scope || g == classic)
}

/// The required scopes that were not granted.
pub(super) fn missing(granted: &[String]) -> Vec<&'static str> {
    REQUIRED
        .into_iter()
        .filter(|scope| !includes(granted, scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_scopes_include_the_new_ones_and_user_scopes_do_not_count() {
        let granted = |scopes: &[&str]| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert!(missing(&granted(&["meeting:write:admin"])).is_empty());
        assert_eq!(
            missing(&granted(&[
                "meeting:write:meeting",
                "meeting:update:meeting:admin"
            ])),
            ["meeting:write:meeting:admin", "meeting:delete:meeting:admin"]
        );
        assert!(!includes(&granted(&["meeting:write:admin"]), READ));
        assert!(includes(&granted(&["meeting:read:admin"]), LIST));
    }
}
