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

/// The largest accepted body, in octets.
const LARGEST_BODY: usize = 1 << 20;

/// A running embedded Zoom. It stops when this value is dropped.
///
/// The server runs on its own thread and runtime. So it also answers while a test blocks its thread and waits for a
/// program.
#[derive(Debug)]
pub struct EmbeddedZoom {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EmbeddedZoom {
    /// Starts a server with its state in memory, on a free port of `127.0.0.1`. It accepts connections when this
    /// returns.
    ///
    /// # Errors
    /// When there is no free port, or no thread can be started.
    pub fn start(world: ZoomWorld) -> io::Result<Self> {
        Self::serve(Store::in_memory(world), false)
    }

    /// Starts a server with its state in a file. If the file does not exist, it is made from `if_new`. Every change is
    /// in the file before its answer is sent. Several servers, in several processes, may share the file, one after
    /// another or at once; each server has its own request log and faults. A process may be killed at any moment
    /// without harm to the file, but a power failure may damage it.
    ///
    /// # Errors
    /// When the file cannot be read or written, or contains no such state; when there is no free port, or no thread can
    /// be started.
    pub fn start_persistent(path: &Path, if_new: ZoomWorld) -> io::Result<Self> {
        Self::serve(Store::in_file(path, if_new)?, false)
    }

    /// Starts a server that also has routes under `/_control/`. Another process can order faults and read the world
    /// through them. If `path` is given, the state is in that file.
    ///
    /// | request | does |
    /// | --- | --- |
    /// | `GET /_control/world` | returns the whole state |
    /// | `PUT /_control/world` | replaces it |
    /// | `PATCH /_control/rules` | sets some of the [`Rules`](super::Rules) |
    /// | `GET /_control/meetings` | returns the meetings that exist now |
    /// | `GET /_control/requests` | returns the requests so far; `DELETE` forgets them |
    /// | `POST /_control/faults` | orders a [`ZoomFault`]; `GET` returns the pending ones, `DELETE` removes them |
    /// | `POST /_control/changes` | makes a [`Change`] |
    /// | `POST /_control/grants/{client_id}` | makes a grant and returns its tokens |
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

    /// The address that the server listens on.
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

    /// Reads or changes the world. Do not call another method of this server inside `act`.
    ///
    /// # Errors
    /// When the file of the state cannot be read or written.
    pub fn with_world<T>(&self, act: impl FnOnce(&mut ZoomWorld) -> T) -> io::Result<T> {
        self.shared.store.with(act)
    }

    /// Changes the world without the client.
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn change(&self, change: &Change) -> io::Result<()> {
        self.with_world(|world| change.apply(world))
    }

    /// Makes a grant without a browser; see [`ZoomWorld::grant`].
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn grant(&self, client_id: &str) -> io::Result<Option<Granted>> {
        self.with_world(|world| world.grant(client_id))
    }

    /// The meetings that exist now, in the order of their creation.
    ///
    /// # Errors
    /// As [`EmbeddedZoom::with_world`].
    pub fn meetings(&self) -> io::Result<Vec<MeetingRecord>> {
        self.with_world(|world| world.living_meetings())
    }

    /// The requests so far, in the order in which they came. Requests of the control routes are not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.log().records().to_vec()
    }

    /// How many requests so far had this operation.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        let wanted = |record: &&RequestRecord| operation.covers(record.operation);
        self.shared.log().records().iter().filter(wanted).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.log().forget();
    }

    /// Orders a fault.
    pub fn order(&self, fault: ZoomFault) {
        self.shared.faults().order(fault);
    }

    /// The ordered faults that are not used up.
    #[must_use]
    pub fn outstanding_faults(&self) -> Vec<ZoomFault> {
        self.shared.faults().outstanding()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }
}

impl Drop for EmbeddedZoom {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Whether the thread panicked does not matter: it has ended.
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
        // The caller left in the middle of the request, or the body is larger than any valid one.
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
    // The work runs in a task of its own: a request that has arrived as a whole is carried out even if the caller hangs
    // up.
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
    // Only an ordered fault can have a status or header that HTTP does not allow.
    builder.body(Body::from(answer.body)).unwrap_or_else(|error| {
        tracing::error!(%error, "the embedded Zoom was told to answer what HTTP cannot carry");
        let mut response = Response::default();
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
