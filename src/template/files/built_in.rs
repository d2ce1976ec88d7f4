//! The templates and labels that are compiled in: the repository's own `templates/` folder.

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../templates/", $path)))),*]
    };
}

/// Every built-in file: its path below `templates/`, and its contents.
pub(in crate::template) const FILES: &[(&str, &str)] = files![
    "cancellation/call/body.html",
    "cancellation/call/body.txt",
    "cancellation/call/subject.txt",
    "cancellation/meeting/body.html",
    "cancellation/meeting/body.txt",
    "cancellation/meeting/subject.txt",
    "invitation/call/body.html",
    "invitation/call/body.txt",
    "invitation/call/subject.txt",
    "invitation/meeting/body.html",
    "invitation/meeting/body.txt",
    "invitation/meeting/subject.txt",
    "labels/ar.ftl",
    "labels/bg.ftl",
    "labels/cs.ftl",
    "labels/da.ftl",
    "labels/de.ftl",
    "labels/el.ftl",
    "labels/en.ftl",
    "labels/es.ftl",
    "labels/fa.ftl",
    "labels/fi.ftl",
    "labels/fr.ftl",
    "labels/he.ftl",
    "labels/hr.ftl",
    "labels/hu.ftl",
    "labels/id.ftl",
    "labels/it.ftl",
    "labels/ja.ftl",
    "labels/ko.ftl",
    "labels/lt.ftl",
    "labels/lv.ftl",
    "labels/nb.ftl",
    "labels/nl.ftl",
    "labels/pl.ftl",
    "labels/pt-BR.ftl",
    "labels/pt.ftl",
    "labels/ro.ftl",
    "labels/ru.ftl",
    "labels/sk.ftl",
    "labels/sl.ftl",
    "labels/sr.ftl",
    "labels/sv.ftl",
    "labels/th.ftl",
    "labels/tr.ftl",
    "labels/uk.ftl",
    "labels/vi.ftl",
    "labels/zh-TW.ftl",
    "labels/zh.ftl",
    "reminder/call/body.html",
    "reminder/call/body.txt",
    "reminder/call/subject.txt",
    "reminder/meeting/body.html",
    "reminder/meeting/body.txt",
    "reminder/meeting/subject.txt",
    "shared/about.html",
    "shared/answers.html",
    "shared/button.html",
    "shared/details.html",
    "shared/details.txt",
    "shared/layout.html",
    "shared/layout.txt",
    "update/call/body.html",
    "update/call/body.txt",
    "update/call/subject.txt",
    "update/meeting/body.html",
    "update/meeting/body.txt",
    "update/meeting/subject.txt",
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn walk(dir: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let relative = path.strip_prefix(root).unwrap();
                found.push(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn the_table_equals_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut on_disk = Vec::new();
        walk(&root, &root, &mut on_disk);
        on_disk.sort();
        let listed: Vec<_> = super::FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(listed, on_disk);
    }
}
