//! Random lives of a meeting: whatever happens to it, to its people, to Zoom, to the mail servers and to our own
//! processes, in whatever order, every calendar has in the end what the records say, and no mail ever said anything else.
//!
//! A life is a list of [`Step`](step::Step)s. It is lived through the library over a real database; [`rules`] judges it by
//! a plain model of the calendars ([`calendar`]) and of the records ([`book`]). What fails is made as short as it can be.
//!
//! In the environment: `INVITE_LIVES`, how many lives (200); `INVITE_SEED`, which ones (15); `INVITE_LIVES_FROM`, the
//! number of the first; `INVITE_TEST_ON=postgres`, over a PostgreSQL database. Of a failure it is said which life it
//! was: `INVITE_LIVES_FROM=N INVITE_LIVES=1` lives it again.

mod book;
mod calendar;
mod hours;
mod object;
mod post;
mod regressions;
mod rules;
mod step;
mod store;
mod world;
mod zoom;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use self::rules::{Broken, Rule, Rules};
use self::step::Life;
use self::store::{Server, Store};
use self::world::World;

/// The steps of a life.
const LONGEST: usize = 16;
/// In real time; the hours that pass in it take none.
const LONGEST_LIFE: Duration = Duration::from_secs(60);
/// How often a failure is made shorter.
const SHRINKS: u32 = 400;

/// What came of a life.
#[derive(Clone)]
struct Lived {
    broken: Vec<Broken>,
    diary: Vec<String>,
}

impl Lived {
    fn breaks(&self, rule: Rule) -> bool {
        self.broken.iter().any(|broken| broken.rule == rule)
    }
}

/// Where lives are lived, one after another.
struct Lane {
    runtime: Runtime,
    server: Option<Server>,
}

impl Lane {
    fn new() -> Self {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().unwrap();
        let server = runtime.block_on(Server::find());
        Self { runtime, server }
    }

    /// Lives it. What panics, or takes for ever, is broken too.
    fn live(&self, life: &Life) -> Lived {
        let broken = |rule, how| Lived {
            broken: vec![Broken { rule, how }],
            diary: Vec::new(),
        };
        let through = async { tokio::time::timeout(LONGEST_LIFE, self.live_through(life)).await };
        let living = std::panic::AssertUnwindSafe(|| self.runtime.block_on(through));
        match std::panic::catch_unwind(living) {
            Ok(Ok(lived)) => lived,
            Ok(Err(_)) => broken(Rule::Hangs, format!("longer than {LONGEST_LIFE:?}")),
            Err(panic) => {
                let said = panic.downcast_ref::<String>().cloned();
                broken(Rule::Panics, said.unwrap_or_default())
            }
        }
    }

    async fn live_through(&self, life: &Life) -> Lived {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let store = Store::new(self.server.as_ref()).await;
        let mut world = World::new(life, store, number);
        let mut rules = Rules::default();
        for step in &life.steps {
            world.live(*step, &mut rules).await;
            rules.after_step(&world).await;
        }
        world.end(&mut rules).await;
        world.store.close().await;
        Lived {
            broken: rules.broken,
            diary: world.diary,
        }
    }
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// The runner of one life: each has random numbers of its own, so that each can be lived alone.
fn runner(seed: u64, number: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let config = Config {
        max_shrink_iters: SHRINKS,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The first life that broke a rule, and how many did.
struct Found {
    number: u64,
    after: Duration,
    lives: u32,
    life: Life,
    lived: Lived,
}

/// The shortest life that breaks the same rule, and what came of it; the life as it was where it cannot be repeated,
/// because it depends on what happened at the same time.
fn shortest(lane: &Lane, seed: u64, rule: Rule, found: Found) -> (Life, Lived) {
    let mut runner = runner(seed, found.number);
    let tree = step::life(LONGEST).new_tree(&mut runner).unwrap();
    let tested = runner.run_one(tree, |life| {
        if lane.live(&life).breaks(rule) {
            return Err(TestCaseError::fail(format!("{rule:?}")));
        }
        Ok(())
    });
    if let Err(TestError::Fail(_, life)) = tested {
        let lived = lane.live(&life);
        if lived.breaks(rule) {
            return (life, lived);
        }
    }
    (found.life, found.lived)
}

#[test]
fn random_lives() {
    let seed = number_of("INVITE_SEED", 15);
    let (from, count) = (number_of("INVITE_LIVES_FROM", 0), number_of("INVITE_LIVES", 200));
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<Rule, Found>> = Mutex::default();
    let one_after_another = || {
        let lane = Lane::new();
        loop {
            let number = from + next.fetch_add(1, Ordering::Relaxed) as u64;
            if number >= from + count {
                return;
            }
            let tree = step::life(LONGEST).new_tree(&mut runner(seed, number)).unwrap();
            let life = tree.current();
            let lived = lane.live(&life);
            let mut found = found.lock().unwrap();
            let mut rules: Vec<Rule> = lived.broken.iter().map(|broken| broken.rule).collect();
            rules.sort();
            rules.dedup();
            for rule in rules {
                let found = found.entry(rule).or_insert_with(|| Found {
                    number,
                    after: began.elapsed(),
                    lives: 0,
                    life: life.clone(),
                    lived: lived.clone(),
                });
                found.lives += 1;
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(8));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(one_after_another);
        }
    });
    let took = began.elapsed();
    let found = found.into_inner().unwrap();
    if found.is_empty() {
        return;
    }
    let lane = Lane::new();
    let mut report = String::new();
    for (rule, found) in found {
        let Found {
            number, after, lives, ..
        } = found;
        let (life, lived) = shortest(&lane, seed, rule, found);
        let broken = lived.broken.iter().find(|broken| broken.rule == rule);
        let how = broken.map_or("", |broken| broken.how.as_str());
        let _ = writeln!(
            report,
            "{rule:?}: first in life {number} after {after:.1?}, in {lives} of {count} lives; {how}\n{life:?}"
        );
        for line in lived.diary {
            let _ = writeln!(report, "    {line}");
        }
    }
    panic!("seed {seed}, {count} lives in {took:.1?}\n{report}");
}
