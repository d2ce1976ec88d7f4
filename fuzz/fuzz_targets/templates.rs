//! Templates of authors, as they are loaded: names in tags (`scan`), bounds, problems with their places.
#![no_main]

use std::cell::OnceCell;

use invite::template::Templates;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

thread_local! {
    /// One folder for all: making one takes longer than reading it.
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

fuzz_target!(|source: &str| {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::create_dir_all(folder.path().join("invitation/meeting")).expect("a folder in it");
            folder
        });
        std::fs::write(folder.path().join("invitation/meeting/body.html"), source).expect("a file");
        let _ = Templates::with_dir(folder.path());
    });
});
