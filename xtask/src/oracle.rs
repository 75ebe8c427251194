//! Reference values from other programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{execute, root};

/// What makes reference values, and the folder they go to. Each script takes the folder as its argument.
const SCRIPTS: &[(&str, &str)] = &[
    ("groups.py", "crates/audience-stats/tests/fixtures"),
    ("renditions.py", "xtask/fixtures/behaviour"),
    ("slices.py", "crates/audience-qoe/tests/fixtures"),
    ("stats.py", "crates/audience-stats/tests/fixtures"),
    ("peers.py", "xtask/fixtures/peers"),
];

/// Compute all reference values anew with other programs: NumPy, `SciPy`, statsmodels, DuckDB. Needs Python 3 with
/// `venv`; installs the versions that `xtask/oracle/requirements.txt` names under `target`.
pub(crate) fn run() -> anyhow::Result<()> {
    let python = python()?;
    for (script, folder) in SCRIPTS {
        let script = root().join("xtask/oracle").join(script);
        execute(Command::new(&python).arg(script).arg(Path::new(folder)).current_dir(root()))?;
    }
    Ok(())
}

/// A Python with the packages that the scripts need.
pub(crate) fn python() -> anyhow::Result<PathBuf> {
    let environment = root().join("target/oracle");
    let python = environment.join("bin/python");
    if !python.exists() {
        execute(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    let requirements = root().join("xtask/oracle/requirements.txt");
    execute(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
    Ok(python)
}
