//! Mail: composing a message, the port that carries it, and the durable list of what is to be delivered.

mod transport;

pub use transport::{Connection, Envelope, Receipt, Transport, TransportError};
