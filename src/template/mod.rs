//! Templates: the words and the looks of mails, which people who do not program can edit.
//!
//! A template has a [name](TemplateName), such as *Invitation · Meeting*, and three [parts](Part): subject,
//! HTML body, text body, each a file in [Tera 2](https://keats.github.io/tera/). The built-in ones are compiled
//! in; files of a configured folder take the place of those with the same path, part by part. One layout serves
//! all languages: its words are labels (Fluent), its dates are CLDR's. `docs/templates.md` is written for those
//! who edit them.
//!
//! A wrong template is an error with file, line and column, when the folder is loaded or when the template is rendered.
//! No other template is ever sent in its place.

mod authoring;
mod check;
mod error;
mod espocrm;
mod files;
mod language;
mod limits;
mod lint;
mod load;
mod name;
mod render;
mod tags;
mod templates;

pub use authoring::conditions::Condition;
pub use authoring::folder::{
    FolderError, Reason as ChangeReason, TemplateFolder, Upgrade, UpgradeState, Version, difference,
};
pub use authoring::inspection::Inspection;
pub use authoring::preview::Preview;
pub use authoring::sample::Sample;
pub use error::{Origin, Problem, Severity, TemplateError};
pub use espocrm::{ImportNote, ImportSeverity, Imported, import_espocrm};
pub use files::path::{FileChange, InvalidTemplatePath, TemplatePath};
pub use name::{Kind, Part, Record, TemplateName, UnknownTemplateName};
pub use render::cancellation::Cancellation;
pub use render::context::{AnswerLinks, InvitationContext, OnlineFacts, ParticipantNames};
pub use render::description::{Description, sanitize_description};
pub(crate) use render::functions::escaped;
pub use render::stencil::Stencil;
pub use templates::{PartInfo, PartSource, Rendered, TemplateInfo, Templates};
