//! The server: its routes and their answers.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query as UrlQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::middleware;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt as _};

use super::edition::{Content, Edition, Editions, ReadSetting, Wrong};
use super::guard::{MAIL, guard};
use super::looks::themed;
use super::meetings::Meetings;
use super::page::{self, Choices, Extra};
use super::query::Query;
use super::watch::{Watched, watch};
use crate::clock::Clock;
use crate::fault::{Class, Fault, Remedy};
use crate::meeting::Language;
use crate::pipeline::Trial;
use crate::template::{Sample, TemplateName, Templates, escaped};

/// A desk that is ready to answer.
pub(crate) struct Desk {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    editions: Arc<Editions>,
    places: Vec<Box<dyn Meetings>>,
    clock: Clock,
}

/// Why the desk cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen { port: u16, source: std::io::Error },
    #[error("cannot watch the templates for changes")]
    Watch(#[source] notify::Error),
    #[error("the desk ended")]
    Serve(#[source] std::io::Error),
}

impl Fault for DeskError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "desk.listen",
            Self::Watch(_) => "desk.watch",
            Self::Serve(_) => "desk.serve",
        }
    }

    fn class(&self) -> Class {
        Class::Unavailable
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::Listen { .. } => {
                    "another program has the port; choose one with --port, or leave it out"
                }
                Self::Watch(_) | Self::Serve(_) => "start it again",
            }
            .into(),
        )
    }
}

impl Desk {
    /// Reads the templates and listens on loopback. Port 0 means any free port. `folders` and `files` are watched.
    pub(crate) async fn open(
        port: u16,
        read: Box<ReadSetting>,
        (folders, files): (Vec<PathBuf>, Vec<PathBuf>),
        places: Vec<Box<dyn Meetings>>,
        clock: Clock,
    ) -> Result<Self, DeskError> {
        let listening = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listening
            .await
            .map_err(|source| DeskError::Listen { port, source })?;
        let editions = Arc::new(Editions::new(read));
        watch(Watched { folders, files }, Arc::clone(&editions)).map_err(DeskError::Watch)?;
        Ok(Self {
            listener,
            address,
            shared: Arc::new(Shared {
                editions,
                places,
                clock,
            }),
        })
    }

    /// The address of the desk, with a page to begin with.
    pub(crate) fn url(
        &self,
        template: TemplateName,
        language: Option<&Language>,
        about: Option<&str>,
    ) -> String {
        let query = Query {
            template: template.path(),
            language: language.map(Language::tag).unwrap_or_default(),
            about: about.unwrap_or_default().to_owned(),
            ..Query::default()
        };
        format!("http://{}/?{}", self.address, query.with(|_| {}))
    }

    /// Answers requests until `end`.
    pub(crate) async fn serve(self, end: impl Future<Output = ()>) -> Result<(), DeskError> {
        let router = Router::new()
            .route("/", get(show_page))
            .route("/mail", get(show_mail))
            .route("/message.eml", get(message))
            .route("/invite.ics", get(calendar))
            .route("/events", get(events))
            .route(
                "/desk.css",
                get(|| async { file("text/css; charset=utf-8", page::STYLE) }),
            )
            .route(
                "/desk.js",
                get(|| async { file("text/javascript; charset=utf-8", page::SCRIPT) }),
            )
            .with_state(self.shared)
            .layer(middleware::from_fn_with_state(self.address, guard));
        tokio::select! {
            served = async { axum::serve(self.listener, router).await } => served.map_err(DeskError::Serve),
            // A graceful end would wait for open pages, which listen for events without end.
            () = end => Ok(()),
        }
    }
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, media_type)], text).into_response()
}

/// The mail that a query asks for, with its facts.
struct Shown {
    name: TemplateName,
    language: Language,
    sample: Sample,
    trial: Trial,
}

impl Shared {
    /// The query with defaults in place of missing values.
    fn filled(query: Query, edition: &Edition) -> Query {
        let mut query = query;
        let default = |value: &mut String, usual: &str| {
            if value.is_empty() {
                usual.clone_into(value);
            }
        };
        default(&mut query.template, &TemplateName::INVITATION.path());
        default(&mut query.about, "sample:zoom");
        default(&mut query.view, "mail");
        default(&mut query.theme, "light");
        if let Ok(content) = &edition.content {
            default(&mut query.language, &content.organization.language.tag());
        }
        query
    }

    async fn choices(&self, content: &Content, query: &Query) -> Choices {
        let mut places = Vec::new();
        for place in &self.places {
            let listed = place.list().await.map_err(|fault| Wrong::new(&fault));
            places.push((place.title(), listed));
        }
        let mut people = Vec::new();
        if let Some((number, id)) = query.meeting()
            && let Some(place) = self.places.get(number)
        {
            // The mail needs one of these people, so the mail's error will give the reason.
            people = place.people(&id).await.unwrap_or_default();
        }
        Choices {
            languages: content
                .trials
                .templates
                .languages()
                .into_iter()
                .map(|(language, _)| language)
                .collect(),
            samples: Sample::all_of(&content.organization),
            places,
            people,
        }
    }

    /// The mail that a query asks for, and the facts that it is about.
    async fn show(&self, content: &Content, query: &Query) -> Result<Shown, Wrong> {
        let (name, language, sample) = self.asked(content, query).await?;
        let trial = content
            .trials
            .preview(name, &sample, &language, self.clock.now())
            .map_err(|error| Wrong::new(&error))?;
        Ok(Shown {
            name,
            language,
            sample,
            trial,
        })
    }

