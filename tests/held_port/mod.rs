//! Ports for programs that must be told theirs: a server's configuration, a redirect URI, an address at which nobody is.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port on loopback that is ours for as long as this lives. A socket is bound to it and does not listen. So the
/// system gives the port to nobody who asks for any, also not to connections that begin here, and a connection to it
/// is refused. A server that names the port can listen, if it sets SO_REUSEADDR, as all servers do.
#[derive(Debug)]
pub(crate) struct HeldPort {
    pub(crate) number: u16,
    /// Only Linux lets another listen where a socket is bound.
    _bound: Option<TcpSocket>,
}

impl HeldPort {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        Self {
            number: socket.local_addr().unwrap().port(),
            _bound: cfg!(target_os = "linux").then_some(socket),
        }
    }
}
