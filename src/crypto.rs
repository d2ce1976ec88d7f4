//! The one TLS provider of the process: rustls with ring.

use std::sync::Once;

/// Makes sure that rustls has a crypto provider, before the first TLS client is built. A provider that the
/// calling program installed earlier stays.
pub(crate) fn ensure_crypto_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that somebody else was first, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
