//! What can be seen of a send while it runs: spans of ids, and none of people's data.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use invite::pipeline::SendOptions;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::stage::{Stage, kickoff};

/// A span as it was begun: its name, the names of its fields, and their values.
struct Seen {
    name: &'static str,
    fields: Vec<(&'static str, String)>,
}

/// Remembers every span of the library.
#[derive(Clone, Default)]
struct Spans {
    seen: Arc<Mutex<Vec<Seen>>>,
    last: Arc<AtomicU64>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.push((field.name(), format!("{value:?}")));
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("invite") && metadata.is_span()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut seen = Seen {
            name: span.metadata().name(),
            fields: Vec::new(),
        };
        span.record(&mut seen);
        self.seen.lock().unwrap().push(seen);
        Id::from_u64(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_send_a_push_and_each_delivery_have_spans_of_ids_alone() {
    let stage = Stage::new().await;
    let spans = Spans::default();
    // The test's runtime has one thread, so every task of the send is seen.
    let guard = tracing::subscriber::set_default(spans.clone());
    let pipeline = stage.builder().build().unwrap();
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    drop(guard);
    let seen = spans.seen.lock().unwrap();
    let names: Vec<&str> = seen.iter().map(|span| span.name).collect();
    assert_eq!(names, ["send", "push", "delivery", "delivery", "delivery"]);
    for span in seen.iter() {
        let fields: Vec<&str> = span.fields.iter().map(|(name, _)| *name).collect();
        match span.name {
            "send" => assert_eq!(fields, ["meeting"]),
            "push" => assert_eq!(fields, ["meeting", "provider"]),
            _ => assert_eq!(fields, ["meeting", "message", "person", "purpose", "attempt"]),
        }
        for (name, value) in &span.fields {
            assert!(
                !["@", "Kick-off", "Harper", "Mika"]
                    .iter()
                    .any(|private| value.contains(private)),
                "{name} = {value}"
            );
        }
        assert_eq!(span.fields[0].1, "kickoff");
    }
}
