//! Compact storage of messages without a form. The messages of a meeting differ in little: the first one of each kind
//! and language is the base, and each message is a Zstandard frame (RFC 8878) with the base as its dictionary.
//!
//! Every frame ends with a checksum, so that a damaged message is an error and never another text.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, get_frame_content_size};

/// The level of compression. Higher levels save only a few bytes for each message.
const LEVEL: i32 = 3;

/// 256 MiB, more than any mail server takes: a frame that claims to hold more is damaged.
const LARGEST: u64 = 1 << 28;

/// Compresses octets without a base.
pub(crate) fn pack(octets: &[u8]) -> io::Result<Vec<u8>> {
    Packer::new(&[])?.pack(octets)
}

/// Reads octets that were compressed without a base.
pub(crate) fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    Unpacker::new(&[])?.unpack(packed)
}

/// Writes messages as differences from a base.
struct Packer {
    compressor: Compressor<'static>,
}

impl Packer {
    fn new(base: &[u8]) -> io::Result<Self> {
        let mut compressor = Compressor::with_dictionary(LEVEL, base)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        Ok(Self { compressor })
    }

    fn pack(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = self.compressor.compress(message)?;
        packed.shrink_to_fit();
        Ok(packed)
    }
}

/// Reads messages that were packed with one base. An empty base means no base.
struct Unpacker {
    decompressor: Decompressor<'static>,
}

impl Unpacker {
    fn new(base: &[u8]) -> io::Result<Self> {
        Ok(Self {
            decompressor: Decompressor::with_dictionary(base)?,
        })
    }

    fn unpack(&mut self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let size = size_of(packed)?;
        let message = self.decompressor.decompress(packed, size)?;
        if message.len() == size {
            Ok(message)
        } else {
            Err(damaged())
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it is no frame that was written whole",
    )
}

/// The length of the message in a frame.
fn size_of(packed: &[u8]) -> io::Result<usize> {
    get_frame_content_size(packed)
        .ok()
        .flatten()
        .filter(|size| *size <= LARGEST)
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(damaged)
}

/// A message that serves as the dictionary of others. It never changes.
pub struct MessageBase {
    octets: Vec<u8>,
    packers: Idle<Packer>,
    unpackers: Idle<Unpacker>,
}

impl MessageBase {
    /// Makes a message the base of others.
    #[must_use]
    pub fn new(message: Vec<u8>) -> Self {
        Self {
            octets: message,
            packers: Idle::default(),
            unpackers: Idle::default(),
        }
    }

    /// The message.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Writes a message as its difference from this base.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn pack(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        let make = || Packer::new(&self.octets);
        self.packers.with(make, |packer| packer.pack(message))
    }

    /// Reads a message that was written for this base.
    ///
    /// # Errors
    /// When the octets are damaged, or belong to another base.
    pub fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let make = || Unpacker::new(&self.octets);
        self.unpackers.with(make, |unpacker| unpacker.unpack(packed))
    }
}

impl fmt::Debug for MessageBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageBase({} octets)", self.octets.len())
    }
}

/// Packers or unpackers that are not in use: making one takes longer than using it.
struct Idle<T>(Mutex<Vec<T>>);

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Idle<T> {
    fn with<R>(
        &self,
        make: impl FnOnce() -> io::Result<T>,
        run: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = idle().pop();
        let mut one = one.map_or_else(make, Ok)?;
        let made = run(&mut one);
        idle().push(one);
        made
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(name: &str) -> Vec<u8> {
        let body: String = (0..200)
            .map(|n| format!("line {n} of what all are told\r\n"))
            .collect();
        format!("To: {name}\r\n\r\nDear {name},\r\n{body}").into_bytes()
    }

    #[test]
    fn what_is_common_costs_nothing() {
        let base = message("Ana");
        let base = MessageBase::new(base);
        let packed = base.pack(&message("Bartholomew")).unwrap();
        assert!(packed.len() < 80, "{packed:?} beside {base:?}");
        assert_eq!(base.unpack(&packed).unwrap(), message("Bartholomew"));
    }

    #[test]
    fn a_changed_byte_or_another_base_is_noticed() {
        let base = MessageBase::new(message("Ana"));
        let original = message("Bartholomew");
        let packed = base.pack(&original).unwrap();
        for at in 0..packed.len() {
            let mut changed = packed.clone();
            changed[at] ^= 0x10;
            if let Ok(read) = base.unpack(&changed) {
                assert_eq!(read, original, "byte {at}");
            }
            assert!(base.unpack(&packed[..at]).is_err(), "cut at {at}");
        }
        let other = [message("Eve"), vec![b'x'; base.octets().len()]].concat();
        assert!(MessageBase::new(other).unpack(&packed).is_err());
        assert!(unpack(&packed).is_err());
    }

    proptest! {
        #[test]
        fn is_read_as_it_was_written(base: Vec<u8>, messages: Vec<Vec<u8>>) {
            let base = MessageBase::new(base);
            for message in messages {
                let packed = base.pack(&message).unwrap();
                prop_assert_eq!(base.unpack(&packed).unwrap(), message);
            }
        }
    }
}
