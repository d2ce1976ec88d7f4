//! The address for bounces: the envelope sender (RFC 5321 §4.4). It is the same for all mails, or another one for each
//! mail.

use crate::meeting::EmailAddress;

/// The length of a local part, in octets, that every server must accept.
const LONGEST_LOCAL_PART: usize = 64;

/// The envelope sender of mails, if it is not the address in From.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSender {
    address: EmailAddress,
    varies: bool,
}

impl EnvelopeSender {
    /// The same envelope sender for all mails.
    #[must_use]
    pub const fn fixed(address: EmailAddress) -> Self {
        Self {
            address,
            varies: false,
        }
    }

    /// An envelope sender for each mail (VERP): the local part of the mail's Message-ID is appended to the local part
    /// of `address` after a plus sign. The recipient of a bounce then names the mail, even if the bounce contains
    /// nothing of the mail, or a relay gave the mail another Message-ID.
    #[must_use]
    pub const fn of_each(address: EmailAddress) -> Self {
        Self {
            address,
            varies: true,
        }
    }

    /// The envelope sender of a mail.
    #[must_use]
    pub fn of(&self, message_id: &str) -> EmailAddress {
        if !self.varies {
            return self.address.clone();
        }
        let token = message_id.trim_start_matches('<').split('@').next();
        let (local, domain) = halves(&self.address);
        let local = format!("{local}+{}", token.unwrap_or_default());
        // If the longer address would exceed the limit (RFC 5321 §4.5.3.1.1), the plain address is used. Bounces reach
        // it all the same.
        let of_mail =
            (local.len() <= LONGEST_LOCAL_PART).then(|| EmailAddress::new(format!("{local}@{domain}")));
        match of_mail {
            Some(Ok(address)) => address,
            Some(Err(_)) | None => self.address.clone(),
        }
    }
}

/// The Message-ID of the mail with this envelope sender. `domain` is the domain of our Message-IDs.
#[must_use]
pub fn message_id_of(envelope_sender: &str, domain: &str) -> Option<String> {
    let (local, _) = envelope_sender.rsplit_once('@')?;
    let (_, token) = local.rsplit_once('+')?;
    let (digest, revision) = token.split_once('.')?;
    let is_ours = digest.len() == 32
        && digest.bytes().all(|octet| octet.is_ascii_hexdigit())
        && revision.parse::<u32>().is_ok();
    is_ours.then(|| format!("<{}@{domain}>", token.to_ascii_lowercase()))
}

fn halves(address: &EmailAddress) -> (&str, &str) {
    address
        .as_str()
        .rsplit_once('@')
        .unwrap_or((address.as_str(), ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::message_id;
    use crate::meeting::Revision;

    fn address(text: &str) -> EmailAddress {
        text.parse().unwrap()
    }

    #[test]
    fn a_bounce_says_which_mail_it_is_about() {
        let id = message_id(
            "uid@acme.example",
            "invitation",
            Revision(3),
            "mika@lead.example",
            0,
            "acme.example",
        );
        let sender = EnvelopeSender::of_each(address("bounces@mail.acme.example"));
        let of_mail = sender.of(&id);
        assert!(
            of_mail.as_str().starts_with("bounces+") && of_mail.as_str().ends_with(".3@mail.acme.example")
        );
        assert_eq!(message_id_of(of_mail.as_str(), "acme.example"), Some(id.clone()));
        // Some servers write local parts in capitals.
        assert_eq!(
            message_id_of(&of_mail.as_str().to_uppercase(), "acme.example"),
            Some(id.clone())
        );
        assert_eq!(
            EnvelopeSender::fixed(address("b@acme.example")).of(&id),
            address("b@acme.example")
        );
        for other in [
            "bounces@acme.example",
            "a+b@acme.example",
            "a+1f.2@acme.example",
            "nobody",
            "",
        ] {
            assert_eq!(message_id_of(other, "acme.example"), None, "{other}");
        }
    }

    #[test]
    fn one_that_is_too_long_goes_without() {
        let long = address(&format!("{}@acme.example", "b".repeat(60)));
        assert_eq!(
            EnvelopeSender::of_each(long.clone()).of("<0123456789abcdef0123456789abcdef.0@acme.example>"),
            long
        );
    }
}
