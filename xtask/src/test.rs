//! All tests.

use crate::shell::{cargo, execute};

pub(crate) fn run() -> anyhow::Result<()> {
    execute(&mut cargo(["test", "--workspace", "--all-features"]))
}
