//! No secret is shown or logged.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use invite::online::zoom::{Auth, MemoryTokens, Mode, StoredGrant, ZoomClient, ZoomSettings};

use crate::client::{HOUR, SCOPES, SECRETS, grant};

#[cfg(feature = "command")]
mod in_the_log {
    use std::io::Write;
    use std::sync::Mutex;

    use invite::online::OnlineMeetings as _;

    use super::*;
    use crate::client::{CREATE, DEAD, EXPIRED, MADE, TOKEN, connected, create_fails, spec, tokens};
    use crate::scripted::{Reply, Server};

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn no_secret_is_logged_however_much_is_logged() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let server = Server::script([
            (CREATE, Reply::json(401, EXPIRED)),
            (TOKEN, Reply::Disconnect),
            (TOKEN, Reply::json(200, tokens(2))),
            (CREATE, Reply::json(201, MADE)),
            (CREATE, Reply::json(201, "")),
            ("POST /oauth/revoke", Reply::json(400, DEAD)),
        ])
        .await;
        let (client, _) = connected(&server, HOUR).await;
        client.create(&spec(), "m").await.unwrap();
        create_fails(&client).await;
        client.disconnect().await.unwrap();
        server.finish();
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("asking once more"), "nothing was logged: {text}");
        for secret in SECRETS
            .iter()
            .chain(&["st4rt", "Y2xpZW50LWlkOmNsMWVudC1zZWNyZXQ="])
        {
            assert!(!text.contains(secret), "{secret} is in the log");
        }
    }
}

#[test]
fn debug_of_everything_hides_the_secrets() {
    let now: DateTime<Utc> = Utc::now();
    let grant = grant(1, HOUR, SCOPES);
    let stored = StoredGrant {
        grant: grant.clone(),
        version: uuid::Uuid::new_v4(),
        lost: None,
    };
    let auth = Auth::ServerToServer {
        account_id: "x".to_owned(),
    };
    let settings = ZoomSettings::new(Mode::Production, auth, "id", "cl1ent-secret".into()).unwrap();
    let store = MemoryTokens::new();
    let client = ZoomClient::new(settings.clone(), Arc::new(MemoryTokens::new())).unwrap();
    let text = format!("{grant:?}{stored:?}{settings:?}{client:?}{store:?}{now}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
