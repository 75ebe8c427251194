//! Whether every crate could be published.

use crate::shell::{cargo, execute};

pub(crate) fn run() -> anyhow::Result<()> {
    // A folder of its own each time: cargo trusts what an earlier run left at the same path.
    let target = tempfile::tempdir()?;
    let unpublished = ["--exclude", "xtask", "--exclude", "audience-benches"];
    execute(cargo(["package", "--workspace", "--allow-dirty"]).args(unpublished).arg("--target-dir").arg(target.path()))
}
