//! The result of delivering.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::mail::TransportError;
use crate::pipeline::error::PipelineError;

/// The result of delivering over one transport. The result of each message is in the outbox.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// The error that ended the round early, if one did.
    pub(super) stopped: Option<TransportError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(super) files: HashMap<String, PathBuf>,
}

/// The result of delivering over all transports.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Deliveries {
    /// The first error that stopped a transport.
    pub(in crate::pipeline) stopped: Option<PipelineError>,
    /// The files that messages were written to, by their Message-IDs.
    pub(in crate::pipeline) files: Arc<HashMap<String, PathBuf>>,
}

impl Deliveries {
    /// Adds the result of one transport. `explain` turns its error into one that names the transport.
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
