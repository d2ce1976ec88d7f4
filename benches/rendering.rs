//! What the bounds on templates cost: mails rendered with and without them, by turns, in one run.
//!
//! `cargo bench --features unbounded --bench rendering`

#![expect(clippy::print_stdout, reason = "the result is what it is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use invite::meeting::Language;
use invite::template::{Sample, TemplateName, Templates};

/// Mails in one turn, and turns.
const MAILS: u32 = 200;
const TURNS: usize = 31;

fn main() -> Result<(), Box<dyn Error>> {
    let bounded = Templates::built_in()?;
    let unbounded = Templates::built_in_unbounded()?;
    let samples = Sample::all();
    println!("microseconds a mail (subject, HTML and text), medians of {TURNS} turns of {MAILS} mails");
    println!(
        "{:<10} {:>8} {:>9} {:>7}",
        "sample", "bounded", "unbounded", "ratio"
    );
    for id in ["zoom", "all-day", "long"] {
        let Some(sample) = samples.iter().find(|sample| sample.id == id) else {
            continue;
        };
        let mut took = [Vec::new(), Vec::new()];
        // The first turns warm what is kept between mails.
        for turn in 0..TURNS + 3 {
            for (which, templates) in [&bounded, &unbounded].into_iter().enumerate() {
                let time = render(templates, sample)?;
                if turn >= 3 {
                    took[which].push(time);
                }
            }
        }
        let [with, without] = took.map(median);
        println!(
            "{id:<10} {:>8.1} {:>9.1} {:>7.3}",
            micros(with),
            micros(without),
            with.as_secs_f64() / without.as_secs_f64()
        );
    }
    Ok(())
}

fn render(templates: &Templates, sample: &Sample) -> Result<Duration, Box<dyn Error>> {
    let english = Language::ENGLISH;
    let context = sample.context(&english);
    let began = Instant::now();
    for _ in 0..MAILS {
        black_box(templates.render(TemplateName::INVITATION, &context)?);
    }
    Ok(began.elapsed() / MAILS)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
