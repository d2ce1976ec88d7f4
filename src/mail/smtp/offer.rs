//! The extensions that a server offers (RFC 5321 §4.1.1.1).

/// The extensions that this program uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// PIPELINING (RFC 2920): commands may be sent before the answers to earlier ones.
    pub(super) pipelining: bool,
    /// SIZE (RFC 1870). `Some(0)`: offered without a limit.
    pub(super) size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub(super) eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub(super) utf8: bool,
    /// DSN (RFC 3461).
    pub(super) dsn: bool,
}

impl Offer {
    /// Reads the lines of an answer to EHLO.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offer = Self::default();
        for line in lines.skip(1) {
            let mut words = line.split_ascii_whitespace();
            let Some(keyword) = words.next() else { continue };
            match keyword.to_ascii_uppercase().as_str() {
                "PIPELINING" => offer.pipelining = true,
                "SIZE" => offer.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
                "8BITMIME" => offer.eight_bit = true,
                "SMTPUTF8" => offer.utf8 = true,
                "DSN" => offer.dsn = true,
                _ => {}
            }
        }
        offer
    }

    /// The largest message that the server takes, in octets. `None`: the server names no limit.
    pub(super) fn most_octets(&self) -> Option<u64> {
        self.size.filter(|most| *most > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_ehlo_is_read() {
        let lines = [
            "mx.example PIPELINING",
            "pipelining",
            "SIZE 10240000",
            "8BITMIME",
            "AUTH PLAIN",
            "",
        ];
        let offer = Offer::read(lines.into_iter());
        assert_eq!(
            offer,
            Offer {
                pipelining: true,
                size: Some(10_240_000),
                eight_bit: true,
                ..Offer::default()
            }
        );
        // The first line is always the server's name and greeting.
        assert_eq!(Offer::read(["PIPELINING"].into_iter()), Offer::default());
        let open = Offer::read(["mx.example", "SIZE"].into_iter());
        assert_eq!((open.size, open.most_octets()), (Some(0), None));
    }
}
