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
    ("tails.py", "crates/audience-stats/tests/fixtures"),
    ("peers.py", "xtask/fixtures/peers"),
];

/// The same in R, which is used where it is found, with the packages that a script names.
const IN_R: &[(&str, &str)] = &[("survival.R", "crates/audience-stats/tests/fixtures")];

/// Compute all reference values anew with other programs: NumPy, `SciPy`, mpmath, statsmodels, DuckDB, and R where it is
/// found. Needs Python 3 with `venv`; installs the versions that `xtask/oracle/requirements.txt` names under `target`.
pub(crate) fn run() -> anyhow::Result<()> {
    let python = python()?;
    let run = |program: &Path, (script, folder): &(&str, &str)| {
        let script = root().join("xtask/oracle").join(script);
        execute(Command::new(program).arg(script).arg(Path::new(folder)).current_dir(root()))
    };
    SCRIPTS.iter().try_for_each(|script| run(&python, script))?;
    let r = Path::new("Rscript");
    if Command::new(r).arg("--version").output().is_ok() {
        IN_R.iter().try_for_each(|script| run(r, script))?;
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
