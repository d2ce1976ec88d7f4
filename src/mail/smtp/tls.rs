//! Encrypted connections, over rustls and with the system's certificates.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::{AsyncTokioStream, TlsParameters};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::settings::SmtpSetupError;

/// TLS settings for both ways of encrypting.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) implicit: TlsConnector,
    pub(super) starttls: TlsParameters,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// # Errors
    /// [`SmtpSetupError`] when the system's certificates cannot be read.
    pub(super) fn to(host: &str) -> Result<Self, SmtpSetupError> {
        let failed = |source: crate::fault::BoxError| SmtpSetupError::Tls {
            host: host.to_owned(),
            source,
        };
        let config = rustls::ClientConfig::builder()
            .with_platform_verifier()
            .map_err(|e| failed(e.into()))?
            .with_no_client_auth();
        Ok(Self {
            implicit: TlsConnector::from(Arc::new(config)),
            starttls: TlsParameters::new(host.to_owned()).map_err(|e| failed(e.into()))?,
        })
    }
}

/// A TLS stream as lettre wants it.
#[derive(Debug)]
pub(super) struct Encrypted(pub(super) TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
