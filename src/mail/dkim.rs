//! DKIM: signatures by which a receiver sees that a message comes from its domain and was not changed on the way
//! (RFC 6376; keys and hashes as RFC 8301 wants them; Ed25519, RFC 8463).
//!
//! The finished octets are signed, with the calendar part and the Content-Type. Header and body are signed in "relaxed"
//! form, so that a server may fold a line again without breaking the signature. The signature gives no length (`l=`),
//! so that nothing can be appended to the body.

use std::fmt;
use std::fmt::Write as _;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::fault::{Class, Fault, Remedy};

/// Header fields that are signed if a message has them. A field of the first list is signed once more than it occurs,
/// so that nobody can add another one.
const SEALED: &[&str] = &[
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Reply-To",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];
const SIGNED: &[&str] = &[
    "In-Reply-To",
    "References",
    "Content-Language",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];
/// The column at which header lines are folded (RFC 5322 §2.1.1).
const FOLD: usize = 76;

/// Signs messages in the name of a domain.
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimSigner")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// The text is no private key in PEM form.
    #[error("the DKIM key of {domain} is no private key in PEM form")]
    NoKey {
        /// The signing domain.
        domain: String,
    },
    /// The text is a key, but receivers do not accept keys of this kind or size.
    #[error("the DKIM key of {domain} cannot be used: {reason}")]
    Unusable {
        /// The signing domain.
        domain: String,
        /// The reason.
        reason: String,
    },
}

impl Fault for DkimError {
    fn kind(&self) -> &'static str {
        "dkim.key"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            "make one with `openssl genpkey -algorithm ed25519 -out dkim.pem`, or with `openssl genpkey -algorithm rsa \
             -pkeyopt rsa_keygen_bits:2048 -out dkim.pem`"
                .into(),
        )
    }
}

impl DkimSigner {
    /// A signer with a private key: RSA of 2048 bits or more (PKCS#1 or PKCS#8), or Ed25519 (PKCS#8), in PEM.
    ///
    /// # Errors
    /// [`DkimError`] if the text is no such key.
    pub fn new(domain: &str, selector: &str, pem: &SecretString) -> Result<Self, DkimError> {
        let unusable = |reason: String| DkimError::Unusable {
            domain: domain.to_owned(),
            reason,
        };
        let der =
            PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|_| DkimError::NoKey {
                domain: domain.to_owned(),
            })?;
        let key = match &der {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der())
                .map(|key| Key::Rsa(Box::new(key)))
                .map_err(|e| unusable(explained(&e.to_string())))?,
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    Ok(key) => Key::Ed25519(key),
                    Err(_) => RsaKeyPair::from_pkcs8(der)
                        .map(|key| Key::Rsa(Box::new(key)))
                        .map_err(|e| unusable(explained(&e.to_string())))?,
                }
            }
            _ => return Err(unusable("it is neither an RSA nor an Ed25519 key".to_owned())),
        };
        Ok(Self {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key,
        })
    }

    /// Whether the signer may sign for a domain: its own domain or a subdomain.
    #[must_use]
    pub fn speaks_for(&self, domain: &str) -> bool {
        let (domain, own) = (domain.to_ascii_lowercase(), self.domain.to_ascii_lowercase());
        domain
            .strip_suffix(&own)
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    /// The name and the text of the TXT record that the domain has to publish (RFC 6376 §3.6).
    #[must_use]
    pub fn dns_record(&self) -> (String, String) {
        let (algorithm, key) = match &self.key {
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
            Key::Rsa(key) => ("rsa", rsa_public_key_info(key.public_key().as_ref())),
        };
        (
            format!("{}._domainkey.{}", self.selector, self.domain),
            format!("v=DKIM1; k={algorithm}; p={}", STANDARD.encode(key)),
        )
    }

    /// The DKIM-Signature header field for a message with CRLF line ends. The caller puts it before the message. `at`
    /// becomes the time of the signature.
    ///
    /// # Errors
    /// [`DkimError::Unusable`] when the key fails to sign.
    pub fn signature(&self, message: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, DkimError> {
        self.signature_of(&Unsigned::new(message), at)
    }

    fn signature_of(&self, message: &Unsigned<'_>, at: DateTime<Utc>) -> Result<Vec<u8>, DkimError> {
        let Unsigned {
            fields,
            names,
            body_hash,
        } = message;
        let algorithm = match &self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let mut field = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n\ts={}; t={}; bh={body_hash};\r\n\th=",
            self.domain,
            self.selector,
            at.timestamp()
        );
        let mut column = "\th=".len();
        for (place, name) in names.iter().enumerate() {
            if place > 0 {
                field.push(':');
                column += 1;
                if column + name.len() > FOLD {
                    field.push_str("\r\n\t ");
                    column = 2;
                }
            }
            field.push_str(name);
            column += name.len();
        }
        field.push_str(";\r\n\tb=");
        let signed = self.sign(&signed_text(fields, names, &field))?;
        let encoded = STANDARD.encode(signed);
        for (place, line) in encoded.as_bytes().chunks(FOLD - 4).enumerate() {
            if place > 0 {
                field.push_str("\r\n\t ");
            }
            // Base64 is ASCII.
            let _ = write!(field, "{}", String::from_utf8_lossy(line));
        }
        field.push_str("\r\n");
        Ok(field.into_bytes())
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, DkimError> {
        match &self.key {
            // Ed25519 signs the hash (RFC 8463 §3).
            Key::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
                    .map_err(|_| DkimError::Unusable {
                        domain: self.domain.clone(),
                        reason: "it does not sign".to_owned(),
                    })?;
                Ok(signature)
            }
        }
    }
}

