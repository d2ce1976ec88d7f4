//! Lives that once went wrong, each as short as it can be.

use super::step::{Life, Step};
use super::{live, runtime};

/// Lives it; every rule must hold.
fn lived(online: bool, steps: &[Step]) {
    let life = Life {
        online,
        steps: steps.to_vec(),
    };
    let lived = live(&runtime(), &life);
    assert!(
        lived.broken.is_empty(),
        "{:#?}\n{}",
        lived.broken,
        lived.diary.join("\n")
    );
}

#[test]
fn nothing_happens() {
    lived(false, &[]);
    lived(true, &[]);
}
