//! Which crate may use which.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// The layer of each crate. Arrows point down; within a layer only those of [`ACROSS`] are allowed.
const LAYERS: &[(&str, u8)] = &[
    ("audience-stats", 0),
    ("audience-core", 1),
    ("audience-abtest", 2),
    ("audience-cohort", 2),
    ("audience-engagement", 2),
    ("audience-qoe", 2),
    ("audience-realtime", 2),
    ("audience-retention", 2),
    ("audience-simulate", 2),
    ("audience-emit", 3),
    ("audience-lake", 3),
    ("audience-ingest", 3),
    ("audience-report", 4),
    ("audience-cli", 5),
];

/// Arrows within a layer.
const ACROSS: &[(&str, &str)] = &[("audience-ingest", "audience-lake"), ("audience-cluster", "audience-query")];

/// The crate that has the others behind features, and up to which layer; of the layers above, these too.
const UMBRELLA: (&str, u8, &[&str]) = ("audience", 2, &["audience-ingest", "audience-emit"]);

/// Crates of these layers have no clock, no files, no network and no threads of their own.
const PURE: std::ops::RangeInclusive<u8> = 0..=2;

/// What a pure crate has no use for.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "SystemTime",
    "Instant::now",
    "rand::rng",
    "rand::random",
    "println!",
    "eprintln!",
];

/// Every arrow between crates of the workspace that points where it must not, and every impure line of a pure crate.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let packages = metadata.workspace_packages();
    let mut faults = Vec::new();
    for package in packages.iter().filter(|package| package.publish.is_none()) {
        faults.extend(arrows(package));
        if layer(&package.name).is_some_and(|layer| PURE.contains(&layer))
            && let Some(folder) = package.manifest_path.parent()
        {
            faults.extend(impurities(folder.join("src").as_std_path())?);
        }
        if package.name.as_str() == UMBRELLA.0
            && let Some(folder) = package.manifest_path.parent()
        {
            faults.extend(logic(&folder.join("src/lib.rs").into_std_path_buf())?);
        }
    }
    Ok(faults)
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer)
}

fn arrows(package: &Package) -> Vec<String> {
    let ours = |name: &str| name == UMBRELLA.0 || name.starts_with("audience-");
    let used = package.dependencies.iter().filter(|used| used.kind != DependencyKind::Development && ours(&used.name));
    let name = package.name.as_str();
    let known = name == UMBRELLA.0 || layer(name).is_some();
    let unknown = (!known).then(|| format!("{name} has no layer; say which in xtask/src/tidy/layers.rs"));
    let wrong = used.filter(|used| !may_use(name, &used.name));
    unknown.into_iter().chain(wrong.map(|used| format!("{name} must not depend on {}", used.name))).collect()
}

fn may_use(name: &str, used: &str) -> bool {
    let (umbrella, highest, besides) = UMBRELLA;
    match (layer(name), layer(used)) {
        (_, Some(below)) if name == umbrella => below <= highest || besides.contains(&used),
        (Some(above), Some(below)) => below < above || (above == below && ACROSS.contains(&(name, used))),
        _ => false,
    }
}

fn impurities(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in super::files::below(folder)? {
        let text = std::fs::read_to_string(&file)?;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for word in IMPURE.iter().filter(|word| line.contains(*word)) {
                faults.push(format!("{}:{}: a pure crate has no use for {word}", file.display(), number + 1));
            }
        }
    }
    Ok(faults)
}

/// The umbrella only re-exports.
fn logic(file: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let items = ["fn ", "struct ", "enum ", "impl ", "impl<", "trait ", "macro_rules!"];
    let has_logic = |line: &str| !line.starts_with("//") && items.iter().any(|item| line.contains(item));
    let faults = text.lines().enumerate().filter(|(_, line)| has_logic(line.trim_start()));
    Ok(faults.map(|(at, _)| format!("{}:{}: the umbrella only re-exports", file.display(), at + 1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_down_only() {
        assert!(may_use("audience-core", "audience-stats"));
        assert!(may_use("audience-cli", "audience-stats"));
        assert!(!may_use("audience-stats", "audience-core"));
        assert!(!may_use("audience-retention", "audience-retention"));
        assert!(!may_use("audience-retention", "audience-ingest"));
    }

    #[test]
    fn the_umbrella_holds_the_lower_layers_and_what_feeds_them() {
        assert!(may_use("audience", "audience-retention"));
        assert!(may_use("audience", "audience-ingest"));
        assert!(!may_use("audience", "audience-report"));
        assert!(!may_use("audience-core", "audience"));
    }

    #[test]
    fn a_clock_in_a_pure_crate_is_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.rs"), "// SystemTime in a comment\nlet now = SystemTime::now();\n")
            .unwrap();
        let faults = impurities(folder.path()).unwrap();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("a.rs:2"), "{}", faults[0]);
    }

    #[test]
    fn logic_in_the_umbrella_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        std::fs::write(&file, "//! fn in words\npub use a::b;\npub fn c() {}\n").unwrap();
        assert_eq!(logic(&file).unwrap().len(), 1);
    }
}
