//! Shares work among all processors.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

/// The number of processors. It is read once, because the system reads several files for it.
pub(crate) fn count() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
}

/// The results of `make` for all items, in the order of the items, computed on all processors. With fewer items than
/// `least`, a further thread is not worth it.
///
/// # Errors
/// As of [`share_with`].
pub(crate) fn share<T, R, E>(
    items: &[T],
    least: usize,
    make: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E>
where
    T: Sync,
    R: Send,
    E: Send,
{
    share_with(items, &mut vec![(); count()], least, |(), item| make(item))
}

/// The results of `make` for all items, in the order of the items. Each state has its own thread. With fewer items than
/// `least`, a further thread is not worth it.
///
/// # Errors
/// The error of the first failing item, in the order of the items. After an error, a thread leaves the rest of its
/// items.
pub(crate) fn share_with<T, S, R, E>(
    items: &[T],
    states: &mut [S],
    least: usize,
    make: impl Fn(&mut S, &T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E>
where
    T: Sync,
    S: Send,
    R: Send,
    E: Send,
{
    let some = |state: &mut S, items: &[T]| {
        let made = items.iter().map(|item| make(state, item));
        made.collect::<Result<Vec<R>, E>>()
    };
    let share = items.len().div_ceil(states.len().max(1)).max(least).max(1);
    let mut shares = items.chunks(share).zip(states);
    let Some((first, state)) = shares.next() else {
        return Ok(Vec::new());
    };
    std::thread::scope(|scope| {
        let some = &some;
        let others: Vec<_> = shares
            .map(|(items, state)| scope.spawn(move || some(state, items)))
            .collect();
        let mut all = some(state, first)?;
        for other in others {
            match other.join() {
                Ok(made) => all.append(&mut made?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_in_order_whoever_made_it() {
        let items: Vec<u32> = (0..1_000).collect();
        for (threads, least) in [(1, 1), (3, 1), (8, 200), (5, 5_000)] {
            let mut made_by = vec![0; threads];
            let doubled = share_with(&items, &mut made_by, least, |made, item| {
                *made += 1;
                Ok::<_, ()>(item * 2)
            });
            assert_eq!(
                doubled.unwrap(),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
            assert_eq!(made_by.iter().sum::<usize>(), items.len());
            let workers = made_by.iter().filter(|made| **made > 0).count();
            assert_eq!(workers, threads.min(items.len().div_ceil(least)));
        }
    }

    #[test]
    fn the_first_error_counts() {
        let items: Vec<u32> = (0..100).collect();
        let failed = share_with(&items, &mut [(); 4], 1, |(), item| match item {
            40 | 80 => Err(*item),
            item => Ok(*item),
        });
        assert_eq!(failed, Err(40));
        assert_eq!(
            share_with(&[], &mut [(); 4], 1, |(), item: &u32| Ok::<_, ()>(*item)),
            Ok(Vec::new())
        );
    }
}
