//! Stores messages that have no form in few bytes. The messages of a meeting differ in little: the first one for each
//! purpose and language is the base, and each message is a Zstandard frame (RFC 8878) that uses the base as its
//! dictionary.
//!
//! Every frame ends with a checksum of the message, so that a message is read back to the byte or not at all.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, get_frame_content_size};

/// The level of compression. Higher levels save only a few bytes for each message.
const LEVEL: i32 = 3;

/// 256 MiB, more than any mail server takes: a frame that claims to hold more is damaged.
const LARGEST: u64 = 1 << 28;

/// Writes messages as differences from a base.
pub(super) struct Packer {
    compressor: Compressor<'static>,
}

impl Packer {
    pub(super) fn new(base: &[u8]) -> io::Result<Self> {
        let mut compressor = Compressor::with_dictionary(LEVEL, base)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        Ok(Self { compressor })
    }

    pub(super) fn pack(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = self.compressor.compress(message)?;
        packed.shrink_to_fit();
        Ok(packed)
    }
}

/// Writes a message that refers to no other.
pub(super) fn pack(message: &[u8]) -> io::Result<Vec<u8>> {
    Packer::new(&[])?.pack(message)
}

/// Reads a message that was written for this base. An empty base is none.
pub(super) fn unpack(base: &[u8], packed: &[u8]) -> io::Result<Vec<u8>> {
    Unpacker::new(base)?.unpack(packed)
}

/// Reads messages that were written for one base.
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

/// How long the message in a frame is.
fn size_of(packed: &[u8]) -> io::Result<usize> {
    get_frame_content_size(packed)
        .ok()
        .flatten()
        .filter(|size| *size <= LARGEST)
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(damaged)
}

/// A message as the dictionary of others. It never changes.
pub(super) struct Base {
    octets: Vec<u8>,
    /// Decompressors that are not in use.
    idle: Mutex<Vec<Unpacker>>,
}

impl Base {
    pub(super) fn new(octets: Vec<u8>) -> Self {
        Self {
            octets,
            idle: Mutex::default(),
        }
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Unpacker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a message that was written for it.
    pub(super) fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let idle = self.idle().pop();
        let mut unpacker = idle.map_or_else(|| Unpacker::new(&self.octets), Ok)?;
        let message = unpacker.unpack(packed);
        self.idle().push(unpacker);
        message
    }
}

/// Values by their numbers, the newest first.
type Known<T> = VecDeque<(i64, Arc<T>)>;

/// A cache of the values that were read last, by their numbers. The values never change.
pub(super) struct Recent<T> {
    known: Arc<Mutex<Known<T>>>,
    most: usize,
}

impl<T> Recent<T> {
    /// A cache of at most so many values.
    pub(super) fn of(most: usize) -> Self {
        Self {
            known: Arc::default(),
            most,
        }
    }

    pub(super) fn get(&self, id: i64) -> Option<Arc<T>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, one) = known.iter().find(|(known, _)| *known == id)?;
        Some(Arc::clone(one))
    }

    pub(super) fn put(&self, id: i64, one: Arc<T>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(known, _)| *known != id);
        known.push_front((id, one));
        known.truncate(self.most);
    }
}

impl<T> Clone for Recent<T> {
    fn clone(&self) -> Self {
        Self {
            known: Arc::clone(&self.known),
            most: self.most,
        }
    }
}

impl<T> fmt::Debug for Recent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent")
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
        let packed = Packer::new(&base).unwrap().pack(&message("Bartholomew")).unwrap();
        assert!(packed.len() < 80, "{} of {} bytes", packed.len(), base.len());
        assert_eq!(unpack(&base, &packed).unwrap(), message("Bartholomew"));
    }

    #[test]
    fn a_changed_byte_or_another_base_is_noticed() {
        let base = message("Ana");
        let original = message("Bartholomew");
        let packed = Packer::new(&base).unwrap().pack(&original).unwrap();
        for at in 0..packed.len() {
            let mut changed = packed.clone();
            changed[at] ^= 0x10;
            if let Ok(read) = unpack(&base, &changed) {
                assert_eq!(read, original, "byte {at}");
            }
            assert!(unpack(&base, &packed[..at]).is_err(), "cut at {at}");
        }
        let other = [message("Eve"), vec![b'x'; base.len()]].concat();
        assert!(unpack(&other, &packed).is_err());
        assert!(unpack(&[], &packed).is_err());
    }

    proptest! {
        #[test]
        fn is_read_as_it_was_written(base: Vec<u8>, messages: Vec<Vec<u8>>) {
            let mut packer = Packer::new(&base).unwrap();
            for message in messages {
                let packed = packer.pack(&message).unwrap();
                prop_assert_eq!(unpack(&base, &packed).unwrap(), message);
            }
        }
    }
}
