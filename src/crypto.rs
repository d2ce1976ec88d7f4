//! The one crypto provider behind every TLS connection.

use std::sync::Once;

/// Installs ring as the process's provider for rustls, unless one is installed already. Every constructor
/// that may open a TLS connection calls it, because a library has no `main` to do so.
pub(crate) fn ensure_crypto_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the calling program has installed a provider before. That provider stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