    async fn asked(
        &self,
        content: &Content,
        query: &Query,
    ) -> Result<(TemplateName, Language, Sample), Wrong> {
        let refuse = |message: String| Wrong {
            message,
            report: None,
            hint: None,
        };
        let name = query
            .template
            .parse()
            .map_err(|error: crate::template::UnknownTemplateName| refuse(error.to_string()))?;
        let language = Language::new(&query.language).map_err(|error| refuse(error.to_string()))?;
        let nothing = || {
            refuse(format!(
                "there is nothing called {:?} to try templates on",
                query.about
            ))
        };
        let sample = if let Some(id) = query.about.strip_prefix("sample:") {
            Sample::all_of(&content.organization)
                .into_iter()
                .find(|sample| sample.id == id)
                .ok_or_else(nothing)?
        } else {
            let (number, id) = query.meeting().ok_or_else(nothing)?;
            let place = self.places.get(number).ok_or_else(nothing)?;
            let to = match query.to.as_str() {
                "" => None,
                text => Some(
                    text.parse()
                        .map_err(|error: crate::pipeline::InvalidPick| refuse(error.to_string()))?,
                ),
            };
            place
                .sample(&id, to.as_ref(), &content.organization)
                .await
                .map_err(|fault| Wrong::new(&fault))?
        };
        Ok((name, language, sample))
    }
}

async fn show_page(State(shared): State<Arc<Shared>>, UrlQuery(query): UrlQuery<Query>) -> Html<String> {
    let edition = shared.editions.latest();
    let mut query = Shared::filled(query, &edition);
    let content = match &edition.content {
        Ok(content) => content,
        Err(wrong) => {
            let choices = Choices {
                languages: Language::new(&query.language).into_iter().collect(),
                samples: Sample::all(),
                ..Choices::default()
            };
            return Html(page::desk(
                &query,
                &choices,
                &edition,
                Err(wrong),
                &Extra::Nothing,
            ));
        }
    };
    let choices = shared.choices(content, &query).await;
    let shown = shared.show(content, &query).await;
    if let Ok(shown) = &shown
        && query.to.is_empty()
        && query.meeting().is_some()
    {
        query.to = shown.sample.invitee.reference.to_string();
    }
    let extra = match (query.view.as_str(), &shown) {
        ("check", _) => inspected(&edition, content).await,
        ("conditions", Ok(shown)) => {
            let templates = &content.trials.templates;
            match templates.conditions(shown.name, &shown.sample, &shown.language) {
                Ok(conditions) => Extra::Conditions(conditions),
                Err(_) => Extra::Conditions(Vec::new()),
            }
        }
        _ => Extra::Nothing,
    };
    let about = shown.as_ref().map(|shown| (&shown.trial, &shown.sample));
    Html(page::desk(&query, &choices, &edition, about, &extra))
}

async fn inspected(edition: &Edition, content: &Content) -> Extra {
    let (dir, organization) = (edition.dir.clone(), content.organization.clone());
    let inspect = move || Templates::inspect(dir.as_deref(), &organization);
    match tokio::task::spawn_blocking(inspect).await {
        Ok(Ok(inspection)) => Extra::Check(inspection),
        // The folder has been removed meanwhile. The next edition will say so.
        _ => Extra::Nothing,
    }
}

/// A page for a frame that has no mail.
fn no_mail(wrong: &Wrong) -> Response {
    let text = wrong.report.as_ref().unwrap_or(&wrong.message);
    let page = format!("<!doctype html><pre>{}</pre>", escaped(text));
    (StatusCode::UNPROCESSABLE_ENTITY, for_frame(page)).into_response()
}

fn for_frame(page: String) -> ([(HeaderName, &'static str); 1], Html<String>) {
    ([(CONTENT_SECURITY_POLICY, MAIL)], Html(page))
}

/// Runs a handler that needs a mail.
async fn with_mail(
    shared: &Shared,
    query: Query,
    answer: impl FnOnce(&Content, &Query, Shown) -> Result<Response, Wrong>,
) -> Response {
    let edition = shared.editions.latest();
    let query = Shared::filled(query, &edition);
    let answered = match &edition.content {
        Err(wrong) => Err(wrong.clone()),
        Ok(content) => match shared.show(content, &query).await {
            Ok(shown) => answer(content, &query, shown),
            Err(wrong) => Err(wrong),
        },
    };
    answered.unwrap_or_else(|wrong| no_mail(&wrong))
}

async fn show_mail(State(shared): State<Arc<Shared>>, UrlQuery(query): UrlQuery<Query>) -> Response {
    with_mail(&shared, query, |content, query, shown| {
        let rendered = match query.as_if() {
            None => shown.trial.preview.rendered,
            Some(condition) => content
                .trials
                .templates
                .as_if(shown.name, &shown.sample, &shown.language, condition)
                .map_err(|error| Wrong::new(&error))?,
        };
        Ok(for_frame(themed(&rendered, query.theme())).into_response())
    })
    .await
}

async fn message(State(shared): State<Arc<Shared>>, UrlQuery(query): UrlQuery<Query>) -> Response {
    with_mail(&shared, query, |_, _, shown| {
        Ok(download("message/rfc822", "message.eml", shown.trial.message))
    })
    .await
}

async fn calendar(State(shared): State<Arc<Shared>>, UrlQuery(query): UrlQuery<Query>) -> Response {
    with_mail(&shared, query, |_, _, shown| {
        let object = shown.trial.calendar.unwrap_or_default();
        Ok(download(
            "text/calendar; charset=utf-8",
            "invite.ics",
            object.into_bytes(),
        ))
    })
    .await
}

fn download(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (CONTENT_TYPE, media_type.to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

/// The number of the edition, at once and after each change.
async fn events(State(shared): State<Arc<Shared>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let numbers = WatchStream::new(shared.editions.news());
    let news = numbers.map(|number| Ok(Event::default().event("edition").data(number.to_string())));
    Sse::new(news).keep_alive(KeepAlive::default())
}
