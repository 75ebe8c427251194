//! Everything a change must pass.

use crate::{check, lint, test, tidy};

pub(crate) fn run() -> anyhow::Result<()> {
    lint::run()?;
    tidy::run()?;
    check::run()?;
    test::run()
}
