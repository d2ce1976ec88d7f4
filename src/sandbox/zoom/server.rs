//! The server: its start, its end, and how it takes a request.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::connection::{Cut, Loopback};
use super::shared::Shared;
use super::store::Store;
use super::{Change, Granted, MeetingRecord, Operation, RequestRecord, ZoomFault, ZoomWorld, control};

/// The largest body taken.
const LARGEST_BODY: usize = 1 << 20;

/// A running embedded Zoom. It stops when this is dropped.
///
/// It runs on a thread and a runtime of its own, so that it answers also while a test blocks its thread, waiting
/// for a program that it drives.
#[derive(Debug)]
pub struct EmbeddedZoom {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EmbeddedZoom {
    /// Starts one with its state in memory, on a free port of `127.0.0.1`. It takes connections when this returns.
    ///
    /// # Errors
    /// When no port can be had, or no thread.
    pub fn start(world: ZoomWorld) -> io::Result<Self> {
        Self::serve(Store::in_memory(world), false)
    }

    /// Starts one with its state in a file, which is made of `if_new` when it does not exist. Every change is in
    /// the file before its answer is sent. Several servers, in several processes, may share the file, one after
    /// another or at once; the request log and the faults are each server's own. A process may be killed at any
    /// moment without harm to the file; the machine's power may not fail.
    ///
    /// # Errors
    /// When the file cannot be read or written or is not such a state; when no port can be had, or no thread.
    pub fn start_persistent(path: &Path, if_new: ZoomWorld) -> io::Result<Self> {
        Self::serve(Store::in_file(path, if_new)?, false)
    }

    /// Starts one that has, beside Zoom's routes, those under `/_control/`, by which another process can order
    /// faults and look into the world; with its state in a file, where one is given.
    ///
    /// | request | does |
    /// | --- | --- |
    /// | `GET /_control/world` | answers the whole state |
    /// | `PUT /_control/world` | replaces it |
    /// | `PATCH /_control/rules` | sets some of the [`Rules`](super::Rules) |
    /// | `GET /_control/meetings` | answers the living meetings |
    /// | `GET /_control/requests` | answers what was asked so far; `DELETE` forgets it |
    /// | `POST /_control/faults` | orders a [`ZoomFault`]; `GET` answers those outstanding, `DELETE` takes them back |
    /// | `POST /_control/changes` | makes a [`Change`] |
    /// | `POST /_control/grants/{client_id}` | makes a grant and answers its tokens |
    ///
    /// # Errors
    /// As [`EmbeddedZoom::start_persistent`].
    pub fn start_controlled(path: Option<&Path>, world: ZoomWorld) -> io::Result<Self> {
        let store = match path {
            Some(path) => Store::in_file(path, world)?,
            None => Store::in_memory(world),
        };
        Self::serve(store, true)
    }

    fn serve(store: Store, with_control: bool) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            store,
            origin: format!("http://{address}"),
            with_control,
            faults: Mutex::default(),
            log: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let state = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("embedded-zoom".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let listener = match TcpListener::from_std(listener) {
                        Ok(listener) => Loopback(listener),
                        Err(error) => {
                            tracing::error!(%error, "the embedded Zoom cannot listen");
                            return;
                        }
                    };
                    let router = Router::new().fallback(receive).with_state(state);
                    let service = router.into_make_service_with_connect_info::<Cut>();
                    tokio::select! {
                        _ = async { axum::serve(listener, service).await } => {}
                        _ = stopped => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            shared,
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of the API, such as `http://127.0.0.1:40123/v2`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/v2", self.shared.origin)
    }

    /// The base of OAuth, such as `http://127.0.0.1:40123/oauth`.
    #[must_use]
    pub fn oauth_url(&self) -> String {
        format!("{}/oauth", self.shared.origin)
    }

    /// Looks into the world, or changes it. Don't call another method of this server inside.
    ///
    /// # Errors
    /// When the file of the state cannot be read or written.
    pub fn with_world<T>(&self, act: impl FnOnce(&mut ZoomWorld) -> T) -> io::Result<T> {
        self.shared.store.with(act)
    }

    /// Lets something happen behind the client's back.
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn change(&self, change: &Change) -> io::Result<()> {
        self.with_world(|world| change.apply(world))
    }

    /// Makes a grant without the detour through the browser; see [`ZoomWorld::grant`].
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn grant(&self, client_id: &str) -> io::Result<Option<Granted>> {
        self.with_world(|world| world.grant(client_id))
    }

    /// The meetings that are there now, in the order in which they were made.
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn meetings(&self) -> io::Result<Vec<MeetingRecord>> {
        self.with_world(|world| world.living_meetings())
    }

    /// The requests so far, in the order in which they came; those of the control routes are not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log().records().to_vec()
    }

    /// How many requests so far wanted this.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        let wanted = |record: &&RequestRecord| operation.covers(record.operation);
        self.shared.log().records().iter().filter(wanted).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.log().forget();
    }

    /// Orders something to go wrong.
    pub fn order(&self, fault: ZoomFault) {
        self.shared.faults().order(fault);
    }

    /// The faults that were ordered and are not used up.
    #[must_use]
    pub fn outstanding_faults(&self) -> Vec<ZoomFault> {
        self.shared.faults().outstanding()
    }

    /// Takes all faults back.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }
}

impl Drop for EmbeddedZoom {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It panicked or it did not; it is gone either way.
            let _ = thread.join();
        }
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        // The caller went away in the middle, or sends more than anybody needs to.
        cut.now();
        return Response::default();
    };
    let header = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), header(value)))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    // In a task of its own: what has arrived whole is done even when the caller hangs up meanwhile.
    let work = tokio::spawn(async move {
        if shared.with_control && control::is_control(&call.path) {
            control::answer(&shared, &call).map(Some)
        } else {
            shared.process(call).await
        }
    });
    match work.await {
        Ok(Ok(Some(answer))) => response(answer),
        Ok(Ok(None)) => {
            cut.now();
            Response::default()
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the embedded Zoom cannot use its state");
            let message = format!("The embedded Zoom cannot use its state: {error}");
            response(Refusal::new(500, 500, message).into_answer(false))
        }
        Err(error) => {
            tracing::error!(%error, "the embedded Zoom failed");
            cut.now();
            Response::default()
        }
    }
}

fn response(answer: Answer) -> Response {
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    // Only a fault can have a status or header that HTTP does not know.
    builder.body(Body::from(answer.body)).unwrap_or_else(|error| {
        tracing::error!(%error, "the embedded Zoom was told to answer what HTTP cannot carry");
        let mut response = Response::default();
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