/// A message with a signature of each signer before it. Without signers, the message itself.
///
/// # Errors
/// [`DkimError::Unusable`] when a key fails to sign.
pub fn signed<'s>(
    signers: impl IntoIterator<Item = &'s DkimSigner>,
    message: Vec<u8>,
    at: DateTime<Utc>,
) -> Result<Vec<u8>, DkimError> {
    let signers: Vec<&DkimSigner> = signers.into_iter().collect();
    if signers.is_empty() {
        return Ok(message);
    }
    let unsigned = Unsigned::new(&message);
    let mut signed = Vec::with_capacity(message.len() + 1024 * signers.len());
    for signer in signers {
        signed.extend_from_slice(&signer.signature_of(&unsigned, at)?);
    }
    signed.extend_from_slice(&message);
    Ok(signed)
}

/// The parts of a message that all its signatures share.
struct Unsigned<'a> {
    fields: Vec<(&'a [u8], &'a [u8])>,
    /// The header fields that are signed.
    names: Vec<&'static str>,
    body_hash: String,
}

impl<'a> Unsigned<'a> {
    fn new(message: &'a [u8]) -> Self {
        let (header, body) = split(message);
        let fields = fields(header);
        Self {
            names: signed_names(&fields),
            body_hash: STANDARD.encode(Sha256::digest(relaxed_body(body))),
            fields,
        }
    }
}

fn explained(reason: &str) -> String {
    match reason {
        "TooSmall" => "it has fewer than 2048 bits, which receivers do not accept".to_owned(),
        "WrongAlgorithm" => "it is neither an RSA nor an Ed25519 key".to_owned(),
        other => other.to_owned(),
    }
}

/// An RSA public key (PKCS#1) as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), the form that DNS records have.
fn rsa_public_key_info(pkcs1: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits = [&[0][..], pkcs1].concat();
    let content = [RSA_ENCRYPTION.to_vec(), der(0x03, &bits)].concat();
    der(0x30, &content)
}

/// A DER value with its tag and length (X.690 §8.1).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut value = vec![tag];
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
    match length.as_slice() {
        [] => value.push(0),
        [short] if *short < 0x80 => value.push(*short),
        long => {
            // A length of eight octets has no more than eight octets.
            value.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            value.extend_from_slice(long);
        }
    }
    value.extend_from_slice(content);
    value
}

