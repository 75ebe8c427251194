//! What a file must and must not have.

use std::path::{Path, PathBuf};

/// The most lines a source file may have.
const LONGEST: usize = 600;

/// Folders that hold nothing of ours.
const FOREIGN: &[&str] = &["target", ".git", "corpus", "artifacts"];

/// Folders of data: each says in its README where the data come from, file by file or by pattern.
const DATA: &[&str] = &["fixtures", "docs/sample"];

/// Every file that breaks a rule.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in below(root)? {
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending == "rs" {
            faults.extend(source_faults(&name, &text));
        }
        if ending != "lock" {
            faults.extend(text_faults(&name, ending, &text));
        }
    }
    for folder in folders(root)? {
        if DATA.iter().any(|data| folder.ends_with(data)) {
            faults.extend(data_faults(root, &folder)?);
        }
    }
    Ok(faults)
}

fn source_faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |line: usize, what: &str| faults.push(format!("{name}:{line}: {what}"));
    if !text.starts_with("//! ") && !text.starts_with("#![") {
        fault(1, "a source file begins with `//!` and what it is about");
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        fault(lines, &format!("longer than {LONGEST} lines: is it one concept?"));
    }
    if name.ends_with("/mod.rs") && !name.contains("/tests/") {
        fault(1, "a module with parts is `concept.rs` beside the folder `concept`");
    }
    for (number, line) in text.lines().enumerate() {
        // Put together here, so that this file does not break its own rule.
        if line.contains(concat!("#[", "allow(")) || line.contains(concat!("#![", "allow(")) {
            fault(number + 1, "local exceptions are `#[expect(lint, reason = …)]`");
        }
        if line.contains(concat!("#[", "ignore")) {
            fault(number + 1, "a test that does not run proves nothing");
        }
    }
    faults
}

fn text_faults(name: &str, ending: &str, text: &str) -> Vec<String> {
    let machine = |line: &str| ["/work/", "/root/", "/home/"].iter().any(|path| begins_a_path(line, path));
    let faults = text.lines().enumerate().filter_map(|(number, line)| {
        if machine(line) && !name.ends_with("tidy/files.rs") {
            return Some(format!("{name}:{}: a path of one machine", number + 1));
        }
        let trailing = line.ends_with([' ', '\t']) && ending != "snap";
        trailing.then(|| format!("{name}:{}: blanks at the end of the line", number + 1))
    });
    faults.collect()
}

/// Whether the line has `path` where a path may begin.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_.-/".contains(c))
    })
}

/// Data whose source nobody names.
fn data_faults(root: &Path, folder: &Path) -> anyhow::Result<Vec<String>> {
    let shown = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
    let Ok(readme) = std::fs::read_to_string(folder.join("README.md")) else {
        return Ok(vec![format!("{shown}: data without a README.md that says where they come from")]);
    };
    let mut faults = Vec::new();
    for file in below(folder)? {
        let inside = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        let named = inside == "README.md" || patterns(&readme).any(|pattern| matches(pattern, &inside));
        if !named {
            faults.push(format!("{shown}/README.md does not say where {inside} comes from"));
        }
    }
    Ok(faults)
}

/// Everything between backquotes.
fn patterns(readme: &str) -> impl Iterator<Item = &str> {
    readme.split('`').skip(1).step_by(2)
}

/// Whether the name fits the pattern, where `*` is anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| matches(rest, &name[at..]))
        }),
    }
}

/// All files in a folder and below it that are ours, in order.
pub(super) fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    walk(folder, &mut |path| {
        if path.is_file() {
            files.push(path.to_owned());
        }
    })?;
    files.sort_unstable();
    Ok(files)
}

fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    walk(folder, &mut |path| {
        if path.is_dir() {
            folders.push(path.to_owned());
        }
    })?;
    Ok(folders)
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let foreign = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| FOREIGN.contains(&name));
        if foreign {
            continue;
        }
        visit(&path);
        if path.is_dir() && !path.is_symlink() {
            walk(&path, visit)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[&str]) {
        let (_, ending) = name.split_once('.').unwrap();
        let mut faults = text_faults(name, ending, text);
        if ending == "rs" {
            faults.extend(source_faults(name, text));
        }
        assert_eq!(faults, expected);
    }

    #[test]
    fn source_files_are_held_to_the_rules() {
        check("a.rs", "//! About.\n", &[]);
        check("a.rs", "fn f() {}\n", &["a.rs:1: a source file begins with `//!` and what it is about"]);
        check(
            "a/mod.rs",
            "//! About.\n",
            &["a/mod.rs:1: a module with parts is `concept.rs` beside the folder `concept`"],
        );
        let allowed = concat!("//! About.\n#[", "allow(dead_code)]\n");
        check("a.rs", allowed, &["a.rs:2: local exceptions are `#[expect(lint, reason = …)]`"]);
        let long = format!("//! About.\n{}", "\n".repeat(600));
        check("a.rs", &long, &["a.rs:601: longer than 600 lines: is it one concept?"]);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_addresses_are_not() {
        check("a.md", "see /home/me\n", &["a.md:1: a path of one machine"]);
        check("a.md", "see https://example.com/home/page\n", &[]);
        check("a.md", "blank \n", &["a.md:1: blanks at the end of the line"]);
    }

    #[test]
    fn data_need_a_source() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("fixtures");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.json"), "1").unwrap();
        assert_eq!(data_faults(root.path(), &folder).unwrap().len(), 1, "no README");
        std::fs::write(folder.join("README.md"), "`b*.json`: made by b\n").unwrap();
        assert_eq!(data_faults(root.path(), &folder).unwrap().len(), 1, "not named");
        std::fs::write(folder.join("README.md"), "`*.json`: made by b\n").unwrap();
        assert_eq!(data_faults(root.path(), &folder).unwrap(), Vec::<String>::new());
    }
}
