//! The lease of a push. It is given back in any case.

use std::sync::Arc;

use crate::fault::BoxFault;
use crate::online::{LinkStore, PushLease};

/// The lease under which a meeting is pushed. It is given back also if the push is dropped half way, for example by a
/// caller's timeout. Otherwise the meeting could not be pushed until the lease ends.
pub(in crate::pipeline) struct PushRight {
    links: Arc<dyn LinkStore>,
    lease: PushLease,
    ended: bool,
}

impl PushRight {
    pub(in crate::pipeline) fn new(links: &Arc<dyn LinkStore>, lease: PushLease) -> Self {
        Self {
            links: Arc::clone(links),
            lease,
            ended: false,
        }
    }

    pub(in crate::pipeline) fn lease(&self) -> &PushLease {
        &self.lease
    }

    pub(in crate::pipeline) async fn end(mut self) -> Result<(), BoxFault> {
        let result = self.links.end_push(self.lease.clone()).await;
        self.ended = true;
        result
    }
}

impl Drop for PushRight {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // Outside a runtime nothing can be done: the lease ends with the process, or by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (links, lease) = (Arc::clone(&self.links), self.lease.clone());
            runtime.spawn(async move {
                if let Err(error) = links.end_push(lease).await {
                    tracing::warn!(%error, "the right to push a meeting could not be given back");
                }
            });
        }
    }
}
