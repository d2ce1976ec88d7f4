//! A small HTTP/1.1 server that answers as it is told, and can misbehave: hang, or hang up.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method and target, such as `GET /v2/meetings/1`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What to do with a request.
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
        after: Option<oneshot::Receiver<()>>,
    },
    /// Never answer.
    Hang,
    /// Close the connection without an answer.
    Disconnect,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, body, .. } => write!(f, "{status} {body}"),
            Self::Hang => f.write_str("Hang"),
            Self::Disconnect => f.write_str("Disconnect"),
        }
    }
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", "application/json;charset=UTF-8".to_owned())],
            body: body.into(),
            after: None,
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: String::new(),
            after: None,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    /// Answers only when told to.
    pub(crate) fn after(mut self, signal: oneshot::Receiver<()>) -> Self {
        if let Self::Answer { after, .. } = &mut self {
            *after = Some(signal);
        }
        self
    }
}

type Handler = Box<dyn FnMut(&Seen) -> Reply + Send>;

pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Mutex<VecDeque<(&'static str, Reply)>>>,
    unexpected: Arc<Mutex<Vec<String>>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Server {
    /// A server that expects exactly these requests, in this order.
    pub(crate) async fn script(script: impl IntoIterator<Item = (&'static str, Reply)>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let unexpected = Arc::new(Mutex::new(Vec::new()));
        let (steps, surprises) = (Arc::clone(&script), Arc::clone(&unexpected));
        let handler = move |seen: &Seen| match steps.lock().unwrap().pop_front() {
            Some((line, reply)) if line == seen.line => reply,
            other => {
                let expected = other.map(|(line, _)| line);
                surprises
                    .lock()
                    .unwrap()
                    .push(format!("{} instead of {expected:?}", seen.line));
                Reply::empty(418)
            }
        };
        Self::start(Box::new(handler), script, unexpected).await
    }

    /// A server that answers each request as a closure says.
    pub(crate) async fn answering(handler: impl FnMut(&Seen) -> Reply + Send + 'static) -> Self {
        Self::start(Box::new(handler), Arc::default(), Arc::default()).await
    }

    async fn start(
        handler: Handler,
        script: Arc<Mutex<VecDeque<(&'static str, Reply)>>>,
        unexpected: Arc<Mutex<Vec<String>>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, handler) = (Arc::clone(&seen), Arc::new(Mutex::new(handler)));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&handler)));
            }
        });
        Self {
            address,
            seen,
            script,
            unexpected,
            accepting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was asked, when all that was expected has been asked and nothing else.
    pub(crate) fn finish(&self) -> Vec<Seen> {
        let unexpected = self.unexpected.lock().unwrap();
        assert!(unexpected.is_empty(), "asked for: {unexpected:?}");
        let left = self.script.lock().unwrap();
        assert!(left.is_empty(), "never asked for: {left:?}");
        self.seen.lock().unwrap().clone()
    }

    /// Stops listening.
    pub(crate) async fn close(self) {
        self.accepting.abort();
        let _ = self.accepting.await;
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Seen>>>, handler: Arc<Mutex<Handler>>) {
    let Some(seen) = read(&mut stream).await else {
        return;
    };
    log.lock().unwrap().push(seen.clone());
    let reply = (handler.lock().unwrap())(&seen);
    match reply {
        Reply::Disconnect => {}
        Reply::Hang => std::future::pending().await,
        Reply::Answer {
            status,
            headers,
            body,
            after,
        } => {
            if let Some(after) = after {
                let _ = after.await;
            }
            let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            if status != 204 {
                text.push_str(&format!("content-length: {}\r\n", body.len()));
            }
            text.push_str("\r\n");
            text.push_str(&body);
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes: Vec<u8> = Vec::new();
    let head_end = loop {
        // Whoever speaks TLS, or nonsense, is hung up on.
        if bytes.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
            return None;
        }
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse::<usize>().unwrap());
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head_end + 4..].to_vec()).unwrap();
    Some(Seen { line, headers, body })
}

/// Asks a server for a page, and returns the whole answer.
#[allow(dead_code, reason = "not every set of features needs it")]
pub(crate) async fn get(address: SocketAddr, target: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