/// Header and body, without the empty line between them.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    match message.windows(4).position(|octets| octets == b"\r\n\r\n") {
        Some(at) => (&message[..at + 2], &message[at + 4..]),
        None => (message, &[]),
    }
}

/// The fields of a header: names and values, still folded.
fn fields(header: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < header.len() {
        let mut end = start;
        // A line that begins with white space continues the line before.
        loop {
            end += header[end..]
                .windows(2)
                .position(|octets| octets == b"\r\n")
                .map_or(header.len() - end, |at| at + 2);
            if !matches!(header.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let field = &header[start..end];
        if let Some(colon) = field.iter().position(|octet| *octet == b':') {
            found.push((&field[..colon], &field[colon + 1..]));
        }
        start = end;
    }
    found
}

fn is_named(field: &[u8], name: &str) -> bool {
    field.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

/// The names in `h=`: every field of the two lists as often as it occurs, the fields of the first list once more.
fn signed_names(fields: &[(&[u8], &[u8])]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (list, more) in [(SEALED, 1), (SIGNED, 0)] {
        for name in list {
            let count = fields.iter().filter(|(field, _)| is_named(field, name)).count();
            names.extend(std::iter::repeat_n(*name, count + more));
        }
    }
    names
}

/// The signed text: the fields in the order of their names (of several fields with one name, the last comes first), and
/// the signature's own field without its signature (RFC 6376 §3.7, §5.4.2).
fn signed_text(fields: &[(&[u8], &[u8])], names: &[&str], own: &str) -> Vec<u8> {
    let mut text = Vec::new();
    let mut taken = vec![false; fields.len()];
    for name in names {
        let next = (0..fields.len())
            .rev()
            .find(|place| !taken[*place] && is_named(fields[*place].0, name));
        if let Some(place) = next {
            taken[place] = true;
            relaxed_field(fields[place], &mut text);
            text.extend_from_slice(b"\r\n");
        }
    }
    if let Some((name, value)) = own.split_once(':') {
        relaxed_field((name.as_bytes(), value.as_bytes()), &mut text);
    }
    text
}

/// A header field, relaxed (RFC 6376 §3.4.2), without a line end.
fn relaxed_field((name, value): (&[u8], &[u8]), text: &mut Vec<u8>) {
    text.extend(name.trim_ascii_end().iter().map(u8::to_ascii_lowercase));
    text.push(b':');
    let start = text.len();
    let mut space = false;
    for octet in value {
        match octet {
            b' ' | b'\t' => space = true,
            b'\r' | b'\n' => {}
            octet => {
                if space && text.len() > start {
                    text.push(b' ');
                }
                space = false;
                text.push(*octet);
            }
        }
    }
}

/// A body, relaxed (RFC 6376 §3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len());
    // Empty lines at the end do not count.
    let mut empty = 0;
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|octets| octets == b"\r\n");
        let (line, behind) = end.map_or((rest, &[][..]), |at| (&rest[..at], &rest[at + 2..]));
        rest = behind;
        let start = text.len();
        let mut space = false;
        for octet in line {
            if matches!(octet, b' ' | b'\t') {
                space = true;
                continue;
            }
            if text.len() == start {
                text.extend(std::iter::repeat_n(b"\r\n", empty).flatten());
                empty = 0;
            }
            if space {
                text.push(b' ');
                space = false;
            }
            text.push(*octet);
        }
        if text.len() == start {
            empty += 1;
        } else {
            text.extend_from_slice(b"\r\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_speaks_for_its_domain_and_those_below() {
        let key = Ed25519KeyPair::generate().unwrap();
        let signer = DkimSigner {
            domain: "Acme.example".to_owned(),
            selector: "s".to_owned(),
            key: Key::Ed25519(key),
        };
        for ours in ["acme.example", "ACME.EXAMPLE", "mail.acme.example"] {
            assert!(signer.speaks_for(ours), "{ours}");
        }
        for other in ["notacme.example", "example", "acme.example.org", ""] {
            assert!(!signer.speaks_for(other), "{other}");
        }
    }
}
