//! Answers, and the bodies of errors.

use serde_json::{Value, json};

/// An answer before it becomes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![(
                "Content-Type".to_owned(),
                "application/json;charset=UTF-8".to_owned(),
            )],
            body: body.to_string(),
        }
    }

    /// An answer with status 204.
    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub(super) fn with_headers(mut self, headers: impl IntoIterator<Item = (String, String)>) -> Self {
        self.headers.extend(headers);
        self
    }
}

/// A field that the API refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldError {
    pub(super) field: String,
    pub(super) message: String,
}

/// Why the API refuses a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u32,
    pub(super) message: String,
    pub(super) errors: Vec<FieldError>,
    pub(super) headers: Vec<(String, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(super) fn fields(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(400, 300, "Validation Failed.")
        }
    }

    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn into_answer(self, as_xml: bool) -> Answer {
        if as_xml {
            return Answer {
                status: self.status,
                headers: vec![("Content-Type".to_owned(), "application/xml;charset=UTF-8".to_owned())],
                body: format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><result><code>{}</code><message>{}</message></result>",
                    self.code,
                    self.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
                ),
            }
            .with_headers(self.headers);
        }
        let mut body = json!({"code": self.code, "message": self.message});
        if !self.errors.is_empty() {
            body["errors"] = self
                .errors
                .iter()
                .map(|error| json!({"field": error.field, "message": error.message}))
                .collect();
        }
        Answer::json(self.status, &body).with_headers(self.headers)
    }
}

/// The error body of the token endpoint.
pub(super) fn oauth_error(status: u16, error: &str, reason: impl AsRef<str>) -> Answer {
    Answer::json(status, &json!({"reason": reason.as_ref(), "error": error}))
}
