//! Messages in few bytes. The invitations to a meeting differ in little: the first one in a language is kept whole,
//! as the base, and each is a Zstandard frame (RFC 8878) that refers to the base for what they have in common.
//!
//! Every frame ends with a checksum of the message, so that a message is read back to the byte or not at all.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, get_frame_content_size};

/// Beyond it, what is left to gain is a few bytes a message.
const LEVEL: i32 = 3;

/// More than any mail server takes; a frame that claims to hold more is damaged.
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

/// Reads a message that was written for this base; none: an empty one.
pub(super) fn unpack(base: &[u8], packed: &[u8]) -> io::Result<Vec<u8>> {
    Unpacker::new(base)?.unpack(packed)
}

/// Reads messages that were written for one base.
pub(super) struct Unpacker {
    decompressor: Decompressor<'static>,
}

impl Unpacker {
    pub(super) fn new(base: &[u8]) -> io::Result<Self> {
        Ok(Self {
            decompressor: Decompressor::with_dictionary(base)?,
        })
    }

    pub(super) fn unpack(&mut self, packed: &[u8]) -> io::Result<Vec<u8>> {
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

/// A base, by its number.
type Known = (i64, Arc<[u8]>);

/// The bases that were read last. A base never changes.
#[derive(Clone, Default)]
pub(super) struct Bases {
    known: Arc<Mutex<VecDeque<Known>>>,
}

impl Bases {
    const MOST: usize = 16;

    pub(super) fn get(&self, id: i64) -> Option<Arc<[u8]>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, base) = known.iter().find(|(known, _)| *known == id)?;
        Some(Arc::clone(base))
    }

    pub(super) fn put(&self, id: i64, base: Arc<[u8]>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.push_front((id, base));
        known.truncate(Self::MOST);
    }
}

impl fmt::Debug for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bases")
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
