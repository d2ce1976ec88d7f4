//! How delivering ended.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::mail::TransportError;
use crate::pipeline::error::PipelineError;

/// How delivering over one transport ended. The result of each message is in the outbox.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// The error that stopped it, if one did.
    pub(super) stopped: Option<TransportError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(super) files: HashMap<String, PathBuf>,
}

/// How delivering over all transports ended.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Deliveries {
    /// The first error that stopped a transport.
    pub(in crate::pipeline) stopped: Option<PipelineError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(in crate::pipeline) files: Arc<HashMap<String, PathBuf>>,
}

impl Deliveries {
    /// Adds how one transport ended. `explain` says whose transport it was.
    pub(super) fn add(
        &mut self,
        delivered: Delivered,
        explain: impl FnOnce(TransportError) -> PipelineError,
    ) {
        if !delivered.files.is_empty() {
            Arc::make_mut(&mut self.files).extend(delivered.files);
        }
        if let Some(error) = delivered.stopped {
            self.stopped.get_or_insert(explain(error));
        }
    }
}
