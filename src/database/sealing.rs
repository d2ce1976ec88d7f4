//! Encryption of secrets at rest: XChaCha20-Poly1305 with a random nonce. 24 bytes are long enough for a random one.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{EncryptionKey, KeyError};

/// The first byte of a sealed value. It tells this way of sealing from others.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

fn cipher(key: &EncryptionKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// Seals a secret for one place. It cannot be opened at another place.
pub(super) fn seal(key: &EncryptionKey, place: &str, secret: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| KeyError::NoRandomness(error.to_string()))?;
    let payload = Payload {
        msg: secret,
        aad: place.as_bytes(),
    };
    let sealed = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|error| KeyError::NoRandomness(error.to_string()))?;
    let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
    out.push(FORMAT);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens a secret that [`seal`] sealed for the same place. `None`: the key is another, or a byte was changed.
pub(super) fn open(key: &EncryptionKey, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&format, rest) = sealed.split_first()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    if format != FORMAT {
        return None;
    }
    let payload = Payload {
        msg: ciphertext,
        aad: place.as_bytes(),
    };
    cipher(key)
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_its_key_in_its_place_and_whole() {
        let key = EncryptionKey::new([7; 32]);
        let sealed = seal(&key, "here", b"secret").unwrap();
        assert_eq!(open(&key, "here", &sealed).unwrap().as_slice(), b"secret");
        assert_ne!(seal(&key, "here", b"secret").unwrap(), sealed);
        assert!(open(&EncryptionKey::new([8; 32]), "here", &sealed).is_none());
        assert!(open(&key, "there", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, "here", &changed).is_none(), "byte {at}");
            assert!(open(&key, "here", &sealed[..at]).is_none(), "cut at {at}");
        }
    }
}
