//! How arguments name the part of a template.

use clap::ValueEnum;

use crate::template::Part;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PartName {
    Subject,
    Html,
    Text,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Subject => Self::Subject,
            PartName::Html => Self::Html,
            PartName::Text => Self::Text,
        }
    }
}
