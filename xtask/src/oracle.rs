//! Reference values from other programs.

use std::path::Path;
use std::process::Command;

use crate::shell::{execute, root};

/// What makes reference values, and the folder they go to. Each script takes the folder as its argument.
const SCRIPTS: &[(&str, &str)] =
    &[("stats.py", "crates/audience-stats/tests/fixtures"), ("peers.py", "xtask/fixtures/peers")];

/// Compute all reference values anew with other programs: NumPy, statsmodels, DuckDB. Needs Python 3 with `venv`; installs
/// the versions that `xtask/oracle/requirements.txt` names under `target`.
pub(crate) fn run() -> anyhow::Result<()> {
    let (oracle, environment) = (root().join("xtask/oracle"), root().join("target/oracle"));
    let python = environment.join("bin/python");
    if !python.exists() {
        execute(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    let requirements = oracle.join("requirements.txt");
    execute(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
    for (script, folder) in SCRIPTS {
        execute(Command::new(&python).arg(oracle.join(script)).arg(Path::new(folder)).current_dir(root()))?;
    }
    Ok(())
}
