//! The source of randomness. A seed makes it repeatable.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A source of random values that are no secrets: the length of a pause, the marker of an online meeting. Cheap to
/// clone; all clones draw from the same sequence.
///
/// Keys, nonces and other values that must not be guessed never come from here.
#[derive(Clone, Default)]
pub struct Chance {
    /// The state of the sequence. `None`: each value comes from the system.
    seeded: Option<Arc<AtomicU64>>,
}

impl Chance {
    /// The system's randomness: different each time.
    #[must_use]
    pub fn system() -> Self {
        Self { seeded: None }
    }

    /// The same sequence for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(AtomicU64::new(seed))),
        }
    }

    /// 64 random bits. If the system has no randomness, they are all ones.
    fn bits(&self) -> u64 {
        match &self.seeded {
            Some(state) => drawn(state),
            None => getrandom::u64().unwrap_or(u64::MAX),
        }
    }

    /// A number from 0 to 1.
    pub(crate) fn fraction(&self) -> f64 {
        // 32 bits fit into a float without rounding.
        let bits = u32::try_from(self.bits() >> 32).unwrap_or(u32::MAX);
        f64::from(bits) / f64::from(u32::MAX)
    }

    /// A random pause between half of `pause` and `pause`, so that processes that failed together do not try again
    /// together.
    pub(crate) fn at_most(&self, pause: Duration) -> Duration {
        pause.mul_f64(0.5 + 0.5 * self.fraction())
    }

    /// A random pause between `pause` and twice `pause`.
    pub(crate) fn at_least(&self, pause: Duration) -> Duration {
        pause.mul_f64(1.0 + self.fraction())
    }

    /// 32 hexadecimal digits that mark nothing else.
    pub(crate) fn marker(&self) -> String {
        let marker = match &self.seeded {
            Some(state) => {
                let bits = u128::from(drawn(state)) << 64 | u128::from(drawn(state));
                uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
            }
            None => uuid::Uuid::new_v4(),
        };
        marker.simple().to_string()
    }
}

/// The next number of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
fn drawn(state: &AtomicU64) -> u64 {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seeded {
            Some(_) => f.write_str("Chance(seeded)"),
            None => f.write_str("Chance(system)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_chance() {
        let sequence = |chance: &Chance| {
            (0..100)
                .map(|_| (chance.fraction(), chance.marker()))
                .collect::<Vec<_>>()
        };
        let first = sequence(&Chance::seeded(7));
        assert_eq!(first, sequence(&Chance::seeded(7)));
        assert_ne!(first, sequence(&Chance::seeded(8)));
        assert_ne!(sequence(&Chance::system()), sequence(&Chance::system()));
        // A clone continues the same sequence.
        let chance = Chance::seeded(7);
        assert_eq!(sequence(&chance.clone()), first);
        assert_ne!(sequence(&chance), first);
    }

    #[test]
    fn the_sequence_is_the_one_that_is_published() {
        let state = AtomicU64::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| drawn(&state)).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn numbers_fill_their_range_and_markers_are_markers() {
        for chance in [Chance::seeded(3), Chance::system()] {
            let drawn: Vec<f64> = (0..2000).map(|_| chance.fraction()).collect();
            let between = |low: f64, high: f64| drawn.iter().filter(|n| (low..=high).contains(*n)).count();
            assert_eq!(between(0.0, 1.0), 2000);
            for tenth in 0..10 {
                let low = f64::from(tenth) / 10.0;
                assert!(
                    (100..300).contains(&between(low, low + 0.1)),
                    "{chance:?} {tenth}"
                );
            }
            let pause = Duration::from_secs(4);
            assert!((pause / 2..=pause).contains(&chance.at_most(pause)));
            assert!((pause..=pause * 2).contains(&chance.at_least(pause)));
            let marker = chance.marker();
            assert!(
                marker.len() == 32 && marker.bytes().all(|b| b.is_ascii_hexdigit()),
                "{marker}"
            );
            assert_ne!(marker, chance.marker());
        }
    }
}
