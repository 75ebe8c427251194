//! Whether every choice of features compiles.

use std::collections::BTreeSet;

use anyhow::Context;
use cargo_metadata::MetadataCommand;

use crate::shell::{cargo, execute, root};

/// The crate that has the others behind features.
const UMBRELLA: &str = "audience";

pub(crate) fn run() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    let packages = metadata.workspace_packages();
    let umbrella = packages.iter().find(|package| package.name.as_str() == UMBRELLA);
    let features: BTreeSet<&String> = umbrella.context("there is no umbrella crate")?.features.keys().collect();
    check(UMBRELLA, &["--no-default-features"])?;
    for feature in features.iter().filter(|feature| !matches!(feature.as_str(), "default" | "full")) {
        check(UMBRELLA, &["--no-default-features", "--features", feature])?;
    }
    check(UMBRELLA, &["--all-features"])?;
    let published = packages.iter().filter(|package| package.publish.is_none());
    let libraries = published.filter(|package| package.targets.iter().any(cargo_metadata::Target::is_lib));
    for library in libraries.filter(|package| package.name.as_str() != UMBRELLA) {
        check(&library.name, &["--no-default-features"])?;
    }
    Ok(())
}

/// Compiles the library of a package. Through clippy, which can deny warnings without compiling every dependency anew.
fn check(package: &str, features: &[&str]) -> anyhow::Result<()> {
    execute(cargo(["clippy", "--quiet", "--package", package]).args(features).args(["--", "-D", "warnings"]))
}
