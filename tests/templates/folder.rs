//! Folders of templates, as their authors write them.

use std::fs;

use invite::fault::Fault as _;
use invite::template::{TemplateError, Templates};

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

pub(crate) fn with(files: &[(&str, &str)]) -> Templates {
    let dir = folder(files);
    Templates::with_dir(dir.path()).unwrap_or_else(|error| panic!("{}", error.report().unwrap_or_default()))
}

pub(crate) fn refused(files: &[(&str, &str)]) -> TemplateError {
    Templates::with_dir(folder(files).path()).unwrap_err()
}
